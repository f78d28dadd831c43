"""Which questions the library could answer next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.protocols import Library
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

FOLLOW_UPS = (
    (Facet.TREATMENT, "How is {} treated?"),
    (Facet.PROGRESSION, "What is known about progression of {} and its treatment?"),
    (Facet.RAPIDLY_PROGRESSIVE, "How is rapidly progressive {} treated?"),
    (Facet.MONITORING, "How is {} monitored?"),
    (Facet.SCREENING, "Who should be screened for {}?"),
    (Facet.SAFETY, "What harms of treatment are reported in {}?"),
    (Facet.OUTCOME, "What outcomes of treatment are reported in {}?"),
    (Facet.PROGNOSIS, "What is the prognosis of {}?"),
    (Facet.EPIDEMIOLOGY, "How common is {}?"),
)
"""Facets, and the question that stands for each: it is read with just this facet, and with treatment where it asks what to do."""
MOST_FOLLOW_UPS = 4
LEAST_EVIDENCE = 2
"""Statements a suggested question must have in the library."""
_LOOKED_AT = 8
"""Statements of a facet that are read to see what they are on."""
_OF_FACET = 0.5
"""Weight from which on a statement is about a facet."""


def follow_ups(asked: Asked, library: Library, lexicon: Lexicon, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """Return up to four questions on the asked population that this answer leaves open and the library has evidence for."""
    populations = asked.query.populations
    if not populations:
        return ()
    shown = {facet for candidate in chosen for facet, weight in candidate.record.sentence.tags.facets if weight >= _OF_FACET}
    left = [(facet, template) for facet, template in FOLLOW_UPS if facet not in shown and facet not in asked.query.facets]
    found = (_follow_up(facet, template, asked, library, lexicon) for facet, template in left)
    return tuple(islice((question for question in found if question), MOST_FOLLOW_UPS))


def _follow_up(facet: Facet, template: str, asked: Asked, library: Library, lexicon: Lexicon) -> str | None:
    """Return a question on a facet of the first asked population, None where the library has too little on it.

    It is on the manifestation that the field shares where the question is, or where the evidence is; a disease that is a form of it is named alone.
    """
    subject = asked.query.populations[0]
    found = library.sentences(library.tagged(populations=[subject], facets=[facet], limit=_LOOKED_AT))
    n_on_it = sum(record.sentence.tags.on_manifestation for record in found)
    is_form = subject == lexicon.manifestation or lexicon.on_manifestation(subject) or " " in subject
    is_on_it = not is_form and (asked.on_manifestation or 2 * n_on_it > len(found))
    if (n_on_it if is_on_it else len(found)) < LEAST_EVIDENCE:
        return None
    return template.format(f"{subject}-{lexicon.manifestation}" if is_on_it else subject)
