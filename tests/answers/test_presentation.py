"""Badges, locators and reader levels."""

from dataclasses import replace

import pytest

from ragqa.answers.presentation import AnswerView, StatementView, badges, links, locator, present, reference
from ragqa.types import Audience, Direction, RecommendationCard, Source, Strength
from tests.answers.samples import AGAINST, ANSWER, CLARIFIED, DOSE, FOR, ROSE, SOURCES, UNCHANGED


def views(view: AnswerView) -> list[StatementView]:
    """Return the statements of all sections."""
    return [item for section in view.sections for group in section.groups for item in group.statements]


def test_a_recommendation_says_how_firm_by_whom_and_when() -> None:
    """Strength and direction stand in one badge, certainty and issuer beside it."""
    assert [badge.text for badge in badges(FOR, Audience.CLINICIAN)] == ["Conditional recommendation for", "Low certainty", "Example Society 2023"]


def test_an_old_edition_is_named_as_superseded() -> None:
    """A recommendation of a superseded guideline says what took its place."""
    assert "Superseded by Example Society 2026" in [badge.text for badge in badges(AGAINST, Audience.CLINICIAN)]


def test_no_recommendation_is_not_shown_as_one() -> None:
    """Where the issuer reached none, the badge says so and names no direction."""
    none = replace(FOR, recommendation=RecommendationCard(Direction.NONE, Strength.UNSPECIFIED, None, None, None))
    assert [badge.text for badge in badges(none, Audience.CLINICIAN)] == ["No recommendation reached"]


def test_research_shows_design_size_year_and_a_broader_population() -> None:
    """A study in a broader group carries design, n, year and the group it was found in."""
    assert [badge.text for badge in badges(UNCHANGED, Audience.CLINICIAN)] == ["Cohort", "n = 1 204", "2012", "CTD in general"]


def test_an_inherited_population_says_where_it_was_read() -> None:
    """The hint of a population badge tells that the sentence itself does not name it."""
    assert "Read from the section" in badges(ROSE, Audience.CLINICIAN)[-1].hint


def test_an_exact_population_carries_no_badge() -> None:
    """What was asked about needs no label."""
    assert not any(badge.kind.startswith("population") for badge in badges(FOR, Audience.CLINICIAN))


@pytest.mark.parametrize("audience", list(Audience))
def test_reader_levels_share_statements_and_citations(audience: Audience) -> None:
    """Every level shows the same statements in the same words with the same citations, in the same order."""
    shown = [item.statement for item in views(present(replace(ANSWER, audience=audience)))]
    assert shown == list(ANSWER.statements)


def test_a_patient_reads_plain_words_beside_the_original() -> None:
    """A patient gets explanations, plain headings, a notice, and doses only behind a click."""
    view = present(replace(ANSWER, audience=Audience.PATIENT))
    by_id = {item.statement.statement_id: item for item in views(view)}

    assert view.sections[0].title == "What expert guidelines say"
    assert "urgent medical help" in view.notices[-1]
    assert ("FVC", "how much air the lungs can blow out") in by_id["s3"].explained
    assert by_id["s5"].folded == "About doses: ask your care team"
    assert not any(badge.kind == "n" for badge in by_id["s4"].badges)


def test_a_student_reads_the_long_form_first() -> None:
    """A student sees what an abbreviation stands for, at its first use in a section only."""
    found = [pair for item in views(present(replace(ANSWER, audience=Audience.STUDENT))) for pair in item.explained]
    assert found.count(("FVC", "forced vital capacity: how much air the lungs can blow out")) == 1


def test_a_clinician_reads_no_glossary() -> None:
    """At the professional levels nothing is explained or folded."""
    assert not any(item.explained or item.folded for item in views(present(ANSWER)))


def test_a_researcher_sees_where_each_quote_stands() -> None:
    """At the researcher level the locators of a statement are among its badges."""
    assert [badge.text for badge in badges(DOSE, Audience.RESEARCHER) if badge.kind == "locator"] == [locator(evidence) for evidence in DOSE.evidence]


def test_a_corrected_word_is_said() -> None:
    """What was typed and how it was read stand above the answer."""
    assert present(CLARIFIED).notices == ('"rituximb" was read as "rituximab".',)


def test_conflicting_statements_stand_side_by_side() -> None:
    """A conflict holds both statements, each with its badges."""
    (conflict,) = present(ANSWER).conflicts
    assert [item.statement.statement_id for item in conflict.statements] == ["s3", "s4"]
    assert conflict.title == "Sources disagree"


def test_a_source_lists_each_quote_once() -> None:
    """The quotes of a source are those of all statements that cite it."""
    trial = present(ANSWER).sources[1]
    assert [item.quote for item in trial.quotes] == [DOSE.evidence[0].quote, DOSE.evidence[1].quote, ROSE.evidence[0].quote]


def test_a_locator_names_section_page_and_characters() -> None:
    """A quote can be found by hand."""
    start = ROSE.evidence[0].start
    assert locator(ROSE.evidence[0]) == f"Results, page 2, characters {start}–{start + 64}"


def test_a_reference_repeats_no_year_that_the_journal_line_has() -> None:
    """The bibliographic line has authors, title and journal once."""
    text = reference(SOURCES[0])
    assert text.startswith("Müller-Lüdenscheidt SR, Bernstein EJ, et al. 2023 Example Society Guideline")
    assert text.count("2024") == 1


def test_links_are_safe_addresses() -> None:
    """An identifier cannot leave the address it is put into."""
    hostile = Source(1, "d", "v", "t", "l", SOURCES[0].kind, doi='10.1/x" onclick="y', pmid="1/../../x")
    assert [address for _, address in links(hostile)] == ["https://doi.org/10.1/x%22%20onclick%3D%22y", "https://pubmed.ncbi.nlm.nih.gov/1%2F..%2F..%2Fx/"]
