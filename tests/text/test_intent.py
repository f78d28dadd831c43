"""What a question asks about its subject: two wordings of one question are understood alike."""

import pytest

from ragqa.text import intent
from ragqa.text.asking import asking_part
from ragqa.text.intent import facets_weighed, outcomes_asked
from ragqa.text.lexicon import load_lexicon
from ragqa.text.negated import told_absent
from ragqa.text.pieces import sentences_asking
from ragqa.text.question import analyse_question
from ragqa.text.situations import situation_asked
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
        ("Rituximab against cyclophosphamide in SSc-ILD?", ""),
        ("Which drugs help against MCTD-ILD?", ""),
        ("What does the guideline recommend against?", "against"),
        ("Anything against giving rituximab?", "against"),
    ],
)
def test_situations_of_treatment(question: str, situation: str) -> None:
    """A first treatment that was given already, or is one of several choices, is no situation asked about."""
    assert situation_asked(question) == situation


@pytest.mark.parametrize("noun", ["drug", "medicine", "pill", "tablet", "capsule", "therapy"])
def test_any_word_for_a_treatment_asks_for_treatment(noun: str) -> None:
    """Patients ask for a pill where doctors ask for a drug."""
    assert Facet.TREATMENT in ask(f"My mother has scleroderma. Is there a {noun} that can slow it down?").facets
    assert ask(f"Is there a {noun} for scleroderma lung fibrosis?").facets == (Facet.TREATMENT,)


def test_the_form_of_a_named_drug_asks_for_no_treatment() -> None:
    """In "the harms of these tablets" the tablets are part of the name."""
    assert ask("Side effects of cyclophosphamide tablets in SSc-ILD").facets == (Facet.SAFETY,)


@pytest.mark.parametrize(
    "question",
    [
        "Which connective tissue disease has the most ILD?",
        "Which CTD has the highest risk of ILD?",
        "Which autoimmune disease most often affects the lungs?",
        "Which connective tissue disease is most likely to cause ILD?",
    ],
)
def test_which_disease_has_the_most_asks_how_common(question: str) -> None:
    """A ranking of diseases is told by how often each has it."""
    assert ask(question).facets == (Facet.EPIDEMIOLOGY,)


def test_the_sentences_that_ask_decide() -> None:
    """What the case told before is not asked; without a question mark all of it is."""
    assert asking_part("My aunt has MCTD. Which drugs are usual?") == "Which drugs are usual?"
    assert asking_part("Treatment of MCTD. Also SSc.") == "Treatment of MCTD. Also SSc."
    assert outcomes_asked("He is losing lung function. What next?", (Facet.PROGRESSION,), LEXICON) == ()


