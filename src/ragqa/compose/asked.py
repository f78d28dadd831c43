"""What a question asks for, in the terms the composer works with.

`Asked` is made once per question: the hard slots that a statement must fill (population, drug, named study, outcome), the facets it
should be about, and the remaining content words with their weight.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.binding import binds
from ragqa.compose.facets import NEAR, NEAR_IN_STUDY, OVERVIEW, SITUATIONS, leading_facet
from ragqa.protocols import Embedder, Library
from ragqa.text.analyzer import analyze
from ragqa.text.defining import has_definition_asked
from ragqa.text.given import follows_course, treatments_added, treatments_given
from ragqa.text.intent import facets_weighed, outcomes_asked, tests_asked
from ragqa.text.lexicon import Lexicon
from ragqa.text.markers import told_by_markers
from ragqa.text.situations import situation_asked
from ragqa.types import Direction, Facet, Query, Tags

_NO_CARE = frozenset({Facet.RISK_FACTOR, Facet.PROGNOSIS, Facet.EPIDEMIOLOGY, Facet.DEFINITION, Facet.DIAGNOSIS})
_OF_STUDIES = frozenset({Facet.DESIGN, Facet.OUTCOME, Facet.EVIDENCE_GAP})
_STUDY_QUESTIONS = frozenset({Facet.OUTCOME, Facet.DESIGN, Facet.DEFINITION, Facet.ONGOING, Facet.TREATMENT})
_SURE_CUE = 0.8
"""From this weight on a cue word of a question says a facet and nothing else."""
_WEAK_CUE = 0.5
"""Share of its weight that a word keeps which may be a cue."""
_PERSONAL = re.compile(
    r"\b\d{1,3}(?:[- ]years?(?:[- ]old)?|[- ]?y/?o)\b|\baged? \d{1,3}\b"
    r"|\b(?:old|wants?|wanted|wish(?:es)?|patients?|pt|pts|aunt|uncle|mother|father|mum|dad|man|woman|lady|gentleman|people|someone|anyone|please|tell|know|like|get|gets|got|getting)\b",
    re.IGNORECASE,
)
"""Words that tell of a person or of asking: ages, "a patient of mine"."""
_LEAST_WEIGHT = 14.0
"""About the idf of three rare words or five usual ones."""
_OWN_WORDS = 4.0
"""Summed idf of the words beside its slots of a question that has none to speak of: less than one rare word."""
_ANY_TREATMENT = (
    r"\b(?:any|which|what|some)(?: of (?:the|these|those|my|our|her|his))? (?:[\w-]+ ){0,2}{treatment}\b"
    r"[^.;?]{0,40}\b(?:help|improv|reduc|reliev|eas|mak|slow|lower|less|prolong|extend|chang|affect|better)\w*"
)
"""What asks for a treatment of any name by what it does: "do any of the drugs help breathlessness?"."""
_GIVEN_BEFORE = frozenset({Facet.TREATMENT, Facet.PROGRESSION})
_CARE = frozenset({*OVERVIEW, Facet.RAPIDLY_PROGRESSIVE}) - {Facet.MONITORING}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as slots, facets and weighted content terms."""

    query: Query
    outcomes: tuple[str, ...]
    """Outcome slots asked for (survival, dyspnoea, pregnancy …), lexicon names."""
    terms: tuple[tuple[str, float], ...]
    """(analysed content term, idf) of what is left of the question without populations, drugs and studies."""
    drug_names: frozenset[str]
    """The treatments asked for and, where a class was asked for, its members."""
    drug_classes: frozenset[str]
    """The nearest class of each treatment asked for: what is said of the class concerns the treatment too."""
    on_manifestation: bool
    """Whether the question names the manifestation that the field shares: then statements on other organs are off the point."""
    treats_outcome: bool
    """Whether it asks how something else than that manifestation is treated, and for no treatment by name ("first drug for Raynaud's?"), or looked for."""
    studies: tuple[str, ...]
    """The anchors that name a study or author rather than an issuer of guidelines."""
    named_studies: frozenset[str]
    """Those of them that it calls by name rather than by their place."""
    situation: str
    """"first-line", "against" or "" where the question names no situation of treatment."""
    is_bound: bool
    """Whether every statement must speak of the treatments asked for; not where a part of the question asks for treatment and names none."""
    unknown: tuple[str, ...]
    """Content words, as typed, that no chunk of the library holds."""
    tests: frozenset[str]
    """The diagnostic tests that the question names, and the members of a group of them; statements on other tests are off the point."""
    members: Mapping[str, frozenset[str]]
    """For each class of treatments asked about its members: a sentence that names one names the class."""
    circles: tuple[frozenset[str], ...]
    """For each population asked about itself and the groups that hold it: what is not for a group is not for its kinds."""
    one_of_kind: tuple[str, ...] = ()
    """Words one of which a statement on the asked outcome must hold: "hepatitis", where its slot holds infections of all kinds."""
    follows_treatment: bool = False
    """Whether it asks what comes after a treatment that has come to its end; then it asks for no overview."""
    added: frozenset[str] = frozenset()
    """The treatments asked for beside one that is given already, with their members: what that one did alone is no answer."""
    defines: bool = False
    """Whether a part of it asks what its disease is, which is no part of an overview and does not take from it."""
    given: frozenset[str] = frozenset()
    """The treatments that a case is on or had, with their classes, where it asks what comes next: what those did alone is no answer."""
    seeks_detail: bool = False
    """Whether it asks about one test, or one outcome that is more than how the manifestation is: a figure is wanted, and no weighing of the evidence."""
    seeks_any: bool = False
    """Whether it asks for a treatment of any name by what it does."""
    is_pointed: bool = False
    """Whether a statement holds what the question says beside its slots: it then asks for more than an overview."""

    def are_all_in(self, names: Iterable[str]) -> bool:
        """Whether every population asked about, or a group that holds it, is among some names; not where none is asked about."""
        found = frozenset(names)
        return bool(self.circles) and not any(circle.isdisjoint(found) for circle in self.circles)

    def is_any_in(self, names: Iterable[str]) -> bool:
        """Whether a population asked about, or a group that holds it, is among some names."""
        found = frozenset(names)
        return any(not circle.isdisjoint(found) for circle in self.circles)

    @property
    def is_broad(self) -> bool:
        """Whether it asks for one side of a disease as a whole: for no treatment, study, outcome or test, and in hardly a word of its own."""
        names_more = self.query.drugs or self.studies or self.outcomes or self.tests
        return bool(self.query.populations) and not names_more and sum(idf for _, idf in self.terms) < _OWN_WORDS

    @property
    def spans_kinds(self) -> bool:
        """Whether it asks about a disease beside a group that holds it: about the other kinds, too."""
        return any(
            name != kind and name in circle for kind, circle in zip(self.query.populations, self.circles, strict=True) for name in self.query.populations
        )

    @property
    def is_overview(self) -> bool:
        """Whether the question asks how a disease is treated in general, or in one situation: recommendations then belong in the answer by rule."""
        facets = set(self.query.facets)
        if self.defines and Facet.TREATMENT in facets:
            facets.discard(Facet.DEFINITION)
        treats = facets <= _CARE and (Facet.TREATMENT in facets or facets == {Facet.RAPIDLY_PROGRESSIVE})
        return treats and bool(self.query.populations) and not (self.is_pointed or self.follows_treatment or self.query.drugs or self.outcomes or self.studies)

    @property
    def guideline_headings(self) -> frozenset[str]:
        """Return the guideline headings that an overview shows; empty means all."""
        if Facet.RAPIDLY_PROGRESSIVE in self.query.facets:
            return frozenset({"rapidly-progressive"})
        if Facet.PROGRESSION in self.query.facets:
            return frozenset({"progression"})
        if self.situation == "against":
            return frozenset({"first-line-against"})
        if self.situation == "first-line":
            return frozenset({"first-line", "first-line-against"})
        return frozenset()

    @property
    def facets_of_care(self) -> tuple[Facet, ...]:
        """Return the facets whose statements belong in the answer: those asked for, and in an overview those that go with treatment."""
        return tuple(dict.fromkeys((*OVERVIEW, *self.query.facets))) if self.is_overview else self.query.facets

    @property
    def slots(self) -> str:
        """Return the question said by its slots alone, so that two wordings of one question read the same; "" where it names too few."""
        return self.query.restated

    @property
    def total_idf(self) -> float:
        """Return the summed weight of the content terms, at least that of a few: a statement is not covered by one word of a short question."""
        return max(sum(idf for _, idf in self.terms), _LEAST_WEIGHT)

    def facet_fit(self, tags: Tags) -> float:
        """Return in [0, 1] how far a statement's facets serve the question; 0.5 where the question names no facet.

        Who progresses, how many do, and what that is, is not answered by what to give them.
        """
        asked = facets_weighed(self.query)
        if not asked:
            return 0.5
        tells_care = tags.recommendation is not None or (bool(tags.drugs) and not self.query.drugs)
        if tells_care and _NO_CARE.intersection(asked) and Facet.TREATMENT not in asked:
            asked = tuple(facet for facet in asked if facet not in SITUATIONS) or asked
        best = 0.0
        for facet, weight in tags.facets:
            for wanted in asked:
                best = max(best, weight * (1.0 if facet is wanted else NEAR.get(wanted, {}).get(facet, 0.0)))
            if self.studies and set(asked) <= _STUDY_QUESTIONS:
                best = max(best, weight * NEAR_IN_STUDY.get(facet, 0.0))
        return best

    def situation_fit(self, tags: Tags, is_guideline: bool) -> float:
        """Return 0.5 where a statement is advice for the situation of treatment that the question names, -0.5 where it is not, 0 where it names none."""
        if not self.situation:
            return 0.0
        advice = tags.recommendation
        is_against = advice is not None and advice.direction is Direction.AGAINST
        at_first = Facet.RAPIDLY_PROGRESSIVE if Facet.RAPIDLY_PROGRESSIVE in self.query.facets else Facet.TREATMENT
        fits = is_against if self.situation == "against" else leading_facet(tags) is at_first
        if not is_guideline and (self.query.drugs or not _OF_STUDIES.isdisjoint(self.query.facets)):
            # What a named treatment did, or a study found, is evidence for either.
            return 0.0
        return 0.5 if is_guideline and fits else -0.5


