"""The pages for people, without JavaScript."""

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from ragqa.types import Audience
from ragqa.web.pages import EXPORTS, ask_url, quote_url
from tests.answers import samples
from tests.answers.test_html import Reader

HTML = {"Accept": "text/html"}


def read(client: TestClient, path: str, status: int = 200) -> Reader:
    """Return a page as its parser saw it; all of its tags close in order."""
    response = client.get(path, headers=HTML)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    reader = Reader(response.text.removeprefix("<!doctype html>"))
    assert reader.open == []
    return reader


def test_the_first_page_asks(client: TestClient) -> None:
    """It holds a form for the question, the reader levels, and what the library has."""
    page = read(client, "/")
    assert [attrs["name"] for attrs in page.all("textarea")] == ["q"]
    assert [attrs["value"] for attrs in page.all("input")] == [audience.value for audience in Audience]
    assert "1 guideline" in " ".join(page.text.split())


def test_a_question_is_answered_on_the_server(client: TestClient) -> None:
    """Sending the form shows the answer with a link to each quote in its document."""
    page = read(client, "/?" + urlencode({"q": samples.QUESTION}))
    for statement in samples.ANSWER.statements:
        assert statement.text in page.text
    assert page.all("a", "cite")[0]["href"] == quote_url(samples.FOR.evidence)


def test_every_citation_opens_its_quote(client: TestClient) -> None:
    """Following each citation shows the page with exactly the quoted words marked."""
    links = {attrs["href"] for attrs in read(client, "/?" + urlencode({"q": samples.QUESTION})).all("a", "cite")}
    quotes = {quote_url(statement.evidence): statement.evidence for statement in samples.ANSWER.statements}
    assert links == set(quotes)
    for link, evidence in quotes.items():
        html = client.get(link, headers=HTML).text
        marked = [unescape(text) for text in re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL)]
        assert marked == [item.quote for item in evidence]
        assert html.count('id="quote"') == 1


def test_a_panel_is_the_part_around_the_quote(client: TestClient) -> None:
    """For the side panel the same address gives the passage alone, with a link to the whole page."""
    address = quote_url(samples.FOR.evidence).removesuffix("#quote")
    panel = read(client, address + "&part=panel")
    assert "Mycophenolate is conditionally recommended" in panel.text
    assert "Forced vital capacity" not in panel.text
    assert quote_url(samples.FOR.evidence) in [attrs["href"] for attrs in panel.all("a")]


@pytest.mark.parametrize("audience", list(Audience))
def test_each_reader_level_is_one_link_away(client: TestClient, audience: Audience) -> None:
    """The answer page links to all levels and marks the present one."""
    page = read(client, ask_url(samples.QUESTION, audience))
    levels = [attrs for attrs in page.all("a") if attrs["href"] in [ask_url(samples.QUESTION, level) for level in Audience]]
    assert len(levels) == len(Audience)
    assert [attrs["href"] for attrs in levels if "aria-current" in attrs] == [ask_url(samples.QUESTION, audience)]


def test_an_empty_question_is_told_on_the_page(client: TestClient) -> None:
    """The form comes back with what is wrong, tied to the field."""
    page = read(client, "/?q=%20", status=422)
    assert "the question is empty" in page.text
    assert page.all("textarea")[0]["aria-describedby"] == "complaint"


def test_a_refused_question_is_kept_and_escaped(client: TestClient) -> None:
    """What was typed stands in the field again, as text."""
    typed = "<script>alert(1)</script>" * 100
    page = read(client, "/?" + urlencode({"q": typed}), status=422)
    assert typed in page.text
    assert len(page.all("script")) == 1


def test_the_library_lists_every_document(client: TestClient) -> None:
    """Each document stands with its kind and year, and opens."""
    page = read(client, "/documents")
    for record in samples.RECORDS:
        assert record.metadata.label in page.text
        assert f"/documents/{record.document_id}" in [attrs["href"] for attrs in page.all("a")]


def test_a_document_is_read_page_by_page(client: TestClient) -> None:
    """A document of two pages shows one, with a way to the other."""
    page = read(client, f"/documents/{samples.TRIAL.document_id}")
    assert "Connective tissue disease is often" in page.text
    assert {attrs["href"] for attrs in page.all("a") if attrs.get("rel") == "next"} == {f"/documents/{samples.TRIAL.document_id}?page=2"}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/documents/nope", 404, "No document"),
        ("/documents/example-trial?page=3", 404, "pages 1 to 2"),
        ("/documents/example-trial?page=1&start=5&end=99999", 404, "is no passage"),
        ("/documents/example-trial?page=1&start=9&end=5", 404, "is no passage"),
        ("/documents/example-trial?page=1&start=9", 404, "is no passage"),
        ("/documents/example-trial?page=0", 422, "/page"),
        ("/?q=a&audience=king", 422, "/audience"),
        ("/answer.exe?q=a", 404, "there is no export"),
        ("/nothing", 404, "/nothing"),
    ],
)
def test_what_cannot_be_shown_is_said_on_a_page(client: TestClient, path: str, status: int, words: str) -> None:
    """A person gets a page in plain words, with a way back."""
    page = read(client, path, status)
    assert words.lower() in page.text.lower()
    assert "/" in [attrs["href"] for attrs in page.all("a")]


@pytest.mark.parametrize("ending", list(EXPORTS))
def test_an_answer_can_be_saved(client: TestClient, ending: str) -> None:
    """Every export comes as a file of its own name and type and holds the answer."""
    response = client.get(f"/answer.{ending}?" + urlencode({"q": samples.QUESTION}))

    assert response.headers["Content-Disposition"] == f'attachment; filename="{samples.ANSWER.answer_id}.{ending}"'
    assert "Journal of Examples" in response.text
    if ending.endswith("json"):
        assert json.loads(response.text)


def test_no_page_asks_another_host(client: TestClient) -> None:
    """Scripts, styles and pictures come from this service; only links lead elsewhere."""
    for path in ("/", "/?" + urlencode({"q": samples.QUESTION}), "/documents", f"/documents/{samples.TRIAL.document_id}"):
        page = read(client, path)
        loaded = [attrs.get("src") or attrs.get("href", "") for name in ("script", "link", "img") for attrs in page.all(name)]
        assert loaded
        assert all(address.startswith("/static/") for address in loaded)


def test_the_first_view_is_light(client: TestClient) -> None:
    """The answer page with its style, script and picture stays under 100 kB even before it is compressed, and is compressed."""
    path = "/?" + urlencode({"q": samples.QUESTION})
    page = read(client, path)
    files = {attrs.get("src") or attrs["href"] for name in ("script", "link", "img") for attrs in page.all(name)}
    assert sum(len(client.get(address).content) for address in {path, *files}) < 100_000
    assert client.get(path).headers["Content-Encoding"] == "gzip"
