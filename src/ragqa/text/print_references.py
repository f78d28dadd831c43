"""Brackets that only point to a figure or table of their own paper: "(Figure 2)", "(table 3 and table 4)", "(see Figs 3A and B)".

A reader of a statement has no such figure beside it, so they are left out, each by a recorded edit. The edit holds what stands around the
bracket, so that it can be undone at exactly one place; a bracket that holds anything else stays.
"""

from __future__ import annotations

import re

from ragqa.types import Edit

DROP_REFERENCE = "drop_reference"
_AROUND = 32
"""Characters kept on each side of a bracket, by which its place is found again."""
_LABEL = r"(?:[A-Z]{0,2}-?\d{1,3}[A-Z]?|[IVX]{1,4}|[A-Z])(?:\s?[-–]\s?(?:[A-Z]{0,2}\d{1,3}[A-Z]?|[A-Z]))?"
_NAMED = (
    r"(?:(?:online|electronic|web)[ -])?(?:(?:only )?(?:supplement\w*|additional|extended data|appendix)\s+)?"
    rf"(?:fig(?:ure)?s?\.?|tables?|tabs?\.|(?<=additional )files?)[\s-]*{_LABEL}"
)
_POINTERS = (
    rf"(?:(?:see|cf\.?|shown in|as shown in)\s+(?:also\s+|the\s+)?)?{_NAMED}"
    rf"(?:(?:\s*[,;:&]\s*|,?\s+and\s+|,?\s+or\s+)(?:see\s+(?:also\s+)?)?(?:{_NAMED}|{_LABEL}))*"
    r"(?:,?\s+(?:available\s+)?online(?: only)?|,?\s+available (?:on|at|from) [^()\[\]]{1,160})?"
)
_BRACKET = re.compile(rf"\s?[(\[]\s*{_POINTERS}\s*[)\]]|(?<=[^\s(\[])\s*[;,]\s+{_POINTERS}(?=\s*[)\]])", re.IGNORECASE)
"""A whole bracket, or the end of one that holds more: "(p < 0.01; Table 2)"."""


def drop_references(text: str) -> tuple[str, tuple[Edit, ...]]:
    """Return a text without brackets that only point to figures and tables, and the edits, each undone by `undo_reference` in reverse order."""
    edits: list[Edit] = []
    place = 0
    while found := _BRACKET.search(text, place):
        head, tail = text[max(0, found.start() - _AROUND) : found.start()], text[found.end() : found.end() + _AROUND]
        shorter = text[: found.start()] + text[found.end() :]
        place = found.end()
        if head.strip() and shorter.count(head + tail) == 1:
            edits.append(Edit(DROP_REFERENCE, head + found.group() + tail, head + tail))
            text, place = shorter, found.start()
    return text, tuple(edits)


def undo_reference(text: str, edit: Edit) -> str | None:
    """Return the text with one bracket put back, or None where the edit left out anything else, or its place is not sure."""
    if not edit.after or text.count(edit.after) != 1:
        return None
    only_bracket = any(edit.before == edit.after[: m.start()] + m.group() + edit.after[m.start() :] for m in _BRACKET.finditer(edit.before))
    return text.replace(edit.after, edit.before) if only_bracket else None
