"""Furniture, hyphens, headings and garble: the rules that read unstructured lines."""

import re
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

from ragqa.ingest.furniture import drop_furniture
from ragqa.ingest.garble import SUSPECT, garble_score
from ragqa.ingest.headings import HeadingReader, heading_zone
from ragqa.ingest.hyphens import Vocabulary
from ragqa.ingest.lines import Line, page_lines
from ragqa.ingest.pdf_page import read_page
from ragqa.types import Page, Zone


def lines_of(text: str, page: int = 1) -> list[Line]:
    """Return the lines of a text without geometry."""
    return page_lines(Page(page, text))


def test_lines_that_return_on_every_page_are_dropped() -> None:
    """Digits do not count; a line in the middle of a page stays."""
    body = "\n".join(f"line {chr(97 + n) * 3} of the text goes on here" for n in range(14))
    pages = [
        lines_of(f"Journal of Lungs {year}\n{body.replace('line', 'page ' + word)}\n{year} of 30", year)
        for year, word in ((7, "one"), (8, "two"), (9, "three"))
    ]

    kept, dropped = drop_furniture(pages)

    assert [len(lines) for lines in kept] == [14, 14, 14]
    assert dropped == ("Journal of Lungs 7", "7 of 30")


def test_a_page_number_inside_a_text_is_dropped_and_its_neighbours_stay() -> None:
    """What ends in "11 of 26" after a blank line is furniture wherever it stands."""
    kept, dropped = drop_furniture([lines_of("\n".join([*"abcdefgh", "", "J. Med. 2020, 9, 407 11 of 26", "", *"ijklmnop"]))])

    assert dropped == ("J. Med. 2020, 9, 407 11 of 26",)
    assert len(kept[0]) == 16


@pytest.mark.parametrize(
    ("left", "right", "keeps"),
    [
        ("mak", "ing", False),
        ("CTD", "ILD", True),
        ("placebo", "controlled", True),
        ("cyclophos", "phamide", False),
        ("IL", "6", True),
        ("anti", "fibrotic", False),
        ("zorb", "lium", False),
        ("double", "blind", True),
    ],
)
def test_a_hyphen_at_a_line_end_is_kept_where_the_word_has_one(left: str, right: str, keeps: bool) -> None:
    """Capitals and digits keep it; the document's own form decides, then a dictionary, then the rule that most are divided words."""
    assert Vocabulary(["an antifibrotic drug; a double-blind study"]).keeps_hyphen(left, right) is keeps


def test_hyphens_are_decided_as_the_twins_show(shared: Path) -> None:
    """Check 13: at least 0.975 right where the JATS decides (measured 0.986 of 558)."""
    right = decided = 0
    for path in sorted((shared / "docs" / "pairs").glob("*.pdf")):
        truth = " ".join(str(text) for text in etree.parse(str(path.with_suffix(".xml"))).getroot().itertext()).casefold().replace("\u2010", "-")
        forms = set(re.findall(r"[^\W_]+(?:-[^\W_]+)*", truth))
        words = {word for form in forms for word in form.split("-")}
        pairs = {pair for form in forms for pair in re.findall(r"(?=((?<![^\W_])[^\W_]+-[^\W_]+))", form)}
        texts = [read_page(page).text for page in pypdfium2.PdfDocument(path)]
        vocabulary = Vocabulary(texts)
        for match in re.finditer(r"([^\W_]+)-\n([^\W_]+)", "\n".join(texts)):
            left, after = match.groups()
            is_word, is_compound = (left + after).casefold() in words, f"{left}-{after}".casefold() in pairs
            if is_word != is_compound:
                decided += 1
                right += vocabulary.keeps_hyphen(left, after) is is_compound
    assert decided > 500
    assert right / decided >= 0.975


@pytest.mark.parametrize(
    ("title", "zone"),
    [
        ("References", Zone.REFERENCES),
        ("7. REFERENCES", Zone.REFERENCES),
        ("Citation", Zone.REFERENCES),
        ("Conflicts of Interest", Zone.BACK_MATTER),
        ("Authors’ contributions", Zone.BACK_MATTER),
        ("Availability of data and materials", Zone.BACK_MATTER),
        ("Abstract", Zone.ABSTRACT),
        ("Key words", Zone.FRONT_MATTER),
        ("2.3. Funding of care", Zone.BODY),
        ("Limits", Zone.BODY),
    ],
)
def test_a_heading_opens_its_zone(title: str, zone: Zone) -> None:
    """Whole titles decide, numbers aside."""
    assert heading_zone(title) is zone


def test_numbered_headings_must_follow_each_other() -> None:
    """After 2.3 come 2.4, 2.3.1 or 3, and no 66."""
    reader = HeadingReader(0.0)
    opened = []
    for text in ("1. Introduction", "2. Methods", "2.1. Patients", "66 Patients took part", "2.1.1. Adults", "2.2. Drugs", "4.5. Nothing", "3. Results"):
        line = Line(1, 0, len(text), text, after_blank=True)
        if reader.is_heading(line, None, False, Zone.BODY):
            opened.append((text[:5], reader.open(line, Zone.BODY, True)[1]))

    assert opened == [("1. In", 1), ("2. Me", 1), ("2.1. ", 2), ("2.1.1", 3), ("2.2. ", 2), ("3. Re", 1)]


def test_a_garbled_page_is_told_from_a_clean_one() -> None:
    """A font that maps "Th" to "+" gives itself away; ordinary medical prose does not."""
    clean = "The patients were treated with the drug for six months. They improved. This was also seen in the other group of adults. " * 3
    lying = clean.replace("The ", "+e ").replace("They", "+ey").replace("This ", "+is ").replace("the ", "8Ke ")

    assert garble_score(clean) < SUSPECT < garble_score(lying)
    assert garble_score("\ue001\ue002 \ufffd words") > SUSPECT
