"""Which treatments of a question were given already: what follows them is asked about."""

import pytest

from ragqa.text.given import treatments_given, treatments_planned
from ragqa.text.intent import outcomes_asked
from ragqa.text.lexicon import load_lexicon
from ragqa.text.question import analyse_question
from ragqa.text.vocabulary import Vocabulary
from ragqa.types import Facet

LEXICON = load_lexicon()
VOCABULARY = Vocabulary(known=lambda word: True, words=LEXICON.words())


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("ILD is worse on mycophenolate and a short prednisone course. Options?", ["mycophenolate", "prednisone"]),
        ("SSc-ILD progressing on MMF 3 g/day and rituximab: nintedanib?", ["mycophenolate", "rituximab"]),
        ("Failing mycophenolate, should rituximab be added?", ["mycophenolate"]),
        ("Failing mycophenolate and should rituximab be added?", ["mycophenolate"]),
        ("After rituximab failure, tocilizumab?", ["rituximab"]),
        ("After rituximab failed, tocilizumab?", ["rituximab"]),
        ("If mycophenolate has failed, what next?", ["mycophenolate"]),
        ("Which trial of rituximab failed?", []),
        ("Mycophenolate and nintedanib in SSc-ILD", []),
    ],
)
def test_what_failed_takes_its_companions_along(question: str, given: list[str]) -> None:
    """Treatments joined to one that failed have failed too, up to a word that asks."""
    assert [mention.name for mention in treatments_given(question, LEXICON)] == given


@pytest.mark.parametrize(
    ("question", "drugs"),
    [
        ("My patient takes mycophenolate and FVC keeps falling. What next in SSc-ILD?", ()),
        ("She has been taking MMF for a year and her SSc-ILD is progressing. What now?", ()),
        ("My SSc-ILD patient only tolerates mycophenolate 1 g/day. Is this failure of first-line therapy?", ()),
        ("RA-ILD on rituximab, getting worse, what else?", ()),
        ("After six months of mycophenolate my MCTD-ILD is no better. Other options?", ()),
        ("A man treated for SSc-ILD was given cyclophosphamide and then worsened. What next?", ()),
        ("Following two courses of rituximab RA-ILD progresses: options?", ()),
        ("My MCTD-ILD patient takes MMF. Should I give nintedanib?", ("nintedanib",)),
        ("RA-ILD on methotrexate; we are considering rituximab. What should I do?", ("rituximab",)),
    ],
)
def test_what_a_case_is_on_is_not_asked_about(question: str, drugs: tuple[str, ...]) -> None:
    """Where care is asked about, a treatment in the telling of the case is its occasion."""
    assert analyse_question(question, LEXICON, VOCABULARY).drugs == drugs


@pytest.mark.parametrize(
    ("question", "drug"),
    [
        ("She takes nintedanib and has diarrhoea. What dose?", "nintedanib"),
        ("My mother takes nintedanib. Is it safe with warfarin?", "nintedanib"),
        ("My RA patient is on methotrexate. Should it be stopped when ILD is found?", "methotrexate"),
        ("A man with SSc-ILD takes mycophenolate. Is adding nintedanib recommended?", "mycophenolate"),
    ],
)
def test_what_is_asked_of_the_drug_that_a_case_is_on(question: str, drug: str) -> None:
    """Its dose, its harms, a question that comes back to it, and what to combine it with."""
    assert drug in analyse_question(question, LEXICON, VOCABULARY).drugs


@pytest.mark.parametrize(
    "question",
    [
        "Should RA-ILD be treated with rituximab?",
        "Is a course of rituximab recommended in RA-ILD?",
        "Should my patient with RA-ILD take rituximab?",
        "Should people with RA-ILD receive rituximab?",
        "Is taking rituximab recommended in RA-ILD?",
        "Should she be put on rituximab for RA-ILD?",
    ],
)
def test_what_may_be_given_is_asked_about(question: str) -> None:
    """The verbs of giving tell a case only where they say that it was done."""
    assert analyse_question(question, LEXICON, VOCABULARY).drugs == ("rituximab",)


def test_worse_on_two_drugs_compares_none() -> None:
    """The word is no "worse than"."""
    assert not analyse_question("ILD is getting worse on mycophenolate and prednisone. Options?", LEXICON, VOCABULARY).is_comparison
    assert analyse_question("Is mycophenolate worse tolerated, or azathioprine?", LEXICON, VOCABULARY).is_comparison


@pytest.mark.parametrize("question", ["After CYC induction, azathioprine or MMF for SSc-ILD?", "Following cyclophosphamide pulses, azathioprine or MMF?"])
def test_a_course_that_came_before_is_not_asked_about(question: str) -> None:
    """A course, pulses or an induction behind "after" are past."""
    assert set(analyse_question(question, LEXICON, VOCABULARY).drugs) == {"azathioprine", "mycophenolate"}


def test_may_i_take_it_is_asked() -> None:
    """What somebody takes is told; whether to take it is the question."""
    assert analyse_question("Can I take steroids alone for RA-ILD?", LEXICON, VOCABULARY).drugs == ("glucocorticoid",)
    assert analyse_question("I take rituximab for RA-ILD and get worse. What now?", LEXICON, VOCABULARY).drugs == ()


