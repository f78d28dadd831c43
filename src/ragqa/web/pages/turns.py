"""A question of a page with its answer, set as an article with its controls."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ragqa.answers.html import render_html
from ragqa.types import Answer
from ragqa.web.pages.rendering import Viewer, answer_url, ask_url, quote_url, render_page

EXPORTS = (
    ("md", "Markdown"),
    ("html", "HTML page"),
    ("json", "JSON"),
    ("ris", "References, RIS"),
    ("bib", "References, BibTeX"),
    ("csl.json", "References, CSL"),
)
"""(ending, name) of what an answer can be saved as."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as a page shows it. `number` counts the questions of the page from 1."""

    number: int
    answer_id: str
    title: str
    abstained: bool
    article: Markup


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a follow-up question was understood: what was typed, what was asked, other readings, and the conversation to ask them in."""

    conversation_id: str
    question: str
    asked_as: str
    choices: tuple[str, ...] = ()


def set_turn(
    answer: Answer, viewer: Viewer, *, number: int = 1, dated: str | None = None, read_as: ReadAs | None = None, note: str = "", is_kept: bool = True
) -> Turn:
    """Return an answer as a turn of a page.

    Args:
        answer: The answer, at the reader level to show.
        viewer: Who looks at it.
        number: Which question of the page it is; the ids of all but the first carry it.
        dated: Day on which the library was indexed, ISO 8601.
        read_as: How the question was understood, where it was a follow-up.
        note: What else the reader should know of this answer.
        is_kept: Whether it is saved; one that is not has no permanent address, no exports and no check.
    """
    beneath = render_page(
        "take.html",
        viewer,
        answer=answer,
        exports=EXPORTS,
        permalink=answer_url(answer.answer_id, answer.audience),
        read_as=read_as if read_as and read_as.question != read_as.asked_as else None,
        note=note,
        is_kept=is_kept,
    )
    article = render_html(
        answer,
        quote_url,
        lambda question: ask_url(question, answer.audience),
        dated=dated,
        prefix="" if number == 1 else f"t{number}-",
        beneath_title=Markup(beneath),  # noqa: S704 - the template has escaped every text
    )
    return Turn(number, answer.answer_id, answer.question, answer.abstained, Markup(article))  # noqa: S704 - render_html has escaped every text
