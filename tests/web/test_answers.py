"""Answers through the interface: streamed, saved, checked, explained, exported, talked about and remarked on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragqa.answers.json import answer_to_json
from ragqa.service import QAService
from ragqa.settings import RecordsSettings, Settings
from ragqa.types import Role
from ragqa.web.app import create_app
from ragqa.web.context import make_context
from ragqa.web.exports import EXPORTS
from ragqa.web.streams import events_of, joined
from tests.answers import samples
from tests.web.conftest import sample_context

ASK = {"question": samples.QUESTION}


@pytest.fixture
def caller() -> Iterator[TestClient]:
    """Return a client with records of its own."""
    with TestClient(create_app(sample_context()), raise_server_exceptions=False) as client:
        yield client


def read_events(text: str) -> list[tuple[str, Any]]:
    """Return the (name, data) pairs of a stream."""
    return [(block.split("\n")[0].removeprefix("event: "), json.loads(block.split("\ndata: ")[1])) for block in text.strip().split("\n\n")]


@pytest.mark.parametrize("answer", [samples.ANSWER, samples.ABSTENTION, samples.CLARIFIED], ids=["answer", "abstention", "clarified"])
def test_the_stream_carries_exactly_the_answer(answer: Any) -> None:
    """Joining the events gives the JSON of the answer, sources and citations included."""
    value = answer_to_json(answer)
    assert joined(list(events_of(value))) == value


def test_a_stream_begins_with_the_answer_and_ends_with_its_sources(caller: TestClient) -> None:
    """Statements come one by one, then the sources, then the end; the same references as without a stream."""
    response = caller.post("/v1/ask", json=ASK, headers={"Accept": "text/event-stream"})
    events = read_events(response.text)
    names = [name for name, _ in events]
    n_statements = len(samples.ANSWER.statements)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert names == ["answer", *["statement"] * n_statements, "sources", "done"]
    assert joined(events) == caller.post("/v1/ask", json=ASK).json()
    assert events[-1][1] == {"answer_id": samples.ANSWER.answer_id, "n_statements": n_statements}


def test_a_bad_question_is_a_problem_in_a_stream_too(caller: TestClient) -> None:
    """The problem comes as a problem, not as a stream that breaks off."""
    response = caller.post("/v1/ask", json={"question": ""}, headers={"Accept": "text/event-stream"})
    assert (response.status_code, response.json()["code"]) == (422, "question-invalid")


def test_an_answer_is_read_again_under_its_id(caller: TestClient) -> None:
    """The saved answer is the one that was given; an unknown id is a problem."""
    given = caller.post("/v1/ask", json=ASK).json()
    assert caller.get(f"/v1/answers/{given['answer_id']}").json() == given
    missing = caller.get("/v1/answers/00000000000000ff")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")


def test_a_question_with_an_identifier_is_answered_and_not_kept(corpus_service: QAService) -> None:
    """The asker gets the answer; nothing of it stays behind."""
    context = make_context(corpus_service, Settings(records=RecordsSettings(url="sqlite://")))
    with TestClient(create_app(context)) as client:
        kept, unkept = (
            client.post("/v1/ask", json={"question": f"{who} which treatment for SSc-ILD?"}) for who in ("In a woman of 50,", "Mrs Adams, MRN 00482913:")
        )
        assert [response.status_code for response in (kept, unkept)] == [200, 200]
        assert [client.get(f"/v1/answers/{response.json()['answer_id']}").status_code for response in (kept, unkept)] == [200, 404]
        assert "Adams" not in str([context.records.answers.recent("local"), context.records.audit.entries()])


@pytest.mark.parametrize("ending", EXPORTS)
def test_a_saved_answer_is_taken_along_in_every_format(caller: TestClient, ending: str) -> None:
    """Each export is a file named by the answer, and names the first source."""
    answer_id = caller.post("/v1/ask", json=ASK).json()["answer_id"]
    response = caller.get(f"/v1/answers/{answer_id}.{ending}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="{answer_id}.{ending}"'
    assert samples.ANSWER.sources[0].title.split()[0] in response.text
    assert caller.get(f"/v1/answers/{answer_id}.exe").status_code == 404


def test_a_saved_answer_is_checked_by_id_and_by_body(caller: TestClient) -> None:
    """Both ways give the same report; a changed body says where it was changed."""
    given = caller.post("/v1/ask", json=ASK).json()
    by_id = caller.post(f"/v1/answers/{given['answer_id']}/verify").json()
    assert by_id == caller.post("/v1/answers/verify", json=given).json()
    given["sections"][0]["groups"][0]["statements"][0]["citations"] = [9]
    found = caller.post("/v1/answers/verify", json=given).json()
    assert not found["holds"]
    assert found["problems"][0].startswith("/sections/0/groups/0/statements/0/citations")
    assert caller.post("/v1/answers/verify", json={"a": 1}).json()["code"] == "answer-invalid"


def test_an_explanation_comes_on_request_only(caller: TestClient) -> None:
    """It stands beside the answer, which stays the same."""
    plain = caller.post("/v1/ask", json=ASK).json()
    explained = caller.post("/v1/ask", json=ASK | {"explain": True}).json()
    explanation = explained.pop("explain")
    assert explained == plain
    assert [entry["id"] for entry in explanation["chosen"]] == [statement.statement_id for statement in samples.ANSWER.statements]
    assert explanation["left_out"][0]["reason"] == "it is on another disease than the one asked about"


def test_a_conversation_reads_each_question_in_the_light_of_those_before(caller: TestClient) -> None:
    """The second question is shown as it was read; the undo asks it as typed; both are turns that stay."""
    conversation_id = caller.post("/v1/conversations").json()["conversation_id"]
    path = f"/v1/conversations/{conversation_id}/ask"
    first = caller.post(path, json=ASK).json()
    second = caller.post(path, json={"question": "And its dose?"}).json()
    undone = caller.post(path, json={"question": "And its dose?", "standalone": True}).json()
    assert (first["turn"], first["rule"], first["interpreted_as"]) == (1, "standalone", samples.QUESTION)
    assert (second["turn"], second["rule"], second["interpreted_as"]) == (2, "subject", samples.ABSTENTION.question)
    assert second["choices"] == ["What is the dose of rituximab?"]
    assert (undone["turn"], undone["rule"], undone["interpreted_as"]) == (3, "standalone", "And its dose?")
    turns = caller.get(f"/v1/conversations/{conversation_id}").json()["turns"]
    assert [(turn["number"], turn["question"]) for turn in turns] == [(1, samples.QUESTION), (2, "And its dose?"), (3, "And its dose?")]
    assert [entry["conversation_id"] for entry in caller.get("/v1/conversations").json()["conversations"]] == [conversation_id]
    assert caller.delete(f"/v1/conversations/{conversation_id}").status_code == 204
    assert caller.post(path, json=ASK).status_code == 404


def test_nobody_reads_the_conversation_of_another() -> None:
    """To another principal it is not there."""
    context = sample_context()
    ada, bob = ({"Authorization": f"Bearer {context.records.keys.create(name, Role.READER.value)[1]}"} for name in ("ada", "bob"))
    with TestClient(create_app(context)) as client:
        conversation_id = client.post("/v1/conversations", headers=ada).json()["conversation_id"]
        assert client.get(f"/v1/conversations/{conversation_id}", headers=ada).status_code == 200
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/ask")):
            response = client.request(method, f"/v1/conversations/{conversation_id}{path}", headers=bob, json=ASK if method == "POST" else None)
            assert response.status_code == 404


def test_a_remark_is_kept_for_the_reviewers_without_identifiers() -> None:
    """A reader remarks, a reviewer reads, a reader does not; what looks like an identifier is taken out."""
    context = sample_context()
    reader, reviewer = ({"Authorization": f"Bearer {context.records.keys.create(role, role)[1]}"} for role in ("reader", "reviewer"))
    remark = {"answer_id": "a1", "statement_id": "s2", "verdict": "wrong_population", "note": "as for Mrs Adams"}
    with TestClient(create_app(context)) as client:
        assert client.post("/v1/feedback", json=remark, headers=reader).status_code == 201
        assert client.get("/v1/feedback", headers=reader).status_code == 403
        (kept,) = client.get("/v1/feedback", headers=reviewer).json()["feedback"]
        assert client.post("/v1/feedback", json=remark | {"verdict": "nice"}, headers=reader).status_code == 422
    assert (kept["verdict"], kept["note"], kept["principal"]) == ("wrong_population", "as for Mrs [name]", "reader")


def test_a_search_says_what_it_can_be_narrowed_by(caller: TestClient) -> None:
    """The documents of the hits are counted by kind and year."""
    facets = caller.post("/v1/search", json={"query": "first line"}).json()["facets"]
    assert facets["kinds"] == {"guideline": 1}
    assert sum(facets["years"].values()) == 1
