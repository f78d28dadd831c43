"""Questions as clinicians, researchers and patients type them, and what is understood of each."""

import pytest

from ragqa.text.analyzer import analyze
from ragqa.text.intent import outcomes_asked
from ragqa.text.lexicon import load_lexicon
from ragqa.text.question import analyse_question
from ragqa.text.spelling import SpellingWords
from ragqa.text.vocabulary import Vocabulary, senses_of
from ragqa.types import Facet, Query

LEXICON = load_lexicon()
STEMS = frozenset(analyze("Kasukawa criteria transplantation mycophenolate improved survival in mixed connective tissue disease with pulmonary vasculopathy"))
VOCABULARY = Vocabulary(
    known=lambda word: any(term in STEMS for term in analyze(word)),
    words=LEXICON.words() | {"kasukawa", "transplantation", "survival", "vasculopathy"},
    abbreviations={
        "HU": (("Hounsfield unit", 3), ("hydroxyurea", 2)),
        "NSIP": (("nonspecific interstitial pneumonia", 4), ("non-specific interstitial pneumonia", 3)),
    },
    studies=frozenset({"Norwegian MCTD cohort 2018", "Norwegian MCTD cohort 2017", "SLS II", "Oldham 2016 azathioprine cohort"}),
    organisations=frozenset({"ACR/CHEST", "BSR"}),
    authors=frozenset({"tashkin", "keir", "young"}),
)


def ask(question: str) -> Query:
    """Read a question with the small vocabulary above."""
    return analyse_question(question, LEXICON, VOCABULARY)


@pytest.mark.parametrize(
    ("question", "populations", "drugs", "facets"),
    [
        ("What are the treatment options for ILD in patients with MCTD?", ("MCTD",), (), (Facet.TREATMENT,)),
        ("MMF dose in SSc-ILD", ("SSc",), ("mycophenolate",), (Facet.DOSING,)),
        ("What dose of rituximab is used in RA-ILD and is it safe?", ("RA",), ("rituximab",), (Facet.DOSING, Facet.SAFETY)),
        ("Is prednisone dangerous in scleroderma?", ("SSc",), ("prednisone", "glucocorticoid"), (Facet.SAFETY,)),
        ("What to do when MCTD-ILD progresses despite mycophenolate?", ("MCTD",), (), (Facet.PROGRESSION, Facet.TREATMENT)),
        ("How is rapidly progressive anti-MDA5 ILD treated?", ("anti-MDA5 DM",), (), (Facet.RAPIDLY_PROGRESSIVE, Facet.TREATMENT)),
        ("rituximab in Sjogren", ("SjD",), ("rituximab",), (Facet.TREATMENT, Facet.OUTCOME)),
        ("What is IPAF?", ("IPAF",), (), (Facet.DEFINITION,)),
        ("Is HRCT recommended for everyone with MCTD?", ("MCTD",), (), (Facet.SCREENING,)),
        ("How much tofacitinib is given in ILD?", ("ILD",), ("tofacitinib",), (Facet.DOSING,)),
        ("How do I treat gout?", ("gout",), (), (Facet.TREATMENT,)),
        ("What is the capital of Australia?", (), (), ()),
    ],
)
def test_slots(question: str, populations: tuple[str, ...], drugs: tuple[str, ...], facets: tuple[Facet, ...]) -> None:
    """Populations, treatments and what is asked come out by their canonical names, the strongest facet first."""
    query = ask(question)

    assert (query.populations, query.drugs) == (populations, drugs)
    assert query.facets[: len(facets)] == facets


def test_groups_and_classes_give_way_to_the_specific_name() -> None:
    """CTD is dropped beside MCTD, and a class beside its member."""
    query = ask("In CTD such as MCTD, is the biologic rituximab effective?")

    assert "MCTD" in query.populations
    assert query.drugs == ("rituximab",)


