"""DOCX, HTML and MEDLINE."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from ragqa.errors import FileRejected
from ragqa.types import Block, DocumentKind, Zone
from tests.ingest.reading import assert_quotes_hold, cited, path_of, read, read_file, texts

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Site | Page</title><meta name="citation_title" content="A page on lungs">
<meta name="citation_doi" content="10.1000/page"><script>var x = "Evil words here.";</script></head><body>
<nav><ul><li>Home</li><li>Contact us</li></ul></nav><main><h1>A page on lungs</h1><p>Last updated: 3 May 2021</p>
<h2>Treatment</h2><p>Drug A is <b>often</b> used at 375 mg/m<sup>2</sup>.<sup><a href="#r1">1,2</a></sup> It helps.</p>
<p style="display:none">Hidden words are here.</p>
<ul><li>One item.</li><li>Another item.</li></ul>
<table><caption>Doses</caption><tr><th>Drug</th><th>Dose</th></tr><tr><td>A</td><td>2 g</td></tr></table>
<h2>References</h2><ol><li>Doe J. One. doi:10.1000/one</li><li>Roe R. Two.</li></ol></main><footer>Privacy policy</footer></body></html>"""

RECORDS = """
PMID- 111
TI  - A trial of drugs over two
      lines.
AB  - BACKGROUND: It is rare. METHODS: We asked 20 adults (n = 20; p = 0.08)
      again. RESULTS: They were well.
FAU - Doe, Jane
AU  - Doe J
LID - 10.1000/x [doi]
DP  - 2020 Feb 3
PT  - Journal Article
PT  - Randomized Controlled Trial
JT  - Journal of Lungs
LA  - eng

PMID- 222
TI  - Une étude.
LA  - fre
"""


def word_file() -> bytes:
    """Return a Word file with headings, a list, a superscript mark, a table, a header and references."""
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "Running header of the file"
    word.add_heading("A review of a drug", 0)
    word.add_heading("Treatment", 1)
    paragraph = word.add_paragraph("The drug helped most adults.")
    paragraph.add_run("1,2").font.superscript = True
    paragraph.add_run(" It was safe.")
    word.add_paragraph("A point of its own.", style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Drug", "Dose"), ("A", "2 g")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    word.add_heading("References", 1)
    word.add_paragraph("1. Doe J. One. 2001.")
    word.add_paragraph("2. Roe R. Two. 2002.")
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def test_a_word_file_keeps_headings_lists_marks_and_rows() -> None:
    """Headings nest, the page header is not read, raised numbers are citations."""
    document = read(word_file(), "a.docx")

    assert document.metadata.title == "A review of a drug"
    assert texts(document) == ["The drug helped most adults.", "It was safe.", "A point of its own.", "Drug: A; Dose: 2 g"]
    assert cited(document, "helped most") == [1, 2]
    assert [sentence.block for sentence in document.sentences][2:] == [Block.LIST_ITEM, Block.TABLE_ROW]
    assert [reference.number for reference in document.references] == [1, 2]
    assert_quotes_hold(document)


def test_real_word_files_have_their_sections_and_merged_cells_once(shared: Path) -> None:
    """Numbered headings nest; a merged cell is written once in its row."""
    folder = shared / "docs" / "docx"

    assert path_of(read_file(folder / "unit_test_headers_numbered.docx"), "Paragraph 1.2.3.1") == ("Section 1", "Section 1.2", "Section 1.2.3")
    assert "Header 0.0: Cell 1.0; Header 0.1: Merged Cell 1.1 1.2" in texts(read_file(folder / "word_tables.docx"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"../../evil.txt": b"x"}, "lead out of its archive"),
        ({"word/document.xml": b"0" * 5_000_000}, "archive bomb"),
        ({"other.xml": b"x"}, "holds no word/document.xml"),
        ({}, "no Word file"),
    ],
)
def test_an_unsafe_archive_is_not_unpacked(members: dict[str, bytes], message: str) -> None:
    """Names that leave the archive and bombs are refused by the directory of the archive alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    with pytest.raises(FileRejected, match=message):
        read(buffer.getvalue(), "a.docx")


def test_a_web_page_is_read_without_what_surrounds_it() -> None:
    """Menus, scripts and hidden words are left out; powers stay; the page's date is kept."""
    document = read(PAGE, "a.html")

    assert texts(document) == ["Drug A is often used at 375 mg/m².", "It helps.", "One item.", "Another item.", "Doses", "Drug: A; Dose: 2 g"]
    assert (document.metadata.title, document.metadata.doi, document.metadata.year) == ("A page on lungs", "10.1000/page", 2021)
    assert cited(document, "often used") == [1, 2]
    assert path_of(document, "One item") == ("Treatment",)
    assert document.references[0].doi == "10.1000/one"
    assert_quotes_hold(document)


