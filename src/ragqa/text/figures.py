"""Figures as they are written: thousands with a comma or space or without, a share rounded or not, a small number as a word."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:[, \u00a0\u2009\u202f]\d{3})+(?![\d]|[.,]\d{1,2}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.·]\d+)?")


def plain_number(figure: str) -> str:
    """Return a whole number without the marks between its thousands; any other figure as it is."""
    return re.sub(r"\D", "", figure) if _THOUSANDS.fullmatch(figure) else figure


def figure_form(figure: str) -> re.Pattern[str]:
    """Return a pattern that finds a figure by itself, with or without marks between its thousands: "1000" is "1,000"."""
    digits = plain_number(figure)
    if digits.isdigit() and len(digits) > 3:
        head, rest = len(digits) % 3 or 3, digits[len(digits) % 3 or 3 :]
        written = r"[, \u00a0\u2009\u202f]?".join([digits[:head], *(rest[at : at + 3] for at in range(0, len(rest), 3))])
    else:
        written = re.escape(figure)
    return re.compile(rf"(?<![\w.,]){written}(?!\d|[.,]\d)")


def figures_of(text: str) -> frozenset[Decimal]:
    """Return the figures of a text that are written in digits."""
    joined = _THOUSANDS.sub(lambda match: re.sub(r"\D", "", match.group()), text)
    return frozenset(Decimal(number.replace("·", ".")) for number in _NUMBER.findall(joined))


def counts_of(text: str) -> frozenset[Decimal]:
    """Return the small numbers of a text that are written as words."""
    return frozenset(Decimal(_WORDS.index(word.lower())) for word in _WORD.findall(text))


def is_among(figure: Decimal, others: frozenset[Decimal]) -> bool:
    """Whether a figure is one of others, or one of them rounded, or they are it rounded: "41" and "40.9"."""
    return any(figure == other or _rounded(figure, other) or _rounded(other, figure) for other in others)


def _rounded(short: Decimal, long: Decimal) -> bool:
    """Whether one figure is another with one or two decimals less."""
    fewer = _decimals(long) - _decimals(short)
    return 0 < fewer <= 2 and long.quantize(Decimal(1).scaleb(-_decimals(short)), ROUND_HALF_UP) == short


def _decimals(figure: Decimal) -> int:
    exponent = figure.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
