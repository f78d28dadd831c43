"""For whoever runs the service: figures, log lines, audit, and how it ends."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from ragqa.records import open_records
from ragqa.web.app import create_app
from ragqa.web.logs import JsonLines, request_id
from tests.answers import samples
from tests.curation.library import eventually
from tests.web.conftest import sample_context

QUESTION = {"question": "How is SSc-ILD treated?"}
NAMING_QUESTION = "How is Mrs Adams, MRN 00482913, to be treated?"


def test_the_figures_count_requests_stages_and_abstentions() -> None:
    """After an answer and an abstention the figures say so, by status, reason and stage."""
    with TestClient(create_app(sample_context())) as client:
        client.post("/v1/ask", json={"question": samples.QUESTION})
        client.post("/v1/ask", json={"question": "Who won the cup?"})
        client.post("/v1/ask", json={"question": ""})
        text = client.get("/metrics").text
    for line in (
        'ragqa_answers_total{status="answered"} 1.0',
        'ragqa_answers_total{status="insufficient_evidence"} 1.0',
        'ragqa_abstentions_total{code="no_dose"} 1.0',
        'ragqa_refused_total{code="question-invalid"} 1.0',
        'ragqa_request_seconds_count{method="POST",route="/v1/ask",status="200"} 2.0',
        'ragqa_stage_seconds_count{stage="compose"} 2.0',
        "ragqa_index_generation 1.0",
        "ragqa_queue_waiting 0.0",
    ):
        assert line in text.splitlines()


def test_each_request_leaves_one_line_without_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    """The line has id, route, status, time and who; neither the question nor anything of it, in the path either."""
    caplog.set_level(logging.INFO, "ragqa.requests")
    with TestClient(create_app(sample_context())) as client:
        response = client.post("/v1/ask", json={"question": NAMING_QUESTION}, headers={"X-Request-ID": "proxy-7"})
        client.get("/", params={"q": NAMING_QUESTION})
    first, second = (json.loads(JsonLines().format(record)) for record in caplog.records)
    assert response.headers["X-Request-ID"] == first["request_id"] == "proxy-7"
    assert (first["route"], first["status"], first["principal"]) == ("/v1/ask", 200, "local")
    assert second["route"] == "/"
    assert not any(word in json.dumps([first, second]) for word in ("Adams", "00482913", "treated"))


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 65, 'quote"'])
def test_an_id_that_could_do_harm_is_replaced(given: str | None) -> None:
    """Only a short plain id of a proxy is taken over."""
    assert request_id(given) != given
    assert len(request_id(given)) == 16


def test_who_asked_is_in_the_audit_chain_and_what_was_asked_is_not() -> None:
    """The entry names the answer by its id; a question with a patient's identifier is not stored anywhere."""
    context = sample_context()
    with TestClient(create_app(context)) as client:
        given = client.post("/v1/ask", json={"question": samples.QUESTION}).json()
        client.post("/v1/ask", json={"question": NAMING_QUESTION})
        page = client.get("/v1/audit", params={"limit": 10}).json()["entries"]
        check = client.get("/v1/audit/check").json()
    assert [entry["action"] for entry in page] == ["ask", "ask"]
    assert page[1]["target"] == given["answer_id"]
    assert "Adams" not in json.dumps(page)
    assert (check["holds"], check["n_entries"], check["first_broken"]) == (True, 2, None)


@pytest.mark.parametrize("allowed", [True, False])
def test_questions_are_logged_only_where_that_is_switched_on_and_never_with_an_identifier(caplog: pytest.LogCaptureFixture, allowed: bool) -> None:
    """The line of the question has the id of its answer and of its request; what looks like a patient's identifier is out of it."""
    caplog.set_level(logging.INFO, "ragqa.requests")
    with TestClient(create_app(sample_context(log_questions=allowed))) as client:
        answer_id = client.post("/v1/ask", json={"question": samples.QUESTION}).json()["answer_id"]
    logged = [record.fields for record in caplog.records if record.getMessage() == "question"]  # type: ignore[attr-defined]  # given as extra
    assert logged == ([{"answer_id": answer_id, "question": samples.QUESTION}] if allowed else [])


def test_every_line_of_a_request_carries_its_id() -> None:
    """Also what is logged from a thread, deep inside."""
    line = io.StringIO()
    handler = logging.StreamHandler(line)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("ragqa.web.guard")
    logger.addHandler(handler)
    try:
        with TestClient(create_app(sample_context()), raise_server_exceptions=False) as client:
            client.post("/v1/ask", json={"question": "fail"}, headers={"X-Request-ID": "proxy-8"})
    finally:
        logger.removeHandler(handler)
    entry = json.loads(line.getvalue())
    assert (entry["request_id"], entry["level"]) == ("proxy-8", "error")
    assert "ZeroDivisionError" in entry["exception"]


