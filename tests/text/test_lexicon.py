"""The lexicon finds names in texts, knows how they relate, and reads facets; the shipped data files are held to their own rules."""

from pathlib import Path

import pytest

from ragqa.errors import LexiconInvalid
from ragqa.text.lexicon import Lexicon, load_lexicon
from ragqa.types import DocumentKind, Facet, Tier

LEXICON = load_lexicon()


def populations(text: str) -> list[str]:
    """Return the diseases a text mentions."""
    return [mention.name for mention in LEXICON.populations_in(text)]


def interventions(text: str) -> list[str]:
    """Return the treatments a text mentions."""
    return [mention.name for mention in LEXICON.interventions_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mixed connective tissue disease", ["MCTD"]),
        ("Sjögren's syndrome and sjogren disease", ["SjD", "SjD"]),
        ("immune-mediated necrotizing myopathies", ["IMNM"]),
        ("RA and ra-ild, but not Ra or rare", ["RA", "RA", "ILD"]),
        ("AS a result at 5 pm, dm", []),
        ("DM-ILD and dm-ild", ["DM", "ILD", "DM", "ILD"]),
        ("idiopathic pulmonary fibrosis", ["IPF"]),
        ("positive rheumatoid factor after scleroderma renal crisis", []),
        ("usual interstitial pneumonia pattern in pulmonary arterial hypertension", []),
    ],
)
def test_diseases_are_found_longest_first_with_case_rules(text: str, expected: list[str]) -> None:
    """Long names win over short ones, spelling is folded, and short forms that are words need their capitals."""
    assert populations(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MMF (CellCept)", ["mycophenolate", "mycophenolate"]),
        ("Janus kinase (JAK) inhibitors", ["JAK inhibitor"]),
        ("cyclosporine A or ciclosporin", ["ciclosporin", "ciclosporin"]),
        ("haematopoietic or hematopoietic stem cell transplantation", ["HSCT"]),
        ("secukinumab, dasatinib and metformin", ["secukinumab", "dasatinib", "metformin"]),
        ("HRCT and placebo", []),
    ],
)
def test_treatments_are_found_under_every_name(text: str, expected: list[str]) -> None:
    """Synonyms, brands and short forms give the non-proprietary name; tests and placebo are no treatment."""
    assert interventions(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("immune globulin infusions or IVIg", ["IVIG", "IVIG"]),
        ("immunoglobulin levels", []),
        ("a bone marrow type transplant, a stem cell, AHSCT", ["HSCT", "HSCT", "HSCT"]),
        ("JAKis, JAK blockers and jakinibs", ["JAK inhibitor", "JAK inhibitor", "JAK inhibitor"]),
        ("TNF blockade, anti-TNFs", ["TNF inhibitor", "TNF inhibitor"]),
        ("IL-6 blockade or an IL6 inhibitor", ["anti-IL-6", "anti-IL-6"]),
        ("anti-fibrotics, antifibrotic agents", ["antifibrotic", "antifibrotic"]),
        ("CNIs and calcineurin blockers", ["calcineurin inhibitor", "calcineurin inhibitor"]),
        ("steroid pulse, IV steroids, OCS", ["glucocorticoid", "glucocorticoid", "glucocorticoid"]),
        ("PJP cover with Septrin", ["Pneumocystis prophylaxis", "cotrimoxazole"]),
        ("CellCept, Imuran, Ofev, Esbriet, Advagraf", ["mycophenolate", "azathioprine", "nintedanib", "pirfenidone", "tacrolimus"]),
    ],
)
def test_words_of_the_clinic_name_treatments(text: str, expected: list[str]) -> None:
    """Short forms, plurals, hyphens, brands, and classes by what they block."""
    assert interventions(text) == expected


def test_glucocorticoids_are_spoken_of_by_their_class() -> None:
    """Sources advise on the class; one that is inhaled goes by its own name."""
    spoken = {name: LEXICON.spoken_of_as(name) for name in ("prednisone", "methylprednisolone", "hydrocortisone", "budesonide")}

    assert spoken == {"prednisone": "glucocorticoid", "methylprednisolone": "glucocorticoid", "hydrocortisone": "glucocorticoid", "budesonide": None}


def test_a_treatment_in_a_disease_is_no_trial() -> None:
    """The long name of a trial needs its word for a trial."""
    assert LEXICON.trials_in("after rituximab in myositis") == []
    assert [mention.name for mention in LEXICON.trials_in("the Rituximab in Myositis trial")] == ["RIM"]


