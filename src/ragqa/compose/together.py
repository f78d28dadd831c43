"""What one statement must hold together: the drug and its study, the drug and its dose, a death and what it followed.

Slots that are filled one by one may be filled by statements on different things: a death rate of all patients and an exacerbation of some
are no answer to how many die of an exacerbation, nor is the dose of one drug, given with another, the dose of that other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ragqa.compose.amounts import tells_regimen
from ragqa.compose.anchors import speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.parts import parts_of
from ragqa.compose.reasons import not_reported, subject_of
from ragqa.compose.unfilled import missing_names
from ragqa.text.lexicon import Lexicon
from ragqa.text.matching import PhraseTable
from ragqa.types import Facet, Reason

_DRUG_FOLLOWS = re.compile(r"^\s*(?:/\s?\w+\s*)?(?:(?:daily|twice|orally?|intravenous(?:ly)?|iv|pulse[sd]?|of)\s+){0,3}$", re.IGNORECASE)
_MAINTENANCE = re.compile(r"\bmaint(?:enance|ain)", re.IGNORECASE)
_COUNT = r"(?:\d+|one|two|three|four|five|six)"
_COURSE = re.compile(
    rf"\bfor {_COUNT} (?:days|weeks)\b|\b(?:weeks?|days?) 0\b|\b{_COUNT} (?:weekly |monthly )?(?:doses|infusions|pulses|cycles)\b|\binduction\b", re.IGNORECASE
)
"""A course with an end."""
_BENEFIT = frozenset({Facet.TREATMENT, Facet.OUTCOME, Facet.PROGRESSION})
_CARE_KINDS = frozenset({"care", "procedure"})
_IN_TURN = re.compile(r"\brespectively\b", re.IGNORECASE)


def of_named_study(candidates: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the candidates of the named studies where a study is named and has any, else all: what others report is not what it found."""
    return [each for each in candidates if asked.studies and speaks_of(each.record, each.document, asked.studies)] or list(candidates)


def missing_from_study(asked: Asked, direct: Sequence[Candidate]) -> Reason | None:
    """Return the reason where nothing that is known of a named study speaks of any treatment asked for: the study is not about it."""
    drugs = asked.query.drugs
    own = [each.record.sentence.tags for each in direct if asked.studies and drugs and speaks_of(each.record, each.document, asked.studies)]
    wanted = asked.drug_names | asked.drug_classes
    if not own or any(wanted & {*tags.drugs, *tags.topic_drugs} for tags in own):
        return None
    names, study = " or ".join(drugs), asked.studies[0]
    return Reason(
        "missing_drug",
        f"Nothing that the library holds on {study} speaks of {names}.",
        f"Ask what {study} was about, or about {names} without the study.",
    )


