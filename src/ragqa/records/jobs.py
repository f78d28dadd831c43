"""Jobs: long work that was asked for, how far it is and how it ended, as every worker process of the service sees it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import insert, select, update

from ragqa.records.database import RecordTable
from ragqa.records.schema import jobs

State = Literal["queued", "running", "succeeded", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `done` of `total` items of `stage`; `result` is what it left (JSON), None while there is nothing."""

    job_id: str
    kind: str
    state: State
    stage: str
    done: int
    total: int
    message: str
    result: Any
    principal: str
    created: str
    updated: str


class Jobs(RecordTable):
    """The jobs."""

    def create(self, kind: str, principal: str) -> str:
        """Queue a job and return its id."""
        job_id, now = secrets.token_hex(8), self._now()
        values = {"stage": "", "done": 0, "total": 0, "message": "", "result": None, "created": now, "updated": now}
        with self._writing() as connection:
            connection.execute(insert(jobs).values(job_id=job_id, kind=kind, state="queued", principal=principal, **values))
        return job_id

    def update(
        self,
        job_id: str,
        *,
        state: State | None = None,
        stage: str | None = None,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        result: Any = None,
    ) -> None:
        """Write down what has changed; what is not given stays."""
        given = {"state": state, "stage": stage, "done": done, "total": total, "message": message}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if result is not None:
            values["result"] = json.dumps(result, ensure_ascii=False)
        with self._writing() as connection:
            connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(**values, updated=self._now()))

    def get(self, job_id: str) -> Job | None:
        """Return a job; None where there is none under that id."""
        with self._reading() as connection:
            row = connection.execute(select(jobs).where(jobs.c.job_id == job_id)).mappings().first()
        return _job(dict(row)) if row else None

    def list(self, limit: int = 200) -> list[Job]:
        """Return jobs, the latest first."""
        query = select(jobs).order_by(jobs.c.created.desc(), jobs.c.job_id).limit(limit)
        with self._reading() as connection:
            return [_job(dict(row)) for row in connection.execute(query).mappings()]


def _job(row: dict[str, Any]) -> Job:
    return Job(**row | {"result": json.loads(row["result"]) if row["result"] else None})
