"""What one card of a guideline advises: on what, in which direction, for whom, in which situation of treatment."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragqa.compose.amounts import tells_interval
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.facets import SITUATIONS
from ragqa.compose.headings import heading_key, main_facet, names_first_line
from ragqa.text.given import LOST_ON
from ragqa.types import Direction, Facet, Strength, Tier

_ADDED_TO = re.compile(r"\badd(?:ing|ition of|ed)?\b[^.;]{0,80}?\bto\s+(?:background\s+|ongoing\s+)?([\w-]+)", re.IGNORECASE)
_UNLESS_WORSE = re.compile(
    r"\b(?:(?:without|in the absence of)\s+(?:(?!treat)[\w-]+\s+){0,2}|(?:no|not|non)[\s-](?:yet\s+|been\s+)?)progress(?:ion|ing|ed|ive)\b", re.IGNORECASE
)
"""The condition of advice for those who have not got worse: "in disease without progression"."""
_WORSE = re.compile(
    rf"\b(?:(?:progress|deteriorat|worsen)(?:s|es|ed|ing)|progressive|(?:gets?|got|gotten|getting) worse"
    rf"|(?:progression|decline|worsening|deterioration) (?:on|under|despite)|despite|refractory|fail(?:s|ed|ing)|{LOST_ON})\b",
    re.IGNORECASE,
)
_NOT_WORSE = re.compile(
    r"(?:\b(?:no|not|non|never|without|before|until|unless|only|prevent\w*|avoid\w*|slow\w*|delay\w*|risk|whether|or)\b|n['’]t\b)[^.;?!,]{0,30}$",
    re.IGNORECASE,
)
"""What stands before words of getting worse that then tell of no such course: "not progressing", "up front, or only after it has progressed"."""
_OF_SITUATION = 0.5
"""Weight of its facet from which on advice is for a situation of treatment: first-line advice is no stance on what to do in rapid progression."""


def recommends(candidate: Candidate) -> bool:
    """Whether a statement recommends something, or says that no recommendation could be made."""
    return candidate.record.sentence.tags.recommendation is not None


def direction_of(candidate: Candidate) -> Direction | None:
    """Return the direction of a recommendation, None where a statement is none."""
    recommendation = candidate.record.sentence.tags.recommendation
    return recommendation.direction if recommendation is not None else None


def is_against(candidate: Candidate) -> bool:
    """Whether a statement recommends against something."""
    return direction_of(candidate) is Direction.AGAINST


def are_opposed(one: Candidate, other: Candidate) -> bool:
    """Whether one statement recommends for something and another against something."""
    return {direction_of(one), direction_of(other)} == {Direction.FOR, Direction.AGAINST}


def treatments_advised(candidate: Candidate) -> set[tuple[str, str]]:
    """Return the treatments that a statement names, each with its document."""
    return {(candidate.document.document_id, drug) for drug in candidate.record.sentence.tags.drugs}


def is_for_others(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement leaves out a population asked about."""
    return asked.is_any_in(candidate.record.sentence.tags.excluded_populations)


