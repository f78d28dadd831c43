"""The row for a language model, against a server of our own that speaks the protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ragqa.errors import SettingsInvalid
from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.citations import citation_precision, citation_recall
from ragqa.evaluation.plain_model import CANNOT, N_PASSAGES, Endpoint, plain_model
from ragqa.evaluation.records import Share
from ragqa.service import QAService
from tests.evaluation.samples import question

ASKED = question(text="Is mycophenolate recommended for ILD in systemic sclerosis?")


class _Model(BaseHTTPRequestHandler):
    """Quotes the first sentence of passage 1, then invents one; or says what it is told to say."""

    says: str | None = None
    heard: list[dict[str, object]]

    def do_POST(self) -> None:
        """Answer one request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).heard.append(body | {"key": self.headers["Authorization"], "path": self.path})
        first = body["messages"][1]["content"].split("\n", 1)[1].split(". ", 1)[0].split("\n")[0].rstrip(".")
        text = self.says if self.says is not None else f"{first}. [1] Everybody was cured of everything within 17 days [2]. Nobody knows why [99]."
        reply = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Serve the model on a free port."""
    _Model.says, _Model.heard = None, []
    server = HTTPServer(("127.0.0.1", 0), _Model)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "small", "secret")
    server.shutdown()
    thread.join()
    server.server_close()


def test_sentences_are_judged_by_the_passages_they_cite(corpus_service: QAService, assessor: Assessor, endpoint: Endpoint) -> None:
    """A sentence of the cited passage is supported; an invented one, and one that cites no passage, are not: 1 of 3, and 1 of 2 citations."""
    case = Case(ASKED, plain_model(corpus_service.reader(), endpoint).ask(ASKED, {}), assessor)

    assert citation_recall(case) == Share(1.0, 3), [statement.text for statement in case.answer.statements]
    assert citation_precision(case) == Share(1.0, 2)
    assert case.answer.statements[2].evidence == ()
    heard = _Model.heard[0]
    assert (heard["path"], heard["model"], heard["temperature"], heard["key"]) == ("/v1/chat/completions", "small", 0, "Bearer secret")
    assert f"[{N_PASSAGES}]" in json.dumps(heard["messages"])


@pytest.mark.parametrize("says", [CANNOT, f"{CANNOT} [1]", ""], ids=["refuses", "with a mark", "nothing"])
def test_a_model_may_refuse(corpus_service: QAService, endpoint: Endpoint, says: str) -> None:
    """The agreed sentence, or none at all, is an abstention."""
    _Model.says = says

    assert plain_model(corpus_service.reader(), endpoint).ask(ASKED, {}).abstained


def test_an_endpoint_that_is_none_says_what_to_do(corpus_service: QAService) -> None:
    """A dead port and an address of another kind are named, with the remedy."""
    for url, remedy in (("http://127.0.0.1:9/v1", "Check address"), ("file:///etc/hosts", "no web address")):
        with pytest.raises(SettingsInvalid, match=remedy):
            plain_model(corpus_service.reader(), Endpoint(url, "m")).ask(ASKED, {})
