"""What an answer leaves open: parts of the question, treatments and outcomes asked for without evidence, and what fills them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from types import MappingProxyType

from ragqa.compose.amounts import states_dose, tells_duration, tells_interval, tells_regimen
from ragqa.compose.anchors import content_terms, speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.details import missing_details
from ragqa.compose.details_of_practice import HANDLING
from ragqa.compose.facets import NEAR, leading_facet
from ragqa.compose.held import Held, LongForms, narrow_names
from ragqa.compose.parts import Part, parts_of
from ragqa.compose.selection import SERVES
from ragqa.compose.unfilled import missing_names, missing_words
from ragqa.text.analyzer import analyze
from ragqa.text.defining import asks_what_is
from ragqa.text.intervals import names_interval
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet, Tier

FACET_NAMES = {
    Facet.DEFINITION: "definition",
    Facet.EPIDEMIOLOGY: "frequency",
    Facet.SCREENING: "screening",
    Facet.DIAGNOSIS: "diagnosis",
    Facet.MONITORING: "monitoring",
    Facet.TREATMENT: "treatment",
    Facet.PROGRESSION: "progression",
    Facet.RAPIDLY_PROGRESSIVE: "rapidly progressive disease",
    Facet.DOSING: "dosing",
    Facet.OUTCOME: "treatment outcomes",
    Facet.SAFETY: "safety",
    Facet.PROGNOSIS: "prognosis",
    Facet.RISK_FACTOR: "risk factors",
    Facet.SUPPORTIVE_CARE: "supportive care",
    Facet.ONGOING: "ongoing research",
    Facet.EVIDENCE_GAP: "gaps of the evidence",
    Facet.DESIGN: "study design",
    Facet.BACKGROUND: "background",
}
_COURSES = frozenset({Facet.RAPIDLY_PROGRESSIVE})
"""What a disease is in such a course, is told of the course and not of the disease."""
_OF_DRUG = frozenset({Facet.SAFETY, Facet.OUTCOME, Facet.DOSING})
_OF_SOURCE = frozenset({Facet.DESIGN, Facet.EVIDENCE_GAP, Facet.BACKGROUND})
_NEVER_A_GAP = frozenset({Facet.BACKGROUND})
_RESULTS = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.SAFETY, Facet.EPIDEMIOLOGY, Facet.PROGRESSION})
_WHO = re.compile(r"\b(?:who|whom|(?:which|what) (?:patients|people|persons|individuals))\b", re.IGNORECASE)
"""What asks for the people to whom advice applies."""
_LIKENED = re.compile(r"\b(?:as|like|unlike|than)(?: in| with)?\s$", re.IGNORECASE)
"""A disease that another is likened to is not asked about."""
LEAST_FILLING = 0.05
"""Estimate that a statement must reach to be shown for the sake of a part."""
LEAST_HOLDING = 0.01
"""The same for the sake of a name that no other statement holds."""
MOST_FILLING = 2
"""Statements that are shown only because they answer a part of the question that no other does."""
MOST_DEFINING = 6
"""The same where a part asks what a disease is: its criteria are one list, of which a part would mislead."""
_LEAST_WEIGHT = 0.5
_LEAST_WORDS = 2
_DIRECT = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})
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
    for drug in _focus(asked):
        if not any(_speaks_of(each, drug, lexicon) and _tells_more_than_source(each, asked) for each in (*chosen, *added)):
            naming = [each for each in weighed if each.tier in _DIRECT and each.score >= _least_on(each) and _speaks_of(each, drug, lexicon)]
            telling = [each for each in naming if _tells_more_than_source(each, asked)]
            is_named = any(_speaks_of(each, drug, lexicon) for each in (*chosen, *added))
            added += _exact_first(telling if telling or is_named else naming)[: MOST_FILLING if _asks_care(asked) else 1]
    added += _stances_on_care(asked, [*chosen, *added], weighed, lexicon)
    added += _risks_that_select(asked, chosen, weighed, lexicon)
    for name in asked.query.populations if len(asked.query.populations) > 1 else ():
        if not any(name in each.record.sentence.tags.populations for each in (*chosen, *added)):
            on_it = [each for each in weighed if name in each.record.sentence.tags.populations and each.score >= LEAST_FILLING]
            added += [each for each in on_it if each.facet_fit >= _LEAST_WEIGHT][:1]
    for part in parts:
        lacking = set(missing_names(part.text, asked, chosen, lexicon))
        facet = _open_facet(part, asked, chosen, lexicon) if len(parts) > 1 else None
        rows |= {candidate.record.row for candidate in added}
        left = [each for each in weighed if each.tier in _DIRECT and each.record.row not in rows]
        likely = [each for each in left if each.score >= LEAST_FILLING]
        found: list[Candidate] = []
        if facet is Facet.DEFINITION and asks_what_is(part.text, lexicon):
            found = _definition(part, left, lexicon)
        elif facet is Facet.MONITORING and names_interval(part.text):
            found = _exact_first([each for each in likely if tells_interval(each)])[:MOST_FILLING]
        elif lacking or facet is not None:
            found = _exact_first([each for each in likely if _answers(each, facet, lacking, lexicon)])[:MOST_FILLING]
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
    found = [each for each in candidates if each.score >= LEAST_FILLING and _defines(each, part, lexicon)]
    return [each for each in found if each.record.document_id == found[0].record.document_id]


def _defines(candidate: Candidate, part: Part, lexicon: Lexicon) -> bool:
    """Whether a statement tells what just the asked disease is, in the situation that a part names: what defines its group or a kind of it does not."""
    wanted = {Facet.DEFINITION, *(_COURSES.intersection(lexicon.facets_of_question(part.text)))}
    tags = candidate.record.sentence.tags
    return candidate.tier is Tier.EXACT and all(tags.weight(facet) >= _LEAST_WEIGHT for facet in wanted)


def _focus(asked: Asked) -> list[str]:
    """Return the treatments that a question is about: where it asks for care alone, not the drug that is its occasion."""
    return [drug for drug in asked.query.drugs if not _asks_care(asked) or drug in asked.drug_names]


def _asks_care(asked: Asked) -> bool:
    return asked.query.facets == (Facet.SUPPORTIVE_CARE,)


def _least_on(candidate: Candidate) -> float:
    """Return the estimate that a statement must reach to be shown for the sake of a treatment: less where it is on what is asked of it."""
    return LEAST_HOLDING if candidate.facet_fit >= _LEAST_WEIGHT and candidate.tier in _FOR_THEM else LEAST_FILLING


def _tells_more_than_source(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement tells something of its topic, and not only of its source: where care is asked for, what a guideline covers is no advice."""
    return not _asks_care(asked) or leading_facet(candidate.record.sentence.tags) not in _OF_SOURCE