def test_positions_slice_the_text() -> None:
    """A mention's range is the phrase as written."""
    text = "In SSc, tocilizumab helped."
    mention = LEXICON.interventions_in(text)[0]

    assert text[mention.start : mention.end] == "tocilizumab"


@pytest.mark.parametrize(
    ("asked", "found", "tier"),
    [
        (("MCTD",), ("MCTD", "SSc"), Tier.EXACT),
        (("MCTD",), ("CTD",), Tier.BROADER),
        (("MCTD",), ("ILD",), Tier.BROADER),
        (("MCTD",), ("PPF",), Tier.BROADER),
        (("PPF",), ("MCTD",), Tier.SIBLING),
        (("CTD",), ("SSc",), Tier.CHILD),
        (("IIM",), ("anti-MDA5 DM",), Tier.CHILD),
        (("anti-MDA5 DM",), ("IIM",), Tier.BROADER),
        (("MCTD",), ("SSc",), Tier.SIBLING),
        (("MCTD",), ("IPF",), Tier.SIBLING),
        (("MCTD",), ("gout",), Tier.UNRELATED),
        (("MCTD",), ("ANCA vasculitis",), Tier.UNRELATED),
        (("MCTD",), (), Tier.UNRELATED),
        ((), ("SSc",), Tier.EXACT),
        # Sources use the names of these two groups for one another.
        (("SARD",), ("CTD",), Tier.EXACT),
        (("CTD",), ("SARD",), Tier.EXACT),
        (("SARD",), ("MCTD",), Tier.CHILD),
    ],
)
def test_relation_of_populations(asked: tuple[str, ...], found: tuple[str, ...], tier: Tier) -> None:
    """The closest pair decides: exact, broader, child, sibling, unrelated."""
    assert LEXICON.relation(asked, found) is tier


def test_classes_and_members_of_treatments() -> None:
    """Rituximab is an anti-CD20 and a biologic, and one of the members of both."""
    assert LEXICON.classes_of("rituximab")[0] == "anti-CD20"
    assert "biologic" in LEXICON.classes_of("rituximab")
    assert "rituximab" in LEXICON.members_of("biologic")


@pytest.mark.parametrize(
    ("text", "is_dose"),
    [
        ("mycophenolate 1500 mg twice daily", True),
        ("600 mg/m2 every 4 weeks", True),
        ("0.5-1 mg/kg/day", True),
        ("2-3 g/day orally", True),
        ("FVC fell by 75.9 mL/year", False),
        ("CRP of 12 mg/L and glucose 100 mg/dL", False),
        ("every 3 to 6 months", False),
    ],
)
def test_doses_are_masses_and_no_concentrations(text: str, is_dose: bool) -> None:
    """A dose has a number and a unit of mass; volumes, rates and concentrations are none."""
    assert LEXICON.is_unit_dose(text) is is_dose


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What are the adverse effects of nintedanib?", (Facet.SAFETY,)),
        ("How often should PFTs be repeated?", (Facet.MONITORING,)),
        ("Which patients should be screened?", (Facet.SCREENING,)),
        ("What are the risk factors for progression?", (Facet.RISK_FACTOR, Facet.PROGRESSION)),
        ("How common is ILD in MCTD?", (Facet.EPIDEMIOLOGY,)),
        ("What can be done about scleroderma lung disease?", (Facet.TREATMENT,)),
        ("Is rituximab effective?", (Facet.OUTCOME,)),
        ("Five-year survival?", (Facet.PROGNOSIS,)),
        ("What dose of rituximab?", (Facet.DOSING,)),
    ],
)
def test_facets_of_questions(question: str, expected: tuple[Facet, ...]) -> None:
    """The strongest cue comes first, and "adverse effect" asks for safety alone."""
    assert LEXICON.facets_of_question(question) == expected


