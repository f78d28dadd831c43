"""What a question asks for, read from its words: its slots, its situation of treatment, its tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragqa.compose.asked import Asked, meaning_of, read_question
from ragqa.compose.candidates import is_pointed
from ragqa.compose.facets import leading_facet
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Direction, Facet, Recommendation, Strength, Tags
from tests.compose.test_selection import candidate

ADVICE = Tags(facets=((Facet.TREATMENT, 0.9),), recommendation=Recommendation(Direction.FOR, Strength.CONDITIONAL))
ADVICE_AGAINST = Tags(facets=((Facet.TREATMENT, 0.9),), recommendation=Recommendation(Direction.AGAINST, Strength.CONDITIONAL))
ON_PROGRESSION = Tags(facets=((Facet.TREATMENT, 0.9), (Facet.PROGRESSION, 0.9)), recommendation=Recommendation(Direction.FOR, Strength.STRONG))


def asked(small: QAService, question: str) -> Asked:
    """Return a question as the composer reads it."""
    reader = small.reader()
    return read_question(reader.analyse(question), reader.library, load_lexicon())


def test_two_wordings_of_one_question_have_the_same_slots(small: QAService) -> None:
    """Slots are canonical names, so that the wording drops out."""
    one, other = (asked(small, text) for text in ("What are the harms of rituximab in MCTD?", "Is rituximab safe in mixed connective tissue disease?"))

    assert one.slots
    assert one.slots == other.slots


@pytest.mark.parametrize("question", ["What happens next?", "Why is that?"])
def test_a_question_that_names_too_little_has_no_slots(small: QAService, question: str) -> None:
    """Without a facet, or without any name, the words of the question are all there is."""
    assert asked(small, question).slots == ""


def test_the_meaning_of_a_question_lies_midway_between_its_words_and_its_slots(small: QAService) -> None:
    """It is a unit vector with the same cosine to both; without slots it is that of the words."""
    embedder = small.reader().embedder
    question = asked(small, "Is rituximab safe in mixed connective tissue disease?")
    words, slots = embedder.embed_queries([question.query.interpreted, question.slots])

    meaning = meaning_of(question, words, embedder)

    assert float(np.linalg.norm(meaning)) == pytest.approx(1, abs=1e-5)
    assert float(meaning @ words) == pytest.approx(float(meaning @ slots), abs=1e-5)
    assert meaning_of(asked(small, "What happens next?"), words, embedder) is words


def test_advice_fits_the_situation_that_the_question_names(small: QAService) -> None:
    """At first line count a guideline's statements on treatment, not on progression nor in studies; "avoid" asks for advice against."""
    first_line = asked(small, "What is the first-line treatment of MCTD-ILD?")
    against = asked(small, "Which drugs should be avoided in MCTD-ILD?")
    no_situation = asked(small, "How is MCTD-ILD treated?")

    assert [first_line.situation_fit(tags, is_guideline=True) for tags in (ADVICE, ON_PROGRESSION)] == [0.5, -0.5]
    assert first_line.situation_fit(ADVICE, is_guideline=False) == -0.5
    assert [against.situation_fit(tags, is_guideline=True) for tags in (ADVICE_AGAINST, ADVICE)] == [0.5, -0.5]
    assert no_situation.situation_fit(ADVICE, is_guideline=True) == 0


def test_the_more_specific_of_two_equal_facets_leads() -> None:
    """Treatment after progression is about progression; a sentence without facets is background."""
    assert leading_facet(ON_PROGRESSION) is Facet.PROGRESSION
    assert leading_facet(Tags()) is Facet.BACKGROUND


def test_the_tests_a_question_names_are_read(small: QAService) -> None:
    """A named test is a slot as a drug is."""
    assert asked(small, "How often should HRCT be repeated in MCTD-ILD?").tests
    assert not asked(small, "How is MCTD-ILD treated?").tests


def test_who_progresses_is_not_answered_by_advice(small: QAService) -> None:
    """Advice for progressive disease serves "how is it treated", not "who is at risk of it"; a finding on who progressed serves both."""
    fate = asked(small, "What are the risk factors for progression of MCTD-ILD?")
    care = asked(small, "How is progressive MCTD-ILD treated?")
    finding = Tags(facets=((Facet.PROGRESSION, 0.9),))
    advice = Tags(facets=((Facet.PROGRESSION, 0.9),), recommendation=Recommendation(Direction.FOR, Strength.STRONG))

    assert Facet.RISK_FACTOR in fate.query.facets
    assert fate.facet_fit(advice) < fate.facet_fit(finding)
    assert care.facet_fit(advice) == care.facet_fit(finding) == 0.9


def test_at_first_line_rapid_progression_has_advice_of_its_own(small: QAService) -> None:
    """Where rapid progression is asked about, its advice is the first-line advice; studies of a named drug count whatever the line."""
    rapid = asked(small, "What is given first in rapidly progressive MCTD-ILD?")
    on_rapid = Tags(facets=((Facet.RAPIDLY_PROGRESSIVE, 0.95),), recommendation=Recommendation(Direction.FOR, Strength.CONDITIONAL))
    named = asked(small, "Is rituximab a first-line treatment of MCTD-ILD?")

    assert rapid.situation == "first-line"
    assert rapid.situation_fit(on_rapid, is_guideline=True) == 0.5
    assert named.situation_fit(ADVICE, is_guideline=False) == 0


