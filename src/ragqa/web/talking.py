"""A question of a conversation: read in the light of those before it, answered, and kept. The page and the interface ask alike."""

from __future__ import annotations

import json
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from ragqa.answers.json import answer_from_json
from ragqa.records.conversations import SavedConversation, SavedTurn
from ragqa.text.identifiers import screen
from ragqa.types import Answer, Audience, Filters, Interpretation
from ragqa.web.access import Principal
from ragqa.web.context import Context


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """A question of a conversation with its answer and how it was read."""

    number: int
    read: Interpretation
    answer: Answer


def own_conversation(context: Context, principal: Principal, conversation_id: str) -> SavedConversation:
    """Return a conversation of the principal; raise 404 for one of another as for one that is not there."""
    found = context.records.conversations.get(conversation_id)
    if found is None or found.principal != principal.name:
        raise HTTPException(404, f'no conversation "{conversation_id}" of yours is kept. GET /v1/conversations lists those that are.')
    return found


def converse(
    context: Context,
    principal: Principal,
    conversation_id: str,
    question: str,
    audience: Audience,
    filters: Filters | None = None,
    *,
    standalone: bool = False,
    timings: dict[str, float] | None = None,
) -> AnsweredTurn:
    """Answer a question of a conversation and add it as a turn.

    Args:
        context: The parts behind the routes.
        principal: Who asks.
        conversation_id: A conversation of theirs.
        question: As typed.
        audience: For whom the answer is presented.
        filters: Which documents may be cited.
        standalone: Ask exactly as typed: the undo of what was made of the question.
        timings: Receives milliseconds by stage.
    """
    conversation = context.records.conversations.get(conversation_id)
    turns = conversation.turns if conversation else ()
    last = context.records.answers.get(turns[-1].answer_id) if turns else None
    earlier = () if standalone else tuple(turn.asked_as for turn in turns)
    read = context.service.interpret(question, earlier, answer_from_json(json.loads(last.body)) if last and not standalone else None)
    answer = context.service.ask(read.asked_as, audience, filters, timings)
    context.keep(principal, answer)
    turn = SavedTurn(screen(read.question).text, screen(read.asked_as).text, read.rule, audience.value, answer.answer_id)
    return AnsweredTurn(context.records.conversations.add_turn(conversation_id, turn), read, answer)
