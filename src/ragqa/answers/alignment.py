"""Whether a text is what its quotes say: the same characters in the same order, the cleaning of print aside.

Cleaning is what parsers do between a stored page and a readable sentence: white space squeezed, words joined that a line end divided,
ligatures opened, invisible characters, citation marks and Markdown signs left out. A sign, a figure or a word never is: "−2.1" is not
"2.1", and digits may be missing only where they are numbers of the sentence's own citation marks, set as marks are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence

from ragqa.text.normalize import HYPHENS, INVISIBLE, LIGATURES

_JOIN, _DIVISION = "\ue003", "\ue004"
"""Private characters: the seam between two quotes, and the hyphen of a word that a line end divides."""
_DIVIDED = re.compile(rf"[-‐\u00ad\x02\ufffe][ \t]*(?:\n|{_JOIN})[\s{_JOIN}]*")
_LIST = r"\d{1,4}(?:\s?[-,;–—‒]\s*\d{1,4})*"
_TOKEN = re.compile(
    rf"(?P<division>{_DIVISION})|(?P<bracket>\s*[\[(]\s*{_LIST}\s*,?\s*[\])])|(?P<raised>(?<=[^\W\d_]|[)\]”\"’%.,;:?!]){_LIST}(?![\w.]\w))"
    rf"|(?P<spaced>\s{_LIST}(?=[.,;:]))|(?P<space>[\s{_JOIN}]+)|(?P<sign>[*_`\\\[])|(?P<other>.)",
    re.DOTALL,
)
_TO_LETTERS = str.maketrans(LIGATURES) | HYPHENS


def says_what_its_quotes_say(text: str, quotes: Sequence[str], references: Collection[int]) -> bool:
    """Whether a text equals its quotes after cleaning.

    Args:
        text: The statement with its recorded edits undone.
        quotes: Its quotes in order, as they stand on the pages.
        references: Numbers of the citation marks that were removed from the quoted sentences.
    """
    wanted = " ".join(text.translate(_TO_LETTERS).split())
    printed = _JOIN.join(quotes)
    # Most quotes need no cleaning but white space; the pattern is built only for the others.
    if wanted == " ".join(printed.replace(_JOIN, " ").split()):
        return True
    return re.fullmatch(_cleanings(printed, references), wanted) is not None


def _cleanings(printed: str, references: Collection[int]) -> str:
    """Return the pattern of every reading of printed text that cleaning may leave."""
    text = _DIVIDED.sub(_DIVISION, html.unescape(printed).translate(_TO_LETTERS))
    text = INVISIBLE.sub("", text).strip()
    pieces: list[str] = []
    for token in _TOKEN.finditer(text):
        kind, piece = token.lastgroup, token.group()
        if kind == "division":
            # A figure keeps its hyphen: it may be a minus or a range.
            pieces.append("-" if text[token.end() : token.end() + 1].isdigit() else "-?")
        elif kind == "space":
            pieces.append(r"\s?" if _JOIN in piece else r"\s")
        elif kind == "sign":
            pieces.append(f"{re.escape(piece)}?")
        elif kind in ("bracket", "raised", "spaced"):
            literal = r"\s+".join(re.escape(part) for part in re.split(r"\s+", piece))
            is_mark = all(int(number) in references for number in re.findall(r"\d+", piece))
            pieces.append(f"(?:{literal})?" if is_mark else literal)
        else:
            pieces.append(re.escape(piece))
    return "".join(pieces)
