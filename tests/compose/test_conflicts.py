"""Statements that disagree are shown side by side."""

from __future__ import annotations

from ragqa.service import QAService
from ragqa.types import Answer, Conflict, Statement


def sides(answer: Answer) -> list[tuple[Conflict, tuple[Statement, Statement]]]:
    """Return the conflicts of an answer with their statements."""
    known = {each.statement_id: each for each in answer.statements}
    return [(conflict, (known[conflict.statements[0]], known[conflict.statements[1]])) for conflict in answer.conflicts]


def test_opposite_results_of_near_years_are_a_conflict(small: QAService) -> None:
    """FVC improved in the cohort of 2019 and worsened in that of 2020: both are shown, with a note that names the treatment."""
    ((conflict, pair),) = sides(small.ask("What are the outcomes of rituximab in MCTD-ILD?"))

    assert conflict.kind == "direction"
    assert "rituximab" in conflict.note
    assert {each.year for each in pair} == {2019, 2020}
    assert {"improved", "worsened"} == {word for each in pair for word in ("improved", "worsened") if word in each.text}


def test_a_newer_edition_that_turns_advice_is_a_matter_of_date(small: QAService) -> None:
    """Methotrexate for (2012) and against (2023) at first line: the older advice may be superseded."""
    found = [(conflict, pair) for conflict, pair in sides(small.ask("How is ILD in MCTD treated?")) if "methotrexate" in conflict.note]

    ((conflict, pair),) = found
    assert conflict.kind == "date"
    assert {each.year for each in pair} == {2012, 2023}
    assert "2023" in conflict.note


def test_one_document_does_not_disagree_with_itself(small: QAService) -> None:
    """Against at first line and for on progression are one guideline's two situations."""
    for question in ("How is ILD in MCTD treated?", "Is methotrexate recommended in MCTD-ILD?"):
        assert all(one.citations != other.citations for _, (one, other) in sides(small.ask(question)))


def test_agreeing_results_are_no_conflict(small: QAService) -> None:
    """Results in SSc all point one way or speak of different outcomes."""
    assert small.ask("What is the effect of cyclophosphamide in SSc-ILD?").conflicts == ()
