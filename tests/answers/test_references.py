"""Sources for reference managers."""

from dataclasses import replace

import pytest

from ragqa.answers.references import JournalPlace, journal_place, to_bibtex, to_csl, to_ris
from tests.answers.samples import SOURCES


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Arthritis Care & Research 2024;76(8):1051-1069", JournalPlace("Arthritis Care & Research", "76", "8", "1051-1069")),
        ("Journal of Autoimmunity 2025;153:103420", JournalPlace("Journal of Autoimmunity", "153", None, "103420")),
        ("J Rheumatol. 2012; 39 (5): 100–8.", JournalPlace("J Rheumatol", "39", "5", "100–8")),
        ("Lancet", JournalPlace("Lancet")),
        ("", JournalPlace(None)),
        (None, JournalPlace(None)),
    ],
)
def test_a_journal_line_comes_apart(line: str | None, place: JournalPlace) -> None:
    """Journal, volume, issue and pages are read from the line of a source; a bare name stays a name."""
    assert journal_place(line) == place


def test_ris_has_one_record_a_source() -> None:
    """A RIS record starts with TY, ends with ER, and has one author a line."""
    records = to_ris(SOURCES).split("ER  - \r\n")

    assert len(records) == len(SOURCES) + 1
    assert records[0].split("\r\n")[:3] == ["TY  - JOUR", "AU  - Müller-Lüdenscheidt, SR", "AU  - Bernstein, EJ"]
    for line in ("T2  - Journal of Examples & Trials", "VL  - 76", "IS  - 8", "SP  - 1051", "EP  - 1069", "DO  - 10.1000/example(2024)1", "AN  - 38973731"):
        assert f"{line}\r\n" in records[0]
    assert "AU  - Example Study Group\r\n" in records[2]


def test_ris_values_stay_on_their_line() -> None:
    """A line break in a title cannot start a field."""
    assert "TI  - a TY - JOUR b\r\n" in to_ris([replace(SOURCES[1], title="a\nTY - JOUR\nb")])


def test_bibtex_is_escaped_and_keys_are_unique() -> None:
    """Characters with a meaning in LaTeX are escaped, a group stays one name, and two works of one author and year have two keys."""
    text = to_bibtex([SOURCES[0], SOURCES[0], SOURCES[2]])

    assert "@article{mullerludenscheidt2024," in text
    assert "@article{mullerludenscheidt2024-2," in text
    assert "journal = {Journal of Examples \\& Trials}" in text
    assert "author = {Müller-Lüdenscheidt, SR and Bernstein, EJ and others}" in text
    assert "pages = {1051--1069}" in text
    assert "author = {{Example Study Group}}" in text
    assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")


def test_csl_names_people_and_groups() -> None:
    """CSL-JSON has family and given names, a literal for a group, and leaves out what is not known."""
    guideline, trial, cohort = to_csl(SOURCES)

    assert guideline["author"] == [{"family": "Müller-Lüdenscheidt", "given": "SR"}, {"family": "Bernstein", "given": "EJ"}]
    assert (guideline["type"], guideline["issued"], guideline["page"]) == ("article-journal", {"date-parts": [[2024]]}, "1051-1069")
    assert cohort["author"] == [{"literal": "Example Study Group"}]
    assert "container-title" not in trial
    assert "DOI" not in trial


def test_a_guideline_without_journal_is_a_report() -> None:
    """Its issuer stands as author and institution."""
    guideline = replace(SOURCES[0], journal=None, authors=())
    assert to_csl([guideline])[0]["type"] == "report"
    assert "AU  - Example Society\r\n" in to_ris([guideline])
    assert "@techreport{example2024," in to_bibtex([guideline])