def _stances_on_care(asked: Asked, chosen: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon) -> list[Candidate]:
    """Return the advice of guidelines on a procedure or care that is asked about and of which nothing else is asked, where none is shown.

    "When is it considered?" asks for advice, and its only facet is that of the care.
    """

    def advises(candidate: Candidate) -> bool:
        advice = candidate.is_guideline and candidate.record.sentence.tags.recommendation is not None
        return advice and candidate.tier in _DIRECT and any(_speaks_of(candidate, drug, lexicon) for drug in _focus(asked))

    if not _asks_care(asked) or any(advises(each) for each in chosen):
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


def not_covered(
    asked: Asked, chosen: Sequence[Candidate], weighed: Sequence[Candidate], lexicon: Lexicon, long_forms: LongForms = MappingProxyType({})
) -> tuple[str, ...]:
    """Return what was asked for and has no statement: parts of the question, treatments, outcomes, complications, tests and issuers.

    A part that may be read as asking several things ("which antibodies count": a definition, a risk) is covered when one of them is. Outcomes so
    broad that evidence answers without naming them are left to the facets.
    """
    subject = " or ".join(asked.query.populations)
    place = f" in {subject}" if subject else ""
    missing: list[str] = []
    parts = parts_of(asked, lexicon)
    names = [_name_of_gap(facet, part, asked, lexicon) for part in parts if (facet := _open_facet(part, asked, chosen, lexicon))]
    missing += [f"{name}{place}" for name in names if not any(other.startswith(f"{name} ") for other in names)]
    if _reports_nothing(asked, chosen, lexicon):
        missing.append(f"{FACET_NAMES[Facet.OUTCOME]} of {' and '.join(asked.studies)}{place}")
    missing += [f"{drug}{place}" for drug in _focus(asked) if not any(_speaks_of(candidate, drug, lexicon) for candidate in chosen)]
    missing += [f"{name}{place}" for part in parts for name in missing_names(part.text, asked, chosen, lexicon)]
    missing += [f"{detail.name}{place}" for part in parts for detail in missing_details(part, asked, chosen, lexicon)]
    shown = [*chosen, *(candidate for candidate in weighed if candidate.tier in _DIRECT)]
    words = [word for part in parts for word in missing_words(part.text, asked, shown, lexicon, long_forms=long_forms, look_at=None)]
    words = [word for word in words if not any(word in name for name in missing)]
    missing += [f'"{word}"{place}' for word in words if len(parts) > 1 or any(character.isupper() for character in word[1:])]
    if len(parts) > 1:
        missing += [name for part in parts for name in _unspoken_of(part, chosen, lexicon)]
    if len(asked.query.anchors) > 1:
        silent = [anchor for anchor in asked.query.anchors if not any(speaks_of(each.record, each.document, [anchor]) for each in (*chosen, *weighed))]
        missing += [f"documents of {anchor}{place}" for anchor in silent]
    return tuple(dict.fromkeys(missing))


