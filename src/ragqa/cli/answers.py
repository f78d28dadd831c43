"""`ragqa ask`, `ragqa chat` and `ragqa verify`: ask once, ask on, and check a saved answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragqa.cli.output import IndexOption, JsonOption, escape, messages, open_library, print_json, results
from ragqa.errors import AnswerInvalid, QuestionInvalid
from ragqa.settings import load_settings
from ragqa.types import Answer, Audience, DocumentKind, Filters

if TYPE_CHECKING:
    from ragqa.service import QAService

ABSTAINED = 3
DOES_NOT_HOLD = 4

KindOption = Annotated[list[DocumentKind] | None, typer.Option("--kind", help="Only documents of this kind; may be given more than once.", show_default=False)]
DocumentOption = Annotated[list[str] | None, typer.Option("--document", help="Only this document (id or file name without ending).", show_default=False)]
YearFromOption = Annotated[int | None, typer.Option("--from", help="Only documents of this year or later.", show_default=False)]
YearToOption = Annotated[int | None, typer.Option("--to", help="Only documents of this year or earlier.", show_default=False)]
AudienceOption = Annotated[Audience, typer.Option(help="For whom the answer is presented; statements and citations stay the same.")]
QuotesOption = Annotated[bool, typer.Option("--quotes", help="Print the verbatim quote and its place under each statement.")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Print why each statement was chosen, and the nearest that were not.")]


def ask(
    question: Annotated[str, typer.Argument(help="The question, in plain words.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
    audience: AudienceOption = Audience.CLINICIAN,
    kind: KindOption = None,
    document: DocumentOption = None,
    year_from: YearFromOption = None,
    year_to: YearToOption = None,
    quotes: QuotesOption = False,
    explain: ExplainOption = False,
) -> None:
    """Answer a question with cited statements; exit 3 when the library holds no answer."""
    service = open_library(load_settings(index=index))
    filters = filters_of(service, kind, document, year_from, year_to)
    answer, left_out = service.explain(question, audience, filters) if explain else (service.ask(question, audience, filters), ())
    if as_json:
        from ragqa.answers.json import answer_to_json
        from ragqa.answers.why import explanation_to_json

        print_json(answer_to_json(answer) | ({"explain": explanation_to_json(answer, left_out)} if explain else {}))
    else:
        show(answer, quotes=quotes)
        if explain:
            from ragqa.answers.why import render_explanation

            results().print(render_explanation(answer, left_out), highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(ABSTAINED if answer.abstained else 0)


def chat(index: IndexOption = None, audience: AudienceOption = Audience.CLINICIAN, quotes: QuotesOption = False) -> None:
    """Ask one question after another; each is read in the light of those before, and how it was read is shown. "undo" asks as typed."""
    service = open_library(load_settings(index=index))
    earlier: list[str] = []
    last: Answer | None = None
    typed = ""
    if sys.stdin.isatty():
        messages().print('Ask; an empty line or Ctrl+D ends. "undo" asks the last question again as it was typed.', highlight=False)
    while line := _next_line():
        is_undo = line.lower() == "undo" and bool(earlier)
        typed, before = (typed, earlier[:-1]) if is_undo else (line, earlier)
        try:
            read = service.interpret(typed, () if is_undo else before, last)
            last = service.ask(read.asked_as, audience)
        except QuestionInvalid as error:
            messages().print(f"[bold red]ragqa:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
            continue
        earlier = [*before, read.asked_as]
        if read.asked_as != typed:
            results().print(f"Interpreted as: {escape(read.asked_as)}", highlight=False)
        for choice in read.choices:
            results().print(f"  or do you mean: {escape(choice)}", highlight=False)
        show(last, quotes=quotes)


def verify(
    file: Annotated[Path, typer.Argument(help="A saved answer, as `ragqa ask --json` prints it; - for standard input.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a saved answer against the library, statement by statement; exit 4 when anything in it does not hold."""
    from ragqa.answers.verification import check_to_json, read_saved_answer, render_check

    try:
        value = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as exc:
        raise AnswerInvalid(f'"{file}" is not JSON. Give a saved answer, as "ragqa ask --json" prints it.') from exc
    answer, problems = read_saved_answer(value)
    found = open_library(load_settings(index=index)).verify(answer, problems)
    if as_json:
        print_json(check_to_json(found))
    else:
        results().print(render_check(found), highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(0 if found.holds else DOES_NOT_HOLD)


def show(answer: Answer, *, quotes: bool) -> None:
    """Print an answer."""
    from ragqa.answers.terminal import render_answer

    results().print(render_answer(answer, quotes=quotes))


def filters_of(service: QAService, kinds: list[DocumentKind] | None, documents: list[str] | None, year_from: int | None, year_to: int | None) -> Filters:
    """Return the filters of the options; documents may be named by file name."""
    ids = tuple(service.document(name).document_id for name in documents or ())
    return Filters(kinds=tuple(kinds or ()), document_ids=ids, year_from=year_from, year_to=year_to)


def _next_line() -> str:
    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""
