"""What an answer leaves open: facets and outcomes asked for without evidence, and questions that the library could answer next."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from types import MappingProxyType

from ragqa.compose.anchors import content_terms, speaks_of
from ragqa.compose.asked import NEAR, Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.details import missing_details
from ragqa.compose.held import Held, LongForms, narrow_names
from ragqa.compose.parts import Part, parts_of
from ragqa.compose.selection import SERVES
from ragqa.compose.unfilled import missing_names, missing_words
from ragqa.protocols import Library
from ragqa.text.analyzer import analyze
from ragqa.text.comparisons import says_comparison
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
_FOLLOW_UPS = (
    (Facet.TREATMENT, "How is {} treated?"),
    (Facet.PROGRESSION, "What is known about progression of {} and its treatment?"),
    (Facet.RAPIDLY_PROGRESSIVE, "How is rapidly progressive {} treated?"),
    (Facet.MONITORING, "How is {} monitored?"),
    (Facet.SCREENING, "Who should be screened for {}?"),
    (Facet.SAFETY, "What harms of treatment are reported in {}?"),
    (Facet.OUTCOME, "What outcomes of treatment are reported in {}?"),
    (Facet.PROGNOSIS, "What is the prognosis of {}?"),
    (Facet.EPIDEMIOLOGY, "How common is {}?"),
)
_NEVER_A_GAP = frozenset({Facet.BACKGROUND})
_RESULTS = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.SAFETY, Facet.EPIDEMIOLOGY, Facet.PROGRESSION})
_SCHEDULE = re.compile(
    r"\b(?:infusion|dose|injection|tablet|capsule|cycle|pulse)s?\b[^.;]*"
    r"\b(?:once|twice|daily|weekly|monthly|apart|(?:every|per|a) (?:\w+ )?(?:day|week|month|year)s?)\b",
    re.IGNORECASE,
)
"""How often something is given, which answers a question on its dosing as an amount does."""
_REGIMEN = re.compile(r"\b(?:regimens?|protocols?|conditioning|consist\w*|made up)\b", re.IGNORECASE)
_MADE_UP = re.compile(r"\b(?:consist(?:s|ed|ing)? of|compris(?:es|ed|ing)|made up of|conditioning|regimen (?:was|is|of))\b", re.IGNORECASE)
"""What a regimen is made up of, which answers a question on it as a dose does."""
_HOW_GIVEN = re.compile(r"\bhow (?:is|was|are|were)\b[^.;?]{0,40}\b(?:given|administered)\b", re.IGNORECASE)
_GIVEN_FOR = re.compile(r"\b(?:receiv\w+|given|administered)\b[^.;]{0,80}\bfor \d+(?:\s?[-–]\s?\d+)? (?:days?|weeks?|months?|years?)\b", re.IGNORECASE)
"""How long something was given, which tells how it was given where no dose is told."""
_HOW_LONG = re.compile(r"\b(?:how (?:long|many (?:days|weeks|months|years))|duration|maximum|longest|(?:short|long)[- ](?:term|course))\b", re.IGNORECASE)
_SPAN = re.compile(r"\b(?:\d+|one|two|three|four|five|six|twelve)(?:\s?[-–]\s?\d+)?[ -](?:days?|weeks?|months?|years?)\b", re.IGNORECASE)
_LIKENED = re.compile(r"\b(?:as|like|unlike|than)(?: in| with)?\s$", re.IGNORECASE)
"""A disease that another is likened to is not asked about."""
LEAST_FILLING = 0.05
"""Estimate that a statement must reach to be shown for the sake of a part."""
LEAST_HOLDING = 0.01
"""The same for the sake of a name that no other statement holds."""
MOST_FILLING = 2
"""Statements that are shown only because they answer a part of the question that no other does."""
_LEAST_WEIGHT = 0.5
_LEAST_WORDS = 2
_DIRECT = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})
MOST_FOLLOW_UPS = 4
LEAST_EVIDENCE = 2
"""Statements a suggested question must have in the library."""


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
    for drug in asked.query.drugs:
        if not any(_speaks_of(each, drug, lexicon) for each in (*chosen, *added)):
            naming = [each for each in weighed if each.tier in _DIRECT and each.score >= LEAST_FILLING and _speaks_of(each, drug, lexicon)]
            added += _exact_first(naming)[:1]
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
        if lacking or facet is not None:
            own = [each for each in likely if facet is None or _is_of_part(each, facet, part, asked, lexicon)]
            able = [each for each in own if _answers(each, facet, lacking, lexicon) or (facet in _RESULTS and not lacking and _serves(each, facet))]
            found = _exact_first(able)[:MOST_FILLING]
        for name in sorted(lacking) if not found else ():
            found += _exact_first([each for each in likely if _answers(each, None, {name}, lexicon)])[:1]
        for detail in missing_details(part, asked, [*chosen, *added], lexicon):
            found += _exact_first([each for each in likely if detail.holds(each)])[:1]
        also = {each.name: each.others for each in narrow_names(part.text, lexicon)}
        for word in missing_words(part.text, asked, chosen, lexicon, long_forms=long_forms, look_at=None):
            names, able = (word, *also.get(word, ())), [each for each in left if each.score >= LEAST_HOLDING]
            found += _exact_first([each for each in able if Held([each], long_forms, asked.query.expansions).holds(*names)])[:1]
        added += list({candidate.record.row: candidate for candidate in found}.values())[:MOST_FILLING]
    return added


def _exact_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates on just the asked population where there are any, else all of them."""
    return [each for each in candidates if each.tier is Tier.EXACT] or list(candidates)


