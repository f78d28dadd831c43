"""The words of the field as editable data: diseases, treatments, tests, trials, facets, outcomes and everyday words.

`load_lexicon` reads the YAML files of a folder (by default `data/` beside this module) once; `Lexicon` finds their phrases in texts and
knows how the names relate. Nothing about one field of medicine stands in the code: edit the files to add a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ragqa.errors import LexiconInvalid
from ragqa.text.matching import Match, PhraseTable, Token, fold, tokenize
from ragqa.types import Facet, Tier

_DATA = Path(__file__).parent / "data"
_FILES = ("populations", "interventions", "facets", "lay", "outcomes", "designs", "recommendation", "trials", "ambiguous")
_DOSE = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)?(?:\s?[-–]\s?\d+(?:[.,]\d+)?)?\s?(?:mg|g|µg|μg|mcg|ug|IU|MU|units?)(?:\s?/\s?(?:kg|m2|m²|m\^2|day|d|week|wk|month|dose|h))*(?![\w/]|\s?/\s?(?:dL|l|mL)\b)", re.IGNORECASE
)
_HEADING_WEIGHT, _OUTER_HEADING_WEIGHT, _CUE_CEILING = 0.95, 0.6, 0.94
_MANIFESTATION = "ILD"
_TIER_ORDER = (Tier.EXACT, Tier.BROADER, Tier.CHILD, Tier.SIBLING, Tier.UNRELATED)

Weights = tuple[tuple[Facet, float], ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A canonical name found in a text at characters [start, end)."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sense:
    """One reading of an ambiguous abbreviation and the words that speak for it."""

    reading: str
    context: PhraseTable[bool]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The parsed lexicon files. Build it with `load_lexicon`; its tables compile on first use."""

    data: Mapping[str, Any]
    local: tuple[tuple[str, str | None], ...] = ()
    """Short forms that one document defines: what they stand for in it, None for something that is no name of the lexicon."""

    def with_abbreviations(self, definitions: Iterable[tuple[str, str]]) -> Lexicon:
        """Return the lexicon as one document uses it: its own short forms win, so "RA (right atrium)" is no disease there."""
        local: dict[str, str | None] = {}
        for short, long_form in definitions:
            tokens = tokenize(long_form)
            matches = [*self.disease_table.find(long_form), *self.intervention_table.find(long_form)]
            whole = [match.value for match in matches if match.last - match.first == len(tokens)]
            known = [match.value for table in (self.disease_table, self.intervention_table) for match in table.find(short)]
            if whole and whole[0] not in known:
                local.setdefault(short, whole[0])
            elif known and not matches:
                local.setdefault(short, None)
        return Lexicon(self.data, tuple(local.items())) if local else self

    # ------------------------------------------------------------------ mentions

    def populations_in(self, text: str) -> list[Mention]:
        """Return every disease mention, whatever its role in the sentence (roles: `populations.read_populations`)."""
        return _mentions(self.disease_table.find(text))

    def interventions_in(self, text: str) -> list[Mention]:
        """Return drugs, drug classes, procedures and supportive measures; tests and placebo are left out."""
        return [mention for mention in _mentions(self.intervention_table.find(text)) if self.kind_of(mention.name) not in ("test", "comparator")]

    def tests_in(self, text: str) -> list[Mention]:
        """Return diagnostic tests."""
        return [mention for mention in _mentions(self.intervention_table.find(text)) if self.kind_of(mention.name) == "test"]

    def outcomes_in(self, text: str) -> list[Mention]:
        """Return the outcome slots that a text names."""
        return _mentions(self.outcome_table.find(text))

    def trials_in(self, text: str) -> list[Mention]:
        """Return known trials."""
        return _mentions(self.trial_table.find(text))

    def organisations_in(self, text: str) -> list[Mention]:
        """Return issuers of guidelines by their short name."""
        return _mentions(self.organisation_table.find(text))

    def designs_in(self, text: str) -> list[Mention]:
        """Return study designs as values of `DocumentKind`."""
        return _mentions(self.design_table.find(text))

    def is_unit_dose(self, text: str) -> bool:
        """Say whether a text states a dose: a number with a unit of mass, and not a concentration."""
        return _DOSE.search(text) is not None

    # ------------------------------------------------------------------ facets

    def facets_of_question(self, text: str) -> tuple[Facet, ...]:
        """Return what a question asks for, the strongest first, at most four; empty where no cue occurs."""
        weights: dict[Facet, tuple[float, int]] = {}
        for match in self.question_table.find(text):
            for facet, weight in match.value:
                if weight > weights.get(facet, (0.0, 0))[0]:
                    weights[facet] = (weight, match.start)
        ranked = sorted(weights, key=lambda facet: (-weights[facet][0], weights[facet][1], facet))
        sure = [facet for facet in ranked if weights[facet][0] >= max(0.6, weights[ranked[0]][0] - 0.35)]
        return tuple(sure[:4] or [facet for facet in ranked[:1] if weights[facet][0] >= 0.4])

    def facets_of_sentence(self, text: str, headings: Sequence[str] = ()) -> Weights:
        """Return the facets of a sentence by descending weight.

        Args:
            text: The sentence.
            headings: Titles above it, outermost first. The innermost title that names a facet decides before any word of the sentence.
        """
        cues: dict[Facet, float] = {}
        for match in self.sentence_table.find(text):
            for facet, weight in match.value:
                # Several cues of one facet agree: 1 - Π (1 - weight), below any heading.
                cues[facet] = min(_CUE_CEILING, 1 - (1 - cues.get(facet, 0.0)) * (1 - weight))
        if Facet.DOSING in cues and not self.is_unit_dose(text):
            cues[Facet.DOSING] = min(cues[Facet.DOSING], 0.4)
        weight = _HEADING_WEIGHT
        for heading in reversed(headings):
            found = self.facets_of_heading(heading)
            for facet in found:
                cues[facet] = max(cues.get(facet, 0.0), weight)
            weight = _OUTER_HEADING_WEIGHT if found else weight
        order = list(Facet)
        return tuple(sorted(((facet, round(weight, 3)) for facet, weight in cues.items()), key=lambda pair: (-pair[1], order.index(pair[0]))))

    def facets_of_heading(self, heading: str) -> tuple[Facet, ...]:
        """Return the facets that a section title names, in its order."""
        return tuple(dict.fromkeys(facet for match in self.heading_table.find(heading) for facet, _ in match.value))

    # ------------------------------------------------------------------ relations

    def relation(self, asked: Sequence[str], found: Sequence[str]) -> Tier:
        """Say how the populations of a statement relate to those asked about; the closest pair decides.

        A population that includes the one asked about is broader, one of its kinds a child, one under a common group a sibling. Nothing
        asked is exact; a statement without population is unrelated to any.
        """
        if not asked:
            return Tier.EXACT
        return min((self._pair_relation(one, other) for one in asked for other in found), key=_TIER_ORDER.index, default=Tier.UNRELATED)

    def _pair_relation(self, asked: str, found: str) -> Tier:
        if asked == found:
            return Tier.EXACT
        above_asked, above_found = self.ancestors(asked), self.ancestors(found)
        if found in above_asked or self._includes.get(found, frozenset()) & {asked, *above_asked}:
            return Tier.BROADER
        if asked in above_found:
            return Tier.CHILD
        return Tier.SIBLING if above_asked & above_found else Tier.UNRELATED

    def ancestors(self, name: str) -> frozenset[str]:
        """Return every group that a disease belongs to, itself left out."""
        return self._ancestors.get(name, frozenset())

    def without_ancestors(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return names without those that are groups of another one: the specific disease is what a sentence is about."""
        unique = list(dict.fromkeys(names))
        return tuple(name for name in unique if not any(name in self.ancestors(other) for other in unique))

    @property
    def manifestation(self) -> str:
        """Return the name of what the diseases of the field have in common ("MCTD-ILD" is read as MCTD)."""
        return _MANIFESTATION

    def kind_of(self, intervention: str) -> str:
        """Return drug, class, procedure, care, test or comparator."""
        return str(self._interventions.get(intervention, {}).get("kind", "drug"))

    def classes_of(self, intervention: str) -> tuple[str, ...]:
        """Return the classes of a treatment, nearest first: rituximab gives anti-CD20, biologic, …"""
        found: dict[str, None] = {}
        waiting = list(self._interventions.get(intervention, {}).get("classes", ()))
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += self._interventions.get(name, {}).get("classes", ())
        return tuple(found)

    def members_of(self, drug_class: str) -> tuple[str, ...]:
        """Return the treatments of a class."""
        return tuple(name for name in self._interventions if drug_class in self.classes_of(name))

    def synonyms(self, name: str) -> tuple[str, ...]:
        """Return the names of a disease, treatment, test or trial, the canonical and the long one first."""
        return self._synonyms.get(name, (name,))

    def words(self) -> frozenset[str]:
        """Return every single word of every phrase, in lower case: what spelling may correct to."""
        return self._words

    @cached_property
    def folded_words(self) -> frozenset[str]:
        """Return the words of `words()` as they are compared, so that a plural or British spelling is known too."""
        return frozenset(fold(word) for word in self._words)

    @cached_property
    def written_forms(self) -> dict[str, str]:
        """Return how single-word names with capitals inside are written, by their lower case: "focussced" gives "focuSSced"."""
        names = [name for names in self._synonyms.values() for name in names if name.isalpha() and any(letter.isupper() for letter in name[1:])]
        return {name.lower(): name for name in reversed(names)}

    # ------------------------------------------------------------------ tables, compiled once

    @cached_property
    def disease_table(self) -> PhraseTable[str | None]:
        """Disease names; None for phrases that contain one but name no population."""
        data = self.data["populations"]
        masks: list[tuple[str, str | None]] = [(phrase, None) for phrase in data["not_populations"]]
        names = (*data["diseases"], *data["other"])
        phrases: list[tuple[str, str | None]] = [(phrase, name) for name in names for phrase in self.synonyms(name)]
        return PhraseTable([*self._own(names), *masks, *phrases], data["strict"])

    @cached_property
    def intervention_table(self) -> PhraseTable[str | None]:
        """Treatments and tests."""
        phrases: list[tuple[str, str | None]] = [(phrase, name) for name in self._interventions for phrase in self.synonyms(name)]
        return PhraseTable([*self._own(self._interventions), *phrases], self.data["interventions"]["strict"])

    @cached_property
    def outcome_table(self) -> PhraseTable[str | None]:
        """Outcome slots."""
        return PhraseTable([(phrase, slot) for slot, phrases in self.data["outcomes"]["slots"].items() for phrase in phrases])

    @cached_property
    def polarity_table(self) -> PhraseTable[str]:
        """Words of a better or a worse result, and phrases that are neither."""
        return PhraseTable([(phrase, sign) for sign, phrases in self.data["outcomes"]["polarity"].items() for phrase in phrases])

    @cached_property
    def trial_table(self) -> PhraseTable[str | None]:
        """Trials."""
        data = self.data["trials"]
        return PhraseTable([(phrase, name) for name in data["trials"] for phrase in self.synonyms(name)], data["strict"])

    @cached_property
    def organisation_table(self) -> PhraseTable[str | None]:
        """Issuers."""
        data = self.data["trials"]
        return PhraseTable([(name, data["organisation_names"].get(name, name)) for name in data["organisations"]], data["strict_organisations"])

    @cached_property
    def design_table(self) -> PhraseTable[str | None]:
        """Study designs."""
        return PhraseTable([(phrase, design) for design, phrases in self.data["designs"].items() for phrase in phrases])

    @cached_property
    def recommendation_table(self) -> PhraseTable[tuple[str, bool] | None]:
        """Recommending phrases: (direction, whether they recommend in a guideline only); None for phrases that recommend nothing."""
        data = self.data["recommendation"]
        masks: list[tuple[str, tuple[str, bool] | None]] = [(phrase, None) for phrase in data["masks"]]
        phrases: list[tuple[str, tuple[str, bool] | None]] = [
            (phrase, (direction, scope == "guideline")) for direction, scopes in data["directions"].items() for scope, listed in scopes.items() for phrase in listed
        ]
        return PhraseTable(masks + phrases)

    @cached_property
    def strength_table(self) -> PhraseTable[str]:
        """Words that say how firmly a recommendation is made."""
        return PhraseTable([(phrase, strength) for strength, phrases in self.data["recommendation"]["strengths"].items() for phrase in phrases])

    @cached_property
    def lay_table(self) -> PhraseTable[str]:
        """Everyday words with the field's word."""
        return PhraseTable(self.data["lay"]["words"].items())

    @cached_property
    def lay_hint_table(self) -> PhraseTable[str]:
        """Everyday phrases with a search term that goes beside them."""
        return PhraseTable(self.data["lay"]["hints"].items())

    @cached_property
    def heading_table(self) -> PhraseTable[Weights]:
        """Facet words of section titles."""
        return PhraseTable(_weighted((phrase, facet, 1.0) for facet, entry in self._facets for phrase in entry["heading"]))

    @cached_property
    def sentence_table(self) -> PhraseTable[Weights]:
        """Facet cues of sentences."""
        return PhraseTable(_weighted((phrase, facet, weight) for facet, entry in self._facets for phrase, weight in entry["sentence"].items()))

    @cached_property
    def question_table(self) -> PhraseTable[Weights]:
        """Facet cues of questions; masks have no facet."""
        masks: list[tuple[str, Weights]] = [(phrase, ()) for phrase in self.data["facets"]["question_masks"]]
        return PhraseTable(masks + _weighted((phrase, facet, weight) for facet, entry in self._facets for phrase, weight in entry["question"].items()))

    @cached_property
    def role_table(self) -> PhraseTable[tuple[str, ...]]:
        """Words that give a disease name beside them a role."""
        roles: dict[str, tuple[str, ...]] = {}
        for role, phrases in self.data["populations"]["roles"].items():
            for phrase in phrases if role != "fillers" else ():
                roles[phrase] = (*roles.get(phrase, ()), role)
        return PhraseTable(roles.items())

    @cached_property
    def fillers(self) -> frozenset[str]:
        """Folded words that may stand between a role word and its disease."""
        return frozenset(fold(word) for word in self.data["populations"]["roles"]["fillers"])

    @cached_property
    def weak_populations(self) -> frozenset[str]:
        """Folded disease phrases that are as often a symptom."""
        return frozenset(" ".join(token.folded for token in tokenize(phrase)) for phrase in self.data["populations"]["weak"])

    @cached_property
    def senses(self) -> dict[str, tuple[Sense, ...]]:
        """Readings of ambiguous abbreviations, the usual one first."""
        return {
            term: tuple(Sense(reading, PhraseTable((word, True) for word in context)) for reading, context in readings.items())
            for term, readings in self.data["ambiguous"].items()
        }

    def trial_populations(self, trial: str) -> tuple[str, ...]:
        """Return whom a known trial studied."""
        return tuple(self.data["trials"]["trials"].get(trial, {}).get("populations", ()))

    def _own(self, names: Iterable[str]) -> list[tuple[str, str | None]]:
        """Return the document's own short forms for one table: those of its names, and those that name nothing."""
        known = set(names)
        return [(short, name) for short, name in self.local if name is None or name in known]

    @cached_property
    def _facets(self) -> list[tuple[Facet, dict[str, Any]]]:
        return [(Facet(name), entry) for name, entry in self.data["facets"].items() if name != "question_masks"]

    @cached_property
    def _interventions(self) -> dict[str, dict[str, Any]]:
        return dict(self.data["interventions"]["interventions"])

    @cached_property
    def _includes(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(entry.get("includes", ())) for name, entry in self.data["populations"]["diseases"].items()}

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        parents = {name: tuple(entry.get("parents", ())) for name, entry in self.data["populations"]["diseases"].items()}

        def above(name: str) -> frozenset[str]:
            return frozenset(parents[name]).union(*(above(parent) for parent in parents[name]))

        return {name: above(name) for name in parents}

    @cached_property
    def _synonyms(self) -> dict[str, tuple[str, ...]]:
        populations = self.data["populations"]
        entries = {**{name: entry["names"] for name, entry in populations["diseases"].items()}, **populations["other"]}
        entries |= {name: entry["names"] for name, entry in self._interventions.items()}
        entries |= {name: entry["names"] for name, entry in self.data["trials"]["trials"].items()}
        return {name: tuple(dict.fromkeys((name, *names))) for name, names in entries.items()}

    @cached_property
    def _words(self) -> frozenset[str]:
        phrases = [phrase for names in self._synonyms.values() for phrase in names]
        phrases += [phrase for _, entry in self._facets for phrase in (*entry["heading"], *entry["sentence"], *entry["question"])]
        phrases += [word for pair in self.data["lay"]["words"].items() for word in pair]
        phrases += [phrase for phrases_of in self.data["outcomes"]["slots"].values() for phrase in phrases_of]
        return frozenset(word.lower() for phrase in phrases for word in re.findall(r"[^\W\d_]+(?![\w*])", phrase) if len(word) > 3)


@lru_cache(maxsize=4)
def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read the lexicon files of a folder, each once per process; raise `LexiconInvalid` naming the file and what is wrong."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = {}
    for name in _FILES:
        path = (folder or _DATA) / f"{name}.yaml"
        try:
            data[name] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader, the quick one where built
        except (OSError, yaml.YAMLError) as exc:
            raise LexiconInvalid(f"lexicon file {path} cannot be read: {exc}. Restore it from the package or mend the line named above.") from exc
        if not isinstance(data[name], dict):
            raise LexiconInvalid(f"lexicon file {path} holds no mapping. Restore it from the package.")
    return Lexicon(data)


def _mentions(matches: Iterable[Match[str | None]]) -> list[Mention]:
    return [Mention(match.value, match.start, match.end) for match in matches if match.value is not None]


def _weighted(cues: Iterable[tuple[str, Facet, float]]) -> list[tuple[str, Weights]]:
    """Join the facets of a phrase that several facets list."""
    joined: dict[str, Weights] = {}
    for phrase, facet, weight in cues:
        joined[phrase] = (*joined.get(phrase, ()), (facet, weight))
    return list(joined.items())
