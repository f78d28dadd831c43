"""What a system must beat: simple ways to pick sentences, over the same library and judged by the same rules.

Each reads the stored sentences and quotes them whole, so their citations hold by construction; what they lack is knowing which sentences
answer the question, and when none does: no baseline ever abstains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ragqa.evaluation.assessor import Assessor
from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.run import System
from ragqa.retrieval.fusion import reciprocal_rank_fusion
from ragqa.service import Reader
from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    DocumentRecord,
    Evidence,
    Facet,
    SentenceRecord,
    Source,
    Statement,
    StatementGroup,
    Tier,
    Zone,
)

N_STATEMENTS = 12
"""Statements of an answer, as in the ladder of composition.md section 2."""
_ZONES = frozenset({Zone.ABSTRACT, Zone.BODY})
_Scores = NDArray[np.float32]


def baselines(reader: Reader, assessor: Assessor) -> tuple[System, ...]:
    """Return the baseline systems over one generation; the assessor lends the vectors of its texts, which hold no headings."""
    sentences = _Sentences(reader, assessor)

    def system(name: str, rank: Callable[[str], Sequence[tuple[int, float]]]) -> System:
        def ask(question: EvalQuestion, timings: dict[str, float]) -> Answer:
            return sentences.answer(question.text, rank(question.text)[:N_STATEMENTS], name)

        return System(name, ask)

    return (
        system("lead sentences", sentences.lead),
        system("rank-bm25 sentences", lambda text: _best(sentences.bm25(text))),
        system("dense sentences", lambda text: _best(sentences.dense(text))),
        system("naive hybrid", sentences.hybrid),
    )


class _Sentences:
    """Every sentence of abstract and body, with what ranks them."""

    def __init__(self, reader: Reader, assessor: Assessor) -> None:
        from rank_bm25 import BM25Okapi

        library = reader.library
        self._reader = reader
        self._documents = {document.document_id: document for document in library.documents()}
        self._records = [record for record in library.sentences(range(library.n_sentences)) if record.section.zone in _ZONES]
        texts = [record.sentence.text for record in self._records]
        self._vectors = assessor.vectors(texts)
        # Lower-cased words split on blanks, as such systems are often built.
        self._bm25 = BM25Okapi([text.lower().split() for text in texts])

    def bm25(self, text: str) -> _Scores:
        return np.asarray(self._bm25.get_scores(text.lower().split()), dtype=np.float32)

    def dense(self, text: str) -> _Scores:
        scores: _Scores = self._vectors @ self._reader.embedder.embed_queries([text])[0]
        return scores

    def hybrid(self, text: str) -> list[tuple[int, float]]:
        """Fuse both by reciprocal rank with the usual constant of 60."""
        return reciprocal_rank_fusion([[place for place, _ in _best(scores)[:100]] for scores in (self.bm25(text), self.dense(text))], c=60)

    def lead(self, text: str) -> list[tuple[int, float]]:
        """Return the first three sentences of each of the documents whose best sentence is nearest."""
        picked: list[tuple[int, float]] = []
        for place, score in _best(self.dense(text)):
            document_id = self._records[place].document_id
            if len(picked) >= N_STATEMENTS:
                break
            if all(self._records[other].document_id != document_id for other, _ in picked):
                picked += [(other, score) for other, record in enumerate(self._records) if record.document_id == document_id][:3]
        return picked

    def answer(self, question: str, ranking: Sequence[tuple[int, float]], name: str) -> Answer:
        """Return an answer that quotes sentences whole, in the order of their ranking."""
        documents = list(dict.fromkeys(self._records[place].document_id for place, _ in ranking))
        statements = [self._statement(number, place, score, documents) for number, (place, score) in enumerate(ranking, start=1)]
        section = AnswerSection("research", "Sentences", (StatementGroup("background", "Sentences", tuple(statements)),))
        return Answer(
            answer_id="",
            question=question,
            interpreted_question=question,
            status=AnswerStatus.ANSWERED,
            index_version=self._reader.library.version,
            composer=name,
            settings_hash="",
            sections=(section,),
            sources=tuple(_source(number, self._documents[document_id]) for number, document_id in enumerate(documents, start=1)),
            disclaimer="",
        )

    def _statement(self, number: int, place: int, score: float, documents: Sequence[str]) -> Statement:
        record = self._records[place]
        tags = record.sentence.tags
        return Statement(
            statement_id=f"s{number}",
            text=record.sentence.text,
            populations=tags.populations,
            population_tier=Tier.EXACT,
            population_origin=tags.population_origin,
            facet=tags.facets[0][0] if tags.facets else Facet.BACKGROUND,
            evidence=self._evidence(record, documents.index(record.document_id) + 1),
            drugs=tags.drugs,
            score=float(score),
        )

    def _evidence(self, record: SentenceRecord, source: int) -> tuple[Evidence, ...]:
        document = self._documents[record.document_id]
        pages = ((span, self._reader.library.page_text(record.document_id, span.page)) for span in record.sentence.spans)
        return tuple(
            Evidence(source, document.document_id, document.sha256, record.section.path, span.page, span.start, span.end, page[span.start : span.end])
            for span, page in pages
        )


def _source(number: int, document: DocumentRecord) -> Source:
    metadata = document.metadata
    return Source(number, document.document_id, document.sha256, metadata.title, metadata.label, metadata.kind)


def _best(scores: _Scores) -> list[tuple[int, float]]:
    """Return (place, score) by descending score; equal scores by ascending place."""
    return [(int(place), float(scores[place])) for place in np.argsort(-scores, kind="stable")]
