"""Find the abbreviations that a text defines: "interstitial lung disease (ILD)" and legends such as "CYC: cyclophosphamide; …".

In: the text of a document. Out: (short form, long form) pairs in order of first definition. What is not clearly a definition is left
out: a wrong long form does more harm than a missing one.
Source of the bracket rule: Schwartz and Hearst, Pacific Symposium on Biocomputing 2003.
"""

from __future__ import annotations

import re

_BRACKET = re.compile(r"\(([^()\[\]]{2,120})\)")
_SHORT_FORM = re.compile(r"(?=\S*[A-Z]\S*[A-Z0-9])[A-Za-z][\w+/α-ωΑ-Ω-]{1,11}(?: [A-Z0-9]{1,4})?$")
_ROMAN = re.compile(r"[IVX]+$", re.IGNORECASE)
_LEGEND_ENTRY = re.compile(r"(?:^|(?<=[;,.:\n]))\s*([A-Za-z][\w+/-]{1,11})\s*[:=]\s*([^;:=()\n]{3,80}?)\s*(?=[;.\n]|,\s*[A-Za-z][\w+/-]{1,11}\s*[:=]|$)")
_SENTENCE_END = re.compile(r"[.;:!?]\s")
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "for",
        "from",
        "had",
        "has",
        "have",
        "in",
        "is",
        "it",
        "its",
        "may",
        "no",
        "not",
        "of",
        "on",
        "or",
        "so",
        "such",
        "than",
        "that",
        "the",
        "their",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "when",
        "where",
        "which",
        "while",
        "who",
        "with",
    ]
)
_MIN_LEGEND_ENTRIES = 3
_PLUS = re.compile(r"\s*\+\s*|\s+(?:plus|and|with)\s+")
"""What joins the names of a combination."""


def find_definitions(text: str) -> list[tuple[str, str]]:
    """Return the (short form, long form) pairs that a text defines, each pair once whatever its capitals, in order of first definition.

    Rejected are definitions that start with a function word ("is the treatment of … (IIM)"), Roman numerals, long forms no longer than
    their short form, and legends of fewer than three entries. A plural short form ("CTDs") gives its singular.
    """
    brackets = [(match.start(), pair) for match in _BRACKET.finditer(text) if (pair := _definition_at(text, match))]
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for _, pair in sorted(brackets + _legend_entries(text)):
        found.setdefault((pair[0], pair[1].lower()), pair)
    for pair in list(found.values()):
        for part in _parts_of(*pair):
            found.setdefault((part[0], part[1].lower()), part)
    return list(found.values())


def _parts_of(short: str, long_form: str) -> list[tuple[str, str]]:
    """Return the definitions that one of a combination holds: "ADA+MTX" for "adalimumab plus methotrexate" defines both."""
    shorts, longs = _PLUS.split(short), _PLUS.split(long_form)
    if len(shorts) < 2 or len(shorts) != len(longs):
        return []
    parts = [(one.strip(), other.strip()) for one, other in zip(shorts, longs, strict=True)]
    return parts if all(_SHORT_FORM.match(one) and _long_form_before(one, other) == other for one, other in parts) else []


def _definition_at(text: str, bracket: re.Match[str]) -> tuple[str, str] | None:
    """Read one bracket as "long form (SHORT)" or "SHORT (long form)"."""
    inside = re.split(r"[;,]\s", bracket.group(1))[0].strip()
    before = _SENTENCE_END.split(text[max(0, bracket.start() - 200) : bracket.start()])[-1].rstrip()
    if _SHORT_FORM.match(inside):
        return _accept(inside, _long_form_before(inside, before))
    last_word = before.rsplit(maxsplit=1)[-1] if before else ""
    if " " in inside and _SHORT_FORM.match(last_word) and not any(character.isdigit() for character in inside):
        long_form = _long_form_before(last_word, inside)
        return _accept(last_word, long_form if long_form == inside else None)
    return None


def _long_form_before(short: str, text: str) -> str | None:
    """Return the shortest tail of text whose letters hold those of short in order, the first at the start of a word."""
    letters = [character.lower() for character in short if character.isalnum()]
    if len(letters) > 2 and short.endswith("s") and short[-2].isupper():
        letters.pop()
    words = re.findall(r"\S+", text)
    window = " ".join(words[-min(len(letters) + 5, 2 * len(letters)) :])
    lowered = window.lower()
    position = len(window)
    for index in range(len(letters) - 1, -1, -1):
        position -= 1
        while position >= 0 and (lowered[position] != letters[index] or (index == 0 and position > 0 and lowered[position - 1].isalnum())):
            position -= 1
        if position < 0:
            return None
    return window[position:]


def _accept(short: str, long_form: str | None) -> tuple[str, str] | None:
    """Return the cleaned pair, or None where the long form is not believable."""
    if long_form is None or _ROMAN.match(short):
        return None
    long_form = re.sub(r"\s+", " ", long_form).strip(" ,;:-–")
    if len(short) > 2 and short.endswith("s") and short[-2].isupper():
        short = short[:-1]
        long_form = re.sub(r"(?<=[a-z]{3})(?<!s)(?<!ie)s$", "", long_form)
    words = long_form.split()
    if not words or words[0].lower() in _FUNCTION_WORDS or len(long_form) <= len(short) or short.lower() in (word.lower() for word in words):
        return None
    # In "BSR guideline on ILD in … disease (SARD-ILD)" the ILD inside shows that the letters matched by chance.
    if any(part.isupper() and len(part) > 1 and part in words[1:-1] for part in short.split("-")):
        return None
    # A long form opened by a bracket that it does not close, or with sentence punctuation inside, runs over a clause boundary.
    if re.search(r"[()\[\],]|\d{3,}", long_form):
        return None
    return short, long_form


def _legend_entries(text: str) -> list[tuple[int, tuple[str, str]]]:
    """Return (position, pair) of "SHORT: long form" entries that stand in runs of at least three."""
    entries: list[tuple[int, tuple[str, str]]] = []
    run: list[tuple[int, tuple[str, str]]] = []
    end = -1
    for match in _LEGEND_ENTRY.finditer(text):
        if match.start() - end > 3:
            entries += run if len(run) >= _MIN_LEGEND_ENTRIES else []
            run = []
        end = match.end()
        short, long_form = match.group(1), match.group(2)
        if _SHORT_FORM.match(short) and short[0].lower() == long_form[0].lower() and _holds_in_order(short, long_form):
            pair = _accept(short, long_form)
            run += [(match.start(), pair)] if pair else []
    return entries + (run if len(run) >= _MIN_LEGEND_ENTRIES else [])


def _holds_in_order(short: str, long_form: str) -> bool:
    """Say whether at least two thirds of the short form's letters occur in order in the long form (RTX has an X that rituximab keeps)."""
    letters = [character.lower() for character in short if character.isalpha()]
    position, held = 0, 0
    lowered = long_form.lower()
    for letter in letters:
        at = lowered.find(letter, position)
        if at >= 0:
            held, position = held + 1, at + 1
    return held * 3 >= len(letters) * 2
