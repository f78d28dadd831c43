"""Metrics of content and form on small answers whose figures can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragqa.evaluation import metrics
from ragqa.evaluation.assessor import Assessor, Case
from ragqa.evaluation.questions import Expected, Importance, QuestionType
from ragqa.evaluation.records import NOT_APPLICABLE, Share
from ragqa.service import QAService
from ragqa.types import AnswerSection, Conflict, Facet, Statement, StatementGroup, Tier
from tests.evaluation.samples import GUIDELINE, answer, nugget, plain, question, quoting, refusal

ONE, TWO, THREE = plain("Drugamab helps in the first line."), plain("Drugamab costs hair."), plain("The sky is blue.", statement_id="s3")


def case(assessor: Assessor, *statements: Statement, **fields: object) -> Case:
    """Return a case of statements for a question with the given fields."""
    return Case(question(**fields), answer(*statements), assessor)


def test_recall_counts_nuggets_that_one_statement_says_whole(assessor: Assessor) -> None:
    """Of three nuggets, two vital, one vital is said; words spread over two statements say nothing: 1/2 and 1/3."""
    nuggets = (nugget("helps.*first line"), nugget("helps.*hair"), nugget("hairless", Importance.OKAY))
    judged = case(assessor, ONE, TWO, nuggets=nuggets)

    assert metrics.vital_recall(judged) == Share(1.0, 2)
    assert metrics.nugget_recall(judged) == Share(1.0, 3)


def test_a_nugget_in_the_quote_alone_counts(corpus_service: QAService, assessor: Assessor) -> None:
    """The quote is shown with the statement, so what it says is said."""
    real = quoting(corpus_service, GUIDELINE)
    word = real.text.split()[0]
    judged = case(assessor, replace(real, text="Shortened."), nuggets=(nugget(word),))

    assert metrics.vital_recall(judged) == Share(1.0, 1)


def test_useful_counts_statements_with_a_nugget(assessor: Assessor) -> None:
    """One statement of two says the nugget; without nuggets nothing can be said about use."""
    assert metrics.useful(case(assessor, ONE, THREE, nuggets=(nugget("drugamab"),))) == Share(1.0, 2)
    assert metrics.useful(case(assessor, ONE, THREE)) is NOT_APPLICABLE


def test_forbidden_counts_questions_not_statements(assessor: Assessor) -> None:
    """Two forbidden statements in one answer are one bad question; a question that forbids nothing is not counted."""
    assert metrics.forbidden(case(assessor, ONE, TWO, forbidden=("drugamab",))) == Share(1.0, 1)
    assert metrics.forbidden(case(assessor, THREE, forbidden=("drugamab",))) == Share(0.0, 1)
    assert metrics.forbidden(case(assessor, ONE)) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("allowed", "fits"),
    [(("MCTD", "CTD"), True), (("CTD",), True), (("PAH",), False), (("IPF",), False)],
)
def test_population_precision_follows_the_family_tree(corpus_service: QAService, assessor: Assessor, allowed: tuple[str, ...], fits: bool) -> None:
    """A sentence about several diseases fits a question about one of them or their group, and none outside."""
    judged = case(assessor, quoting(corpus_service, GUIDELINE), allowed_populations=allowed)

    assert metrics.population_precision(judged) == Share(float(fits), 1)


def test_a_sibling_stays_out_although_the_group_is_allowed(corpus_service: QAService, assessor: Assessor) -> None:
    """Allowing a disease and its group lets in statements on the group, not on other members of it."""
    on_trial = quoting(corpus_service, "sls2-mycophenolate-tashkin-2016")
    assert on_trial.populations == ("SSc",)

    assert metrics.population_precision(case(assessor, on_trial, allowed_populations=("MCTD", "CTD"))) == Share(0.0, 1)
    assert metrics.population_precision(case(assessor, on_trial, allowed_populations=("CTD",))) == Share(1.0, 1)


def test_a_disease_that_source_and_quote_do_not_name_does_not_count(corpus_service: QAService, assessor: Assessor) -> None:
    """A statement that claims the asked disease, over a quote on another, is not about the asked disease."""
    claimed = replace(quoting(corpus_service, "sls2-mycophenolate-tashkin-2016"), populations=("MCTD",))

    assert metrics.population_precision(case(assessor, claimed, allowed_populations=("MCTD", "CTD"))) == Share(0.0, 1)


def test_the_closed_block_is_not_counted_as_direct(assessor: Assessor) -> None:
    """Statements of the indirect section are labelled; the same statement outside it is a leak."""
    sibling = plain("It helped elsewhere.", population_tier=Tier.SIBLING)
    inside = Case(question(allowed_populations=("MCTD",)), answer(sibling, section=metrics.INDIRECT), assessor)

    assert metrics.population_precision(inside) == Share(0.0, 0)
    assert metrics.indirect_leak(inside) == Share(0.0, 0)
    assert metrics.indirect_leak(case(assessor, sibling)) == Share(1.0, 1)


def test_redundancy_needs_the_same_treatments(assessor: Assessor) -> None:
    """The same words on another drug are another fact: of three near-equal statements one is redundant, by cosine alone two."""
    on_one = plain("Rituximab is conditionally recommended as a first-line treatment.")
    again = plain("Rituximab is conditionally recommended as first-line treatment.")
    on_other = plain("Azathioprine is conditionally recommended as a first-line treatment.")
    judged = case(assessor, on_one, again, on_other)

    assert metrics.redundancy(judged) == Share(1.0, 3)
    assert metrics.redundancy_by_cosine(judged).hits >= 1.0
    assert metrics.redundancy(case(assessor)) == Share(0.0, 0)


def test_a_second_line_of_therapy_repeats_no_fact(assessor: Assessor) -> None:
    """Two statements in the same words that say two nuggets are redundant by cosine, but the second repeats no fact."""
    first = plain("Rituximab is conditionally recommended as a first-line treatment of the disease.")
    later = plain("Rituximab is conditionally recommended as a second-line treatment of the disease.")
    apart = case(assessor, first, later, nuggets=(nugget("first-line"), nugget("second-line")))
    alike = case(assessor, first, later, nuggets=(nugget("rituximab"),))

    assert metrics.redundancy(apart) == metrics.redundancy(alike) == Share(1.0, 2)
    assert metrics.repetition(apart) == Share(0.0, 2)
    assert metrics.repetition(alike) == Share(1.0, 2)


@pytest.mark.parametrize(
    ("text", "dangles"),
    [
        ("These data show benefit.", True),
        ("The study also found harm.", True),
        ("However, survival fell.", True),
        ("Its effect was small.", True),
        ("The study of Smith 2020 found harm.", False),
        ("Survival fell.", False),
        ("Italian patients did well.", False),
        ("Both rituximab and placebo were given.", False),
        ("Some Trial — The study also found harm.", False),
    ],
)
def test_dangling_is_a_start_that_needs_the_sentence_before(text: str, dangles: bool) -> None:
    """A reference or connective at the start dangles, unless the sentence itself names what it means."""
    assert metrics.is_dangling(plain(text)) is dangles


def test_facets_are_held_against_the_type_of_the_question(assessor: Assessor) -> None:
    """Of two useful statements to a question on safety one stands under safety; a type that cuts across facets is not judged."""
    statements = (plain("Drugamab costs hair.", facet=Facet.SAFETY), plain("Drugamab costs money.", facet=Facet.EPIDEMIOLOGY), THREE)
    nuggets = (nugget("drugamab"),)
    judged = case(assessor, *statements, nuggets=nuggets, type=QuestionType.SAFETY)

    assert metrics.facet_agreement(judged) == Share(1.0, 2)
    assert metrics.facet_coverage(judged) == Share(1.0, 1)
    assert metrics.facet_agreement(case(assessor, *statements, nuggets=nuggets, type=QuestionType.LAY)) is NOT_APPLICABLE


def test_a_conflict_counts_when_its_two_sides_are_two_nuggets(assessor: Assessor) -> None:
    """Showing a pair that says both sides is conflict recall; a pair that says one side twice is not."""
    rose, fell = plain("Volume rose.", statement_id="s1"), plain("Volume fell.", statement_id="s2")
    nuggets = (nugget("rose"), nugget("fell"))

    def judged(*pair: str) -> Share:
        conflict = Conflict((pair[0], pair[1]), "direction", "")
        return metrics.conflict_recall(Case(question(type=QuestionType.CONFLICT, nuggets=nuggets), answer(rose, fell, conflicts=(conflict,)), assessor))

    assert judged("s1", "s2") == Share(1.0, 1)
    assert judged("s1", "s1") == Share(0.0, 1)
    assert judged("s1", "s9") == Share(0.0, 1)


def test_a_refusal_has_no_statements_to_judge(assessor: Assessor) -> None:
    """An abstention loses its nuggets and adds nothing to figures over statements."""
    judged = Case(question(nuggets=(nugget("drugamab"),), expected=Expected.ANSWER), refusal("off_topic"), assessor)

    assert metrics.vital_recall(judged) == Share(0.0, 1)
    assert {metrics.useful(judged).of, metrics.dangling(judged).of, metrics.redundancy(judged).of} == {0}


def test_direct_statements_leave_out_the_closed_block(assessor: Assessor) -> None:
    """Sections keep their order; only the indirect one is left out."""
    sections = tuple(AnswerSection(name, name, (StatementGroup("f", "F", (plain(name),)),)) for name in ("guidelines", "research", metrics.INDIRECT))
    judged = Case(question(), answer(sections=sections), assessor)

    assert [statement.text for statement in metrics.direct_statements(judged)] == ["guidelines", "research"]
