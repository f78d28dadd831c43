"""Baselines and ablations, judged by the same rules as the system."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragqa.evaluation.ablations import ABLATIONS, open_without
from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.baselines import N_STATEMENTS, baselines
from ragqa.evaluation.citations import citation_precision
from ragqa.evaluation.figures import METRICS, figure
from ragqa.evaluation.questions import EvalQuestion, Expected
from ragqa.evaluation.records import EvalRun, load_run
from ragqa.evaluation.run import System, evaluate
from ragqa.evaluation.scoreboard import score_systems
from ragqa.service import QAService

VITAL = next(metric for metric in METRICS if metric.key == "vital_recall")


@pytest.fixture(scope="module")
def systems(corpus_service: QAService) -> tuple[System, ...]:
    """Return the baselines over the shipped corpus."""
    return baselines(corpus_service.reader())


def test_baselines_quote_the_library(systems: tuple[System, ...], dev_questions: tuple[EvalQuestion, ...], assessor: Assessor) -> None:
    """Each gives a full answer of whole sentences whose citations all hold, the best sentence first."""
    assert [system.name for system in systems] == ["lead sentences", "rank-bm25 sentences", "dense sentences", "naive hybrid"]
    for system in systems:
        answer = system.ask(dev_questions[0], {})
        assert len(answer.statements) == N_STATEMENTS
        assert citation_precision(Case(dev_questions[0], answer, assessor)).value == 1.0
        scores = [statement.score for statement in answer.statements]
        assert scores == sorted(scores, reverse=True)


def test_ragqa_beats_every_baseline(systems: tuple[System, ...], dev_questions: tuple[EvalQuestion, ...], dev_run: EvalRun, assessor: Assessor) -> None:
    """On answerable questions of the dev half no baseline reaches the vital recall of the system, although none ever refuses."""
    answerable = [question for question in dev_questions if question.expected is not Expected.ABSTAIN][:60]
    ids = {question.id for question in answerable}
    own = figure([record for record in dev_run.records if record.question_id in ids], VITAL)
    assert own is not None

    for system in systems:
        reached = figure(evaluate(system, answerable, "dev", assessor, "").records, VITAL)
        assert reached is not None
        assert reached < own, system.name


def test_each_ablation_changes_some_answer(corpus_service: QAService, dev_questions: tuple[EvalQuestion, ...]) -> None:
    """A rule whose loss changes no answer is not switched off, or is no rule. "repair" needs documents whose sentences lean on each other."""
    asked = dev_questions[::3]
    own = {question.id: corpus_service.ask(question.text).statements for question in asked}

    def changes(service: QAService) -> bool:
        return any(tuple(map(str, service.ask(question.text).statements)) != tuple(map(str, own[question.id])) for question in asked)

    idle = [ablation.name for ablation in ABLATIONS if not changes(open_without(corpus_service.settings, ablation))]

    assert set(idle) <= {"repair"}


def test_the_scoreboard_keeps_raw_outputs(corpus_service: QAService, dev_questions: tuple[EvalQuestion, ...], tmp_path: Path) -> None:
    """One saved run a system, and a table with a row for each."""
    questions = dev_questions[:3]
    runs = score_systems(corpus_service.settings, questions, "dev", tmp_path, lambda name: lambda done, total: None)

    assert len(runs) == 5 + len(ABLATIONS)
    assert {load_run(path).system for path in tmp_path.glob("*.json")} == {run.system for run in runs}
    table = (tmp_path / "scoreboard.md").read_text(encoding="utf-8")
    assert all(f"| {run.system} |" in table for run in runs)
    assert len(json.loads((tmp_path / "ragqa.json").read_text(encoding="utf-8"))["records"]) == 3
