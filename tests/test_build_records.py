"""A file of many records holds as many documents, each indexed, cited and reused on its own."""

import json
from pathlib import Path

import pytest

from ragqa.build import build_index
from ragqa.index.generation import Generation, current_name, open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.publish import verify
from ragqa.ingest import parse_documents
from ragqa.settings import IngestSettings, Settings, load_settings
from ragqa.types import BuildReport, Document, DocumentStatus
from tests.compose.samples import OPEN

NBIB = """PMID- {pmid}
TI  - Trial {pmid} of a drug for the lung.
AB  - METHODS: We asked {n} adults with asthma. RESULTS: In trial {pmid}, {n} patients improved with treatment at 48 weeks.
LID - 10.1000/trial.{pmid} [doi]
DP  - 2020
PT  - Journal Article

"""
PUBMED = """<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal><Title>Journal of Lungs</Title></Journal>
<ArticleTitle>Study {pmid} of another drug for the lung.</ArticleTitle><Abstract>
<AbstractText>Of {n} adults with asthma all improved in study {pmid}.</AbstractText>
</Abstract></Article></MedlineCitation></PubmedArticle>"""


def build(settings: Settings) -> BuildReport:
    """Build with the encoder that needs no model."""
    return build_index(settings, encoder=HashingEmbedder(32))


def write_records(corpus: Path, *pmids: int) -> None:
    """Write a MEDLINE file with these records."""
    (corpus / "export.nbib").write_text("".join(NBIB.format(pmid=pmid, n=pmid % 100) for pmid in pmids))


def sources(settings: Settings) -> list[str]:
    """Return the sources of the documents in the index."""
    return [document.source for document in read(settings).library.documents()]