def _name_of_gap(facet: Facet, part: Part, asked: Asked, lexicon: Lexicon) -> str:
    """Return in words what a part asks for and nothing serves, with the course of disease or the treatments that it names."""
    courses = _COURSES.intersection(lexicon.facets_of_question(part.text)) if facet is Facet.DEFINITION else ()
    named = {mention.name for mention in lexicon.interventions_in(part.text)}.intersection(asked.query.drugs)
    # "…, and is it safe?" is asked of the treatment named before.
    drugs = " and ".join(drug for drug in asked.query.drugs if drug in named or (facet in _OF_DRUG and not named))
    name = " of ".join(FACET_NAMES[each] for each in (facet, *courses))
    return f"{name} {'of' if facet in _OF_DRUG else 'with'} {drugs}" if drugs else name


def _unspoken_of(part: Part, chosen: Sequence[Candidate], lexicon: Lexicon) -> list[str]:
    """Return the diseases of a part that no statement is on, nor a group or a kind of them."""
    mentions = [mention for mention in lexicon.populations_in(part.text) if not _LIKENED.search(part.text[: mention.start])]
    names = {mention.name for mention in mentions} - {lexicon.manifestation}
    found = [candidate.record.sentence.tags.populations for candidate in chosen]
    return sorted(name for name in names if not any(lexicon.relation([name], populations) in _DIRECT for populations in found))


def _open_facet(part: Part, asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> Facet | None:
    """Return the facet that a part asks for and no statement serves, None where one does or the part asks for no facet.

    A part is answered, too, by a statement that holds its words, or that reports the outcome which is all that it names.
    """
    facets = [facet for facet in part.facets if facet not in _NEVER_A_GAP]
    if not facets or len(facets) < len(part.facets):
        return None
    if asks_what_is(part.text, lexicon) and Facet.DEFINITION in facets:
        return None if any(_defines(candidate, part, lexicon) for candidate in chosen) else Facet.DEFINITION
    if Facet.DOSING in facets and not any(states_dose(candidate.record.sentence.text, lexicon) for candidate in chosen):
        # "High-dose" is about dosing and states no dose; a regimen is told by what it is made up of.
        return None if tells_regimen(part.text, chosen) or tells_duration(part.text, chosen) else Facet.DOSING
    if facets == [Facet.MONITORING] and names_interval(part.text):
        return None if any(tells_interval(candidate) for candidate in chosen) else Facet.MONITORING
    if any(_serves(candidate, facet) for candidate in chosen for facet in facets):
        return None
    if asked.studies and Facet.DEFINITION in facets and any(_serves(candidate, Facet.DESIGN) for candidate in chosen):
        # The criteria of a study are part of its design.
        return None
    words = set(analyze(part.text))
    named = set(part.outcomes) - lexicon.soft_outcomes
    for candidate in chosen:
        text = candidate.record.sentence.text
        if (len(words) >= _LEAST_WORDS and words <= content_terms(text)) or (named and named <= lexicon.outcomes_reported(text)):
            return None
    return facets[0]


def open_facets(asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return what the parts of a question ask for where no statement serves any of them, nothing where one does."""
    found = [_open_facet(part, asked, chosen, lexicon) for part in parts_of(asked, lexicon)]
    return () if None in found else tuple(dict.fromkeys(facet for facet in found if facet is not None))


def _serves(candidate: Candidate, facet: Facet) -> bool:
    sentence = candidate.record.sentence
    if facet is Facet.EPIDEMIOLOGY and (sentence.tags.n is not None or "%" in sentence.text):
        return True
    served = {facet} | {near for near, weight in NEAR.get(facet, {}).items() if weight >= SERVES}
    if facet is Facet.PROGNOSIS:
        # Who gets a disease tells nothing of what becomes of those who have it.
        served.discard(Facet.RISK_FACTOR)
    if facet is Facet.TREATMENT and not (sentence.tags.drugs or sentence.tags.topic_drugs or sentence.tags.recommendation):
        # What becomes of patients tells how they are treated only where it tells what they were given.
        served = {facet}
    return any(sentence.tags.weight(other) > 0 for other in served)


def _speaks_of(candidate: Candidate, drug: str, lexicon: Lexicon) -> bool:
    """Whether a statement is on a treatment: by name, as its topic, or as the class it is spoken of as, or a member of the class asked for."""
    tags = candidate.record.sentence.tags
    about = {*tags.drugs, *tags.topic_drugs}
    names = {drug, *lexicon.members_of(drug), *([spoken] if (spoken := lexicon.spoken_of_as(drug)) else [])}
    return bool(names & about) or (tags.recommendation is not None and bool(set(lexicon.classes_of(drug)[:1]) & about))


def _reports_nothing(asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> bool:
    """Whether results of a named study are asked for and no statement is about any."""
    facets = lexicon.facets_of_question(asked.query.interpreted)
    if not asked.studies or Facet.OUTCOME not in facets or Facet.ONGOING in facets or Facet.DESIGN in asked.query.facets:
        # Which endpoint a study had is its design.
        return False
    own = [candidate.record.sentence.tags for candidate in chosen if speaks_of(candidate.record, candidate.document, asked.studies)]
    return not any(tags.polarity or (tags.facets and tags.facets[0][0] in _RESULTS) for tags in own)
