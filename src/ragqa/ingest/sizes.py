"""How many patients a sentence speaks of.

In: a sentence. Out: the largest count of people that it states, where it is one for sure.
"""

from __future__ import annotations

import re

from ragqa.text.lexicon import Lexicon

_PEOPLE = r"(?:patients?|adults?|children|people|participants?|subjects?|women|men|cases|individuals|inpatients|outpatients|persons)"
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_NUMBERS = {
    **{word: value for value, word in enumerate((*_NUMBER_WORDS, *_TEENS), start=1)},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_LABELS = ("week", "weeks", "month", "months", "day", "year", "years", "age", "aged", "grade", "stage", "type", "group", "phase", "visit", "class")
_NO_COUNT = "".join(rf"(?<!\b{word} )" for word in _LABELS)
_UNIT = r"\s?-?(?:mg|g|kg|mL|ml|µg|mcg|IU|units?|%|hours?|days?|weeks?|months?|years?|points?|mm|cm|m)\b"
_COUNT = rf"(?<![\w.,/%–-]){_NO_COUNT}(\d{{1,3}}(?:[, ]\d{{3}})+|\d+)(?![\d%]|[.,]\d|\s?[-–]\s?\d|{_UNIT})"
_N_PATTERNS = (
    re.compile(rf"\b[nN]\s?=\s?{_COUNT}"),
    re.compile(rf"{_COUNT}\s+(?:[A-Za-z-]+\s+){{0,3}}?{_PEOPLE}\b(?!-)"),
    re.compile(rf"{_COUNT}\s+of\s+(?:the\s+)?{_COUNT}\s+{_PEOPLE}"),
)
_WORD = rf"(?:{'|'.join((*_NUMBERS, 'hundred'))})"
_N_WORDS = re.compile(rf"(?<![\w-])(a single|{_WORD}(?:(?:[ -]| and ){_WORD})*)\s+{_PEOPLE}\b(?!-)", re.IGNORECASE)
_SHARE_FOLLOWS = re.compile(r"[^.;()]{0,40}\(\d+(?:\.\d+)?\s?%")
"""A percentage in brackets soon after makes the number a part of the group, not its size: "77 patients (24.4%)"."""
_RATE = re.compile(rf"(?:{_COUNT}\s+)?\bper\s+{_COUNT}|\bof\s+age\b", re.IGNORECASE)
_PLANNED = re.compile(rf"(?:\bof\s+(?:the\s+)?)?{_COUNT}\s+(?:planned|intended)\b|\b(?:planned|intended)\s+{_COUNT}", re.IGNORECASE)
"""How many a study meant to have is not how many it had."""
_GIVEN = re.compile(r"\s?\(?\b[nN]\s?=\s?\d+\)?")
_INCLUDED = re.compile(r"\b(?:was|were|is|are) (?:also |not )?(?:included|counted|excluded)\s*$", re.IGNORECASE)
"""What stands between what was counted and its number: "when events at the start were included (n = 20)"."""
_STUDIED = re.compile(rf"\b{_PEOPLE}\b|\b(?:sub)?groups?\b|\barms?\b|\bcohorts?\b|\bsubsets?\b|\bstud(?:y|ies)\b|\btrials?\b|\bthose\b", re.IGNORECASE)
"""What tells that people are counted."""


def read_n(text: str, lexicon: Lexicon) -> int | None:
    """Return the largest number of patients that a sentence states, or None; rates, percentages, ages, ranges, plans and events are no sizes."""
    text = _PLANNED.sub(" ", _RATE.sub(" ", _without_events(text, lexicon)))
    found = [match for pattern in _N_PATTERNS for match in pattern.finditer(text) if not _is_share(text, match)]
    counts = [int(re.sub(r"[, ]", "", group)) for match in found for group in match.groups() if group]
    # A four-digit number before "patients" may be a year ("in 2013 patients were …").
    counts = [count for count in counts if count > 0 and not (1900 <= count <= 2099 and not re.search(rf"[nN]\s?=\s?{count}", text))]
    if counts:
        return max(counts)
    return max((_number_in_words(match.group(1)) for match in _N_WORDS.finditer(text)), default=None)


def _number_in_words(words: str) -> int:
    """Return the number of "a single", "fifty-nine" or "two hundred and thirty-two"."""
    total = 0
    for word in re.split(r"[ -]", words.lower()):
        total = (total or 1) * 100 if word == "hundred" else total + _NUMBERS.get(word, 0)
    return total or 1


def _is_share(text: str, match: re.Match[str]) -> bool:
    """Whether a count is a part of the group, "77 patients (24.4%)", and not the group that the part is of, "77 of 315 patients (24.4%)"."""
    is_whole = " of " in match.group() or re.search(r"\bof (?:the )?$", text[: match.start()]) is not None
    return not is_whole and _SHARE_FOLLOWS.match(text, match.end()) is not None


def _without_events(text: str, lexicon: Lexicon) -> str:
    """Return the text without the numbers that count what happened and not who was studied: "ILD n = 92", "deaths (n = 16)"."""
    events = {mention.end for mention in lexicon.outcomes_in(text) if mention.name not in lexicon.slots_of_measures}
    diseases = lexicon.populations_in(text)
    events |= {mention.end for mention in diseases if mention.name == lexicon.manifestation}
    # "SSc-ILD (n = 39)" counts people with the disease.
    events -= {mention.end for mention, before in zip(diseases[1:], diseases, strict=False) if before.end + 1 >= mention.start}

    def is_event(match: re.Match[str]) -> bool:
        said = re.split(r"[,;:(]", text[: match.start()])[-1]
        counts = match.start() in events or _INCLUDED.search(said) is not None
        return counts and not _STUDIED.search(said)

    return _GIVEN.sub(lambda match: " " if is_event(match) else match.group(), text)
