"""Whether statements tell how much of something is given, for how long, or how often something is done."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragqa.compose.candidates import Candidate
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

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
_EVERY = re.compile(
    r"\b(?:every|each|at|once|twice|per) (?:an? |the |baseline |first )?(?:\d+|one|two|three|four|six|twelve|year|month|week|visit)"
    r"|\b(?:annual|yearly|monthly|weekly|half-yearly|(?:bi)?annually|intervals?)\b",
    re.IGNORECASE,
)


def tells_regimen(text: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a text asks for a regimen and a statement tells what one is made up of, or how a treatment was given and a statement tells for how long."""
    if _HOW_GIVEN.search(text) and any(each.record.sentence.tags.drugs and _GIVEN_FOR.search(each.record.sentence.text) for each in candidates):
        return True
    return _REGIMEN.search(text) is not None and any(_MADE_UP.search(candidate.record.sentence.text) for candidate in candidates)


def tells_interval(candidate: Candidate) -> bool:
    """Whether a statement on monitoring tells how often, in figures or words."""
    return candidate.record.sentence.tags.weight(Facet.MONITORING) > 0 and _EVERY.search(candidate.record.sentence.text) is not None


def tells_duration(text: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a text asks how long something is given and a statement tells a span of time."""
    return _HOW_LONG.search(text) is not None and any(_SPAN.search(candidate.record.sentence.text) for candidate in candidates)


def states_dose(text: str, lexicon: Lexicon) -> bool:
    """Whether a text gives an amount, or how often something is given."""
    return lexicon.is_unit_dose(text) or _SCHEDULE.search(text) is not None
