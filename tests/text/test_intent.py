"""What a question asks about its subject: two wordings of one question are understood alike."""

import pytest

from ragqa.text import intent
from ragqa.text.intent import asking_part, facets_weighed, outcomes_asked, situation_asked
from ragqa.text.lexicon import load_lexicon
from ragqa.text.question import analyse_question
from ragqa.text.vocabulary import Vocabulary
from ragqa.types import Facet, Query

LEXICON = load_lexicon()
VOCABULARY = Vocabulary(known=lambda word: True, words=LEXICON.words())


def ask(question: str) -> Query:
    """Read a question where every word is known, so that nothing is taken for a misspelling."""
    return analyse_question(question, LEXICON, VOCABULARY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Verbs of one family, and the noun.
        ("What can I offer a patient with myositis-ILD?", "Management of ILD in idiopathic inflammatory myopathy"),
        ("What is there to treat gout?", "Which therapies exist for gout?"),
        ("What are the risks of nintedanib in SSc-ILD?", "How safe is nintedanib in SSc-ILD?"),
        ("What can go wrong with tofacitinib in ulcerative colitis?", "Tofacitinib adverse events in ulcerative colitis"),
        ("What harms does amiodarone cause?", "Side effects of amiodarone"),
        ("Is azathioprine any good in CTD-ILD?", "Efficacy of azathioprine for connective tissue disease ILD"),
        ("Does empagliflozin make a difference in heart failure?", "How effective is empagliflozin in heart failure?"),
        ("How many people with RA get ILD?", "Prevalence of ILD in rheumatoid arthritis"),
        ("How long do people with cystic fibrosis live?", "Life expectancy in cystic fibrosis"),
        ("What kills people with MCTD?", "Causes of death in mixed connective tissue disease"),
        ("Who is likely to get psoriatic arthritis?", "Risk factors for psoriatic arthritis"),
        ("What triggers migraine?", "What are the causes of migraine?"),
        ("Which tests are done to find ILD in a new RA patient?", "Screening tests for ILD in rheumatoid arthritis"),
        ("How do I keep track of ILD in SSc?", "Monitoring of systemic sclerosis ILD"),
        ("What confirms ILD in MCTD?", "How do I diagnose ILD in mixed connective tissue disease?"),
        ("For how long should apixaban be taken after pulmonary embolism?", "Duration of apixaban treatment in pulmonary embolism"),
        ("What don't we know about MCTD-ILD?", "Gaps in the evidence on mixed connective tissue disease ILD"),
        ("Why is MCTD called so?", "Definition of mixed connective tissue disease"),
        # The form decides where the words are the same.
        ("Should one screen everybody with SSc for ILD?", "Is ILD screening recommended for all systemic sclerosis patients?"),
        ("Can people with CTD-ILD do pulmonary rehabilitation?", "Is pulmonary rehabilitation recommended in connective tissue disease ILD?"),
        ("Anti-MDA5 ILD going downhill fast: what do I give?", "How is rapidly worsening anti-MDA5 ILD treated?"),
        ("My patient with Crohn's disease fails infliximab. What can I offer?", "Options for Crohn's disease after infliximab failure?"),
        ("Which is better for atrial fibrillation, warfarin or apixaban?", "Apixaban versus warfarin in atrial fibrillation"),
        ("In SSc-ILD, is rituximab as good as cyclophosphamide?", "Rituximab compared with cyclophosphamide in scleroderma ILD"),
        # A word of asking, or of the case told, asks nothing by itself.
        ("Give me an overview of first-line treatment of CTD-ILD.", "First-line treatment of connective tissue disease ILD"),
        ("The scan shows ILD in MCTD. Which drugs come first?", "Which drugs come first in MCTD-ILD?"),
        ("What share of MCTD patients have progressing ILD?", "How often does ILD progress in mixed connective tissue disease?"),
        # Names of one disease.
        ("Treatment of autoimmune lung disease", "Treatment of SARD-ILD"),
        ("Treatment of rheumatic ILD", "Treatment of SARD-ILD"),
        ("Treatment of Crohn's disease", "Treatment of Crohn disease"),
    ],
)
def test_two_wordings_ask_the_same(one: str, other: str) -> None:
    """Populations, treatments, facets, outcomes and comparison agree, so that the question said by its slots is one text."""
    first, second = ask(one), ask(other)

    assert first.restated
    assert first.restated == second.restated
    assert first.is_comparison == second.is_comparison