def test_headings_decide_the_facet_of_a_sentence() -> None:
    """A heading outweighs every word: under "Treatment" a survival figure is on treatment first, and its own cue second."""
    facets = LEXICON.facets_of_sentence("Survival was 89%.", ("Recommendations", "Treatment of SSc-ILD"))

    assert facets[0] == (Facet.TREATMENT, 0.95)
    assert dict(facets)[Facet.PROGNOSIS] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("sentence", "heading", "is_finding"),
    [
        ("Lung function improved with the tablet.", "Efficacy", True),
        ("In 12% of the patients the sores had closed.", "Results", True),
        ("Sera were kept at minus 80 degrees in the same freezer.", "Results", False),
        ("Of 90 people asked, 41 were randomly assigned to the tablet.", "Findings", False),
        ("Baseline characteristics were alike in the arms.", "Results", False),
    ],
)
def test_a_rubric_strengthens_only_what_a_sentence_says_itself(sentence: str, heading: str, is_finding: bool) -> None:
    """Findings stand under "Results", and so do patient flow, baseline figures and assays: those are no outcome in the first place."""
    facets = LEXICON.facets_of_sentence(sentence, (heading,))

    assert (dict(facets)[Facet.OUTCOME] >= 0.8) == is_finding
    assert (facets[0][0] is Facet.OUTCOME) == is_finding or dict(facets)[Facet.OUTCOME] < 0.4


@pytest.mark.parametrize("headings", [("Methods", "Efficacy outcomes"), ("Patients and methods", "Safety"), ("Outcome measures",)])
def test_under_methods_everything_is_design(headings: tuple[str, ...]) -> None:
    """An inner title that names a finding does not lift what stands under methods; a dose stays one."""
    facets = dict(LEXICON.facets_of_sentence("Improvement and adverse events were rated at each visit.", headings))

    assert facets.pop(Facet.DESIGN) == 0.95
    assert max(facets.values()) <= 0.3
    assert dict(LEXICON.facets_of_sentence("Rituximab was given at a dose of 1000 mg.", headings))[Facet.DOSING] > 0.8


@pytest.mark.parametrize(
    "text",
    [
        "The phase II study examined the efficacy and safety of rituximab in SSc.",
        "We evaluated the response to rituximab in early disease.",
        "The trial was designed to test whether rituximab improves survival.",
        "Quality of life will be measured at week 24.",
        "To assess the efficacy of rituximab, visits took place every month.",
        "Efficacy was assessed by the same observer at each visit.",
        "Higher scores indicate worse quality of life.",
        # What an endpoint was, and what an aim looks for, may hold the words of a result.
        "Primary endpoint was low disease activity at week 12; secondary endpoints included remission, response and safety.",
        "The co-primary endpoints were 20% or greater improvement of the skin score and the change of FVC.",
        "Secondary endpoints included 75% and 90% reduction of the skin score.",
        "To further test whether scores are independent predictors of relapse, we set up a logistic model.",
        "All infections were reviewed by an independent committee.",
        "The effect of rituximab on the skin score is presented here.",
    ],
)
def test_an_aim_or_a_measurement_is_design(text: str) -> None:
    """What was to be found out is not what was found."""
    facets = LEXICON.facets_of_sentence(text, ("Results",))

    assert facets[0][0] is Facet.DESIGN
    assert dict(facets).get(Facet.OUTCOME, 0.0) <= 0.3


@pytest.mark.parametrize(
    "text",
    [
        "We compared both arms and found no difference in survival.",
        "The trial examined rituximab and showed a slower decline of FVC.",
        "Response was assessed at week 24 and achieved by 40% with rituximab.",
        "To test whether rituximab helps, 40 patients were treated, of whom 35% responded.",
        "The primary endpoint was met: survival was better with rituximab.",
        "The primary endpoint was significantly improved by rituximab.",
        "The primary endpoint was reached by more patients on rituximab (p = 0.01).",
    ],
)
def test_an_aim_that_tells_its_result_is_that_result(text: str) -> None:
    """The form of a result beside it decides."""
    assert dict(LEXICON.facets_of_sentence(text, ("Results",)))[Facet.OUTCOME] >= 0.8


@pytest.mark.parametrize(
    "text",
    [
        "Further work is needed to identify and minimise the adverse effects of rituximab.",
        "Larger clinical trials of rituximab may provide more definitive data on its safety and efficacy.",
        "Because so few were treated, larger trials are needed to confirm the response.",
    ],
)
def test_what_is_still_to_be_done_is_a_gap(text: str) -> None:
    """Whatever it is to find out: harms and effects named there were not found."""
    assert LEXICON.facets_of_sentence(text)[0][0] is Facet.EVIDENCE_GAP


def test_a_result_that_asks_for_more_studies_is_that_result() -> None:
    """Only a sentence that opens with what is still to be done is about that."""
    assert LEXICON.facets_of_sentence("Rituximab improved survival by 5%, and further trials are needed.", ("Results",))[0][0] is Facet.OUTCOME


