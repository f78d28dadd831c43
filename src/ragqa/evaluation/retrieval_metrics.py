"""How well passages are ranked for the questions, before anything is composed; guidelines and research apart, as the service ranks them.

A document is relevant when a nugget of the question names it, a passage when a sentence of it says a nugget of its document. A document
ranks where its best passage does. All metrics come from ir-measures: nDCG@10 (Järvelin and Kekäläinen, TOIS 2002), recall@50 and
reciprocal rank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.records import Share
from ragqa.protocols import Library
from ragqa.service import GUIDELINE_KINDS, RESEARCH_KINDS, Reader
from ragqa.types import DocumentKind, Filters

KINDS: Mapping[str, tuple[DocumentKind, ...]] = {"guideline": GUIDELINE_KINDS, "research": RESEARCH_KINDS}
_Judgments = dict[str, dict[str, int]]


def retrieval_shares(reader: Reader, questions: Sequence[EvalQuestion], depth: int) -> dict[str, dict[str, Share]]:
    """Return for each question id its shares by metric key; kinds of which a question names no document are left out.

    Args:
        reader: An open generation.
        questions: Those without nuggets are left out.
        depth: Passages ranked for each question and kind.
    """
    from ir_measures import RR, R, iter_calc, nDCG

    shares: dict[str, dict[str, Share]] = defaultdict(dict)
    judged = _Judged(reader.library)
    for kind, kinds in KINDS.items():
        documents, passages = judged.of_kind(questions, kinds)
        rankings = {question.id: _rows(reader, question.text, kinds, depth) for question in questions if question.id in documents}
        as_documents = {name: [judged.slug_of[row] for row in rows] for name, rows in rankings.items()}
        as_passages = {name: [str(row) for row in rows] for name, rows in rankings.items() if name in passages}
        named = {nDCG @ 10: "ndcg10", R @ 50: "recall50", RR: "mrr"}
        for measured in iter_calc(list(named), documents, _run(as_documents)) if documents else ():
            shares[measured.query_id][f"{named[measured.measure]}_{kind}"] = Share(round(measured.value, 6), 1)
        for measured in iter_calc([nDCG @ 10], passages, _run(as_passages)) if passages else ():
            shares[measured.query_id][f"passage_ndcg10_{kind}"] = Share(round(measured.value, 6), 1)
    return dict(shares)


class _Judged:
    """Which documents and passages of one library say the nuggets of questions."""

    def __init__(self, library: Library) -> None:
        self._documents = {document.slug: document for document in library.documents()}
        self.slug_of = {row: document.slug for document in library.documents() for row in library.chunk_rows(document.document_id)}
        self._chunks = {
            slug: [(row, [record.sentence.text for record in library.sentences_of([row])]) for row in library.chunk_rows(document.document_id)]
            for slug, document in self._documents.items()
        }

    def of_kind(self, questions: Sequence[EvalQuestion], kinds: tuple[DocumentKind, ...]) -> tuple[_Judgments, _Judgments]:
        """Return the relevant documents and the relevant passages of each question that has any of these kinds."""
        documents: _Judgments = defaultdict(dict)
        passages: _Judgments = defaultdict(dict)
        for question in questions:
            for nugget in question.nuggets:
                for slug in nugget.documents:
                    if slug in self._documents and self._documents[slug].metadata.kind in kinds:
                        documents[question.id][slug] = 1
                        saying = (str(row) for row, texts in self._chunks[slug] if any(map(nugget.is_in, texts)))
                        passages[question.id].update(dict.fromkeys(saying, 1))
        return dict(documents), {name: judged for name, judged in passages.items() if judged}


def _rows(reader: Reader, text: str, kinds: tuple[DocumentKind, ...], depth: int) -> list[int]:
    return [hit.row for hit in reader.retriever.search([reader.analyse(text)], depth, Filters(kinds=kinds))[0]]


def _run(rankings: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Return rankings as scores by rank, the first place of each name counting; a question that finds nothing keeps a name no judgment holds."""
    return {name: {found: -float(rank) for rank, found in enumerate(dict.fromkeys(ranking))} or {"": 0.0} for name, ranking in rankings.items()}
