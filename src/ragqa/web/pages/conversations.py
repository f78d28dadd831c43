"""A conversation: questions one after another on one page, each read in the light of those before. The plain form and the script ask alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ragqa.records.conversations import SavedConversation, SavedTurn
from ragqa.types import Audience
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.context import Context
from ragqa.web.pages.asking import age_of, indexed_on, read_saved
from ragqa.web.pages.rendering import Viewer, render_page
from ragqa.web.pages.turns import ReadAs, Turn, set_turn
from ragqa.web.pages.viewing import viewer_of
from ragqa.web.talking import converse, own_conversation

Asker = Annotated[Principal, Depends(requires(Permission.ASK))]
Typed = Annotated[str, Form()]


def conversation_routes(context: Context) -> APIRouter:
    """Return the routes."""
    records = context.records
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.post("/ask")
    def ask(
        request: Request,
        principal: Asker,
        q: Typed,
        audience: Annotated[Audience, Form()] = Audience.CLINICIAN,
        conversation: Typed = "",
        after: Typed = "",
        standalone: Annotated[bool, Form()] = False,
        part: Typed = "page",
    ) -> Response:
        viewer = viewer_of(context, principal)
        conversation_id = conversation if _is_own(context, principal, conversation) else _begin(context, principal, after)
        given = converse(context, principal, conversation_id, q, audience, standalone=standalone, timings=request.state.timings)
        is_kept = records.answers.get(given.answer.answer_id) is not None
        read_as = ReadAs(conversation_id, given.read.question, given.read.asked_as, given.read.choices)
        turn = set_turn(given.answer, viewer, number=given.number, dated=indexed_on(context, given.answer), read_as=read_as, is_kept=is_kept)
        address = f"/conversations/{conversation_id}"
        if part == "turn":
            return HTMLResponse(render_page("turn.html", viewer, turn=turn), headers={"Ragqa-Conversation": conversation_id, "Ragqa-Page": address})
        if is_kept:
            return RedirectResponse(f"{address}#turn-{given.number}", 303)
        earlier = _turns(context, viewer, own_conversation(context, principal, conversation_id), None)[:-1]
        return HTMLResponse(_page(viewer, conversation_id, [*earlier, turn], audience))

    @router.get("/conversations/{conversation_id}")
    def conversation_page(principal: Asker, conversation_id: str, audience: Audience | None = None) -> HTMLResponse:
        viewer = viewer_of(context, principal)
        saved = own_conversation(context, principal, conversation_id)
        if not saved.turns:
            raise HTTPException(404, "nothing was asked in this conversation yet. Ask at /.")
        shown = audience or Audience(saved.turns[-1].audience)
        return HTMLResponse(_page(viewer, conversation_id, _turns(context, viewer, saved, shown), shown))

    @router.post("/conversations/{conversation_id}/forget")
    def forget(principal: Asker, conversation_id: str) -> RedirectResponse:
        own_conversation(context, principal, conversation_id)
        records.conversations.delete(conversation_id)
        context.audit(principal, "forget", conversation_id, {})
        return RedirectResponse("/history", 303)

    return router


def _page(viewer: Viewer, conversation_id: str, turns: Sequence[Turn], audience: Audience) -> str:
    def level_url(level: Audience) -> str:
        return f"/conversations/{conversation_id}?audience={level.value}"

    return render_page("answer.html", viewer, turns=turns, audience=audience, level_url=level_url, conversation_id=conversation_id)


def _turns(context: Context, viewer: Viewer, conversation: SavedConversation, audience: Audience | None) -> list[Turn]:
    """Return the turns of a conversation as it was given; one whose answer was not kept says so."""
    return [_turn(context, viewer, conversation.conversation_id, turn, audience) for turn in conversation.turns]


def _turn(context: Context, viewer: Viewer, conversation_id: str, turn: SavedTurn, audience: Audience | None) -> Turn:
    saved = context.records.answers.get(turn.answer_id)
    if saved is None:
        gone = Markup(render_page("gone.html", viewer, turn=turn))  # noqa: S704 - the template has escaped every text
        return Turn(turn.number, turn.answer_id, turn.question, abstained=True, article=gone)
    answer = read_saved(saved, audience or Audience(turn.audience))
    return set_turn(
        answer,
        viewer,
        number=turn.number,
        dated=indexed_on(context, answer),
        read_as=ReadAs(conversation_id, turn.question, turn.asked_as),
        note=age_of(context, saved),
    )


def _begin(context: Context, principal: Principal, after: str) -> str:
    """Begin a conversation, with the saved answer that the question follows as its first turn where there is one."""
    conversation_id = context.records.conversations.create(principal.name)
    first = context.records.answers.get(after) if after else None
    if first:
        context.records.conversations.add_turn(conversation_id, SavedTurn(first.question, first.question, "", first.audience, first.answer_id))
    return conversation_id


def _is_own(context: Context, principal: Principal, conversation_id: str) -> bool:
    found = context.records.conversations.get(conversation_id)
    return found is not None and found.principal == principal.name
