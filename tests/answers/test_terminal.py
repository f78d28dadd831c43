"""Answers in the terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from ragqa.answers.terminal import render_answer
from ragqa.types import Answer, Audience
from tests.answers.samples import ABSTENTION, ANSWER, FOR


def printed(answer: Answer, width: int = 200, **options: bool) -> str:
    """Return what a terminal of the given width shows, without colours."""
    console = Console(file=io.StringIO(), width=width, no_color=True)
    console.print(render_answer(answer, **options))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_statement_is_cited() -> None:
    """Each statement stands with the numbers of its sources and its badges."""
    text = printed(ANSWER)
    for statement in ANSWER.statements:
        assert f"{statement.text} {''.join(f'[{n}]' for n in statement.citations)}" in text
    assert "Conditional recommendation for · Low certainty · Example Society 2023" in text


def test_quotes_come_on_request() -> None:
    """Asked for, each quote stands with its place."""
    assert "First-line treatment, page 1" not in printed(ANSWER)
    assert "First-line treatment, page 1" in printed(ANSWER, quotes=True)


def test_scores_come_on_request() -> None:
    """Asked for, the parts of each score are shown."""
    assert "score 1.25  relevance +0.80 tier +0.45" in printed(ANSWER, explain=True)


def test_nothing_is_left_out_below_the_statements() -> None:
    """Conflict, gaps, sources, follow-ups and disclaimer are there."""
    text = printed(ANSWER)
    for words in ("Sources disagree", "survival in MCTD", "doi:10.1000/example(2024)1", "How is MCTD monitored?", ANSWER.disclaimer):
        assert words in text


def test_an_abstention_says_why() -> None:
    """Reason, next step and nearest evidence are shown."""
    text = printed(ABSTENTION)
    assert "No document of the library states a dose of mycophenolate in pregnancy. Ask about" in text
    assert "Nearest evidence (not an answer)" in text


def test_a_source_cannot_drive_the_terminal() -> None:
    """Escape sequences inside a source are not written out, and brackets are no markup."""
    hostile = replace(FOR, text="red \x1b[31m \x9b31m [bold]not bold[/bold] \x07")
    section = replace(ANSWER.sections[0], groups=(replace(ANSWER.sections[0].groups[0], statements=(hostile,)),))
    text = printed(replace(ANSWER, sections=(section,), conflicts=()))
    assert not {"\x1b", "\x9b", "\x07"} & set(text)
    assert "[bold]not bold[/bold]" in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_any_width(width: int) -> None:
    """No line is longer than the terminal is wide."""
    assert max(len(line) for line in printed(replace(ANSWER, audience=Audience.PATIENT), width, quotes=True).splitlines()) <= width