def read_question(query: Query, library: Library, lexicon: Lexicon) -> Asked:
    """Split a question into slots and weighted content terms."""
    text = query.interpreted
    spans = [(mention.start, mention.end) for mention in (*lexicon.populations_in(text), *lexicon.interventions_in(text))]
    spans += [(position, position + 1) for position in told_by_markers(text, query.facets, lexicon)]
    understood = {term for mention in (*lexicon.tests_in(text), *lexicon.outcomes_in(text)) for term in analyze(text[mention.start : mention.end])}
    rest = _cut(text, spans)
    for anchor in query.anchors:
        rest = rest.replace(anchor, " ")
    typed: dict[str, str] = {}
    for word in rest.split():
        for term in analyze(word):
            typed.setdefault(term, word.strip("?.,;:!()[]\"'-–"))
    terms = list(typed)
    frequencies = library.chunk_frequencies(terms)
    n_chunks = max(library.n_chunks, 1)
    # Words by which a facet is asked for are held by the facet: "risk factors" and "predictors" ask the same. Weak cues may be what is asked.
    cues: dict[str, float] = {}
    for match in lexicon.question_table.find(text):
        for term in analyze(text[match.start : match.end]):
            cues[term] = max(cues.get(term, 0.0), max((weight for _, weight in match.value), default=1.0))
    personal = {term for match in _PERSONAL.finditer(text) for term in analyze(match.group())}
    weighted = tuple(
        (term, math.log(1 + n_chunks / (frequency + 0.5)) * (_WEAK_CUE if term in cues else 1.0))
        for term, frequency in zip(terms, frequencies, strict=True)
        if term not in personal and cues.get(term, 0.0) < _SURE_CUE
    )
    read = understood | personal
    unknown = tuple(dict.fromkeys(typed[term] for term, frequency in zip(terms, frequencies, strict=True) if frequency == 0 and term not in read))
    outcomes = outcomes_asked(text, query.facets, lexicon)
    # "Pneumocystis prophylaxis with cyclophosphamide": the care is what is asked about, the drug its occasion.
    focus = [drug for drug in query.drugs if lexicon.kind_of(drug) == "care"] or list(query.drugs)
    names = frozenset(focus).union(*(lexicon.members_of(drug) for drug in focus))
    names |= frozenset(kin for drug in focus for kin in lexicon.kin_of(drug))
    if lexicon.asks_alone(text):
        # "Will steroids alone do?" is answered by advice to combine.
        names |= lexicon.strategies
    classes = frozenset(nearest for drug in focus for nearest in lexicon.classes_of(drug)[:1])
    # The organ in the name of a study is not asked about.
    unnamed = _cut(text, [(mention.start, mention.end) for mention in lexicon.trials_in(text)])
    on_manifestation = lexicon.on_manifestation(unnamed) and not lexicon.on_other_organ(unnamed)
    # Which infections to look for is asked about the treatment to come, and not about the organ that it is for.
    screens_outcome = not set(lexicon.screened_under(text)).isdisjoint(query.facets)
    on_manifestation = on_manifestation and not (screens_outcome or _is_of_whole_person(query, lexicon))
    treats = Facet.TREATMENT in query.facets and not query.drugs and not lexicon.on_manifestation(unnamed)
    one_of_kind = lexicon.named_of_kinds(text)
    treats_outcome = bool(outcomes) and (treats or (screens_outcome and bool(one_of_kind)))
    studies = tuple(anchor for anchor in query.anchors if not lexicon.organisations_in(anchor))
    names_of_studies = {mention.name for mention in lexicon.trials_in(text)}
    named_studies = frozenset(study for study in studies if study in names_of_studies or study.casefold() in text.casefold())
    tests = lexicon.tests_with_members(tests_asked(text, query.facets, lexicon))
    situation = situation_asked(text, query.facets, query.drugs)
    circles = tuple(frozenset({name}) | lexicon.ancestors(name) for name in query.populations)
    members = {drug: frozenset(lexicon.members_of(drug)) for drug in query.drugs}
    added = treatments_added(text, lexicon) & set(query.drugs)
    return Asked(
        query,
        outcomes,
        weighted,
        names,
        classes,
        on_manifestation,
        treats_outcome,
        studies,
        named_studies,
        situation,
        binds(text, query.drugs, lexicon),
        unknown,
        tests,
        members,
        circles,
        one_of_kind,
        follows_course(text, lexicon),
        frozenset(drug for name in added for drug in (name, *lexicon.members_of(name))),
        has_definition_asked(text, lexicon),
        _given(text, query, lexicon),
        bool(tests) or not lexicon.outcomes_of_manifestation.issuperset(outcomes),
        re.search(_ANY_TREATMENT.replace("{treatment}", lexicon.any_treatment), text, re.IGNORECASE) is not None,
    )


