"""Measure answers on a file of BioASQ questions (task b): what `ragqa eval bioasq FILE` does.

In: the JSON file of a BioASQ training or test set, {"questions": [{"id", "body", "type", "ideal_answer", "snippets": [{"document", "text"}]}]}.
The library is made of the snippets of all its questions, gathered by document, so each question is asked among those of all others. Out:
snippet precision, recall and F, ROUGE-2 and ROUGE-SU4 of the answer against the ideal answers, and how many questions were refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from ragqa.errors import DatasetInvalid
from ragqa.evaluation.foreign import ForeignText, Progress, open_over, safe_name
from ragqa.evaluation.rouge import RougeScores, rouge
from ragqa.protocols import Embedder
from ragqa.service import QAService
from ragqa.settings import Settings
from ragqa.types import Answer

LONGEST_ANSWER = 200
"""Words that are judged of an answer: the limit of the task."""
_HINT = "A BioASQ file is the JSON of a task b set, with ideal answers and snippets."


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage that experts marked; `document` is the last part of its address, which is the PubMed number."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class BioasqQuestion:
    """One question with its ideal answers and the snippets they rest on."""

    question_id: str
    text: str
    kind: str
    ideal: tuple[str, ...]
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class BioasqQuality:
    """Figures over the questions, each the mean over all of them, refusals counting 0."""

    n: int
    refused: int
    snippet_precision: float
    snippet_recall: float
    snippet_f1: float
    rouge_2: float
    rouge_su4: float


def load_bioasq(path: Path) -> tuple[BioasqQuestion, ...]:
    """Read a file of questions; those without ideal answer or snippets are left out. Raise `DatasetInvalid` naming the question."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["questions"]
        questions = tuple(_question(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise DatasetInvalid(f'"{path}" cannot be read as BioASQ questions ({type(exc).__name__}: {exc}). {_HINT}') from exc
    usable = tuple(question for question in questions if question.ideal and question.snippets)
    if not usable:
        raise DatasetInvalid(f'no question of "{path}" has both an ideal answer and snippets. {_HINT}')
    return usable


def measure_bioasq(questions: Sequence[BioasqQuestion], settings: Settings, work: Path, progress: Progress, encoder: Embedder | None = None) -> BioasqQuality:
    """Answer every question from the snippets of all, and judge the answers.

    The snippet figures are those of BioASQ: characters that quotes and marked snippets share, over those of the quotes (precision) and of
    the snippets (recall), F their harmonic mean.

    Source: Malakasiotis et al., "Evaluation measures for task B", BioASQ 2018.
    """
    texts = gather_documents(questions)
    service = open_over(texts.values(), settings, work, progress, encoder)
    answers: list[Answer] = []
    for done, question in enumerate(questions, start=1):
        answers.append(service.ask(question.text))
        progress("ask", done, len(questions))
    shares = [snippet_quality(service, question, answer) for question, answer in zip(questions, answers, strict=True)]
    scores = [answer_rouge(question, answer) for question, answer in zip(questions, answers, strict=True)]
    return BioasqQuality(
        n=len(questions),
        refused=sum(answer.abstained for answer in answers),
        snippet_precision=_mean([precision for precision, _ in shares]),
        snippet_recall=_mean([recall for _, recall in shares]),
        snippet_f1=_mean([_f1(*share) for share in shares]),
        rouge_2=_mean([score.rouge_2 for score in scores]),
        rouge_su4=_mean([score.rouge_su4 for score in scores]),
    )


def gather_documents(questions: Sequence[BioasqQuestion]) -> dict[str, ForeignText]:
    """Return the documents that all snippets come from, each made of its distinct snippets; one that another contains is left out."""
    passages: dict[str, list[str]] = {}
    for question in questions:
        for snippet in question.snippets:
            own = passages.setdefault(snippet.document, [])
            if not any(snippet.text in other for other in own):
                own[:] = [other for other in own if other not in snippet.text] + [snippet.text]
    return {document: ForeignText(safe_name(document), f"Document {document}", tuple(own)) for document, own in passages.items()}


def snippet_quality(service: QAService, question: BioasqQuestion, answer: Answer) -> tuple[float, float]:
    """Return (precision, recall) of the characters an answer quotes against those of the marked snippets; both 0 without quotes."""
    quoted = {
        (evidence.document_id, evidence.page, place)
        for statement in answer.statements
        for evidence in statement.evidence
        for place in range(evidence.start, evidence.end)
    }
    marked: set[tuple[str, int, int]] = set()
    by_slug = {document.slug: document.document_id for document in service.documents()}
    for snippet in question.snippets:
        document_id = by_slug.get(safe_name(snippet.document))
        for page, text in service.document_pages(document_id) if document_id else []:
            start = text.find(snippet.text)
            if start >= 0:
                marked.update((document_id or "", page, place) for place in range(start, start + len(snippet.text)))
    shared = len(quoted & marked)
    return (shared / len(quoted), shared / len(marked)) if quoted and marked else (0.0, 0.0)


def answer_rouge(question: BioasqQuestion, answer: Answer) -> RougeScores:
    """Return the ROUGE scores of the first statements of an answer, up to 200 words, against its ideal answers."""
    kept: list[str] = []
    for statement in answer.statements:
        if len(" ".join([*kept, statement.text]).split()) > LONGEST_ANSWER:
            break
        kept.append(statement.text)
    return rouge(" ".join(kept), question.ideal)


def _question(row: dict[str, Any]) -> BioasqQuestion:
    ideal = row.get("ideal_answer") or ()
    ideals = (ideal,) if isinstance(ideal, str) else tuple(str(each) for each in ideal)
    snippets = tuple(Snippet(str(each["document"]).rstrip("/").rsplit("/", 1)[-1], " ".join(str(each["text"]).split())) for each in row.get("snippets") or ())
    return BioasqQuestion(str(row["id"]), str(row["body"]), str(row.get("type", "")), ideals, tuple(snippet for snippet in snippets if snippet.text))


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 6)
