"""The interface for programs."""

import json

import pytest
from starlette.testclient import TestClient

from ragqa.answers.json import answer_from_json, answer_to_json
from ragqa.errors import IndexMissing
from ragqa.service import QAService
from ragqa.settings import RecordsSettings, Settings
from ragqa.types import Answer
from ragqa.web.answer_schema import AnswerOut
from ragqa.web.app import create_app
from ragqa.web.context import make_context
from ragqa.web.schemas import ProblemOut
from tests.answers import samples


def test_an_answer_comes_back_whole(client: TestClient) -> None:
    """The response is the JSON of the answer, and reads back as the same value."""
    response = client.post("/v1/ask", json={"question": samples.QUESTION})

    assert response.status_code == 200
    assert response.json() == answer_to_json(samples.ANSWER)
    assert answer_from_json(response.json()) == samples.ANSWER


@pytest.mark.parametrize("answer", [samples.ANSWER, samples.ABSTENTION, samples.CLARIFIED], ids=["answer", "abstention", "clarified"])
def test_the_described_shape_is_the_written_one(answer: Answer) -> None:
    """The schema in the OpenAPI description has every field of an answer and no other."""
    written = answer_to_json(answer)
    assert AnswerOut.model_validate(written).model_dump(mode="json") == written


def test_an_abstention_is_an_answer(client: TestClient) -> None:
    """Finding nothing is no error: status 200, with the reason inside."""
    value = client.post("/v1/ask", json={"question": "Who won the cup?"}).json()
    assert (value["status"], value["reason"]["code"]) == ("insufficient_evidence", "no_dose")


def test_the_reader_level_is_taken(client: TestClient) -> None:
    """The audience asked for stands in the answer; the statements stay."""
    value = client.post("/v1/ask", json={"question": samples.QUESTION, "audience": "patient"}).json()
    assert value["audience"] == "patient"
    assert value["sections"] == answer_to_json(samples.ANSWER)["sections"]


def test_the_same_question_gives_the_same_bytes(client: TestClient) -> None:
    """Two requests give two equal bodies; the times stand in a header."""
    first, second = (client.post("/v1/ask", json={"question": samples.QUESTION}) for _ in range(2))
    assert first.content == second.content
    assert "total;dur=" in first.headers["Server-Timing"]
    assert "compose;dur=" in first.headers["Server-Timing"]


def test_search_ranks_passages(client: TestClient) -> None:
    """A hit carries rank, both raw scores, its document and its passage."""
    (hit,) = client.post("/v1/search", json={"query": "first line"}).json()["hits"]
    assert (hit["rank"], hit["lexical"], hit["dense"]) == (1, 7.25, 0.81)
    assert hit["document"]["metadata"]["title"] == samples.GUIDELINE.metadata.title
    assert hit["passage"]["text"] == samples.FOR.text


def test_search_takes_filters(client: TestClient) -> None:
    """A filter by kind excludes the others."""
    assert client.post("/v1/search", json={"query": "x", "filters": {"kinds": ["cohort"]}}).json()["hits"] == []


def test_documents_are_listed_and_read(client: TestClient) -> None:
    """Every document is listed; one is read with the pages that quotes are slices of."""
    listed = client.get("/v1/documents").json()["documents"]
    assert [document["document_id"] for document in listed] == [record.document_id for record in samples.RECORDS]

    value = client.get(f"/v1/documents/{samples.TRIAL.document_id}").json()
    assert [page["text"] for page in value["pages"]] == list(samples.TRIAL_PAGES)
    assert value["sections"][0]["title"] == "Results"
    evidence = samples.ROSE.evidence[0]
    assert value["pages"][evidence.page - 1]["text"][evidence.start : evidence.end] == evidence.quote


