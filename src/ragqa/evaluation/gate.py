"""Hold the current state against the last accepted one: `eval/baseline.json` is written by `ragqa eval accept` and read by every test run.

The baseline keeps the shares of every question rather than the figures alone, so that a loss can be told from chance and be laid to the
questions that caused it. A figure fails where the interval of its change lies wholly on the losing side; figures that may never slip
(citations, contradictions, leaks) fail at any loss.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.compare import Difference, compare_records
from ragqa.evaluation.figures import METRICS, figures
from ragqa.evaluation.questions import EvalQuestion
from ragqa.evaluation.records import EvalRun, QuestionRecord, Share

NEVER_WORSE = frozenset({"citation_precision", "citation_recall", "contradiction", "indirect_leak"})
MOST_QUESTIONS_NAMED = 12


@dataclass(frozen=True, slots=True)
class Failure:
    """One figure that got worse, in words that name the questions."""

    key: str
    message: str


def quick_part(questions: Sequence[EvalQuestion]) -> tuple[EvalQuestion, ...]:
    """Return the questions that every test run asks: about half of those given, fixed for ever by their base id, paraphrases left out."""
    return tuple(question for question in questions if question.paraphrase_of is None and hashlib.sha256(question.base_id.encode()).digest()[1] % 2)


def accept(run: EvalRun, path: Path, questions: str, date: str) -> None:
    """Write a run as the new baseline.

    Args:
        run: What is accepted.
        path: The baseline file.
        questions: File of the questions, for the record.
        date: Day of acceptance, for the record.
    """
    head = {
        "accepted": date,
        "command": "ragqa eval accept",
        "questions": questions,
        "questions_digest": run.questions_digest,
        "split": run.split,
        "index_version": run.index_version,
        "settings_hash": run.settings_hash,
        "figures": {key: value for key, value in figures(run.records).items() if value is not None},
    }
    lines = [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    # One question a line, so that a change of the baseline can be read as a difference of lines.
    rows = [json.dumps(record.question_id) + ": " + json.dumps(_kept(record), separators=(",", ":")) for record in run.records]
    lines.append('"records": {\n' + ",\n".join(rows) + "\n}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def hold_against(run: EvalRun, path: Path) -> tuple[Failure, ...]:
    """Return every figure of a run that is significantly worse than in the baseline, over the questions that both hold."""
    baseline = _records(path)
    gated = [metric for metric in METRICS if metric.gated]
    return tuple(_failure(difference) for difference in compare_records(baseline, run.records, gated) if _fails(difference))


def baseline_split(path: Path) -> str:
    """Return which half of the questions a baseline was made on."""
    return str(_read(path)["split"])


def _fails(difference: Difference) -> bool:
    if difference.metric.key in NEVER_WORSE:
        change = difference.after - difference.before
        return change < 0 if difference.metric.higher_is_better else change > 0
    return difference.is_loss


def _failure(difference: Difference) -> Failure:
    named = ", ".join(difference.lost[:MOST_QUESTIONS_NAMED]) + (" …" if len(difference.lost) > MOST_QUESTIONS_NAMED else "")
    change = f"{difference.before:.3f} to {difference.after:.3f} (change {difference.low:+.3f} to {difference.high:+.3f})"
    return Failure(difference.metric.key, f"{difference.metric.title} went from {change}; worse on {len(difference.lost)}: {named}")


def _kept(record: QuestionRecord) -> dict[str, object]:
    return {"base": record.base_id, **{key: [share.hits, share.of] for key, share in record.shares.items() if share.of}}


def _records(path: Path) -> Sequence[QuestionRecord]:
    return [_record(name, row) for name, row in _read(path)["records"].items()]


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {"split": kept["split"], "records": dict(kept["records"])}
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise QuestionSetInvalid(f'the baseline "{path}" cannot be read ({exc}). Write a new one with "ragqa eval accept".') from exc


def _record(name: str, row: dict[str, object]) -> QuestionRecord:
    shares = {key: Share(*value) for key, value in row.items() if isinstance(value, list)}
    return QuestionRecord(name, str(row["base"]), "", "", "", None, "", None, 0.0, (), (), shares)
