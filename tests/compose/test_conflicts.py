"""Statements that disagree are shown side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.service import QAService
from ragqa.types import Answer, Conflict, Direction, Statement, Strength
from tests.compose.samples import small_service


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


def test_results_of_different_years_are_not_settled_by_the_date(corpus_service: QAService) -> None:
    """FVC improved in the series of 2014 and did not change in the cohort of 2022: evidence disagrees, and the note says who found what in how many."""
    ((conflict, pair),) = sides(corpus_service.ask("Does FVC improve or merely stay stable with rituximab in CTD-ILD? Studies seem to disagree."))

    assert conflict.kind == "direction"
    assert "FVC" in conflict.note
    assert "n = 50" in conflict.note
    assert "n = 37" in conflict.note
    assert "improved by 8.9%" in pair[0].text
    assert "did not change" in pair[1].text


def test_advice_for_all_and_advice_for_those_at_risk_differ_in_scope(corpus_service: QAService) -> None:
    """Both recommend the test; one for everybody, the other for people at increased risk."""
    ((conflict, pair),) = sides(corpus_service.ask("Should every patient with MCTD have a CT to screen for ILD? Do guidelines agree?"))

    assert conflict.kind == "scope"
    assert "HRCT" in conflict.note
    assert {"all patients" in each.text for each in pair} == {True, False}
    assert {"increased risk" in each.text for each in pair} == {True, False}


def test_sources_that_count_a_study_differently_are_shown(corpus_service: QAService) -> None:
    """A statement that the counts differ stands beside one that gives one of them."""
    ((conflict, pair),) = sides(corpus_service.ask("How many patients were in Scleroderma Lung Study II? I have seen different numbers."))

    assert conflict.kind == "number"
    assert "142" in pair[0].text
    assert "126" in pair[0].text
    assert pair[1].n == 142


def test_advice_on_a_combination_meets_advice_on_the_same_combination(corpus_service: QAService) -> None:
    """For nintedanib with mycophenolate, and against adding nintedanib or pirfenidone to mycophenolate; nothing on nintedanib alone."""
    ((conflict, pair),) = sides(corpus_service.ask("In which connective tissue diseases can nintedanib be used up front for ILD?"))

    assert conflict.kind == "direction"
    assert "mycophenolate with nintedanib" in conflict.note
    assert "combination" in pair[0].text
    assert "Adding" in pair[1].text


def test_what_does_not_oppose_is_no_conflict(corpus_service: QAService) -> None:
    """No false pair: a trial's null result beside its trend, a caution beside an option, one drug beside another, tests of one assessment."""
    for question in (
        "ATtackMy-ILD - did abatacept work?",
        "What are the treatment options for interstitial lung disease in mixed connective tissue disease?",
        "Is mycophenolate or cyclophosphamide better in SSc-ILD?",
        "What is known about tocilizumab in SSc-ILD?",
        "How is ILD monitored in rheumatoid arthritis?",
        "Which infections were seen with rituximab in antisynthetase syndrome?",
    ):
        assert corpus_service.ask(question).conflicts == ()


def notes(answer: Answer) -> str:
    """Return the notes of all conflicts."""
    return " ".join(conflict.note for conflict in answer.conflicts)


MISSED = """---
title: Hydroxychloroquine and interstitial lung disease in a cohort of rheumatoid arthritis
short_title: Western cohort 2018
year: 2018
kind: cohort
populations: [{disease: RA, n: 800}]
---

# Western cohort 2018

## Results

- Hydroxychloroquine was not associated with RA-ILD in the Western cohort 2018, with an odds ratio (OR) of ESTIMATE.
"""
FOUND = """---
title: Hydroxychloroquine and interstitial lung disease in a registry of rheumatoid arthritis
short_title: Central registry 2020
year: 2020
kind: cohort
populations: [{disease: RA, n: 900}]
---

# Central registry 2020

## Results

- Hydroxychloroquine was associated with lower odds of RA-ILD in the Central registry 2020, with an odds ratio (OR) of 0.43 (95% CI 0.26-0.69).
"""


@pytest.mark.parametrize(("estimate", "told"), [("1.45 (95% CI 0.79-2.49)", "disagree on"), ("0.85 (95% CI 0.49-1.49)", "both estimates point the same way")])
def test_what_missed_significance_opposes_only_where_its_estimate_points_elsewhere(tmp_path: Path, estimate: str, told: str) -> None:
    """Less of the disease in both, in one of them not surely so: the two stand side by side, and it is said that they do not oppose each other."""
    service = small_service(tmp_path, {"research/missed.md": MISSED.replace("ESTIMATE", estimate), "research/found.md": FOUND})
    answer = service.ask("Is hydroxychloroquine use associated with RA-ILD?")

    assert len({each.citations for each in answer.statements}) == 2
    assert [(conflict.kind, told in conflict.note) for conflict in answer.conflicts] == [("direction", True)]


def test_studies_differ_on_what_goes_with_an_exposure(corpus_service: QAService) -> None:
    """Less frequent in one study, not related in the other."""
    ((conflict, pair),) = sides(corpus_service.ask("Is methotrexate use associated with RA-ILD?"))

    assert conflict.kind == "direction"
    assert {"not significantly associated" in each.text for each in pair} == {True, False}


