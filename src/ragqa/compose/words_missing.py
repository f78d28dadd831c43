"""Words of a question that nothing holds: those that no document of the library knows, and those that no likely statement says.

How much hangs on a word is told by the meaning of the question without it. Names weigh more than nouns like others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.filling import LEAST_HOLDING
from ragqa.compose.held import Held, spells_out
from ragqa.compose.parts import parts_of
from ragqa.compose.reasons import missing_term, subject_of
from ragqa.compose.unfilled import RARE, UNCOMMON, holds_rare_word, is_meant, is_read, listed_beside, missing_words, plain_forms, understood
from ragqa.protocols import Embedder, Library
from ragqa.settings import ComposeSettings
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import Lexicon
from ragqa.text.spelling import commonness, is_everyday
from ragqa.types import Reason

KNOWN_NOUN = 3.0
"""Zipf scale: from one in a million words on, a word that the library lacks may be a plain noun ("enlargement") rather than the name of a thing."""
SPELT_OUT_IN = 60
"""Candidates read for the words of a short form; in more of them the initials of any three letters turn up by chance (6% in 60, 17% in 160)."""
_SHORTEST = 3


class Salience:
    """How much of a question's meaning hangs on some of its words.

    1 - cosine of the question with and without them: names of things .1 to .5, generic words below .05.
    """

    def __init__(self, query_vector: NDArray[np.float32], embedder: Embedder, text: str) -> None:
        self._vector, self._embedder, self._words = query_vector, embedder, text.split()

    def of(self, *words: str) -> float:
        """Return the salience of words together, 1 where nothing is left without them."""
        without = " ".join(part for part in self._words if not any(word.lower() in part.lower() for word in words))
        return 1 - float(self._embedder.embed_queries([without])[0] @ self._vector) if without else 1.0


def unknown_word(
    asked: Asked, direct: Sequence[Candidate], near: Sequence[Candidate], weigh: Salience, lexicon: Lexicon, library: Library, settings: ComposeSettings
) -> Reason | None:
    """Return the reason where a word that no document holds carries the question.

    Everyday words ("check-ups", "runs") may weigh as much and are left to the meaning of the whole question; a name is a rare word or
    one with capitals. A compound is known by its joined form, whatever its parts are, and a word whose kin a likely statement holds is known.
    """
    if not asked.unknown:
        return None
    text = asked.query.interpreted
    read = understood(text, asked, lexicon)
    held = Held(near, library.abbreviations(), asked.query.expansions)
    said = [each.record.sentence.text for each in direct[:SPELT_OUT_IN]]
    found: list[str] = []
    for word in asked.unknown:
        if is_read(word, text.find(word), read) or any(library.chunk_frequencies(analyze(word)[-1:])):
            continue
        if word not in library.abbreviations() and any(spells_out(each, word) for each in said):
            continue
        is_name = any(character.isupper() for character in word[1:]) or not any(map(is_everyday, plain_forms(word.lower())))
        if _is_plain_noun(word) and holds_rare_word(text, asked, direct, lexicon, library.abbreviations()):
            continue
        if not word.isdigit() and len(word) >= _SHORTEST and is_name and not held.holds(word) and weigh.of(word) >= settings.salient:
            found.append(word)
    if not found or not _carry_question(found, asked, lexicon):
        return None
    return missing_term(found[:1], "", is_held=False)


def _carry_question(words: Collection[str], asked: Asked, lexicon: Lexicon) -> bool:
    """Whether words stand in the first part of a question, which all of it is on, in every part, or in what tells the case."""
    parts = parts_of(asked, lexicon)
    hit = [any(word in part.text for word in words) for part in parts]
    return hit[0] or all(hit) or not any(hit)


def _is_plain_noun(word: str) -> bool:
    """Whether a word may be a noun like others rather than a name: beside a rare word that is held, it need not be."""
    return commonness(word.lower()) >= KNOWN_NOUN and not any(character.isupper() for character in word[1:])


def missing_everywhere(
    asked: Asked,
    direct: Sequence[Candidate],
    likely: Sequence[Candidate],
    weigh: Salience,
    lexicon: Lexicon,
    library: Library,
    settings: ComposeSettings,
) -> Reason | None:
    """Return the reason where words that no likely sentence holds carry the question, in every part of it.

    The rarer a word, the likelier it names a thing; everyday words must carry more of the question. A sentence that is less likely only
    for its want of likeness, and holds them, is shown for their sake (`filling.fill_parts`).
    """
    long_forms = library.abbreviations()
    parts = parts_of(asked, lexicon)
    near = likely or direct
    shown = [*near, *(each for each in direct if each.score >= LEAST_HOLDING)]
    rare = [missing_words(part.text, asked, near, lexicon, RARE, long_forms) for part in parts]
    held = [set(words) - set(missing_words(part.text, asked, shown, lexicon, RARE, long_forms, None)) for part, words in zip(parts, rare, strict=True) if words]
    given = set[str]().union(*held)
    given.update(
        word
        for words in rare
        for word in words
        if word not in long_forms and any(spells_out(each.record.sentence.text, word) for each in direct[:SPELT_OUT_IN])
    )
    # Asked of the first plain noun that is missing: most questions lack none.
    is_on_it = cache(lambda: any(holds_rare_word(part.text, asked, direct, lexicon, long_forms) for part in parts))

    def unexcused(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word for word in words if word not in given and not (_is_plain_noun(word) and is_on_it()))

    for mark, least in ((RARE, settings.salient_unmet), (UNCOMMON, settings.salient_everyday)):
        found = rare if mark == RARE else [missing_words(part.text, asked, near, lexicon, mark, long_forms) for part in parts]
        unmet = [
            () if words and is_meant(part.text, asked, direct, lexicon, long_forms) else unexcused(words) for part, words in zip(parts, found, strict=True)
        ]
        if any(listed_beside(part.text, words, lexicon) for part, words in zip(parts, unmet, strict=True)):
            return None
        if all(unmet) and all(weigh.of(*words) >= least for words in unmet):
            missing = tuple(dict.fromkeys(word for words in unmet for word in words))
            frequencies = library.chunk_frequencies([term for word in missing for term in analyze(word)[-1:]])
            return missing_term(missing, subject_of(asked), is_held=any(frequencies))
    return None