@pytest.mark.parametrize(("share_held", "share_of_best", "pointed"), [(0.9, 1.0, True), (0.1, 1.0, False), (0.9, 0.3, False)])
def test_a_question_whose_rare_words_a_likely_statement_holds_is_no_overview(small: QAService, share_held: float, share_of_best: float, pointed: bool) -> None:
    """A neuropathy asks for more than the treatment of the disease, if one of the likeliest statements tells of it."""
    question = asked(small, "How is MCTD-ILD with an intractable sensory neuropathy treated?")
    assert question.is_overview
    best = candidate(score=0.8)
    holding = replace(candidate(row=1, score=0.8 * share_of_best), coverage=share_held)

    found = is_pointed(question, [replace(best, coverage=0.0), holding])

    assert found is pointed
    assert replace(question, is_pointed=found).is_overview is not pointed


@pytest.mark.parametrize(
    ("question", "is_bound"),
    [
        ("Is rituximab safe in MCTD?", True),
        # The part before it asks for any treatment.
        ("Start one drug or two in MCTD-ILD, and should I add tofacitinib?", False),
        ("How is MCTD-ILD treated, and what did rituximab do?", False),
        # "It", a dose or a follow-up are of the treatment named before.
        ("What did rituximab do in MCTD-ILD, and how is it used in treatment?", True),
        ("What did rituximab do in MCTD-ILD, and how should patients be monitored?", True),
        ("How is MCTD-ILD treated?", False),
        # Examples of care that is asked for in general; of treatments, the examples are what is asked about.
        ("What supportive care helps in MCTD-ILD (oxygen, vaccination)?", False),
        ("Which supportive measures are there in MCTD-ILD, such as oxygen?", False),
        ("Is oxygen (long-term) useful as supportive care in MCTD-ILD?", True),
        ("Which immunosuppressants (rituximab, azathioprine) are used in MCTD-ILD?", True),
        # Infections are looked for before all that suppresses the immune system.
        ("Which infections do I screen for on rituximab in MCTD?", False),
    ],
)
def test_a_part_that_asks_for_any_treatment_unbinds_the_others(small: QAService, question: str, is_bound: bool) -> None:
    """The treatment that one part names is not what every statement must speak of."""
    assert asked(small, question).is_bound is is_bound


def test_weak_cues_are_words_and_personal_words_are_none(small: QAService) -> None:
    """A sure cue is held by its facet; a weak one counts half; an age is nothing to look for."""
    terms = dict(asked(small, "A 58-year-old patient of mine with MCTD wants maintenance treatment").terms)

    assert "mainten" in terms
    assert {"58", "year", "old", "58yearold", "patient", "mine", "want", "treatment"} & set(terms) <= {"mine"}


def test_a_treatment_alone_is_asked_with_combinations(small: QAService) -> None:
    """Whether it is enough is answered by advice to combine; neither is said of the treatment where it is not "alone"."""
    assert "combination therapy" in asked(small, "Will glucocorticoids alone do in MCTD-ILD?").drug_names
    assert "combination therapy" not in asked(small, "Do glucocorticoids help in MCTD-ILD?").drug_names


def test_a_complication_is_no_question_on_the_lung_disease(small: QAService) -> None:
    """Evidence on pulmonary hypertension need not name the lung disease."""
    assert not asked(small, "How is pulmonary hypertension treated in MCTD?").on_manifestation
    assert asked(small, "How is pulmonary fibrosis treated in MCTD?").on_manifestation


def test_what_is_not_for_a_group_is_not_for_its_kinds(small: QAService) -> None:
    """Advice that leaves out the myositides leaves out dermatomyositis; of two diseases asked about both must be left out."""
    one, both, none = (asked(small, text) for text in ("How is ILD in dermatomyositis treated?", "How is ILD in DM and SSc treated?", "What is new?"))

    assert one.are_all_in(["IIM"])
    assert one.is_any_in(["IIM", "RA"])
    assert not one.are_all_in(["SSc"])
    assert not both.are_all_in(["IIM"])
    assert both.are_all_in(["IIM", "SSc"])
    assert not none.are_all_in([])


def test_what_to_give_tells_nothing_of_findings_or_definitions(small: QAService) -> None:
    """A statement that names a treatment earns nothing by the situation, where a definition is asked; one on the situation itself does."""
    definition = asked(small, "How is rapidly progressive ILD in anti-MDA5 dermatomyositis defined?")
    treatment = asked(small, "How is rapidly progressive ILD in anti-MDA5 dermatomyositis treated?")
    weights = ((Facet.RAPIDLY_PROGRESSIVE, 0.9), (Facet.TREATMENT, 0.7))

    assert definition.facet_fit(Tags(facets=weights, drugs=("tacrolimus",))) == 0
    assert definition.facet_fit(Tags(facets=weights)) == pytest.approx(0.9)
    assert treatment.facet_fit(Tags(facets=weights, drugs=("tacrolimus",))) == pytest.approx(0.9)


def test_a_question_on_what_follows_a_course_is_no_overview(small: QAService) -> None:
    """It asks for one thing; what is the first treatment belongs in no answer to it."""
    assert not asked(small, "After a cyclophosphamide course for MCTD-ILD, what treatment follows?").is_overview
    assert asked(small, "How is MCTD-ILD treated?").is_overview


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which hepatitis tests are done before rituximab in RA?", ("hepatitis",)),
        ("Which infections are looked for before rituximab in RA?", ()),
        ("Hepatitis and other infections before rituximab in RA?", ()),
        ("Mortality in RA-ILD?", ()),
    ],
)
def test_one_of_a_kind_is_told_from_the_kind(small: QAService, question: str, words: tuple[str, ...]) -> None:
    """Hepatitis is one infection of many, and a statement on another does not name it."""
    assert asked(small, question).one_of_kind == words


def test_a_study_described_by_its_place_is_not_named(small: QAService) -> None:
    """Only studies called by name have a share of the answer of their own."""
    named = asked(small, "Did SLS I and SLS II agree?")

    assert named.named_studies == {"SLS I", "SLS II"}
    assert asked(small, "How is MCTD-ILD treated?").named_studies == frozenset()
