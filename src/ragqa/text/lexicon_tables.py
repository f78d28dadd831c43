"""The lexicon files, read and compiled: one table of phrases for each use, each built on first use.

In: the YAML mappings as read. Out: `PhraseTable`s, synonyms and hierarchies. `lexicon.Lexicon` puts questions to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ragqa.text.issuers import IssuerPatterns, either
from ragqa.text.matching import KINDS_OF_STUDY, PhraseTable, fold, tokenize
from ragqa.types import Facet

Weights = tuple[tuple[Facet, float], ...]
_WEIGHT_OF_NOUN = 0.6


@dataclass(frozen=True, slots=True)
class Sense:
    """One reading of an ambiguous abbreviation and the words that speak for it."""

    reading: str
    context: PhraseTable[bool]


@dataclass(frozen=True, eq=False)
class LexiconTables:
    """The parsed files of a lexicon, and their phrases compiled for search."""

    data: Mapping[str, Any]
    local: tuple[tuple[str, str | None], ...] = ()
    """Short forms that one document defines: what they stand for in it, None for something that is no name of the lexicon."""

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

    @cached_property
    def disease_table(self) -> PhraseTable[str | None]:
        """Disease names; None for phrases that contain one but name no population."""
        data = self.data["populations"]
        masks: list[tuple[str, str | None]] = [(phrase, None) for phrase in data["not_populations"]]
        names = (*data["diseases"], *data["other"])
        phrases: list[tuple[str, str | None]] = [(phrase, name) for name in names for phrase in self.synonyms(name)]
        return PhraseTable([*self._own(names), *masks, *phrases], data["strict"], before=[data["manifestation"]])

    @cached_property
    def complication_table(self) -> PhraseTable[str]:
        """Complications that are named by their disease, with the disease."""
        named = self.data["populations"].get("complications", {})
        return PhraseTable([(phrase, disease) for disease, phrases in named.items() for phrase in phrases])

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
        # A molecule of the same name is no trial.
        phrases = [(phrase, name) for name in data["trials"] for phrase in self.synonyms(name) if phrase not in data.get("molecules", ())]
        return PhraseTable(phrases, data["strict"], before=KINDS_OF_STUDY)

    @cached_property
    def organisation_table(self) -> PhraseTable[str | None]:
        """Issuers."""
        data = self.data["trials"]
        return PhraseTable([(name, data["organisation_names"].get(name, name)) for name in data["organisations"]], data["strict_organisations"])

    @cached_property
    def issuer_patterns(self) -> IssuerPatterns:
        """How issuers that are not listed are named."""
        data = self.data["trials"]
        return IssuerPatterns(data.get("issuer_bodies", ()), data.get("issuer_documents", ()), data.get("demonyms", ()), data.get("issuer_masks", ()))

    @cached_property
    def agency_table(self) -> PhraseTable[str]:
        """Agencies that approve drugs."""
        data = self.data["outcomes"]
        return PhraseTable([(name, data.get("agency_names", {}).get(name, name)) for name in data.get("agencies", ())])

    @cached_property
    def approving_table(self) -> PhraseTable[str]:
        """Agencies that approve drugs by where they do: "approved in Europe"."""
        data = self.data["outcomes"].get("agencies_by_place", {})
        return PhraseTable([(phrase, name) for name, phrases in data.items() for phrase in phrases])

    @cached_property
    def measure_table(self) -> PhraseTable[str]:
        """Measures by their words."""
        return PhraseTable([(phrase, name) for name, phrases in self.data["outcomes"].get("measures", {}).items() for phrase in phrases])

    @cached_property
    def scope_table(self) -> PhraseTable[str]:
        """Words that tell for whom advice is meant."""
        return PhraseTable([(phrase, scope) for scope, phrases in self.data["outcomes"].get("scopes", {}).items() for phrase in phrases])

    @cached_property
    def sign_table(self) -> PhraseTable[str]:
        """Words of steadiness ("steady"), of differing sources ("difference"), of treatments combined ("combination") and of one alone ("single")."""
        groups = (("steady", "steady"), ("difference", "differences"), ("combination", "combinations"), ("single", "single"))
        return PhraseTable([(phrase, value) for value, name in groups for phrase in self.data["outcomes"].get(name, ())])

    @cached_property
    def given_by(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Outcome slots with what fills them beside their words."""
        return tuple((name, re.compile(pattern)) for name, pattern in self.data["outcomes"].get("given_by", {}).items())

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
            (phrase, (direction, scope == "guideline"))
            for direction, scopes in data["directions"].items()
            for scope, listed in scopes.items()
            for phrase in listed
        ]
        return PhraseTable(masks + phrases)

    @cached_property
    def strength_table(self) -> PhraseTable[str]:
        """Words that say how firmly a recommendation is made."""
        return PhraseTable([(phrase, strength) for strength, phrases in self.data["recommendation"]["strengths"].items() for phrase in phrases])

    @cached_property
    def manifestation_table(self) -> PhraseTable[bool]:
        """Words that tell that a text speaks of the shared manifestation; False for names that hold one and speak of another organ."""
        data = self.data["populations"]
        words = [(phrase, True) for phrase in data.get("manifestation_words", ())]
        return PhraseTable([*words, *((phrase, False) for phrase in data.get("other_organs", ()))])

    @cached_property
    def lay_table(self) -> PhraseTable[str]:
        """Everyday words with the field's word."""
        return PhraseTable(self.data["lay"]["words"].items())

    @cached_property
    def lay_hint_table(self) -> PhraseTable[str]:
        """Everyday phrases with a search term that goes beside them."""
        return PhraseTable(self.data["lay"]["hints"].items())

    @cached_property
    def neutral_table(self) -> PhraseTable[bool]:
        """Rare words of asking that name nothing."""
        return PhraseTable([(phrase, True) for phrase in self.data["lay"].get("neutral", ())])

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
        nouns = dict.fromkeys(self.data["facets"].get("treatment_nouns", ()), _WEIGHT_OF_NOUN)
        cues = {facet: {**nouns, **entry["question"]} if facet is Facet.TREATMENT else entry["question"] for facet, entry in self._facets}
        return PhraseTable(masks + _weighted((phrase, facet, weight) for facet, own in cues.items() for phrase, weight in own.items()))

    @cached_property
    def sentence_forms(self) -> tuple[tuple[Facet, re.Pattern[str], float], ...]:
        """Forms of sentences, in the case of the file, with the facet that each speaks for and how much."""
        forms = self.data["facets"].get("sentence_forms", {})
        return tuple((Facet(name), re.compile(pattern), weight) for name, patterns in forms.items() for pattern, weight in patterns.items())

    @property
    def any_treatment(self) -> str:
        """Return a pattern for a word that stands for a treatment of any name."""
        return either(self.data["facets"].get("treatment_nouns", ()))

    @cached_property
    def question_forms(self) -> tuple[tuple[Facet, re.Pattern[str]], ...]:
        """Forms of questions with the facet that each asks for."""
        forms = self.data["facets"].get("question_forms", {})
        return tuple((Facet(name), re.compile(each.replace("{treatment}", self.any_treatment), re.IGNORECASE)) for name, own in forms.items() for each in own)

    def question_weights(self, text: str) -> Mapping[Facet, tuple[float, int]]:
        """Return the weight of each facet that a question's cues and forms name, in (0, 1], and where the strongest of them stands."""
        return _question_weights(self, text)

    @cached_property
    def asked_by(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Forms of questions with the outcome slot that each asks for."""
        return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in self.data["outcomes"].get("asked_by", {}).items())

    @cached_property
    def adjective_table(self) -> PhraseTable[str]:
        """Words that stand for a disease where they share the noun of one listed behind them."""
        return PhraseTable(self.data["populations"].get("adjectives", {}).items())

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
    def told_by_test(self) -> frozenset[str]:
        """Diseases that the result of a test tells: their names may stand for the marker alone ("MDA5 negative")."""
        return frozenset(self.data["populations"].get("told_by_test", ()))

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
        return [(Facet(name), entry) for name, entry in self.data["facets"].items() if "heading" in entry]

    @cached_property
    def _interventions(self) -> dict[str, dict[str, Any]]:
        return dict(self.data["interventions"]["interventions"])

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


def _weighted(cues: Iterable[tuple[str, Facet, float]]) -> list[tuple[str, Weights]]:
    """Join the facets of a phrase that several facets list."""
    joined: dict[str, Weights] = {}
    for phrase, facet, weight in cues:
        joined[phrase] = (*joined.get(phrase, ()), (facet, weight))
    return list(joined.items())


@lru_cache(maxsize=512)
def _question_weights(tables: LexiconTables, text: str) -> Mapping[Facet, tuple[float, int]]:
    weights: dict[Facet, tuple[float, int]] = {}
    for match in tables.question_table.find(text):
        for facet, weight in match.value:
            if weight > weights.get(facet, (0.0, 0))[0]:
                weights[facet] = (weight, match.start)
    for facet, form in tables.question_forms:
        if weights.get(facet, (0.0, 0))[0] < 1.0 and (found := form.search(text)):
            weights[facet] = (1.0, found.start())
    return weights
