"""Eight papers that exist as publisher PDF and as JATS: what the PDF reading must hold of its twin."""

from pathlib import Path

import pytest

from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.duplicates import find_duplicates, fingerprint
from ragqa.text.normalize import letters_and_digits
from ragqa.types import Block, Document, DocumentStatus, Zone
from tests.ingest.jats_truth import body_sentences, share_in_order
from tests.ingest.reading import SETTINGS, assert_quotes_hold, read, read_file

Pair = tuple[Document, Document]


@pytest.fixture(scope="module")
def pairs(shared: Path) -> dict[str, Pair]:
    """Return (PDF, JATS) documents by name."""
    folder = shared / "docs" / "pairs"
    files = ((path, path.with_suffix(".xml")) for path in sorted(folder.glob("*.pdf")))
    return {pdf.stem: (read(pdf.read_bytes(), pdf.name), read(jats.read_bytes(), jats.name)) for pdf, jats in files}


def test_the_sentences_of_the_paper_are_whole_and_in_order(shared: Path, pairs: dict[str, Pair]) -> None:
    """Check 10: at least 0.965 of all JATS sentences, and no paper below 0.90 (measured: 0.999, worst 0.986)."""
    counts: dict[str, tuple[float, int]] = {}
    for name, (pdf, _) in pairs.items():
        patterns = body_sentences(shared / "docs" / "pairs" / f"{name}.xml")
        counts[name] = (share_in_order(patterns, " ".join(sentence.text for sentence in pdf.sentences)), len(patterns))
    total = sum(n for _, n in counts.values())
    assert total > 1300
    print({name: round(share, 3) for name, (share, _) in counts.items()}, round(sum(share * n for share, n in counts.values()) / total, 4))
    assert min(share for share, _ in counts.values()) >= 0.98, counts
    assert sum(share * n for share, n in counts.values()) / total >= 0.995, counts


def test_the_sentences_that_are_read_stand_in_the_paper(pairs: dict[str, Pair]) -> None:
    """At least 0.995 of the body sentences of the PDFs are, letter by letter, in the JATS text: none is fused or mixed (measured 0.999)."""
    right = n = 0
    for pdf, jats in pairs.values():
        truth = letters_and_digits(" ".join(sentence.text for sentence in jats.sentences)) + letters_and_digits(jats.pages[0].text)
        for sentence in pdf.sentences:
            if pdf.sections[sentence.section].zone in (Zone.ABSTRACT, Zone.BODY) and sentence.block not in (Block.CAPTION, Block.TABLE_TEXT):
                n += 1
                right += letters_and_digits(sentence.text) in truth
    assert n > 1400
    assert right / n >= 0.995


def test_title_doi_and_year_are_those_of_the_twin(pairs: dict[str, Pair]) -> None:
    """Check 12: all eight titles, DOIs and years are right."""
    for name, (pdf, jats) in pairs.items():
        assert letters_and_digits(pdf.metadata.title) == letters_and_digits(jats.metadata.title), name
        assert pdf.metadata.doi == jats.metadata.doi, name
        assert pdf.metadata.year == jats.metadata.year, name


def test_numbered_reference_lists_have_the_right_length(pairs: dict[str, Pair]) -> None:
    """Check 12: exact for the seven numbered lists and for the one in the order of authors, which is told by its indents."""
    assert [name for name, (pdf, jats) in pairs.items() if len(pdf.references) != len(jats.references)] == []


def test_every_sentence_opens_on_its_page(pairs: dict[str, Pair]) -> None:
    """Check 20: spans slice the stored pages to the letters of the sentence, in PDF and JATS."""
    for pdf, jats in pairs.values():
        assert_quotes_hold(pdf)
        assert_quotes_hold(jats)


def test_chunks_are_runs_of_one_section_and_keep_their_ids(shared: Path, pairs: dict[str, Pair]) -> None:
    """Check 19: the same bytes give the same document and chunk ids."""
    name, (pdf, _) = next(iter(pairs.items()))
    again = read_file(shared / "docs" / "pairs" / f"{name}.pdf")

    assert again == pdf
    assert chunk_document(again, SETTINGS) == chunk_document(pdf, SETTINGS)


def test_the_twin_is_told_by_doi_and_without_it_by_its_wording(pairs: dict[str, Pair]) -> None:
    """Check 19: of each pair the PDF is reported as duplicate of the JATS."""
    prints = [found for pair in pairs.values() for document in pair if (found := fingerprint(document))]

    problems = find_duplicates(prints)

    assert [problem.source for problem in problems] == [f"{name}.pdf" for name in pairs]
    assert {problem.status for problem in problems} == {DocumentStatus.DUPLICATE_OF}
    assert all("the same DOI" in problem.message for problem in problems)
