"""What looks like a patient's identifier never reaches the records or the log; what is medicine stays."""

from pathlib import Path

import pytest

from ragqa.errors import LexiconInvalid
from ragqa.text.identifiers import load_patterns, screen


@pytest.mark.parametrize(
    ("text", "screened"),
    [
        ("MRN 00482913 on MMF, cough", "MRN [record number] on MMF, cough"),
        ("medical record number: 12-3456-78", "medical record number: [record number]"),
        ("Hospital no. A123456 has ILD", "Hospital no. [record number] has ILD"),
        ("patient ID 7712345", "patient ID [record number]"),
        ("NHS number 943 476 5919", "NHS number [insurance number]"),
        ("SSN 123-45-6789", "SSN [insurance number]"),
        ("her number is 123-45-6789.", "her number is [insurance number]."),
        ("DOB 03/04/1961, short of breath", "DOB [date of birth], short of breath"),
        ("born 4 March 1961", "born [date of birth]"),
        ("date of birth: 1961-03-04", "date of birth: [date of birth]"),
        ("CT on 12.05.2024 showed NSIP", "CT on [date] showed NSIP"),
        ("write to jane.doe@example.org", "write to [e-mail address]"),
        ("call 020 7946 0018 about the result", "call [phone number] about the result"),
        ("phone: +44 20 7946 0018", "phone: [phone number]"),
        ("(555) 010-9999", "[phone number]"),
        ("Mrs Adams has SSc-ILD", "Mrs [name] has SSc-ILD"),
        ("Mr. John O'Neill, 61, on nintedanib", "Mr. [name], 61, on nintedanib"),
        ("my patient named Jane Doe has RA", "my patient named [name] has RA"),
        ("Name: Doe, Jane; RA-ILD", "Name: [name]; RA-ILD"),
        ("mrn no: 1234567, RA", "mrn no: [record number], RA"),
        ("MRN is 1234567", "MRN is [record number]"),
        ("chart # 88271", "chart # [record number]"),
        ("943 476 5919 is on MMF", "[insurance number] is on MMF"),
        ("CHI 0403615919", "CHI [insurance number]"),
        ("NHI ABC1234", "NHI [insurance number]"),
        ("Medicare 1EG4-TE5-MK73", "Medicare [insurance number]"),
        ("DOB: 3 Mar 61 and ILD", "DOB: [date of birth] and ILD"),
        ("d.o.b 04.03.61", "d.o.b [date of birth]"),
        ("DOB 4-Mar-1961", "DOB [date of birth]"),
        ("born on the 4th of March 1961", "born on the [date of birth]"),
        ("geb. 04.03.1961", "geb. [date of birth]"),
        ("admitted on 12 March 2024 with dyspnoea", "admitted on [date] with dyspnoea"),
        ("07700 900123 is her mobile", "[phone number] is her mobile"),
        ("her mobile is 07700900123", "her mobile is [phone number]"),
        ("ring 020 7946 0018", "ring [phone number]"),
        ("555-234-4567", "[phone number]"),
        ("Mr J. Smith has ILD", "Mr [name] has ILD"),
        ("Miss A. Jones, 31", "Miss [name], 31"),
        ("mrs smith has ild", "mrs [name] has ild"),
        ("mr smith has ild", "mr [name] has ild"),
        ("MRS SMITH has ILD", "MRS [name] has ILD"),
        ("Patient: Jane Doe", "Patient: [name]"),
        ("patient John Smith with SSc", "patient [name] with SSc"),
        ("the patient Mary J. Major is short of breath", "the patient [name] is short of breath"),
        ("My patient Mary has SSc", "My patient [name] has SSc"),
        ("PATIENT NAME: JANE DOE", "PATIENT NAME: [name]"),
        ("lives at 12 Acacia Avenue", "lives at [address]"),
        ("Address: 4 The Green, 61 years", "Address: [address], 61 years"),
        ("Lindenstraße 14", "[address]"),
        ("postcode SW1A 1AA", "postcode [address]"),
    ],
)
def test_identifiers_are_replaced(text: str, screened: str) -> None:
    """Each form of identifier leaves a mark in its place and nothing of itself."""
    result = screen(text)
    assert result.text == screened
    assert len(result.found) == 1


@pytest.mark.parametrize(
    "text",
    [
        "mycophenolate 1500 mg twice daily for 24 months",
        "cyclophosphamide 600 mg/m2 every 4 weeks, then 2 g/day",
        "FVC -93.3 vs -52.4 mL/year, P = 0.04, n = 576",
        "NCT01234567 and ISRCTN16474148",
        "10.1056/NEJMoa1903076, PMID 31112379",
        "the 2023 ACR/CHEST guideline, 2024;76(8):1051-1069",
        "What does Distler 2019 say about patients in SENSCIS?",
        "HR 0.438 (95% CI 0.200-0.960)",
        "In patients with Sjögren disease who have ILD, is rituximab useful?",
        "Is patient age a risk factor? Patient Reported Outcomes in SSc",
        "anti-MDA5 titre 1:320, ferritin 1500-2000 ng/mL",
        "DLCO 45 %, 6-minute walk 350-400 m",
        "case 3 of 12; record 5 reports",
        "trial started in March 2019",
        "Mixed connective tissue disease",
        "Miss rate of HRCT, and what do we miss?",
        "MR imaging, MR angiography, mr elastography and MRS of the brain",
        "mRS score 3 and mrs of 2",
        "What is the MS Society view?",
        "10.1016/S2213-2600(20)30330-1, doi:10.1002/art.42861",
        "ACTRN12617000123456, EudraCT 2014-003091-22, UMIN000012345, ChiCTR2000012345",
        "PMID: 12345678, PMC7654321, ISBN 978-3-16-148410-0",
        "Arthritis Rheumatol 2024;76:1182-1200",
        "P = 0.0001234, 95% CI -132.1 to -85.2 mL/year",
        "2 000 000 IU, 100 000 units, 1.5-3 g/day, 600-1000 mg",
        "chi square 12.345678, chi 12.3",
        "cell count 10000000 per litre",
        "call rate 98 percent",
        "policy 2020, insurance coverage 2023, Medicare patients aged 65",
        "Patient Global Assessment is what? The Patient Health Questionnaire has nine items",
        "Patient Acceptable Symptom State was reached",
        "NCCN version 1.2.2023",
        "case series of 12345 patients, chart review of 88 patients",
        "study 1199.214, protocol 1199-0214",
        "CAS 446-86-6",
        "Name three drugs. Name: which drug is best?",
        "born preterm, born in 1961",
        "GAP stage 2, 6 months, 24 weeks, 52 weeks, aged 54",
        "SpO2 88-92 %, 2-4 L/min, HAQ-DI 1.25, KL-6 1200-1500 U/mL",
        "B12 5MG, CD4 8 cells",
    ],
)
def test_medicine_stays(text: str) -> None:
    """Doses, figures, trial numbers, years, citations and names of diseases are no identifiers."""
    assert screen(text) == type(screen(""))(text, ())


def test_screening_twice_changes_nothing(tmp_path: Path) -> None:
    """The marks themselves are no identifiers."""
    once = screen("Mrs Adams, DOB 03/04/1961, MRN 00482913, call 020 7946 0018")
    assert len(once.found) == 4
    assert screen(once.text).text == once.text


def test_a_broken_pattern_is_named(tmp_path: Path) -> None:
    """An edited file that cannot be read says so."""
    path = tmp_path / "identifiers.yaml"
    path.write_text("- mark: x\n  patterns: ['(']\n")
    with pytest.raises(LexiconInvalid, match=r"identifiers\.yaml"):
        load_patterns(path)