def _answers(candidate: Candidate, facet: Facet | None, lacking: Collection[str], lexicon: Lexicon) -> bool:
    """Whether a statement is about a facet and names what a part lacks."""
    tags = candidate.record.sentence.tags
    if not set(lacking) <= {*tags.outcomes, *tags.tests, *tags.populations}:
        return False
    return facet is None or (tags.weight(facet) >= _LEAST_WEIGHT and (facet is not Facet.DOSING or _states_dose(candidate.record.sentence.text, lexicon)))


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
    missing += [f"{FACET_NAMES[facet]}{place}" for part in parts if (facet := _open_facet(part, asked, chosen, lexicon))]
    if _reports_nothing(asked, chosen, lexicon):
        missing.append(f"{FACET_NAMES[Facet.OUTCOME]} of {' and '.join(asked.studies)}{place}")
    missing += [f"{drug}{place}" for drug in asked.query.drugs if not any(_speaks_of(candidate, drug, lexicon) for candidate in chosen)]
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
    if Facet.DOSING in facets and not any(_states_dose(candidate.record.sentence.text, lexicon) for candidate in chosen):
        # "High-dose" is about dosing and states no dose; a regimen is told by what it is made up of.
        return None if tells_regimen(part.text, chosen) or _tells_duration(part.text, chosen) else Facet.DOSING
    if any(_serves(candidate, facet) and _is_of_part(candidate, facet, part, asked, lexicon) for candidate in chosen for facet in facets):
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


def _is_of_part(candidate: Candidate, facet: Facet, part: Part, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a statement is on what a part names and not all of the question does: its diseases, its treatments, its issuer.

    "Its outcome in this disease, and in that one?": what is told of the one answers no part on the other.
    """
    people = {mention.name for mention in lexicon.populations_in(part.text)} & set(asked.query.populations)
    drugs = {mention.name for mention in lexicon.interventions_in(part.text)} & set(asked.query.drugs)
    # Results are told by others than the issuer named.
    issuers = [] if facet in _RESULTS else [mention.name for mention in lexicon.organisations_in(part.text)]
    if 0 < len(people) < len(asked.query.populations) and not any(
        lexicon.relation([name], candidate.record.sentence.tags.populations) in _DIRECT for name in people
    ):
        return False
    # Of two treatments that are compared, each is the other's measure.
    if 0 < len(drugs) < len(asked.query.drugs) and not says_comparison(part.text) and not any(_speaks_of(candidate, drug, lexicon) for drug in drugs):
        return False
    return not issuers or speaks_of(candidate.record, candidate.document, issuers)


def open_facets(asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return what the parts of a question ask for where no statement serves any of them, nothing where one does."""
    found = [_open_facet(part, asked, chosen, lexicon) for part in parts_of(asked, lexicon)]
    return () if None in found else tuple(dict.fromkeys(facet for facet in found if facet is not None))


def tells_regimen(text: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a text asks for a regimen and a statement tells what one is made up of, or how a treatment was given and a statement tells for how long."""
    if _HOW_GIVEN.search(text) and any(each.record.sentence.tags.drugs and _GIVEN_FOR.search(each.record.sentence.text) for each in candidates):
        return True
    return _REGIMEN.search(text) is not None and any(_MADE_UP.search(candidate.record.sentence.text) for candidate in candidates)


def _tells_duration(text: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a text asks how long something is given and a statement tells a span of time."""
    return _HOW_LONG.search(text) is not None and any(_SPAN.search(candidate.record.sentence.text) for candidate in candidates)


def _states_dose(text: str, lexicon: Lexicon) -> bool:
    return lexicon.is_unit_dose(text) or _SCHEDULE.search(text) is not None


def _serves(candidate: Candidate, facet: Facet) -> bool:
    sentence = candidate.record.sentence
    if facet is Facet.EPIDEMIOLOGY and (sentence.tags.n is not None or "%" in sentence.text):
        return True
    served = {facet} | {near for near, weight in NEAR.get(facet, {}).items() if weight >= SERVES}
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


def follow_ups(asked: Asked, library: Library, lexicon: Lexicon, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """Return up to four questions on the asked population that this answer leaves open and the library has evidence for."""
    populations = asked.query.populations
    if not populations:
        return ()
    shown = {facet for candidate in chosen for facet, weight in candidate.record.sentence.tags.facets if weight >= 0.5}
    subject = populations[0]
    named = f"{subject}-{lexicon.manifestation}" if asked.on_manifestation and subject != lexicon.manifestation and " " not in subject else subject
    open_facets = [
        template.format(named)
        for facet, template in _FOLLOW_UPS
        if facet not in shown
        and facet not in asked.query.facets
        and len(library.tagged(populations=[subject], facets=[facet], limit=LEAST_EVIDENCE)) >= LEAST_EVIDENCE
    ]
    return tuple(open_facets[:MOST_FOLLOW_UPS])
