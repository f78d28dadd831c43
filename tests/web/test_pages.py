"""The pages for people, without JavaScript."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from ragqa.answers.html import render_html
from ragqa.types import AnswerSection, Audience, Role, StatementGroup, Tier
from ragqa.web.access import COOKIE
from ragqa.web.app import create_app
from ragqa.web.pages import ask_url, quote_url
from ragqa.web.pages.rendering import answer_url
from ragqa.web.pages.turns import EXPORTS
from tests.answers import samples
from tests.answers.test_html import Reader
from tests.curation.library import make_paper
from tests.web.conftest import sample_context

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
        ("/nothing", 404, "/nothing"),
    ],
)
def test_what_cannot_be_shown_is_said_on_a_page(client: TestClient, path: str, status: int, words: str) -> None:
    """A person gets a page in plain words, with a way back."""
    page = read(client, path, status)
    assert words.lower() in page.text.lower()
    assert "/" in [attrs["href"] for attrs in page.all("a")]


def test_an_answer_can_be_taken_along(client: TestClient) -> None:
    """The answer names the address of every export and its own permanent address."""
    links = [attrs["href"] for attrs in read(client, "/?" + urlencode({"q": samples.QUESTION})).all("a")]
    assert {f"/v1/answers/{samples.ANSWER.answer_id}.{ending}" for ending, _ in EXPORTS} < set(links)
    assert answer_url(samples.ANSWER.answer_id, Audience.CLINICIAN) in links


def test_a_permanent_address_shows_the_saved_answer(client: TestClient) -> None:
    """An answer once given is read again under its id, at any reader level; its statements and citations are the same."""
    given = read(client, "/?" + urlencode({"q": samples.QUESTION}))
    kept = read(client, answer_url(samples.ANSWER.answer_id, Audience.PATIENT))
    assert [attrs["href"] for attrs in kept.all("a", "cite")] == [attrs["href"] for attrs in given.all("a", "cite")]
    assert "plain-words" in [attrs.get("class") for attrs in kept.all("dl")]


def test_an_answer_that_was_not_kept_is_asked_again(client: TestClient) -> None:
    """A permanent address that carries its question leads on to it; one without says what to do."""
    response = client.get("/answers/unknown?" + urlencode({"q": samples.QUESTION}), headers=HTML, follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (303, ask_url(samples.QUESTION, Audience.CLINICIAN))
    assert "ask its question again" in read(client, "/answers/unknown", status=404).text.lower()


def test_a_question_with_an_identifier_is_answered_and_not_kept(reading_client: TestClient) -> None:
    """Where the question seems to name a patient, the page says that the answer is not kept and offers nothing that needs it kept."""
    page = read(reading_client, "/?" + urlencode({"q": "How is ILD treated in patient John Miller, born 04/05/1961?"}))
    assert "Not kept" in page.text
    assert not [attrs for attrs in page.all("a") if attrs["href"].startswith(("/v1/answers/", "/answers/"))]


def test_the_review_status_and_the_day_of_the_library_stand_on_top(reading_client: TestClient) -> None:
    """An answer that nobody reviewed says so, and of which day the library is."""
    page = Reader(render_html(samples.ANSWER, dated="2026-05-09"))
    assert "Not reviewed by a person" in page.text
    assert "Library of 9 May 2026" in page.text
    assert [attrs["datetime"] for attrs in read(reading_client, "/?q=systemic+sclerosis").all("time")]


def test_recommendations_stand_at_a_glance() -> None:
    """Three or more recommendations on single treatments are summed up, each name a link to its statement; fewer are not."""
    cards = tuple(replace(samples.FOR, statement_id=f"s{row}", drugs=(name,)) for row, name in enumerate(("mycophenolate", "azathioprine", "rituximab")))
    answer = replace(
        samples.ANSWER, sections=(AnswerSection("guidelines", "From the Guidelines", (StatementGroup("first", "First Line", cards),)),), conflicts=()
    )
    chips = Reader(render_html(answer)).all("a", "chip")
    assert [attrs["href"] for attrs in chips] == ["#s0", "#s1", "#s2"]
    assert {attrs["title"] for attrs in chips} == {"Conditional recommendation for, Low certainty, Example Society 2023"}
    assert Reader(render_html(samples.ANSWER)).all("a", "chip") == []


@pytest.mark.parametrize(
    "change",
    [{"population_tier": Tier.BROADER}, {"drugs": ("a", "b")}, {"recommendation": replace(samples.FOR.recommendation, superseded_by="a newer one")}],  # type: ignore[type-var]  # it is a card
    ids=["other patients", "two treatments", "superseded"],
)
def test_what_needs_more_words_is_not_at_a_glance(change: dict[str, Any]) -> None:
    """A name alone cannot say that the patients are others, that treatments belong together, or that an edition is old."""
    cards = tuple(replace(samples.FOR, statement_id=f"s{row}", **change) for row in range(4))
    answer = replace(
        samples.ANSWER, sections=(AnswerSection("guidelines", "From the Guidelines", (StatementGroup("first", "First Line", cards),)),), conflicts=()
    )
    assert Reader(render_html(answer)).all("a", "chip") == []


def test_why_a_statement_was_chosen_can_be_read(client: TestClient) -> None:
    """Behind each statement: what weighed, what was checked, and what differs from the quote."""
    text = " ".join(read(client, "/?" + urlencode({"q": samples.QUESTION})).text.split())
    assert "each quote is the stored text of its page" in text
    assert "Added before the quote: “Example Trial:”" in text


def test_no_page_asks_another_host(client: TestClient) -> None:
    """Scripts, styles and pictures come from this service; only links lead elsewhere."""
    for path in ("/", "/?" + urlencode({"q": samples.QUESTION}), "/documents", f"/documents/{samples.TRIAL.document_id}"):
        page = read(client, path)
        loaded = [attrs.get("src") or attrs.get("href", "") for name in ("script", "link", "img") for attrs in page.all(name)]
        assert loaded
        assert all(address.startswith(("/static/", "/v1/documents/")) for address in loaded)


@pytest.mark.parametrize("path", ["/", "/?" + urlencode({"q": samples.QUESTION})])
def test_the_first_view_is_light(client: TestClient, path: str) -> None:
    """A page with its style, its scripts and its picture stays under 100 kB even before it is compressed, and is compressed."""
    page = read(client, path)
    linked = {attrs.get("src") or attrs["href"] for name in ("script", "link", "img") for attrs in page.all(name)}
    assert sum(len(client.get(address).content) for address in {path, *linked}) < 100_000
    assert client.get(path).headers["Content-Encoding"] == "gzip"


def test_a_document_lists_its_sections(reading_client: TestClient) -> None:
    """Each section leads to the block in which it begins."""
    (record,) = [item for item in reading_client.get("/v1/documents").json()["documents"] if item["source"] == "alder.md"]
    page = read(reading_client, f"/documents/{record['document_id']}")
    links = [attrs["href"] for attrs in page.all("a") if "#section-" in attrs.get("href", "")]
    assert len(links) == 2
    assert {link.partition("#")[2] for link in links} == {attrs["id"] for attrs in page.all("span") if attrs.get("id", "").startswith("section-")}


def test_a_paper_stands_beside_its_page(reading_client: TestClient) -> None:
    """A page of a PDF shows the page as printed with the same words marked, in the document and in the panel; a text file shows none."""
    documents = reading_client.get("/v1/documents").json()["documents"]
    paper, text = (next(item["document_id"] for item in documents if item["source_format"] == kind) for kind in ("pdf", "markdown"))
    for part in ("page", "panel"):
        page = read(reading_client, f"/documents/{paper}?page=2&start=0&end=7&part={part}")
        (picture,) = [attrs["src"] for attrs in page.all("img") if "pages" in attrs["src"]]
        assert picture == f"/v1/documents/{paper}/pages/2.png?start=0&end=7"
        assert reading_client.get(picture).headers["Content-Type"] == "image/png"
    assert [attrs for attrs in read(reading_client, f"/documents/{text}").all("img") if "pages" in attrs["src"]] == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("words=cohort+2012", ["Example cohort"]),
        ("kind=guideline", ["Example Society guideline 2023"]),
        ("since=2020", ["Example Society guideline 2023", "The Example Trial of rituximab"]),
        ("status=part", []),
        ("words=zebra", []),
    ],
)
def test_the_library_is_filtered_on_the_server(client: TestClient, query: str, names: list[str]) -> None:
    """Words, kind, year and status narrow the list without a script."""
    links = {f"/documents/{record.document_id}": record.metadata.label for record in samples.RECORDS}
    page = read(client, f"/documents?{query}")
    assert [links[attrs["href"]] for attrs in page.all("a") if attrs["href"] in links] == names


def test_a_file_is_added_removed_and_put_back_without_a_script(library_client: TestClient) -> None:
    """The plain forms do what the scripts do: upload, remove, put back, rebuild; each is audited."""
    client = library_client
    page = client.post("/documents", files=[("files", ("Other.pdf", make_paper("Another paper"))), ("files", ("bad.exe", b"MZ"))], headers=HTML)
    for words in ("Other.pdf</strong>: taken in", "bad.exe</strong>: rejected", "A build is"):
        assert words in page.text
    (added,) = [entry["target"] for entry in client.get("/v1/audit").json()["entries"] if entry["target"]]

    removed = client.post(f"/documents/{added}/remove", headers=HTML)
    assert f"/documents/{added}/restore" in removed.text
    assert client.post(f"/documents/{added}/restore", headers=HTML).status_code == 200
    assert client.post("/documents/rebuild", headers=HTML).status_code == 200
    entries = client.get("/v1/audit").json()["entries"]
    assert [entry["action"] for entry in reversed(entries)] == ["upload", "upload", "remove", "restore", "rebuild"]


def test_history_lists_what_was_asked(client: TestClient) -> None:
    """A question asked stands in the history and on the first page, and leads to its saved answer."""
    read(client, "/?" + urlencode({"q": samples.QUESTION}))
    for path in ("/history", "/"):
        assert answer_url(samples.ANSWER.answer_id, Audience.CLINICIAN) in [attrs["href"] for attrs in read(client, path).all("a")]


def test_a_reader_is_shown_only_what_a_reader_may(make_key: Callable[[Role], TestClient]) -> None:
    """Without the role of a curator the library has no forms that change it, and the page names who is signed in."""
    for role, has_forms in ((Role.READER, False), (Role.CURATOR, True)):
        page = read(make_key(role), "/documents")
        assert ("/documents/rebuild" in [attrs["action"] for attrs in page.all("form")]) is has_forms
        assert f"ada, {role.value}" in page.text
        assert "/sign-out" in [attrs["action"] for attrs in page.all("form")]


@pytest.fixture
def make_key() -> Iterator[Callable[[Role], TestClient]]:
    """Return a function that gives a client signed in with a key of a role."""
    context = sample_context()
    with ExitStack() as stack:

        def signed_in(role: Role) -> TestClient:
            client = stack.enter_context(TestClient(create_app(context), raise_server_exceptions=False))
            client.cookies.set(COOKIE, context.records.keys.create("ada", role.value, None)[1])
            return client

        yield signed_in


def test_signing_in_asks_for_a_key(make_key: Callable[[Role], TestClient]) -> None:
    """Who is not signed in is led to a form, and back to where they wanted to go; a wrong key is told beside the field."""
    client = make_key(Role.READER)
    client.cookies.clear()
    page = read(client, "/documents")
    assert [attrs["value"] for attrs in page.all("input") if attrs["name"] == "next"] == ["/documents"]
    refused = client.post("/sign-in", data={"key": "ragqa_wrong", "next": "/"}, headers=HTML)
    assert "not valid" in refused.text
