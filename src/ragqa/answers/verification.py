"""Checks a saved answer: each statement against the library, and the answer in itself.

What an answer shows beside its statements (numbers of sources, titles, conflicts) is checked too: a saved file may have been edited. The
checks of a statement are those of the grounding gate (`grounding.py`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ragqa.answers.grounding import verify_statement
from ragqa.answers.json import JsonObject, answer_from_json, answer_to_json
from ragqa.errors import DocumentNotFound
from ragqa.protocols import Library
from ragqa.text.lexicon import Lexicon
from ragqa.types import Answer, AnswerCheck, AnswerStatus, Source, StatementCheck, answer_id_of


def read_saved_answer(value: object) -> tuple[Answer, tuple[str, ...]]:
    """Read the JSON of a saved answer; return it with what stands in the file and does not follow from the rest, in words.

    Raises:
        AnswerInvalid: It is not the JSON of an answer.
    """
    answer = answer_from_json(value)
    # An explanation is made on request and is no part of the answer.
    given = {name: part for name, part in value.items() if name != "explain"} if isinstance(value, dict) else value
    places = _differences(given, answer_to_json(answer))
    return answer, tuple(f"{place} was changed, added or taken out: it does not follow from the rest of the file." for place in places)


def verify_answer(answer: Answer, library: Library, lexicon: Lexicon) -> AnswerCheck:
    """Check an answer against a library; see `AnswerCheck`."""
    statements = [*answer.statements, *answer.nearest]
    checks = tuple(
        StatementCheck(
            statement.statement_id,
            statement.text,
            tuple(name for name, passed in verify_statement(statement, library, lexicon, answer.sources).items() if not passed),
        )
        for statement in statements
    )
    problems: list[str] = []
    if answer.answer_id != answer_id_of(answer.index_version, answer.composer, answer.settings_hash, answer.question, answer.filters):
        problems.append("the id of the answer does not follow from its question, filters, library and settings.")
    problems += [f"{each.statement_id} is shown with a failed check." for each in statements if not all(held for _, held in each.verification.checks)]
    problems += [f"the id {name} stands for {n} statements." for name, n in Counter(check.statement_id for check in checks).items() if n > 1]
    problems += [problem for source in answer.sources if (problem := _problem_of(source, library))]
    if [source.n for source in answer.sources] != sorted({source.n for source in answer.sources}):
        problems.append("the sources are not numbered in order, each once.")
    known = {statement.statement_id for statement in answer.statements}
    problems += [
        f"a disagreement names {', '.join(conflict.statements)}, which are not both there."
        for conflict in answer.conflicts
        if not known >= {*conflict.statements}
    ]
    cited = {number for statement in statements for number in statement.citations}
    problems += [f"source {source.n} is cited by no statement." for source in answer.sources if source.n not in cited]
    if answer.abstained != (not answer.statements):
        problems.append(f'the status "{answer.status.value}" does not fit {len(answer.statements)} statements.')
    if answer.status is AnswerStatus.INSUFFICIENT_EVIDENCE and answer.reason is None:
        problems.append("the answer was withheld without a reason.")
    return AnswerCheck(answer.answer_id, answer.index_version, library.version, checks, tuple(problems))


def check_to_json(found: AnswerCheck) -> JsonObject:
    """Return what a check found as JSON values."""
    return {
        "answer_id": found.answer_id,
        "holds": found.holds,
        "given_by": found.given_by,
        "checked_against": found.checked_against,
        "replayed": found.replayed,
        "problems": list(found.problems),
        "statements": [
            {"id": check.statement_id, "holds": check.holds, "failed": [{"check": name, "means": MEANINGS[name]} for name in check.failed]}
            for check in found.statements
        ],
    }


def render_check(found: AnswerCheck) -> str:
    """Return what a check found, for the terminal."""
    n_held = sum(check.holds for check in found.statements)
    replayed = {
        True: "asking again gives the same answer",
        False: "asking again gives another answer",
        None: "another generation gave it, so it was not asked again",
    }
    lines = [
        f"{'Holds' if found.holds else 'Does not hold'}: {n_held} of {len(found.statements)} statements; {replayed[found.replayed]}.",
        f"Answer {found.answer_id}, given by {found.given_by}, checked against {found.checked_against}.",
        *(f"- {problem}" for problem in found.problems),
    ]
    for check in found.statements:
        lines += [f"- {check.statement_id} ({', '.join(check.failed)}): {'; '.join(MEANINGS[name] for name in check.failed)}.\n    {check.text}"] * (
            not check.holds
        )
    return "\n".join(lines)


def _problem_of(source: Source, library: Library) -> str | None:
    """Say what is shown of a source that the library does not hold; None where all fits."""
    try:
        record = library.document(source.document_id)
    except DocumentNotFound:
        return f'source {source.n} "{source.label}" is not in the library.'
    if record.sha256 != source.document_version:
        return f'source {source.n} "{source.label}" has changed since: the library holds another version of it.'
    metadata = record.metadata
    wrong = [name for name in _SHOWN if getattr(source, name) != getattr(metadata, name)]
    return f"source {source.n} is shown with another {', '.join(wrong)} than the library holds." if wrong else None


def _differences(given: Any, whole: Any, path: str = "") -> list[str]:
    """Return the places in which two JSON values differ."""
    if isinstance(given, dict) and isinstance(whole, dict):
        names = dict.fromkeys((*whole, *given))
        return [place for name in names for place in _differences(given.get(name), whole.get(name), f"{path}/{name}")]
    if isinstance(given, list) and isinstance(whole, list) and len(given) == len(whole):
        return [place for index, (one, other) in enumerate(zip(given, whole, strict=True)) for place in _differences(one, other, f"{path}/{index}")]
    return [] if given == whole else [path]


_SHOWN = ("title", "label", "kind", "authors", "organisation", "journal", "year", "doi", "pmid", "digest_of")
MEANINGS = {
    "evidence": "it rests on no quote",
    "quote": "a quote is not what stands at its place in the library",
    "sentence": "its quotes are not whole consecutive sentences",
    "edits": "its text is not what its quotes say",
    "number": "a figure of it stands in no quote",
    "drug": "a treatment it names stands in no quote",
    "population": "a disease it names stands in no quote",
    "labels": "what is shown beside it is not what the library holds",
    "source": "a quote is numbered as another source",
}
"""What a failed check of a statement means, in words."""
