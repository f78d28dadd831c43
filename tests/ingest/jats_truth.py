"""How much of a paper's JATS body a reading of its PDF holds: sentences intact, and in order.

Sentences are compared by letters and digits alone. What the JATS tags as a citation may be missing; formulas are left out.
"""

import re
from bisect import bisect_left
from pathlib import Path
from typing import Any

from lxml import etree

from ragqa.text.normalize import letters_and_digits
from ragqa.text.sentences import split_sentences

_ASIDE = {"table-wrap", "fig", "table-wrap-foot", "caption", "supplementary-material", "boxed-text", "list"}
_LEFT_OUT = {"table-wrap", "fig", "list", "supplementary-material", "fig-group"}
_LEAST_LETTERS = 15


def body_sentences(path: Path) -> list[str]:
    """Return for each sentence of the body paragraphs of a JATS file a pattern over letters and digits."""
    body: Any = etree.parse(str(path)).getroot().find("body")
    patterns: list[str] = []
    for paragraph in body.iter("p"):
        if _ASIDE & {ancestor.tag for ancestor in paragraph.iterancestors()}:
            continue
        citations: list[str] = []
        text = re.sub(r"\s+", " ", _text_of(paragraph, citations)).strip()
        for start, end in split_sentences(text):
            sentence = text[start:end]
            pieces = re.split("\ue000(\\d+)\ue001", sentence)
            letters = sum(len(letters_and_digits(piece)) for piece in pieces[::2])
            if letters >= _LEAST_LETTERS and "\ue005" not in sentence:
                patterns.append(
                    "".join(
                        f"(?:{letters_and_digits(citations[int(piece)])})?" if index % 2 else letters_and_digits(piece) for index, piece in enumerate(pieces)
                    )
                )
    return patterns


def share_in_order(patterns: list[str], reading: str) -> float:
    """Return the share of sentences that occur uninterrupted in a reading and in the order of the paper."""
    letters = letters_and_digits(reading)
    tails: list[int] = []
    for pattern in patterns:
        for place in sorted((match.start() for match in re.finditer(pattern, letters)), reverse=True):
            index = bisect_left(tails, place)
            tails[index : index + 1] = [place]
    return len(tails) / len(patterns)


def _text_of(element: Any, citations: list[str]) -> str:
    if element.tag in ("inline-formula", "disp-formula"):
        return "\ue005"
    if element.tag in _LEFT_OUT:
        return ""
    if element.tag == "xref" and element.get("ref-type") == "bibr":
        citations.append("".join(element.itertext()))
        return f"\ue000{len(citations) - 1}\ue001"
    parts = [element.text or ""]
    for child in element:
        parts.append(_text_of(child, citations) if isinstance(child.tag, str) else "")
        parts.append(child.tail or "")
    return "".join(parts)