@pytest.mark.parametrize(
    ("question", "situation"),
    [
        ("What comes first in SARD-ILD?", "first-line"),
        ("What do they put people on to begin with?", "first-line"),
        ("Can nintedanib be used up front?", "first-line"),
        ("What should be avoided as first-line therapy?", "against"),
        ("Which drugs come first, and which should not be used?", "first-line"),
        ("Options after first-line treatment?", ""),
        ("SSc-ILD that progresses on initial therapy", ""),
        ("Tocilizumab: first-line, later, or not at all?", ""),
        ("Glucocorticoids: for or against?", ""),
    ],
)
def test_situations_of_treatment(question: str, situation: str) -> None:
    """A first treatment that was given already, or is one of several choices, is no situation asked about."""
    assert situation_asked(question) == situation


def test_the_sentences_that_ask_decide() -> None:
    """What the case told before is not asked; without a question mark all of it is."""
    assert asking_part("My aunt has MCTD. Which drugs are usual?") == "Which drugs are usual?"
    assert asking_part("Treatment of MCTD. Also SSc.") == "Treatment of MCTD. Also SSc."
    assert outcomes_asked("He is losing lung function. What next?", (Facet.PROGRESSION,), LEXICON) == ()


def test_a_case_told_gives_the_question_its_situation() -> None:
    """That it progresses is part of the question, wherever it stands."""
    assert ask("The ILD is progressing in my patient with SSc. Which drugs?").facets == (Facet.TREATMENT, Facet.PROGRESSION)


def test_an_outcome_that_a_test_measures() -> None:
    """How often to check lung function asks about its test; whether a drug improves it asks about the outcome."""
    assert intent.tests_asked("How often should lung function be checked?", (Facet.MONITORING,), LEXICON) == {"pulmonary function tests"}
    assert outcomes_asked("How often should lung function be checked?", (Facet.MONITORING,), LEXICON) == ()
    assert outcomes_asked("Does rituximab improve lung function?", (Facet.OUTCOME,), LEXICON) == ("lung function",)


def test_a_test_by_which_something_is_seen_is_not_asked_about() -> None:
    """How many have ILD on CT is about the disease; how often to repeat the CT is about the CT."""
    assert intent.tests_asked("How many have ILD on CT?", (Facet.EPIDEMIOLOGY,), LEXICON) == frozenset()
    assert intent.tests_asked("How often is CT repeated?", (Facet.MONITORING,), LEXICON) == {"HRCT"}


def test_frequency_is_asked_with_its_facet() -> None:
    """Whatever the words, the outcome goes with the facet; how often to test is no frequency."""
    assert outcomes_asked("How many people with RA get ILD?", (Facet.EPIDEMIOLOGY,), LEXICON) == ("frequency",)
    assert outcomes_asked("What share needs it?", (Facet.MONITORING,), LEXICON) == ()


def test_how_many_a_study_had_is_its_design() -> None:
    """Of a disease the same words ask for its frequency."""
    assert Facet.EPIDEMIOLOGY not in ask("How many people were randomised in SLS II?").facets
    assert ask("How many people with SSc have ILD?").facets == (Facet.EPIDEMIOLOGY,)


def test_whether_to_give_a_treatment_is_weighed_by_what_it_did() -> None:
    """A named treatment brings its outcomes; treatment in general does not."""
    assert facets_weighed(ask("Should rituximab be given in RA-ILD?")) == (Facet.TREATMENT, Facet.OUTCOME)
    assert facets_weighed(ask("How is RA-ILD treated?")) == (Facet.TREATMENT,)


def test_what_both_sides_of_a_comparison_have_is_not_compared() -> None:
    """The glucocorticoid that goes with either drug is the occasion, not a side."""
    assert ask("Tacrolimus or ciclosporin with prednisolone for myositis ILD?").drugs == ("tacrolimus", "ciclosporin")
    assert ask("Rituximab with prednisolone for myositis ILD?").drugs[0] == "rituximab"


def test_a_choice_between_two_is_a_comparison() -> None:
    """The words "between", "decide" and "choose" join what "or" would set apart; "as well as" sets nothing apart."""
    assert ask("How do I decide between nintedanib and stronger immunosuppression?").is_comparison
    assert not ask("Can nintedanib and mycophenolate be combined?").is_comparison
    assert not ask("Is rituximab given in RA as well as SSc?").is_comparison


def test_brackets_behind_a_study_describe_it() -> None:
    """They ask for no treatment and compare none."""
    query = ask("RECITAL (rituximab vs cyclophosphamide): ongoing or finished?")

    assert (query.drugs, query.is_comparison, query.facets) == ((), False, (Facet.ONGOING,))


def test_the_restatement_ignores_order_and_names_too_few_where_it_does() -> None:
    """Slots are said in one order; a question without facet or without a name is not restated. It is searched for as well."""
    assert ask("rituximab or cyclophosphamide in SSc").restated == ask("in SSc, cyclophosphamide or rituximab?").restated
    assert ask("What is the capital of Australia?").restated == ""
    assert ask("MMF in MCTD").restated in ask("MMF in MCTD").expansions
