"""What a file of questions may hold, what is said when it does not, and that the shipped questions keep their promises."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.questions import (
    EvalQuestion,
    Expected,
    Importance,
    Missing,
    QuestionType,
    check_against,
    count_by_type,
    digest_statements,
    load_questions,
    split_of,
)

CHECKOUT = Path(__file__).resolve().parents[2]


def nugget(**changes: Any) -> dict[str, Any]:
    """Return the fields of a nugget that is right, but for the changes."""
    return {"text": "mycophenolate first", "importance": "vital", "documents": ["guideline"], "pattern": "mycophenolate is recommended", **changes}


def question(**changes: Any) -> dict[str, Any]:
    """Return the fields of a question that is right, but for the changes."""
    fields = {"id": "q-1", "text": "What treats it?", "type": "treatment", "audience": "clinician", "expected": "answer", "nuggets": [nugget()]}
    return {**fields, **changes}


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    """Write a file of questions, one line each."""
    path = folder / "questions.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8")
    return path


def load(folder: Path, *lines: dict[str, Any] | str) -> tuple[EvalQuestion, ...]:
    """Write questions and read them back."""
    return load_questions(write(folder, *lines))


@pytest.fixture(scope="module")
def shipped() -> tuple[EvalQuestion, ...]:
    """Return the questions of this project."""
    return load_questions(CHECKOUT / "eval" / "questions.jsonl")


def test_a_question_is_read_with_its_nuggets(tmp_path: Path) -> None:
    """What stands in the line stands in the value; what is left out has its default; empty lines are skipped."""
    (read,) = load(tmp_path, "", question(allowed_populations=["SSc"]))

    assert (read.id, read.type, read.expected, read.allowed_populations, read.reason) == ("q-1", QuestionType.TREATMENT, Expected.ANSWER, ("SSc",), None)
    assert (read.nuggets[0].importance, read.nuggets[0].documents) == (Importance.VITAL, ("guideline",))


@pytest.mark.parametrize(
    ("line", "field", "remedy"),
    [
        ("not json", "line", "Invalid JSON"),
        (question(type="treatmnt"), "type", "'treatment'"),
        (question(id="Q 1"), "id", "pattern"),
        (question(text=""), "text", "at least 1 character"),
        (question(colour="red"), "colour", "Unexpected"),
        ({key: value for key, value in question().items() if key != "expected"}, "expected", "required"),
        (question(nuggets=[nugget(pattern="(open")]), "nuggets[0].pattern", "correct the pattern"),
        (question(nuggets=[nugget(), nugget(documents=[])]), "nuggets[1].documents", "at least 1 item"),
        (question(nuggets=[nugget(importance="high")]), "nuggets[0].importance", "'vital'"),
        (question(forbidden=["[z-a]"]), "forbidden[0]", "correct the pattern"),
        (question(nuggets=[nugget(importance="okay")]), "nuggets", "add a vital nugget"),
        (question(expected="abstain", reason="missing-drug"), "nuggets", "drop them"),
        (question(expected="abstain", nuggets=[]), "reason", "give one of: off-topic"),
        (question(reason="missing-dose"), "reason", "make it null"),
        (question(conversation="c-1"), "turn", "give both or neither"),
        (question(conversation="c-1", turn=2), "turn", "write turns in order from 1"),
        (question(paraphrase_of="q-0"), "paraphrase_of", "name the id of the base question"),
    ],
)
def test_a_wrong_line_is_named_with_field_and_remedy(tmp_path: Path, line: dict[str, Any] | str, field: str, remedy: str) -> None:
    """The message leads to file, line and field, and says what to do."""
    with pytest.raises(QuestionSetInvalid) as caught:
        load(tmp_path, question(id="q-9"), line)

    assert f"{tmp_path / 'questions.jsonl'}:2: {field}: " in str(caught.value)
    assert remedy in str(caught.value)


def test_all_problems_are_told_at_once_and_long_lists_are_cut(tmp_path: Path) -> None:
    """Whoever mends a file sees every wrong line in one run, up to twenty: 25 wrong lines leave 5 untold."""
    with pytest.raises(QuestionSetInvalid) as caught:
        load(tmp_path, *("not json" for _ in range(25)))

    assert str(caught.value).startswith("25 problem(s)")
    assert str(caught.value).endswith("… and 5 more")
    assert str(caught.value).count("Invalid JSON") == 20


def test_ids_are_unique_and_paraphrases_repeat_their_base(tmp_path: Path) -> None:
    """A second use of an id, a paraphrase of a paraphrase and a paraphrase with other nuggets are refused."""
    other = question(id="q-4", paraphrase_of="q-1", nuggets=[nugget(pattern="something else")])
    with pytest.raises(QuestionSetInvalid) as caught:
        load(tmp_path, question(), question(), question(id="q-2", paraphrase_of="q-1"), question(id="q-3", paraphrase_of="q-2"), other)

    messages = str(caught.value).splitlines()[1:]
    assert [message.split(":")[1:3] for message in messages] == [["2", " id"], ["4", " paraphrase_of"], ["5", " paraphrase_of"]]


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_file_that_holds_no_questions_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is absent, empty or not text ends in a message, not in an empty evaluation."""
    path = tmp_path / "questions.jsonl"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(QuestionSetInvalid, match=r"questions\.jsonl"):
        load_questions(path)