def _given(text: str, query: Query, lexicon: Lexicon) -> frozenset[str]:
    """Return the treatments of a question that it does not ask about, where care or a worsening is: they were given already."""
    if _GIVEN_BEFORE.isdisjoint(query.facets):
        return frozenset()
    names = {mention.name for mention in treatments_given(text, lexicon, in_a_case=True)} - set(query.drugs)
    return frozenset(names).union(*(lexicon.classes_of(name) for name in names))


def _is_of_whole_person(query: Query, lexicon: Lexicon) -> bool:
    """Whether a question asks for care that no organ limits: a vaccine is advised to everyone with the disease, whatever it has done to the lungs."""
    return query.facets == (Facet.SUPPORTIVE_CARE,) and any(lexicon.kind_of(drug) == "care" for drug in query.drugs)


def meaning_of(asked: Asked, vector: NDArray[np.float32], embedder: Embedder) -> NDArray[np.float32]:
    """Return the unit vector that sentences are compared with: midway between the question as typed and the question said by its slots.

    Args:
        asked: The question.
        vector: Unit vector of the question as typed.
        embedder: Embeds the slots.
    """
    if not asked.slots:
        return vector
    between = vector + embedder.embed_queries([asked.slots])[0]
    unit: NDArray[np.float32] = (between / np.linalg.norm(between)).astype(np.float32)
    return unit


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the text with the spans blanked."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
