"""Citation marks and what only looks like them."""

import pytest

from ragqa.ingest.assemble import Passage
from ragqa.ingest.citations import bracketed, numbers_of, parenthesised, raised_marks, strip_marks
from ragqa.ingest.mapped import MappedText


def passage(text: str) -> Passage:
    """Return a passage that is the whole of page 1."""
    return Passage(0, MappedText.of_page(1, text))


def strip_raised_text(text: str) -> str:
    """Return a text after its glued superscripts were found and taken out."""
    one = passage(text)
    return strip_marks(one, "superscript", known=raised_marks([one])).text.text


@pytest.mark.parametrize(
    ("mark", "numbers"),
    [("43–48", (43, 44, 45, 46, 47, 48)), ("53-55, 59", (53, 54, 55, 59)), ("9,11,12,39", (9, 11, 12, 39)), ("7", (7,)), ("0", ()), ("12, 7", (12, 7))],
)
def test_ranges_are_expanded(mark: str, numbers: tuple[int, ...]) -> None:
    """Hyphen and dash both mean "to"."""
    assert numbers_of(mark) == numbers


def test_numbers_beyond_the_list_are_no_citation() -> None:
    """With 20 references, "[40-156]" is a range of values."""
    assert strip_marks(passage("after 96 [40-156] months [3]"), "bracket", 20).text.text == "after 96 [40-156] months"


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("It helps [1,2], and lasts [3–5].", "It helps, and lasts."),
        ("as reported in [12].", "as reported in [12]."),
        ("95% CI [12, 45] was wide", "95% CI [12, 45] was wide"),
        ("In 2015 [3,4] it changed", "In 2015 it changed"),
        ("given to [72 pt] and more", "given to [72 pt] and more"),
        ("over lines [53–59,\n122,125] too", "over lines too"),
    ],
)
def test_bracket_marks_go_and_other_brackets_stay(text: str, stripped: str) -> None:
    """A mark that the grammar needs, an interval and a count are words of the sentence."""
    assert strip_marks(passage(text), "bracket").text.text == stripped


def test_glued_superscripts_go_where_a_document_cites_so() -> None:
    """They rise with the text and follow words or brackets; units, biomarkers and names with digits stay."""
    text = (
        "It is rare1. Others agree2,3. In SSc4 it is common (n = 63)5 and severe6-8. The dose was 375 mg/m2 and FEV1 rose. "
        "FEV1 fell later9, 10. CD20 and IL1 were measured. SSc is known. SSc may follow. Keir and colleagues11 saw it (p = 0.08)12."
    )

    assert strip_raised_text(text) == (
        "It is rare. Others agree. In SSc it is common (n = 63) and severe. The dose was 375 mg/m2 and FEV1 rose. "
        "FEV1 fell later. CD20 and IL1 were measured. SSc is known. SSc may follow. Keir and colleagues saw it (p = 0.08)."
    )


def test_a_few_digits_after_words_are_no_citations() -> None:
    """Without a rising row of them, nothing is taken out."""
    text = "The dose of drug2 was 5 mg/m2. Group3 had more."

    assert strip_raised_text(text) == text


def test_a_document_cites_by_brackets_when_it_does_so_often() -> None:
    """Three marks, or one that leads to a list."""
    assert bracketed([passage("a [1] b [2] c [3]")])
    assert not bracketed([passage("a [1] b")])
    assert bracketed([passage("a [1] b")], 5)


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("It ranges from 1.25% to 9.4% [152–154].", "It ranges from 1.25% to 9.4%."),
        ("The median was 96 [40-156] months.", "The median was 96 [40-156] months."),
    ],
)
def test_a_bracket_behind_a_value_is_its_range_only_where_it_holds_the_value(text: str, stripped: str) -> None:
    """The value 9.4 does not lie between 152 and 154."""
    assert strip_marks(passage(text), "bracket").text.text == stripped


def test_numbers_in_round_brackets_are_citations_where_a_document_cites_so() -> None:
    """They follow the reference list from 1 upwards; counts, list numbers and values in brackets stay."""
    text = (
        "It is common (1). The course varies (2,3), and it was seen before (4–6). Of 12 (10) adults, three had: (1) fever; (2) rash and (3) pain. "
        "It was well tolerated (7) in both arms (n = 8)."
    )
    one = passage(text)

    assert parenthesised([one], 8)
    assert not parenthesised([one], 0)
    assert not parenthesised([passage("It had two parts: (1) fever; (2) rash.")], 8)
    assert strip_marks(one, "parenthesis", 8).text.text == (
        "It is common. The course varies, and it was seen before. Of 12 (10) adults, three had: (1) fever; (2) rash and (3) pain. "
        "It was well tolerated in both arms (n = 8)."
    )
