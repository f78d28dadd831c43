"""Citation precision and recall, contradictions and badges, on sentences of the shipped corpus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.citations import badge_precision, citation_precision, citation_recall, contradiction
from ragqa.evaluation.records import Share
from ragqa.service import QAService
from ragqa.types import Direction, Edit, Evidence, RecommendationCard, Statement, Strength
from tests.evaluation.samples import GUIDELINE, TRIAL, answer, plain, question, quoting

YES, NO = Share(1.0, 1), Share(0.0, 1)


def judged(assessor: Assessor, service: QAService, *statements: Statement) -> Case:
    """Return a case of these statements."""
    return Case(question(), answer(*statements, service=service), assessor)


def unsourced(text: str, quote: str, **fields: object) -> Case:
    """Return a case of one statement over a quote, for metrics that look at the words alone."""
    statement = plain(text, evidence=(Evidence(1, "d", "v", (), 1, 0, len(quote), quote),), **fields)
    return Case(question(), answer(statement), assessor=None)  # type: ignore[arg-type]  # these metrics ask no assessor


def test_a_verbatim_quote_supports_its_statement(corpus_service: QAService, assessor: Assessor) -> None:
    """A statement whose quote is the stored text of its page is supported, and its one citation is needed."""
    case = judged(assessor, corpus_service, quoting(corpus_service, GUIDELINE))

    assert citation_recall(case) == YES
    assert citation_precision(case) == YES


@pytest.mark.parametrize(
    "change",
    [
        {"page": 2},
        {"page": 0},
        {"start": 0},
        {"end": 10**9},
        {"document_version": "0" * 64},
        {"document_id": "0" * 16},
        {"quote": "Something else."},
        {"source": 9},
    ],
    ids=str,
)
def test_evidence_that_is_not_where_it_says_supports_nothing(corpus_service: QAService, assessor: Assessor, change: dict[str, object]) -> None:
    """Another page, range, version, document or quote, or a number that is not in the list of sources: the statement is unsupported."""
    real = quoting(corpus_service, GUIDELINE)
    broken = replace(real, evidence=(replace(real.evidence[0], **change),))  # type: ignore[arg-type]  # fields of Evidence, by name
    sources = answer(real, service=corpus_service).sources
    case = Case(question(), replace(answer(broken), sources=sources), assessor)

    assert citation_recall(case) == NO
    assert citation_precision(case) == NO


def test_a_figure_must_stand_in_the_quote(corpus_service: QAService, assessor: Assessor) -> None:
    """One digit changed in a long sentence leaves the words nine tenths the same, and the statement unsupported."""
    real = quoting(corpus_service, TRIAL, place=1)
    assert any(character.isdigit() for character in real.text)
    digit = next(character for character in real.text if character.isdigit())
    false = replace(real, text=real.text.replace(digit, "97", 1))

    assert citation_recall(judged(assessor, corpus_service, false)) == NO


def test_words_beyond_a_tenth_must_stand_in_the_quote(corpus_service: QAService, assessor: Assessor) -> None:
    """A statement that adds a clause of its own is unsupported; a declared lead-in is not counted as its words."""
    real = quoting(corpus_service, GUIDELINE)
    padded = replace(real, text=f"{real.text} Every patient everywhere should receive this immediately.")
    led_in = replace(real, text=f"Some Trial — {real.text}", edits=(Edit("lead_in", "", "Some Trial — "),))

    assert citation_recall(judged(assessor, corpus_service, padded)) == NO
    assert citation_recall(judged(assessor, corpus_service, led_in)) == YES


def test_a_citation_that_adds_nothing_costs_precision(corpus_service: QAService, assessor: Assessor) -> None:
    """With a second citation from elsewhere the statement stays supported, and one of two citations is needed: 1/2."""
    real, other = quoting(corpus_service, GUIDELINE), quoting(corpus_service, TRIAL)
    both = replace(real, evidence=(*real.evidence, replace(other.evidence[0], source=2)))
    case = judged(assessor, corpus_service, both)

    assert citation_recall(case) == YES
    assert citation_precision(case) == Share(1.0, 2)


def test_two_halves_are_both_needed(corpus_service: QAService, assessor: Assessor) -> None:
    """A statement of two sentences with a citation for each: neither supports it alone, both count: 2/2."""
    one, two = quoting(corpus_service, TRIAL, 0), quoting(corpus_service, GUIDELINE)
    joined = replace(one, text=f"{one.text} {two.text}", evidence=(*one.evidence, replace(two.evidence[0], source=2)))

    assert citation_precision(judged(assessor, corpus_service, joined)) == Share(2.0, 2)


def test_two_quotes_of_one_source_are_one_citation(corpus_service: QAService, assessor: Assessor) -> None:
    """Two sentences of one study under one number: the number is needed: 1/1."""
    one, two = quoting(corpus_service, TRIAL, 0), quoting(corpus_service, TRIAL, 2)
    joined = replace(one, text=f"{one.text} {two.text}", evidence=(*one.evidence, *two.evidence))

    assert citation_precision(judged(assessor, corpus_service, joined)) == Share(1.0, 1)


@pytest.mark.parametrize(
    ("text", "quote", "contradicts"),
    [
        ("It did not slow decline.", "It did not slow decline.", False),
        ("It did slow decline.", "It did not slow decline.", True),
        ("It is recommended for use.", "It is recommended against use.", True),
        ("Given without steroids.", "Given with steroids.", True),
        ("Survival was better.", "Survival was bet-\nter.", False),
    ],
)
def test_a_lost_or_added_negation_is_a_contradiction(text: str, quote: str, contradicts: bool) -> None:
    """Text and quote must hold the same negations."""
    assert contradiction(unsourced(text, quote)) == Share(float(contradicts), 1)


@pytest.mark.parametrize(
    ("quote", "direction"),
    [
        ("It is conditionally recommended by the society as a first option.", Direction.FOR),
        ("It is conditionally recommended against by the society.", Direction.AGAINST),
        ("The society recommends strongly against its use.", Direction.AGAINST),
        ("It should not be used at first line.", Direction.AGAINST),
        ("Prophylaxis against infection is suggested in adults.", Direction.FOR),
        ("On this drug no recommendation was reached by the panel.", Direction.NONE),
    ],
)
def test_a_badge_points_the_way_of_its_quote(quote: str, direction: Direction) -> None:
    """Of the three directions a badge may show, exactly the one of the quote is right."""
    for shown in Direction:
        card = RecommendationCard(shown, Strength.UNSPECIFIED, None, None, None)
        assert badge_precision(unsourced(quote, quote, recommendation=card)) == Share(float(shown is direction), 1)


def test_statements_without_a_badge_are_not_counted() -> None:
    """Badge precision is over statements that show one."""
    assert badge_precision(unsourced("It helps.", "It helps.")).of == 0
