"""Studies named by where they were done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.compose.samples import sentence

from ragqa.text.anchors import find_anchors
from ragqa.text.lexicon import load_lexicon
from ragqa.text.places import Places, described_studies, places_in, read_places
from ragqa.text.vocabulary import Vocabulary
from ragqa.types import DocumentKind, DocumentRecord, DocumentStatus, Facet, Metadata, SentenceRecord, StudyPopulation, Tags

LEXICON = load_lexicon()
MCTD, SSC, DM = frozenset({"MCTD", "CTD"}), frozenset({"SSc", "CTD"}), frozenset({"DM", "IIM", "CTD"})
PLACES: Places = {
    "Hungarian": (("Hungarian cohort 2005", 2005, MCTD), ("Hungarian cohort 2013", 2013, MCTD)),
    "Japanese": (("Tsuji 2020", 2020, DM), ("DESIRES", 2021, SSC)),
    "French": tuple((f"French study {year}", year, MCTD) for year in (2021, 2022, 2023, 2024)),
}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        # An adjective before the noun of a study, and the disease that it is on.
        ("What did the Japanese prospective study of combined drugs in dermatomyositis find?", ["Tsuji 2020"]),
        ("Hungarian MCTD-ILD cohort", ["Hungarian cohort 2005", "Hungarian cohort 2013"]),
        # A place behind the noun, and a year, which chooses.
        ("the cohort from Hungary, 2005", ["Hungarian cohort 2005"]),
        ("MCTD Hungary 2013 survival", ["Hungarian cohort 2013"]),
        # The first of several.
        ("What did the first big Hungarian cohort in MCTD find?", ["Hungarian cohort 2005"]),
        # People, guidelines and places alone are no studies; of many, none is named.
        ("Is rituximab given to Japanese patients with SSc?", []),
        ("Is it available in Japan?", []),
        ("What did the French study find?", []),
        ("What did the Korean registry find?", []),
    ],
)
def test_a_place_with_the_noun_of_a_study_stands_for_its_documents(text: str, labels: list[str]) -> None:
    """At most three documents, of a disease that the question names and of its year where there is one."""
    assert [label for _, label in described_studies(text, LEXICON, lambda: PLACES)] == labels


def test_a_described_study_is_an_anchor() -> None:
    """The answer is then about that study."""
    assert find_anchors("the Japanese prospective study in DM", LEXICON, Vocabulary(places=lambda: PLACES)) == ("Tsuji 2020",)


def test_a_country_is_known_by_its_adjective() -> None:
    """Both name one place."""
    assert [place.name for place in places_in("Norway, Danish", LEXICON)] == ["Norwegian", "Danish"]
    # "us" is a pronoun, but for the kind of a study behind it.
    assert [place.name for place in places_in("the us trial helped us", LEXICON)] == [place.name for place in places_in("US", LEXICON)]


def test_places_are_read_from_names_and_accounts_of_the_design() -> None:
    """A country in a result, or in a guideline, is not where a study was done."""

    def document(name: str, kind: DocumentKind = DocumentKind.COHORT) -> DocumentRecord:
        metadata = Metadata(name, kind, short_title=name, year=2020, populations=(StudyPopulation("SSc"),))
        return DocumentRecord(name, "", f"{name}.md", "markdown", metadata, DocumentStatus.OK, "", 1, 1)

    def said(text: str, of: str, facet: Facet) -> SentenceRecord:
        return replace(sentence(text, tags=Tags(facets=((facet, 1.0),))), document_id=of)

    documents = [document("Danish registry"), document("A cohort"), document("Dutch guideline", DocumentKind.GUIDELINE)]
    sentences = [said("It ran at two centres in Norway.", "A cohort", Facet.DESIGN), said("Rates were higher in Sweden.", "A cohort", Facet.OUTCOME)]

    found = read_places(documents, sentences, LEXICON)

    assert {place: [label for label, _, _ in studies] for place, studies in found.items()} == {"Danish": ["Danish registry"], "Norwegian": ["A cohort"]}
    assert "SSc" in found["Danish"][0][2]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        # No study of the place is of the year that the description gives.
        ("the Japanese scleroderma trial from 2006", []),
        ("the 2006 Japanese trial in SSc", []),
        ("the cohort from Hungary, 1999", []),
        # The year of an issuer beside it describes no study.
        ("Does the Japanese trial in SSc agree with EULAR 2023?", ["DESIRES"]),
    ],
)
def test_a_study_of_another_year_is_not_the_one_described(text: str, labels: list[str]) -> None:
    """A year within the description that none has names none."""
    assert [label for _, label in described_studies(text, LEXICON, lambda: PLACES)] == labels