def test_a_case_told_gives_the_question_its_situation() -> None:
    """That it progresses is part of the question, wherever it stands."""
    assert ask("The ILD is progressing in my patient with SSc. Which drugs?").facets == (Facet.TREATMENT, Facet.PROGRESSION)


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("Which MCTD patients are likely to see their ILD get worse?", {Facet.RISK_FACTOR, Facet.PROGRESSION}),
        ("In which patients does CTD-ILD worsen despite rituximab?", {Facet.RISK_FACTOR, Facet.PROGRESSION}),
        ("Who benefits from rituximab in SSc-ILD?", {Facet.RISK_FACTOR, Facet.OUTCOME}),
        ("Which SSc patients respond best to tocilizumab?", {Facet.RISK_FACTOR, Facet.OUTCOME}),
        ("Patients with RA-ILD who progress despite mycophenolate: options?", {Facet.PROGRESSION, Facet.TREATMENT}),
        ("Which patients with SSc should be treated?", {Facet.TREATMENT}),
        ("What is recommended in people with SSc-ILD who worsen?", {Facet.TREATMENT, Facet.PROGRESSION}),
        ("What makes lung fibrosis in MCTD more likely to spread?", {Facet.RISK_FACTOR, Facet.PROGRESSION}),
        ("Serology that flags RP-ILD in myositis", {Facet.RISK_FACTOR, Facet.RAPIDLY_PROGRESSIVE}),
    ],
)
def test_who_fares_how_asks_for_features(question: str, facets: set[Facet]) -> None:
    """Beside what happens to them, a question on which patients asks what marks them; a clause on the case does not."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    "question",
    [
        "Galloping ILD in dermatomyositis",
        "Fast-moving ILD in antisynthetase syndrome",
        "Fulminant ILD in anti-MDA5 disease",
        "Scleroderma lungs failing fast",
        "Rapid decline in RA-ILD: what now?",
        "Intubated patient with myositis ILD: options?",
    ],
)
def test_words_for_fast(question: str) -> None:
    """Disease that moves fast is rapidly progressive, and no second question on progression."""
    facets = ask(question).facets

    assert Facet.RAPIDLY_PROGRESSIVE in facets
    assert Facet.PROGRESSION not in facets


def test_the_course_of_a_treatment_is_no_course_of_disease() -> None:
    """How long a treatment is given is its dosing."""
    assert ask("What is the longest course of prednisone in RA-ILD?").facets == (Facet.DOSING, Facet.TREATMENT)
    assert ask("What is the course of RA-ILD?").facets == (Facet.PROGRESSION,)


@pytest.mark.parametrize(
    "question",
    [
        "A woman with RA has newly found ILD with falling FVC. What should I start first?",
        "Newly diagnosed SjD-ILD, declining DLCO, initial treatment?",
        "New ILD, falling FVC in RA, what to start first",
        "Treatment-naive MCTD-ILD with FVC 62% and falling: what would you start?",
    ],
)
def test_what_to_start_is_no_question_on_progression(question: str) -> None:
    """The case told may worsen untreated, and what is measured of it is not the outcome asked for."""
    query = ask(question)

    assert query.facets == (Facet.TREATMENT,)
    assert outcomes_asked(query.interpreted, query.facets, LEXICON) == ()


def test_what_to_start_after_failure_is() -> None:
    """Progression despite a treatment stays asked about."""
    assert Facet.PROGRESSION in ask("Which drugs should I start when ILD progresses despite mycophenolate in SSc?").facets


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("What can the tablet strength of nintedanib be lowered to?", Facet.DOSING),
        ("How is prednisolone weaned in MCTD-ILD?", Facet.DOSING),
        ("nintedanib dose reduction for intolerance", Facet.DOSING),
        ("Bloods while on azathioprine?", Facet.MONITORING),
        ("Does rituximab need PJP cover?", Facet.SUPPORTIVE_CARE),
        ("How risky is rituximab?", Facet.SAFETY),
        ("Myositis ILD that isn't helped by tacrolimus, a non-responder: options?", Facet.PROGRESSION),
        ("Should methotrexate be stopped in RA-ILD?", Facet.TREATMENT),
    ],
)
def test_words_of_the_clinic(question: str, facet: Facet) -> None:
    """What is asked is told by everyday and clinic words too."""
    assert ask(question).facets[0] is facet


def test_background_treatment_asks_for_no_background() -> None:
    """It is what a case is on."""
    assert ask("In patients on background mycophenolate, does nintedanib help?").facets == (Facet.OUTCOME,)


def test_an_outcome_that_a_test_measures() -> None:
    """How often to check lung function asks about its test; whether a drug improves it asks about the outcome."""
    assert intent.tests_asked("How often should lung function be checked?", (Facet.MONITORING,), LEXICON) == {"pulmonary function tests"}
    assert outcomes_asked("How often should lung function be checked?", (Facet.MONITORING,), LEXICON) == ()
    assert outcomes_asked("Does rituximab improve lung function?", (Facet.OUTCOME,), LEXICON) == ("lung function",)


def test_a_test_by_which_something_is_seen_is_not_asked_about() -> None:
    """How many have ILD on CT is about the disease; how often to repeat the CT is about the CT."""
    assert intent.tests_asked("How many have ILD on CT?", (Facet.EPIDEMIOLOGY,), LEXICON) == frozenset()
    assert intent.tests_asked("How often is CT repeated?", (Facet.MONITORING,), LEXICON) == {"HRCT"}
    assert intent.tests_asked("CT signs of progression", (Facet.DIAGNOSIS,), LEXICON) == frozenset()


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


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("Does being a man matter for the lungs in MCTD?", (Facet.RISK_FACTOR,)),
        ("Are women with RA less likely to have ILD?", (Facet.RISK_FACTOR,)),
        ("Hazard ratios for death in SSc?", (Facet.RISK_FACTOR, Facet.PROGNOSIS)),
        ("Does a raised CRP tell me anything about the lungs in SARD?", (Facet.RISK_FACTOR,)),
        ("MCTD-ILD: do male patients do worse?", (Facet.RISK_FACTOR, Facet.PROGNOSIS)),
        ("Does having ILD shorten life in MCTD?", (Facet.PROGNOSIS,)),
        ("Do people with SSc live as long as others?", (Facet.PROGNOSIS,)),
        ("List the items of the Kasukawa set for MCTD", (Facet.DEFINITION,)),
        ("How do I tell limited from extensive SSc-ILD?", (Facet.DEFINITION,)),
        ("Typical age and sex of patients with MCTD?", (Facet.EPIDEMIOLOGY,)),
        ("1.9 per 100,000 or 2.1 per million for MCTD?", (Facet.EPIDEMIOLOGY,)),
        ("How bad are infusion reactions?", (Facet.SAFETY,)),
        ("How does MCTD usually begin?", (Facet.DIAGNOSIS,)),
        ("Anything in the infection recommendations?", (Facet.SUPPORTIVE_CARE,)),
        ("How many rituximab infusions are given?", (Facet.DOSING,)),
        # A case told is not asked about for its sex or age.
        ("Treatment of MCTD-ILD in a 45-year-old woman?", (Facet.TREATMENT,)),
        ("Is rituximab safe in women with SSc-ILD?", (Facet.SAFETY,)),
    ],
)
def test_who_is_affected_and_how_they_fare(question: str, facets: tuple[Facet, ...]) -> None:
    """Sex, age and ratios ask for risk factors, a shorter life for the prognosis, a limit for a definition."""
    assert ask(question).facets == facets


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("6-minute walk test in rheumatic ILD: do it or not?", (Facet.SCREENING, Facet.MONITORING)),
        ("Anti-Ro52 positive: so what?", (Facet.RISK_FACTOR, Facet.SCREENING)),
        ("Lung biopsy in CTD-ILD", (Facet.DIAGNOSIS,)),
    ],
)
def test_the_name_of_a_test_asks_what_the_test_is_for(question: str, facets: tuple[Facet, ...]) -> None:
    """The word "test" in it asks for no diagnosis; a marker is asked about for what it foretells."""
    assert ask(question).facets == facets


def test_only_treatments_are_compared_in_what_they_do() -> None:
    """Of two diseases, two figures or two extents the rest of the question says what is asked."""
    assert ask("Which CT pattern predominates in RA-ILD compared with SLE-ILD?").facets == (Facet.DIAGNOSIS,)
    assert ask("Mortality in MCTD with vs without ILD").facets == (Facet.PROGNOSIS,)
    assert Facet.OUTCOME in ask("Nintedanib versus placebo in SSc-ILD").facets
    assert Facet.OUTCOME in ask("Mortality in RA-ILD on rituximab versus abatacept").facets


def test_a_facet_gives_way_only_to_one_as_strong() -> None:
    """How many progress asks about progression; what fraction turns out to have a disease asks for the fraction first."""
    assert ask("What share of MCTD patients have progressing ILD?").facets == (Facet.PROGRESSION,)
    assert ask("What fraction turns out to have a connective tissue disease?").facets[0] is Facet.EPIDEMIOLOGY


@pytest.mark.parametrize(
    ("question", "situation"),
    [
        ("How does MCTD usually begin?", ""),
        ("When did symptoms start?", ""),
        ("Hepatitis C is found before I start immunosuppression. What now?", ""),
        ("What do guidelines recommend to start with?", "first-line"),
        ("When should I start nintedanib?", "first-line"),
        ("Does treatment usually start with glucocorticoids?", "first-line"),
    ],
)
def test_the_start_of_a_disease_or_an_occasion_is_no_first_line(question: str, situation: str) -> None:
    """Only the start of treatment is, and only where it is asked about."""
    assert situation_asked(question) == situation


def test_a_situation_needs_a_question_about_care() -> None:
    """What begins is a treatment where one is named, or care is asked about."""
    assert situation_asked("What should begin first?", (Facet.DEFINITION,)) == ""
    assert situation_asked("What should begin first?", (Facet.TREATMENT,)) == "first-line"
    assert situation_asked("What should begin first?", (Facet.DEFINITION,), ("rituximab",)) == "first-line"


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("Who gets worse? I need predictors.", "Who gets worse? I need predictors."),
        ("Who develops ILD? Odds ratios please.", "Who develops ILD? Odds ratios please."),
        ("She has MCTD. List the risk factors.", "List the risk factors."),
        ("My aunt has MCTD. Tell me how long people live with it.", "Tell me how long people live with it."),
        ("I want to start MMF. Which dose?", "Which dose?"),
        ("My uncle has SSc. What can be done? Please help.", "What can be done?"),
    ],
)
def test_a_request_asks_without_a_question_mark(text: str, asking: str) -> None:
    """What somebody wants to know is asked; what they mean to do, or a cry for help, is not."""
    assert asking_part(text) == asking


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        # What came of a treatment, in everyday words.
        ("Was there a signal at 48 weeks for abatacept in antisynthetase ILD?", {Facet.OUTCOME}),
        ("Any safety signal with tofacitinib in RA-ILD?", {Facet.SAFETY}),
        ("Is mycophenolate useful in CTD-ILD?", {Facet.TREATMENT, Facet.OUTCOME}),
        ("Is MMF useful in SSc-ILD, and how many stop it?", {Facet.TREATMENT, Facet.OUTCOME, Facet.SAFETY}),
        ("Rituximab drug survival in RA-ILD", {Facet.OUTCOME, Facet.SAFETY}),
        ("Risk of relapse after stopping rituximab", {Facet.PROGNOSIS, Facet.OUTCOME}),
        # What is counted in people who are treated is no treatment.
        ("How many scans cleared after treatment in MCTD?", {Facet.OUTCOME}),
        ("How many patients with MCTD stayed untreated?", {Facet.EPIDEMIOLOGY, Facet.TREATMENT}),
        ("How many recommendations does the ACR guideline have?", {Facet.DESIGN}),
        # An adjective before the disease tells the state of the people.
        ("Refractory dermatomyositis: response to rituximab", {Facet.OUTCOME, Facet.PROGRESSION}),
        ("Treatment-refractory myositis ILD: IVIG?", {Facet.TREATMENT, Facet.OUTCOME, Facet.PROGRESSION}),
        ("Refractory SSc-ILD: which treatment?", {Facet.TREATMENT, Facet.PROGRESSION}),
        # A time before the disease is no dose, nor is a dose that is part of the name.
        ("Duration of methotrexate use before ILD in RA", {Facet.RISK_FACTOR}),
        ("Duration of cyclophosphamide in SSc-ILD?", {Facet.DOSING}),
        ("Is low-dose glucocorticoid acceptable in SSc-ILD?", {Facet.TREATMENT, Facet.OUTCOME}),
        ("What dose of prednisone is low-dose?", {Facet.DOSING}),
        # The drug as the cause.
        ("How do I treat acute methotrexate pneumonitis?", {Facet.SAFETY}),
        ("Is anti-TNF-induced ILD reversible?", {Facet.SAFETY}),
        ("Does methotrexate cause ILD?", {Facet.SAFETY, Facet.RISK_FACTOR}),
        ("Does methotrexate damage the lungs?", {Facet.SAFETY}),
        ("Is there joint damage in MCTD?", set()),
        ("How does nintedanib work?", {Facet.BACKGROUND, Facet.OUTCOME}),
        # How fast, by a span of time.
        ("Anti-MDA5 ILD worsening over two weeks: what now?", {Facet.RAPIDLY_PROGRESSIVE}),
        # The clinic's short forms.
        ("MCTD-ILD Rx", {Facet.TREATMENT}),
        ("MCTD: SMR?", {Facet.PROGNOSIS}),
        ("Is MCTD rarer than SSc?", {Facet.EPIDEMIOLOGY}),
        ("Does smoking matter in RA-ILD?", {Facet.RISK_FACTOR, Facet.SUPPORTIVE_CARE}),
    ],
)
def test_what_is_asked_of_a_treatment_or_its_people(question: str, facets: set[Facet]) -> None:
    """A drug, a state or a dose in the name asks nothing; what is said of them does."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize("question", ["Which diagnoses were in RELIEF?", "Who was in the INBUILD trial?", "What patients were included in SENSCIS?"])
