"""An answer as Markdown: for notes, letters and version control. The text of sources is escaped, so it always reads as written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragqa.answers.presentation import AUDIENCE_TITLES, AnswerView, Badge, StatementView, links, locator, present, reference
from ragqa.types import Answer

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_LINE_START = re.compile(r"^(\s*)([-+=>]|\d+[.)])(?=\s|=|$)")


def render_markdown(answer: Answer, quotes: bool = False) -> str:
    """Return the answer as Markdown (CommonMark), ending in a newline.

    Args:
        answer: What to render.
        quotes: Put under each statement its verbatim quotes with their locators.
    """
    view = present(answer)
    blocks = [f"# {escape(answer.question)}", *_opening(view)]
    for section in view.sections:
        blocks.append(f"## {escape(section.title)}")
        blocks += [escape(section.note)] if section.note else []
        for group in section.groups:
            blocks += [f"### {escape(group.title)}"] if group.title else []
            blocks.append("\n".join(line for statement in group.statements for line in _bullet(view, statement, quotes)))
    for conflict in view.conflicts:
        blocks += [
            f"## {escape(conflict.title)}",
            escape(conflict.note),
            "\n".join(line for item in conflict.statements for line in _bullet(view, item, quotes)),
        ]
    if view.nearest:
        blocks += ["## Nearest evidence (not an answer)", "\n".join(line for item in view.nearest for line in _bullet(view, item, quotes))]
    blocks += _list_block("Not covered by the sources", answer.not_covered)
    blocks += ["## Sources", "\n".join(_source_lines(view)), *(f"*Digest: {escape(note)}*" for note in view.digest_notes)] if view.sources else []
    blocks += _list_block("Follow-up questions", answer.follow_ups)
    blocks += ["---", f"*{escape(answer.disclaimer)}*", f"*Library: {escape(answer.index_version)}. Not reviewed by a person.*"]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """Return text as Markdown that reads as this very text on one line."""
    return _LINE_START.sub(_escape_marker, _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def _escape_marker(match: re.Match[str]) -> str:
    """Escape the last character of what would start a list, heading or quote, as the dot of "1."."""
    return match[1] + match[2][:-1] + "\\" + match[2][-1]


def _opening(view: AnswerView) -> Iterator[str]:
    if view.status_title:
        yield f"**{escape(view.status_title)}.**"
    if view.answer.reason:
        yield escape(f"{view.answer.reason.message} {view.answer.reason.suggestion}")
    for item in view.answer.clarifications:
        yield escape(f'"{item.term}" was read as {item.used}; it may also mean {", ".join(item.others)}.')
    for notice in view.notices:
        yield f"> {escape(notice)}"
    yield f"*For: {AUDIENCE_TITLES[view.answer.audience]}*"


def _bullet(view: AnswerView, item: StatementView, quotes: bool) -> Iterator[str]:
    cites = "".join(f"[{number}]" for number in item.statement.citations)
    yield f"- {escape(item.statement.text)} {cites}{_badge_text(item.badges)}"
    for term, meaning in item.explained:
        yield f"  - *{escape(term)}: {escape(meaning)}*"
    for evidence in item.statement.evidence if quotes else ():
        yield f"  - “{escape(evidence.quote)}” [{evidence.source}], {escape(locator(evidence))}"


def _badge_text(badges: Iterable[Badge]) -> str:
    text = " · ".join(escape(badge.text) for badge in badges)
    return f" ({text})" if text else ""


def _source_lines(view: AnswerView) -> Iterator[str]:
    for item in view.sources:
        found = "".join(f" [{escape(name)}]({address})" for name, address in links(item.source))
        yield f"{item.source.n}. {escape(reference(item.source))}{found}{_badge_text(item.badges)}"


def _list_block(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {escape(item)}" for item in items]
    return [f"## {title}", "\n".join(lines)] if lines else []
