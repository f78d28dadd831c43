"""What an evaluation leaves behind: one record a question, and the run they make together.

Every figure is made of shares (so many of so many) that each question contributes, so that figures can be averaged, compared between runs
question by question, resampled, and stored as JSON. What a clock or the machine decides stands apart in `Measured`, and is never compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ragqa.errors import QuestionSetInvalid


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `hits` may hold halves; `of` is 0 where the figure does not apply to the question."""

    hits: float
    of: int

    @property
    def value(self) -> float | None:
        """Return hits / of, None where the figure does not apply."""
        return self.hits / self.of if self.of else None


NOT_APPLICABLE = Share(0.0, 0)


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """One statement as judged. `nuggets` are the places of the question's nuggets it says."""

    section: str
    group: str
    text: str
    populations: tuple[str, ...]
    tier: str
    facet: str
    sources: tuple[str, ...]
    """Slugs of the documents it cites."""
    quotes: tuple[str, ...]
    nuggets: tuple[int, ...]
    faults: tuple[str, ...]
    """What is wrong with it, by the key of the figure that it lowers."""


@dataclass(frozen=True, slots=True)
class NuggetRecord:
    """One nugget of the question, and whether a statement said it."""

    text: str
    is_vital: bool
    found: bool


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """One question, what the system answered, and what each figure made of it."""

    question_id: str
    base_id: str
    text: str
    type: str
    expected: str
    missing: str | None
    """Why the library holds no answer, where it holds none."""
    status: str
    reason: str | None
    """Code of the reason that the system gave for abstaining."""
    confidence: float
    """How sure the system was: what the risk-coverage curve sorts by."""
    statements: tuple[StatementRecord, ...]
    nuggets: tuple[NuggetRecord, ...]
    shares: dict[str, Share]
    """By key of the metric."""

    @property
    def abstained(self) -> bool:
        """Whether the system gave no answer."""
        return self.status == "insufficient_evidence"


@dataclass(frozen=True, slots=True)
class Measured:
    """What depends on the machine. Milliseconds by stage as (p50, p95); seconds and megabytes of the whole run."""

    latency_ms: dict[str, tuple[float, float]]
    wall_s: float
    peak_memory_mb: float


@dataclass(frozen=True, slots=True)
class EvalRun:
    """One system on one set of questions. Two runs of one system on one index are equal, `measured` aside."""

    system: str
    split: str
    index_version: str
    settings_hash: str
    questions_digest: str
    records: tuple[QuestionRecord, ...]
    ingestion: dict[str, Share]
    measured: Measured | None = None


_RUN = TypeAdapter(EvalRun)


def save_run(run: EvalRun, path: Path) -> None:
    """Write a run as JSON; equal runs give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_RUN.dump_json(run, indent=1))


def load_run(path: Path) -> EvalRun:
    """Read a run; raise `QuestionSetInvalid` where the file is not one."""
    try:
        return _RUN.validate_json(path.read_bytes())
    except (OSError, ValidationError) as exc:
        first = str(exc).splitlines()[0]
        raise QuestionSetInvalid(f'"{path}" is not a saved evaluation ({first}). Write one with "ragqa eval run --json {path}".') from exc


def total(shares: Iterable[Share]) -> Share:
    """Return the sum of shares."""
    known = list(shares)
    return Share(sum(share.hits for share in known), sum(share.of for share in known))


def by_id(records: Iterable[QuestionRecord]) -> Mapping[str, QuestionRecord]:
    """Return records by the id of their question."""
    return {record.question_id: record for record in records}
