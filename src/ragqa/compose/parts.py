"""A question taken apart: "How is it treated, and what does it cost?" asks two things, and one may have an answer while the other has none."""

from __future__ import annotations

from dataclasses import dataclass

from ragqa.compose.asked import Asked
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import pieces_of, sentences_asking
from ragqa.types import Facet

_LEAST_TERMS = 2
"""Content words that a part must have to ask something where it names no facet, outcome, disease or treatment ("…, correct?")."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a question asks: its words, the facets of the question that it names, and its outcome slots."""

    text: str
    facets: tuple[Facet, ...]
    outcomes: tuple[str, ...]


def parts_of(asked: Asked, lexicon: Lexicon) -> tuple[Part, ...]:
    """Return the parts of a question, at least one. A part that names no facet of its own asks what the whole question asks, where it is the only one."""
    text = asked.query.interpreted
    parts = [_read(piece, asked, lexicon) for piece in pieces_of(text)]
    asking = [part for part in parts if part is not None]
    if len(asking) < 2:
        whole = " ".join(sentences_asking(text))
        return (Part(whole, asked.query.facets, tuple(dict.fromkeys(mention.name for mention in lexicon.outcomes_in(whole)))),)
    return tuple(asking)


def _read(piece: str, asked: Asked, lexicon: Lexicon) -> Part | None:
    own = set(lexicon.facets_of_question(piece))
    facets = tuple(facet for facet in asked.query.facets if facet in own)
    outcomes = tuple(dict.fromkeys(mention.name for mention in lexicon.outcomes_in(piece)))
    names = lexicon.interventions_in(piece) or lexicon.populations_in(piece) or lexicon.trials_in(piece)
    if not (facets or outcomes or names or len(analyze(piece)) >= _LEAST_TERMS):
        return None
    return Part(piece, facets, outcomes)
