"""The questions that judge answers: what a line of `eval/questions.jsonl` may hold, how a file is read, and which half it belongs to.

In: a file with one JSON object a line. Out: `EvalQuestion` values, complete and checked against each other, or one `QuestionSetInvalid`
that names file, line, field and remedy of everything that is wrong. `check_against` holds the nuggets against the documents they name.
The fields are explained for writers of questions in `eval/README.md`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from ragqa.errors import QuestionSetInvalid
from ragqa.types import Audience

Split = Literal["dev", "test"]
"""`dev` is for tuning; `test` is only ever reported."""


class QuestionType(StrEnum):
    """What a question probes."""

    TREATMENT = "treatment"
    PROGRESSION = "progression"
    RAPIDLY_PROGRESSIVE = "rapidly-progressive"
    MONITORING = "monitoring"
    SCREENING = "screening"
    DOSING = "dosing"
    SAFETY = "safety"
    OUTCOME = "outcome"
    TRIAL = "trial"
    COMPARISON = "comparison"
    DEFINITION = "definition"
    PROGNOSIS = "prognosis"
    EPIDEMIOLOGY = "epidemiology"
    DISEASE_SPECIFIC = "disease-specific"
    CONFLICT = "conflict"
    SUPERSEDED = "superseded"
    LAY = "lay"
    ABBREVIATION = "abbreviation"
    AMBIGUOUS = "ambiguous"
    MISSPELLING = "misspelling"
    FOLLOW_UP = "follow-up"
    UNANSWERABLE = "unanswerable"
    OFF_TOPIC = "off-topic"
    FALSE_PREMISE = "false-premise"
    INJECTION = "injection"


class Expected(StrEnum):
    """How a good system behaves on a question."""

    ANSWER = "answer"
    PARTIAL = "partial"
    CLARIFY = "clarify"
    ABSTAIN = "abstain"


class Missing(StrEnum):
    """Why a question has no answer, or only part of one, in this corpus."""

    OFF_TOPIC = "off-topic"
    DRUG = "missing-drug"
    OUTCOME = "missing-outcome"
    POPULATION = "missing-population"
    DOSE = "missing-dose"
    DOCUMENT = "missing-document"
    FALSE_PREMISE = "false-premise"
    INJECTION = "injection"


class Importance(StrEnum):
    """`vital`: an answer without it is bad. `okay`: worth having."""

    VITAL = "vital"
    OKAY = "okay"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # An evaluation searches thousands of patterns in turn, more than the cache of `re` holds.
    return re.compile(pattern, re.IGNORECASE)


def _compiles(pattern: str) -> str:
    try:
        _compiled(pattern)
    except re.error as exc:
        raise ValueError(f"not a regular expression ({exc}); correct the pattern") from exc
    return pattern


Pattern = Annotated[str, Field(min_length=3), AfterValidator(_compiles)]
"""A regular expression, searched without regard to case."""
Text = Annotated[str, Field(min_length=1)]
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Nugget:
    """One short fact that a specialist wants in the answer, the slugs of the documents that support it, and how to recognise it."""

    __pydantic_config__ = _STRICT

    text: Text
    importance: Importance
    documents: Annotated[tuple[Text, ...], Field(min_length=1)]
    pattern: Pattern

    def is_in(self, statement: str) -> bool:
        """Return whether one statement says this fact."""
        return _compiled(self.pattern).search(statement) is not None


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question with what a good answer holds and what it must not say."""

    __pydantic_config__ = _STRICT

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    text: Text
    type: QuestionType
    audience: Audience
    expected: Expected
    nuggets: Annotated[tuple[Nugget, ...], Field(max_length=14)] = ()
    allowed_populations: tuple[Text, ...] = ()
    """Diseases that an unlabelled statement may be about; empty allows all."""
    forbidden: tuple[Pattern, ...] = ()
    reason: Missing | None = None
    """Set exactly where the expected behaviour is to abstain or to answer in part."""
    conversation: str | None = None
    turn: Annotated[int, Field(ge=1)] | None = None
    """Position in its conversation, from 1; None outside one."""
    paraphrase_of: str | None = None
    second_reading: bool = False
    note: str = ""

    @property
    def base_id(self) -> str:
        """Return the name that a base question shares with its paraphrases, and the turns of a conversation with each other."""
        return self.conversation or self.paraphrase_of or self.id

    @property
    def split(self) -> Split:
        """Return the half this question belongs to."""
        return split_of(self.base_id)

    def forbidden_in(self, statement: str) -> tuple[str, ...]:
        """Return the forbidden patterns that a statement matches."""
        return tuple(pattern for pattern in self.forbidden if _compiled(pattern).search(statement))


_LINE = TypeAdapter(EvalQuestion)
_MOST_PROBLEMS = 20


def split_of(base_id: str) -> Split:
    """Return the half of a base id: fixed for ever by its sha256, about half each, whatever other questions there are."""
    return "test" if hashlib.sha256(base_id.encode()).digest()[0] % 2 else "dev"


