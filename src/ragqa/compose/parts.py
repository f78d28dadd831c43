"""A question taken apart: "How is it treated, and what does it cost?" asks two things, and one may have an answer while the other has none."""

from __future__ import annotations

from dataclasses import dataclass

from ragqa.compose.asked import Asked
from ragqa.text.analyzer import analyze
from ragqa.text.defining import asks_what_is
from ragqa.text.intervals import names_interval
from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import items_of, pieces_of, sentences_asking
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
    parts = [part for piece in pieces_of(text) for part in _items(piece, asked, lexicon)]
    asking = [part for part in parts if part is not None]
    if len(asking) < 2:
        whole = " ".join(sentences_asking(text))
        return (Part(whole, asked.query.facets, tuple(dict.fromkeys(mention.name for mention in lexicon.outcomes_in(whole)))),)
    return tuple(asking)


def _items(piece: str, asked: Asked, lexicon: Lexicon) -> list[Part | None]:
    """Return what is asked for by name one after the other as parts, where each names what no other does; else the piece as one part."""
    items = [_read(item, asked, lexicon) for item in items_of(piece)]
    one, other = items[0], items[-1]
    if len(items) > 1 and one and other and _asks_more(one, other) and _asks_more(other, one):
        return items
    return [_read(piece, asked, lexicon)]


def _asks_more(one: Part, other: Part) -> bool:
    """Whether a part names an outcome or a facet that another does not."""
    return not ({*one.outcomes, *one.facets} <= {*other.outcomes, *other.facets})


def _read(piece: str, asked: Asked, lexicon: Lexicon) -> Part | None:
    own = {Facet.DEFINITION} if asks_what_is(piece, lexicon) else set(lexicon.facets_of_question(piece))
    if names_interval(piece):
        # "…, and how often?" names no test again.
        own.add(Facet.MONITORING)
    facets = tuple(facet for facet in asked.query.facets if facet in own)
    if not own and lexicon.organisations_in(piece) and lexicon.interventions_in(piece):
        # What an issuer says of a treatment is its advice.
        facets = (Facet.TREATMENT,)
    outcomes = tuple(dict.fromkeys(mention.name for mention in lexicon.outcomes_in(piece)))
    names = lexicon.interventions_in(piece) or lexicon.populations_in(piece) or lexicon.trials_in(piece)
    if not (facets or outcomes or names or len(analyze(piece)) >= _LEAST_TERMS):
        return None
    return Part(piece, facets, outcomes)
