"""Hyphens at the end of a line: dropped where they divide a word, kept where they belong to it.

Order of evidence: capitals and digits keep their hyphen (CTD-⏎ILD); then the form that the document itself uses elsewhere; then a
dictionary of word frequencies; then the rule that most line-end hyphens divide words (nine in ten).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from ragqa.ingest.mapped import MappedText

HYPHENS = "-\u2010\u00ad\x02\ufffe"
"""Characters that end a divided line; PDF readers write U+0002 or U+FFFE for a hyphen that they think is soft."""

_LINE_END = re.compile(rf"[{HYPHENS}][ \t]*\n\s*(?=(?P<right>[^\W_]*))")
_LAST_WORD = re.compile(r"[^\W_]*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_PREFIXES = frozenset(
    "non anti pre post co re sub inter intra multi over under self semi ultra extra pro counter bi tri mid cross well high low long short half meta".split()  # noqa: SIM905 - a word list reads best as words
)


def join_divided_words(text: MappedText, vocabulary: Vocabulary) -> MappedText:
    """Return the text with the hyphen and line end of every divided word dropped, and of every hyphened word the line end alone."""

    def joined(match: re.Match[str]) -> str:
        left = _LAST_WORD.search(match.string, max(0, match.start() - 40), match.start())
        return "-" if vocabulary.keeps_hyphen(left.group() if left else "", match.group("right")) else ""

    return text.substitute(_LINE_END, joined)


class Vocabulary:
    """The words of one document, with and without hyphens, for deciding how a divided word is written."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        for text in texts:
            self._counts.update(word.replace("\u2010", "-") for word in _WORD.findall(text.casefold()))

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Return whether the word divided after `left` is written with a hyphen."""
        if not left or not right or not right[0].islower() or any(character.isdigit() for character in left):
            return True
        if sum(character.isupper() for character in left) > 1:
            return True
        lower_left, lower_right = left.casefold(), right.casefold()
        joined, hyphened = self._counts[lower_left + lower_right], self._counts[f"{lower_left}-{lower_right}"]
        if joined != hyphened:
            return hyphened > joined
        dictionary = _dictionary()
        frequency = dictionary.get(lower_left + lower_right, 0.0)
        if frequency:
            parts = min(dictionary.get(lower_left, 0.0), dictionary.get(lower_right, 0.0))
            return lower_left in _PREFIXES and parts > 100 * frequency
        # Both halves are common words and their sum is none: a compound such as placebo-controlled.
        return dictionary.get(lower_left, 0.0) > 3e-7 and dictionary.get(lower_right, 0.0) > 3e-7 and len(lower_left) > 2 and len(lower_right) > 2


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, float]:
    """Return English words with their frequencies as shares of all words."""
    from wordfreq import get_frequency_dict

    return dict(get_frequency_dict("en", wordlist="large"))


def out_of_dictionary_share(text: str) -> float:
    """Return the share of words of four letters and more that no English dictionary knows: high where a text layer is garbled."""
    words = re.findall(r"[^\W\d_]{4,}", text.casefold())
    dictionary = _dictionary()
    return sum(word not in dictionary for word in words) / len(words) if words else 0.0
