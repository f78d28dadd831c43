"""Read which diseases a sentence is about, and which it only compares with, resembles or leaves out.

"Rituximab is suggested in CTD-ILD other than SSc" is about CTD and excludes SSc; "an SSc-like course in MCTD" is about MCTD;
"a review of CTD-ILD reported rituximab in SjD" is about SjD. The words that decide are data (`populations.yaml`, roles).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragqa.text.lexicon import Lexicon
from ragqa.text.matching import Match, Token, tokenize
from ragqa.text.negated import absences_in

_CLAUSE_BREAK = re.compile(r"[.;:!?]|,(?!\d)")
_CONJUNCTION = re.compile(r"\b(?:and|or|nor)\b|/|&", re.IGNORECASE)
_LIST_GAP = re.compile(r"^[\s,/()&%-]*(?:(?:and|or|nor|as well as|only|also|even|in|with|of|to|the|both|\d+(?:\.\d+)?)\b[\s,/()&%-]*)*$", re.IGNORECASE)
_SHARED_GAP = re.compile(r"^(?:-|\s*(?:,|/|\b(?:and|or|nor|and/or|other|another|any)\b|\s)*)$", re.IGNORECASE)
"""What stands between an adjective and the name whose noun it shares, or the next such adjective."""
_NUMBER = re.compile(r"\d+%?$")
_SOURCE_REACH = 4
"""Words that may stand between "review of" and the disease that the cited source is about."""
_SURE_LIST = 2
"""Diseases that must stand in a list with a name for a symptom before it counts as a disease: "scleroderma, myositis or MCTD"."""
_INHERITED = ("excluded", "secondary", "example")


@dataclass(frozen=True, slots=True)
class Populations:
    """The diseases of one sentence by what they do in it; canonical names in order of first mention.

    `named`: what the sentence is about, groups of a named disease left out. `secondary`: only compared with, resembled, the subject of a
    cited source, one whose marker is named, or a complication; of use where nothing else is known. `excluded`: what the sentence does not hold for.
    """

    named: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(slots=True)
class _Disease:
    name: str
    match: Match[str | None]
    end: int
    """Where the name ends, the manifestation of a compound ("SLE-ILD") included."""
    role: str = ""


def read_populations(text: str, lexicon: Lexicon) -> Populations:
    """Return the diseases of a sentence by role."""
    tokens = tokenize(text)
    diseases: list[_Disease] = []
    # The ILD of "EVER-ILD" is part of the trial's name.
    in_trials = {position for trial in lexicon.trial_table.find(text) for position in range(trial.first, trial.last)}
    for match in lexicon.disease_table.find(text):
        if match.first in in_trials:
            continue
        if match.value == lexicon.manifestation and diseases and diseases[-1].match.last == match.first:
            diseases[-1].end = match.end
        elif match.value is not None:
            diseases.append(_Disease(match.value, match, match.end))
    diseases = sorted((*diseases, *_sharing_a_noun(text, diseases, lexicon)), key=lambda disease: disease.match.start)
    if not diseases:
        return Populations()
    _assign_roles(text, tokens, diseases, lexicon)
    primary = [disease for disease in diseases if disease.role in ("primary", "example")]
    # A behaviour of the manifestation is seen in many diseases: "progressive pulmonary fibrosis in autoimmune disease" is on both.
    if {disease.name for disease in primary} <= {lexicon.manifestation, *lexicon.behaviours}:
        primary += [disease for disease in diseases if disease.role == "weak" and lexicon.ancestors(disease.name)]
    named = _about(primary, lexicon)
    excluded = _unique(disease.name for disease in diseases if disease.role == "excluded")
    # "ILD without CTD" in a sentence about SSc does not exclude SSc's own group, and the manifestation is never a disease to leave out.
    kept = {name for one in named for name in (one, *lexicon.ancestors(one))} | {lexicon.manifestation}
    secondary = _unique(disease.name for disease in diseases if disease.role in ("secondary", "weak"))
    return Populations(
        named,
        tuple(name for name in lexicon.without_ancestors(secondary) if name not in named),
        tuple(name for name in excluded if name not in kept),
    )


def _sharing_a_noun(text: str, diseases: list[_Disease], lexicon: Lexicon) -> list[_Disease]:
    """Return the diseases that adjectives stand for: "rheumatoid" in "rheumatoid or myositis ILD"."""
    found: list[_Disease] = []
    for match in reversed(lexicon.adjective_table.find(text)):
        if any(disease.match.first < match.last and match.first < disease.match.last for disease in diseases):
            continue
        behind = min((disease.match.start for disease in (*diseases, *found) if disease.match.start >= match.end), default=match.end)
        gap = text[match.end : behind]
        # A comma alone joins an adjective to the next one, which an "and" joins to the name.
        joins = _CONJUNCTION.search(gap) or ("," in gap and any(disease.match.start == behind for disease in found))
        if joins and _SHARED_GAP.match(gap):
            found.append(_Disease(match.value, Match(match.value, match.start, match.end, match.first, match.last), match.end))
    return found


def _about(primary: list[_Disease], lexicon: Lexicon) -> tuple[str, ...]:
    """Leave out groups of a named disease, unless that disease is only an example of the group; the manifestation goes with any disease."""
    names = _unique(disease.name for disease in primary)
    examples = {disease.name for disease in primary if disease.role == "example"} - {disease.name for disease in primary if disease.role == "primary"}
    specific = [name for name in names if name not in examples]
    groups = {ancestor for name in (specific or names) for ancestor in lexicon.ancestors(name)}
    kept = tuple(name for name in names if name not in groups)
    others = tuple(name for name in kept if name != lexicon.manifestation)
    return others or kept


def _assign_roles(text: str, tokens: Sequence[Token], diseases: list[_Disease], lexicon: Lexicon) -> None:
    roles = lexicon.role_table.find(text)
    absent = {each.start for each in absences_in(text, lexicon)} if any(disease.name in lexicon.told_by_test for disease in diseases) else set()
    for index, disease in enumerate(diseases):
        if disease.match.start in absent and disease.name in lexicon.told_by_test:
            # Of "MDA5 negative" the marker is absent, and with it the disease.
            disease.role = "excluded"
            continue
        disease.role = _own_role(text, tokens, disease, roles, lexicon, [other for other in diseases if other is not disease])
        if index and not disease.role and diseases[index - 1].role in _INHERITED and _continues_list(text, diseases, index):
            disease.role = diseases[index - 1].role
    for index, disease in enumerate(diseases):
        if not disease.role:
            disease.role = "primary" if _is_sure(text, tokens, diseases, index, lexicon) else "weak"


def _own_role(text: str, tokens: Sequence[Token], disease: _Disease, roles: Sequence[Match[tuple[str, ...]]], lexicon: Lexicon, others: list[_Disease]) -> str:
    """Return the role that words directly before or after a disease give it, "" where there are none."""
    first, last = disease.match.first, disease.match.last
    following = last + 1 if last < len(tokens) and tokens[last].folded == lexicon.manifestation.lower() else last
    for role in roles:
        if role.first == following and not _CLAUSE_BREAK.search(text, disease.match.end, role.start):
            for kind in ("excluded", "secondary"):
                if f"{kind}_after" in role.value:
                    return kind
            if "marker_after" in role.value:
                return "weak"
    for role in reversed([role for role in roles if role.last <= first]):
        between = tokens[role.last : first]
        if _CLAUSE_BREAK.search(text, role.end, disease.match.start) or any(
            role.last <= other.match.first < first and not _is_filler(other, lexicon) for other in others
        ):
            return ""
        for kind in ("excluded", "secondary", "example"):
            # A number may stand before an example ("included 10 with IIM"); in "more than 90% of patients with MCTD" it shows that nothing is compared.
            if f"{kind}_before" in role.value and all(token.folded in lexicon.fillers or (kind == "example" and _NUMBER.match(token.raw)) for token in between):
                return kind
        if "source_before" in role.value and len(between) <= _SOURCE_REACH:
            return "secondary"
    return ""


def _is_filler(disease: _Disease, lexicon: Lexicon) -> bool:
    return disease.name == lexicon.manifestation


def _continues_list(text: str, diseases: list[_Disease], index: int) -> bool:
    """Say whether a disease stands in one list with the one before it ("SSc, MCTD or RA")."""

    def gap(position: int) -> str:
        return text[diseases[position - 1].end : diseases[position].match.start]

    if not _LIST_GAP.match(gap(index)):
        return False
    # A comma alone may open a new clause; the list must go on to its "and" or "or".
    for position in range(index, len(diseases)):
        if not _LIST_GAP.match(gap(position)):
            return False
        if _CONJUNCTION.search(gap(position)) or "(" in gap(position):
            return True
    return False


def _is_sure(text: str, tokens: Sequence[Token], diseases: list[_Disease], index: int, lexicon: Lexicon) -> bool:
    """Say whether a name that may be a symptom is used as a disease: in a compound with the manifestation, or listed with diseases."""
    match = diseases[index].match
    if " ".join(token.folded for token in tokens[match.first : match.last]) not in lexicon.weak_populations:
        return True
    if match.last < len(tokens) and tokens[match.last].folded == lexicon.manifestation.lower():
        return True
    # A list of complications ("lymphoma, heart failure and stroke") makes none of them the disease studied.
    return bool(lexicon.ancestors(diseases[index].name)) and len(_list_around(text, diseases, index, lexicon)) >= _SURE_LIST


def _list_around(text: str, diseases: list[_Disease], index: int, lexicon: Lexicon) -> list[_Disease]:
    """Return the other diseases of the list that a disease stands in, the manifestation left out."""
    others: list[_Disease] = []
    for step in (-1, 1):
        position = index
        while 0 <= position + step < len(diseases):
            left, right = sorted((position, position + step))
            if not _LIST_GAP.match(text[diseases[left].end : diseases[right].match.start]):
                break
            position += step
            others.append(diseases[position])
    return [disease for disease in others if disease.name != lexicon.manifestation]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