def is_for_others_alone(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement leaves the asked out and does not name them either: "for SSc only" says less of MCTD than "not for MCTD"."""
    named = asked.is_any_in(candidate.record.sentence.tags.populations)
    return recommends(candidate) and is_for_others(candidate, asked) and not named


def is_unless_worse(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice is, by its own words, for people who have not got worse, and the question tells of one who has: it is then none for this one."""
    return recommends(candidate) and tells_worse(asked) and _UNLESS_WORSE.search(candidate.record.sentence.text) is not None


def tells_worse(asked: Asked) -> bool:
    """Whether a question tells that the disease got worse; not where it asks for the start of treatment too, or what would keep it from getting worse."""
    if Facet.PROGRESSION not in asked.query.facets or asked.situation == "first-line":
        return False
    text = asked.query.interpreted
    return any(not _NOT_WORSE.search(text[: told.start()]) for told in _WORSE.finditer(text))


def is_stance(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement is a guideline's recommendation on an asked treatment for the asked population, or for a group that holds it."""
    tags = candidate.record.sentence.tags
    named = (asked.drug_names | asked.drug_classes) & set(tags.drugs)
    return bool(named and asked.query.populations) and fits_situation(candidate, asked) and candidate.tier is not Tier.CHILD and recommends(candidate)


def fits_situation(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement is on the situation of treatment that is asked about, or none is."""
    situations = SITUATIONS.intersection(asked.query.facets)
    return not situations or any(candidate.record.sentence.tags.weight(facet) >= _OF_SITUATION for facet in situations)


def is_on_it_alone(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice is on asked treatments or their class and on no other: what is not to be given to people on them is no harm of theirs."""
    drugs = set(candidate.record.sentence.tags.drugs)
    return bool(drugs & asked.drug_names) or drugs <= asked.drug_classes


def is_added_to(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice is on adding something to an asked treatment, of which it then says nothing."""
    names = {drug for drug in candidate.record.sentence.tags.drugs if drug in asked.drug_names}
    return bool(names) and _first_words(names) <= _given_more(candidate)


def is_on_it_itself(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice is on an asked treatment for what it is: neither on adding to it nor on adding it to one that is not asked about."""
    return is_on_it_alone(candidate, asked) and not is_added_to(candidate, asked) and _given_more(candidate) <= _first_words(asked.drug_names)


def _given_more(candidate: Candidate) -> set[str]:
    """Return the first word, in lower case, of each treatment to which another is added."""
    return {match.group(1).lower() for match in _ADDED_TO.finditer(candidate.record.sentence.text)}


def _first_words(names: Iterable[str]) -> set[str]:
    return {name.lower().split()[0] for name in names}


def is_condition(candidate: Candidate, advised: set[str], shown: frozenset[str]) -> bool:
    """Whether a remark qualifies first-line advice: on the same treatments, for the asked population or for all but a named one."""
    tags = candidate.record.sentence.tags
    applies = candidate.tier is Tier.EXACT or bool(tags.excluded_populations)
    return (
        not recommends(candidate)
        and heading_key(candidate) == "first-line"
        and (not shown or "first-line" in shown)
        and applies
        and bool(tags.drugs)
        and set(tags.drugs) <= advised
    )


def was_given(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice is on nothing but what the case is on already."""
    drugs = candidate.record.sentence.tags.drugs
    return bool(drugs) and asked.given.issuperset(drugs)


def gives_again(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice for people who got worse on a treatment is to give what the case is on, and nothing else: "if not already used"."""
    return was_given(candidate, asked) and direction_of(candidate) is Direction.FOR and heading_key(candidate) == "progression"


def adds_to_given(candidate: Candidate, asked: Asked) -> bool:
    """Whether advice that names no line of treatment is to give something with what the case is on."""
    tags = candidate.record.sentence.tags
    adds = not asked.given.isdisjoint(tags.drugs) and not asked.given.issuperset(tags.drugs)
    return adds and direction_of(candidate) is Direction.FOR and heading_key(candidate) == "first-line" and not names_first_line(candidate)


def is_other_half(one: Candidate, other: Candidate) -> bool:
    """Whether two recommendations of one document advise different people on one thing, under one facet."""
    mine, theirs = one.record.sentence.tags, other.record.sentence.tags
    of_one = one.record.document_id == other.record.document_id and main_facet(one) is main_facet(other) and recommends(one) and recommends(other)
    on_one = not {*mine.drugs, *mine.tests}.isdisjoint((*theirs.drugs, *theirs.tests))
    return of_one and on_one and set(mine.populations).isdisjoint(theirs.populations)


def rank(candidate: Candidate) -> tuple[object, ...]:
    """Return what orders the cards of a heading: current before superseded, for just the asked, advice before remarks, the likeliest."""
    superseded = bool(candidate.document.metadata.superseded_by)
    recommendation = candidate.record.sentence.tags.recommendation
    qualifies = recommendation is None or recommendation.strength is Strength.UNSPECIFIED
    how_often = heading_key(candidate) == "monitoring" and tells_interval(candidate)
    of_little_use = (recommendation is None, is_against(candidate), qualifies)
    return (superseded, candidate.tier is not Tier.EXACT, not how_often, *of_little_use, -candidate.score, candidate.record.row)
