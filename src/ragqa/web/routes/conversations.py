"""Conversations: questions one after another, each read in the light of those before, and shown as it was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ragqa.answers.json import answer_to_json
from ragqa.records.conversations import SavedConversation
from ragqa.types import Audience
from ragqa.web import schemas
from ragqa.web.access import Permission, Principal, requires
from ragqa.web.answer_schema import AnswerOut
from ragqa.web.context import Context
from ragqa.web.problems import problems
from ragqa.web.schemas import Shape
from ragqa.web.talking import converse, own_conversation

Asker = Annotated[Principal, Depends(requires(Permission.ASK))]


class FollowUpIn(schemas.AskIn):
    """A question of a conversation."""

    standalone: bool = Field(default=False, description="ask exactly as typed: the undo of what the service made of it")


class BegunOut(Shape):
    """A new conversation."""

    conversation_id: str


class TurnOut(Shape):
    """One question: as typed, as it was asked, and its answer's id. What looks like a patient's identifier was taken out."""

    number: int
    question: str
    interpreted_as: str
    rule: str
    audience: Audience
    answer_id: str
    created: str


class ConversationOut(Shape):
    """A conversation with its turns in order; in a list only with the first."""

    conversation_id: str
    created: str
    updated: str
    turns: list[TurnOut]


class ConversationsOut(Shape):
    """Conversations, the latest first."""

    conversations: list[ConversationOut]


class AnsweredTurnOut(Shape):
    """An answered question of a conversation. `choices` offers other readings where there is more than one."""

    conversation_id: str
    turn: int
    interpreted_as: str
    rule: str
    choices: list[str]
    answer: AnswerOut


def conversation_routes(context: Context) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["conversations"])
    kept = context.records.conversations

    @router.post("/v1/conversations", status_code=201, responses=problems(401, 403, 429), summary="Begin a conversation")
    def begin(principal: Asker) -> BegunOut:
        return BegunOut(conversation_id=kept.create(principal.name))

    @router.get("/v1/conversations", responses=problems(401, 403, 422, 429), summary="List one's conversations")
    def conversations(principal: Asker, limit: Annotated[int, Query(ge=1, le=200, description="most conversations to return")] = 50) -> ConversationsOut:
        return ConversationsOut(conversations=[_shown(conversation) for conversation in kept.list(principal.name, limit)])

    @router.get("/v1/conversations/{conversation_id}", responses=problems(401, 403, 404, 422, 429), summary="Read a conversation")
    def conversation(principal: Asker, conversation_id: str) -> ConversationOut:
        return _shown(own_conversation(context, principal, conversation_id))

    @router.delete("/v1/conversations/{conversation_id}", status_code=204, responses=problems(401, 403, 404, 422, 429), summary="Forget a conversation")
    def forget(principal: Asker, conversation_id: str) -> Response:
        own_conversation(context, principal, conversation_id)
        kept.delete(conversation_id)
        context.audit(principal, "forget", conversation_id)
        return Response(status_code=204)

    @router.post(
        "/v1/conversations/{conversation_id}/ask",
        responses=problems(400, 401, 403, 404, 413, 415, 422, 429, 503) | {200: {"model": AnsweredTurnOut}},
        summary="Ask within a conversation",
    )
    def ask(request: Request, principal: Asker, conversation_id: str, body: FollowUpIn) -> Response:
        """Answer a question in the light of those before it. How it was read stands in `interpreted_as`; `standalone` asks as typed instead."""
        if body.explain:
            raise HTTPException(422, "a question of a conversation is not explained; ask it standing alone at /v1/ask with explain.")
        own_conversation(context, principal, conversation_id)
        turn = converse(
            context,
            principal,
            conversation_id,
            body.question,
            body.audience,
            body.filters.to_filters(),
            standalone=body.standalone,
            timings=request.state.timings,
        )
        request.state.answer_id = turn.answer.answer_id
        return JSONResponse(
            {
                "conversation_id": conversation_id,
                "turn": turn.number,
                "interpreted_as": turn.read.asked_as,
                "rule": turn.read.rule,
                "choices": list(turn.read.choices),
                "answer": answer_to_json(turn.answer),
            }
        )

    return router


def _shown(conversation: SavedConversation) -> ConversationOut:
    return ConversationOut(
        conversation_id=conversation.conversation_id,
        created=conversation.created,
        updated=conversation.updated,
        turns=[
            TurnOut(
                number=turn.number,
                question=turn.question,
                interpreted_as=turn.asked_as,
                rule=turn.rule,
                audience=Audience(turn.audience),
                answer_id=turn.answer_id,
                created=turn.created,
            )
            for turn in conversation.turns
        ],
    )