def test_excluded_populations_are_kept_apart() -> None:
    """A disease that the question leaves out is not asked about."""
    query = ask("Treatment of PPF that is not IPF?")

    assert (query.populations, query.excluded_populations) == (("PPF",), ("IPF",))


@pytest.mark.parametrize(
    ("question", "is_comparison"),
    [
        ("Rituximab or cyclophosphamide for CTD-ILD?", True),
        ("mycophenolate versus azathioprine", True),
        ("How does survival in MCTD compare with SSc?", True),
        ("Can mycophenolate and nintedanib be combined?", False),
        ("rituximab or another biologic in RA", False),
        ("Is rituximab effective or not in RA-ILD?", False),
    ],
)
def test_comparisons(question: str, is_comparison: bool) -> None:
    """Two treatments or two diseases set against each other make a comparison; "or" alone does not."""
    assert ask(question).is_comparison is is_comparison


def test_compared_diseases_are_both_asked_about() -> None:
    """The words "compared with SSc" take nothing away from a question that compares."""
    assert ask("How does survival in MCTD compare with SSc?").populations == ("MCTD", "SSc")


@pytest.mark.parametrize(
    ("question", "anchors"),
    [
        ("What did SLS II show?", ("SLS II",)),
        ("scleroderma lung study II results", ("SLS II",)),
        ("What does ACR/CHEST 2023 advise?", ("ACR/CHEST",)),
        ("What does the ACR/EULAR say about chest CT?", ("ACR/EULAR",)),
        ("progression in the Norwegian cohort", ("Norwegian MCTD cohort 2017", "Norwegian MCTD cohort 2018")),
        ("Results of Keir et al.?", ("Keir",)),
        ("What did Tashkin find?", ("Tashkin",)),
        ("Are young people affected?", ()),
        ("What did the MCTD-ZEBRA trial show?", ("MCTD-ZEBRA",)),
        ("Was there a RCT trial of MMF trial design?", ()),
        ("It was a relief and a fast answer", ()),
        ("results of the fast trial", ("FAST",)),
        ("Which antibodies predict ILD in MCTD, and how fast ILD worsens?", ()),
        ("doi 10.1002/acr.25348?", ("10.1002/acr.25348",)),
    ],
)
def test_anchors(question: str, anchors: tuple[str, ...]) -> None:
    """Trials, cohorts, issuers, authors and identifiers bind the answer; unknown trials too, so that none is put together without them."""
    assert ask(question).anchors == anchors


def test_years_are_years() -> None:
    """A year stands alone; doses, patient counts and ranges are none."""
    assert ask("ACR/CHEST 2023 guideline, 2000 mg, 1999 patients, 5-year survival").years == (2023,)


@pytest.mark.parametrize(
    ("question", "corrections"),
    [
        ("mycofenolate in sclerodema", (("mycofenolate", "mycophenolate"), ("sclerodema", "scleroderma"))),
        ("ritixumab for rheumatiod artheritis", (("ritixumab", "rituximab"), ("rheumatiod", "rheumatoid"), ("artheritis", "arthritis"))),
        ("stem cell transplantion", (("transplantion", "transplantation"),)),
        ("Kasakawa criteria", (("Kasakawa", "Kasukawa"),)),
        ("focusced trial", (("focusced", "focuSSced"),)),
    ],
)
def test_misspelt_words_are_read_as_the_nearest_term(question: str, corrections: tuple[tuple[str, str], ...]) -> None:
    """One edit is mended, two in long words, and neighbours decide between equally close words; the answer can show each change."""
    query = ask(question)

    assert query.corrections == corrections
    assert all(right in query.interpreted for _, right in corrections)


