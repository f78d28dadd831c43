"""Answers as Markdown, read back by an independent CommonMark parser."""

from dataclasses import replace
from html import unescape

import pytest
from markdown_it import MarkdownIt

from ragqa.answers.markdown import escape, render_markdown
from ragqa.types import Audience
from tests.answers.samples import ABSTENTION, ANSWER, CLARIFIED


def plain(markdown: str) -> str:
    """Return the text that a reader of the rendered Markdown sees, white space squeezed."""
    import re

    return " ".join(unescape(re.sub(r"<[^>]+>", " ", MarkdownIt().render(markdown))).split())


@pytest.mark.parametrize(
    "text",
    [
        "*a* _b_ `c` [d](e) ![f](g) <script>alert(1)</script> &amp; # h | i ~~j~~ \\k",
        "1. not a list",
        "- not a list",
        "+ not a list",
        "# not a heading",
        "> not a quote",
        "=== p = 0.04",
        "12) neither",
        "https://example.org/a_b_c",
        "2 > 1 & 1 < 2",
    ],
)
def test_text_reads_as_written(text: str) -> None:
    """Whatever a source holds, the reader sees those very characters and no markup takes effect."""
    html = MarkdownIt().render(escape(text))
    assert html.startswith("<p>")
    assert unescape(html.removeprefix("<p>").removesuffix("</p>\n")) == text


def test_every_statement_is_there_with_its_citation() -> None:
    """Each statement stands in its own words, followed by the numbers of its sources."""
    text = plain(render_markdown(ANSWER))
    for statement in ANSWER.statements:
        assert f"{statement.text} {''.join(f'[{n}]' for n in statement.citations)}" in text


def test_sources_quotes_conflicts_and_gaps_are_there() -> None:
    """With quotes asked for, each stands verbatim with its place; conflicts, gaps, follow-ups and disclaimer are never left out."""
    text = plain(render_markdown(ANSWER, quotes=True))
    for statement in ANSWER.statements:
        for evidence in statement.evidence:
            assert f"“{' '.join(evidence.quote.split())}” [{evidence.source}]" in text
    for words in (
        "Sources disagree",
        "Not covered by the sources",
        "survival in MCTD",
        "How is MCTD monitored?",
        ANSWER.disclaimer,
        "doi:10.1000/example(2024)1",
    ):
        assert words in text


def test_an_abstention_says_why_and_offers_what_is_near() -> None:
    """The reason, the next step and the nearest evidence stand there, named as no answer."""
    text = plain(render_markdown(ABSTENTION))
    assert "The library does not answer this question" in text
    assert "No document of the library states a dose" in text
    assert "Nearest evidence (not an answer)" in text


def test_readings_and_plain_words_are_shown() -> None:
    """An ambiguous term names its other readings, and a patient's explanations stand under the statement."""
    assert '"AE" was read as acute exacerbation; it may also mean adverse events.' in plain(render_markdown(CLARIFIED))
    assert "FVC: how much air the lungs can blow out" in plain(render_markdown(replace(ANSWER, audience=Audience.PATIENT)))