def read(settings: Settings) -> Generation:
    """Open the current generation."""
    return open_current(settings.index)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings over a corpus with a MEDLINE file of three records, PubMed XML with two and a corpus.jsonl with two."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_records(corpus, 111, 222, 333)
    (corpus / "export.xml").write_text(f"<PubmedArticleSet>{PUBMED.format(pmid=444, n=44)}{PUBMED.format(pmid=555, n=55)}</PubmedArticleSet>")
    lines = [{"_id": f"d{n}", "title": f"Passage {n}", "text": f"Passage {n} says that {n} of 90 adults with asthma improved."} for n in (6, 7)]
    (corpus / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return load_settings(corpus=corpus, index=tmp_path / "index", compose=OPEN)


def test_every_record_is_a_document_with_its_own_id_and_name(settings: Settings) -> None:
    """Three, two and two records are seven documents; the name of one leads to it and its file is known."""
    report = build(settings)

    assert (report.n_documents, report.problems, report.n_parsed) == (7, (), 3)
    library = read(settings).library
    assert sources(settings) == [
        "corpus.jsonl#d6", "corpus.jsonl#d7", "export.nbib#111", "export.nbib#222", "export.nbib#333", "export.xml#444", "export.xml#555"
    ]  # fmt: skip
    assert len({document.document_id for document in library.documents()}) == 7
    record = library.document("export#222")
    assert (record.metadata.pmid, record.metadata.doi, record.file) == ("222", "10.1000/trial.222", "export.nbib")
    assert verify(settings.index) == []


def test_a_record_is_cited_on_its_own(settings: Settings) -> None:
    """A statement names the one record that holds it, and its quote is the slice of that record's text."""
    from ragqa.bootstrap import open_service

    build(settings)
    service = open_service(settings)
    hits = service.search("trial 222 patients improved with treatment", 3)

    assert hits[0].document.slug == "export#222"
    document_id = hits[0].document.document_id
    pages = dict(service.document_pages(document_id))
    sentence = read(settings).library.document_sentences(document_id)[-1].sentence
    assert [pages[span.page][span.start : span.end] for span in sentence.spans] == [sentence.text]
    assert "In trial 222, 22 patients improved" in sentence.text


def test_unchanged_files_of_records_are_not_parsed_again(settings: Settings) -> None:
    """A second build does nothing; one with another file parses that alone and embeds nothing of the records."""
    build(settings)
    digest = read(settings).manifest.digest

    assert not build(settings).published
    (settings.corpus / "note.md").write_text("# Note\n\nAll 12 adults with asthma improved.\n")
    report = build(settings)
    assert (report.n_parsed, report.n_documents) == (1, 8)
    (settings.corpus / "note.md").unlink()
    build(settings)
    assert read(settings).manifest.digest == digest


def test_a_record_more_embeds_only_that_record(settings: Settings) -> None:
    """The other records keep their ids and vectors, whatever else stands in their file; a record that went is gone."""
    build(settings)
    before = {document.source: document.document_id for document in read(settings).library.documents()}
    write_records(settings.corpus, 222, 333, 888)

    report = build(settings)

    after = {document.source: document.document_id for document in read(settings).library.documents()}
    assert report.n_parsed == 1
    assert set(after) - set(before) == {"export.nbib#888"}
    assert set(before) - set(after) == {"export.nbib#111"}
    assert {name: after[name] for name in before if name in after} == {name: before[name] for name in before if name in after}
    assert report.n_embedded == len(read(settings).library.document_sentences(after["export.nbib#888"])) + 1


def test_the_same_record_twice_is_one_document(settings: Settings) -> None:
    """In one file, in two files, and as another export of the same publication."""
    write_records(settings.corpus, 111, 111, 222)
    (settings.corpus / "again.nbib").write_text("".join(NBIB.format(pmid=pmid, n=pmid % 100) for pmid in (222, 999)))
    xml = PUBMED.replace("Study {pmid} of another", "Trial {pmid} of a")
    (settings.corpus / "export.xml").write_text(f"<PubmedArticleSet>{xml.format(pmid=111, n=1)}{PUBMED.format(pmid=444, n=44)}</PubmedArticleSet>")

    report = build(settings)

    told = {problem.source: problem for problem in report.problems}
    assert {problem.status for problem in report.problems} == {DocumentStatus.DUPLICATE_OF}
    assert "export.nbib#111 (2)" in told
    assert "again.nbib#222" in told["export.nbib#222"].message
    assert sorted(sources(settings))[:4] == ["again.nbib#222", "again.nbib#999", "corpus.jsonl#d6", "corpus.jsonl#d7"]
    assert build(settings).problems == report.problems


def test_what_is_known_of_one_publication_is_not_said_of_all_records(settings: Settings) -> None:
    """A sidecar gives all records their language or licence, never their title or DOI."""
    (settings.corpus / "export.nbib.yaml").write_text("title: My export\nlicence: CC BY\n")

    build(settings)

    record = read(settings).library.document("export#111")
    assert (record.metadata.title, record.metadata.licence) == ("Trial 111 of a drug for the lung", "CC BY")
    assert any('"title" ignored' in note for note in record.quality.notes)


def test_an_index_with_records_equals_one_built_at_once(settings: Settings, tmp_path: Path) -> None:
    """After records came and went the digest is that of a build from nothing."""
    build(settings)
    write_records(settings.corpus, 999, 222)
    build(settings)
    fresh = settings.model_copy(update={"index": tmp_path / "fresh"})
    build(fresh)

    assert read(settings).manifest.digest == read(fresh).manifest.digest
    assert current_name(fresh.index) == "gen-000001"


def test_a_cache_that_lost_a_record_makes_it_again(settings: Settings) -> None:
    """The file is parsed once more; nothing is missing."""
    build(settings)
    for entry in (settings.index / "parsed").iterdir():
        entry.unlink()
    (settings.corpus / "note.md").write_text("# Note\n\nAll 12 adults with asthma improved.\n")

    report = build(settings)

    assert report.n_documents == 8
    assert report.problems == ()


def test_a_refused_file_is_not_parsed_again_before_it_changes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its problem is told by every build; only a limit that was reached is tried again."""
    (settings.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    first = build(settings)
    (settings.corpus / "note.md").write_text("# Note\n\nAll 12 adults with asthma improved.\n")
    read_names: list[str] = []

    def parse(path: Path, corpus: Path, ingest: IngestSettings) -> tuple[Document, ...]:
        read_names.append(path.name)
        return parse_documents(path, corpus, ingest)

    monkeypatch.setattr("ragqa.parsed.parse_documents", parse)
    second = build(settings)

    assert read_names == ["note.md"]
    assert second.problems == first.problems
    assert [problem.status for problem in second.problems] == [DocumentStatus.BROKEN]


def test_pages_are_counted_as_they_are_parsed(settings: Settings) -> None:
    """The caller hears of every page once, and of none that was known."""
    pages: list[int] = []
    build_index(settings, encoder=HashingEmbedder(32), on_pages=pages.append)

    assert sum(pages) == 7
    (settings.corpus / "note.md").write_text("# Note\n\nAll 12 adults with asthma improved.\n")
    build_index(settings, encoder=HashingEmbedder(32), on_pages=pages.append)
    assert sum(pages) == 8


def test_the_bar_shows_pages_a_second_and_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    """File names with brackets are shown as they are."""
    from ragqa.cli.index import Progress

    with Progress() as progress:
        progress("parse", 0, 2, "")
        for done, n_pages in enumerate((12, 30), start=1):
            progress.add_pages(n_pages)
            progress("parse", done, 2, f"paper [{done}].pdf")

    shown = capsys.readouterr().err
    assert "pages/s" in shown
    assert "2/2" in shown
    assert "0:00:00" in shown
    assert "paper [2].pdf" in shown


def test_a_build_that_is_stopped_continues_where_it_was(settings: Settings) -> None:
    """What was parsed before a build was stopped is not parsed again."""
    for number in range(40):
        (settings.corpus / f"note-{number:02}.md").write_text(f"# Note {number}\n\nAll {number} adults with asthma improved in trial {number}.\n")

    def stop(stage: str, done: int, total: int, item: str) -> None:
        if stage == "parse" and done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(settings, stop, HashingEmbedder(32))
    kept = len(list((settings.index / "parsed").iterdir())) + len(list((settings.index / "contents").iterdir()))
    report = build(settings)

    # How many of the small files the workers have read when the fifth is told is a matter of timing; five at least are kept.
    assert kept >= 5
    assert report.n_documents == 47
    assert report.n_parsed <= 43 - 5


def test_a_record_can_be_inspected_by_its_name(settings: Settings) -> None:
    """Without a name the first records are shown; a name that no record has is an error that says so."""
    from typer.testing import CliRunner

    from ragqa.cli import app
    from ragqa.errors import DocumentNotFound

    path = str(settings.corpus / "export.nbib")
    everything = CliRunner().invoke(app, ["docs", "inspect", path]).stdout
    one = CliRunner().invoke(app, ["docs", "inspect", path, "--record", "222"]).stdout

    assert [everything.count(f"export.nbib#{pmid}") for pmid in (111, 222, 333)] == [1, 1, 1]
    assert "export.nbib#222" in one
    assert "export.nbib#111" not in one
    assert isinstance(CliRunner().invoke(app, ["docs", "inspect", path, "--record", "999"]).exception, DocumentNotFound)
