"""Answers as an HTML fragment, read by the parser of the standard library."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from ragqa.answers.html import render_html
from ragqa.types import Answer, Audience
from tests.answers.samples import ABSTENTION, ANSWER, CLARIFIED

VOID = {"img", "input", "br", "meta", "link"}


class Reader(HTMLParser):
    """Collects tags, ids, links and text; notices tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def all(self, name: str, css_class: str = "") -> list[dict[str, str]]:
        """Return the attributes of every tag of a name, of a class where one is given."""
        return [attrs for tag, attrs in self.tags if tag == name and css_class in [*attrs.get("class", "").split(" "), ""]]


@pytest.mark.parametrize(
    "answer", [ANSWER, ABSTENTION, CLARIFIED, replace(ANSWER, audience=Audience.PATIENT)], ids=["answer", "abstention", "clarified", "patient"]
)
def test_the_fragment_is_well_formed(answer: Answer) -> None:
    """Every tag closes in order, ids are unique, and a link inside the fragment has its target."""
    reader = Reader(render_html(answer))
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]

    assert reader.open == []
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for attrs in reader.all("a") if attrs["href"].startswith("#")} <= set(ids)


def test_every_statement_is_cited() -> None:
    """Each statement stands in its own words, and each of its sources has a numbered link with a name for screen readers."""
    reader = Reader(render_html(ANSWER))
    for statement in ANSWER.statements:
        assert statement.text in reader.text
    first = reader.all("a", "cite")[0]
    assert first["href"] == "#source-1"
    assert first["aria-label"].startswith("Source 1: Example Society guideline 2023, First-line treatment, page 1")


def test_text_of_sources_is_never_markup() -> None:
    """Tags inside a source are shown, not obeyed."""
    reader = Reader(render_html(ANSWER))
    assert "<b>Bold</b>" in reader.text
    assert reader.all("b") == []


def test_a_citation_opens_all_quotes_of_its_statement() -> None:
    """The address of a citation is made from every quote that the statement takes from the source."""
    html = render_html(ANSWER, lambda quotes: f"/q/{'+'.join(str(item.start) for item in quotes)}")
    dose = ANSWER.sections[1].groups[0].statements[0]
    assert f"/q/{dose.evidence[0].start}+{dose.evidence[1].start}" in [attrs["href"] for attrs in Reader(html).all("a", "cite")]


def test_suggestions_and_readings_lead_on() -> None:
    """Follow-up questions and other readings of a term are links to their answers."""
    links = [attrs["href"] for attrs in Reader(render_html(CLARIFIED, ask_url=lambda question: f"ask:{question}")).all("a")]
    assert "ask:How is MCTD monitored?" in links
    assert "ask:What helps against adverse events of rituximb?" in links


def test_an_abstention_shows_reason_and_nearest() -> None:
    """An abstention reads as one: reason, next step, and the nearest evidence named as no answer."""
    text = Reader(render_html(ABSTENTION)).text
    for words in ("does not answer this question", "No document of the library states a dose", "Ask about pregnancy", "not an answer"):
        assert words in text


def test_a_patient_opens_doses_by_choice() -> None:
    """At the patient level the statement on doses waits in a closed block."""
    html = render_html(replace(ANSWER, audience=Audience.PATIENT))
    fold = html[html.index('<details class="fold">') :]
    assert fold.index("About doses: ask your care team (1)") < fold.index("Rituximab was given as 1000 mg")
