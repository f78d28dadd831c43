"""A saved answer that was changed anywhere is found out, and one that was not holds."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from ragqa.answers.json import JsonObject, answer_to_json
from ragqa.answers.verification import check_to_json, read_saved_answer, render_check
from ragqa.errors import AnswerInvalid
from ragqa.service import QAService
from ragqa.types import AnswerCheck, answer_id_of

QUESTION = "Should rituximab be given in RA-ILD, and does it improve lung function?"


@pytest.fixture(scope="module")
def saved(corpus_service: QAService) -> JsonObject:
    """Return a real answer as it is saved."""
    return answer_to_json(corpus_service.ask(QUESTION))


def check(service: QAService, value: JsonObject) -> AnswerCheck:
    """Check a saved answer as the command does."""
    answer, problems = read_saved_answer(value)
    return service.verify(answer, problems)


def test_an_untouched_answer_holds_and_is_given_again(corpus_service: QAService, saved: JsonObject) -> None:
    """Every check is passed and asking again gives the same answer."""
    found = check(corpus_service, saved)
    assert found.holds
    assert found.replayed is True
    assert "Holds" in render_check(found)


def test_an_abstention_holds_too(corpus_service: QAService) -> None:
    """A withheld answer is checked with its nearest statements."""
    assert check(corpus_service, answer_to_json(corpus_service.ask("Who won the World Cup?"))).holds


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every kind of plain value."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list):
        # One of each kind is enough: what is true of the first statement is true of all.
        for index, part in enumerate(value[:1]):
            yield from leaves(part, (*path, index))
    else:
        yield path


def changed(value: Any) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else "x"


def test_a_change_of_any_value_is_found(corpus_service: QAService, saved: JsonObject) -> None:
    """Every kind of value in the file, one after the other: changed, the answer does not hold, or is no answer any more."""
    unnoticed = []
    for path in leaves(saved):
        value = copy.deepcopy(saved)
        place: Any = value
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = changed(place[path[-1]])
        try:
            if check(corpus_service, value).holds:
                unnoticed.append(path)
        except AnswerInvalid:
            continue
    assert not unnoticed


def test_a_changed_figure_names_statement_and_check(corpus_service: QAService, saved: JsonObject) -> None:
    """The report says which statement fails and what that means."""
    value = copy.deepcopy(saved)
    statement = value["sections"][-1]["groups"][0]["statements"][0]
    statement["text"] = statement["text"].rstrip(".") + " in 99 patients."
    found = check(corpus_service, value)
    (failed,) = [entry for entry in check_to_json(found)["statements"] if not entry["holds"]]
    assert failed["id"] == statement["id"]
    assert {"check": "number", "means": "a figure of it stands in no quote"} in failed["failed"]
    assert "a figure of it stands in no quote" in render_check(found)


@pytest.mark.parametrize("section", [0, -1])
def test_a_statement_that_was_taken_out_is_found(corpus_service: QAService, saved: JsonObject, section: int) -> None:
    """Leaving something out is a change too."""
    value = copy.deepcopy(saved)
    group = value["sections"][section]["groups"][0]
    del group["statements"][0]
    assert not check(corpus_service, value).holds


def of_older(saved: JsonObject) -> JsonObject:
    """Return the answer as an older generation would have given it."""
    value = copy.deepcopy(saved)
    answer, _ = read_saved_answer(value)
    version = "gen-000000-0123456789ab"
    return value | {"index_version": version, "answer_id": answer_id_of(version, answer.composer, answer.settings_hash, answer.question, answer.filters)}


def test_an_answer_of_an_older_generation_is_checked_against_the_present_one(corpus_service: QAService, saved: JsonObject) -> None:
    """Its statements are checked; that it would be given again is not claimed."""
    found = check(corpus_service, of_older(saved))
    assert found.holds
    assert found.replayed is None
    assert "another generation" in render_check(found)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (("question",), "Does rituximab improve lung function in SSc-ILD?"),
        (("index_version",), "gen-000000-ba9876543210"),
        (("sources", 0, "title"), "Another title"),
        (("sections", -1, "groups", 0, "statements", 0, "text"), "Rituximab cures."),
        (("sections", -1, "groups", 0, "statements", 0, "verification", "checks", "number"), False),
    ],
)
def test_what_was_changed_in_an_answer_of_an_older_generation_is_found(
    corpus_service: QAService, saved: JsonObject, place: tuple[str | int, ...], change: object
) -> None:
    """What can be known without asking again is checked: statements, sources, and that the id fits the question."""
    value: Any = of_older(saved)
    part = value
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = change
    assert not check(corpus_service, value).holds


@pytest.mark.parametrize("value", [None, [], {}, {"answer_id": "a"}, "text", 5])
def test_what_is_no_answer_is_refused(value: object) -> None:
    """The message says what to give instead."""
    with pytest.raises(AnswerInvalid, match="ragqa ask --json"):
        read_saved_answer(value)
