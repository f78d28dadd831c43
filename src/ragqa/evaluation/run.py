"""Run a system over questions and judge every answer: questions in, one `EvalRun` out.

The compared part is the same each time for one system, index and set of questions; latency and memory stand beside it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Literal

from ragqa.evaluation import citations, metrics
from ragqa.evaluation.abstention import confidence
from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.figures import measure
from ragqa.evaluation.ingestion import ingestion_fidelity
from ragqa.evaluation.questions import EvalQuestion, Importance, load_questions
from ragqa.evaluation.records import EvalRun, Measured, NuggetRecord, QuestionRecord, Share, StatementRecord
from ragqa.evaluation.retrieval_metrics import retrieval_shares
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Answer

Half = Literal["dev", "test", "all"]
HALVES: dict[str, Half] = {"dev": "dev", "test": "test", "all": "all"}
Ask = Callable[[EvalQuestion, dict[str, float]], Answer]
"""Answers one question; puts milliseconds by stage into the dict."""
Progress = Callable[[int, int], None]
"""Called with the number of questions done and their total."""


@dataclass(frozen=True, slots=True)
class System:
    """Something that answers questions, by name."""

    name: str
    ask: Ask
    settings_hash: str = ""


def questions_of(path: Path, split: Half) -> tuple[EvalQuestion, ...]:
    """Return the questions of a file that belong to a half, or all."""
    return tuple(question for question in load_questions(path) if split in ("all", question.split))


def service_system(service: QAService, name: str = "ragqa") -> System:
    """Return the question-answering service as a system. A turn of a conversation is read in the light of the turns asked before it."""
    asked: dict[str, list[str]] = {}
    answers: dict[str, Answer] = {}

    def ask(question: EvalQuestion, timings: dict[str, float]) -> Answer:
        text = question.text
        if question.conversation:
            before = asked.setdefault(question.conversation, []) if question.turn != 1 else []
            text = service.interpret(text, before, answers.get(question.conversation)).asked_as
            asked[question.conversation] = [*before, text]
        answer = service.ask(text, question.audience, timings=timings)
        if question.conversation:
            answers[question.conversation] = answer
        return answer

    return System(name, ask, service.settings.answer_hash)


def assessor_of(service: QAService) -> Assessor:
    """Return an assessor over the library of a service."""
    reader = service.reader()
    return Assessor(reader.library, reader.embedder, load_lexicon())


def evaluate_service(service: QAService, questions: Sequence[EvalQuestion], split: Half, progress: Progress = lambda done, total: None) -> EvalRun:
    """Judge the service whole: ingestion, retrieval, answers, latency and memory."""
    reader = service.reader()
    shares = retrieval_shares(reader, questions, service.settings.retrieval.pool)
    ingestion = ingestion_fidelity(reader.library, service.settings.corpus)
    return evaluate(service_system(service), questions, split, assessor_of(service), reader.library.version, shares, ingestion, progress)


def evaluate(
    system: System,
    questions: Sequence[EvalQuestion],
    split: Half,
    assessor: Assessor,
    index_version: str,
    retrieval: dict[str, dict[str, Share]] | None = None,
    ingestion: dict[str, Share] | None = None,
    progress: Progress = lambda done, total: None,
) -> EvalRun:
    """Ask every question, then judge every answer.

    Args:
        system: What answers.
        questions: Asked in order; a paraphrase is compared with its base where that is among them.
        split: Which half they are, for the record.
        assessor: Judges the answers.
        index_version: The library that was asked, for the record.
        retrieval: Shares of retrieval metrics by question id, where they were measured.
        ingestion: Shares of ingestion fidelity, where they were measured.
        progress: Told after each answer.
    """
    start = time.perf_counter()
    laps: dict[str, list[float]] = {}
    answers: dict[str, Answer] = {}
    for done, question in enumerate(questions, start=1):
        timings: dict[str, float] = {}
        asked = time.perf_counter()
        answers[question.id] = system.ask(question, timings)
        timings["answer"] = (time.perf_counter() - asked) * 1000
        for stage, lap_ms in timings.items():
            laps.setdefault(stage, []).append(lap_ms)
        progress(done, len(questions))
    records = []
    for question in questions:
        base = answers.get(question.paraphrase_of) if question.paraphrase_of else None
        record = judge(Case(question, answers[question.id], assessor, base), (retrieval or {}).get(question.id, {}))
        records.append(record)
    measured = Measured({stage: _p50_p95(values) for stage, values in laps.items()}, time.perf_counter() - start, _peak_memory_mb())
    return EvalRun(system.name, split, index_version, system.settings_hash, digest(questions), tuple(records), ingestion or {}, measured)


def judge(case: Case, retrieval: dict[str, Share]) -> QuestionRecord:
    """Return the record of one answered question."""
    question, answer = case.question, case.answer
    statements = _statement_records(case)
    found = {place for statement in statements for place in statement.nuggets}
    nuggets = tuple(NuggetRecord(nugget.text, nugget.importance is Importance.VITAL, place in found) for place, nugget in enumerate(question.nuggets))
    return QuestionRecord(
        question_id=question.id,
        base_id=question.base_id,
        text=question.text,
        type=question.type.value,
        expected=question.expected.value,
        missing=question.reason.value if question.reason else None,
        status=answer.status.value,
        reason=answer.reason.code if answer.reason else None,
        confidence=round(confidence(answer), 6),
        statements=statements,
        nuggets=nuggets,
        shares=measure(case) | retrieval,
    )


def digest(questions: Sequence[EvalQuestion]) -> str:
    """Return 12 hexadecimal digits over questions as they are judged."""
    return hashlib.sha256("\n".join(map(repr, questions)).encode()).hexdigest()[:12]


def _statement_records(case: Case) -> tuple[StatementRecord, ...]:
    repeated = iter(metrics.repeated(case, same_drugs=True))
    records = []
    for section in case.answer.sections:
        for group in section.groups:
            for statement in group.statements:
                faults = {
                    "citation_recall": not citations.is_supported(case, statement),
                    "contradiction": citations.contradicts(statement),
                    "badge_precision": not citations.has_right_badge(statement),
                    "population_precision": section.section_id != metrics.INDIRECT and not metrics.is_about_allowed(case, statement),
                    "redundancy": next(repeated),
                    "dangling": metrics.is_dangling(statement),
                    "forbidden": bool(case.question.forbidden_in(statement.text)),
                }
                documents = (case.assessor.document(each.document_id) for each in statement.evidence)
                records.append(
                    StatementRecord(
                        section=section.title,
                        group=group.title,
                        text=statement.text,
                        populations=statement.populations,
                        tier=statement.population_tier.value,
                        facet=statement.facet.value,
                        sources=tuple(dict.fromkeys(document.slug for document in documents if document)),
                        quotes=tuple(each.quote for each in statement.evidence),
                        nuggets=metrics.nuggets_said(case, statement),
                        faults=tuple(name for name, is_so in faults.items() if is_so),
                    )
                )
    return tuple(records)


def _p50_p95(values: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else [values[0]] * 19
    return round(cuts[9], 3), round(cuts[18], 3)


def _peak_memory_mb() -> float:
    """Return the most memory the process has held, in megabytes."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
