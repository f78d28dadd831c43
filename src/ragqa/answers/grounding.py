"""The grounding gate: a statement leaves only if everything it shows can be found in the library. It fails closed.

Checked for each statement: it has evidence; each quote is byte-equal to its slice of the stored page; text and quotes differ only by
white space, declared cleaning (line-end hyphens, ligatures, removed citation marks) and its recorded edits; every figure of the text
stands in a quote; every drug and disease the text names stands in a quote or in the headings above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ragqa.errors import DocumentNotFound
from ragqa.protocols import Library
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.types import Answer, AnswerSection, AnswerStatus, Reason, Statement, StatementGroup, Verification

ALLOWED_EDITS = frozenset({"drop_connective", "lead_in"})
_FIGURE = re.compile(r"\d+(?:[.,·]\d+)*")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def keep_grounded(answer: Answer, library: Library, lexicon: Lexicon) -> Answer:
    """Return the answer without the statements that fail; if none is left, an answer that says so."""
    sections = tuple(_filter_section(section, lambda statement: verify_statement(statement, library, lexicon)) for section in answer.sections)
    nearest = tuple(checked for statement in answer.nearest if (checked := _checked(statement, verify_statement(statement, library, lexicon))))
    grounded = replace(answer, sections=tuple(section for section in sections if section.groups or section.note), nearest=nearest)
    if not answer.abstained and not grounded.statements:
        reason = Reason("not_grounded", "No statement survived the check against its source text.", 'Run "ragqa index verify", then rebuild the index.')
        return replace(grounded, status=AnswerStatus.INSUFFICIENT_EVIDENCE, reason=reason, sources=(), conflicts=(), follow_ups=())
    used = {source for statement in (*grounded.statements, *grounded.nearest) for source in statement.citations}
    known = {statement.statement_id for statement in grounded.statements}
    return replace(
        grounded,
        sources=tuple(source for source in answer.sources if source.n in used),
        conflicts=tuple(conflict for conflict in answer.conflicts if set(conflict.statements) <= known),
    )


def verify_statement(statement: Statement, library: Library, lexicon: Lexicon) -> dict[str, bool]:
    """Return the checks of one statement by name; all true means that it holds."""
    slices = [_page_slice(library, evidence.document_id, evidence.page, evidence.start, evidence.end) for evidence in statement.evidence]
    quotes = " ".join(slices)
    surroundings = " ".join([quotes, *(" ".join(evidence.section_path) for evidence in statement.evidence)])
    lead_in = "".join(edit.after for edit in statement.edits if edit.op == "lead_in")
    return {
        "evidence": bool(statement.evidence),
        "quote": all(evidence.quote and evidence.quote == text for evidence, text in zip(statement.evidence, slices, strict=True)),
        "edits": replays(statement, quotes),
        "number": set(_FIGURE.findall(statement.text.removeprefix(lead_in))) <= set(_FIGURE.findall(_squeeze(quotes))),
        "drug": _names(statement.text, lexicon.interventions_in) <= _names(_readable(surroundings) + " " + lead_in, lexicon.interventions_in),
        "population": _names(statement.text, lexicon.populations_in) <= _names(_readable(surroundings) + " " + lead_in, lexicon.populations_in),
    }


def replays(statement: Statement, quotes: str) -> bool:
    """Whether undoing the recorded edits turns the text back into its quotes, spaces, hyphens and citation marks aside."""
    text = statement.text
    for edit in statement.edits:
        if edit.op not in ALLOWED_EDITS or not text.startswith(edit.after):
            return False
        text = edit.before + text[len(edit.after) :]
    return _is_cleaned_form(_skeleton(text), _skeleton(quotes))


def _is_cleaned_form(text: str, quotes: str) -> bool:
    """Whether text is quotes with nothing but digits and commas (citation marks) left out, letters all there and in order."""
    if text == quotes:
        return True
    place = 0
    for character in quotes:
        if place < len(text) and character == text[place]:
            place += 1
        elif not character.isdigit():
            return False
    return place == len(text)


def _skeleton(text: str) -> str:
    """Return the letters, digits and signs that carry meaning: no spaces, hyphens, brackets of marks or ligatures."""
    return re.sub(r"[\s\-‐‑\u00ad\u0002\[\](),;.]", "", text.translate(_LIGATURES))


def _squeeze(text: str) -> str:
    """Join figures that a line break split."""
    return re.sub(r"(?<=\d)[.,]?\s*\n\s*(?=\d)", "", text) + " " + text


def _readable(text: str) -> str:
    """Return a quote as words: ligatures opened, line-end hyphens joined, line breaks as spaces; the raw text is kept beside it."""
    opened = text.translate(_LIGATURES)
    joined = re.sub(r"[-‐\u0002]\s*\n\s*", "", opened)
    kept = re.sub(r"([-‐])\s*\n\s*", r"\1", opened)
    return " ".join(f"{joined} {kept} {opened}".split())


def _names(text: str, find: Callable[[str], list[Mention]]) -> set[str]:
    return {mention.name for mention in find(text)}


def _page_slice(library: Library, document_id: str, page: int, start: int, end: int) -> str:
    try:
        return library.page_text(document_id, page)[start:end]
    except (DocumentNotFound, IndexError, KeyError):
        return ""


def _filter_section(section: AnswerSection, check: Callable[[Statement], dict[str, bool]]) -> AnswerSection:
    groups = (
        StatementGroup(group.facet, group.title, tuple(checked for statement in group.statements if (checked := _checked(statement, check(statement)))))
        for group in section.groups
    )
    return replace(section, groups=tuple(group for group in groups if group.statements))


def _checked(statement: Statement, checks: dict[str, bool]) -> Statement | None:
    """Return the statement with its checks recorded, or None where one failed."""
    if not all(checks.values()):
        return None
    return replace(statement, verification=Verification("extractive", tuple(checks.items()), 1.0))
