"""Title, authors and journal of a paper from the type of its first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ragqa.ingest.lines import Line
from ragqa.text.normalize import LIGATURES

_ARTICLE_TYPE = re.compile(
    r"(?:(?:original|research|review|systematic review|case|clinical|short|brief|full|special|invited)?\s*(?:research|article|review"
    r"|report|paper|communication|study|trial|letter|editorial|protocol|perspective|opinion)s?"
    r"(?:\s+article)?|open access|\s)+",
    re.IGNORECASE,
)
_LEAST_LETTERS = 15
_NAME = re.compile(r"^[A-ZÀ-Þ][\w’'.-]*(?:\s+(?:[a-z]{2,3}\s+)?[A-ZÀ-Þ][\w’'.-]*){1,4}$")


@dataclass(frozen=True, slots=True)
class TitlePage:
    """What the first page says in large type. Empty or None where it does not."""

    text: str = ""
    authors: tuple[str, ...] = ()
    journal: str | None = None


def read_title(pages: Sequence[Sequence[Line]]) -> TitlePage:
    """Return the text in the largest type of the first page that is neither the journal's name nor the type of the article."""
    if not pages or not pages[0]:
        return TitlePage()
    everything = "\n".join(line.text for lines in pages[:3] for line in lines)
    journal: str | None = None
    blocks = [list(block) for _, block in groupby(pages[0], key=lambda line: (round(line.size, 1), line.is_bold))]
    for block in sorted(blocks, key=lambda block: -block[0].size):
        text = _clean(" ".join(line.text for line in block))
        if sum(character.isalpha() for character in text) < _LEAST_LETTERS or len(text.split()) < 3 or _ARTICLE_TYPE.fullmatch(text) or len(text) > 400:
            continue
        if _is_journal(text, everything):
            journal = text
            continue
        return TitlePage(text, _authors(pages[0], block[-1]), journal or _journal(everything))
    return TitlePage()


def _is_journal(text: str, everything: str) -> bool:
    """Whether a text is printed with a year or volume behind it, as the name of a journal is."""
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    return bool(re.search(rf"{pattern}\W{{0,3}}\s*(?:\(?(?:19|20)\d\d|vol|\d+\s*[(:;,])", everything, re.IGNORECASE))


def _journal(everything: str) -> str | None:
    match = re.search(r"(?m)^([A-Z][A-Za-z&.\s]{3,60}?)[\s,]+(?:\(?(?:19|20)\d\d\)?[\s,;]+\d{1,4}\b|Vol(?:ume)?\.? \d)", everything)
    return match.group(1).strip(" .,") if match else None


def _authors(lines: Sequence[Line], last_of_title: Line) -> tuple[str, ...]:
    """Return the names in the lines of one type that follow the title."""
    after = list(lines)[list(lines).index(last_of_title) + 1 :]
    while after and _ARTICLE_TYPE.fullmatch(after[0].text):
        after = after[1:]
    if not after:
        return ()
    block = next(iter(groupby(after, key=lambda line: round(line.size, 1))))[1]
    text = re.sub(r"[\d*†‡§¶#|∗]+(?:\s*,\s*[\d*†‡§¶#∗a-z]\b)*", ",", _clean(" ".join(line.text for line in list(block)[:12])))
    names = [name.strip(" .,") for name in re.split(r",|;|\band\b|&", text)]
    found = tuple(
        name
        for name in names
        if _NAME.match(name) and not re.search(r"universit|department|institut|hospital|school|college|india|usa|china", name, re.IGNORECASE)
    )
    return found if len(found) >= max(1, len([name for name in names if len(name) > 3]) // 2) else ()


def _clean(text: str) -> str:
    for ligature, letters in LIGATURES.items():
        text = text.replace(ligature, letters)
    return re.sub(r"\s+", " ", text).strip()
