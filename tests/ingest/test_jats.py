"""JATS and PubMed XML: sections, marks, references and tables as tagged; hostile XML refused."""

from pathlib import Path

import pytest

from ragqa.errors import FileRejected
from ragqa.types import Block, DocumentKind, DocumentStatus, Zone
from tests.ingest.reading import assert_quotes_hold, cited, path_of, read, texts

ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "JATS.dtd">
<article article-type="research-article" xml:lang="en"><front>
<journal-meta><journal-title-group><journal-title>Journal of Lungs</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">456</article-id>
<article-id pub-id-type="doi">10.1000/x</article-id>
<title-group><article-title>A randomised trial of two drugs<xref ref-type="fn" rid="n1">*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Jane</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><year>2018</year></pub-date><pub-date pub-type="collection"><year>2019</year></pub-date>
<abstract><sec><title>Results</title><p>FVC rose by 2%. DLCO fell.</p></sec></abstract></article-meta></front>
<body><sec><label>1.</label><title>Introduction</title>
<p>It is rare<sup><xref ref-type="bibr" rid="r1">1</xref>&#x2013;<xref ref-type="bibr" rid="r3">3</xref></sup>.
Others agree [<xref ref-type="bibr" rid="r2">2</xref>,
<xref ref-type="bibr" rid="r4">4</xref>].
The dose was 375 mg/m<sup>2</sup> at 10<sup>&#x2212;3</sup> M. This was reported in [<xref ref-type="bibr" rid="r2">2</xref>].</p>
<sec><title>Aims</title><p>Aims were two:<list><list-item><p>First aim.</p></list-item><list-item><p>Second aim.</p></list-item></list></p></sec></sec>
<sec><title>Results</title><p>All is well (Smith <xref ref-type="bibr" rid="r1">2001</xref>).</p>
<table-wrap id="t1"><label>Table 1</label><caption><p>Outcomes at one year</p></caption>
<table><thead><tr><th rowspan="2">Outcome</th><th colspan="2">Drug</th></tr><tr><th>A (n = 10)<sup>a</sup></th><th>B (n = 11)</th></tr></thead>
<tbody><tr><td colspan="3">Lung function</td></tr><tr><td>FVC, %</td><td>2.1</td><td>&#x2212;0.4</td></tr></tbody></table>
<table-wrap-foot><p>FVC: forced vital capacity.</p></table-wrap-foot></table-wrap>
<fig><label>Figure 1</label><caption><p>Flow of patients.</p></caption></fig></sec></body>
<back><ack><p>We thank all.</p></ack><ref-list><title>References</title>
<ref id="r1"><mixed-citation>Smith A. One. 2001. <pub-id pub-id-type="doi">10.1/one</pub-id></mixed-citation></ref>
<ref id="r2"><mixed-citation>Two.</mixed-citation></ref>
<ref id="r3"><mixed-citation>Three.</mixed-citation></ref><ref id="r4"><mixed-citation>Four.</mixed-citation></ref>
</ref-list></back></article>"""


def test_the_front_becomes_metadata() -> None:
    """Title without its note, identifiers, the earliest year, the kind from the title."""
    metadata = read(ARTICLE, "a.xml").metadata

    assert (metadata.title, metadata.doi, metadata.pmid, metadata.pmcid) == ("A randomised trial of two drugs", "10.1000/x", "123", "PMC456")
    assert (metadata.year, metadata.journal, metadata.authors) == (2018, "Journal of Lungs", ("Doe Jane",))
    assert metadata.kind is DocumentKind.RANDOMISED_TRIAL


def test_marks_leave_the_words_and_ranges_are_filled() -> None:
    """Superscript and bracketed links are taken out with their separators; one that the sentence needs stays."""
    document = read(ARTICLE, "a.xml")

    assert cited(document, "It is rare.") == [1, 2, 3]
    assert cited(document, "Others agree.") == [2, 4]
    assert cited(document, "reported in [2].") == [2]
    assert "The dose was 375 mg/m² at 10⁻³ M." in texts(document)
    assert [reference.doi for reference in document.references] == ["10.1/one", None, None, None]


def test_sections_nest_and_zones_follow_their_tags() -> None:
    """Paths hold labels; abstract, body and back matter are told apart; references make no sentence."""
    document = read(ARTICLE, "a.xml")

    assert path_of(document, "Second aim") == ("1. Introduction", "Aims")
    assert texts(document, Zone.ABSTRACT) == ["FVC rose by 2%.", "DLCO fell."]
    assert texts(document, Zone.BACK_MATTER) == ["We thank all."]
    assert not [text for text in texts(document) if "Smith A." in text]


def test_table_rows_are_statements_with_all_their_headers() -> None:
    """Spanning headers are joined, a one-cell row names those below it in place of an empty column head, notes are dropped, caption and legend stay."""
    document = read(ARTICLE, "a.xml")
    table = [sentence for sentence in document.sentences if document.sections[sentence.section].zone is Zone.TABLE]

    assert [sentence.text for sentence in table] == [
        "Table 1. Outcomes at one year",
        "Lung function: FVC, %; Drug A (n = 10): 2.1; Drug B (n = 11): −0.4",
        "FVC: forced vital capacity.",
    ]
    assert table[1].block is Block.TABLE_ROW
    assert document.sections[table[0].section].path == ("Results", "Table 1. Outcomes at one year")


def test_quotes_slice_the_page_that_was_written_out() -> None:
    """Every sentence opens in the rendering."""
    assert_quotes_hold(read(ARTICLE, "a.xml"))


@pytest.mark.parametrize(
    ("xml", "status"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><article>&x;</article>', DocumentStatus.REJECTED),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article>&x;</article>', DocumentStatus.REJECTED),
        ("<a>" * 5000 + "</a>" * 5000, DocumentStatus.REJECTED),
        ("<article><body>", DocumentStatus.BROKEN),
        ("<book>No article.</book>", DocumentStatus.REJECTED),
    ],
)
def test_xml_that_is_hostile_or_no_article_is_refused(xml: str, status: DocumentStatus) -> None:
    """Check 17: entities, depth, broken markup and other vocabularies each end in words."""
    with pytest.raises(FileRejected) as caught:
        read(xml, "a.xml")
    assert caught.value.status is status
    assert "root:" not in str(caught.value)


def test_an_entity_hidden_in_another_encoding_is_refused() -> None:
    """UTF-16 does not hide a declaration."""
    with pytest.raises(FileRejected, match="entities"):
        read('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "y">]><article>&x;</article>'.encode("utf-16"), "a.xml")


def test_a_library_of_trials_is_read_whole(shared: Path) -> None:
    """27 full texts: each with title, identifiers, abstract, body and references; protocols are no trials."""
    documents = {path.stem: read(path.read_bytes(), path.name) for path in sorted((shared / "docs" / "rheum").glob("*.nxml"))}

    assert len(documents) == 27
    for name, document in documents.items():
        assert document.metadata.pmcid == name
        assert document.metadata.year
        assert len(texts(document, Zone.ABSTRACT)) >= 5, name
        assert len(texts(document, Zone.BODY)) >= 90, name
        assert len(document.references) >= 10, name
        assert sum(bool(sentence.marks) for sentence in document.sentences) >= 10, name
        assert_quotes_hold(document)
    kinds = [document.metadata.kind for document in documents.values()]
    assert kinds.count(DocumentKind.RANDOMISED_TRIAL) >= 18
    assert documents["PMC3740249"].metadata.kind is DocumentKind.OTHER


@pytest.mark.parametrize(
    ("links", "numbers"),
    [
        ('<xref ref-type="bibr" rid="r1">1&#x2013;3</xref>', [1, 2, 3]),
        ('<xref ref-type="bibr" rid="r1">1 3 4</xref>', [1, 3, 4]),
        ('<xref ref-type="bibr" rid="r1">1&#x2013;</xref><xref ref-type="bibr" rid="r4">4</xref>', [1, 2, 3, 4]),
        ('<xref ref-type="bibr" rid="r1">1</xref><xref ref-type="bibr" rid="r2"/>&#x2013;<xref ref-type="bibr" rid="r3">3</xref>', [1, 2, 3]),
    ],
)
def test_one_link_may_stand_for_all_that_is_printed(links: str, numbers: list[int]) -> None:
    """Publishers link only the ends of a range, or its first number; every number is resolved and none is left in the text."""
    paragraph = f"<p>It is rare.<sup>{links}</sup> It was seen here.</p>"
    document = read(ARTICLE.replace("<sec><title>Results</title><p>All is well", f"<sec><title>Results</title>{paragraph}<p>All is well"), "a.xml")

    assert "It is rare." in texts(document)
    assert [number for mark in document.sentences[texts(document).index("It was seen here.") - 1].marks for number in mark.numbers] == numbers


def test_marks_of_notes_leave_the_legend() -> None:
    """A raised letter before a note is no letter of its first word."""
    legend = "<p>FVC: forced vital capacity. <sup>a</sup>Investigators could name more than one.</p>"
    document = read(ARTICLE.replace("<p>FVC: forced vital capacity.</p>", legend), "a.xml")

    assert "Investigators could name more than one." in texts(document)
