"""What is added so that each part of a question, and each thing that it names, has a statement where the library holds one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from types import MappingProxyType

from ragqa.compose.advice import recommends
from ragqa.compose.amounts import states_dose, tells_interval
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.details import missing_details
from ragqa.compose.details_of_practice import HANDLING
from ragqa.compose.facets import TOLD_BY_STUDIES, leading_facet
from ragqa.compose.held import Held, LongForms, narrow_names
from ragqa.compose.parts import Part, parts_of
from ragqa.compose.served import asks_care, defines, is_of_part, is_on_treatment, open_facet, serves, treatments_asked
from ragqa.compose.unfilled import missing_names, missing_words
from ragqa.text.defining import asks_what_is
from ragqa.text.intervals import names_interval
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet, Tier

_OF_SOURCE = frozenset({Facet.DESIGN, Facet.EVIDENCE_GAP, Facet.BACKGROUND})
_WHO = re.compile(r"\b(?:who|whom|(?:which|what) (?:patients|people|persons|individuals))\b", re.IGNORECASE)
"""What asks for the people to whom advice applies."""
LEAST_FILLING = 0.05
"""Estimate that a statement must reach to be shown for the sake of a part."""
LEAST_HOLDING = 0.01
"""The same for the sake of a name that no other statement holds."""
MOST_FILLING = 2
"""Statements that are shown only because they answer a part of the question that no other does."""
MOST_DEFINING = 6
"""The same where a part asks what a disease is: its criteria are one list, of which a part would mislead."""
_LEAST_WEIGHT = 0.5
_FOR_THEM = frozenset({Tier.EXACT, Tier.BROADER})
"""Tiers of advice that holds for the asked: not for a kind of them alone."""


def fill_parts(
    asked: Asked, chosen: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon, long_forms: LongForms = MappingProxyType({})
) -> list[Candidate]:
    """Return for each part of a question that no chosen statement answers the likeliest weighed statements that do, at most two.

    So are the treatments, diseases, outcomes, tests and rare words that it names and no chosen statement does. The best statements are chosen for the
    whole question, so that a part, or a thing that it names, may get nothing although the library has it.

    Args:
        asked: The question.
        chosen: The statements of the answer.
        weighed: All candidates that can stand alone, by descending score.
        lexicon: Reads parts and statements.
        long_forms: Short forms that documents of the library define.
    """
    parts = parts_of(asked, lexicon)
    rows = {candidate.record.row for candidate in chosen}
    added: list[Candidate] = []
    for drug in treatments_asked(asked):
        if not any(is_on_treatment(each, drug, lexicon) and _tells_more_than_source(each, asked) for each in (*chosen, *added)):
            naming = [each for each in weighed if each.tier in DIRECT and each.score >= _least_on(each) and is_on_treatment(each, drug, lexicon)]
            telling = [each for each in naming if _tells_more_than_source(each, asked)]
            is_named = any(is_on_treatment(each, drug, lexicon) for each in (*chosen, *added))
            added += _exact_first(telling if telling or is_named else naming)[: MOST_FILLING if asks_care(asked) else 1]
    added += _stances_on_care(asked, [*chosen, *added], weighed, lexicon)
    added += _risks_that_select(asked, chosen, weighed, lexicon)
    for name in asked.query.populations if len(asked.query.populations) > 1 else ():
        if not any(name in each.record.sentence.tags.populations for each in (*chosen, *added)):
            on_it = [each for each in weighed if name in each.record.sentence.tags.populations and each.score >= LEAST_FILLING]
            added += [each for each in on_it if each.facet_fit >= _LEAST_WEIGHT][:1]
    for part in parts:
        lacking = set(missing_names(part.text, asked, chosen, lexicon))
        facet = open_facet(part, asked, chosen, lexicon) if len(parts) > 1 else None
        rows |= {candidate.record.row for candidate in added}
        left = [each for each in weighed if each.tier in DIRECT and each.record.row not in rows]
        likely = [each for each in left if each.score >= LEAST_FILLING]
        found: list[Candidate] = []
        if facet is Facet.DEFINITION and asks_what_is(part.text, lexicon):
            found = _definition(part, left, lexicon)
        elif facet is Facet.MONITORING and names_interval(part.text):
            found = _exact_first([each for each in likely if tells_interval(each)])[:MOST_FILLING]
        elif lacking or facet is not None:
            own = [each for each in likely if facet is None or is_of_part(each, facet, part, asked, lexicon)]
            able = [each for each in own if _answers(each, facet, lacking, lexicon) or (facet in TOLD_BY_STUDIES and not lacking and serves(each, facet))]
            found = _exact_first(able)[:MOST_FILLING]
        for name in sorted(lacking) if not found else ():
            found += _exact_first([each for each in likely if _answers(each, None, {name}, lexicon)])[:1]
        for detail in missing_details(part, asked, [*chosen, *added], lexicon):
            able = [each for each in left if each.score >= LEAST_HOLDING] if detail.kind == HANDLING else likely
            found += _exact_first([each for each in able if detail.holds(each)])[:1]
        also = {each.name: each.others for each in narrow_names(part.text, lexicon)}
        for word in missing_words(part.text, asked, chosen, lexicon, long_forms=long_forms, look_at=None):
            names, able = (word, *also.get(word, ())), [each for each in left if each.score >= LEAST_HOLDING]
            found += _exact_first([each for each in able if Held([each], long_forms, asked.query.expansions).holds(*names)])[:1]
        added += list({candidate.record.row: candidate for candidate in found}.values())[: MOST_DEFINING if facet is Facet.DEFINITION else MOST_FILLING]
    return added


def _definition(part: Part, candidates: Sequence[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return what tells the disease that a part asks for: the likeliest statement that does, and what its document lists beside it."""
    found = [each for each in candidates if each.score >= LEAST_FILLING and defines(each, part, lexicon)]
    return [each for each in found if each.record.document_id == found[0].record.document_id]


