"""Search: rank passages without composing an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends

from ragqa.types import DocumentRecord
from ragqa.web import schemas
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.problems import problems


def search_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["answers"])

    @router.post("/v1/search", responses=problems(400, 401, 403, 413, 415, 422, 429, 503), summary="Rank passages without composing an answer")
    def search(_: Annotated[Principal, Depends(requires(Permission.ASK))], body: schemas.SearchIn) -> schemas.SearchOut:
        hits = context.service.search(body.query, body.k, body.filters.to_filters())
        return schemas.SearchOut(
            hits=[
                schemas.SearchHitOut(
                    rank=hit.rank,
                    score=hit.score,
                    lexical=hit.lexical,
                    dense=hit.dense,
                    document=hit.document,
                    passage=schemas.Passage(chunk_id=hit.chunk.chunk_id, heading=hit.chunk.heading, text=hit.chunk.text),
                )
                for hit in hits
            ],
            facets=_facets([hit.document for hit in hits]),
        )

    return router


def _facets(documents: Sequence[DocumentRecord]) -> schemas.FacetsOut:
    unique = {document.document_id: document.metadata for document in documents}.values()
    return schemas.FacetsOut(
        kinds=_counted(metadata.kind.value for metadata in unique),
        years=_counted(str(metadata.year) for metadata in unique if metadata.year),
        populations=_counted(population.disease for metadata in unique for population in metadata.populations),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Return names with their number, the most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))
