"""What the service takes on, and how it refuses the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from ragqa.answers.json import answer_to_json
from ragqa.settings import ServerSettings
from ragqa.web.access import AccessError
from ragqa.web.app import create_app
from ragqa.web.limits import Queue
from tests.answers import samples
from tests.web.conftest import sample_context


def test_one_request_too_many_in_a_minute_is_told_when_to_try_again() -> None:
    """Two a minute are allowed: the third gets 429 with the seconds to wait; another principal is not affected."""
    context = sample_context(requests_per_minute=2)
    first, second = (context.records.keys.create(name, "reader")[1] for name in ("ada", "bob"))
    with TestClient(create_app(context)) as client:
        statuses = [client.get("/v1/index", headers={"Authorization": f"Bearer {secret}"}).status_code for secret in (first, first, second)]
        refused = client.get("/v1/index", headers={"Authorization": f"Bearer {first}"})
    assert statuses == [200, 200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_the_open_service_of_one_machine_is_not_counted() -> None:
    """Nobody limits themselves."""
    with TestClient(create_app(sample_context(requests_per_minute=1))) as client:
        assert [client.get("/v1/index").status_code for _ in range(3)] == [200, 200, 200]


def test_what_does_not_fit_the_queue_is_refused_at_once() -> None:
    """One is served, one waits, the third is refused; the waiting one is served when the first is done."""

    async def run() -> list[str]:
        queue = Queue(ServerSettings(answers_at_once=1, answers_waiting=1))
        log: list[str] = []
        done = asyncio.Event()

        async def serve(name: str) -> None:
            try:
                async with queue.turn():
                    log.append(f"{name} served")
                    await done.wait()
            except AccessError as error:
                log.append(f"{name} {error.status} {error.headers}")

        tasks = []
        for name in ("a", "b", "c"):
            tasks.append(asyncio.create_task(serve(name)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        done.set()
        await asyncio.gather(*tasks)
        assert queue.n_waiting == 0
        return log

    assert asyncio.run(run()) == ["a served", "c 429 {'Retry-After': '2'}", "b served"]


def test_who_waits_too_long_is_refused() -> None:
    """A wait has an end."""

    async def run() -> None:
        queue = Queue(ServerSettings(answers_at_once=1, longest_wait_s=0.01))
        async with queue.turn():
            with pytest.raises(AccessError, match="as many questions"):
                async with queue.turn():
                    pass

    asyncio.run(run())


@pytest.mark.parametrize("declares", [True, False])
def test_a_body_over_the_limit_is_refused(declares: bool) -> None:
    """Whether its length is declared or not, a body of 2 kB does not pass a limit of 1 kB."""
    body = b'{"question": "' + b"a" * 2048 + b'"}'

    def parts() -> Iterator[bytes]:
        for start in range(0, len(body), 256):
            yield body[start : start + 256]

    with TestClient(create_app(sample_context(max_body_kb=1))) as client:
        response = client.post("/v1/ask", content=body if declares else parts(), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


def test_a_whole_answer_may_be_sent_to_be_checked() -> None:
    """An answer of 130 kB, as an overview has, passes where a question of that length does not; the refusal names the limit that holds there."""
    large = answer_to_json(samples.ANSWER) | {"disclaimer": "x" * 130_000}
    with TestClient(create_app(sample_context())) as client:
        assert client.post("/v1/answers/verify", json=large).status_code != 413
        assert "64 kB" in client.post("/v1/ask", json=large).json()["detail"]
        assert "1024 kB" in client.post("/v1/answers/verify", json=large | {"disclaimer": "x" * 3_000_000}).json()["detail"]


@pytest.mark.parametrize("declares", [True, False])
def test_an_upload_has_a_limit_of_its_own(declares: bool) -> None:
    """An upload larger than the limit of questions passes on; one larger than that of uploads does not."""
    small, large = b"x" * 2048, b"x" * (1024 * 1024 + 1)

    def send(client: TestClient, body: bytes) -> int:
        content = body if declares else iter([body[: len(body) // 2], body[len(body) // 2 :]])
        return client.post("/v1/documents", content=content, headers={"Content-Type": "multipart/form-data; boundary=x"}).status_code

    with TestClient(create_app(sample_context(max_body_kb=1, max_upload_mb=1)), raise_server_exceptions=False) as client:
        assert send(client, small) != 413
        assert send(client, large) == 413


def test_a_question_past_the_queue_is_a_problem_for_its_asker() -> None:
    """Through HTTP the refusal carries its code and the time to wait."""
    context = sample_context(answers_at_once=1, answers_waiting=0)
    with TestClient(create_app(context)) as client:
        context.queue._turns._value = 0
        response = client.post("/v1/ask", json={"question": samples.QUESTION})
        assert client.get("/v1/index").status_code == 200
    assert (response.status_code, response.json()["code"], response.headers["Retry-After"]) == (429, "busy", "2")
