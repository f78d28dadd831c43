"""Asking and reading: the first page, an answer, a saved answer under its permanent address."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragqa.answers.html import day_in_words
from ragqa.answers.json import answer_from_json
from ragqa.errors import QuestionInvalid
from ragqa.records.answers import SavedAnswer
from ragqa.types import Answer, Audience, DocumentKind, DocumentRecord
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.pages.rendering import Viewer, answer_url, ask_url, render_page
from ragqa.web.pages.turns import set_turn
from ragqa.web.pages.viewing import viewer_of

_EARLIER = 5
"""How many earlier questions the first page shows."""
_KIND_NAMES = {
    DocumentKind.GUIDELINE: ("guideline", "guidelines"),
    DocumentKind.SYSTEMATIC_REVIEW: ("systematic review", "systematic reviews"),
    DocumentKind.RANDOMISED_TRIAL: ("randomised trial", "randomised trials"),
    DocumentKind.COHORT: ("cohort", "cohorts"),
    DocumentKind.CASE_CONTROL: ("case-control study", "case-control studies"),
    DocumentKind.CASE_SERIES: ("case series", "case series"),
    DocumentKind.CASE_REPORT: ("case report", "case reports"),
    DocumentKind.NARRATIVE_REVIEW: ("narrative review", "narrative reviews"),
    DocumentKind.CONSENSUS: ("consensus statement", "consensus statements"),
    DocumentKind.REGISTRY: ("registry", "registries"),
    DocumentKind.OTHER: ("other document", "other documents"),
}

Asker = Annotated[Principal, Depends(requires(Permission.ASK))]
Reader = Annotated[Principal, Depends(requires(Permission.READ))]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question asked before, with the address of its answer; `conversation_id` is empty for a question that stood alone."""

    question: str
    address: str
    asked: str
    conversation_id: str = ""
    n_turns: int = 1


def asking_routes(context: Context) -> APIRouter:
    """Return the routes."""
    service = context.service
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    def first_page(viewer: Viewer, principal: Principal, audience: Audience, question: str = "", **more: str) -> str:
        kinds = _kinds(service.documents())
        return render_page(
            "ask.html", viewer, audience=audience, question=question, kinds=kinds, earlier=earlier(context, principal, 2 * _EARLIER)[:_EARLIER], **more
        )

    @router.get("/")
    def ask_page(request: Request, principal: Asker, q: str | None = None, audience: Audience = Audience.CLINICIAN) -> HTMLResponse:
        viewer = viewer_of(context, principal)
        if q is None:
            return HTMLResponse(first_page(viewer, principal, audience))
        try:
            answer = service.ask(q, audience, None, request.state.timings)
        except QuestionInvalid as error:
            return HTMLResponse(first_page(viewer, principal, audience, q, complaint=str(error)), 422)
        context.keep(principal, answer)
        return HTMLResponse(answer_page(context, viewer, answer))

    @router.get("/answers/{answer_id}")
    def saved_page(principal: Reader, answer_id: str, audience: Audience | None = None, q: str | None = None) -> Response:
        saved = context.records.answers.get(answer_id)
        if saved is None and q:
            return RedirectResponse(ask_url(q, audience or Audience.CLINICIAN), 303)
        if saved is None:
            raise HTTPException(404, f'no answer is kept under "{answer_id}". Ask its question again.')
        return HTMLResponse(answer_page(context, viewer_of(context, principal), read_saved(saved, audience), saved))

    return router


def answer_page(context: Context, viewer: Viewer, answer: Answer, saved: SavedAnswer | None = None) -> str:
    """Return the page of one answer: one just given, or a saved one."""
    turn = set_turn(
        answer, viewer, dated=indexed_on(context, answer), note=age_of(context, saved), is_kept=context.records.answers.get(answer.answer_id) is not None
    )

    def level_url(audience: Audience) -> str:
        return answer_url(answer.answer_id, audience) if saved else ask_url(answer.question, audience)

    return render_page("answer.html", viewer, turns=[turn], audience=answer.audience, level_url=level_url, conversation_id="")


def read_saved(saved: SavedAnswer, audience: Audience | None = None) -> Answer:
    """Return a saved answer, at a reader level where one is given."""
    answer = answer_from_json(json.loads(saved.body))
    return replace(answer, audience=audience) if audience else answer


def indexed_on(context: Context, answer: Answer) -> str | None:
    """Return the day on which the index of an answer was built; None where it answers no more."""
    manifest = context.curation.manifest()
    return manifest.created[:10] if manifest and answer.index_version.startswith(manifest.name) else None


def age_of(context: Context, saved: SavedAnswer | None) -> str:
    """Say of a saved answer that the library has changed since; empty where it has not."""
    if saved is None or saved.generation == context.service.reader().library.version:
        return ""
    return f"Shown as it was given on {day_in_words(saved.created)}. The library has changed since then; ask again for the present state."


def earlier(context: Context, principal: Principal, limit: int = 100) -> list[Earlier]:
    """Return what someone asked before, the latest first: conversations by their first question, and questions that stood alone."""
    records = context.records
    found: list[Earlier] = []
    known: set[str] = set()
    for listed in records.conversations.list(principal.name, limit):
        conversation = records.conversations.get(listed.conversation_id)
        if conversation is None:
            continue
        known |= {turn.answer_id for turn in conversation.turns}
        found.append(
            Earlier(conversation.turns[0].question, f"/conversations/{listed.conversation_id}", listed.updated, listed.conversation_id, len(conversation.turns))
        )
    for saved in records.answers.recent(principal.name, limit):
        if saved.answer_id not in known:
            found.append(Earlier(saved.question, answer_url(saved.answer_id, Audience(saved.audience)), saved.created))
    return sorted(found, key=lambda item: item.asked, reverse=True)


def _kinds(documents: tuple[DocumentRecord, ...]) -> list[tuple[str, int]]:
    """Count the documents by kind, in the order of `DocumentKind`, with the name in singular or plural."""
    counts = Counter(document.metadata.kind for document in documents)
    return [(_KIND_NAMES[kind][counts[kind] > 1], counts[kind]) for kind in DocumentKind if counts[kind]]
