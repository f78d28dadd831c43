"""Citation marks in running text: found, resolved to numbers, and taken out of the quotable words.

Bracket marks `[9,11,12]`, `[43–48]` are safe. Raised numbers that lost their height ("disease10, 11." "(p = 0.08)7.") are taken for citations
only where the whole document cites so: they follow a word, rise with the text, and are not a name or unit (FEV1, CD20, mg/m2, IL1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from ragqa.ingest.assemble import Passage
from ragqa.ingest.mapped import MappedText
from ragqa.types import ReferenceMark

Mode = Literal["bracket", "parenthesis", "superscript", "spaced", "none"]

_LIST = r"\d{1,3}(?:\s?[-–—‒]\s?\d{1,3})?(?:\s?[,;]\s*\d{1,3}(?:\s?[-–—‒]\s?\d{1,3})?)*"
_BRACKET = re.compile(rf"\s*\[\s*({_LIST})\s*,?\s*\]")
_RAISED = re.compile(
    rf"(?P<word>[^\W\d_]+|[)\]”\"’%]|(?<=[^\W\d_])[.,;:](?=\d{{1,3}}(?:[,–-]\d{{1,3}})*(?:\s+[A-Z(]|$))|(?<=[)\]])[.,;])(?P<list>{_LIST})(?=[\s.,;:)\]?!”\"]|$)"
)
_SPACED = re.compile(r"(?<=[^\W\d_]|\))\s(?P<list>\d{1,2}(?:,\s\d{1,2})*)(?=[.;](?:\s|$)|,\s[a-z])")
_PARENTHESIS = re.compile(rf"\s*\(({_LIST})\)(?=[\s.,;:)]|$)")
_NO_CITATION_BEFORE = re.compile(
    r"(?:^|[\d:;,=<>±%(]|\b(?:and|or|to|eq|equation|item|step|question|table|figure|grade|level|class|day|week|month))\s*$", re.IGNORECASE
)
_INTERVAL_BEFORE = re.compile(r"(?:\bCI\b|\bIQR\b|\brange\b|\binterval\b|\bscore\b|\bscale\b)[\s:,=%\d]*$", re.IGNORECASE)
_VALUE_BEFORE = re.compile(r"(?<!\d)(?!(?:19|20)\d\d\s?$)[\d.]+\s?%?$")
"""A number before a bracket with two numbers: "96 [40-156] months" is a median with its range, "9.4% [152–154]" is not: it lies outside."""
_NEEDED_WORD = re.compile(r"\b(?:in|by|from|see|ref|refs|reference|references|cf|than|and|of ref|as in)\.?$", re.IGNORECASE)
_COUNTED_WORD = re.compile(
    r"(?:type|types|phase|phases|grade|grades|stage|stages|group|groups|week|weeks|day|days|month|months|year|years|table|tables|figure"
    r"|figures|fig|figs|class|level|levels"
    r"|version|vitamin|line|tier|step|arm|arms|cohort|factor|score|visit|cycle|cycles|part|section|box|equation|age|aged|least|about"
    r"|nearly|only|over|under|mean|median|than|of|to|at|by|in|for|and|or|from|with)$",
    re.IGNORECASE,
)
_RAISED_RUN = re.compile(rf"(?<=[^\W\d_]|[)\]”\"’%.,;:?!]){_LIST}(?![\d.]\d|[^\W\d_])")
_UNIT_BEFORE = re.compile(r"(?:^|[\s/(·.\d×])(?:[cdmkµμn]?m|[kmµμn]?g|[dmµμ]?[lL]|s|h|K|Å|[kM]?Pa|mol|day|min|kcal)$|[-−]$|\d$|^.?(?:CO|H|O|N|R|I|r|R|χ|X|x)$")
_LARGEST = 500
MIN_BRACKETS = 3


def bracketed(passages: Sequence[Passage], n_references: int = 0) -> bool:
    """Return whether a document cites by bracketed numbers: once is enough where it has a reference list."""
    return sum(len(_BRACKET.findall(passage.text.text)) for passage in passages) >= (1 if n_references else MIN_BRACKETS)


def parenthesised(passages: Sequence[Passage], n_references: int) -> bool:
    """Return whether a document cites by numbers in round brackets: from 1 upwards, a third of its reference list and more, at the end of clauses."""
    if n_references < MIN_BRACKETS:
        return False
    numbers = {
        number
        for passage in passages
        for match in _PARENTHESIS.finditer(passage.text.text)
        if passage.text.text[match.end() : match.end() + 1] in (".", ",", ";", "") and not _NO_CITATION_BEFORE.search(passage.text.text[: match.start()][-20:])
        for number in numbers_of(match.group(1), n_references)
    }
    return 1 in numbers and len(numbers) >= max(MIN_BRACKETS, n_references // 3)


def spaced_marks(passages: Sequence[Passage]) -> bool:
    """Return whether a document cites by numbers after a space at the end of a clause ("guideline 1.", "studies 2, 3."): from 1 upwards, often."""
    numbers = [number for passage in passages for match in _SPACED.finditer(passage.text.text) for number in numbers_of(match.group("list"))]
    return len(numbers) >= 5 and 1 in numbers and max(numbers) <= 3 * len(set(numbers))


def numbers_of(mark: str, largest: int = _LARGEST) -> tuple[int, ...]:
    """Return the numbers of a mark with its ranges expanded: "53–55, 59" is 53, 54, 55, 59. Numbers above `largest` are left out."""
    numbers: list[int] = []
    for part in re.split(r"[,;]", mark):
        bounds = [int(number) for number in re.findall(r"\d+", part)]
        if len(bounds) == 2 and bounds[0] < bounds[1] <= min(largest, bounds[0] + 60):
            numbers += range(bounds[0], bounds[1] + 1)
        else:
            numbers += [number for number in bounds if 0 < number <= largest]
    return tuple(dict.fromkeys(numbers))


def strip_marks(passage: Passage, mode: Mode, n_references: int = 0, known: frozenset[str] = frozenset()) -> Passage:
    """Return the passage without its citation marks, which are kept beside the text with their positions.

    Args:
        passage: The passage.
        mode: How the document cites.
        n_references: Length of its reference list, 0 where it has none.
        known: For "superscript": the glued forms that `raised_marks` found to be citations.
    """
    if mode == "none":
        return passage
    pattern = {"bracket": _BRACKET, "parenthesis": _PARENTHESIS, "superscript": _RAISED, "spaced": _SPACED}[mode]
    largest = n_references or _LARGEST
    pieces: list[MappedText] = []
    marks = list(passage.marks)
    length = done = 0
    for match in pattern.finditer(passage.text.text):
        in_brackets = mode in ("bracket", "parenthesis")
        group = 1 if in_brackets else "list"
        numbers = numbers_of(match.group(group), largest)
        before = passage.text.text[: match.start()]
        beyond = n_references and any(int(number) > n_references for number in re.findall(r"\d+", match.group(group)))
        if not numbers or beyond or _is_no_citation(match, mode, before, known):
            continue
        start = match.start(group) if mode == "superscript" else match.start()
        piece = passage.text[done:start]
        pieces.append(piece)
        length += len(piece)
        marks.append((length, ReferenceMark(match.group().strip() if in_brackets else match.group(group), numbers)))
        done = match.end()
        if in_brackets and _NEEDED_WORD.search(before):
            done = start
    if len(marks) == len(passage.marks):
        return passage
    pieces.append(passage.text[done:])
    return replace(passage, text=MappedText.join(pieces), marks=tuple(marks))


def strip_raised(passage: Passage, raised: Mapping[int, frozenset[int]], n_references: int = 0) -> Passage:
    """Return the passage without the runs of digits that were printed as superscripts after a word or a stop.

    Exponents stay: those after a digit, a unit or a minus sign, and numbers beyond the reference list.
    """
    pieces: list[MappedText] = []
    marks = list(passage.marks)
    length = done = 0
    for match in _RAISED_RUN.finditer(passage.text.text):
        first, last = passage.text.place(match.start()), passage.text.place(match.end() - 1)
        numbers = numbers_of(match.group(), n_references or _LARGEST)
        if first is None or last is None or first[1] not in raised.get(first[0], ()) or last[1] not in raised.get(last[0], ()) or not numbers:
            continue
        if _UNIT_BEFORE.search(passage.text.text[max(0, match.start() - 12) : match.start()]):
            continue
        pieces.append(passage.text[done : match.start()])
        length += len(pieces[-1])
        marks.append((length, ReferenceMark(match.group(), numbers)))
        done = match.end()
    if not pieces:
        return passage
    return replace(passage, text=MappedText.join((*pieces, passage.text[done:])), marks=tuple(marks))


def _is_no_citation(match: re.Match[str], mode: Mode, before: str, known: frozenset[str]) -> bool:
    if mode == "parenthesis":
        return bool(_NO_CITATION_BEFORE.search(before[-20:]))
    if mode == "bracket":
        return (
            bool(_INTERVAL_BEFORE.search(before[-40:]))
            or _is_range_of_value(before[-12:], match.group(1))
            or (bool(before) and not before[-1].isspace() and before[-1] in "=<>±")
        )
    if mode == "superscript":
        return _glued(before, match) not in known
    word = re.search(r"[^\W\d_]+$", before)
    return bool(_COUNTED_WORD.fullmatch(word.group())) if word else not before.endswith(")")


def _is_range_of_value(before: str, mark: str) -> bool:
    value = _VALUE_BEFORE.search(before)
    if value is None or len(mark) <= 3:
        return False
    number, bounds = re.search(r"\d+(?:\.\d+)?", value.group()), [float(bound) for bound in re.findall(r"\d+", mark)]
    return number is None or not bounds or min(bounds) <= float(number.group()) <= max(bounds)


def _glued(before: str, match: re.Match[str]) -> str:
    """Return the word before a raised mark with the mark, the key under which it is judged."""
    stem = re.search(r"[\w-]*$", before)
    return f"{stem.group() if stem else ''}{match.group('word')}{match.group('list')}"


def raised_marks(passages: Sequence[Passage], n_references: int = 0) -> frozenset[str]:
    """Return the glued forms ("disease10, 11") that are citations; empty where the document does not cite by raised numbers.

    A form counts when its number is at most three above the highest so far (lists and ranges may rise inside), it does not exceed the
    reference list, and its stem is a closing bracket, a word of three lower-case letters, or a short form that is also written without
    the digits while the form with digits is not repeated. Fewer than five such numbers in a document are coincidence.
    """
    text = "\n".join(passage.text.text for passage in passages)
    words = Counter(re.findall(r"[^\W_]+", text))
    found: set[str] = set()
    seen: set[int] = set()
    highest = 0
    for match in _RAISED.finditer(text):
        word, mark = match.group("word"), match.group("list")
        numbers = numbers_of(mark, n_references or _LARGEST)
        if not numbers or numbers[0] > highest + 3 or list(numbers) != sorted(numbers):
            continue
        before = text[max(0, match.start() - 40) : match.start()]
        stem = re.search(r"[\w-]*$", before)
        closes_clause = bool(re.match(r"\s*[.,;:)]|$", text[match.end() :]))
        if not _may_be_cited(word, mark, words, (stem.group() if stem else ""), closes_clause):
            continue
        if re.search(r",\s", mark) and not closes_clause:
            continue
        found.add(_glued(before, match))
        seen.update(numbers)
        highest = max(highest, numbers[-1])
    return frozenset(found) if len(seen) >= 5 else frozenset()


def _may_be_cited(word: str, mark: str, words: Counter[str], stem: str, closes_clause: bool) -> bool:
    if not word[0].isalpha():
        return True
    first = re.match(r"\d+", mark)
    name = f"{word}{first.group() if first else ''}"
    if _COUNTED_WORD.fullmatch(word) and not closes_clause:
        return False
    if re.search(r"[a-z]{3}$", word):
        return words[name] < 3 or words[word] > 0
    return len(word) > 1 and words[word] >= 2 and words[name] == 1 and not (stem and stem[-1].isdigit())
