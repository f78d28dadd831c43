"""Answers as JSON and back."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest

from ragqa.answers.json import answer_from_json, answer_to_json, document_to_json, dump_answer, evidence_hash
from ragqa.errors import AnswerInvalid
from ragqa.types import Answer, Audience
from tests.answers.samples import ABSTENTION, ANSWER, CLARIFIED, GUIDELINE, PAGES


@pytest.mark.parametrize("answer", [ANSWER, ABSTENTION, CLARIFIED, replace(ANSWER, composer="plain")], ids=lambda answer: answer.answer_id)
def test_an_answer_survives_the_way_to_text_and_back(answer: Answer) -> None:
    """Reading back what was written gives the equal value, clarifications, corrections, nearest evidence and scores included."""
    assert answer_from_json(json.loads(dump_answer(answer))) == answer


def test_the_shape_is_that_of_the_design() -> None:
    """The keys of answer, statement and evidence are those of the specification, in a fixed order."""
    value = answer_to_json(ANSWER)
    statement = value["sections"][0]["groups"][0]["statements"][0]

    assert list(value)[:4] == ["answer_id", "question", "interpreted_question", "status"]
    assert value["composer"] == {"name": "extractive", "version": "1", "settings_hash": "00112233aabb"}
    assert statement["recommendation"]["direction"] == "for"
    assert statement["citations"] == [1]
    assert statement["verification"]["checks"] == {"quote": True}
    assert value["sources"][0]["type"] == "guideline"
    assert value["sources"][0]["doi"] == "10.1000/example(2024)1"


def test_every_quote_is_the_slice_of_its_page() -> None:
    """What a program reads from the JSON opens in the stored text: quote == page_text[start:end]."""
    value = answer_to_json(ANSWER)
    quotes = [item for section in value["sections"] for group in section["groups"] for statement in group["statements"] for item in statement["evidence"]]

    assert len(quotes) == 7
    for item in quotes:
        assert PAGES[item["document_id"]][item["page"] - 1][item["start"] : item["end"]] == item["quote"]


def test_equal_answers_give_equal_bytes() -> None:
    """Nothing in the text depends on when or where it was written."""
    assert dump_answer(ANSWER) == dump_answer(deepcopy(ANSWER))


def test_the_evidence_hash_ignores_presentation_and_sees_every_quote() -> None:
    """A review stays valid for another reader level and falls with a changed quote."""
    moved = replace(ANSWER, sections=ANSWER.sections[:1])

    assert evidence_hash(replace(ANSWER, audience=Audience.PATIENT)) == evidence_hash(ANSWER)
    assert evidence_hash(moved) != evidence_hash(ANSWER)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("sources",), None, "cannot be read"),
        (("status",), "perhaps", "perhaps"),
        (("sections", 0, "groups", 0, "statements", 0, "evidence", 0, "start"), "12", '"start" of a quote'),
        (("sections", 0, "groups", 0, "statements", 0, "evidence", 0, "quote"), 5, '"quote" of a quote'),
    ],
)
def test_a_damaged_answer_is_named(path: tuple[str | int, ...], value: object, words: str) -> None:
    """A saved answer with a wrong value is refused in words, not with a traceback."""
    damaged = answer_to_json(ANSWER)
    place = damaged
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]  # the path runs through dicts and lists
    place[path[-1]] = value  # type: ignore[index]  # as above

    with pytest.raises(AnswerInvalid, match=words):
        answer_from_json(damaged)


@pytest.mark.parametrize("value", [None, [], "text", {}, {"answer_id": "x"}])
def test_what_is_no_answer_is_refused(value: object) -> None:
    """Any JSON value but an answer is refused with the next step."""
    with pytest.raises(AnswerInvalid, match="ragqa ask --json"):
        answer_from_json(value)


def test_a_document_lists_without_its_text() -> None:
    """A document in JSON carries its identifiers and what is known of it."""
    value = document_to_json(GUIDELINE)

    assert (value["document_id"], value["slug"], value["label"]) == (GUIDELINE.document_id, "example-2023", "Example Society guideline 2023")
    assert json.loads(json.dumps(value))["metadata"]["kind"] == "guideline"