def test_a_service_without_its_records_is_not_ready() -> None:
    """The probe says what is missing; the process itself is alive."""
    context = sample_context()
    with TestClient(create_app(context), raise_server_exceptions=False) as client:
        assert client.get("/readyz").status_code == 200
        with closing(sqlite3.connect(context.settings.records.url.removeprefix("sqlite:///"))) as database:
            database.execute("DROP TABLE keys")
        response = client.get("/readyz")
        assert (response.status_code, response.json()["code"]) == (503, "records-unavailable")
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.soak), 2])
def test_every_request_that_was_taken_is_finished_when_the_service_is_stopped(built_index: Path, tmp_path: Path, workers: int) -> None:
    """SIGTERM while questions are answered: each request in the log of the service has reached its sender whole, and the process ends by itself."""
    received: set[str] = set()
    with serving(built_index, tmp_path, "--workers", str(workers)) as (address, process):
        is_over = threading.Event()

        def ask(name: str) -> None:
            for number in count():
                identifier = f"{name}-{number}"
                try:
                    # A connection for each: one that is kept open may be closed between two requests, which says nothing of either.
                    response = httpx.post(f"{address}/v1/ask", json=QUESTION, headers={"X-Request-ID": identifier}, timeout=60)
                except httpx.TransportError:
                    if is_over.is_set():
                        return
                    continue
                assert response.json()["status"] == "answered"
                received.add(identifier)

        threads = [threading.Thread(target=ask, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        eventually(lambda: len(received) >= 6)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)
        is_over.set()
        for thread in threads:
            thread.join()
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    taken = {line["request_id"]: line["status"] for line in lines if line.get("route") == "/v1/ask"}
    assert set(taken) == received
    assert set(taken.values()) == {200}


@pytest.mark.soak
def test_workers_share_keys_audit_and_figures(built_index: Path, tmp_path: Path) -> None:
    """Of two processes whichever is asked, a key holds, is gone when it was revoked, and chain and figures are those of both."""
    clock = lambda: datetime.now(UTC)  # noqa: E731 - one word for the records
    kept = open_records(records_url(tmp_path), clock)
    _, admin = kept.keys.create("ada", "admin")
    reader, secret = kept.keys.create("bob", "reader")
    with serving(built_index, tmp_path, "--workers", "2") as (address, _):

        def asks(given: str, n: int) -> set[int]:
            # A connection for each, so that both processes are asked.
            return {httpx.post(f"{address}/v1/ask", json=QUESTION, headers={"Authorization": f"Bearer {given}"}, timeout=60).status_code for _ in range(n)}

        assert asks(secret, 12) == {200}
        kept.keys.revoke(reader.key_id)
        assert asks(secret, 6) == {401}
        figures = httpx.get(f"{address}/metrics", headers={"Authorization": f"Bearer {admin}"}).text
    n_entries, _, broken = kept.audit.verify()
    kept.close()
    assert (n_entries, broken) == (12, None)
    assert 'ragqa_answers_total{status="answered"} 12.0' in figures.splitlines()


def test_a_port_that_is_taken_is_told_at_once(built_index: Path, tmp_path: Path) -> None:
    """One line, with the options that help."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "ragqa.cli", "serve", "--index", str(built_index), "--port", port]
        done = subprocess.run(command, env=os.environ | {"RAGQA_RECORDS__URL": records_url(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"port {port}: address already in use" in done.stderr
    assert "--port 0" in done.stderr
    assert "Traceback" not in done.stderr


def records_url(folder: Path) -> str:
    """Return the address of records in a folder."""
    return f"sqlite:///{folder / 'records.sqlite'}"


@contextmanager
def serving(index: Path, folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `ragqa serve` on a free port, with records and log in a folder; yield its address and its process, which has ended at the end."""
    environment = os.environ | {"RAGQA_RECORDS__URL": records_url(folder), "RAGQA_CORPUS": str(folder)}
    command = [sys.executable, "-m", "ragqa.cli", "serve", "--index", str(index), "--port", "0", *options]
    log = folder / "log"
    with log.open("wb") as errors, subprocess.Popen(command, env=environment, stderr=errors) as process:
        try:
            eventually(lambda: process.poll() is not None or "Application startup complete" in log.read_text())
            found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            assert found, log.read_text()
            yield found.group(), process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
