"""The library: what it holds, and for those who may, adding, removing and rebuilding. Its forms work without JavaScript too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, RedirectResponse

from ragqa.curation import Curation, Outcome
from ragqa.records.jobs import Job
from ragqa.types import DocumentKind, DocumentRecord, DocumentStatus
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.pages.documents import quality_notes
from ragqa.web.pages.rendering import render_page
from ragqa.web.pages.viewing import viewer_of
from ragqa.web.routes.documents import MOST_FILES

_PER_PAGE = 100
_ENDED = ("succeeded", "failed", "interrupted")

Reader = Annotated[Principal, Depends(requires(Permission.READ))]
Curator = Annotated[Principal, Depends(requires(Permission.UPLOAD))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are listed; an empty field leaves none out."""

    words: str = ""
    kind: str = ""
    status: str = ""
    since: str = ""

    def takes(self, record: DocumentRecord) -> bool:
        """Whether a document is wanted."""
        known = record.metadata
        if self.kind and known.kind.value != self.kind:
            return False
        if self.status and (record.status is DocumentStatus.OK) != (self.status == "whole"):
            return False
        if self.since.isdigit() and (known.year or 0) < int(self.since):
            return False
        parts = (known.title, known.label, known.journal, known.organisation, known.kind.value, str(known.year or ""), record.source, *known.authors)
        text = " ".join(part for part in parts if part).casefold()
        return all(word in text for word in self.words.casefold().split())

    @property
    def query(self) -> str:
        """Return the filters as part of an address."""
        return urlencode({name: value for name in ("words", "kind", "status", "since") if (value := getattr(self, name))})


@dataclass(frozen=True, slots=True)
class Row:
    """One document as the list shows it."""

    record: DocumentRecord
    file_name: str
    """What an uploaded file was called; empty for a file that was in the corpus."""
    notes: tuple[str, ...]


def library_routes(context: Context) -> APIRouter:
    """Return the routes."""
    service, curation = context.service, context.curation
    uploading = CapacityLimiter(context.settings.ingest.jobs)
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    def page(principal: Principal, wanted: Wanted, first: int = 0, job_id: str | None = None, removed: str = "", outcomes: Sequence[Outcome] = ()) -> str:
        documents = service.documents()
        found = sorted((record for record in documents if wanted.takes(record)), key=lambda record: record.metadata.label.casefold())
        rows = [_row(context, record) for record in found[first : first + _PER_PAGE]]
        values = {"rows": rows, "n_found": len(found), "first": first, "per_page": _PER_PAGE, "wanted": wanted}
        return render_page(
            "library.html",
            viewer_of(context, principal),
            n_documents=len(documents),
            kinds=[kind for kind in DocumentKind if any(record.metadata.kind is kind for record in documents)],
            manifest=curation.manifest(),
            problems=_problems(curation),
            removed=removed,
            rollback_to=curation.rollback_target(),
            job=_job(context, job_id),
            outcomes=outcomes,
            **values,
        )

    @router.get("/documents")
    def library_page(
        principal: Reader,
        wanted: Annotated[Wanted, Depends()],
        first: Annotated[int, Query(ge=0)] = 0,
        job: str | None = None,
        removed: Annotated[str, Query(max_length=64)] = "",
    ) -> HTMLResponse:
        return HTMLResponse(page(principal, wanted, first, job, removed))

    @router.post("/documents")
    async def upload(request: Request, principal: Curator) -> HTMLResponse:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FILES)
        outcomes = []
        try:
            for file in (item for item in form.getlist("files") if isinstance(item, UploadFile) and item.filename):
                take = partial(curation.upload, file.file, file.filename or "", principal.name)
                outcomes.append(await to_thread.run_sync(take, limiter=uploading))
        finally:
            await form.close()
        return HTMLResponse(await run_in_threadpool(taken, principal, outcomes))

    def taken(principal: Principal, outcomes: Sequence[Outcome]) -> str:
        for outcome in outcomes:
            target = outcome.document.document_id if outcome.document else outcome.duplicate_of or ""
            context.audit(principal, "upload", target, {"status": outcome.status.value})
        job_id = curation.request_build(principal.name) if any(outcome.is_kept for outcome in outcomes) else None
        return page(principal, Wanted(), job_id=job_id, outcomes=outcomes)

    @router.post("/documents/rebuild")
    def rebuild(principal: Curator) -> RedirectResponse:
        context.audit(principal, "rebuild", "index", {})
        return _follow(curation.request_build(principal.name, at_once=True))

    @router.post("/documents/rollback")
    def rollback(principal: Curator) -> RedirectResponse:
        context.audit(principal, "rollback", curation.rollback(), {})
        return RedirectResponse("/documents", 303)

    @router.post("/documents/{document_id}/remove")
    def remove(principal: Curator, document_id: str) -> RedirectResponse:
        removed = curation.remove(document_id)
        context.audit(principal, "remove", removed.sha256[:16], {})
        return _follow(curation.request_build(principal.name), removed=removed.sha256[:16])

    @router.post("/documents/{document_id}/restore")
    def restore(principal: Curator, document_id: str) -> RedirectResponse:
        removed = curation.restore(document_id)
        context.audit(principal, "restore", removed.sha256[:16], {})
        return _follow(curation.request_build(principal.name))

    return router


def _follow(job_id: str, **more: str) -> RedirectResponse:
    return RedirectResponse("/documents?" + urlencode({"job": job_id} | more), 303)


def _job(context: Context, job_id: str | None) -> Job | None:
    """Return the job to show: the one asked for, else one that has not ended."""
    if job_id:
        return context.records.jobs.get(job_id)
    return next((job for job in context.records.jobs.list(10) if job.state not in _ENDED), None)


def _row(context: Context, record: DocumentRecord) -> Row:
    upload = context.curation.uploads.of(record.file)
    return Row(record, upload.file_name if upload else "", tuple(quality_notes(record)))


def _problems(curation: Curation) -> list[tuple[str, str, str]]:
    """Return (file name, status, message) of the files that the index holds in part or not at all."""
    manifest, in_words = curation.manifest(), curation.uploads.in_words
    return [(in_words(item.source), item.status.value, in_words(item.message)) for item in (manifest.problems if manifest else ())]