def test_index_and_probes(client: TestClient) -> None:
    """The index describes itself, and both probes answer."""
    assert client.get("/v1/index").json()["generation"] == "gen-000001"
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        (b'{"question": ""}', 422, "question-invalid", "empty"),
        (b'{"question": "   ?! "}', 422, "question-invalid", "empty"),
        (json.dumps({"question": "a" * 2001}).encode(), 422, "question-invalid", "at most 2000"),
        (b'{"question": "a\\u0007b"}', 422, "question-invalid", "not text"),
        (b'{"question": "a\\ud800b"}', 422, "question-invalid", "not text"),
        (b'{"question": 5}', 422, "request-invalid", "/question"),
        (b'{"question": ["a"]}', 422, "request-invalid", "/question"),
        (b"{}", 422, "request-invalid", "/question"),
        (b"[]", 422, "request-invalid", "/"),
        (b'{"question": "a", "qustion": "b"}', 422, "request-invalid", "/qustion"),
        (b'{"question": "a", "audience": "king"}', 422, "request-invalid", "/audience"),
        (b'{"question": "a", "filters": {"year_from": "old"}}', 422, "request-invalid", "/filters/year_from"),
        (b'{"question": ', 400, "json-malformed", "not JSON"),
        (b"\xff\xfe", 400, "json-malformed", "not JSON"),
        (b'{"question": "' + b"a" * 70_000 + b'"}', 413, "body-too-large", "64 kB"),
    ],
)
def test_bad_questions_get_a_problem(client: TestClient, body: bytes, status: int, code: str, words: str) -> None:
    """Each way of asking wrongly has its stable code and says what to do."""
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    problem = ProblemOut.model_validate(response.json())

    assert (response.status_code, problem.status, problem.code) == (status, status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert words in problem.detail


def test_a_form_is_not_json(client: TestClient) -> None:
    """A body of another type is refused with the header to send."""
    response = client.post("/v1/ask", data={"question": "a"})
    assert (response.status_code, response.json()["code"]) == (415, "media-type-unsupported")


@pytest.mark.parametrize(
    ("path", "code"), [("/v1/documents/nope", "document-not-found"), ("/v1/nothing", "not-found"), ("/v1/documents/..%2f..%2fetc", "not-found")]
)
def test_what_is_not_there_is_a_problem(client: TestClient, path: str, code: str) -> None:
    """An unknown document and an unknown address say so."""
    response = client.get(path)
    assert (response.status_code, response.json()["code"]) == (404, code)


def test_a_wrong_method_is_a_problem(client: TestClient) -> None:
    """A wrong method is refused, and the right one is named."""
    response = client.get("/v1/ask")
    assert (response.status_code, response.json()["code"], response.headers["Allow"]) == (405, "method-not-allowed", "POST")


def test_a_missing_index_says_how_to_build_it() -> None:
    """Without an index every route but the first probe answers 503 with the next step."""

    def missing() -> None:
        raise IndexMissing('no index in "index". Run "ragqa index build".')

    settings = Settings(records=RecordsSettings(url="sqlite://"))
    with TestClient(create_app(make_context(QAService(settings, missing, lambda: None), settings)), raise_server_exceptions=False) as client:  # type: ignore[arg-type]  # it never returns
        for response in (client.post("/v1/ask", json={"question": "a"}), client.get("/readyz"), client.get("/v1/documents"), client.get("/v1/index")):
            assert (response.status_code, response.json()["code"]) == (503, "index-missing")
            assert "ragqa index build" in response.json()["detail"]
        assert client.get("/healthz").status_code == 200
        page = client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "ragqa index build" in page.text


def test_an_unexpected_error_tells_nothing_of_the_machine(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The caller gets a problem without details, with the security headers; the log gets the cause."""
    response = client.post("/v1/ask", json={"question": "fail"})

    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert "secret" not in response.text
    assert "Content-Security-Policy" in response.headers
    assert "a secret of the machine" in caplog.text


def test_the_log_holds_no_question(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """A question may hold personal data: a refused one is not logged."""
    caplog.set_level("DEBUG")
    client.post("/v1/ask", json={"question": "zebra " * 500})
    assert "zebra" not in caplog.text


def test_the_description_has_examples_and_problems(client: TestClient) -> None:
    """OpenAPI names every route, an example question, and problem details for what can go wrong."""
    described = client.get("/openapi.json").json()

    assert {"/v1/ask", "/v1/search", "/v1/documents", "/v1/documents/{document_id}", "/v1/index", "/healthz", "/readyz"} <= set(described["paths"])
    assert described["components"]["schemas"]["AskIn"]["properties"]["question"]["examples"]
    responses = described["paths"]["/v1/ask"]["post"]["responses"]
    assert responses["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/ExplainedAnswerOut")
    for status in ("400", "413", "415", "422", "503"):
        assert "application/problem+json" in responses[status]["content"]


@pytest.mark.parametrize("path", ["/", "/v1/documents", "/static/page.css", "/nothing"])
def test_every_response_is_guarded(client: TestClient, path: str) -> None:
    """Security headers stand on pages, data, files and errors alike; no other origin is let in."""
    response = client.get(path, headers={"Origin": "https://example.org"})

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not [name for name in response.headers if name.lower().startswith("access-control")]


def test_answers_are_not_kept_by_caches(client: TestClient) -> None:
    """Answers are not stored on the way; versioned static files are."""
    assert client.post("/v1/ask", json={"question": samples.QUESTION}).headers["Cache-Control"] == "no-store"
    assert "immutable" in client.get("/static/page.css?v=1").headers["Cache-Control"]
    assert client.get("/static/page.css").headers["Cache-Control"] == "no-cache"