@pytest.mark.parametrize(
    "question",
    [
        "golimumab and belimumab",
        "Is secukinumab safe?",
        "vasculopathies of Tashkin",
        "colour of the fibre",
        "FVC -178.6 mL over 52 weeks",
        "Welche Behandlung hilft bei Lungenfibrose?",
        "pegloticase",
    ],
)
def test_known_words_names_and_numbers_are_left_alone(question: str) -> None:
    """Nothing that the library, the lexicon or English knows is changed, nor names, numbers, or strange words without a neighbour."""
    query = ask(question)

    assert (query.interpreted, query.corrections) == (question, ())


def test_two_edits_between_two_drugs_of_a_class_are_two_drugs() -> None:
    """Two letters from a drug of its class, one of them at the start, a name is another drug; one letter off is a typing error."""
    words = SpellingWords(["satralizumab", "belimumab"])

    assert words.nearest("sotrolizumab") == ()
    assert words.nearest("golimumab") == ()
    assert words.nearest("belimumb") == ("belimumab",)


@pytest.mark.parametrize(
    ("question", "interpreted"),
    [
        ("Which medicines help lung scarring in lupus?", "Which drugs help interstitial lung disease in systemic lupus erythematosus?"),
        ("Steroids for me?", "Glucocorticoids for me?"),
        ("Which shots must he not have in MCTD?", "Which vaccinations must he not have in MCTD?"),
        ("A training programme for scleroderma with lung involvement?", "A exercise training for scleroderma with interstitial lung disease?"),
        ("systemic lupus erythematosus", "systemic lupus erythematosus"),
    ],
)
def test_everyday_words_are_read_as_the_fields_words(question: str, interpreted: str) -> None:
    """Lay words are mapped in number and capital, but not inside a field word, and stay search terms."""
    query = ask(question)

    assert query.interpreted == interpreted


def test_lay_words_stay_search_terms() -> None:
    """What was typed is still searched."""
    assert "lung scarring" in ask("lung scarring in MCTD").expansions


def test_expansions_go_both_ways() -> None:
    """A short form brings its long form and the reverse."""
    assert "mycophenolate mofetil" in ask("MMF in MCTD").expansions
    assert "mixed connective tissue disease" in ask("MMF in MCTD").expansions
    assert "MMF" in ask("mycophenolate mofetil in mixed connective tissue disease").expansions
    assert "MCTD" in ask("mycophenolate mofetil in mixed connective tissue disease").expansions


def test_an_open_abbreviation_is_clarified() -> None:
    """Where nothing in the question decides, the reading used is stated and the others are offered."""
    query = ask("Is AS a risk?")

    assert [(one.term, one.used, one.others) for one in query.clarifications] == [("AS", "antisynthetase syndrome", ("ankylosing spondylitis",))]
    assert query.populations == ("ASyS",)


@pytest.mark.parametrize(
    ("question", "reading"),
    [
        ("What are the AEs of nintedanib?", "adverse events"),
        ("How is AE-ILD treated?", "acute exacerbation"),
        ("DM control with insulin", "diabetes mellitus"),
        ("AS and sacroiliitis", "ankylosing spondylitis"),
    ],
)
def test_context_decides_an_abbreviation(question: str, reading: str) -> None:
    """A word that goes with one reading settles it without asking back."""
    query = ask(question)

    assert reading in query.interpreted
    assert query.clarifications == ()


def test_the_library_makes_abbreviations_ambiguous() -> None:
    """A form that documents define in two unrelated ways is offered both ways; spelling variants are one sense."""
    query = ask("What is HU?")

    assert [(one.used, one.others) for one in query.clarifications] == [("Hounsfield unit", ("hydroxyurea",))]
    assert senses_of("NSIP", VOCABULARY) == ("nonspecific interstitial pneumonia",)


def test_reading_is_repeatable() -> None:
    """The same question gives the same query."""
    question = "What dose of MMF is recommended by ACR/CHEST 2023 for lung scarring in lupus, and how does it compare with AZA?"

    assert ask(question) == ask(question)


