"""For whoever runs the service: figures, log lines, audit, and how it ends."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from ragqa.web.app import create_app
from ragqa.web.logs import JsonLines, request_id
from tests.answers import samples
from tests.web.conftest import sample_context

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


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_served_request_is_finished_when_the_service_is_stopped(built_index: Path, tmp_path: Path, workers: int) -> None:
    """SIGTERM while questions are answered: every one that was taken gets its whole answer, and the process ends by itself."""
    port = free_port()
    records = f"sqlite:///{tmp_path / 'records.sqlite'}"
    environment = os.environ | {"RAGQA_RECORDS__URL": records, "RAGQA_CORPUS": str(tmp_path), "RAGQA_CURATION__DEBOUNCE_S": "0"}
    command = [sys.executable, "-m", "ragqa.cli", "serve", "--index", str(built_index), "--port", str(port), "--workers", str(workers)]
    address, answers, failures = f"http://127.0.0.1:{port}", [], []
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(address)
            stopped = threading.Event()

            def ask() -> None:
                with httpx.Client(timeout=30) as client:
                    while not stopped.is_set():
                        try:
                            response = client.post(f"{address}/v1/ask", json={"question": "How is SSc-ILD treated?"})
                            answers.append(response.status_code if response.json()["status"] == "answered" else 0)
                        except httpx.ConnectError:
                            return
                        except httpx.TransportError as error:
                            # A connection that was kept open is closed between two requests; an answer that was begun must not be.
                            failures.append(error)
                            return

            threads = [threading.Thread(target=ask) for _ in range(3)]
            for thread in threads:
                thread.start()
            time.sleep(1.0)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) in (0, -signal.SIGTERM)
            stopped.set()
            for thread in threads:
                thread.join()
        finally:
            if process.poll() is None:
                process.kill()
    assert answers
    assert set(answers) == {200}
    assert not [error for error in failures if not isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)]


def wait_until_ready(address: str) -> None:
    """Wait until the service answers, at most half a minute."""
    for _ in range(300):
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the service did not become ready")
