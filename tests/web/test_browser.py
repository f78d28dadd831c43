"""The page in a real browser: the system's Chromium against a real server."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from ragqa.bootstrap import open_service
from ragqa.settings import Settings
from ragqa.web.app import create_app
from ragqa.web.context import make_context
from tests.answers import samples
from tests.curation.library import copy_library, make_paper, ticking_clock
from tests.web.conftest import sample_context
from tests.web.test_uploads import LINES, OTHER

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
def address() -> Iterator[str]:
    """Serve the sample library on a free port."""
    with served(create_app(sample_context())) as address:
        yield address


@pytest.fixture(scope="module")
def library_address(built_library: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a library on disk that may be changed, with the real encoder."""
    settings = copy_library(built_library, tmp_path_factory.mktemp("served"))
    records = settings.records.model_copy(update={"url": f"sqlite:///{settings.index.parent / 'records.sqlite'}"})
    settings = settings.model_copy(update={"records": records})
    with served(create_app(make_context(open_service(settings), settings, ticking_clock()))) as address:
        yield address


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port and give its address."""
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
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


def serious(page: Page, *rules: str) -> list[tuple[str, list[str]]]:
    """Return the serious and critical findings of an accessibility scan by all rules or those named: rule, and the elements that break it."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [(item["id"], [node["html"] for node in item["nodes"]]) for item in found if item["impact"] in ("serious", "critical")]


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
    expect(page.locator("#panel-title")).to_have_text("Source 2 The Example Trial of rituximab")

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


def test_a_follow_up_is_answered_in_place(visit: Visit) -> None:
    """The next answer appears under the last one, focus on its title; the address is that of the conversation and shows both again."""
    page = visit.ask()
    page.get_by_label("Have a follow-up question?").fill(samples.ABSTENTION.question)
    page.keyboard.press("Enter")
    expect(page.locator("#turn-2 h1")).to_be_focused()
    expect(page.locator("#turn-2 .status")).to_contain_text("does not answer this question")
    expect(page.locator("#turn-1 .statement").first).to_be_visible()
    page.locator("#turn-2 .nearest a.cite").click()
    expect(page.locator("#panel mark")).to_have_text(samples.FOR.evidence[0].quote)

    page.get_by_label("Have a follow-up question?").fill(samples.CLARIFIED.question)
    page.keyboard.press("Enter")
    expect(page.locator("#turn-3")).to_be_visible()
    assert "/conversations/" in page.url
    page.reload()
    expect(page.locator("#turns h1")).to_have_text([samples.QUESTION, samples.ABSTENTION.question, samples.CLARIFIED.question])
    page.goto("/history")
    expect(page.locator(".past li", has_text="3 questions")).to_contain_text(samples.QUESTION)
    page.locator(".past li", has_text="3 questions").get_by_role("button", name="Forget").click()
    expect(page.locator(".past li", has_text="3 questions")).to_have_count(0)


def test_a_follow_up_says_how_it_was_read(visit: Visit) -> None:
    """A question that leans on the one before is shown as it was asked, with the way back to what was typed and to other readings."""
    page = visit.ask()
    page.get_by_label("Have a follow-up question?").fill("And its dose?")
    page.keyboard.press("Enter")
    expect(page.locator("#turn-2 h1")).to_have_text(samples.ABSTENTION.question)
    expect(page.locator("#turn-2 .read-as")).to_contain_text("You asked “And its dose?”")
    expect(page.locator("#turn-2 .read-as")).to_contain_text("What is the dose of rituximab?")
    page.get_by_role("button", name="Ask as typed").click()
    expect(page.locator("#turn-3")).to_be_visible()
    expect(page.locator("#turn-3 .read-as")).to_have_count(0)


def test_every_quote_is_checked_on_request(visit: Visit) -> None:
    """One press checks the saved answer against the library and says what was found."""
    page = visit.ask()
    page.get_by_role("button", name="Check every quote now").click()
    expect(page.locator(".take .said")).to_contain_text(f"all {len(samples.ANSWER.statements)} statements stand")