@pytest.mark.parametrize(
    ("text", "facet", "least"),
    [
        # Without a heading that names a facet, and without a cue word.
        ("The extract inhibited the enzyme with an IC50 of 49.8 and presented weak inhibition (21%).", Facet.OUTCOME, 0.5),
        ("The group on the higher dose declined less than the other.", Facet.OUTCOME, 0.5),
        ("Nephrotoxicity was seen in 4 patients.", Facet.SAFETY, 0.7),
        ("Five of 236 patients had antibodies to golimumab at week 24.", Facet.SAFETY, 0.6),
        ("Two patients tested positive for anti-brodalumab-binding antibodies.", Facet.SAFETY, 0.6),
        ("Between 6% and 42% of patients with psoriasis have arthritis.", Facet.EPIDEMIOLOGY, 0.8),
        ("About 30% of adults with SSc develop lung disease.", Facet.EPIDEMIOLOGY, 0.8),
    ],
)
def test_the_form_of_a_result_is_read_without_a_heading(text: str, facet: Facet, least: float) -> None:
    """An abstract in one piece has none; what an antibody against a treatment is, its form tells."""
    assert dict(LEXICON.facets_of_sentence(text))[facet] >= least


@pytest.mark.parametrize("text", ["It should be noted that the sample was small.", "This may be similar in other groups.", "Cells bind to the matrix."])
def test_what_is_weighed_is_no_result(text: str) -> None:
    """Only what was found is."""
    assert Facet.OUTCOME not in dict(LEXICON.facets_of_sentence(text))


def test_what_is_toxic_to_cells_is_no_harm_to_patients() -> None:
    """It is how something works."""
    assert Facet.SAFETY not in dict(LEXICON.facets_of_sentence("It does not induce cytotoxicity."))


def test_nothing_in_a_protocol_is_a_result() -> None:
    """All but its background is about the design of the study to come."""
    facets = dict(LEXICON.facets_of_sentence("Rituximab improves survival.", ("Discussion",), is_planned=True))

    assert facets[Facet.DESIGN] == 0.95
    assert facets[Facet.OUTCOME] <= 0.3
    assert Facet.DESIGN not in dict(LEXICON.facets_of_sentence("Rituximab improves survival.", ("Introduction",), is_planned=True))


@pytest.mark.parametrize(
    ("text", "facet", "below"),
    [
        ("There was no evidence of a clinical response to rituximab.", Facet.OUTCOME, Facet.EVIDENCE_GAP),
        ("There was no difference in the skin score between the arms.", Facet.OUTCOME, Facet.EVIDENCE_GAP),
        ("The incidence of serious infections was 3% with rituximab.", Facet.SAFETY, Facet.EPIDEMIOLOGY),
        ("AEs were reported by 70% of those on placebo and 77% of those on rituximab.", Facet.SAFETY, Facet.OUTCOME),
        ("Patients failing two tablets had a response to rituximab.", Facet.OUTCOME, Facet.PROGRESSION),
    ],
)
def test_a_result_is_read_for_what_it_tells(text: str, facet: Facet, below: Facet) -> None:
    """No effect is a result and no gap, a harm no frequency nor what "Results" says, and whom a drug had failed is no course of disease."""
    weights = dict(LEXICON.facets_of_sentence(text, ("Results",)))

    assert weights[facet] > weights.get(below, 0.0)


def test_agreeing_cues_add_up() -> None:
    """Two cues of one facet weigh 1 - (1 - a)(1 - b): adverse events .9 and leukopenia .8 give .98, kept below headings at .94."""
    facets = dict(LEXICON.facets_of_sentence("Adverse events included leukopenia."))

    assert facets[Facet.SAFETY] == pytest.approx(0.94)


@pytest.mark.parametrize(
    "text",
    [
        "Male sex was associated with progression of ILD.",
        "Male sex was independently associated with progression of ILD.",
        "Older age went with progression (OR 2.3, 95% CI 1.1-4.0).",
        "Older age had an aHR of 1.5 for death.",
    ],
)
def test_what_a_feature_went_with_is_a_risk_factor(text: str) -> None:
    """In figures or in words, one feature or several."""
    assert dict(LEXICON.facets_of_sentence(text)).get(Facet.RISK_FACTOR, 0.0) >= 0.4


