"""Feedback: what readers remark on an answer or one of its statements, for the reviewers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from ragqa.records.feedback import Verdict
from ragqa.text.identifiers import screen
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.problems import problems
from ragqa.web.schemas import Shape


class FeedbackIn(Shape):
    """A remark; without `statement_id` it is on the whole answer. Write nothing about a patient: what looks like an identifier is taken out."""

    answer_id: str = Field(max_length=64, pattern=r"^[0-9a-zA-Z_-]+$")
    statement_id: str | None = Field(default=None, max_length=64, pattern=r"^[0-9a-zA-Z_-]+$")
    verdict: Verdict
    note: str = Field(default="", max_length=2000)


class FeedbackOut(Shape):
    """A remark that is kept."""

    feedback_id: int
    answer_id: str
    statement_id: str | None
    verdict: Verdict
    note: str
    principal: str
    created: str


class FeedbackKeptOut(Shape):
    """The number of a remark."""

    feedback_id: int


class FeedbackListOut(Shape):
    """Remarks, the latest first."""

    feedback: list[FeedbackOut]


def feedback_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["answers"])
    kept = context.records.feedback

    @router.post("/v1/feedback", status_code=201, responses=problems(400, 401, 403, 413, 415, 422, 429), summary="Remark on an answer or a statement")
    def remark(principal: Annotated[Principal, Depends(requires(Permission.ASK))], body: FeedbackIn) -> FeedbackKeptOut:
        number = kept.add(body.answer_id, body.statement_id, body.verdict, screen(body.note).text, principal.name)
        context.audit(principal, "feedback", body.answer_id, {"feedback_id": number, "verdict": body.verdict.value})
        return FeedbackKeptOut(feedback_id=number)

    @router.get("/v1/feedback", responses=problems(401, 403, 422, 429), summary="Read the remarks")
    def remarks(
        _: Annotated[Principal, Depends(requires(Permission.REVIEW))],
        limit: Annotated[int, Query(ge=1, le=1000, description="most remarks to return")] = 100,
        offset: Annotated[int, Query(ge=0, le=2**31, description="how many of the latest to pass over")] = 0,
    ) -> FeedbackListOut:
        return FeedbackListOut(
            feedback=[
                FeedbackOut(
                    feedback_id=item.feedback_id,
                    answer_id=item.answer_id,
                    statement_id=item.statement_id,
                    verdict=Verdict(item.verdict),
                    note=item.note,
                    principal=item.principal,
                    created=item.created,
                )
                for item in kept.list(limit, offset)
            ]
        )

    return router