def test_medline_records_are_documents() -> None:
    """Wrapped lines are joined, labels start paragraphs, publication types give the kind, each record is its own document."""
    from ragqa.ingest.formats import parse

    first, second = parse(RECORDS.encode(), "a.nbib", "0" * 64, 1)

    assert first.metadata.title == "A trial of drugs over two lines"
    assert (first.metadata.kind, first.metadata.kind_origin) == (DocumentKind.RANDOMISED_TRIAL, "article type")
    assert (first.metadata.doi, first.metadata.pmid, first.metadata.year, first.metadata.journal) == ("10.1000/x", "111", 2020, "Journal of Lungs")
    assert texts(first, Zone.ABSTRACT)[:2] == ["BACKGROUND: It is rare.", "METHODS: We asked 20 adults (n = 20; p = 0.08) again."]
    assert [sentence.paragraph for sentence in first.sentences] == [0, 1, 2]
    assert (second.metadata.language, second.sentences) == ("fr", ())
    assert (first.source, second.source) == ("a.nbib#111", "a.nbib#222")


def test_pubmed_xml_gives_the_same_as_medline() -> None:
    """The tags differ, the document does not."""
    xml = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>111</PMID><Article>
    <Journal><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue>
    <Title>Journal of Lungs</Title></Journal><ArticleTitle>A trial of drugs.</ArticleTitle>
    <Abstract><AbstractText Label="METHODS">We asked.</AbstractText></Abstract>
    <AuthorList><Author><LastName>Doe</LastName><Initials>J</Initials></Author></AuthorList><Language>eng</Language>
    <PublicationTypeList><PublicationType>Meta-Analysis</PublicationType></PublicationTypeList></Article></MedlineCitation>
    <PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/x</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>"""
    document = read(xml, "a.xml")

    assert texts(document) == ["METHODS: We asked."]
    assert (document.metadata.kind, document.metadata.doi, document.metadata.authors) == (DocumentKind.SYSTEMATIC_REVIEW, "10.1000/x", ("Doe J",))


def test_the_acceptance_record_is_read(shared: Path) -> None:
    """One record with a wrapped title."""
    document = read_file(shared / "docs" / "hostile" / "seed_nbib.nbib")

    assert document.metadata.title == "Example record title over two lines about interstitial lung disease in connective tissue disease"
    assert document.metadata.kind is DocumentKind.NARRATIVE_REVIEW


def test_a_word_file_without_heading_styles_is_divided_by_its_bold_lines() -> None:
    """A short bold paragraph opens a section; the next one stands beside it; a caption names the rows of its table; a stated year is known."""
    word = docx.Document()
    word.add_paragraph("Version 2, 14 March 2022.")
    word.add_heading("Treatment", 1)
    for title, text in (("Dosing", "Start low."), ("Monitoring", "Check blood counts.")):
        word.add_paragraph().add_run(title).bold = True
        word.add_paragraph(text)
    word.add_paragraph("Table 1. Doses", style="Caption")
    table = word.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Drug", "Dose"), ("A", "2 g")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    word.add_paragraph("It is monitored closely.")
    buffer = io.BytesIO()
    word.save(buffer)
    document = read(buffer.getvalue(), "a.docx")

    assert path_of(document, "Start low") == ("Treatment", "Dosing")
    assert path_of(document, "Check blood") == ("Treatment", "Monitoring")
    assert path_of(document, "Drug: A; Dose: 2 g") == ("Treatment", "Monitoring", "Table 1. Doses")
    assert path_of(document, "monitored closely") == ("Treatment", "Monitoring")
    assert document.metadata.year == 2022


def test_heads_of_two_rows_and_folded_parts_of_a_web_page() -> None:
    """Each cell carries both heads above it; what unfolds on a click stands under its own words; the name of the page tells its kind."""
    page = """<html lang="en"><head><title>Lungs | Guideline NG99 | Institute</title></head><body><main><h1>Lungs</h1><h2>Treatment</h2>
    <p>1.1.1 Offer drug A. [2014, amended 2020]</p><details><summary>Rationale</summary><p>The committee agreed.</p></details>
    <table><caption>Doses</caption><thead><tr><th rowspan="2">Drug</th><th colspan="2">Dose</th></tr><tr><th>Start</th><th>Target</th></tr></thead>
    <tbody><tr><td colspan="3">Tablets</td></tr><tr><td>A</td><td>1 g</td><td>2 g</td></tr></tbody></table><p>Published: 12 May 2020</p></main></body></html>"""
    document = read(page, "a.html")

    assert "Tablets: Drug: A; Dose Start: 1 g; Dose Target: 2 g" in texts(document)
    assert "1.1.1 Offer drug A. [2014, amended 2020]" in texts(document)
    assert path_of(document, "The committee agreed") == ("Treatment", "Rationale")
    assert path_of(document, "Tablets:") == ("Treatment", "Doses")
    assert (document.metadata.kind, document.metadata.year) == (DocumentKind.GUIDELINE, 2020)
