"""The pieces of a question that each ask something: "How is it treated, and what does it cost?" has two."""

from __future__ import annotations

import re

_ASKING = (
    r"(?:(?:at|in|for|on|to|with|from|by) (?:what|which|whom|how)|how|what|which|when|why|who|whom|where|whether"
    r"|does|do|did|is|are|was|were|can|may|should|could|will|would|has|have)"
)
_BREAK = re.compile(rf"[?;]\s+|,?\s+(?:and|but|or)\s+(?:also\s+|if so,?\s+)?(?={_ASKING}\b)|,\s+(?={_ASKING}\b)|[.]\s+(?=[A-Z])", re.IGNORECASE)
_ASKS = re.compile(rf"\b{_ASKING}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[?.;!])\s+")


def sentences_asking(text: str) -> list[str]:
    """Return the sentences with a question mark, all where none has one.

    "My aunt has MCTD and a cough. Which drugs are usual?" asks nothing in its first sentence.
    """
    sentences = [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]
    return [sentence for sentence in sentences if sentence.endswith("?")] or sentences


def pieces_of(text: str) -> list[str]:
    """Return what a question asks piece by piece, as typed."""
    return [piece.strip() for sentence in sentences_asking(text) for piece in _BREAK.split(sentence) if piece.strip()]


def asks(text: str) -> bool:
    """Say whether a text holds a word of asking: "after failure of the first drug" asks nothing by itself."""
    return _ASKS.search(text) is not None
