"""Markdown with front matter."""

import pytest

from ragqa.errors import FileRejected
from ragqa.types import Block, DocumentKind, StudyPopulation, Zone
from tests.ingest.reading import assert_quotes_hold, path_of, read, texts

DIGEST = """---
title: A trial of two drugs in a lung disease
short_title: TWO
authors: Doe J, Roe R, et al.; TWO Study Group
organisation: Society of Lungs
year: 2016
doi: https://doi.org/10.1000/two
pmid: '123'
kind: randomised-trial
populations:
- disease: SSc-ILD
  n: 142
  note: 126 in a later table
related: [other-trial]
licence: Apache-2.0
digest_of: A digest in our own words.
---

# TWO

## Design

- TWO compared drug A with drug B in **142** adults.
- It ran for two years. Each arm had [71 patients](https://example.org).

## Citation

Doe J, Roe R. A trial of two drugs. 2016.
"""


def test_front_matter_becomes_metadata() -> None:
    """Every key arrives in its field; a DOI loses its address, authors are split."""
    metadata = read(DIGEST).metadata

    assert (metadata.title, metadata.short_title, metadata.year, metadata.doi, metadata.pmid) == (
        "A trial of two drugs in a lung disease",
        "TWO",
        2016,
        "10.1000/two",
        "123",
    )
    assert (metadata.kind, metadata.kind_origin) == (DocumentKind.RANDOMISED_TRIAL, "front matter")
    assert metadata.authors == ("Doe J", "Roe R", "et al.", "TWO Study Group")
    assert metadata.populations == (StudyPopulation("SSc-ILD", 142, "126 in a later table"),)
    assert metadata.related == ("other-trial",)


def test_each_list_item_is_a_passage_of_its_section() -> None:
    """Items are list items under their section; inline markup is no part of the words, and the citation makes no statement."""
    document = read(DIGEST)

    assert texts(document) == ["TWO compared drug A with drug B in 142 adults.", "It ran for two years.", "Each arm had 71 patients."]
    assert {sentence.block for sentence in document.sentences} == {Block.LIST_ITEM}
    assert [sentence.paragraph for sentence in document.sentences] == [0, 1, 1]
    assert path_of(document, "two years") == ("Design",)
    assert document.sections[-1].zone is Zone.REFERENCES


def test_spans_slice_the_text_after_the_front_matter() -> None:
    """The stored page is the body of the file; a sentence without markup is its own quote."""
    document = read(DIGEST)
    page = document.pages[0].text

    assert page.startswith("\n# TWO")
    span = document.sentences[1].spans[0]
    assert page[span.start : span.end] == "It ran for two years."
    assert_quotes_hold(document)


def test_a_range_in_brackets_is_no_citation() -> None:
    """Without a reference list nothing is taken out of the words."""
    text = "Follow-up was 96 [40-156] months, then 12 [3-20], then 8 [1-9] months."

    assert texts(read(f"# T\n\n## A\n\n{text}\n")) == [text]


def test_a_table_row_is_a_statement_with_its_headers() -> None:
    """Each cell is named by its column; the row makes no sentence break."""
    document = read("# T\n\n## Doses\n\n| Drug | Dose |\n|---|---|\n| MMF | 2-3 g/day. Daily |\n| AZA | |\n")

    assert texts(document) == ["Drug: MMF; Dose: 2-3 g/day. Daily", "Drug: AZA"]
    assert {sentence.block for sentence in document.sentences} == {Block.TABLE_ROW}


def test_bracketed_numbers_lead_to_the_reference_list() -> None:
    """The mark leaves the words and keeps its number."""
    document = read("# T\n\n## Advice\n\nWe suggest it [1].\n\n# References\n\n1. Doe J. Title. J 2024. doi:10.1000/abc\n")

    assert texts(document) == ["We suggest it."]
    assert document.sentences[0].marks[0].numbers == (1,)
    assert (document.references[0].number, document.references[0].doi) == (1, "10.1000/abc")


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("kind: cohrt", r'a\.md, line 3: "kind" cannot be'),
        ("year: about 2016", r'a\.md, line 3: "year" cannot be'),
        ("populations:\n- disease: X\n  n: many", r'a\.md, line 3: "populations\.0\.n" cannot be'),
        ("title: a: b: c", r"a\.md, line 3: the front matter is not valid YAML"),
    ],
)
def test_bad_front_matter_names_file_line_and_key(front: str, expected: str) -> None:
    """A value that cannot be used rejects the file with a message that leads to it."""
    with pytest.raises(FileRejected, match=expected):
        read(f"---\nshort_title: X\n{front}\n---\n\n# X\n\nText.\n", "a.md")


def test_an_unknown_key_is_noted() -> None:
    """It is ignored and listed in the quality report."""
    assert read("---\ntitle: T\nsponsor: X\n---\n\nText here.\n").quality.notes == ('unknown front matter key "sponsor" ignored',)


def test_a_file_without_front_matter_is_read() -> None:
    """The first heading is the title; a second first-level heading would make both sections."""
    assert read("# Title here\n\nA sentence.\n").metadata.title == "Title here"
    assert path_of(read("# One\n\nText a.\n\n# Two\n\nText b.\n"), "Text b") == ("Two",)


def test_the_shipped_corpus_reads_without_loss(pytestconfig: pytest.Config) -> None:
    """Every digest parses, has its kind from its front matter, and all its sentences are verbatim slices of the file."""
    corpus = pytestconfig.rootpath / "corpus"
    files = [path for path in sorted(corpus.rglob("*.md")) if path.name != "README.md"]
    assert len(files) >= 15
    for path in files:
        document = read(path.read_bytes(), path.name)
        page = document.pages[0].text
        assert document.metadata.kind_origin == "front matter"
        assert document.sentences
        for sentence in document.sentences:
            (span,) = sentence.spans
            assert " ".join(page[span.start : span.end].split()) == sentence.text
