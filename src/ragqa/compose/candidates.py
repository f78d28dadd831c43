"""From ranked chunks to candidate sentences, each with its tier, its scores and the reasons for them.

Two ways in: the sentences of the ranked chunks, and slot retrieval by tags, which finds a sentence that answers the question although
its words do not ("Infectious complications were frequent …" for the harms of a drug). Sentences of unrelated populations, without the
drug or study that was asked for, and fragments are dropped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.asked import Asked
from ragqa.compose.claims import is_fragment
from ragqa.protocols import Library
from ragqa.settings import ComposeSettings
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import Lexicon
from ragqa.types import DocumentKind, DocumentRecord, Facet, Origin, Ranking, SentenceRecord, Tags, Tier

TIER_SCORES = {Tier.EXACT: 1.0, Tier.CHILD: 0.6, Tier.BROADER: 0.45, Tier.SIBLING: -0.6, Tier.UNRELATED: -1.0}
EVIDENCE_LADDER = {
    DocumentKind.GUIDELINE: 1.0,
    DocumentKind.SYSTEMATIC_REVIEW: 0.9,
    DocumentKind.RANDOMISED_TRIAL: 0.8,
    DocumentKind.CONSENSUS: 0.7,
    DocumentKind.COHORT: 0.55,
    DocumentKind.REGISTRY: 0.55,
    DocumentKind.CASE_SERIES: 0.3,
    DocumentKind.NARRATIVE_REVIEW: 0.3,
    DocumentKind.CASE_REPORT: 0.1,
    DocumentKind.OTHER: 0.3,
}
"""How much a design adds to the score of a statement, after GRADE's ordering of study designs."""
_ORIGIN_DISCOUNT = {Origin.EXPLICIT: 0.0, Origin.SECTION: 0.02, Origin.PARAGRAPH: 0.05, Origin.DOCUMENT: 0.1, Origin.UNKNOWN: 0.1}
_NUMBER_FACETS = frozenset({Facet.DOSING, Facet.OUTCOME, Facet.PROGNOSIS, Facet.EPIDEMIOLOGY, Facet.RISK_FACTOR})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may become a statement. `relevance` is in about [0, 1]; `score` adds tier, facet, drug and design."""

    record: SentenceRecord
    document: DocumentRecord
    tier: Tier
    cosine: float
    coverage: float
    """Share of the question's content words, by idf, that the sentence or its headings hold."""
    relevance: float
    facet_fit: float
    score: float
    why: tuple[tuple[str, float], ...]
    vector: NDArray[np.float32]

    @property
    def is_guideline(self) -> bool:
        """Whether it stands in a guideline itself; a guideline quoted by a review does not."""
        return self.document.metadata.kind is DocumentKind.GUIDELINE


def gather_candidates(
    asked: Asked,
    rankings: Sequence[Ranking],
    query_vector: NDArray[np.float32],
    library: Library,
    lexicon: Lexicon,
    settings: ComposeSettings,
) -> list[Candidate]:
    """Return the candidates of a question by descending score; equal scores by ascending row."""
    chunk_rows = sorted({hit.row for ranking in rankings for hit in ranking})
    records = {record.row: record for record in library.sentences_of(chunk_rows)}
    slots = [row for row in _slot_rows(asked, library, settings.slot_candidates) if row not in records]
    records.update({record.row: record for record in library.sentences(slots)})
    kept = [record for _, record in sorted(records.items()) if not is_fragment(record) and _fills_slots(record, asked)]
    if not kept:
        return []
    documents = {document.document_id: document for document in library.documents()}
    vectors = library.sentence_vectors([record.row for record in kept])
    cosines = vectors @ query_vector
    candidates: list[Candidate] = []
    for record, vector, cosine in zip(kept, vectors, cosines, strict=True):
        document = documents[record.document_id]
        tags = record.sentence.tags
        tier = lexicon.relation(asked.query.populations, tags.populations) if asked.query.populations else Tier.EXACT
        if tier is Tier.UNRELATED or _excludes(tags, asked):
            continue
        candidates.append(_score(record, document, tier, float(cosine), vector, asked))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.record.row))


