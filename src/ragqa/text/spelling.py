"""Correct misspelt words of a question to words that the lexicon or the library has.

A word is left alone when the library, the lexicon or an English word list knows it, when it holds a digit, and when no word is close
enough: leaving a strange word costs a hit, changing a right one changes the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

_MIN_LENGTH = 5
_EVERYDAY_ZIPF = 3.3
_MIN_ZIPF = 2.0
"""Words rarer than this per 10^2 million words of English (Zipf scale) are as often typing errors as words."""
_ALIKE_ENDINGS = ("mab", "nib", "cept", "tinib", "limus", "prazole", "sartan", "statin", "cycline", "floxacin", "gliptin", "gliflozin", "tide")


class SpellingWords:
    """The words that may be corrected to, kept by first letter and length."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take words in lower case; the short ones are left out."""
        self._by_key: dict[tuple[str, int], list[tuple[str, frozenset[str]]]] = {}
        for word in sorted(set(words)):
            if len(word) >= _MIN_LENGTH and word.isalpha():
                self._by_key.setdefault((word[0], len(word)), []).append((word, _pairs(word)))

    def nearest(self, word: str) -> tuple[str, ...]:
        """Return the closest words within one edit (two from eight letters on), all equally close; forms of one word give one."""
        allowed = 1 if len(word) < 8 else 2
        pairs = _pairs(word)
        best: list[str] = []
        best_distance = allowed + 1
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for candidate, candidate_pairs in self._by_key.get((word[0], length), ()):
                # Each edit destroys at most three letter pairs, so most candidates fall without being measured.
                if len(pairs - candidate_pairs) > 3 * allowed:
                    continue
                distance = _distance(word, candidate, best_distance)
                if distance > allowed or (distance > 1 and _alike(word, candidate)):
                    continue
                if distance < best_distance:
                    best, best_distance = [candidate], distance
                elif distance == best_distance:
                    best.append(candidate)
        best.sort(key=lambda one: (abs(len(one) - len(word)), one))
        if best and all(one.startswith(best[0][:-2]) for one in best):
            return (best[0],)
        return tuple(best)


def corrections_of(word: str, words: SpellingWords, is_known: Callable[[str], bool], shortest: int = _MIN_LENGTH) -> tuple[str, ...]:
    """Return the possible corrections of one word in lower case; none where it stays, several where the word alone does not decide."""
    lowered = word.lower()
    if len(lowered) < shortest or not lowered.isalpha() or is_known(lowered) or is_english(lowered):
        return ()
    return words.nearest(lowered)


@lru_cache(maxsize=8192)
def is_english(word: str) -> bool:
    """Say whether an English word list has a word. The list is loaded with the first strange word, not before."""
    from wordfreq import zipf_frequency

    return bool(zipf_frequency(word, "en", wordlist="large") >= _MIN_ZIPF)


@lru_cache(maxsize=8192)
def is_everyday(word: str) -> bool:
    """Say whether a word is so common in English (a few in a million words or more) that it is hardly the name of a thing."""
    from wordfreq import zipf_frequency

    return bool(zipf_frequency(word, "en", wordlist="large") >= _EVERYDAY_ZIPF)


@lru_cache(maxsize=8192)
def commonness(word: str) -> float:
    """Return how common a word is in English on the Zipf scale: 3 is one in a million words, 6 one in a thousand, 0 unknown."""
    from wordfreq import zipf_frequency

    return float(zipf_frequency(word, "en", wordlist="large"))


def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[index : index + 2] for index in range(len(word) - 1))


def _alike(word: str, candidate: str) -> bool:
    """Say whether two words look like two drugs of one class ("golimumab", "belimumab"): two edits apart they are two drugs."""
    return any(word.endswith(ending) and candidate.endswith(ending) for ending in _ALIKE_ENDINGS) and word[:3] != candidate[:3]


def _distance(one: str, other: str, limit: int) -> int:
    """Return the edit distance with swaps of neighbours as one edit, or limit + 1 as soon as it is passed.

    Source: optimal string alignment, the restricted form of Damerau (1964).
    """
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, other_letter in enumerate(other, start=1):
            cost = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (letter != other_letter))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == other_letter:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