def _least_on(candidate: Candidate) -> float:
    """Return the estimate that a statement must reach to be shown for the sake of a treatment: less where it is on what is asked of it."""
    return LEAST_HOLDING if candidate.facet_fit >= _LEAST_WEIGHT and candidate.tier in _FOR_THEM else LEAST_FILLING


def _tells_more_than_source(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement tells something of its topic, and not only of its source: where care is asked for, what a guideline covers is no advice."""
    return not asks_care(asked) or leading_facet(candidate.record.sentence.tags) not in _OF_SOURCE


def _stances_on_care(asked: Asked, chosen: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return the advice of guidelines on a procedure or care that is asked about and of which nothing else is asked, where none is shown.

    "When is it considered?" asks for advice, and its only facet is that of the care.
    """

    def advises(candidate: Candidate) -> bool:
        is_advice = candidate.is_guideline and candidate.tier in DIRECT and recommends(candidate)
        return is_advice and any(is_on_treatment(candidate, drug, lexicon) for drug in treatments_asked(asked))

    if not asks_care(asked) or any(advises(each) for each in chosen):
        return []
    found = [each for each in weighed if each.score >= LEAST_HOLDING and advises(each)]
    # Advice for a kind of the asked says so; it comes after advice for all of them.
    return sorted(found, key=lambda each: each.tier not in _FOR_THEM)[:MOST_FILLING]


def _risks_that_select(asked: Asked, chosen: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return what guidelines list as risks of just the asked, or of kinds of them, where it is asked who is to be screened: advice says "those at risk"."""
    names, shown = set(asked.query.populations), {candidate.record.row for candidate in chosen}
    if Facet.SCREENING not in asked.query.facets or not _WHO.search(asked.query.interpreted):
        return []

    def lists_risks(candidate: Candidate) -> bool:
        tags = candidate.record.sentence.tags
        own = bool(tags.populations) and all(name in names or not names.isdisjoint(lexicon.ancestors(name)) for name in tags.populations)
        is_list = tags.recommendation is None and all(tags.weight(facet) >= _LEAST_WEIGHT for facet in (Facet.SCREENING, Facet.RISK_FACTOR))
        return candidate.is_guideline and own and is_list and candidate.score >= LEAST_FILLING

    found = [each for each in weighed if each.record.row not in shown and lists_risks(each)]
    # Of a group of diseases, each with its own list, two would stand for none.
    return found if len(found) <= MOST_FILLING else []


def _exact_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates on just the asked population where there are any, else all of them."""
    return [each for each in candidates if each.tier is Tier.EXACT] or list(candidates)


def _answers(candidate: Candidate, facet: Facet | None, lacking: Collection[str], lexicon: Lexicon) -> bool:
    """Whether a statement is about a facet and names what a part lacks."""
    tags = candidate.record.sentence.tags
    if not set(lacking) <= {*tags.outcomes, *tags.tests, *tags.populations}:
        return False
    return facet is None or (tags.weight(facet) >= _LEAST_WEIGHT and (facet is not Facet.DOSING or states_dose(candidate.record.sentence.text, lexicon)))
