"""A request that takes too long is told so; the work behind it stays counted until it ends."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragqa.service import QAService
from ragqa.types import Answer
from ragqa.web.app import create_app
from ragqa.web.deadline import Deadline, TookTooLong
from ragqa.web.guard import Guard
from tests.answers import samples
from tests.curation.library import eventually
from tests.web.conftest import sample_context

ASK = {"question": samples.QUESTION}


def test_work_that_begins_to_answer_in_time_is_never_cut_off() -> None:
    """A stream may last longer than the limit, once it has begun."""

    async def run() -> list[str]:
        log, begun = [], asyncio.Event()

        async def work() -> None:
            begun.set()
            await asyncio.sleep(0.05)
            log.append("whole")

        await Deadline(0.01).run(work(), begun)
        return log

    assert asyncio.run(run()) == ["whole"]


def test_work_that_was_left_runs_to_its_end_and_its_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever asked is told; what goes wrong afterwards is not lost."""

    async def run() -> None:
        go_on = asyncio.Event()

        async def work() -> None:
            await go_on.wait()
            raise ValueError("it broke")

        with pytest.raises(TookTooLong):
            await Deadline(0.01).run(work(), asyncio.Event())
        go_on.set()
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert "it broke" in caplog.text


def test_an_answer_that_takes_too_long_is_a_problem_and_keeps_its_turn() -> None:
    """The asker gets 503 with the time to wait; the next one finds the only turn taken until the first answer is done, and not longer."""
    may_end = threading.Event()
    context = sample_context(request_s=0.2, answers_at_once=1, answers_waiting=0)

    class Slow:
        """Composes when it is told to."""

        def compose(self, *_: Any) -> Answer:
            """Return the answer of the samples, late."""
            assert may_end.wait(30)
            return samples.ANSWER

    slow = replace(context.service.reader(), composer=Slow())  # type: ignore[arg-type]  # the part of a composer that is used here
    context = replace(context, service=QAService(context.settings, lambda: slow, lambda: slow.generation))
    with TestClient(create_app(context), raise_server_exceptions=False) as client:
        late = client.post("/v1/ask", json=ASK)
        busy = client.post("/v1/ask", json=ASK)
        may_end.set()
        eventually(lambda: client.post("/v1/ask", json=ASK).status_code == 200)
    assert (late.status_code, late.json()["code"], late.headers["Retry-After"]) == (503, "took-too-long", "10")
    assert (busy.status_code, busy.json()["code"]) == (429, "busy")


def test_whoever_does_not_take_the_answer_does_not_hold_a_turn() -> None:
    """A connection that stands still while the response is sent gives its turn back after the wait."""
    context = sample_context(body_wait_s=0.05, answers_at_once=1)

    async def run() -> None:
        taken = []

        async def app(_: Any, __: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            taken.append(context.queue._turns.locked())
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            raise AssertionError("it was never taken")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def stand_still(message: Any) -> None:
            if message["type"] == "http.response.body":
                await asyncio.Event().wait()

        scope = {"type": "http", "method": "POST", "path": "/v1/ask", "query_string": b"", "headers": []}
        await Guard(app, context)(scope, receive, stand_still)
        assert taken == [True]
        assert not context.queue._turns.locked()

    asyncio.run(run())
    context.records.close()
