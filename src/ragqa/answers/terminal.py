"""An answer in the terminal. Returns a rich renderable; the caller owns the console, its width and its colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from ragqa.answers.presentation import AnswerView, Badge, StatementView, links, locator, present, reference
from ragqa.types import Answer

_STYLES = {
    "for-strong": "bold green",
    "for-conditional": "green",
    "for-unspecified": "green",
    "against-strong": "bold red",
    "against-conditional": "red",
    "against-unspecified": "red",
    "superseded": "bold yellow",
    "population-broader": "yellow",
    "population-child": "yellow",
    "population-sibling": "magenta",
    "population-unrelated": "magenta",
}
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
"""A source may hold escape sequences; written out they would drive the reader's terminal."""


def render_answer(answer: Answer, quotes: bool = False, explain: bool = False) -> RenderableType:
    """Return the answer for a rich console.

    Args:
        answer: What to render.
        quotes: Put under each statement its verbatim quotes with their locators.
        explain: Put under each statement the parts of its score.
    """
    view = present(answer)
    return Group(*_parts(view, quotes, explain))


def _parts(view: AnswerView, quotes: bool, explain: bool) -> Iterator[RenderableType]:
    answer = view.answer
    yield _text(answer.question, "bold")
    yield from _opening(view)
    for section in view.sections:
        yield Text()
        yield Rule(_text(section.title, "bold cyan"), align="left", style="cyan")
        if section.note:
            yield _text(section.note, "italic")
        for group in section.groups:
            if group.title:
                yield Text()
                yield _text(group.title, "bold")
            for item in group.statements:
                yield from _bullet(item, quotes, explain)
    for conflict in view.conflicts:
        yield from _titled(conflict.title, "yellow")
        yield _text(conflict.note, "italic")
        for item in conflict.statements:
            yield from _bullet(item, quotes, explain)
    if view.nearest:
        yield from _titled("Nearest evidence (not an answer)", "cyan")
        for item in view.nearest:
            yield from _bullet(item, quotes, explain)
    yield from _plain_list("Not covered by the sources", answer.not_covered)
    if view.sources:
        yield from _titled("Sources", "cyan")
        yield from _sources(view)
    yield from _plain_list("You could ask next", answer.follow_ups)
    yield Text()
    yield _text(answer.disclaimer, "dim italic")


def _opening(view: AnswerView) -> Iterator[RenderableType]:
    if view.status_title:
        yield Text()
        yield _text(view.status_title, "bold yellow")
    if view.answer.reason:
        yield _text(f"{view.answer.reason.message} {view.answer.reason.suggestion}".strip())
    for item in view.answer.clarifications:
        yield _text(f'"{item.term}" was read as {item.used}; it may also mean {", ".join(item.others)}.')
    for notice in view.notices:
        yield _text(notice, "italic")


def _bullet(item: StatementView, quotes: bool, explain: bool) -> Iterator[RenderableType]:
    line = _text(item.statement.text)
    line.append(" " + "".join(f"[{number}]" for number in item.statement.citations), "cyan")
    yield _Hanging(" • ", line)
    if item.badges:
        yield _Hanging("    ", _badge_line(item.badges))
    for term, meaning in item.explained:
        yield _Hanging("    ", _text(f"{term}: {meaning}", "italic"))
    for evidence in item.statement.evidence if quotes else ():
        quote = _text(f"“{evidence.quote}”", "dim")
        quote.append(f" [{evidence.source}] {locator(evidence)}".translate(_CONTROLS), "dim cyan")
        yield _Hanging("    ", quote)
    if explain:
        why = " ".join(f"{name} {value:+.2f}" for name, value in item.statement.why)
        yield _Hanging("    ", _text(f"score {item.statement.score:.2f}  {why}", "dim"))


def _badge_line(badges: Iterable[Badge]) -> Text:
    line = Text()
    for badge in badges:
        line.append(" · " if line else "", "dim")
        line.append(badge.text.translate(_CONTROLS), _STYLES.get(badge.kind, "dim"))
    return line


def _sources(view: AnswerView) -> Iterator[RenderableType]:
    width = len(str(max(item.source.n for item in view.sources)))
    for item in view.sources:
        line = _text(reference(item.source))
        for name, address in links(item.source):
            line.append(" ")
            line.append(name.translate(_CONTROLS), f"cyan link {address}")
        if item.badges:
            line.append(" ").append_text(_badge_line(item.badges))
        yield _Hanging(f" {item.source.n:>{width}} ", line)
    for note in view.digest_notes:
        yield _text(f"Digest: {note}", "dim italic")


def _titled(title: str, colour: str) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(_text(title, f"bold {colour}"), align="left", style=colour)


def _plain_list(title: str, items: Iterable[str]) -> Iterator[RenderableType]:
    lines = [_Hanging(" • ", _text(item)) for item in items]
    if lines:
        yield from _titled(title, "cyan")
        yield from lines


@dataclass(frozen=True, slots=True)
class _Hanging:
    """A text behind a marker, its further lines indented under the first; no spaces at the ends of lines."""

    marker: str
    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the wrapped lines."""
        lines = self.text.wrap(console, options.max_width - len(self.marker))
        for row, line in enumerate(lines):
            line.rstrip()
            yield Text(self.marker if row == 0 else " " * len(self.marker), "cyan").append_text(line)


def _text(text: str, style: str = "") -> Text:
    return Text(text.translate(_CONTROLS), style, overflow="fold")
