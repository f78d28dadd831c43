"""Which sentences are worth reading: a first estimate from vectors and from arrays of tags, before any sentence is decoded.

It is `relevance.py` with what the arrays tell; what only the sentence itself tells counts as nothing. So a question reads a few hundred
sentences whatever the size of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.anchors import is_by
from ragqa.compose.asked import Asked
from ragqa.compose.facets import NEAR, NEAR_IN_STUDY, OVERVIEW
from ragqa.compose.relevance import WEIGHTS
from ragqa.protocols import Library
from ragqa.text.intent import facets_weighed
from ragqa.text.lexicon import Lexicon
from ragqa.types import DocumentKind, DocumentRecord, Facet, Ranking, Tier, Zone

_OF_TIER = {Tier.EXACT: 0.0, Tier.BROADER: WEIGHTS["broader"], Tier.CHILD: WEIGHTS["child"], Tier.SIBLING: WEIGHTS["sibling"], Tier.UNRELATED: -4.0}
_NEVER = -20.0
"""For a sentence that would be dropped: it lacks the treatment asked for, or its guideline is not for the asked."""
_ALWAYS = 20.0
_ON_SCOPE = (Facet.EVIDENCE_GAP, Facet.DESIGN)
_ABOUT_STUDY = (*_ON_SCOPE, Facet.BACKGROUND)
_OF_ABSTRACT = 0.6
"""How far a sentence of an abstract sums up its paper, where its section is not looked at."""


def shortlist(
    asked: Asked,
    rows: NDArray[np.int64],
    meaning: NDArray[np.float32],
    rankings: Sequence[Ranking],
    library: Library,
    lexicon: Lexicon,
    most: int,
    always: Sequence[int] = (),
) -> tuple[list[int], NDArray[np.float32], NDArray[np.float32]]:
    """Return at most so many of the sentences, those that most likely belong in the answer, their vectors, and the scores of their chunks.

    Args:
        asked: The question.
        rows: Shape (n,), rows of the sentences, ascending.
        meaning: Shape (dimension,), what vectors of sentences are compared with.
        rankings: The ranked chunks.
        library: Holds the sentences.
        lexicon: How populations are related.
        most: How many.
        always: Rows of sentences that are among them, however they are worded.

    Returns:
        Ascending rows; shape (number of rows, dimension); and shape (number of rows,), 0 for sentences outside the ranked chunks.
    """
    vectors, scores = library.sentence_vectors(rows), _chunk_scores(rows, rankings, library)
    if len(rows) <= most:
        return rows.tolist(), vectors, scores
    values = _estimates(asked, rows, vectors @ meaning, scores, library, lexicon)
    values[np.isin(rows, always)] = _ALWAYS
    # Of equal ones the first.
    places = np.sort(np.argsort(-values, kind="stable")[:most])
    return rows[places].tolist(), vectors[places], scores[places]


def studies_treatment(document: DocumentRecord, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a document is no guideline and its title names a treatment asked about."""
    return document.metadata.kind is not DocumentKind.GUIDELINE and not asked.drug_names.isdisjoint(drugs_in_title(document.metadata.title, lexicon))


def _chunk_scores(rows: NDArray[np.int64], rankings: Sequence[Ranking], library: Library) -> NDArray[np.float32]:
    """Return the score of the best ranked chunk that holds each sentence, 0 where none does."""
    hits = sorted((hit for ranking in rankings for hit in ranking), key=lambda hit: hit.score)
    bounds = np.searchsorted(rows, library.sentence_ranges([hit.row for hit in hits]))
    scores = np.zeros(len(rows), np.float32)
    for hit, (first, last) in zip(hits, bounds.tolist(), strict=True):
        scores[first:last] = hit.score
    return scores