def test_who_was_in_a_named_study_is_its_design(question: str) -> None:
    """Whom a study took in is no question on diagnosis."""
    assert ask(question).facets == (Facet.DESIGN,)


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("Which diseases does the ACR/CHEST 2023 ILD treatment guideline cover, and which does it leave out?", {Facet.DESIGN, Facet.EVIDENCE_GAP}),
        ("To whom do the ACR/CHEST recommendations apply?", {Facet.DESIGN, Facet.EVIDENCE_GAP}),
        ("Is lupus within the remit of the European CTD-ILD guidance?", {Facet.DESIGN, Facet.EVIDENCE_GAP}),
        ("Which of the ACR/CHEST treatment recommendations are strong rather than conditional?", {Facet.DESIGN, Facet.EVIDENCE_GAP}),
        ("Is the ACR/CHEST ILD screening guideline out of date?", {Facet.DESIGN, Facet.EVIDENCE_GAP}),
        ("Is there a German guideline on CTD-ILD?", {Facet.DESIGN, Facet.EVIDENCE_GAP, Facet.ONGOING}),
        ("How many recommendations does the ACR/CHEST treatment guideline have?", {Facet.DESIGN}),
        ("Who voted on the EULAR 2023 systemic sclerosis recommendations?", {Facet.DESIGN}),
        ("ATS SSc-ILD panel: COI?", {Facet.DESIGN}),
        ("What evidence grading does ERS/EULAR use?", {Facet.DESIGN}),
        ('What do "1B" and "2C" mean in the BSR myositis guideline?', {Facet.DESIGN}),
        # What a guideline says of care is asked about care.
        ("What does ACR/CHEST recommend for RA-ILD?", {Facet.TREATMENT}),
        ("ACR/CHEST guideline first-line RA-ILD", {Facet.TREATMENT}),
        ("What do the ACR/CHEST treatment recommendations say about tocilizumab in SSc-ILD?", {Facet.TREATMENT}),
        ("Which drugs does the ACR/CHEST treatment guideline include for MCTD-ILD?", {Facet.TREATMENT}),
        ("Does the ACR/CHEST guideline cover rituximab for MCTD-ILD?", {Facet.TREATMENT}),
        ("Are there guidelines for the treatment of MCTD-ILD?", {Facet.TREATMENT}),
        ("What does the ERS/EULAR guideline say on screening in MCTD?", {Facet.SCREENING}),
        ("Myositis antibody panel: which ones carry lung risk per ACR/CHEST?", {Facet.RISK_FACTOR}),
    ],
)
def test_a_question_about_a_guideline_is_none_about_care(question: str, facets: set[Facet]) -> None:
    """The name of a document ("treatment guideline") asks nothing; whom it covers, who made it and how strong it is are asked about it."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("How long may I give steroids in RA-ILD?", {Facet.DOSING}),
        ("Maximum duration of prednisone in MCTD-ILD", {Facet.DOSING}),
        ("How many weeks of prednisone count as a short course in RA-ILD?", {Facet.DOSING, Facet.DEFINITION}),
        ("When ACR/CHEST says short-term steroids in ILD, how long is that?", {Facet.DOSING, Facet.TREATMENT}),
        # How long it takes, and how long people live, is no duration of treatment.
        ("How long does rituximab take to work in MCTD-ILD?", {Facet.OUTCOME}),
        ("How long do patients on nintedanib live?", {Facet.PROGNOSIS}),
        # Finding a disease, and following one.
        ("Is bronchoscopy to be used to follow ILD?", {Facet.MONITORING}),
        ("Should chest X-rays be used to follow known ILD in myositis?", {Facet.MONITORING}),
        ("Is HRCT recommended in RA?", {Facet.SCREENING, Facet.MONITORING}),
        ("What lung tests should I have with scleroderma?", {Facet.SCREENING, Facet.MONITORING}),
        # What comes suddenly, and what it may be instead.
        ("RA-ILD with new bilateral infiltrates and sudden breathlessness, what to do?", {Facet.RAPIDLY_PROGRESSIVE, Facet.TREATMENT}),
        ("Acute exacerbation of rheumatic ILD: what must be ruled out first?", {Facet.RAPIDLY_PROGRESSIVE, Facet.DIAGNOSIS}),
        ("What mimics an acute exacerbation of ILD in scleroderma?", {Facet.RAPIDLY_PROGRESSIVE, Facet.DIAGNOSIS}),
    ],
)
def test_durations_tests_and_sudden_worsening(question: str, facets: set[Facet]) -> None:
    """What is asked by form, where no single word tells it."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "tests"),
    [
        ("Which scans are useful in RA?", frozenset()),
        ("Which lung tests are not worth doing in scleroderma?", frozenset()),
        ("Is a scan useful in RA?", frozenset({"HRCT"})),
        ("How often do I need lung tests with MCTD-ILD?", frozenset({"pulmonary function tests"})),
    ],
)
def test_tests_that_are_asked_for_are_not_named(question: str, tests: frozenset[str]) -> None:
    """A plural behind "which" or "what" asks for any test, and a narrower reading would hide the rest."""
    query = ask(question)
    assert intent.tests_asked(query.interpreted, query.facets, LEXICON) == tests