def test_an_answer_is_copied_with_its_references(chromium: Browser, address: str) -> None:
    """Copying gives text with the references; the link copies the permanent address, which opens the same answer."""
    visit = Visit(chromium, address, viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    page = visit.ask()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".take .said")).to_contain_text("Copied")
    assert "Journal of Examples" in page.evaluate("navigator.clipboard.readText()")
    page.locator("[data-take=link]").click()
    expect(page.locator(".take .said")).to_contain_text("link")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator("h1")).to_have_text(samples.QUESTION)
    visit.close()


def test_what_was_left_out_can_be_seen(chromium: Browser, library_address: str) -> None:
    """Under an answer, the nearest sentences that are not shown, each with its source and the reason."""
    visit = Visit(chromium, library_address, viewport=DESKTOP)
    page = visit.ask("How many patients with interstitial lung disease improved in trial Alder?")
    page.locator(".left-out summary").click()
    expect(page.locator(".left-out li").first).to_contain_text("Not shown, since")
    visit.close()


def test_a_statement_can_be_judged(visit: Visit) -> None:
    """Where the reasons are opened, a verdict with a word can be sent, and only by a press of its own."""
    page = visit.ask()
    statement = page.locator("#s3")
    statement.locator(".more summary").click()
    statement.get_by_role("button", name="Wrong patients").click()
    statement.get_by_placeholder("In a few words").fill("these were children")
    statement.get_by_role("button", name="Send").click()
    expect(statement.locator(".said")).to_contain_text("Thank you")
    (remark,) = page.request.get("/v1/feedback").json()["feedback"]
    assert (remark["answer_id"], remark["statement_id"], remark["verdict"]) == (samples.ANSWER.answer_id, "s3", "wrong_population")


def test_a_suggestion_asks_itself_in_place(visit: Visit) -> None:
    """A suggested question is answered under the answer that suggested it."""
    page = visit.ask()
    page.get_by_role("link", name="How is MCTD monitored?").click()
    expect(page.locator("#turn-2")).to_be_visible()
    expect(page.locator("#turn-1 h1")).to_have_text(samples.QUESTION)


