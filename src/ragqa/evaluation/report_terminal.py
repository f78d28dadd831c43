"""Runs and comparisons as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ragqa.evaluation.abstention import area_under_risk, refusals_by_reason, risk_coverage
from ragqa.evaluation.compare import Difference
from ragqa.evaluation.figures import METRICS, figure, figures
from ragqa.evaluation.records import NOT_APPLICABLE, EvalRun, QuestionRecord

if TYPE_CHECKING:
    from rich.table import Table

SCOREBOARD_COLUMNS = (
    "vital_recall",
    "nugget_recall",
    "useful",
    "population_precision",
    "citation_precision",
    "redundancy",
    "dangling",
    "forbidden",
    "refusal_recall",
    "false_refusal",
)
_TYPE_COLUMNS = ("vital_recall", "nugget_recall", "useful", "population_precision", "refusal_recall", "false_refusal")
_WORST = 12


def run_tables(run: EvalRun) -> list[Table]:
    """Return the tables of one run: figures, by type of question, refusals, and the questions that lost most."""
    tables = [_figures_table(run), _types_table(run), _refusals_table(run), _worst_table(run)]
    return [*tables, _measured_table(run)] if run.measured else tables


def comparison_table(differences: Iterable[Difference]) -> Table:
    """Return one row a figure: before, after, interval of the change, questions won and lost. Significant changes are marked."""
    table = _table("figure", "before", "after", "change, 95 %", "won", "lost", "")
    for difference in differences:
        verdict = "" if not difference.is_significant else "[red]worse[/]" if difference.is_loss else "[green]better[/]"
        interval = f"{difference.low:+.3f} … {difference.high:+.3f}"
        counts = (str(len(difference.won)), str(len(difference.lost)))
        table.add_row(difference.metric.title, f"{difference.before:.3f}", f"{difference.after:.3f}", interval, *counts, verdict)
    return table


def changed_questions_table(differences: Iterable[Difference], keys: Sequence[str] = ("vital_recall", "refusal_recall", "false_refusal", "forbidden")) -> Table:
    """Return the questions that were won and lost for the figures that matter most."""
    table = _table("figure", "won", "lost")
    for difference in differences:
        if difference.metric.key in keys and (difference.won or difference.lost):
            table.add_row(difference.metric.title, ", ".join(difference.won), ", ".join(difference.lost))
    return table


def scoreboard_table(runs: Sequence[EvalRun]) -> Table:
    """Return one row a system."""
    titles = {metric.key: metric.title for metric in METRICS}
    table = _table("system", *(titles[key] for key in SCOREBOARD_COLUMNS), "statements", "p50 ms")
    for row in scoreboard_rows(runs):
        table.add_row(*row)
    return table


def scoreboard_rows(runs: Sequence[EvalRun]) -> list[tuple[str, ...]]:
    """Return the cells of the scoreboard, one row a system: figures, mean statements an answer, median milliseconds."""
    rows = []
    for run in runs:
        values = figures(run.records)
        answered = [len(record.statements) for record in run.records if not record.abstained]
        mean = f"{sum(answered) / len(answered):.1f}" if answered else "–"
        p50 = f"{run.measured.latency_ms['answer'][0]:.0f}" if run.measured else "–"
        rows.append((run.system, *(_number(values[key]) for key in SCOREBOARD_COLUMNS), mean, p50))
    return rows


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; the first column is text, the others are figures."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figures_table(run: EvalRun) -> Table:
    table = _table(f"{run.system} · {run.split} · {len(run.records)} questions · {run.index_version}", "figure", "questions")
    for metric in METRICS:
        value = figure(run.records, metric)
        if value is not None:
            n = sum(record.shares.get(metric.key, NOT_APPLICABLE).of > 0 for record in run.records)
            table.add_row(metric.title, f"{value:.3f}", str(n))
    for name, share in run.ingestion.items():
        table.add_row(name.replace("_", " "), _number(share.value), f"{share.hits:.0f} of {share.of}")
    points = risk_coverage(run.records)
    if points:
        table.add_row("area under risk-coverage curve", _number(area_under_risk(points)), f"to {points[-1].coverage:.2f}")
    return table


def _types_table(run: EvalRun) -> Table:
    titles = {metric.key: metric for metric in METRICS}
    table = _table("type", "n", *(titles[key].title for key in _TYPE_COLUMNS))
    for name in dict.fromkeys(record.type for record in run.records):
        own = [record for record in run.records if record.type == name]
        table.add_row(name, str(len(own)), *(_number(figure(own, titles[key])) for key in _TYPE_COLUMNS))
    return table


def _refusals_table(run: EvalRun) -> Table:
    table = _table("what is missing", "n", "refused", "for the right reason")
    for row in refusals_by_reason(run.records):
        table.add_row(row.missing, str(row.n), f"{row.refused:g}", f"{row.reason_right:g}")
    return table


def _worst_table(run: EvalRun) -> Table:
    table = _table("lost most vital nuggets", "type", "vital", "status", "question")
    for record in worst(run.records)[:_WORST]:
        share = record.shares["vital_recall"]
        table.add_row(record.question_id, record.type, f"{share.hits:.0f} of {share.of}", record.reason or record.status, record.text)
    return table


def worst(records: Iterable[QuestionRecord]) -> list[QuestionRecord]:
    """Return answerable questions that lack vital nuggets, most lacking first; paraphrases left out."""
    lacking = [record for record in records if (share := record.shares["vital_recall"]).hits < share.of and record.question_id == record.base_id]
    return sorted(lacking, key=lambda record: (record.shares["vital_recall"].hits - record.shares["vital_recall"].of, record.question_id))


def _measured_table(run: EvalRun) -> Table:
    table = _table("stage", "p50 ms", "p95 ms")
    if run.measured:
        for stage, (p50, p95) in run.measured.latency_ms.items():
            table.add_row(stage, f"{p50:.1f}", f"{p95:.1f}")
        table.caption = f"{run.measured.wall_s:.0f} s in all, {run.measured.peak_memory_mb:.0f} MB at most"
    return table


def _table(*columns: str) -> Table:
    from rich.table import Table

    return Table(*columns, box=None, header_style="bold", pad_edge=False)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
