"""Which facet gives way to another in one question: what the stronger one holds already is no second question."""

from __future__ import annotations

import re
from itertools import pairwise

from ragqa.text.lexicon import Lexicon
from ragqa.text.pieces import pieces_of
from ragqa.types import Facet

_MEMBERS_OF_LIST = re.compile(
    r"^(?:\s+§)?\s*(?:,|/|,?\s*(?:or|and|and/or|\+|&))\s+(?:(?:an?|the|its|their)\s+)?(?:(?:share|part|role) (?:in|of)\s+)?$", re.IGNORECASE
)
"""What stands between two things asked in one list: "occurrence, worsening or rapid course". What it is asked of reads "§" where it is an outcome."""
_GIVES_WAY: dict[Facet, frozenset[Facet]] = {
    Facet.PROGRESSION: frozenset({Facet.EPIDEMIOLOGY}),
    Facet.PROGNOSIS: frozenset({Facet.EPIDEMIOLOGY}),
    Facet.RAPIDLY_PROGRESSIVE: frozenset({Facet.PROGRESSION}),
}
"""What a facet holds already: how many progress is asked about progression, and how fast it worsens is no second question."""
_WEAKLY: dict[Facet, frozenset[Facet]] = {
    Facet.TREATMENT: frozenset({Facet.SAFETY}),
    Facet.OUTCOME: frozenset({Facet.PROGNOSIS}),
    Facet.DESIGN: frozenset({Facet.PROGNOSIS, Facet.SAFETY}),
    Facet.PROGNOSIS: frozenset({Facet.SAFETY, Facet.DOSING}),
    Facet.DOSING: frozenset({Facet.TREATMENT}),
}
"""Which facets make nothing of a weak cue of another: "which of two drugs is safer" asks about harms, "how many patients died" about deaths."""
_WEAK, _SURE = 0.7, 0.9
_OF_USE = frozenset({Facet.TREATMENT, Facet.OUTCOME})
_CLEARLY = 0.2
"""By so much weaker, a facet holds no other: "what fraction turns out to have it" asks for the fraction."""


def without_weaker(facets: tuple[Facet, ...], plain: str, lexicon: Lexicon, *, is_named: bool) -> tuple[Facet, ...]:
    """Return the facets without those that another one holds.

    Args:
        facets: What a question asks for.
        plain: The question, in which names are blanked.
        lexicon: Weighs its cues.
        is_named: Whether it names a treatment or a study, whose use is then asked about however weak the cue.
    """
    weights = lexicon.question_weights(plain)
    listed = _listed(plain, lexicon)
    held = {
        other
        for facet in facets
        for other in _GIVES_WAY.get(facet, frozenset())
        if weights.get(other, (0.0, 0))[0] <= weights.get(facet, (1.0, 0))[0] + _CLEARLY and not {facet, other} <= listed
    }
    sure = {facet for facet in facets if weights.get(facet, (0.0, 0))[0] >= _SURE}
    held |= {
        weak
        for weak, others in _WEAKLY.items()
        if 0 < weights.get(weak, (0.0, 0))[0] <= _WEAK and not others.isdisjoint(sure) and not (is_named and weak in _OF_USE)
    }
    held -= _asked_apart(held, plain, lexicon) if held else set()
    return tuple(facet for facet in facets if facet not in held)


def _listed(plain: str, lexicon: Lexicon) -> frozenset[Facet]:
    """Return the facets that cues of one list ask for: each is asked about, however near the others are to it."""
    cues = lexicon.question_table.find(plain)
    pairs = [(one, other) for one, other in pairwise(cues) if _MEMBERS_OF_LIST.match(_without_outcomes(plain[one.end : other.start], lexicon))]
    return frozenset(facet for pair in pairs for cue in pair for facet, _ in cue.value)


def _asked_apart(held: set[Facet], plain: str, lexicon: Lexicon) -> set[Facet]:
    """Return the facets that one of several pieces of a question asks for without what they give way to: "what is the survival, and how common is it?"."""
    pieces = [set(lexicon.facets_of_question(piece)) for piece in pieces_of(plain)]
    if len(pieces) < 2:
        return set()
    return {facet for facet in held if any(facet in piece and not any(_is_held(facet, other) for other in piece) for piece in pieces)}


def _is_held(facet: Facet, other: Facet) -> bool:
    """Say whether a facet gives way to another, wholly or by a weak cue."""
    return facet in _GIVES_WAY.get(other, ()) or other in _WEAKLY.get(facet, ())


def _without_outcomes(text: str, lexicon: Lexicon) -> str:
    for mention in reversed(lexicon.outcomes_in(text)):
        text = text[: mention.start] + "§" + text[mention.end :]
    return text
