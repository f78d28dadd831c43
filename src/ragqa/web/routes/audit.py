"""The audit chain: who did what, and whether the chain holds."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.problems import problems
from ragqa.web.schemas import Shape

Admin = Annotated[Principal, Depends(requires(Permission.ADMINISTER))]


class AuditEntryOut(Shape):
    """One act. `hash` seals the entry together with that of the one before."""

    number: int
    time: str
    principal: str
    action: str
    target: str
    details: dict[str, Any]
    hash: str


class AuditOut(Shape):
    """Entries, the latest first."""

    entries: list[AuditEntryOut]


class AuditCheckOut(Shape):
    """Whether the chain holds. Keep `last_hash` elsewhere: whoever can write to the database can make the whole chain anew."""

    holds: bool
    n_entries: int = Field(description="entries that fit, from the first on")
    last_hash: str
    first_broken: int | None = Field(description="number of the first entry that does not fit")


def audit_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["operation"])

    @router.get("/v1/audit", responses=problems(401, 403, 422), summary="Read the audit chain")
    def entries(
        _: Admin,
        limit: Annotated[int, Query(ge=1, le=1000, description="most entries to return")] = 100,
        before: Annotated[int | None, Query(ge=1, le=2**31, description="only entries below this number")] = None,
    ) -> AuditOut:
        """Return entries, the latest first; take the number of the last one as `before` for the next page."""
        found = context.records.audit.entries(limit, before)
        return AuditOut(
            entries=[
                AuditEntryOut(
                    number=entry.number,
                    time=entry.time,
                    principal=entry.principal,
                    action=entry.action,
                    target=entry.target,
                    details=json.loads(entry.details),
                    hash=entry.hash,
                )
                for entry in found
            ]
        )

    @router.get("/v1/audit/check", responses=problems(401, 403), summary="Check the audit chain")
    def check(_: Admin) -> AuditCheckOut:
        n_entries, last_hash, broken = context.records.audit.verify()
        return AuditCheckOut(holds=broken is None, n_entries=n_entries, last_hash=last_hash, first_broken=broken)

    return router
