"""Details of practice: when and where a treatment is to be had, how soon it works, which make of it is better.

"How soon does it work?" shares its drug and its disease with every result of that drug. What such a question asks, and what a statement that tells
it holds, are forms in `outcomes.yaml` (`practicalities`); makes of one drug are known by its names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.detail import Detail, is_on_it, with_drugs
from ragqa.compose.parts import Part
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

_SET_AGAINST = re.compile(r"^\s*(?:,?\s*(?:or|versus|vs\.?|than|rather than|instead of|over|to)|/)\s+(?:(?:the|to|oral|brand)\s+)*$", re.IGNORECASE)
"""What stands between two names of which one is to be chosen."""
HANDLING = "handling"
"""The kind of detail that asks how side effects are dealt with: seldom told, and then beside a dose."""
_LEAST = 0.05
"""Estimate below which a statement is not shown for the sake of a part (`coverage.LEAST_FILLING`), and so tells nothing."""


def practicalities_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield what is asked of the use of a treatment beside its effect: how soon it works, the time of day, the wait for it, where to get it."""
    for matter in lexicon.practicalities:
        if matter.asked.search(part.text):

            def holds(candidate: Candidate, given: re.Pattern[str] = matter.given) -> bool:
                return candidate.score >= _LEAST and is_on_it(candidate, asked) and given.search(candidate.record.sentence.text) is not None

            yield Detail("practicality", f"{matter.name}{with_drugs(asked, 'for')}", True, holds)


def handling_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield how the side effects that a question asks about are dealt with: how often they come is another thing."""
    form = lexicon.handling
    if form is None or Facet.SAFETY not in asked.query.facets or not form.asked.search(part.text):
        return

    def holds(candidate: Candidate) -> bool:
        return is_on_it(candidate, asked) and form.given.search(candidate.record.sentence.text) is not None

    yield Detail(HANDLING, f"{form.name}{with_drugs(asked, 'of')}", False, holds)


def makes_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield two names of one treatment that are set against each other: what is said of that treatment under one name chooses neither."""
    text = part.text
    for one, other in pairwise(lexicon.interventions_in(text)):
        names = [text[mention.start : mention.end] for mention in (one, other)]
        # "Oral or pulse cyclophosphamide" are ways to give one make.
        differ = set(names[0].lower().split()).isdisjoint(names[1].lower().split())
        if not (one.name == other.name and differ and _SET_AGAINST.match(text[one.end : other.start])):
            continue

        def holds(candidate: Candidate, names: tuple[str, ...] = tuple(names)) -> bool:
            said = candidate.record.sentence.text.lower()
            return all(name.lower() in said for name in names)

        yield Detail("practicality", f"a comparison of {' and '.join(names)}", True, holds)