def test_the_split_never_changes() -> None:
    """The half of an id rests on its sha256 alone: an odd first byte is test, an even one dev."""
    # The digests begin with ef7d, a48a, bd44, abb2 and 6d0c, as sha256sum gives them: ef, bd, ab and 6d are odd, a4 is even.
    expected = {"trt-mctd-01": "test", "trt-ssc-01": "dev", "trt-ra-01": "test", "trt-iim-01": "test", "sup-ph-01": "test"}

    assert {base: split_of(base) for base in expected} == expected


def test_the_split_halves_many_ids() -> None:
    """Of 2,000 ids about half fall to each side: within four standard deviations, 4 · sqrt(2000 · ¼) ≈ 90."""
    assert abs(sum(split_of(f"q-{number}") == "dev" for number in range(2000)) - 1000) < 90


def test_paraphrases_and_turns_stay_with_their_base(tmp_path: Path) -> None:
    """Tuning on a question must not show its other wordings, nor the other turns of its conversation, to the test half."""
    turns = [question(id=f"t-{turn}", conversation="talk", turn=turn) for turn in (1, 2, 3)]
    read = load(tmp_path, question(), *(question(id=f"p-{n}", paraphrase_of="q-1") for n in range(5)), *turns)

    assert {item.split for item in read[:6]} == {split_of("q-1")}
    assert {item.split for item in read[6:]} == {split_of("talk")}


def test_every_type_is_counted(tmp_path: Path) -> None:
    """Types without a question are shown as 0, in a fixed order."""
    counts = count_by_type(load(tmp_path, question(), question(id="q-2", type="disease-specific"), question(id="q-3", type="disease-specific")))

    assert list(counts) == list(QuestionType)
    assert {name: n for name, n in counts.items() if n} == {QuestionType.TREATMENT: 1, QuestionType.DISEASE_SPECIFIC: 2}


def test_a_nugget_must_stand_in_each_document_it_names(tmp_path: Path) -> None:
    """Unknown documents and patterns that match nothing there are told; case does not matter."""
    questions = load(tmp_path, question(nuggets=[nugget(documents=["guideline", "trial", "absent"])]))
    statements = {"guideline": ["Mycophenolate IS recommended."], "trial": ["Rituximab helped."]}

    problems = check_against(questions, statements)

    assert len(problems) == 2
    assert 'matches no statement of "trial"' in problems[0]
    assert 'no document "absent"' in problems[1]


