"""What kind a publication is, and its language."""

import pytest

from ragqa.ingest.kinds import detect_kind
from ragqa.ingest.language import detect_language
from ragqa.types import DocumentKind as Kind


@pytest.mark.parametrize(
    ("title", "abstract", "kind"),
    [
        ("2023 Society Guideline for the Treatment of a Disease", "", Kind.GUIDELINE),
        ("Recommendations for the management of a disease: 2022 update", "", Kind.GUIDELINE),
        ("Adherence to guidelines for a disease: a retrospective cohort", "", Kind.COHORT),
        ("A drug and the risk of a disease: a population-based case-control study", "", Kind.CASE_CONTROL),
        ("A drug and the risk of a disease", "In this case-control study, 400 patients were matched.", Kind.CASE_CONTROL),
        ("Drug A in a disease: systematic review of randomised trials", "", Kind.SYSTEMATIC_REVIEW),
        ("Drug A versus drug B: a randomized, double-blind trial", "", Kind.RANDOMISED_TRIAL),
        ("Drug A in a disease: study protocol for a randomised trial", "", Kind.OTHER),
        ("A non-randomised comparison of two drugs", "", Kind.OTHER),
        ("A case report of a rare disease", "", Kind.CASE_REPORT),
        ("Effects of drug A", "Patients (n = 24) were randomised (5:1) to receive drug A.", Kind.RANDOMISED_TRIAL),
        ("Effects of drug A", "Rats were randomly divided into four groups.", Kind.OTHER),
        ("Drug A in a disease", "The aim of this review is to summarise the data.", Kind.NARRATIVE_REVIEW),
        ("A page on a disease", "We conditionally recommend drug A, as the 2023 guideline does.", Kind.OTHER),
        ("A chapter", "Nothing is said of how.", Kind.OTHER),
    ],
)
def test_title_and_abstract_give_the_kind(title: str, abstract: str, kind: Kind) -> None:
    """A guideline is known by its title alone; animals make no trial; a protocol is no result."""
    assert detect_kind(title, abstract)[0] is kind


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The lung function of the patients was measured in the morning and it is shown in the table.", "en"),
        ("La fonction pulmonaire des patients est mesurée dans les deux groupes et les résultats sont dans le tableau.", "fr"),
        ("Die Lungenfunktion der Patienten wurde in den beiden Gruppen mit dem Gerät gemessen und ist in der Tabelle.", "de"),
        ("La función pulmonar de los pacientes se midió en los dos grupos y los datos son del hospital.", "es"),
        ("폐 기능은 두 군에서 측정되었다.", "ko"),
        ("FVC 2.1 %", "en"),
    ],
)
def test_the_commonest_words_give_the_language(text: str, language: str) -> None:
    """Too little text counts as English."""
    assert detect_language(text) == language
