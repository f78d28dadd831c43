"""Points in time: those for which a question asks, those that a statement gives, in days so that a year, 12 months and 52 weeks are one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ragqa.text.lexicon import Mention

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: float(number) for number, word in enumerate(_WORDS, start=1)}
_DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_N = rf"(?:\d{{1,3}}(?:\.\d)?|{'|'.join(_WORDS)})"
_SPAN = re.compile(rf"\b({_N}(?:(?:,\s|\s(?:and|or|to)\s|\s?[-–/]\s?)(?:at\s)?{_N})*)[- ](day|week|month|year)s?\b(?![- ]old\b)", re.IGNORECASE)
"""One or more numbers and their unit: "10 years", "at 5, 10 and 15 years"."""
_MARK = re.compile(rf"\b(day|week|month|year)s?\s+((?:{_N}(?:,\s|\s(?:and|or)\s))*{_N})\b", re.IGNORECASE)
"""The unit before its numbers: "at week 48"."""
_YEARLY = re.compile(r"\b(?:annual(?:ly)?|yearly|(?:per|a) year)\b|/\s?(?:year|yr)\b", re.IGNORECASE)
_NUMBER = re.compile(rf"\b{_N}\b", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|after|over|within|by|past|beyond|in|for|than)(?:\s+(?:the|first|least|more|about|a|another))*\s*$", re.IGNORECASE)
_BEFORE_OUTCOME = re.compile(r"^[- ](?:[\w-]+\s){0,2}$")
_OF_TREATMENT = re.compile(r"^\s+(?:of|ago|before|prior)\b", re.IGNORECASE)
_FARTHEST = 45
"""Characters between an outcome and the time at which it is asked for."""
_TOLERANCE = 0.04


def times_given(text: str) -> frozenset[float]:
    """Return the times that a text names, in days."""
    return _times_given(text)


@lru_cache(maxsize=8192)
def _times_given(text: str) -> frozenset[float]:
    found = {_days(number, match.group(2)) for match in _SPAN.finditer(text) for number in _NUMBER.findall(match.group(1))}
    found |= {_days(number, match.group(1)) for match in _MARK.finditer(text) for number in _NUMBER.findall(match.group(2))}
    return frozenset(found | ({_DAYS["year"]} if _YEARLY.search(text) else set()))


def times_asked(text: str, outcomes: Iterable[Mention]) -> list[tuple[str, str, float]]:
    """Return the times at which an outcome is asked for, each as (outcome as typed, time in words, days).

    Args:
        text: A text of a question.
        outcomes: Where it names what is asked for at a time.
    """
    found: dict[float, tuple[str, str, float]] = {}
    for mention in outcomes:
        name = text[mention.start : mention.end]
        for match in _SPAN.finditer(text):
            between = text[mention.end : match.start()] if match.start() >= mention.end else None
            behind = between is not None and len(between) <= _FARTHEST and not re.search(r"[.;?]", between)
            if (
                behind
                and between is not None
                and not _OF_TREATMENT.match(text[match.end() :])
                and (not between.strip() or _AT.search(between) or _is_listed(between))
            ):
                pass
            elif not (match.end() <= mention.start and _BEFORE_OUTCOME.match(text[match.end() : mention.start])):
                continue
            unit = match.group(2).lower()
            for number in _NUMBER.findall(match.group(1)):
                days = _days(number, unit)
                found.setdefault(days, (name, f"{number.lower()} {unit}{'' if number in ('1', 'one') else 's'}", days))
    return list(found.values())


def _is_listed(between: str) -> bool:
    """Whether another time stands between, of which the next is a second one: "at 10 years and at 25 years"."""
    return _SPAN.search(between) is not None and re.search(r"\b(?:and|or)\s+(?:at\s+)?$", between) is not None


def is_given(days: float, given: Iterable[float]) -> bool:
    """Whether a time is among those given, a year by its weeks or months included."""
    return any(abs(days - other) <= _TOLERANCE * days for other in given)


def _days(number: str, unit: str) -> float:
    return (_NUMBERS.get(number.lower()) or float(number)) * _DAYS[unit.lower()]
