"""Find the phrases of a lexicon in a text, longest first, on word boundaries.

Words are compared folded: lower case, accents dropped, British and American spelling and singular and plural alike. Short forms keep a
case rule, so that "RA" is found and "Ra" is not, and "AS" never in "as". A phrase word that ends in * stands for every word that starts so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_GAP = re.compile(r"[\s\-–‐‑/·]{0,3}$")
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_PREFIX_KEY = 3
_KEPT = 1024
"""Texts whose phrases a table keeps: a sentence is looked up again by each rule that reads it."""
_OWN_WORDS = frozenset({"bloods"})
"""Plurals that are words of their own: "bloods" are tests, and blood is none."""
_SURE_LENGTH = 4
"""Short forms at least this long are found in any case: "Mctd" can only be MCTD, but "Ra" may be a name."""
KINDS_OF_STUDY = ("trial", "study")
"""What makes the word before it the name of a study: "the fast trial"."""

T = TypeVar("T")


class Token(NamedTuple):
    """A word of a text: folded, as written, and where it stands ([start, end) in characters)."""

    folded: str
    raw: str
    start: int
    end: int


_token = Token._make
"""Half the cost of `Token(...)`, of which there is one for every word that is read."""


class Match(NamedTuple, Generic[T]):
    """A phrase found in a text: its value, characters [start, end), and tokens [first, last)."""

    value: T
    start: int
    end: int
    first: int
    last: int


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return the form under which a word is compared: "Tumours" and "tumor", "Sjögren's" and "sjogren" fall together."""
    word = _POSSESSIVE.sub("", word)
    if len(word) > 2 and word[-1] == "s" and word[-2].isupper():
        word = word[:-1]
    word = word.lower()
    if not word.isascii():
        word = "".join(character for character in unicodedata.normalize("NFKD", word) if not unicodedata.combining(character)).replace("ø", "o")
    if len(word) <= 3 or not word.isalpha() or word in _OWN_WORDS:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word[-1] == "s" and word[-2] not in "suia":
        word = word[:-1]
    if len(word) > 4:
        word = _spelt(word)
        word = re.sub(r"is(?=(?:e|ed|ing|ation|ability)$)", "iz", word)
        word = re.sub(r"(?<=[a-z]{3})tre$", "ter", word)
    return word


def _spelt(word: str) -> str:
    """Return British letters as American ones, wherever they stand in a longer word."""
    return word.replace("ae", "e").replace("oe", "e").replace("our", "or").replace("sulph", "sulf")


@lru_cache(maxsize=256)
def tokenize(text: str) -> tuple[Token, ...]:
    """Split a text into its words. One sentence is looked up in a dozen tables, so the last ones are kept."""
    return tuple([_token((fold(word := match[0]), word, match.start(), match.end())) for match in _WORD.finditer(text)])


def words_of(text: str) -> list[str]:
    """Return the words of a text as written: those of `tokenize`, at a fifth of its cost."""
    return _WORD.findall(text)


@dataclass(slots=True)
class _Entry(Generic[T]):
    value: T
    form: str | None
    """The short form as written, None where case does not matter."""
    before: frozenset[str] | None
    """Words before which a strict short form is found in any case; None for a form that is not strict."""


class _Node(Generic[T]):
    """A node of the trie of phrase words."""

    __slots__ = ("children", "entry", "prefixes")

    def __init__(self) -> None:
        self.children: dict[str, _Node[T]] = {}
        self.prefixes: dict[str, list[tuple[str, _Node[T]]]] = {}
        self.entry: _Entry[T] | None = None

    def step(self, word: str) -> list[_Node[T]]:
        """Return the nodes that a word leads to, the exact one first."""
        found = [self.children[word]] if word in self.children else []
        if self.prefixes:
            found += [node for prefix, node in self.prefixes.get(word[:_PREFIX_KEY], ()) if word.startswith(prefix)]
        return found

    def child(self, word: str, is_prefix: bool) -> _Node[T]:
        """Return the node for a phrase word, made where it is missing."""
        if not is_prefix:
            return self.children.setdefault(word, _Node())
        bucket = self.prefixes.setdefault(word[:_PREFIX_KEY], [])
        for prefix, node in bucket:
            if prefix == word:
                return node
        bucket.append((word, _Node()))
        return bucket[-1][1]


class PhraseTable(Generic[T]):
    """The phrases of one lexicon file with their values. The first phrase given wins where two fold to the same words."""

    def __init__(self, phrases: Iterable[tuple[str, T]], strict: Iterable[str] = (), before: Iterable[str] = ()) -> None:
        """Build the table.

        Args:
            phrases: (phrase, value) pairs.
            strict: Short forms that are words or other abbreviations in lower case ("AS", "DM"): found only exactly as written here.
            before: Words before which these are found in any case: "dm-ild", "the fast trial". A disease has others than a study, for
                "predict ILD" names no study.
        """
        exact, surely = frozenset(strict), frozenset(map(fold, before))
        self._found = lru_cache(_KEPT)(self._search)
        self._root: _Node[T] = _Node()
        for phrase, value in phrases:
            words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?\*?", phrase)
            node = self._root
            for word in words:
                is_prefix = word.endswith("*")
                node = node.child(_spelt(word[:-1].lower()) if is_prefix else fold(word), is_prefix)
            if node is not self._root and node.entry is None:
                is_short_form = len(words) == 1 and sum(character.isupper() for character in phrase) > 1
                node.entry = _Entry(value, phrase if is_short_form or phrase in exact else None, surely if phrase in exact else None)

    def find(self, text: str) -> tuple[Match[T], ...]:
        """Return the longest phrases of a text, left to right, none overlapping another."""
        return self._found(text)

    def _search(self, text: str) -> tuple[Match[T], ...]:
        tokens = tokenize(text)
        words, prefixes = self._root.children, self._root.prefixes
        starts = [place for place, token in enumerate(tokens) if token[0] in words or (prefixes and token[0][:_PREFIX_KEY] in prefixes)]
        found: list[Match[T]] = []
        behind = 0
        for first in starts:
            if first >= behind and (best := self._longest(text, tokens, first)):
                value, behind = best
                found.append(Match(value, tokens[first].start, tokens[behind - 1].end, first, behind))
        return tuple(found)

    def _longest(self, text: str, tokens: Sequence[Token], first: int) -> tuple[T, int] | None:
        best: tuple[T, int] | None = None
        nodes = [self._root]
        end = tokens[first].start
        for last in range(first, len(tokens)):
            token = tokens[last]
            if last > first and not _GAP.match(text, end, token.start):
                # A short form in brackets may interrupt a name: "Janus kinase (JAK) inhibitors".
                if text[end : token.start].strip() == "(" and text[token.end : token.end + 1] == ")":
                    end = token.end + 1
                    continue
                break
            end = token.end
            nodes = [child for node in nodes for child in node.step(token.folded)]
            if not nodes:
                break
            entry = next((node.entry for node in nodes if node.entry and _case_fits(node.entry, text, tokens, first, last)), None)
            if entry:
                best = (entry.value, last + 1)
        return best


def _case_fits(entry: _Entry[T], text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    if entry.form is None:
        return True
    written = text[tokens[first].start : tokens[last].end].removesuffix("'s").removesuffix("’s")
    if written in (entry.form, entry.form + "s"):
        return True
    if entry.before is not None:
        return last + 1 < len(tokens) and tokens[last + 1].folded in entry.before and tokens[last + 1].start - tokens[last].end == 1
    return written.islower() or written.isupper() or len(entry.form) >= _SURE_LENGTH