def test_the_panel_keeps_the_focus(visit: Visit) -> None:
    """Tab goes round within the open panel, both ways, until Escape."""
    page = visit.ask()
    page.locator("#s1 a.cite").click()
    expect(page.locator("#panel mark")).to_be_visible()
    for key in ("Shift+Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.closest('#panel') !== null")


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    """The first stop of Tab leads past the navigation."""
    page = visit.page
    page.goto("/documents")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_uploaded_paper_is_cited(chromium: Browser, library_address: str) -> None:
    """Add a PDF, see how it was read and the build go by, ask about it, and see the quote marked in its text and on its page."""
    visit = Visit(chromium, library_address, viewport=DESKTOP)
    page = visit.page
    page.goto("/documents")
    page.locator("#files").set_input_files(FilePayload(name="Other trial.pdf", mimeType="application/pdf", buffer=make_paper(OTHER, *LINES)))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#uploads li")).to_contain_text("Read: 2 pages")
    expect(page.locator("#job")).to_contain_text("up to date", timeout=60_000)
    expect(page.locator("#documents")).to_contain_text("uploaded as Other trial.pdf")
    expect(page.locator("#holds")).to_contain_text("these 4 documents")
    expect(page.locator("#index-about")).to_contain_text("4 documents")

    visit.ask("What are the outcomes of cyclophosphamide in systemic sclerosis?")
    page.locator("a.cite").first.click()
    expect(page.locator("#panel mark").first).to_contain_text("60 patients with systemic sclerosis")
    picture = page.locator("#panel .picture img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 1000
    picture.click()
    expect(page.locator(".spread .picture img")).to_be_visible()
    expect(page.locator(".spread mark").first).to_be_in_viewport()
    visit.close()


def test_a_refused_file_says_why(chromium: Browser, library_address: str) -> None:
    """A file dropped anywhere on the page that cannot be read is told beside its name."""
    visit = Visit(chromium, library_address, viewport=DESKTOP)
    visit.page.goto("/documents")
    made = "const data = new DataTransfer(); data.items.add(new File(['<html></html>'], 'page.pdf')); return data;"
    visit.page.dispatch_event("#documents", "drop", {"dataTransfer": visit.page.evaluate_handle(f"() => {{ {made} }}")})
    expect(visit.page.locator("#uploads .bad")).to_contain_text("page.pdf")
    visit.close()


def test_take_another_reading(visit: Visit) -> None:
    """An ambiguous term offers its other reading as a question."""
    page = visit.ask(samples.CLARIFIED.question)
    page.get_by_role("link", name="adverse events").click()
    assert "adverse+events" in page.url


def test_sieve_the_library(visit: Visit) -> None:
    """Typing narrows the list of documents and the address, which shows the same list again."""
    page = visit.page
    page.goto("/documents")
    page.get_by_role("searchbox").fill("cohort 2012")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/documents", "/history", f"/documents/{samples.TRIAL.document_id}", "/?" + urlencode({"q": samples.QUESTION})])
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

    visit.ask()
    visit.page.get_by_label("Have a follow-up question?").fill(samples.ABSTENTION.question)
    visit.page.get_by_role("button", name="Ask").click()
    expect(visit.page.locator("#turns h1")).to_have_text([samples.QUESTION, samples.ABSTENTION.question])
    visit.close()


@pytest.mark.parametrize(
    "path",
    ["/?q=%20", "/history", "/?" + urlencode({"q": samples.QUESTION, "audience": "patient"})],
)
def test_no_serious_barrier(chromium: Browser, address: str, path: str) -> None:
    """An accessibility scan finds nothing serious or critical, in light and in dark, the open panel and the opened reasons included."""
    visit = Visit(chromium, address, viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")
    visit.page.goto(path)
    if "audience" in path:
        visit.page.locator("#s1 .more summary").click()
        visit.page.locator("#s1 a.cite").click()
        expect(visit.page.locator("#panel mark")).to_be_visible()
    assert serious(visit.page) == []
    # Only colours change with the scheme.
    visit.page.emulate_media(color_scheme="dark")
    assert serious(visit.page, "color-contrast") == []
    visit.context.close()


def test_print_shows_quotes_and_no_controls(visit: Visit) -> None:
    """On paper the quotes are open and the forms are gone."""
    page = visit.ask()
    page.emulate_media(media="print")
    expect(page.locator(".quotes blockquote").first).to_be_visible()
    for control in ("form.ask", ".take", ".levels", "header.site", ".more summary >> nth=0"):
        expect(page.locator(control)).to_be_hidden()


def test_nothing_is_cut_at_twice_the_size(chromium: Browser, address: str) -> None:
    """At 200 % zoom on a small laptop no page scrolls sideways."""
    visit = Visit(chromium, address, viewport={"width": 640, "height": 400}, device_scale_factor=2)
    for path in ("/", "/documents", "/?" + urlencode({"q": samples.QUESTION})):
        visit.page.goto(path)
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    visit.close()


def test_the_library_of_a_curator_has_no_serious_barrier(chromium: Browser, library_address: str) -> None:
    """The scan holds for the forms of the library and for a paper beside its page."""
    visit = Visit(chromium, library_address, viewport=DESKTOP, reduced_motion="reduce")
    for path in ("/documents", f"/documents/{hashlib.sha256(make_paper()).hexdigest()[:16]}"):
        visit.page.emulate_media(color_scheme="light")
        visit.page.goto(path)
        assert serious(visit.page) == []
        visit.page.emulate_media(color_scheme="dark")
        assert serious(visit.page, "color-contrast") == []
    expect(visit.page.locator(".spread .picture img")).to_be_visible()
    visit.close()