def _excludes(tags: Tags, asked: Asked) -> bool:
    """Whether a sentence speaks of everyone but the asked population, or of a population the question leaves out."""
    query = asked.query
    asked_for = set(query.populations) - set(tags.populations)
    return bool(set(tags.populations) & set(query.excluded_populations)) or (bool(asked_for) and asked_for <= set(tags.excluded_populations))


def _slot_rows(asked: Asked, library: Library, limit: int) -> list[int]:
    """Return rows of sentences whose tags alone make them answers: the asked population with the asked facet, drug or study."""
    query = asked.query
    rows: list[int] = []
    if limit and query.populations and query.facets and not query.drugs:
        rows += library.tagged(populations=query.populations, facets=asked.facets_of_care, limit=limit)
    if limit and query.drugs:
        rows += library.tagged(populations=query.populations, drugs=query.drugs, facets=query.facets, limit=limit)
    return sorted(set(rows))


def _fills_slots(record: SentenceRecord, asked: Asked) -> bool:
    """Whether a sentence speaks of the drug that was asked for, by name or as the topic it stands under."""
    drugs = asked.query.drugs
    tags = record.sentence.tags
    return not drugs or bool(set(drugs) & (set(tags.drugs) | set(tags.topic_drugs)))


def _score(record: SentenceRecord, document: DocumentRecord, tier: Tier, cosine: float, vector: NDArray[np.float32], asked: Asked) -> Candidate:
    tags, query = record.sentence.tags, asked.query
    coverage = _coverage(record, document, asked)
    relevance = 0.55 * max(cosine, 0.0) + 0.45 * coverage
    fit = asked.facet_fit(tags.facets)
    named = len(set(query.drugs) & set(tags.drugs)) / len(query.drugs) if query.drugs else 0.0
    parts = {
        "relevance": relevance,
        "population": 0.45 * TIER_SCORES[tier] - (_ORIGIN_DISCOUNT[tags.population_origin] if query.populations else 0.0),
        "facet": 0.3 * fit,
        "drug": 0.3 * named,
        "study": 0.4 if query.anchors and speaks_of(record, document, query.anchors) else 0.0,
        "number": 0.1 if _NUMBER_FACETS & set(query.facets) and any(character.isdigit() for character in record.sentence.text) else 0.0,
        "evidence": 0.06 * EVIDENCE_LADDER[document.metadata.kind],
        "superseded": -0.1 if document.metadata.superseded_by else 0.0,
    }
    why = tuple((name, round(value, 4)) for name, value in parts.items() if value)
    return Candidate(record, document, tier, cosine, coverage, relevance, fit, round(sum(parts.values()), 6), why, vector)


def _coverage(record: SentenceRecord, document: DocumentRecord, asked: Asked) -> float:
    if not asked.terms:
        return 0.5
    heading = record.section.title if record.section.level > 1 else ""
    held = set(analyze(f"{record.sentence.text} {heading} {document.metadata.label}"))
    return sum(idf for term, idf in asked.terms if term in held) / asked.total_idf


def speaks_of(record: SentenceRecord, document: DocumentRecord, anchors: Sequence[str]) -> bool:
    """Whether a sentence belongs to a named study, issuer or author: in its text, its trial tags or its document's name."""
    metadata = document.metadata
    names = " ".join(
        [
            metadata.label,
            metadata.title,
            metadata.issuer or "",
            metadata.organisation or "",
            *metadata.authors[:3],
            metadata.doi or "",
            *record.sentence.tags.trials,
        ]
    )
    held = f" {' '.join(analyze(names + ' ' + record.sentence.text))} "
    return any(f" {' '.join(analyze(anchor))} " in held for anchor in anchors)
