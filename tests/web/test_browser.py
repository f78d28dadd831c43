"""The page in a real browser: the system's Chromium against a real server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.answers import samples

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="the system has no Chromium")]


@pytest.fixture(scope="module")
def address(sample_app: FastAPI) -> Iterator[str]:
    """Serve the sample library on a free port."""
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(sample_app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start one browser with a fresh profile."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """Opens pages in one fresh context and notes what went wrong in them."""

    def __init__(self, chromium: Browser, address: str, **options: Any) -> None:
        self.context = chromium.new_context(base_url=address, **options)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.address = address

    def ask(self, question: str = samples.QUESTION, **more: str) -> Page:
        """Open the answer to a question."""
        self.page.goto("/?" + urlencode({"q": question, **more}))
        return self.page

    def close(self) -> None:
        """Check that nothing failed on the page and nobody else was asked."""
        self.context.close()
        assert self.errors == []
        assert self.hosts == {self.address.split("/")[2]}


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """Visit at desktop width."""
    visit = Visit(chromium, address, viewport=DESKTOP)
    yield visit
    visit.close()


def test_ask_and_open_a_citation(visit: Visit) -> None:
    """Type a question, press Enter, open a citation: the quote is marked in the panel, and Escape leads back to the citation."""
    page = visit.page
    page.goto("/")
    page.keyboard.type(samples.QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(samples.QUESTION)

    citation = page.locator("#s3 a.cite")
    citation.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel mark")).to_have_text(samples.ROSE.evidence[0].quote)
    expect(page.locator("#panel")).to_be_focused()
    expect(page.locator("#panel-title")).to_have_text("Source 2")

    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(citation).to_be_focused()


def test_step_through_the_citations(visit: Visit) -> None:
    """The panel leads to the next and the previous citation."""
    page = visit.ask()
    page.locator("#s1 a.cite").click()
    expect(page.locator("#panel mark")).to_have_text(samples.FOR.evidence[0].quote)
    page.get_by_label("Next citation").click()
    expect(page.locator("#panel mark")).to_have_text(samples.AGAINST.evidence[0].quote)
    page.get_by_label("Previous citation").click()
    expect(page.locator("#panel mark")).to_have_text(samples.FOR.evidence[0].quote)


def test_a_statement_on_two_quotes_marks_both(visit: Visit) -> None:
    """All quotes that a statement takes from a source are marked together."""
    page = visit.ask()
    page.locator("#s5 a.cite").click()
    expect(page.locator("#panel mark")).to_have_count(2)


def test_an_abstention_explains_itself(visit: Visit) -> None:
    """The reason stands first, the nearest evidence is named as no answer and opens like any other."""
    page = visit.ask("Who won the cup?")
    expect(page.locator(".status")).to_contain_text("does not answer this question")
    page.locator(".nearest a.cite").click()
    expect(page.locator("#panel mark")).to_have_text(samples.FOR.evidence[0].quote)


def test_change_the_reader_level(visit: Visit) -> None:
    """Choosing another level keeps the question and the statements and adds plain words."""
    page = visit.ask()
    page.get_by_role("link", name="Patient or carer").click()
    expect(page.locator("h1")).to_have_text(samples.QUESTION)
    expect(page.locator("#s3 .plain-words")).to_contain_text("how much air the lungs can blow out")
    expect(page.locator("#s5")).to_be_hidden()
    page.get_by_text("About doses: ask your care team").click()
    expect(page.locator("#s5")).to_be_visible()


def test_follow_a_suggestion(visit: Visit) -> None:
    """A suggested question asks itself."""
    page = visit.ask()
    page.get_by_role("link", name="How is MCTD monitored?").click()
    assert "q=How+is+MCTD+monitored%3F" in page.url


def test_take_another_reading(visit: Visit) -> None:
    """An ambiguous term offers its other reading as a question."""
    page = visit.ask(samples.CLARIFIED.question)
    page.get_by_role("link", name="adverse events").click()
    assert "adverse+events" in page.url


def test_sieve_the_library(visit: Visit) -> None:
    """Typing narrows the list of documents."""
    visit.page.goto("/documents")
    visit.page.get_by_role("searchbox").fill("cohort 2012")
    expect(visit.page.locator("tbody tr:visible")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/documents", f"/documents/{samples.TRIAL.document_id}", "/?" + urlencode({"q": samples.QUESTION})])
def test_nothing_is_wider_than_a_phone(chromium: Browser, address: str, path: str) -> None:
    """At phone width no page scrolls sideways, and a citation opens over the lower part with its statement in sight."""
    visit = Visit(chromium, address, viewport=PHONE, has_touch=True, reduced_motion="reduce")
    visit.page.goto(path)
    assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if "q=" in path:
        citation = visit.page.locator("#s6 a.cite")
        citation.tap()
        expect(visit.page.locator("#panel mark")).to_be_in_viewport()
        expect(citation).to_have_class("cite open")
        bottom, top = (
            visit.page.evaluate(f"document.querySelector('{name}').getBoundingClientRect().{edge}") for name, edge in (("a.open", "bottom"), ("#panel", "top"))
        )
        assert bottom <= top
    visit.close()


def test_asking_and_reading_need_no_script(chromium: Browser, address: str) -> None:
    """Without JavaScript the form asks, and a citation opens the document at the marked quote."""
    visit = Visit(chromium, address, viewport=DESKTOP, java_script_enabled=False)
    visit.page.goto("/")
    visit.page.get_by_label("Your question").fill(samples.QUESTION)
    visit.page.get_by_role("button", name="Ask").click()
    visit.page.locator("#s4 a.cite").click()
    expect(visit.page.locator("mark")).to_have_text(samples.UNCHANGED.evidence[0].quote)
    expect(visit.page.locator("mark")).to_be_in_viewport()
    visit.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/", "/?q=%20", "/documents", f"/documents/{samples.TRIAL.document_id}", "/?" + urlencode({"q": samples.QUESTION, "audience": "patient"})]
)
def test_no_serious_barrier(chromium: Browser, address: str, path: str, scheme: str) -> None:
    """An accessibility scan finds nothing serious or critical, in light and in dark, the open panel included."""
    visit = Visit(chromium, address, viewport=DESKTOP, color_scheme=scheme, reduced_motion="reduce")
    visit.page.goto(path)
    if "audience" in path:
        visit.page.locator("#s1 a.cite").click()
        expect(visit.page.locator("#panel mark")).to_be_visible()
    found = Axe().run(visit.page).response["violations"]
    visit.context.close()
    assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found if item["impact"] in ("serious", "critical")] == []


def test_print_shows_quotes_and_no_controls(visit: Visit) -> None:
    """On paper the quotes are open and the forms are gone."""
    page = visit.ask()
    page.emulate_media(media="print")
    expect(page.locator(".quotes blockquote").first).to_be_visible()
    expect(page.locator("form.ask")).to_be_hidden()
