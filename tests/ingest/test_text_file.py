"""Plain text: the three acceptance texts, and the rules that read them."""

from pathlib import Path

import pytest

from ragqa.ingest.text_file import split_pages
from ragqa.types import Block, Document, DocumentKind, Zone
from tests.ingest.reading import assert_quotes_hold, cited, path_of, read, read_file, texts

WRAPPED = """ Abstract
Little is known of the treat-
ment of CTD-
ILD with placebo-
controlled trials. Drug A
helps.
 The first
report5 came late. 2.5 mg/kg/d was given.
"""


def test_a_leading_space_starts_a_page() -> None:
    """The pages join to the text again."""
    pages = split_pages(WRAPPED)

    assert [page[:10] for page in pages] == [" Abstract\n", " The first"]
    assert "".join(pages) == WRAPPED


def test_a_form_feed_starts_a_page() -> None:
    """Form feeds win over other signs."""
    assert split_pages("one\ftwo") == ["one", "two"]


def test_divided_words_are_joined_and_hyphened_words_keep_their_hyphen() -> None:
    """A soft hyphen goes, that of a capital or of two whole words stays; doses are untouched."""
    found = " ".join(texts(read(WRAPPED, "a.txt")))

    assert "treatment of CTD-ILD with placebo-controlled trials." in found
    assert "2.5 mg/kg/d" in found


@pytest.fixture(scope="module")
def review(shared: Path) -> Document:
    """Return the review without headings."""
    return read_file(shared / "seeds" / "003_62fa4738298f5f8d.txt")


@pytest.fixture(scope="module")
def article(shared: Path) -> Document:
    """Return the review with a table over three pages."""
    return read_file(shared / "seeds" / "004_86396b880c9f8533.txt")


@pytest.fixture(scope="module")
def summary(shared: Path) -> Document:
    """Return the web summary."""
    return read_file(shared / "seeds" / "000_4e466d637f7c09b8.txt")


def test_review_words_are_whole(review: Document) -> None:
    """Check 1: a divided word is joined, a compound keeps its hyphen, a dose is intact."""
    found = " ".join(texts(review))

    assert "to guide decision making in CVD-ILD" in found
    assert "all patients with CTD-ILD." in found
    assert "a dose of 2.5 mg/kg/d)" in found
    assert "mak-" not in found


def test_review_citations_are_taken_out_and_names_are_not(review: Document) -> None:
    """Check 2: a glued superscript is a citation; units and biomarkers are not."""
    assert cited(review, "completely defined CVD.") == [1]
    assert cited(review, "improvement in FVC (P = 0.011).") == [19]
    assert cited(review, "(EUSTAR) group (n = 63) that") == [20]
    found = " ".join(texts(review))
    for name in ("375 mg/m2", "(FEV1)", "CD20 surface", "The IL1 receptor", "anti-CD 20+"):
        assert name in found


def test_review_citation_lists_over_blank_lines_are_whole(review: Document) -> None:
    """Check 3: one sentence end and three citations."""
    assert cited(review, "possible therapeutic benefit in patients with CTD-ILD.") == [35, 36, 37]
    assert cited(review, "antisynthetase syndrome (ASS).") == [21, 22, 23]


def test_review_corrupt_operators_are_flagged_and_kept(review: Document) -> None:
    """Check 4: "P 5 .04" stays as printed and is flagged six times in two sentences."""
    flagged = [sentence for sentence in review.sentences if "suspect_operator" in sentence.flags]

    assert len(flagged) == 2
    assert "(P 5 .04)" in flagged[0].text
    assert "(n 5 30) versus RTX (n 5 27)" in flagged[1].text
    assert review.quality.suspect_operators == 6


def test_review_answers_the_question_of_first_light(review: Document) -> None:
    """The 8.9 % improvement of FVC is one clean sentence of the abstract that stands alone."""
    sentence = next(sentence for sentence in review.sentences if "8.9%" in sentence.text)

    assert sentence.text.startswith("A recent study including 50 cases of severe and refractory ILD showed")
    assert review.sections[sentence.section].zone is Zone.ABSTRACT
    assert_quotes_hold(review)


def test_review_reads_on_across_pages(review: Document) -> None:
    """A sentence that crosses a page has a span on each and no seam in its text."""
    sentence = next(sentence for sentence in review.sentences if "55-85% of patients" in sentence.text)

    assert sentence.text.startswith("Around 40-75% show an impaired pulmonary function and 55-85% of patients")
    assert [span.page for span in sentence.spans] == [2, 3]


