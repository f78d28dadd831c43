"""What reading a question needs to know of a library is collected from it."""

from collections.abc import Sequence
from typing import cast

from ragqa.protocols import Library
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import load_lexicon
from ragqa.text.vocabulary import Vocabulary, read_vocabulary
from ragqa.types import (
    DocumentKind,
    DocumentRecord,
    DocumentSection,
    DocumentStatus,
    Metadata,
    Sentence,
    SentenceRecord,
    Span,
    Zone,
)

SECTION = DocumentSection(0, "Results", ("Results",), 1, Zone.BODY)
TEXTS = ("Tashkin saw telangiectasia in MCTD.", "Mycophenolate helped.")


class SmallLibrary:
    """Two documents and two sentences, as far as the vocabulary asks for them."""

    n_sentences = len(TEXTS)

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Return a trial and a guideline."""
        trial = Metadata(
            "A trial of mycophenolate", DocumentKind.RANDOMISED_TRIAL, short_title="SLS II", authors=("Tashkin DP", "Scleroderma Lung Study Group"), year=2016
        )
        guideline = Metadata("Guideline", DocumentKind.GUIDELINE, short_title="ACR/CHEST 2023 guideline", issuer="ACR/CHEST", year=2024, edition=2023)
        return tuple(DocumentRecord(str(n), "", f"{n}.md", "markdown", metadata, DocumentStatus.OK, "", 1, 1) for n, metadata in enumerate((trial, guideline)))

    def abbreviations(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """Return one definition."""
        return {"MMF": (("mycophenolate mofetil", 2),)}

    def tag_names(self, what: str) -> dict[str, int]:
        """Return one trial."""
        return {"INBUILD": 3} if what == "trial" else {}

    def sentences(self, rows: Sequence[int]) -> list[SentenceRecord]:
        """Return sentences by row."""
        return [SentenceRecord(row, "0", SECTION, Sentence(row, TEXTS[row], (Span(1, 0, 1),), 0, row)) for row in rows]

    def chunk_frequencies(self, terms: Sequence[str]) -> list[int]:
        """Count the sentences that hold each term."""
        return [sum(term in analyze(text) for text in TEXTS) for term in terms]


def test_a_library_tells_its_words_and_names() -> None:
    """Words come from titles, sentences and long forms; studies, issuers, surnames and years from metadata and tags."""
    vocabulary = read_vocabulary(cast(Library, SmallLibrary()), load_lexicon())

    assert {"telangiectasia", "mofetil", "trial", "mycophenolate"} <= vocabulary.words
    assert vocabulary.known("telangiectasias")
    assert not vocabulary.known("gout")
    assert vocabulary.studies == {"SLS II", "INBUILD"}
    assert vocabulary.organisations == {"ACR/CHEST"}
    assert vocabulary.authors == {"tashkin"}
    assert vocabulary.years == {2016, 2023, 2024}


def test_a_study_without_a_year_is_any_whose_name_begins_so() -> None:
    """The "Norwegian MCTD study" may be the survey as well; a cohort is a cohort."""
    studies = {"Norwegian MCTD study 2012", "Norwegian MCTD survey 2011", "Norwegian MCTD cohort 2017", "Danish study 2020"}
    table = Vocabulary(studies=frozenset(studies)).study_table

    assert table.find("the Norwegian MCTD study")[0].value == ("Norwegian MCTD cohort 2017", "Norwegian MCTD study 2012", "Norwegian MCTD survey 2011")
    assert table.find("the Norwegian MCTD cohort")[0].value == ("Norwegian MCTD cohort 2017",)
    assert table.find("the Norwegian MCTD study 2012")[0].value == ("Norwegian MCTD study 2012",)
