"""Baselines and ablations, judged by the same rules as the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.errors import SettingsInvalid
from ragqa.evaluation.ablations import ABLATIONS
from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.baselines import N_STATEMENTS, baselines
from ragqa.evaluation.citations import citation_precision
from ragqa.evaluation.figures import METRICS, figure
from ragqa.evaluation.questions import EvalQuestion, Expected, QuestionType
from ragqa.evaluation.records import EvalRun, load_run
from ragqa.evaluation.run import System, evaluate
from ragqa.evaluation.scoreboard import BEGIN, END, score_systems, scoreboard_markdown, write_between
from ragqa.service import QAService

_TELLING = frozenset({QuestionType.TREATMENT, QuestionType.SAFETY, QuestionType.TRIAL, QuestionType.MISSPELLING})
VITAL = next(metric for metric in METRICS if metric.key == "vital_recall")


@pytest.fixture(scope="module")
def systems(corpus_service: QAService, assessor: Assessor) -> tuple[System, ...]:
    """Return the baselines over the shipped corpus."""
    return baselines(corpus_service.reader(), assessor)


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
    answerable = [question for question in dev_questions if question.expected is not Expected.ABSTAIN][:40]
    ids = {question.id for question in answerable}
    own = figure([record for record in dev_run.records if record.question_id in ids], VITAL)
    assert own is not None

    for system in systems:
        reached = figure(evaluate(system, answerable, "dev", assessor, "").records, VITAL)
        assert reached is not None
        assert reached < own, system.name


def test_the_scoreboard_keeps_raw_outputs_and_broad_rules_tell(corpus_service: QAService, dev_questions: tuple[EvalQuestion, ...], tmp_path: Path) -> None:
    """One saved run a system and a table with a row for each; each rule's loss is a system of its own. The broad rules tell on a handful of questions."""
    asked = list({question.type: question for question in dev_questions if question.type in _TELLING}.values())
    rules = [ablation for ablation in ABLATIONS if ablation.name in ("population", "facets", "drugs", "score-cut")]
    runs = score_systems(corpus_service.settings, asked, "dev", tmp_path, lambda name: lambda done, total: None, rules)

    assert len(runs) == 5 + len(rules)
    assert {load_run(path).system for path in tmp_path.glob("*.json")} == {run.system for run in runs}
    table = scoreboard_markdown(runs, "2025-01-01")
    assert table.startswith(f"2025-01-01: {len(asked)} questions of the half `dev`")
    assert all(f"| {run.system} |" in table for run in runs)
    own = next(run.records for run in runs if run.system == "ragqa")
    telling = {run.system for run in runs if [record.statements for record in run.records] != [record.statements for record in own]}
    assert {f"without {rule.name}" for rule in rules} <= telling


def test_the_table_is_put_between_its_marks(tmp_path: Path) -> None:
    """What stood there before is replaced, the rest of the document stays; a document without marks is left as it is."""
    readme = tmp_path / "README.md"
    readme.write_text(f"Before\n{BEGIN}\nold\n{END}\nAfter\n", encoding="utf-8")

    for _ in range(2):
        write_between(readme, "| new |\n")

    assert readme.read_text(encoding="utf-8") == f"Before\n{BEGIN}\n\n| new |\n\n{END}\nAfter\n"
    readme.write_text("No marks", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="evaluation:begin"):
        write_between(readme, "| new |")
    assert readme.read_text(encoding="utf-8") == "No marks"
