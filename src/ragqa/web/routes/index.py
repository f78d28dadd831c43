"""The index: what is served now, build it anew, go back to the generation before."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.library_schema import IndexOut, JobStartedOut, RolledBackOut
from ragqa.web.problems import problems
from ragqa.web.routes.jobs import job_out

Reader = Annotated[Principal, Depends(requires(Permission.READ))]
Curator = Annotated[Principal, Depends(requires(Permission.UPLOAD))]


def index_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["library"])
    curation = context.curation

    @router.get("/v1/index", responses=problems(400, 401, 403, 429, 503), summary="Describe the index")
    def index(_: Reader) -> IndexOut:
        status: dict[str, Any] = context.service.index_status()
        manifest = curation.manifest()
        known = {"created": manifest.created, "digest": manifest.digest, "problems": list(manifest.problems)} if manifest else {}
        job = next((job for job in reversed(context.records.jobs.list()) if job.state in ("queued", "running")), None)
        more = {"rollback_to": curation.rollback_target(), "job": job_out(job) if job else None}
        return IndexOut.model_validate({"created": None, "digest": None, "problems": []} | status | known | more)

    @router.post("/v1/index/rebuild", status_code=202, responses=problems(400, 401, 403, 429, 507), summary="Build the index anew")
    def rebuild(principal: Curator) -> JobStartedOut:
        """Bring the index up to date with the corpus; the generation there is answers meanwhile. Whoever asks twice gets the job that waits already."""
        context.audit(principal, "rebuild", "index", {})
        return JobStartedOut(job_id=curation.request_build(principal.name, at_once=True))

    @router.post("/v1/index/rollback", responses=problems(400, 401, 403, 409, 429, 503), summary="Go back to the generation before")
    def rollback(principal: Curator) -> RolledBackOut:
        """Have the generation before the current one answer again. The corpus stays as it is, so the next build makes a new one from it."""
        generation = curation.rollback()
        context.audit(principal, "rollback", generation, {})
        return RolledBackOut(generation=generation)

    return router