@pytest.mark.parametrize(
    ("question", "populations", "drugs"),
    [
        ("mctd ild mmf dose", ("MCTD",), ("mycophenolate",)),
        ("SSc-ILD pts on RTX infections?", ("SSc",), ("rituximab",)),
        ("tofa mda5", ("anti-MDA5 DM",), ("tofacitinib",)),
        ("tacro + cyc in anti mda5", ("anti-MDA5 DM",), ("tacrolimus", "cyclophosphamide")),
        ("anti-tnf ra ild", ("RA",), ("TNF inhibitor",)),
        ("CREST lung fibrosis toci", ("SSc",), ("tocilizumab",)),
    ],
)
def test_telegrams_are_read(question: str, populations: tuple[str, ...], drugs: tuple[str, ...]) -> None:
    """Short forms in any case, shop talk and no verb."""
    query = ask(question)

    assert (query.populations, query.drugs) == (populations, drugs)


def test_prednisone_is_also_asked_about_as_a_glucocorticoid() -> None:
    """Sources advise on the class where people ask about the usual member; other members go by their own name."""
    assert ask("Is prednisone given in MCTD-ILD?").drugs == ("prednisone", "glucocorticoid")
    assert ask("Is rituximab given in MCTD-ILD?").drugs == ("rituximab",)


def test_a_treatment_that_failed_is_not_the_one_asked_about() -> None:
    """Before or behind its name: "after rituximab failure", "despite mycophenolate"."""
    assert ask("After rituximab failure in SSc-ILD, does tocilizumab help?").drugs == ("tocilizumab",)
    assert ask("SSc-ILD progressing despite mycophenolate: tocilizumab?").drugs == ("tocilizumab",)


def test_the_interval_of_a_test_is_monitoring() -> None:
    """The word "frequency" beside a test is how often to test, beside a disease how common it is."""
    assert ask("PFT frequency in MCTD").facets[0] is Facet.MONITORING
    assert ask("frequency of ILD in MCTD").facets[0] is Facet.EPIDEMIOLOGY


def test_the_name_of_a_drug_class_asks_nothing() -> None:
    """The name "tumour necrosis factor inhibitors" is no question on risk factors."""
    assert Facet.RISK_FACTOR not in ask("tumour necrosis factor inhibitors in RA-ILD").facets


def test_british_and_american_spelling_is_no_error() -> None:
    """The library's spelling is searched, and nothing is reported as corrected."""
    vocabulary = Vocabulary(words=frozenset({"oesophageal"}), known=lambda word: word == "oesophageal")
    query = analyse_question("esophageal disease in SSc", load_lexicon(), vocabulary)

    assert query.interpreted == "oesophageal disease in SSc"
    assert query.corrections == ()


def test_a_short_word_is_corrected_where_it_makes_a_name() -> None:
    """The word "mixd" before "connective tissue disease", whose own errors are mended first."""
    query = ask("mixd conective tissue disease lung treatment")

    assert query.populations == ("MCTD",)
    assert ("mixd", "mixed") in query.corrections


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("HCV positive before rituximab", "hepatitis C"),
        ("Contact with chickenpox on MMF", "varicella"),
        ("Shingles on JAK inhibitors", "herpes zoster"),
        ("What SpO2 calls for oxygen at home?", "oxygen saturation"),
        ("She desaturates when walking", "desaturation"),
        ("Trouble swallowing in MCTD", "dysphagia"),
        ("Aching joints in SSc", "arthralgia"),
        ("sPAP in MCTD", "systolic pulmonary artery pressure"),
        ("Low white count on azathioprine", "leukopenia"),
        ("PL-12 in dermatomyositis", "PL12"),
    ],
)
def test_words_of_clinic_and_home_are_read_as_those_of_the_sources(question: str, words: str) -> None:
    """A short form or an everyday word for a virus, a symptom or a measure is no unheard-of thing."""
    assert words.lower() in ask(question).interpreted.lower()


