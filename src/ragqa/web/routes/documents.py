"""Documents: what the library holds, how it was read, and how people add to it and take from it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from ragqa.curation import Curation
from ragqa.errors import OriginalUnavailable, UploadInvalid
from ragqa.types import DocumentKind, DocumentRecord, DocumentStatus, Filters
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.library_schema import (
    ChangeOut,
    DocumentListedOut,
    DocumentOut,
    DocumentsOut,
    FileProblemOut,
    InspectionOut,
    PageOut,
    ReadingOut,
    UploadOut,
    UploadsOut,
)
from ragqa.web.problems import problems

MOST_FILES = 100
_MOST_QUOTES = 50
_SAFE = {"Content-Security-Policy": "default-src 'none'; sandbox"}
"""A file that someone uploaded is never run in the name of this service, whatever it holds."""
_FILES = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "minItems": 1, "maxItems": MOST_FILES, "items": {"type": "string", "format": "binary"}}},
                }
            }
        },
    }
}

Reader = Annotated[Principal, Depends(requires(Permission.READ))]
Curator = Annotated[Principal, Depends(requires(Permission.UPLOAD))]


def document_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["library"])
    service, curation = context.service, context.curation
    # Threads of their own: a hundred uploads or pictures must not take those in which questions are answered.
    uploading, drawing = CapacityLimiter(context.settings.ingest.jobs), CapacityLimiter(context.settings.ingest.jobs)

    @router.get("/v1/documents", responses=problems(400, 401, 403, 422, 429, 503), summary="List the documents")
    def documents(
        _: Reader,
        kind: Annotated[list[DocumentKind], Query(description="only these kinds")] = [],  # noqa: B006 - read by FastAPI as the default, never changed
        status: Annotated[list[DocumentStatus], Query(description="only files whose reading ended so")] = [],  # noqa: B006 - as above
        year_from: Annotated[int | None, Query(ge=0, le=9999, description="published in this year or later")] = None,
        year_to: Annotated[int | None, Query(ge=0, le=9999, description="published in this year or earlier")] = None,
        text: Annotated[str, Query(max_length=200, description="words of the title, the authors or the file name")] = "",
        limit: Annotated[int, Query(ge=1, le=1000, description="most documents to return")] = 1000,
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="documents to pass over")] = 0,
    ) -> DocumentsOut:
        """Return the documents that pass every filter, and, unless kinds or years are asked for, the files that could not be read whole."""
        filters, words = Filters(tuple(kind), (), year_from, year_to), text.casefold().split()
        allowed = (record for record in service.documents() if filters.allows(record) and (not status or record.status in status))
        listed = [DocumentListedOut.of(record, curation.uploads.of(record.file)) for record in allowed]
        found = [document for document in listed if _holds(words, document.file_name, document.metadata.title, *document.metadata.authors)]
        left_out = [] if kind or year_from is not None or year_to is not None else _problems(curation)
        shown = [item for item in left_out if (not status or item.status in status) and _holds(words, item.file_name)]
        return DocumentsOut(documents=found[offset : offset + limit], problems=shown, total=len(found))

    @router.post(
        "/v1/documents",
        status_code=202,
        responses=problems(400, 401, 403, 408, 413, 422, 429, 507),
        openapi_extra=_FILES,
        summary="Upload documents",
    )
    async def upload(request: Request, principal: Curator) -> UploadsOut:
        """Read each file at once and keep those that can be indexed; a build follows by itself. A refused file says why and costs the others nothing."""
        form = await _form(request)
        try:
            files = [item for item in form.getlist("files") if isinstance(item, UploadFile)]
            if not files:
                raise UploadInvalid('the form holds no file. Send each file as a part named "files", with its file name.')
            outcomes = []
            for file in files:
                take = partial(curation.upload, file.file, file.filename or "", principal.name)
                outcomes.append(await to_thread.run_sync(take, limiter=uploading))
        finally:
            await form.close()
        for outcome in outcomes:
            target = outcome.document.document_id if outcome.document else outcome.duplicate_of or ""
            await run_in_threadpool(context.audit, principal, "upload", target, {"status": outcome.status.value})
        is_changed = any(outcome.is_kept for outcome in outcomes)
        job_id = await run_in_threadpool(curation.request_build, principal.name) if is_changed else None
        return UploadsOut(uploads=[UploadOut.of(outcome) for outcome in outcomes], job_id=job_id)

    @router.get("/v1/documents/{document_id}", responses=problems(400, 401, 403, 404, 422, 429, 503), summary="Read one document")
    def document(_: Reader, document_id: str) -> DocumentOut:
        """Return a document by id, unique prefix of an id, or file name without ending, with its sections and the stored text of its pages."""
        record = service.document(document_id)
        pages = [PageOut(page=number, text=text) for number, text in service.document_pages(record.document_id)]
        sections = list(service.document_sections(record.document_id))
        return DocumentOut(document=DocumentListedOut.of(record, curation.uploads.of(record.file)), sections=sections, pages=pages)

    @router.delete("/v1/documents/{document_id}", status_code=202, responses=problems(400, 401, 403, 404, 409, 422, 429, 503), summary="Remove a document")
    def remove(principal: Curator, document_id: str) -> ChangeOut:
        """Take the file of a document out of the corpus; a build follows. It waits aside and can be put back while its generation is kept."""
        removed = curation.remove(document_id)
        context.audit(principal, "remove", removed.sha256[:16], {})
        file_name = removed.upload.file_name if removed.upload else removed.path.name
        return ChangeOut(document_id=removed.sha256[:16], file_name=file_name, job_id=curation.request_build(principal.name))

    @router.post(
        "/v1/documents/{document_id}/restore", status_code=202, responses=problems(400, 401, 403, 404, 409, 422, 429), summary="Put back a removed document"
    )
    def restore(principal: Curator, document_id: str) -> ChangeOut:
        """Undo a removal; a build follows."""
        removed = curation.restore(document_id)
        context.audit(principal, "restore", removed.sha256[:16], {})
        file_name = removed.upload.file_name if removed.upload else removed.path.name
        return ChangeOut(document_id=removed.sha256[:16], file_name=file_name, job_id=curation.request_build(principal.name))

    @router.get("/v1/documents/{document_id}/inspect", responses=problems(400, 401, 403, 404, 422, 429, 503), summary="Show how a file is read")
    async def inspect(
        _: Reader, document_id: str, page: Annotated[int | None, Query(ge=1, le=1_000_000, description="only what is read from this page")] = None
    ) -> InspectionOut:
        """Read the file again as the indexer would: pages, readers, what was left out, sections, first sentences; or the sentences of one page."""
        from ragqa.ingest.inspection import describe, describe_page

        record = await run_in_threadpool(service.document, document_id)
        read = await to_thread.run_sync(curation.originals.inspect, record, limiter=drawing)
        report = describe(read) if page is None else describe_page(read, page)
        return InspectionOut(reading=ReadingOut.of(read), status=read.status, status_reason=read.status_reason, report=report)

    @router.get(
        "/v1/documents/{document_id}/file",
        response_class=FileResponse,
        responses=problems(400, 401, 403, 404, 422, 429, 503)
        | {200: {"content": {"application/pdf": _BINARY, "application/octet-stream": _BINARY}, "description": "the file as it was indexed"}},
        summary="Download the original file",
    )
    def file(_: Reader, document_id: str, inline: Annotated[bool, Query(description="show a PDF in the browser instead of saving it")] = False) -> FileResponse:
        """Return the bytes that were indexed; a file that has changed since is not returned."""
        record = service.document(document_id)
        path, upload = curation.originals.path(record), curation.uploads.of(record.file)
        is_pdf = record.source_format == "pdf"
        return FileResponse(
            path,
            media_type="application/pdf" if is_pdf else "application/octet-stream",
            filename=upload.file_name if upload else path.name,
            content_disposition_type="inline" if inline and is_pdf else "attachment",
            headers=_SAFE,
        )

    @router.get(
        "/v1/documents/{document_id}/pages/{page}.png",
        response_class=Response,
        responses=problems(400, 401, 403, 404, 422, 429, 503) | {200: {"content": {"image/png": _BINARY}, "description": "the page, at most 6 million pixels"}},
        summary="Draw a page with quotes marked",
    )
    async def picture(
        _: Reader,
        document_id: str,
        page: int,
        start: Annotated[list[int], Query(max_length=_MOST_QUOTES, description="where quotes start in the stored text of the page")] = [],  # noqa: B006 - as above
        end: Annotated[list[int], Query(max_length=_MOST_QUOTES, description="where they end, each after its start")] = [],  # noqa: B006 - as above
    ) -> Response:
        """Return a page of a PDF as PNG. `X-Quote-Marked: false` says that a quote could not be placed for sure and is not marked."""
        record, text = await run_in_threadpool(_page_text, context, document_id, page)
        if len(start) != len(end) or any(not 0 <= first < last <= len(text) for first, last in zip(start, end, strict=True)):
            raise HTTPException(404, f"page {page} holds {len(text)} characters; {start} to {end} is no passage of it.")
        ranges = list(zip(start, end, strict=True))
        drawn = await to_thread.run_sync(curation.originals.picture, record, page, text, ranges, limiter=drawing)
        headers = {"X-Quote-Marked": "true" if drawn.is_marked else "false", "Cache-Control": "private, max-age=3600"}
        return Response(drawn.png, media_type="image/png", headers=headers)

    return router


_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


async def _form(request: Request) -> FormData:
    """Return the form that a request holds, its files on disk; raise `UploadInvalid` where it is none."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise UploadInvalid('files are sent as a form: "Content-Type: multipart/form-data", with one part named "files" for each.')
    try:
        return await request.form(max_files=MOST_FILES, max_fields=MOST_FILES)
    except HTTPException as exc:
        raise UploadInvalid(f"the form cannot be read: {exc.detail} At most {MOST_FILES} files are taken at once.") from exc


def _problems(curation: Curation) -> list[FileProblemOut]:
    manifest = curation.manifest()
    shown = []
    for problem in manifest.problems if manifest else ():
        upload = curation.uploads.of(problem.source)
        shown.append(
            FileProblemOut(
                file_name=upload.file_name if upload else problem.source.rpartition("/")[2],
                source=problem.source,
                status=problem.status,
                message=curation.uploads.in_words(problem.message),
                document_id=upload.sha256[:16] if upload else None,
            )
        )
    return shown


def _page_text(context: Context, document_id: str, page: int) -> tuple[DocumentRecord, str]:
    """Return a document and the stored text of one of its pages; raise where there is no such document or page."""
    library = context.service.reader().library
    record = library.document(document_id)
    if not 1 <= page <= record.n_pages:
        raise OriginalUnavailable(f'"{record.metadata.label}" has pages 1 to {record.n_pages}; there is no page {page}.')
    return record, library.page_text(record.document_id, page)


def _holds(words: list[str], *texts: str) -> bool:
    """Return whether every word occurs in one of the texts."""
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)