def test_article_headers_are_in_no_sentence(article: Document) -> None:
    """Check 5: the running header is dropped and its sentence is joined."""
    assert not [text for text in texts(article) if "J. Clin. Med." in text]
    assert any("retrospective study on 66 patients with IIM-ILD treated with AZA" in text for text in texts(article))
    assert any("taking in account clinical and functional impairment" in text for text in texts(article))
    assert "J. Clin. Med. 2020, 9, 407 11 of 26" in article.quality.dropped_lines


def test_article_citations_are_expanded(article: Document) -> None:
    """Check 6: ranges are whole, over line ends too; patient counts in brackets are none; the list is not in this file."""
    assert cited(article, "using this as a first line therapy") == [43, 44, 45, 46, 47, 48]
    assert cited(article, "even if strong evidence is still not available")[-8:] == [57, 58, 59, 122, 125, 143, 144, 145]
    assert any("[72 pt]" in text for text in texts(article, Zone.TABLE))
    assert article.references == ()


def test_article_sections_follow_their_numbers(article: Document) -> None:
    """Check 7: numbered headings nest."""
    assert path_of(article, "SLS II is the only available randomized trial") == ("2. Systemic Sclerosis (SSc)", "2.3. Mycophenolate Mofetil (MMF)")
    assert path_of(article, "first-choice treatment for IIM-ILD")[1:] == (
        "3.1. Polymyositis (PM), Dermatomyositis (DM), Amyopathic Dermatomyositis",
        "3.1.1. Glucocorticoids (GC)",
    )
    assert path_of(article, "MCTD is an overlapping condition") == ("6. Mixed Connective Tissue Disease (MCTD)",)


def test_article_table_is_one_and_apart_from_prose(article: Document) -> None:
    """Check 8: a table and its two continuations are one section with its legend; no prose sentence holds a cell."""
    tables = [section for section in article.sections if section.zone is Zone.TABLE]
    assert [section.title[:8] for section in tables] == ["Table 1.", "Table 2."]
    first = [sentence for sentence in article.sentences if sentence.section == tables[0].ordinal]
    assert any(sentence.block is Block.CAPTION and sentence.text.startswith("SLS: Scleroderma Lung Study") for sentence in first)
    assert sum("Trial Year Population Phase" in sentence.text for sentence in article.sentences) == 1
    assert not [text for text in texts(article, Zone.BODY) if "SSc-ILD Phase" in text or "[72 pt]" in text]


def test_article_bullets_are_statements(article: Document) -> None:
    """Each highlight is a list item of its own."""
    items = [sentence.text for sentence in article.sentences if sentence.block is Block.LIST_ITEM]

    assert len(items) == 5
    assert items[0].startswith("The correct clinical and therapeutic management")
    assert_quotes_hold(article)


def test_article_kind_is_read_from_its_abstract(article: Document) -> None:
    """It calls itself a review."""
    assert article.metadata.kind is DocumentKind.NARRATIVE_REVIEW


def test_summary_is_no_guideline_and_loses_its_page_furniture(summary: Document) -> None:
    """Check 9: what a web page says of a guideline is a report; its menus are left out and its date is kept."""
    assert (summary.metadata.kind, summary.metadata.kind_origin) == (DocumentKind.OTHER, "detected: web summary")
    assert summary.quality.notes == ("Last updated: May 14, 2025",)
    assert summary.metadata.year == 2025
    found = " ".join(texts(summary))
    for chrome in ("Personalize", "Under Review", "Which best describes you", "Advisory Board"):
        assert chrome not in found


def test_summary_keeps_sections_and_spaced_citations(summary: Document) -> None:
    """Headings that stand alone open sections; a number after a space at the end of a clause is a citation."""
    assert path_of(summary, "Corticosteroids (CS)") == ("From the Research", "Treatment of Mixed Connective Tissue Disorder in ILD")
    assert cited(summary, "as indicated by studies.") == [2, 3, 4, 5, 6]
    assert cited(summary, "pulmonary arterial hypertension (PAH).") == [3]
    assert [section.title for section in summary.sections if section.zone is Zone.BACK_MATTER] == [
        "Professional Medical Disclaimer",
        "Have a follow-up question?",
    ]
