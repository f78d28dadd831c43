"""Whether a piece of a question asks what its names mean: "What is PPF, and how is it managed?" asks for a definition and for care."""

from __future__ import annotations

import re

from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import pieces_of
from ragqa.text.unasked import without_names, without_states

_ASKS_WHAT = re.compile(r"\b(?:what|define|explain|describe)\b", re.IGNORECASE)
_WHAT_IS = re.compile(
    r"^\W*(?:(?:and|but|so|also|first),?\s+)?(?:what(?:['’]?s|\s+(?:exactly\s+)?(?:is|are))|define|explain|describe)\s+"
    r"(?:(?:exactly|actually|an?|the|this|that|meant by)\s+)*(?:(?:rapidly|acutely|slowly)[- ]\w+[- ]|RP-)?"
    r"(?=[^~]*~)[#~](?:[#~\s()/,-]|\b(?:and|or)\b)*(?:,?\s*(?:exactly|actually|please|in (?:simple|plain|short|brief)\b.*))?[\s?.!,;:]*$",
    re.IGNORECASE,
)
"""A word of asking and the name of a disease, which reads "~", with nothing beside it but adjectives that tell its state, which read "#"."""


def asks_what_is(piece: str, lexicon: Lexicon) -> bool:
    """Say whether a piece of a question asks what a disease is, and nothing else of it: "what is its course?" asks for something else."""
    if not _ASKS_WHAT.search(piece):
        return False
    return _WHAT_IS.match(without_states(without_names(piece, lexicon, lexicon.interventions_in(piece)))) is not None


def has_definition_asked(text: str, lexicon: Lexicon) -> bool:
    """Say whether a question asks in one of its pieces what a disease is."""
    return _ASKS_WHAT.search(text) is not None and any(asks_what_is(piece, lexicon) for piece in pieces_of(text))