@pytest.mark.parametrize(
    ("sentence", "least", "most"),
    [
        ("FVC % predicted changed by -0.1 with the drug and by -6.3 with placebo.", 0.0, 0.3),
        ("Progression is an annual FVC decline of at least 5% predicted.", 0.0, 0.3),
        ("A DLCO of 46.2 percent of predicted was the mean at entry.", 0.0, 0.3),
        ("Anti-RNP predicted FVC decline.", 0.8, 1.0),
    ],
)
def test_a_share_of_the_predicted_value_predicts_nothing(sentence: str, least: float, most: float) -> None:
    """A value of "62% predicted" measures lung function; what predicted an event is a risk factor."""
    assert least <= dict(LEXICON.facets_of_sentence(sentence)).get(Facet.RISK_FACTOR, 0.0) <= most


def test_what_a_treatment_went_with_is_its_result() -> None:
    """A ratio for a treatment tells of no feature of the patients."""
    assert Facet.RISK_FACTOR not in dict(LEXICON.facets_of_sentence("Rituximab was associated with fewer deaths (HR 0.5)."))


def test_outcome_words_inside_names_are_no_outcomes() -> None:
    """The "arthritis" of rheumatoid arthritis asks for no joint outcome."""
    assert [mention.name for mention in LEXICON.outcomes_in("quality of life in rheumatoid arthritis")] == ["quality of life"]


def test_a_document_may_define_its_own_short_forms() -> None:
    """Where a paper writes "right atrium (RA)", RA is no disease in it; where it writes "systemic sclerosis (SS)", SS is one."""
    own = LEXICON.with_abbreviations([("RA", "right atrium"), ("SS", "systemic sclerosis"), ("MMF", "mycophenolate mofetil")])

    assert [mention.name for mention in own.populations_in("RA was enlarged in SS")] == ["SSc"]
    assert [mention.name for mention in own.interventions_in("MMF")] == ["mycophenolate"]


def test_every_name_of_the_files_is_found_as_itself() -> None:
    """No synonym of one entry is taken by another one: what the files list is what a text gives."""
    for table, entries in (
        (LEXICON.disease_table, LEXICON.data["populations"]["diseases"]),
        (LEXICON.intervention_table, LEXICON.data["interventions"]["interventions"]),
    ):
        for name in entries:
            for phrase in LEXICON.synonyms(name):
                assert [match.value for match in table.find(phrase)][:1] == [name], phrase


def test_files_name_only_what_exists() -> None:
    """Facets, designs, parents, classes and the populations of trials are names that the other parts know."""
    data = LEXICON.data
    diseases = {*data["populations"]["diseases"], *data["populations"]["other"]}
    treatments = data["interventions"]["interventions"]

    others = ("treatment_nouns", "question_masks", "question_forms", "sentence_masks", "sentence_forms", "method_forms")
    assert {Facet(name) for name in data["facets"] if name not in others} == set(Facet)
    assert {DocumentKind(name) for name in data["designs"]} <= set(DocumentKind)
    assert all(parent in diseases for entry in data["populations"]["diseases"].values() for parent in (*entry.get("parents", ()), *entry.get("includes", ())))
    assert all(drug_class in treatments for entry in treatments.values() for drug_class in entry.get("classes", ()))
    assert all(name in diseases for trial in data["trials"]["trials"] for name in LEXICON.trial_populations(trial))
    assert all(
        0 < weight <= 1 for name, entry in data["facets"].items() if name not in others for part in ("sentence", "question") for weight in entry[part].values()
    )


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """An edited file that is no YAML is reported with its path."""
    (tmp_path / "populations.yaml").write_text("diseases: [", encoding="utf-8")

    with pytest.raises(LexiconInvalid, match=r"populations\.yaml"):
        load_lexicon(tmp_path)


def test_another_folder_gives_another_field(tmp_path: Path) -> None:
    """The code knows no disease: with edited files another one is found."""
    source = Path(__file__).resolve().parents[2] / "src" / "ragqa" / "text" / "data"
    for path in source.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("  gout: [gout,", "  gout: [podagra, gout,"), encoding="utf-8")

    edited: Lexicon = load_lexicon(tmp_path)

    assert [mention.name for mention in edited.populations_in("podagra")] == ["gout"]
    assert populations("podagra") == []


