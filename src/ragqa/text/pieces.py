"""The pieces of a question that each ask something: "How is it treated, and what does it cost?" has two."""

from __future__ import annotations

import re

from ragqa.text.asking import ends_as_question

_ASKING = (
    r"(?:(?:at|in|for|on|to|with|from|by) (?:what|which|whom|how)|how|what|which|when|why|who|whom|where|whether"
    r"|does|do|did|is|are|was|were|can|may|should|could|will|would|has|have)"
)
_BREAK = re.compile(
    rf"[?;]\s+|,?\s+(?:and|but|or)\s+(?:also\s+|if so,?\s+)?(?={_ASKING}\b)|,\s+(?={_ASKING}\b)|[.]\s+(?=[A-Z])"
    rf"|,\s+(?:and|or)\s+(?=(?:on|in|with|for|after|of)\s+[^,;?]{{2,40}}\?)",
    re.IGNORECASE,
)
"""Between two questions, the last of which may be a name alone: "…, and on that other drug?"."""
_CONDITION = re.compile(
    rf"^(?:if|once|because|since|although|though|unless)\b[^?]*$|^(?:in|for|among|with|under|during)\b(?![^?]*\b{_ASKING}\b)[^?]*$", re.IGNORECASE
)
"""What asks nothing by itself and belongs to what follows: "If it is stopped, …", "In that disease, …"."""
_ASKS = re.compile(rf"\b{_ASKING}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[?.;!])\s+")
_NEXT_ITEM = re.compile(r",\s+(?:and|or)\s+|\s+(?:and|or)\s+", re.IGNORECASE)
_COLON = re.compile(r":\s+")


def sentences_asking(text: str) -> list[str]:
    """Return the sentences that are questions by their mark or form, all where none is.

    "My aunt has MCTD and a cough. Which drugs are usual?" asks nothing in its first sentence.
    """
    sentences = [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]
    return [sentence for sentence in sentences if ends_as_question(sentence)] or sentences


def pieces_of(text: str) -> list[str]:
    """Return what a question asks piece by piece, as typed."""
    found: list[str] = []
    for sentence in sentences_asking(text):
        start = 0
        for end, following in [*(match.span() for match in _BREAK.finditer(sentence)), (len(sentence), len(sentence))]:
            if following < len(sentence) and _CONDITION.match(sentence[start:end].strip()):
                continue
            found.append(sentence[start:end].strip())
            start = following
    return [piece for piece in found if piece]


def items_of(piece: str) -> tuple[str, ...]:
    """Return the two items of a list by name in a piece: "That drug: dose, and blood level?" asks for both; all of it where it lists none.

    They stand behind a colon, or a comma sets the second apart. Whether each asks something, is for the caller to weigh.
    """
    colon = _COLON.search(piece)
    breaks = [match for match in _NEXT_ITEM.finditer(piece, colon.end() if colon else 0) if colon or match.group().strip().startswith(",")]
    breaks = [match for match in breaks if not asks(piece[match.end() :]) and ":" not in piece[match.end() :]]
    return (piece[: breaks[-1].start()].strip(), piece[breaks[-1].end() :].strip()) if breaks else (piece,)


def asks(text: str) -> bool:
    """Say whether a text holds a word of asking: "after failure of the first drug" asks nothing by itself."""
    return _ASKS.search(text) is not None
