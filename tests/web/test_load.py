"""Many ask at once: nobody's request is lost, and whoever is sent away is told when to come again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from ragqa.answers.verification import read_saved_answer, verify_answer
from ragqa.bootstrap import open_service
from ragqa.index.generation import open_generation
from ragqa.settings import RecordsSettings, ServerSettings, Settings
from ragqa.text.lexicon import load_lexicon
from ragqa.web.app import create_app
from ragqa.web.context import Context, make_context
from tests.answers import samples
from tests.curation.library import ENDED, PAPER, copy_library
from tests.web.conftest import sample_context

ASKERS = 50


@contextmanager
def served(context: Context) -> Iterator[str]:
    """Serve an application on a free port of this machine, in a thread that ends at the end; yield its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(context), port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def many_connections() -> httpx.Client:
    """Return a client that many threads may use at once."""
    return httpx.Client(timeout=120, limits=httpx.Limits(max_connections=ASKERS + 5, max_keepalive_connections=ASKERS))


def ask(client: httpx.Client, address: str, question: str) -> tuple[dict[str, Any], int]:
    """Ask until there is an answer, coming again when told to; return it with how often one was sent away. Anything else fails."""
    for n_refused in range(1000):
        response = client.post(f"{address}/v1/ask", json={"question": question})
        if response.status_code == 200:
            return response.json(), n_refused
        assert (response.status_code, response.json()["code"]) == (429, "busy"), response.text
        assert int(response.headers["Retry-After"]) > 0
        time.sleep(0.2)
    raise AssertionError("never answered")


def test_fifty_ask_at_once_and_no_request_is_lost() -> None:
    """Two answers at once, ten waiting, fifty askers: all are answered, some after a deliberate 429, and each answer is noted once."""
    context = sample_context(answers_at_once=2, answers_waiting=10)
    with served(context) as address, many_connections() as client, ThreadPoolExecutor(ASKERS) as pool:
        given = list(pool.map(lambda _: ask(client, address, samples.QUESTION), range(ASKERS)))
        n_entries, _, broken = context.records.audit.verify()
        figures = httpx.get(f"{address}/metrics").text.splitlines()
    assert [value["answer_id"] for value, _ in given] == [samples.ANSWER.answer_id] * ASKERS
    assert (n_entries, broken) == (ASKERS, None)
    n_refused = sum(n for _, n in given)
    assert n_refused > 0
    assert f'ragqa_refused_total{{code="busy"}} {float(n_refused)}' in figures
    assert context.queue.n_waiting == 0


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_fifty_ask_while_the_library_is_built_anew_three_times(built_library: Settings, tmp_path: Path) -> None:
    """Each request is answered but for deliberate 429s, and each answer holds against the generation that it names, byte for byte."""
    copied = copy_library(built_library, tmp_path)
    settings = copied.model_copy(
        update={
            "generations": copied.generations.model_copy(update={"keep_generations": 10}),
            "server": ServerSettings(answers_at_once=4, answers_waiting=40),
            "records": RecordsSettings(url=f"sqlite:///{tmp_path / 'records.sqlite'}"),
        }
    )
    context = make_context(open_service(settings), settings)
    questions = ["How many patients with interstitial lung disease improved with treatment?", "How is interstitial lung disease treated?", "Is fever common?"]
    is_over = threading.Event()

    def asker(number: int) -> list[tuple[dict[str, Any], int]]:
        found: list[tuple[dict[str, Any], int]] = []
        while not is_over.is_set():
            found.append(ask(client, address, questions[(number + len(found)) % len(questions)]))
        return found

    def build_three_times() -> None:
        try:
            for number in range(3):
                (settings.corpus / f"new-{number}.md").write_text(PAPER.format(title=f"Cedar {number}", year=2020 + number, kind="cohort"))
                job_id = httpx.post(f"{address}/v1/index/rebuild", timeout=60).json()["job_id"]
                while (job := context.records.jobs.get(job_id)) is None or job.state not in ENDED:
                    time.sleep(0.1)
                assert job.state == "succeeded", job.message
        finally:
            is_over.set()

    with served(context) as address, many_connections() as client, ThreadPoolExecutor(ASKERS + 1) as pool:
        builds = pool.submit(build_three_times)
        given = [item for answers in pool.map(asker, range(ASKERS)) for item in answers]
        builds.result()
        n_entries, _, broken = context.records.audit.verify()
    assert (n_entries - 3, broken) == (len(given), None)
    answers = {json.dumps(value, sort_keys=True) for value, _ in given}
    named = {json.loads(text)["index_version"] for text in answers}
    assert len(named) == 4
    libraries = {(found := open_generation(settings.index / version[: len("gen-000000")])).library.version: found.library for version in named}
    for text in answers:
        answer, problems = read_saved_answer(json.loads(text))
        assert (problems, verify_answer(answer, libraries[answer.index_version], load_lexicon()).holds) == ((), True)