@pytest.mark.parametrize(
    ("question", "population"),
    [
        ("Treatment of scleroderma lung disease", "SSc"),
        ("Prognosis of RA lung", "RA"),
        ("myositis antibody panel: which ones carry risk?", "IIM"),
        ("Which scleroderma antibodies go with ILD?", "SSc"),
        ("Do MCTD patients have myositis antibodies?", "MCTD"),
    ],
)
def test_a_lung_or_a_marker_named_after_a_disease_names_it(question: str, population: str) -> None:
    """The marker of another disease leaves the one asked about alone."""
    assert ask(question).populations == (population,)


def test_what_the_sex_of_patients_fills() -> None:
    """A statement on males answers for sex; a man in a case asks for none."""
    assert LEXICON.outcomes_reported("Male patients progressed faster.") >= {"sex"}
    assert "sex" not in outcomes_asked("What is first-line in a 45-year-old man?", (Facet.TREATMENT,), LEXICON)
    assert "sex" in outcomes_asked("Does being male matter?", (Facet.RISK_FACTOR,), LEXICON)


@pytest.mark.parametrize(
    ("question", "interpreted"),
    [
        ("Is steroid-resistant MCTD-ILD common?", "Is steroid-resistant MCTD-ILD common?"),
        ("Is lupus nephritis treated with rituximab?", "Is lupus nephritis treated with rituximab?"),
        ("Steroids in lupus?", "Glucocorticoids in systemic lupus erythematosus?"),
        ("Sores on my fingers in scleroderma: what helps?", "Digital ulcers in scleroderma: what helps?"),
    ],
)
def test_everyday_words_are_not_read_inside_compounds(question: str, interpreted: str) -> None:
    """What is joined by a hyphen, or names another thing with its neighbour, stays as typed."""
    assert ask(question).interpreted == interpreted


def test_a_harm_of_a_drug_is_no_population() -> None:
    """The cancer that a drug may cause is its outcome; without a drug it may be the disease asked about."""
    assert ask("Which cancer risk with cyclophosphamide?").populations == ()
    assert ask("Which cancer risk with cyclophosphamide in MCTD?").populations == ("MCTD",)


def test_two_diseases_that_make_a_group_are_asked_about_as_the_group() -> None:
    """Sources on the inflammatory myopathies seldom name both kinds; a comparison keeps them apart."""
    assert ask("ILD in PM and in DM: prognosis?").populations == ("IIM",)
    assert ask("Is prognosis worse in dermatomyositis than in polymyositis?").populations == ("DM", "PM")


@pytest.mark.parametrize("question", ["IGRA before tofacitinib?", "SpO2 monitoring in SSc-ILD", "What does the scan show in SSc-ILD?"])
def test_a_test_is_no_treatment(question: str) -> None:
    """An interferon-gamma release assay is no interferon, oxygen saturation no oxygen."""
    assert ask(question).drugs == ()
    assert LEXICON.tests_in(ask(question).interpreted)


def test_a_complication_named_by_its_disease_names_it_where_nothing_else_does() -> None:
    """Beside another disease it is a complication of that."""
    assert ask("Prednisone threshold for scleroderma renal crisis?").populations == ("SSc",)
    assert ask("Prednisone and scleroderma renal crisis in MCTD?").populations == ("MCTD",)
    assert ask("Prednisone and kidney failure?").populations == ()


def test_the_other_side_of_a_comparison_is_no_treatment_beside_it() -> None:
    """An "on" behind "than" names what is compared with; a class and its member are one side."""
    assert set(ask("Do fewer SSc patients die after stem cell transplantation than on cyclophosphamide?").drugs) == {"HSCT", "cyclophosphamide"}
    assert set(ask("Is a biologic, rituximab, better combined with mycophenolate than alone in SSc?").drugs) == {"rituximab", "mycophenolate"}
    assert set(ask("Rituximab or abatacept with methotrexate in RA-ILD?").drugs) == {"rituximab", "abatacept"}