@pytest.mark.parametrize(
    ("question", "drugs"),
    [
        # A comparison, and a trial, refer to what is told.
        ("She must choose between rituximab and cyclophosphamide for SSc-ILD. Which gave the greater gain in the trial?", ("rituximab", "cyclophosphamide")),
        ("I may offer rituximab or tocilizumab in SSc-ILD. Which worked better?", ("rituximab", "tocilizumab")),
        # Of three, the one that the case is on is none of the two to choose from.
        ("She takes mycophenolate. I could add rituximab or tocilizumab in SSc-ILD. Which one is less toxic?", ("rituximab", "tocilizumab")),
        # What is over is asked about no more, unless the question is about it.
        ("Once the cyclophosphamide infusions for SSc-ILD are over, which drugs take over?", ()),
        ("CTD-ILD: maintenance post-cyclophosphamide?", ()),
        ("Six months of cyclophosphamide done for CTD-ILD. What maintenance follows?", ()),
        ("After rituximab, which drug next in IIM-ILD?", ()),
        ("Post-rituximab hypogammaglobulinaemia in CTD-ILD?", ("rituximab",)),
        ("Once nintedanib is finished, does SSc-ILD get worse?", ("nintedanib",)),
    ],
)
def test_what_is_told_stays_asked_where_the_question_comes_back_to_it(question: str, drugs: tuple[str, ...]) -> None:
    """By a comparison, a trial, or as its subject; what came to its end is the occasion."""
    assert analyse_question(question, LEXICON, VOCABULARY).drugs == drugs


@pytest.mark.parametrize(
    ("question", "planned"),
    [
        ("MCTD, hepatitis B core antibody positive, about to get rituximab. What should be done first?", ["rituximab"]),
        ("Past hepatitis B and rituximab planned: what is recommended?", ["rituximab"]),
        ("Hepatitis B, before we start rituximab in SSc-ILD, what is needed?", ["rituximab"]),
        ("Hepatitis B and tuberculosis testing prior to rituximab", ["rituximab"]),
        ("Should latent tuberculosis be treated before rituximab?", ["rituximab"]),
        # Where nothing is to be looked for, or the drug itself is asked about, it is the subject.
        ("Rituximab planned in SSc-ILD: what is recommended?", []),
        ("Past hepatitis B, rituximab planned: which dose?", []),
        ("Hepatitis B under rituximab: what is recommended?", []),
    ],
)
def test_a_treatment_to_come_is_the_occasion_of_what_to_look_for(question: str, planned: list[str]) -> None:
    """An infection told before a planned treatment is asked about, and the treatment is not."""
    assert [mention.name for mention in treatments_planned(question, LEXICON)] == planned
    if planned:
        query = analyse_question(question, LEXICON, VOCABULARY)
        assert Facet.SUPPORTIVE_CARE in query.facets
        assert not query.drugs
        assert "tuberculosis" not in query.populations
        assert {"infection", "tuberculosis"}.issuperset(outcomes_asked(question, query.facets, LEXICON))
        assert outcomes_asked(question, query.facets, LEXICON)


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("She has lost FVC over a year on mycophenolate. What next?", ["mycophenolate"]),
        ("FVC fell from 82% to 71% on mycophenolate. What next?", ["mycophenolate"]),
        # A loss without measure may be a harm of the drug that is asked about.
        ("Does losing weight on nintedanib matter?", []),
    ],
)
def test_a_loss_told_of_a_treatment_tells_that_it_was_given(question: str, given: list[str]) -> None:
    """How much or how long makes it a course of the disease."""
    assert [mention.name for mention in treatments_given(question, LEXICON)] == given


@pytest.mark.parametrize(
    ("question", "drugs"),
    [
        ("After steroids, tacrolimus and cyclophosphamide did not work in MDA5 RP-ILD, can one add tofacitinib?", ("tofacitinib",)),
        ("If mycophenolate no longer helps in SSc-ILD, should I give rituximab?", ("rituximab",)),
        ("Once mycophenolate and tocilizumab have failed in SSc-ILD, which drug is next?", ()),
        # A failure that is asked about gives no occasion.
        ("How often does rituximab not work in SSc-ILD?", ("rituximab",)),
    ],
)
def test_all_that_a_clause_tells_to_have_failed_was_given(question: str, drugs: tuple[str, ...]) -> None:
    """A list of treatments told to have failed, in a clause before what is asked, was given."""
    assert analyse_question(question, LEXICON, VOCABULARY).drugs == drugs


@pytest.mark.parametrize(
    "question",
    [
        "Which infections should be looked for before starting a rheumatology patient on rituximab?",
        "Before putting a patient with RA on rituximab, which infections should be excluded?",
        "Which infections must be excluded before I put my RA patient on rituximab?",
        "What do I look for before starting cyclophosphamide, hepatitis B or tuberculosis?",
    ],
)
def test_what_to_look_for_before_a_treatment_is_screening(question: str) -> None:
    """The treatment to come is the occasion, whoever is put on it; what is looked for is neither population nor harm."""
    query = analyse_question(question, LEXICON, VOCABULARY)
    assert query.drugs == ()
    assert set(query.facets) == {Facet.SCREENING, Facet.SUPPORTIVE_CARE}
    assert "tuberculosis" not in query.populations
    assert set(outcomes_asked(query.interpreted, query.facets, LEXICON)) - {"tuberculosis"} == {"infection"}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Counselling before rituximab in SSc-ILD: which adverse effects?", []),
        ("Before rituximab: which infections must be excluded?", ["rituximab"]),
        ("What to give in SSc-ILD before rituximab?", ["rituximab"]),
    ],
)
def test_harms_asked_before_a_treatment_are_its_own(question: str, names: list[str]) -> None:
    """A treatment that is the occasion of the question is asked about where its harms are."""
    assert [mention.name for mention in treatments_given(question, LEXICON)] == names
