"""Printed lines to one clean text: divided words put together, ligatures taken apart, spaces squeezed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ragqa.ingest.hyphens import HYPHENS, Vocabulary, join_divided_words
from ragqa.ingest.lines import Line
from ragqa.ingest.mapped import MappedText
from ragqa.text.normalize import INVISIBLE, LIGATURES, SPACES

_LIGATURE = re.compile("[" + "".join(LIGATURES) + "]")


def join_lines(lines: Sequence[Line], texts: Mapping[int, str], vocabulary: Vocabulary) -> MappedText:
    """Return the lines as one clean text: divided words joined, ligatures apart, spaces squeezed, control characters gone."""
    parts: list[MappedText] = []
    for line in lines:
        if parts:
            parts.append(MappedText.inserted("\n"))
        parts.append(line.mapped(texts[line.page]))
    text = join_divided_words(MappedText.join(parts), vocabulary)
    text = text.substitute(_LIGATURE, lambda match: LIGATURES[match.group()])
    return text.substitute(INVISIBLE, "").substitute(SPACES, " ").strip()


def join_title(title: str, rest: str, vocabulary: Vocabulary) -> str:
    """Return a heading of two lines in one."""
    if title[-1] not in HYPHENS:
        return f"{title} {rest}"
    left, right = title[:-1].rpartition(" ")[2], rest.split(" ", 1)[0]
    return f"{title[:-1]}{'-' if vocabulary.keeps_hyphen(left, right) else ''}{rest}"