@pytest.mark.parametrize(
    ("sentence", "facet"),
    [
        ("Ever smoking was independently associated with ILD.", Facet.RISK_FACTOR),
        ("Elevated CRP was associated with baseline ILD.", Facet.RISK_FACTOR),
        ("Remission was defined as a score of 0.", Facet.DEFINITION),
        ("UIP is the most prevalent pattern of RA-ILD.", Facet.DIAGNOSIS),
    ],
)
def test_a_fact_says_itself_what_it_is_about(sentence: str, facet: Facet) -> None:
    """Under another heading its own facet still weighs enough to be found by it, from one half on."""
    assert dict(LEXICON.facets_of_sentence(sentence, ("Prognosis",)))[facet] >= 0.5


def test_a_vaccine_that_is_one_of_its_own_is_no_vaccination_in_general() -> None:
    """What no source speaks of must stay to be missed: only the second word of "RSV vaccine" is known."""
    assert [(mention.start, mention.end) for mention in LEXICON.interventions_in("RSV vaccine")] == [(4, 11)]


def test_pulmonary_hypertension_is_another_organ() -> None:
    """The word "pulmonary" in the name of a complication does not name the lung disease."""
    assert not LEXICON.on_manifestation("Warfarin in pulmonary arterial hypertension")
    assert LEXICON.on_other_organ("Warfarin in pulmonary arterial hypertension")
    assert LEXICON.on_manifestation("Pulmonary fibrosis with pulmonary hypertension")


def test_classes_that_advice_uses_for_one_another() -> None:
    """Neither is a kind of the other, and both directions hold."""
    assert LEXICON.kin_of("DMARD") == {"immunosuppressant"}
    assert LEXICON.kin_of("immunosuppressant") == {"DMARD"}
    assert LEXICON.kin_of("rituximab") == frozenset()


def test_one_antibody_has_several_names() -> None:
    """By its antigen, whether with "anti-" or without."""
    assert "topoisomerase" in LEXICON.aliases_of("anti-Scl-70")
    assert LEXICON.aliases_of("anti-XY") == ()


def test_the_topic_in_the_name_of_a_guideline_is_no_facet_of_the_sentence() -> None:
    """A sentence on screening that names "the guideline for the screening and monitoring of ILD" says nothing of monitoring."""
    found = dict(load_lexicon().facets_of_sentence("It has universal HRCT screening, unlike the guideline for the screening and monitoring of ILD."))

    assert Facet.SCREENING in found
    assert Facet.MONITORING not in found


def test_what_a_choice_rests_on_tells_nothing_of_itself() -> None:
    """Side effects that guide a choice are no finding on harms; the same words elsewhere are."""
    weighed = dict(LEXICON.facets_of_sentence("The choice of drug is based on patient risk, side effects and progression.", ()))
    told = dict(LEXICON.facets_of_sentence("Patients of our choice had side effects.", ()))

    assert weighed[Facet.SAFETY] < 0.5
    assert told[Facet.SAFETY] > 0.8


def test_a_group_of_tests_is_held_by_its_members() -> None:
    """Bloods are tests and blood is none; where an antibody is named, the laboratory that found it names no further test."""
    named = [{mention.name for mention in LEXICON.tests_in(text)} for text in ("The bloods are normal.", "Which antibodies in the blood matter?")]
    assert named == [{"blood tests"}, set()]
    assert LEXICON.tests_with_members(frozenset({"blood tests", "HRCT"})) == {"blood tests", "autoantibodies", "biomarkers", "HRCT"}
    assert LEXICON.tests_with_members(frozenset({"blood tests", "autoantibodies"})) == {"autoantibodies"}


def test_what_followed_a_treatment_is_its_result() -> None:
    """Lower odds of worsening on two drugs tell what they did; what went with a feature of people on a drug tells of the feature."""
    on_drug = dict(LEXICON.facets_of_sentence("Combining rituximab with mycophenolate was associated with lower odds of worsening."))
    of_people = dict(LEXICON.facets_of_sentence("In patients on mycophenolate, male sex was associated with higher odds of worsening."))
    assert on_drug[Facet.OUTCOME] >= 0.85
    assert of_people.get(Facet.OUTCOME, 0.0) < 0.5


def test_what_is_told_to_be_safe_is_told_of_safety() -> None:
    """To be safe tells of harms as "adverse events" do."""
    assert dict(LEXICON.facets_of_sentence("Pulmonary rehabilitation is safe in ILD.", ()))[Facet.SAFETY] > 0.7
