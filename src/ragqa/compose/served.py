"""What a statement answers of a question: a part of it, a facet, a treatment that it names."""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.amounts import states_dose, tells_duration, tells_interval, tells_regimen
from ragqa.compose.anchors import content_terms, speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import NEAR, TOLD_BY_STUDIES, leading_facet
from ragqa.compose.parts import Part, parts_of
from ragqa.compose.selection import SERVES
from ragqa.text.analyzer import analyze
from ragqa.text.comparisons import says_comparison
from ragqa.text.defining import asks_what_is
from ragqa.text.intervals import names_interval
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet, Tier, states_scope

COURSES = frozenset({Facet.RAPIDLY_PROGRESSIVE})
"""What a disease is in such a course, is told of the course and not of the disease."""
_NEVER_A_GAP = frozenset({Facet.BACKGROUND})
_LEAST_WEIGHT = 0.5
_LEAST_WORDS = 2


def open_facets(asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return what the parts of a question ask for where no statement serves any of them, nothing where one does."""
    found = [open_facet(part, asked, chosen, lexicon) for part in parts_of(asked, lexicon)]
    return () if None in found else tuple(dict.fromkeys(facet for facet in found if facet is not None))


def open_facet(part: Part, asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> Facet | None:
    """Return the facet that a part asks for and no statement serves, None where one does or the part asks for no facet.

    A part is answered, too, by a statement that holds its words, or that reports the outcome which is all that it names.
    """
    facets = [facet for facet in part.facets if facet not in _NEVER_A_GAP]
    if not facets or len(facets) < len(part.facets):
        return None
    if asks_what_is(part.text, lexicon) and Facet.DEFINITION in facets:
        return None if any(defines(candidate, part, lexicon) for candidate in chosen) else Facet.DEFINITION
    if Facet.DOSING in facets and not any(states_dose(candidate.record.sentence.text, lexicon) for candidate in chosen):
        # "High-dose" is about dosing and states no dose; a regimen is told by what it is made up of.
        return None if tells_regimen(part.text, chosen) or tells_duration(part.text, chosen) else Facet.DOSING
    if facets == [Facet.MONITORING] and names_interval(part.text):
        return None if any(tells_interval(candidate) for candidate in chosen) else Facet.MONITORING
    if any(serves(candidate, facet) and is_of_part(candidate, facet, part, asked, lexicon) for candidate in chosen for facet in facets):
        return None
    if asked.studies and Facet.DEFINITION in facets and any(serves(candidate, Facet.DESIGN) for candidate in chosen):
        # The criteria of a study are part of its design.
        return None
    words = set(analyze(part.text))
    named = set(part.outcomes) - lexicon.soft_outcomes
    for candidate in chosen:
        text = candidate.record.sentence.text
        if (len(words) >= _LEAST_WORDS and words <= content_terms(text)) or (named and named <= lexicon.outcomes_reported(text)):
            return None
    return facets[0]


def is_of_part(candidate: Candidate, facet: Facet, part: Part, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a statement is on what a part names and not all of the question does: its diseases, its treatments, its issuer.

    "Its outcome in this disease, and in that one?": what is told of the one answers no part on the other.
    """
    people = {mention.name for mention in lexicon.populations_in(part.text)} & set(asked.query.populations)
    drugs = {mention.name for mention in lexicon.interventions_in(part.text)} & set(asked.query.drugs)
    # Results are told by others than the issuer named.
    issuers = [] if facet in TOLD_BY_STUDIES else [mention.name for mention in lexicon.organisations_in(part.text)]
    if 0 < len(people) < len(asked.query.populations) and not any(
        lexicon.relation([name], candidate.record.sentence.tags.populations) in DIRECT for name in people
    ):
        return False
    # Of two treatments that are compared, each is the other's measure.
    if 0 < len(drugs) < len(asked.query.drugs) and not says_comparison(part.text) and not any(is_on_treatment(candidate, drug, lexicon) for drug in drugs):
        return False
    return not issuers or speaks_of(candidate.record, candidate.document, issuers)


def defines(candidate: Candidate, part: Part, lexicon: Lexicon) -> bool:
    """Whether a statement tells what just the asked disease is, in the situation that a part names: what defines its group or a kind of it does not."""
    wanted = {Facet.DEFINITION, *(COURSES.intersection(lexicon.facets_of_question(part.text)))}
    tags = candidate.record.sentence.tags
    return candidate.tier is Tier.EXACT and all(tags.weight(facet) >= _LEAST_WEIGHT for facet in wanted)


def serves(candidate: Candidate, facet: Facet) -> bool:
    """Whether a statement tells something of a facet, or of one near enough to answer for it."""
    sentence = candidate.record.sentence
    if facet is Facet.EPIDEMIOLOGY and (sentence.tags.n is not None or "%" in sentence.text):
        return True
    served = {facet} | {near for near, weight in NEAR.get(facet, {}).items() if weight >= SERVES}
    if facet is Facet.PROGNOSIS:
        # Who gets a disease tells nothing of what becomes of those who have it.
        served.discard(Facet.RISK_FACTOR)
    if facet is Facet.TREATMENT and not (sentence.tags.drugs or sentence.tags.topic_drugs or sentence.tags.recommendation):
        # What becomes of patients tells how they are treated only where it tells what they were given; that a source is no guidance, never.
        served = {facet} if leading_facet(sentence.tags) is not Facet.EVIDENCE_GAP or states_scope(sentence.tags) else set()
    return any(sentence.tags.weight(other) > 0 for other in served)


def is_on_treatment(candidate: Candidate, drug: str, lexicon: Lexicon) -> bool:
    """Whether a statement is on a treatment: by name, as its topic, or as the class it is spoken of as, or a member of the class asked for."""
    tags = candidate.record.sentence.tags
    about = {*tags.drugs, *tags.topic_drugs}
    names = {drug, *lexicon.members_of(drug), *([spoken] if (spoken := lexicon.spoken_of_as(drug)) else [])}
    return bool(names & about) or (tags.recommendation is not None and bool(set(lexicon.classes_of(drug)[:1]) & about))


def treatments_asked(asked: Asked) -> list[str]:
    """Return the treatments that a question is about: where it asks for care alone, not the drug that is its occasion."""
    return [drug for drug in asked.query.drugs if not asks_care(asked) or drug in asked.drug_names]


def asks_care(asked: Asked) -> bool:
    """Whether a question asks for care and nothing else."""
    return asked.query.facets == (Facet.SUPPORTIVE_CARE,)