def test_short_names_of_classes_and_latent_disease() -> None:
    """A short form beside treatment is the class of drugs, a drug by its use is found by it, and a sleeping infection is nobody's disease."""
    assert ask("JAK or CNI in progressive myositis-ILD?").drugs == ("JAK inhibitor", "calcineurin inhibitor")
    assert ask("JAK pathway in MDA5 disease?").drugs == ()
    assert "Pneumocystis prophylaxis" in LEXICON.classes_of("cotrimoxazole")
    assert "Pneumocystis prophylaxis" in LEXICON.classes_of("atovaquone")
    assert ask("Must sleeping tuberculosis be treated before rituximab in RA-ILD?").populations == ("RA",)


@pytest.mark.parametrize(
    ("case", "plain"),
    [
        # What people with a disease have is what goes with it.
        ("Which clinical and laboratory features go with ILD in patients with MCTD?", "Which factors are associated with ILD in MCTD?"),
        ("MCTD: who has ILD - associated features", "Which factors are associated with ILD in MCTD?"),
        ("What in the blood test tells that a rheumatic patient's lungs may go downhill fast?", "What tells the risk of rapidly progressive ILD in SARD?"),
        # Why something is not to be taken asks about its harms; the share that improve on a drug is its result.
        ("For what reason should people with SSc not take prednisone?", "Is prednisone safe in SSc?"),
        ("What proportion improve on rituximab in CTD-ILD?", "Is rituximab effective in CTD-ILD?"),
        # One disease may turn into another, which is then not the one asked about.
        ("I have MCTD. Are there any signs that show if it'll change into lupus or scleroderma?", "What tells me whether MCTD will turn into another CTD?"),
        ("Biomarkers that warn of ILD in MCTD?", "Which factors are associated with ILD in MCTD?"),
        # Neither sex nor age of the person told of is asked about; bare asking sentences keep what is told.
        ("In a woman with SSc-ILD, what is the survival?", "Survival in SSc-ILD?"),
        ("58-year-old woman with SSc-ILD. What trouble should I expect from nintedanib?", "Is nintedanib safe in SSc-ILD?"),
        ("I worry that my RA causes scarring of the lungs. Is that likely?", "Who with RA is at risk of ILD?"),
        # A harm counted in the treated is no frequency of their disease, and a case told is in no start.
        ("My aunt may start nintedanib for SSc-ILD. How many people on it had serious problems?", "Is nintedanib safe in SSc-ILD?"),
        ("How many patients on methotrexate get pneumonitis?", "Is methotrexate safe?"),
        ("What are the odds that people with MCTD have ILD?", "How common is ILD in MCTD?"),
        # A weak cue makes nothing of a sure one.
        ("How much does lung fibrosis raise mortality in SSc-ILD?", "Mortality in SSc-ILD?"),
        ("Of two drugs for SSc-ILD, which is safer?", "What is safer in SSc-ILD?"),
        ("Patients with RA told of death: still with us after a year?", "One-year survival in RA?"),
    ],
)
def test_a_case_or_a_layman_asks_what_the_plain_form_asks(case: str, plain: str) -> None:
    """The facets are those of the plain form, whatever is told before."""
    first, second = ask(case), ask(plain)

    assert set(first.facets) == set(second.facets)
    assert situation_asked(first.interpreted, first.facets, first.drugs) == ""


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        # What one list asks is asked in full, and a marker is asked for what it predicts.
        (
            "How does that antibody, anti-Ro52, bear on worsening or rapid course of myositis ILD?",
            {Facet.RISK_FACTOR, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE},
        ),
        ("Does ILD worsening rapidly predict death?", {Facet.RISK_FACTOR, Facet.PROGNOSIS, Facet.RAPIDLY_PROGRESSIVE}),
        # Looking for an infection is told as care.
        ("Do I need hepatitis serology before mycophenolate in myositis ILD?", {Facet.SCREENING, Facet.SUPPORTIVE_CARE}),
        ("Which infections will they test me for before rituximab in RA?", {Facet.SCREENING, Facet.SUPPORTIVE_CARE}),
        ("Would you do a CT at baseline in SSc?", {Facet.SCREENING}),
        ("When is the next CT due in SSc-ILD?", {Facet.MONITORING}),
        ("RA-ILD. FVC fell from 80 to 68%. What next?", {Facet.TREATMENT, Facet.PROGRESSION}),
        ("When may I call this an acute exacerbation of RA-ILD?", {Facet.DEFINITION, Facet.RAPIDLY_PROGRESSIVE}),
        # Deaths in a named study are no account of its design.
        ("How many patients died in SENSCIS?", {Facet.PROGNOSIS}),
        ("SENSCIS: was mycophenolate allowed in the background?", {Facet.DESIGN}),
    ],
)
def test_what_is_asked_beside_its_nearest_word(question: str, facets: set[Facet]) -> None:
    """Forms of the clinic, of the case and of the layman."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "tests"),
    [
        # What was done before is told; where the question refers to it, it is asked about.
        ("My SjD patient has anti-Ro52 but no cough. Would the guidelines look for lung disease, and with what?", frozenset()),
        ("Newly diagnosed SSc-ILD, anti-Scl-70. Which agent would you begin with?", frozenset()),
        ("Anti-MDA5 ILD, ferritin 1800. Which of these signs predict death?", frozenset({"biomarkers"})),
        # A test that shows something, or tells how somebody is, is not asked about.
        ("Does tocilizumab help in SSc whose CT shows little ILD?", frozenset()),
        ("Does fibrosis shorten life in SSc if spirometry is still normal?", frozenset()),
        ("How many people with MCTD have ILD on their CT?", frozenset()),
        # Where a result is asked for, the test stands for what it measures.
        ("Which of rituximab and cyclophosphamide improved lung function tests more?", frozenset()),
        ("Did mycophenolate lower blood counts less than cyclophosphamide?", frozenset()),
    ],
)
def test_only_tests_that_are_asked_for_count(question: str, tests: frozenset[str]) -> None:
    """The tests of a case told hide none that the answer may name."""
    query = ask(question)
    assert intent.tests_asked(query.interpreted, query.facets, LEXICON) == tests


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("Which improved lung function tests more in SSc-ILD, rituximab or cyclophosphamide?", ("lung function",)),
        ("My SSc patient keeps developing finger ulcers. What is recommended to heal them?", ("Raynaud phenomenon",)),
        ("SSc patient, pulmonary hypertension just confirmed. Start one drug or two?", ("pulmonary hypertension",)),
        ("My aunt has MCTD and a cough. Which drugs are usual?", ()),
        ("He only tolerates 1 g because of nausea. Should I treat this as failure in SSc-ILD?", ()),
    ],
)
def test_what_is_told_and_then_asked_about_is_an_outcome(question: str, outcomes: tuple[str, ...]) -> None:
    """A complaint that a word of asking stands for, or that was just found, is to be treated; any other is only told."""
    query = ask(question)
    assert outcomes_asked(query.interpreted, query.facets, LEXICON) == outcomes


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("My scleroderma patient has PAH. What should I start?", ("pulmonary hypertension",)),
        ("She has SSc and now digital ulcers. How should it be treated?", ("Raynaud phenomenon",)),
        ("She has SSc-ILD and has developed PAH. How should this be treated?", ("pulmonary hypertension",)),
        # A word of the lungs leaves the disease of the lungs to be treated, and so does a sign of it, new or not.
        ("She has SSc-ILD with PAH. What should I give for the lungs?", ()),
        ("Dermatomyositis with skin ulcers and breathlessness. What do we start?", ()),
        ("MDA5 dermatomyositis with new ground glass. What do we start today?", ()),
        ("He has a cough in RA. What helps against it?", ("cough",)),
        # A treatment named is asked about for the disease.
        ("She has SSc and PAH. Should I give mycophenolate?", ()),
        ("She has SSc and PAH. What should I start, and is mycophenolate needed?", ("pulmonary hypertension",)),
    ],
)
def test_another_organ_told_is_what_is_to_be_treated(question: str, outcomes: tuple[str, ...]) -> None:
    """What a case has elsewhere is to be treated, not the lungs of which nothing is said; a sign of the lungs never replaces their disease."""
    query = ask(question)
    assert outcomes_asked(query.interpreted, query.facets, LEXICON) == outcomes


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("Is mycophenolate allowed when trying for a baby with SSc-ILD?", ("pregnancy",)),
        ("Which drug suits somebody with SSc-ILD who wants to start a family?", ("pregnancy",)),
        ("PH frequency in MCTD", ("pulmonary hypertension", "frequency")),
        ("How common is raised pressure in the lung arteries in MCTD?", ("pulmonary hypertension", "frequency")),
        ("Can her arthritis tablet methotrexate harm the lungs in RA?", ()),
    ],
)
def test_everyday_words_name_their_slot(question: str, outcomes: tuple[str, ...]) -> None:
    """A wish for a child asks about pregnancy, high pressure in the lung arteries about its disease; what a drug is for is no outcome."""
    query = ask(question)
    assert outcomes_asked(query.interpreted, query.facets, LEXICON) == outcomes


@pytest.mark.parametrize(
    ("question", "facet", "other"),
    [
        ("Which RA patients need to be checked for ILD?", Facet.SCREENING, Facet.MONITORING),
        ("How often should RA-ILD be checked?", Facet.MONITORING, Facet.SCREENING),
        ("How many weeks must she be off mycophenolate before that?", Facet.OUTCOME, Facet.EPIDEMIOLOGY),
    ],
)
def test_a_longer_form_decides(question: str, facet: Facet, other: Facet) -> None:
    """To be checked for a disease is to be screened; how many weeks is no count of people."""
    facets = ask(question).facets
    assert facet in facets
    assert other not in facets


def test_what_is_told_beside_care_is_no_question() -> None:
    """Where the asking sentence holds no cue, a case told gives it the care of the case, and none of the rest."""
    assert ask("Her predictors and survival were discussed. Where could the two of us with SSc-ILD sit down quietly?").facets == ()
    assert ask("Her ILD in SSc progresses, and the risk factors were told. Where could the two of us turn now?").facets == (Facet.PROGRESSION,)


def test_what_one_piece_asks_by_itself_gives_way_to_nothing_in_another() -> None:
    """How many progress is a question about progression; how common it is beside the survival is a second question."""
    assert set(ask("What is the survival in SLE-ILD, and how common is ILD in SLE?").facets) == {Facet.PROGNOSIS, Facet.EPIDEMIOLOGY}
    assert Facet.EPIDEMIOLOGY not in ask("What proportion of SSc-ILD progresses, and what are the risk factors?").facets


@pytest.mark.parametrize(
    ("question", "tests"),
    [
        # A marker told to be absent asks nothing where care is asked for.
        ("SSc-ILD, Scl-70 negative: first-line?", ()),
        ("MCTD tested negative for anti-Ro52: treatment of ILD?", ()),
        ("Ro52-negative MCTD: does ILD progress?", ()),
        # A scan without findings is a test like others, and a marker that is there, or whose share is asked, is asked about.
        ("MCTD with anti-Ro52: does ILD progress?", ("autoantibodies",)),
        ("HRCT negative for ILD in SSc: when to repeat HRCT?", ("HRCT",)),
        ("How common is ILD in anti-Ro52 negative MCTD?", ("autoantibodies",)),
    ],
)
def test_an_absent_marker_is_no_test_asked_about(question: str, tests: tuple[str, ...]) -> None:
    """What a test did not find tells the case."""
    assert intent.tests_asked(question, ask(question).facets, LEXICON) == frozenset(tests)


def test_words_that_tell_a_marker_absent_are_understood() -> None:
    """No answer must hold them: not the name of the marker, whatever table lacks it, nor what stands around it."""
    text = "SSc-ILD, Scl-70 not detected: first-line?"
    absent = told_absent(text, (Facet.TREATMENT,), LEXICON)

    assert "".join(text[position] for position in sorted(absent)) == "Scl-70 not detected"
    assert not told_absent(text, (Facet.EPIDEMIOLOGY,), LEXICON)


@pytest.mark.parametrize(
    "question",
    [
        "45-year-old with SSc, HRCT shows NSIP, FVC 68%. What do guidelines offer first?",
        "SSc-ILD: HRCT 25%, FVC 65%. Options?",
        "RA-ILD with a falling FVC on HRCT-proven fibrosis. What would you offer?",
        "Myositis ILD, HRCT organising pneumonia. What is recommended?",
        "Woman with anti-Jo-1 ILD whose FVC fell from 70 to 61%. What do guidelines offer next?",
    ],
)
def test_a_test_that_tells_the_case_leaves_the_question_on_treatment(question: str) -> None:
    """Its result was told; what is recommended is asked of care."""
    facets = ask(question).facets
    assert Facet.TREATMENT in facets
    assert not {Facet.SCREENING, Facet.MONITORING}.intersection(facets)


@pytest.mark.parametrize(
    "question", ["HRCT in RA-ILD that is stable. Is that recommended?", "I plan an HRCT in MCTD. What is recommended?", "Is HRCT recommended in SSc?"]
)
def test_a_test_that_is_asked_about_is_no_treatment(question: str) -> None:
    """It is one to find or to follow a disease."""
    assert Facet.TREATMENT not in ask(question).facets


def test_a_fall_told_in_figures_is_progression_on_the_drug() -> None:
    """What was given before it is not asked about."""
    query = ask("FVC dropped 12% on azathioprine in MCTD-ILD, what next?")
    assert query.facets[0] is Facet.PROGRESSION
    assert not query.drugs


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("How was rituximab given in EVER-ILD and how in DESIRES?", Facet.DOSING),
        ("How is rituximab given in RA-ILD?", Facet.DOSING),
        ("How often does MCTD turn into SSc?", Facet.PROGRESSION),
        ("How often does MCTD evolve into SSc?", Facet.PROGRESSION),
        ("How many MCTD patients convert to SSc?", Facet.PROGRESSION),
        ("How many HRCTs in the first year of SSc-ILD?", Facet.MONITORING),
        ("How many cases of ILD after abatacept have been reported before?", Facet.EPIDEMIOLOGY),
    ],
)
def test_what_is_asked_in_other_words(question: str, facet: Facet) -> None:
    """How a drug is given, how one disease becomes another, how many tests a year, how many cases."""
    assert facet in ask(question).facets


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("What harms of treatment are reported in CTD-ILD?", {Facet.SAFETY}),
        ("What are the side effects of the drugs given in gout?", {Facet.SAFETY}),
        ("Treatment-related toxicity in RA-ILD", {Facet.SAFETY}),
        ("What outcomes of treatment are reported in SSc-ILD?", {Facet.OUTCOME}),
        ("Treatment outcomes in MCTD-ILD", {Facet.OUTCOME}),
        ("What are the results of first-line treatment in psoriasis?", {Facet.OUTCOME}),
        # How to treat is asked for, too.
        ("Treatment and outcomes of RA-ILD", {Facet.TREATMENT, Facet.OUTCOME}),
        ("How is SSc-ILD treated, and what are the outcomes of treatment?", {Facet.TREATMENT, Facet.OUTCOME}),
        ("Which treatment has the best outcomes in SSc-ILD?", {Facet.TREATMENT, Facet.OUTCOME}),
        ("What is the risk of treatment failure in myositis ILD?", {Facet.PROGRESSION}),
    ],
)
def test_what_treatment_did_is_no_question_on_how_to_treat(question: str, facets: set[Facet]) -> None:
    """Harms and outcomes are of the treatment, which is not asked for by being named."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("I have scleroderma and I am short of breath. What tests do I need and how often?", {Facet.SCREENING, Facet.MONITORING}),
        ("Which tests and how often in RA-ILD?", {Facet.MONITORING}),
        ("What scans do I need for my asthma, and at what intervals?", {Facet.SCREENING, Facet.MONITORING}),
        ("Which tests are diagnostic of gout, and how often should I have them?", {Facet.DIAGNOSIS, Facet.MONITORING}),
        # What is counted is no test.
        ("Which tests show ILD and how often is ILD found in RA?", {Facet.EPIDEMIOLOGY, Facet.OUTCOME}),
        ("How often does ILD occur in RA?", {Facet.EPIDEMIOLOGY}),
    ],
)
def test_how_often_to_test_asks_for_monitoring(question: str, facets: set[Facet]) -> None:
    """So it is where no test is named, and a test to follow is none to make a diagnosis with."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "situation"),
    [
        ("Which tests are a waste of time for following rheumatic ILD?", "against"),
        ("Is a chest X-ray pointless for ILD screening in RA?", "against"),
        ("Which tests are recommended to follow SSc-ILD?", ""),
        ("Which tests look for ILD in SSc and which are not worth doing?", ""),
        ("Is it a waste of time to ask who is at risk of ILD in SSc?", ""),
    ],
)
def test_tests_not_worth_doing_are_asked_against(question: str, situation: str) -> None:
    """What is a waste of time is answered by advice against it."""
    assert situation_asked(question, ask(question).facets, ask(question).drugs) == situation


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Is it any good? how did it compare with ciclosporin and is it advised", "Is it any good? how did it compare with ciclosporin and is it advised"),
        ("UIP or NSIP? and does UIP get worse more often", "UIP or NSIP? and does UIP get worse more often"),
        ("Is it 6% or 41%? why the gap", "Is it 6% or 41%?"),
        ("What is advised? She is on prednisone", "What is advised?"),
        ("What is advised? What she takes is prednisone.", "What is advised?"),
    ],
)
def test_a_last_question_asks_without_its_mark(text: str, asks: str) -> None:
    """By its form, where it has no mark at all; a mere tail, or what is told, asks nothing."""
    assert asking_part(text) == asks
    assert " ".join(sentences_asking(text)) == asks


@pytest.mark.parametrize(
    "question",
    [
        "Which CT pattern is most frequent in RA-ILD, and does it matter for progression?",
        "What is the commonest radiological pattern of lung fibrosis in rheumatoid arthritis, and does having it predict worsening?",
        "What is the most common CT pattern in RA-ILD, and does it get worse faster?",
    ],
)
def test_a_strong_cue_of_one_piece_leaves_no_other_unread(question: str) -> None:
    """What is counted is asked beside what bears on the course; a piece that names nothing asks with the one before it."""
    assert set(ask(question).facets) == {Facet.EPIDEMIOLOGY, Facet.RISK_FACTOR, Facet.PROGRESSION}
    assert Facet.DIAGNOSIS not in ask("Does mechanic's hands put a patient with DM at risk of ILD, and what test would you do?").facets


@pytest.mark.parametrize(
    "question",
    ["SSc-ILD with FVC falling on mycophenolate: what next, and is transplant referral an option?", "SSc-ILD despite MMF. Refer for transplantation?"],
)
def test_a_bare_transplant_is_of_any_kind(question: str) -> None:
    """It stands for the lung and for stem cells alike, and what the measure fell on is given already."""
    assert ask(question).drugs == ("transplantation",)
    assert set(LEXICON.members_of("transplantation")) == {"lung transplantation", "HSCT"}


def test_what_a_disease_turns_into_is_not_whom_it_is_about() -> None:
    """The disease that it may become is its course."""
    assert ask("Are there signs that show if MCTD will change into lupus or scleroderma?").populations == ("MCTD",)
    assert ask("Can UCTD develop into SSc?").populations == ("UCTD",)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        # A measured value, or its course, tells a case.
        ("Anti-MDA5 DM, ferritin 1800 ng/mL, worse despite treatment: what became of such patients?", "what became of such patients?"),
        ("SSc-ILD with FVC falling on mycophenolate: what next?", "what next?"),
        # A subject does not.
        ("Nintedanib in SSc-ILD: what is the dose?", "Nintedanib in SSc-ILD: what is the dose?"),
        ("IPAF serologic domain: what titre counts?", "IPAF serologic domain: what titre counts?"),
    ],
)
def test_a_case_before_a_colon_asks_nothing(text: str, asks: str) -> None:
    """It is told as if it were a sentence of its own."""
    assert asking_part(text) == asks


def test_a_procedure_stays_beside_one_of_its_kinds_in_a_choice() -> None:
    """Of "lungs or stem cells" one alone has the name of a treatment."""
    assert "transplantation" in ask("Progressing SSc-ILD: is transplant referral mentioned - lungs or stem cell transplantation?").drugs
    assert ask("Deaths with stem cell transplantation in SSc: does a transplant help?").drugs == ("HSCT",)


@pytest.mark.parametrize(
    ("question", "drugs", "facets", "outcomes"),
    [
        ("RA on methotrexate and adalimumab, new dyspnoea, HRCT shows UIP with 15% extent, FVC 72%. What now?", (), (Facet.TREATMENT,), ()),
        ("SSc-ILD, FVC 60%. What now?", (), (Facet.TREATMENT,), ()),
        ("MCTD-ILD on azathioprine, dysphagia. Any advice?", (), (Facet.TREATMENT,), ()),
        ("SSc-ILD on mycophenolate, FVC 62% and falling", (), (Facet.PROGRESSION,), ()),
        ("SSc-ILD on mycophenolate, FVC 62% and falling. Thoughts?", (), (Facet.PROGRESSION,), ()),
        # What was found other than the lung disease may be what is to be treated; harm done by a treatment is asked about it.
        ("SSc-ILD on nintedanib has diarrhoea. What now?", ("nintedanib",), (Facet.SAFETY,), ()),
        # A treatment that is weighed is asked about, wherever it stands.
        ("Considering rituximab for RA-ILD. Thoughts?", ("rituximab",), (Facet.TREATMENT,), ()),
        ("RA-ILD on methotrexate. I might give rituximab. What should I do?", ("rituximab",), (Facet.TREATMENT,), ()),
        # A measure that no case has is asked about.
        ("Nintedanib SSc-ILD FVC 52 weeks", ("nintedanib",), (Facet.OUTCOME,), ("lung function",)),
        ("Does nintedanib slow FVC decline at FVC 60%?", ("nintedanib",), (Facet.OUTCOME,), ("lung function",)),
    ],
)
def test_what_to_do_is_asked_behind_a_case(question: str, drugs: tuple[str, ...], facets: tuple[Facet, ...], outcomes: tuple[str, ...]) -> None:
    """A bare "What now?" asks for treatment: what the case is on, and what was measured, only tell how it is."""
    query = ask(question)
    assert (query.drugs, query.facets) == (drugs, facets)
    assert outcomes_asked(query.interpreted, query.facets, LEXICON) == outcomes


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("Will the scarring in SSc-ILD get worse and can anything stop it?", {Facet.TREATMENT, Facet.PROGNOSIS}),
        ("Will my MCTD lung disease get worse?", {Facet.PROGNOSIS, Facet.PROGRESSION}),
        ("Is RA-ILD bound to progress?", {Facet.PROGNOSIS, Facet.PROGRESSION}),
        ("Does RA-ILD always progress, and which drugs slow it?", {Facet.PROGNOSIS, Facet.TREATMENT, Facet.OUTCOME}),
        ("Can anything stop RA-ILD?", {Facet.TREATMENT}),
        ("Can RA-ILD be slowed down?", {Facet.TREATMENT}),
        ("When can mycophenolate be stopped in SSc-ILD?", {Facet.TREATMENT, Facet.OUTCOME}),
        # Told of a case, or of a treatment that failed, worsening is the situation.
        ("My SSc-ILD is getting worse. Will it progress further?", {Facet.PROGRESSION}),
        ("Will SSc-ILD get worse despite mycophenolate?", {Facet.PROGRESSION}),
        ("SSc-ILD is getting worse. Can anything stop it?", {Facet.PROGRESSION, Facet.TREATMENT}),
    ],
)
def test_a_course_that_is_feared_is_no_failure_of_treatment(question: str, facets: set[Facet]) -> None:
    """Who asks whether a disease will get worse asks for its outlook, and not for what follows a treatment that nobody gave."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "facets", "outcomes"),
    [
        ("My father gets a rash from nintedanib for RA-ILD. How common is that?", {Facet.SAFETY}, ("rash",)),
        ("Nintedanib gives her diarrhoea. How many people get this, and can the dose be lowered?", {Facet.SAFETY, Facet.DOSING}, ("diarrhoea",)),
        # Another thing counted, or a disease.
        ("Nintedanib gives her diarrhoea. How common is ILD in RA?", {Facet.EPIDEMIOLOGY}, ("frequency",)),
        ("My father has RA and a rash. How common is that?", {Facet.EPIDEMIOLOGY}, ("frequency",)),
    ],
)
def test_a_harm_told_is_what_is_counted_behind_it(question: str, facets: set[Facet], outcomes: tuple[str, ...]) -> None:
    """To ask "How common is that?" behind a harm of a drug asks about the harm, and not about the disease."""
    query = ask(question)
    assert (set(query.facets), outcomes_asked(query.interpreted, query.facets, LEXICON)) == (facets, outcomes)


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("MCTD: PH prevalence + deaths from it", {Facet.EPIDEMIOLOGY, Facet.PROGNOSIS}),
        ("MCTD: frequency of pulmonary hypertension and its share in mortality", {Facet.EPIDEMIOLOGY, Facet.PROGNOSIS}),
        ("How common is pulmonary hypertension in MCTD, and how many patients die of it?", {Facet.EPIDEMIOLOGY, Facet.PROGNOSIS}),
        ("How many patients with MCTD die of pulmonary hypertension?", {Facet.PROGNOSIS}),
    ],
)
def test_how_often_is_asked_beside_how_many_die(question: str, facets: set[Facet]) -> None:
    """A list asks for each of its members, an outcome they are asked of standing between; a piece brings back no weak cue that it holds itself."""
    assert set(ask(question).facets) == facets


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("Steroids in SSc-ILD? Max dose, why", {Facet.TREATMENT, Facet.DOSING}),
        ("Steroids in SSc-ILD: max dose", {Facet.DOSING}),
        ("Prednisone for RA-ILD: allowed? Dose ceiling?", {Facet.TREATMENT, Facet.DOSING}),
        ("MTX and lung fibrosis in RA: causal?", {Facet.RISK_FACTOR}),
        ("Which initial immunosuppressive combination is advised for ILD in MCTD?", {Facet.TREATMENT}),
        # Asked by any word, an approval is an outcome slot.
        ("Tocilizumab in SSc-ILD: effect on FVC, and is it approved for it?", {Facet.OUTCOME}),
    ],
)
def test_whether_to_give_is_asked_by_a_bare_name_and_not_by_its_approval(question: str, facets: set[Facet]) -> None:
    """A treatment in a disease and a question mark ask whether to give it, whatever trails behind."""
    assert set(ask(question).facets) == facets