def load_questions(path: Path) -> tuple[EvalQuestion, ...]:
    """Read a file of questions in file order; empty lines are skipped.

    Raises:
        QuestionSetInvalid: The file cannot be read, or lines are wrong alone or against each other; all problems are listed, up to twenty.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise QuestionSetInvalid(f'questions file "{path}" cannot be read ({exc}). Name a file of JSON lines in UTF-8, such as eval/questions.jsonl.') from exc
    numbered: list[tuple[int, EvalQuestion]] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _LINE.validate_json(line)
        except ValidationError as exc:
            problems += [(number, _in_words(error["loc"], error["msg"])) for error in exc.errors()]
        else:
            numbered.append((number, question))
            problems += [(number, problem) for problem in _contradictions(question)]
    problems += _problems_between(numbered) if numbered or problems else [(1, "holds no question; write one JSON object a line")]
    if problems:
        raise QuestionSetInvalid(_report(path, sorted(problems)))
    return tuple(question for _, question in numbered)


def count_by_type(questions: Iterable[EvalQuestion]) -> dict[QuestionType, int]:
    """Count questions by type, every type named in the order of `QuestionType`."""
    counts = dict.fromkeys(QuestionType, 0)
    for question in questions:
        counts[question.type] += 1
    return counts


def digest_statements(corpus: Path) -> dict[str, tuple[str, ...]]:
    """Return the list items of every digest of a corpus folder by slug; a digest holds one statement an item."""
    return {
        path.stem: tuple(line[2:].strip() for line in path.read_text(encoding="utf-8").split("\n---\n", 1)[-1].splitlines() if line.startswith("- "))
        for path in sorted(corpus.glob("*/*.md"))
    }


def check_against(questions: Iterable[EvalQuestion], statements: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Hold nuggets against the documents they name.

    Args:
        questions: What to check.
        statements: The statements of each document by slug, as from `digest_statements`.

    Returns:
        One line for each nugget that names an unknown document or matches no statement of one it names, and for each forbidden pattern that
        matches a statement which supports a nugget of the same question. Empty where all is well.
    """
    problems: list[str] = []
    for question in questions:
        for position, nugget in enumerate(question.nuggets):
            where = f"{question.id}: nuggets[{position}] ({nugget.text})"
            for slug in nugget.documents:
                if slug not in statements:
                    problems.append(f'{where}: no document "{slug}" in the corpus; name a file of corpus/ without its ending')
                    continue
                supporting = [statement for statement in statements[slug] if nugget.is_in(statement)]
                if not supporting:
                    problems.append(f'{where}: the pattern matches no statement of "{slug}"; correct the pattern or drop the document')
                problems += [
                    f'{where}: forbidden pattern "{pattern}" matches the supporting statement "{statement}"; narrow one of them'
                    for statement in supporting
                    for pattern in question.forbidden_in(statement)
                ]
    return tuple(problems)


def _in_words(location: tuple[int | str, ...], message: str) -> str:
    """Return "nuggets[0].pattern: what is wrong" for a place as pydantic gives it."""
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return f"{field or 'line'}: {message.removeprefix('Value error, ')}; see eval/README.md for the field"


def _contradictions(question: EvalQuestion) -> list[str]:
    """Return what is wrong between the fields of one question."""
    problems = []
    needs_reason = question.expected in {Expected.ABSTAIN, Expected.PARTIAL}
    if needs_reason and question.reason is None:
        problems.append(f'reason: missing although "{question.expected}" is expected; give one of: {", ".join(Missing)}')
    if not needs_reason and question.reason is not None:
        problems.append(f'reason: set although "{question.expected}" is expected; make it null, or expect abstain or partial')
    if question.expected is Expected.ABSTAIN and question.nuggets:
        problems.append("nuggets: present although the system should abstain; drop them, or expect answer or partial")
    if question.expected in {Expected.ANSWER, Expected.PARTIAL} and not any(nugget.importance is Importance.VITAL for nugget in question.nuggets):
        problems.append("nuggets: none is vital, so no answer could fail; add a vital nugget or expect abstain")
    if (question.conversation is None) != (question.turn is None):
        problems.append("turn: conversation and turn go together; give both or neither")
    return problems


def _problems_between(numbered: Sequence[tuple[int, EvalQuestion]]) -> list[tuple[int, str]]:
    """Return what is wrong between questions: repeated ids, paraphrases of nothing, conversations with holes."""
    problems = []
    by_id: dict[str, EvalQuestion] = {}
    turns: dict[str, list[int]] = {}
    for number, question in numbered:
        if question.id in by_id:
            problems.append((number, f'id: "{question.id}" is used before; give this question another id'))
        by_id.setdefault(question.id, question)
        if question.conversation is not None and question.turn is not None:
            expected_turn = len(turns.setdefault(question.conversation, [])) + 1
            turns[question.conversation].append(question.turn)
            if question.turn != expected_turn:
                problems.append((number, f'turn: {question.turn} in "{question.conversation}" where {expected_turn} is next; write turns in order from 1'))
    for number, question in numbered:
        if question.paraphrase_of is None:
            continue
        base = by_id.get(question.paraphrase_of)
        if base is None:
            problems.append((number, f'paraphrase_of: no question "{question.paraphrase_of}" in this file; name the id of the base question'))
        elif base.paraphrase_of or base.conversation:
            problems.append((number, f'paraphrase_of: "{base.id}" is itself a paraphrase or a turn; name a question that stands alone'))
        elif (base.expected, {nugget.pattern for nugget in base.nuggets}) != (question.expected, {nugget.pattern for nugget in question.nuggets}):
            problems.append((number, f'paraphrase_of: expects something else than "{base.id}"; copy its expected behaviour and nuggets'))
    return problems


def _report(path: Path, problems: Sequence[tuple[int, str]]) -> str:
    """Return the message for all problems of a file, one a line."""
    shown = [f"{path}:{number}: {problem}" for number, problem in problems[:_MOST_PROBLEMS]]
    rest = [f"… and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
    return "\n".join([f"{len(problems)} problem(s) in the questions; correct these lines:", *shown, *rest])