def _estimates(
    asked: Asked, rows: NDArray[np.int64], cosines: NDArray[np.float32], chunk_scores: NDArray[np.float32], library: Library, lexicon: Lexicon
) -> NDArray[np.float32]:
    """Return a first estimate of each sentence, in log-odds without what is the same for all."""
    documents = _Documents(library, rows)
    total = np.float32(WEIGHTS["cosine"] + WEIGHTS["cosine_gap"]) * cosines + np.float32(WEIGHTS["chunk"]) * chunk_scores
    of_guidelines = documents.are(lambda document: document.metadata.kind is DocumentKind.GUIDELINE)
    fit = _facet_fit(asked, rows, library)
    if asked.is_overview:
        # What guidelines say of any side of care is shown by rule, however little it is like the question.
        fit[of_guidelines & library.carry(rows, "facet", OVERVIEW)] = 1.0
    total += np.float32(WEIGHTS["facet"]) * fit
    total += np.float32(WEIGHTS["summary"] * _OF_ABSTRACT) * library.carry(rows, "zone", [Zone.ABSTRACT])
    total += np.float32(WEIGHTS["guideline"]) * of_guidelines
    query = asked.query
    if query.populations:
        total += _of_populations(asked, rows, documents, library, lexicon)
    if asked.studies:
        total += np.float32(WEIGHTS["of_study"]) * documents.are(lambda document: is_by(document, asked.studies))
    elif asked.is_bound:
        own = documents.are(lambda document: studies_treatment(document, asked, lexicon)) & library.carry(rows, "facet", _ABOUT_STUDY)
        total[~(library.carry(rows, "drug", asked.drug_names | asked.drug_classes) | own)] = _NEVER
        if len(query.drugs) > 1:
            named = [library.carry(rows, "drug", [drug]) for drug in query.drugs]
            total += np.float32(WEIGHTS["all_drugs"]) * np.logical_and.reduce(named)
    not_for_them = documents.are(lambda document: asked.are_all_in(document.out_of_scope))
    if not_for_them.any():
        # Of a guideline that leaves the asked out, only the sentence that says so counts.
        total[not_for_them] = np.where(library.carry(rows, "facet", _ON_SCOPE), _ALWAYS, _NEVER)[not_for_them]
    return total


def _facet_fit(asked: Asked, rows: NDArray[np.int64], library: Library) -> NDArray[np.float32]:
    """Return how far the facets of each sentence serve the question, at the full weight of each facet; see `Asked.facet_fit`."""
    fit = np.zeros(len(rows), np.float32)
    for facet, worth in _worth(facets_weighed(asked.query), bool(asked.studies)):
        fit = np.maximum(fit, np.float32(worth) * library.carry(rows, "facet", [facet]))
    return fit


@lru_cache(maxsize=1024)
def _worth(wanted: tuple[Facet, ...], of_study: bool) -> tuple[tuple[Facet, float], ...]:
    """Return what each facet is worth to the wanted ones, where anything."""
    worth = {facet: max((1.0 if facet is each else NEAR.get(each, {}).get(facet, 0.0) for each in wanted), default=0.0) for facet in Facet}
    if of_study:
        worth = {facet: max(value, NEAR_IN_STUDY.get(facet, 0.0)) for facet, value in worth.items()}
    return tuple((facet, value) for facet, value in worth.items() if value)


def _of_populations(asked: Asked, rows: NDArray[np.int64], documents: _Documents, library: Library, lexicon: Lexicon) -> NDArray[np.float32]:
    """Return what the tier of each sentence adds; where only its document tells whom it is about, what the title names counts."""
    wanted = asked.query.populations
    names: dict[Tier, list[str]] = {}
    for name in library.tag_names("population"):
        names.setdefault(lexicon.relation(wanted, (name,)), []).append(name)
    added = documents.values(lambda document: _OF_TIER[lexicon.relation(wanted, _populations_in(document.metadata.title, lexicon))])
    added += np.float32(WEIGHTS["unsure_population"])
    for tier in (Tier.UNRELATED, Tier.SIBLING, Tier.CHILD, Tier.BROADER, Tier.EXACT):
        added[library.carry(rows, "population", names.get(tier, ()))] = _OF_TIER[tier]
    return added


@lru_cache(maxsize=32_768)
def _populations_in(title: str, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(mention.name for mention in lexicon.populations_in(title))


@lru_cache(maxsize=32_768)
def drugs_in_title(title: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the treatments that the title of a document names."""
    return frozenset(mention.name for mention in lexicon.interventions_in(title))


class _Documents:
    """The documents of sentences: a value is worked out once for each document."""

    def __init__(self, library: Library, rows: NDArray[np.int64]) -> None:
        places, self._which = np.unique(library.owners(rows), return_inverse=True)
        every = library.documents()
        self._documents = [every[place] for place in places.tolist()]

    def values(self, value: Callable[[DocumentRecord], float]) -> NDArray[np.float32]:
        """Return the value of the document of each sentence."""
        found: NDArray[np.float32] = np.array([value(document) for document in self._documents], np.float32)[self._which]
        return found

    def are(self, holds: Callable[[DocumentRecord], bool]) -> NDArray[np.bool_]:
        """Return whether something holds of the document of each sentence."""
        found: NDArray[np.bool_] = np.array([holds(document) for document in self._documents], np.bool_)[self._which]
        return found
