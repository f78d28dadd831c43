"""Jobs: what was asked for, how far it is, how it ended; as a stream for those who wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from ragqa.errors import JobNotFound
from ragqa.records.jobs import Job
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.library_schema import JobOut, JobsOut, report_of
from ragqa.web.problems import problems

_LOOK_S = 0.25
_HEARTBEAT_S = 15.0
"""A comment goes out at least so often, so that nothing on the way closes a quiet stream."""

Reader = Annotated[Principal, Depends(requires(Permission.READ))]


def job_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["library"])

    @router.get("/v1/jobs", responses=problems(400, 401, 403, 422, 429), summary="List jobs, the latest first")
    def jobs(_: Reader, limit: Annotated[int, Query(ge=1, le=100, description="most jobs to return")] = 20) -> JobsOut:
        return JobsOut(jobs=[job_out(job) for job in context.records.jobs.list()[:limit]])

    @router.get("/v1/jobs/{job_id}", responses=problems(400, 401, 403, 404, 422, 429), summary="Read one job")
    def job(_: Reader, job_id: str) -> JobOut:
        return read_job(context, job_id)

    @router.get(
        "/v1/jobs/{job_id}/events",
        response_class=StreamingResponse,
        responses=problems(400, 401, 403, 404, 422, 429)
        | {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "the events"}},
        summary="Follow one job",
    )
    async def events(_: Reader, job_id: str) -> StreamingResponse:
        """Send an event `progress` whenever the job changes and `done` when it has ended, each with the job as data; then the stream ends."""
        first = await run_in_threadpool(read_job, context, job_id)
        return StreamingResponse(_follow(context, first), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return router


def read_job(context: Context, job_id: str) -> JobOut:
    """Return a job; raise `JobNotFound`."""
    job = context.records.jobs.get(job_id)
    if job is None:
        raise JobNotFound(f'no job "{job_id}". GET /v1/jobs lists them.')
    return job_out(job)


def job_out(job: Job) -> JobOut:
    """Return the shape of a job."""
    return JobOut(
        job_id=job.job_id,
        kind=job.kind,
        state=job.state,
        stage=job.stage,
        done=job.done,
        total=job.total,
        message=job.message,
        principal=job.principal,
        created=job.created,
        updated=job.updated,
        report=report_of(job.result),
    )


async def _follow(context: Context, job: JobOut) -> AsyncIterator[bytes]:
    """Yield the events of a job, from its state now to its end."""
    loop = asyncio.get_running_loop()
    yield _event("progress", job)
    sent = loop.time()
    while not job.has_ended:
        await asyncio.sleep(_LOOK_S)
        latest = await run_in_threadpool(read_job, context, job.job_id)
        if latest != job:
            job = latest
            yield _event("progress", job)
        elif loop.time() - sent >= _HEARTBEAT_S:
            yield b": still here\n\n"
        else:
            continue
        sent = loop.time()
    yield _event("done", job)


def _event(name: str, job: JobOut) -> bytes:
    return format_sse_event(event=name, data_str=job.model_dump_json())
