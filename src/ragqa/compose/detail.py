"""One thing that a question asks more finely than its slots tell, and whether a statement is on what is asked about at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ragqa.compose.anchors import speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.facets import leading_facet
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.places import places_in
from ragqa.types import Facet

FITS = 0.5
"""How far a statement's facets must serve the question to count for a detail of it."""
_ABOUT_STUDY = frozenset({Facet.DESIGN, Facet.BACKGROUND})


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing asked for more finely than by a slot."""

    kind: str
    """Which reader found it; of several of a kind in one part, those that are held are answered."""
    name: str
    """What is missing where none holds it, in words."""
    turns: bool
    """Whether a part of a question that has nothing else of the kind is without an answer where it is missing."""
    holds: Callable[[Candidate], bool]


def is_on_it(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement is on the study asked about or, where none is named, on a treatment asked about; any where neither is."""
    if asked.studies:
        return speaks_of(candidate.record, candidate.document, asked.studies)
    tags = candidate.record.sentence.tags
    return not asked.query.drugs or not asked.drug_names.isdisjoint((*tags.drugs, *tags.topic_drugs))


def tells(candidate: Candidate) -> bool:
    """Whether a statement tells something found, and not how a study was made."""
    return leading_facet(candidate.record.sentence.tags) not in _ABOUT_STUDY


def is_from(candidate: Candidate, place: str, lexicon: Lexicon) -> bool:
    """Whether a statement, or its document by name, is on a place."""
    metadata = candidate.document.metadata
    return any(found.name == place for text in (candidate.record.sentence.text, metadata.label, metadata.title) for found in places_in(text, lexicon))


def places_named(text: str, lexicon: Lexicon) -> list[Mention]:
    """Return the places of a text that are no part of the name of an issuer."""
    issuers = lexicon.organisations_in(text)
    return [place for place in places_in(text, lexicon) if not any(issuer.start <= place.start < issuer.end for issuer in issuers)]


def with_drugs(asked: Asked, word: str = "with") -> str:
    """Return what a detail is asked for, to be said behind its name: " with rituximab", or " in" the study where no treatment is named."""
    names = " and ".join(asked.query.drugs) or (asked.studies[0] if asked.studies else "")
    return f" {word if asked.query.drugs else 'in'} {names}" if names else ""
