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