def test_an_overview_brings_in_advice_against_what_it_advises(corpus_service: QAService) -> None:
    """One guideline is for adding an antifibrotic to mycophenolate, another, for a wider group, against it: both stand there, and that they disagree."""
    ((conflict, pair),) = sides(corpus_service.ask("How is SSc-ILD treated?"))

    assert conflict.kind == "direction"
    assert [each.recommendation.direction for each in pair if each.recommendation] == [Direction.FOR, Direction.AGAINST]
    assert all({"nintedanib", "mycophenolate"} <= set(each.drugs) for each in pair)


def test_advice_on_a_test_asked_about_differs_by_occasion(corpus_service: QAService) -> None:
    """One guideline is against it for screening and monitoring, another for it among other tests at diagnosis: said once, and that the occasions differ."""
    ((conflict, pair),) = sides(corpus_service.ask("6-minute walk test in rheumatic ILD: do it or not?"))

    assert conflict.kind == "scope"
    assert "occasion" in conflict.note
    assert {each.recommendation.direction for each in pair if each.recommendation} == {Direction.FOR, Direction.AGAINST}


def test_two_threshold_doses_of_one_harm_are_set_side_by_side(corpus_service: QAService) -> None:
    """Above 15 mg a day by the guideline, above 10 mg by the review."""
    ((conflict, pair),) = sides(corpus_service.ask("Prednisone threshold for scleroderma renal crisis: 10 mg or 15 mg a day?"))

    assert conflict.kind == "number"
    assert ["15 mg/day" in each.text for each in pair] == [True, False]
    assert "10 mg/day" in pair[1].text


def test_figures_that_lie_far_apart_are_shown(corpus_service: QAService) -> None:
    """Coded in a registry, and pooled from studies: the least and the greatest stand beside each other, with their sources."""
    answer = corpus_service.ask("How often do myositis patients have ILD?")

    ((conflict, pair),) = sides(answer)
    assert conflict.kind == "number"
    assert "6%" in conflict.note
    assert "41%" in conflict.note
    assert len({each.citations for each in pair}) == 2


def test_figures_after_years_are_held_against_each_other(corpus_service: QAService) -> None:
    """Not the share at inclusion in one cohort against that after eight years in the other: the first tells its own after years, too."""
    ((_, note),) = [(each.kind, each.note) for each in corpus_service.ask("How often does pulmonary hypertension develop in MCTD?").conflicts]

    assert "3.4%" in note
    assert "7.6%" in note


def test_figures_on_something_else_are_not(corpus_service: QAService) -> None:
    """The incidence of the disease is disputed, and not asked about."""
    assert "incidence" not in notes(corpus_service.ask("How common is ILD in mixed connective tissue disease?"))


def test_the_other_side_is_brought_in(corpus_service: QAService) -> None:
    """The loss stands in a trial of a part of the population, far less likely than the gain that it opposes."""
    answer = corpus_service.ask("What happens to DLCO on mycophenolate in CTD-ILD and do the studies agree?")

    assert any("DLCO) fell" in each.text for _, pair in sides(answer) for each in pair)


def test_who_reached_no_recommendation_differs_from_who_did(corpus_service: QAService) -> None:
    """Where the drug is asked about: one recommends against it, the other could not decide."""
    answer = corpus_service.ask("Do ATS and ACR/CHEST give the same advice on pirfenidone in scleroderma ILD?")

    assert "reached no recommendation" in notes(answer)
    assert "reached no recommendation" not in notes(corpus_service.ask("How is SSc-ILD treated?"))


def test_how_firmly_advice_is_given_counts_when_asked(corpus_service: QAService) -> None:
    """Strong from one issuer and conditional from the other."""
    asked = corpus_service.ask("Mycophenolate in scleroderma lung disease: strong or conditional recommendation?")

    assert [conflict.kind for conflict in asked.conflicts] == ["strength"]
    assert "strength" not in {conflict.kind for conflict in corpus_service.ask("How is SSc-ILD treated?").conflicts}


def test_text_and_table_of_one_report_are_held_against_each_other(corpus_service: QAService) -> None:
    """They stand side by side in their document; joined in one statement they could not be shown as a pair."""
    answer = corpus_service.ask("Allenbach 2015: FVC results at month 12 of rituximab")

    ((conflict, pair),) = sides(answer)
    assert conflict.kind == "number"
    assert [("the text" in each.text, "the table" in each.text) for each in pair] == [(True, False), (False, True)]


def test_what_opposes_the_advice_shown_brings_the_main_advice_of_its_issuer(corpus_service: QAService) -> None:
    """An issuer of one disease of a group, brought in for a combination it advises, is heard first on what it recommends strongly."""
    answer = corpus_service.ask("What is the treatment of CTD-ILD?")
    (opposed,) = [other for conflict, (one, other) in sides(answer) for other in (one, other) if other.populations == ("SSc",)]
    of_issuer = [each for each in answer.statements if set(each.citations) == set(opposed.citations)]

    assert [(each.drugs, each.recommendation.strength) for each in of_issuer if each.recommendation] == [
        (("mycophenolate",), Strength.STRONG),
        (("nintedanib", "mycophenolate"), Strength.CONDITIONAL),
    ]
