"""Disagreement between statements of one answer: shown side by side, never voted on.

Strict, because a false pair costs more trust than a missing one. Two statements of different documents disagree when they speak of the
same treatment (or the same test) for overlapping populations and

- one recommends what the other recommends against, in the same situation ("direction"; "date" where one edition is years older);
- both recommend it, one for everybody and the other for those at risk ("scope");
- one reports that a measure got better and the other that the same measure did not ("direction").

A guideline's exceptions are not conflicts, so one document does not disagree with itself, unless it says itself that its sources count
differently ("number"): then the counts are shown beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product

from ragqa.compose.candidates import Candidate
from ragqa.compose.headings import heading_key
from ragqa.text.lexicon import Lexicon
from ragqa.types import Conflict, Direction, Facet, Tier

LEAST_COSINE = 0.6
LEAST_COSINE_OF_RESULTS = 0.45
DATE_GAP_YEARS = 3
"""Opposite advice this many years apart is marked as possibly superseded rather than as a disagreement."""
MOST_CONFLICTS = 3
_KEPT = 4096
"""Statements whose reading is kept: each is compared with every other of its answer, and neighbouring questions show the same ones."""
_OVERLAP = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})
_ON_THE_SOURCE = frozenset({Facet.EVIDENCE_GAP, Facet.DESIGN})
_CLAUSE = re.compile(r"[,;:]\s|\s(?:and|but|while|whereas|although|yet)\s")
_COUNT = re.compile(r"(?<![\d.,/–-])\d{2,6}(?![\d%]|[.,/]\d|\s?[-–]\s?\d)")
_OR = re.compile(r"^\s*(?:,|or|and/or|,\s*or)\s*$", re.IGNORECASE)


def find_conflicts(numbered: Sequence[tuple[str, Candidate]], lexicon: Lexicon) -> tuple[Conflict, ...]:
    """Return the pairs of statements that disagree, at most three: advice before results, then in the order of the answer.

    Args:
        numbered: (statement id, candidate) of the answer, in order; a statement joined of several sentences has several.
        lexicon: Tells which populations overlap and which words name the same outcome, direction and scope.
    """
    advice: list[Conflict] = []
    results: dict[tuple[str, ...], Conflict] = {}
    counts: list[Conflict] = []
    for one, other in combinations(numbered, 2):
        if one[0] == other[0]:
            continue
        if conflict := _of_advice(one, other, lexicon):
            advice.append(conflict)
        elif found := _of_results(one, other, lexicon):
            # A pair of documents that differ on one measure differ once, however many of their sentences say so.
            results.setdefault(found[0], found[1])
        elif conflict := _of_counts(one, other, lexicon):
            counts.append(conflict)
    return tuple([*advice, *results.values(), *counts[:1]][:MOST_CONFLICTS])


def _of_advice(one: tuple[str, Candidate], other: tuple[str, Candidate], lexicon: Lexicon) -> Conflict | None:
    (first_id, first), (second_id, second) = one, other
    mine, theirs = first.record.sentence.tags.recommendation, second.record.sentence.tags.recommendation
    if mine is None or theirs is None or first.document.document_id == second.document.document_id:
        return None
    if first.document.metadata.kind != second.document.metadata.kind or not _overlap(first, second, lexicon):
        return None
    if not _named_in(first) & _named_in(second) or _situation(first) != _situation(second):
        return None
    shared = _treatments(first.record.sentence.text, lexicon) & _treatments(second.record.sentence.text, lexicon)
    if not shared:
        return None
    name = " with ".join(sorted(sorted(shared, key=lambda names: (len(names), sorted(names)))[0]))
    if {mine.direction, theirs.direction} == {Direction.FOR, Direction.AGAINST} and float(first.vector @ second.vector) >= LEAST_COSINE:
        return _dated((first_id, first), (second_id, second), name)
    if mine.direction is Direction.FOR and theirs.direction is Direction.FOR and _issuer(first) != _issuer(second):
        scopes = {lexicon.scope_of(candidate.record.sentence.text) for candidate in (first, second)}
        if scopes == {"all", "at risk"}:
            note = f"{_names(first, second)} recommend {name} for different people: one for all, the other for those at risk."
            return Conflict((first_id, second_id), "scope", note)
    return None


def _dated(one: tuple[str, Candidate], other: tuple[str, Candidate], name: str) -> Conflict:
    years = [year for _, candidate in (one, other) if (year := _year(candidate))]
    if len(years) == 2 and abs(years[0] - years[1]) >= DATE_GAP_YEARS:
        note = f"Sources differ on {name}; the newer one ({max(years)}) may supersede the older ({min(years)})."
        return Conflict((one[0], other[0]), "date", note)
    return Conflict((one[0], other[0]), "direction", f"{_names(one[1], other[1])} disagree on {name}.")


def _of_results(one: tuple[str, Candidate], other: tuple[str, Candidate], lexicon: Lexicon) -> tuple[tuple[str, ...], Conflict] | None:
    """Return the conflict of two results with what it is about: the documents, the treatment and the measure."""
    (first_id, first), (second_id, second) = one, other
    mine, theirs = first.record.sentence.tags, second.record.sentence.tags
    if first.document.document_id == second.document.document_id or mine.recommendation or theirs.recommendation:
        return None
    # A treatment given beside another is not the same question as the treatment itself, nor is a result in a part of the population.
    if not mine.drugs or set(mine.drugs) != set(theirs.drugs) or not set(mine.populations) & set(theirs.populations):
        return None
    if Facet.ONGOING in (_main(first), _main(second)) or float(first.vector @ second.vector) < LEAST_COSINE_OF_RESULTS:
        return None
    signs, others = _signs(first.record.sentence.text, lexicon), _signs(second.record.sentence.text, lexicon)
    opposed = sorted(measure for measure in signs.keys() & others.keys() if signs[measure] * others[measure] < 0)
    if not opposed:
        return None
    name = " and ".join(sorted(mine.drugs))
    key = (*sorted((first.document.document_id, second.document.document_id)), name, opposed[0])
    return key, Conflict((first_id, second_id), "direction", f"{_names(first, second)} disagree on {name} and {opposed[0]}.")


def _of_counts(one: tuple[str, Candidate], other: tuple[str, Candidate], lexicon: Lexicon) -> Conflict | None:
    """Return a conflict where a statement says that sources count a study differently and the other gives one of the counts."""
    for (teller_id, teller), (giver_id, giver) in ((one, other), (other, one)):
        text, tags = teller.record.sentence.text, giver.record.sentence.tags
        trials = set(teller.record.sentence.tags.trials) & set(tags.trials)
        if not trials or tags.n is None or _main(teller) not in _ON_THE_SOURCE or lexicon.tells_difference(giver.record.sentence.text):
            continue
        counted = {int(match.group()) for match in _COUNT.finditer(text)}
        if tags.n in counted and len(counted) > 1 and lexicon.tells_difference(text):
            ids = (teller_id, giver_id) if (teller_id, teller) == one else (giver_id, teller_id)
            return Conflict(ids, "number", f"Sources give different numbers for {' and '.join(sorted(trials))}.")
    return None


@lru_cache(maxsize=_KEPT)
def _treatments(text: str, lexicon: Lexicon) -> frozenset[frozenset[str]]:
    """Return what a recommendation is about: each treatment by itself, or each combination where it speaks of one.

    "Adding nintedanib or pirfenidone to mycophenolate" is about two combinations; "rituximab, cyclophosphamide or both" about single ones.
    """
    mentions = lexicon.interventions_in(text) or lexicon.tests_in(text)
    names = list(dict.fromkeys(mention.name for mention in mentions))
    if len(names) > 1 and all(lexicon.kind_of(name) == "test" for name in names):
        # Tests listed together are one assessment; advice on one of them is not advice on the others.
        return frozenset({frozenset(names)})
    if len(names) < 2 or not lexicon.combines(text):
        return frozenset(frozenset({name}) for name in names)
    groups: list[list[str]] = []
    for index, mention in enumerate(mentions):
        joined = index > 0 and _OR.match(text[mentions[index - 1].end : mention.start])
        if joined:
            groups[-1].append(mention.name)
        else:
            groups.append([mention.name])
    return frozenset(frozenset(names) for names in product(*groups))


@lru_cache(maxsize=_KEPT)
def _signs(text: str, lexicon: Lexicon) -> Mapping[str, int]:
    """Return the direction of each measure that a sentence reports, +1 or -1, read clause by clause; a measure that held steady has none.

    "FVC improved and DLCO stabilised" says +1 of FVC only: that something held steady contradicts neither a gain that missed significance
    nor one that reached it.
    """
    signs: dict[str, int] = {}
    for clause in _CLAUSE.split(text):
        found = {match.value for match in lexicon.polarity_table.find(clause)} - {"neutral"}
        sign = {frozenset({"better"}): 1, frozenset({"worse"}): -1}.get(frozenset(found), 0)
        if sign and not lexicon.is_steady(clause):
            signs.update(dict.fromkeys(lexicon.measures_in(clause), sign))
    return signs


def _named_in(candidate: Candidate) -> set[str]:
    """Return the treatments and tests that a statement names."""
    tags = candidate.record.sentence.tags
    return {*tags.drugs, *tags.tests}


def _overlap(first: Candidate, second: Candidate, lexicon: Lexicon) -> bool:
    return lexicon.relation(first.record.sentence.tags.populations, second.record.sentence.tags.populations) in _OVERLAP


def _situation(candidate: Candidate) -> str:
    return heading_key(candidate).removesuffix("-against")


def _main(candidate: Candidate) -> Facet | None:
    facets = candidate.record.sentence.tags.facets
    return facets[0][0] if facets else None


def _year(candidate: Candidate) -> int | None:
    return candidate.document.metadata.edition or candidate.document.metadata.year


def _issuer(candidate: Candidate) -> str | None:
    return candidate.document.metadata.issuer or candidate.document.metadata.organisation


def _names(first: Candidate, second: Candidate) -> str:
    """Return both sources by label, with the number of patients and the year where they are known."""
    return f"{_named(first)} and {_named(second)}"


def _named(candidate: Candidate) -> str:
    label, n, year = candidate.document.metadata.label, candidate.record.sentence.tags.n, _year(candidate)
    facts = [f"n = {n}" if n else "", str(year) if year and str(year) not in label else ""]
    known = ", ".join(fact for fact in facts if fact)
    return f"{label} ({known})" if known else label