def missing_dose(asked: Asked, candidates: Sequence[Candidate], direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where a dose is asked for and no source states one, or only for others; where other things are asked beside it they are answered."""
    parts = parts_of(asked, lexicon)
    # A part on something that no source reports cannot stand for an answer on the dose.
    answerable = [part for part in parts if Facet.DOSING in part.facets or not missing_names(part.text, asked, direct, lexicon)] if len(parts) > 1 else parts
    asks_dose = [Facet.DOSING in part.facets for part in answerable]
    own = of_named_study(direct, asked)
    if not any(asks_dose) or not all(asks_dose) or any(_is_dosed(each, asked, lexicon) for each in own) or tells_regimen(asked.query.interpreted, own):
        return None
    elsewhere = [
        each for each in candidates if not asked.studies and set(asked.query.drugs) & set(each.record.sentence.tags.drugs) and _is_dosed(each, asked, lexicon)
    ]
    if elsewhere:
        others = " or ".join(elsewhere[0].record.sentence.tags.populations) or "others"
        return Reason(
            "missing_population",
            f"No source in the library states a dose for {subject_of(asked)}; one is stated for {others}.",
            f"Ask about {' and '.join(asked.query.drugs)} in {others}, or add a source that gives doses for this population.",
        )
    return Reason(
        "missing_dose",
        f"No source in the library states a dose for {subject_of(asked)}.",
        "Ask what is recommended instead of how it is dosed, or add a source that gives doses.",
    )


def _is_dosed(candidate: Candidate, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a statement gives a dose of a treatment asked for, or of the class by whose name that is spoken of; any dose where none is named.

    What the class is given at in another course of the disease is not the dose of one of its drugs in a rapidly progressive one.
    """
    text = candidate.record.sentence.text
    if _MAINTENANCE.search(asked.query.interpreted) and not _MAINTENANCE.search(text) and _COURSE.search(text):
        # What is given over some weeks to begin with is no dose to go on with.
        return False
    if not asked.query.drugs or not lexicon.is_unit_dose(text):
        return not asked.query.drugs and lexicon.is_unit_dose(text)
    drugs = set(asked.query.drugs)
    # A class beside a drug of it narrows nothing: the dose of another member is not asked for.
    own = {drug for drug in drugs if not any(drug in lexicon.classes_of(other) for other in drugs - {drug})}
    named = own.union(*map(lexicon.members_of, own))
    is_rapid = Facet.RAPIDLY_PROGRESSIVE in asked.query.facets and not asked.studies
    fits = not is_rapid or candidate.record.sentence.tags.weight(Facet.RAPIDLY_PROGRESSIVE) > 0
    wanted = named.union(map(lexicon.spoken_of_as, own)) if fits else named
    dosed = _dosed(text, lexicon)
    # A dose beside no name is that of the topic.
    return not dosed or not wanted.isdisjoint(dosed)


@lru_cache(maxsize=8192)
def _dosed(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the treatments whose doses a text gives: the name right behind a dose, else the last one before it, else the first."""
    mentions = lexicon.interventions_in(text)
    if not mentions or _IN_TURN.search(text):
        return frozenset(mention.name for mention in mentions)
    found = set[str]()
    for start, end in lexicon.doses_in(text):
        behind = [mention for mention in mentions if mention.start >= end and _DRUG_FOLLOWS.match(text[end : mention.start])]
        before = [mention for mention in mentions if mention.end <= start]
        found.add((behind[0] if behind else before[-1] if before else mentions[0]).name)
    return frozenset(found)


def missing_for_organ(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where all that names a treatment is on another organ than the one asked about: advice for fingers says nothing of lungs.

    Care that goes with any treatment is left out, as is a question that names an outcome, which its own rules weigh.
    """
    query = asked.query
    drugs = [drug for drug in query.drugs if lexicon.kind_of(drug) not in _CARE_KINDS]
    seeks_benefit = bool(query.facets) and _BENEFIT.issuperset(query.facets)
    if not (drugs and asked.on_manifestation and asked.is_bound and seeks_benefit) or query.anchors or set(asked.outcomes) - lexicon.soft_outcomes:
        return None
    names = asked.drug_names | asked.drug_classes
    naming = [each for each in direct if not names.isdisjoint((*each.record.sentence.tags.drugs, *each.record.sentence.tags.topic_drugs))]
    if not naming or not all(each.features["off_manifestation"] for each in naming):
        return None
    populations = " or ".join(name for name in query.populations if name != lexicon.manifestation)
    place = f"{lexicon.manifestation} in {populations}" if populations else lexicon.manifestation
    return Reason(
        "missing_outcome",
        f"No source in the library reports on {' and '.join(query.drugs)} for {place}, only for other organs.",
        f"Ask about {' and '.join(query.drugs)} for what it is given for, or add a source on {place}.",
    )


def missing_event(asked: Asked, direct: Sequence[Candidate], lexicon: Lexicon) -> Reason | None:
    """Return the reason where it is asked how many die of, after or in an event, and no statement holds both the event and a figure on deaths."""
    for part in parts_of(asked, lexicon):
        fates = {mention.name for mention in lexicon.outcomes_in(part.text)} & _fates(lexicon)
        for event in _events_in(part.text, lexicon) if fates else ():
            if not any(event in _events_in(said, lexicon) and fates & lexicon.outcomes_reported(said) for said in map(_said, direct)):
                return not_reported([f"{name} with {event}" for name in sorted(fates)], asked, lexicon)
    return None


def _said(candidate: Candidate) -> str:
    return f"{candidate.record.sentence.text} {candidate.record.section.title}"


def _fates(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(lexicon.data["outcomes"].get("fates", ()))


def _events_in(text: str, lexicon: Lexicon) -> list[str]:
    return list(dict.fromkeys(match.value for match in _event_table(lexicon).find(text)))


@lru_cache(maxsize=4)
def _event_table(lexicon: Lexicon) -> PhraseTable[str]:
    """Return the events that befall some of the patients, by their phrases."""
    return PhraseTable([(phrase, event) for event, phrases in lexicon.data["outcomes"].get("events", {}).items() for phrase in phrases])