def test_the_outset_of_a_disease_is_no_start_of_treatment() -> None:
    """Who will get worse is asked of the disease, and of no situation of treatment."""
    assert situation_asked("What tells at the outset that it will progress?", (Facet.RISK_FACTOR, Facet.PROGRESSION)) == ""
    assert situation_asked("What to give at the outset?", (Facet.TREATMENT,)) == "first-line"


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("My husband has RA-ILD and wants to fly on holiday. Can he, and must he take oxygen?", ("travel",)),
        ("She has SSc-ILD and would like to drink alcohol. May she?", ("alcohol",)),
        ("She flies a lot and has SSc-ILD. Can she take nintedanib?", ()),
        ("She wants to fly. What is the dose of nintedanib in SSc-ILD?", ()),
        ("She wants to fly. Can she take nintedanib in SSc-ILD?", ()),
    ],
)
def test_what_somebody_means_to_do_is_asked_about(question: str, outcomes: tuple[str, ...]) -> None:
    """A bare "Can he?" asks about the wish told before it, for which evidence must be there by name."""
    query = ask(question)
    assert outcomes_asked(query.interpreted, query.facets, LEXICON) == outcomes


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("IIM-ILD with rising oxygen need: what treatment?", {Facet.TREATMENT, Facet.RAPIDLY_PROGRESSIVE}),
        ("Dermatomyositis, increasing O2 requirement over 3 weeks. What should be started?", {Facet.TREATMENT, Facet.RAPIDLY_PROGRESSIVE}),
        ("RA-ILD needing more oxygen every day - what should I give?", {Facet.TREATMENT, Facet.RAPIDLY_PROGRESSIVE}),
        ("SSc-ILD on mycophenolate with increasing oxygen requirement over the last year. What next?", {Facet.TREATMENT, Facet.PROGRESSION}),
        ("RA-ILD worsens despite rituximab, what now?", {Facet.TREATMENT, Facet.PROGRESSION}),
        ("Sjögren ILD failed azathioprine. Next?", {Facet.TREATMENT, Facet.PROGRESSION}),
    ],
)
def test_a_case_that_gets_worse_asks_what_to_do(question: str, facets: set[Facet]) -> None:
    """A need for oxygen that rises is the course of the disease and no treatment asked about; "next?" asks for one, and not for the one that failed.

    A need that has risen for a year is progression.
    """
    read = ask(question)

    assert set(read.facets) == facets
    assert read.drugs == ()