def test_a_forbidden_pattern_must_not_hit_the_support_of_a_nugget(tmp_path: Path) -> None:
    """No answer could both give the nugget and avoid the forbidden statement."""
    statements = {"guideline": ["Mycophenolate is recommended first.", "Nothing else."]}

    assert check_against(load(tmp_path, question(forbidden=["recommended last"])), statements) == ()
    assert "narrow one of them" in check_against(load(tmp_path, question(forbidden=["recommended first"])), statements)[0]


def test_statements_of_a_digest_are_its_list_items_without_front_matter(tmp_path: Path) -> None:
    """Lists in the front matter and the citation paragraph are no statements."""
    (tmp_path / "research").mkdir()
    text = "---\ntitle: A trial\npopulations:\n- disease: SSc\n---\n\n# T\n\n## Design\n\n- One.\n- Two.\n\n## Citation\n\nA trial.\n"
    (tmp_path / "research" / "trial.md").write_text(text, encoding="utf-8")

    assert digest_statements(tmp_path) == {"trial": ("One.", "Two.")}


def test_shipped_nuggets_are_supported_by_the_digests_they_name(shipped: tuple[EvalQuestion, ...]) -> None:
    """Every nugget pattern matches a statement of every digest it names, and no forbidden pattern contradicts a nugget."""
    assert check_against(shipped, digest_statements(CHECKOUT / "corpus")) == ()


def test_shipped_nuggets_match_nothing_outside_the_digests_they_name(shipped: tuple[EvalQuestion, ...]) -> None:
    """A pattern that another digest satisfies is too loose: it would credit an answer for the wrong fact."""
    statements = digest_statements(CHECKOUT / "corpus")
    distinct = {nugget for question in shipped for nugget in question.nuggets}

    loose = [
        (nugget.text, nugget.pattern, slug)
        for nugget in distinct
        for slug in statements.keys() - set(nugget.documents)
        if any(map(nugget.is_in, statements[slug]))
    ]

    assert loose == []


def test_shipped_questions_are_as_many_of_each_kind_as_promised(shipped: tuple[EvalQuestion, ...]) -> None:
    """At least 150 questions of every type, 25 near misses, 10 off topic, 10 false premises, 5 injections, and thirty in three wordings."""
    bases = [question for question in shipped if question.paraphrase_of is None]
    counts = count_by_type(bases)
    wordings = Counter(question.paraphrase_of for question in shipped if question.paraphrase_of)
    least = {
        QuestionType.UNANSWERABLE: 25,
        QuestionType.OFF_TOPIC: 10,
        QuestionType.FALSE_PREMISE: 10,
        QuestionType.INJECTION: 5,
        QuestionType.DISEASE_SPECIFIC: 12,
    }
    near_misses = {question.reason for question in bases if question.type is QuestionType.UNANSWERABLE}

    assert len(bases) >= 150
    assert {name for name, n in counts.items() if n < least.get(name, 5)} == set()
    assert sum(n >= 2 for n in wordings.values()) >= 30
    assert near_misses >= {Missing.DRUG, Missing.OUTCOME, Missing.POPULATION, Missing.DOSE}


def test_shipped_questions_reach_every_digest_and_both_halves(shipped: tuple[EvalQuestion, ...]) -> None:
    """No digest is left unasked, and neither half of any common type is empty."""
    asked = {slug for question in shipped for nugget in question.nuggets for slug in nugget.documents}
    halves = Counter((question.type, question.split) for question in shipped)

    assert set(digest_statements(CHECKOUT / "corpus")) - asked == set()
    assert [(name, half) for name in QuestionType for half in ("dev", "test") if not halves[name, half]] == []


def test_shipped_conversations_have_two_to_four_turns(shipped: tuple[EvalQuestion, ...]) -> None:
    """Follow-ups are judged in short conversations, as people hold them."""
    lengths = Counter(question.conversation for question in shipped if question.conversation)

    assert lengths
    assert {n for n in lengths.values() if not 2 <= n <= 4} == set()
