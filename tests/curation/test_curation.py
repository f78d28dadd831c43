"""The corpus and its index, changed by people."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ragqa.build import build_index
from ragqa.curation import Upload
from ragqa.errors import DocumentNotFound, DocumentNotRemovable, NothingToRollBack, OriginalUnavailable
from ragqa.types import DocumentRecord, DocumentStatus
from tests.curation.conftest import Library
from tests.curation.library import FINDING, TRIAL, make_paper


@pytest.fixture
def paper(library: Library) -> DocumentRecord:
    """Return the PDF that was uploaded and indexed."""
    return next(record for record in library.service.documents() if record.source_format == "pdf")


def test_remove_restore_and_roll_back(library: Library, paper: DocumentRecord) -> None:
    """A removed document answers until the next build, comes back by rollback, and into the corpus by being put back."""
    curation = library.curation
    curation.remove(paper.document_id)
    assert TRIAL in library.titles()
    build_index(library.settings)
    assert TRIAL not in library.titles()
    assert curation.uploads.list() == []

    assert curation.rollback_target() == "gen-000001"
    assert curation.rollback() == "gen-000001"
    assert TRIAL in library.titles()
    assert curation.originals.path(paper).read_bytes() == make_paper(), "a generation that answers can show its files"

    curation.restore(paper.document_id)
    assert [upload.file_name for upload in curation.uploads.list()] == ["Trial.pdf"]
    assert curation.originals.path(paper).is_relative_to(library.settings.corpus)
    with pytest.raises(DocumentNotFound, match="can be put back"):
        curation.restore(paper.document_id)


def test_the_same_file_is_told_after_it_is_indexed(library: Library, paper: DocumentRecord) -> None:
    """A copy of an indexed document is refused with its id."""
    again = library.curation.upload(io.BytesIO(make_paper()), "Copy.pdf", "ben")
    assert (again.status, again.duplicate_of) == (DocumentStatus.DUPLICATE_OF, paper.document_id)


def test_an_upload_that_is_not_indexed_can_be_found_and_removed(library: Library) -> None:
    """Its id is that of its bytes, as the outcome of the upload said."""
    outcome = library.curation.upload(io.BytesIO(make_paper("Another trial of another drug")), "Other.pdf", "ada")
    assert outcome.document is not None
    found = library.curation.find(outcome.document.document_id)
    assert isinstance(found, Upload)

    library.curation.remove(outcome.document.document_id)

    assert [upload.file_name for upload in library.curation.uploads.list()] == ["Trial.pdf"]
    with pytest.raises(DocumentNotFound):
        library.curation.find(outcome.document.document_id)


def test_what_cannot_be_removed_stays(library: Library) -> None:
    """A file that has changed since it was indexed is not the document that was meant; the last document holds the index."""
    alder, birch, trial = library.service.documents()
    path = library.settings.corpus / "alder.md"
    path.write_text(path.read_text() + "\nMore.\n")
    with pytest.raises(DocumentNotRemovable, match="changed since"):
        library.curation.remove(alder.document_id)
    assert path.exists()

    path.unlink()
    library.curation.remove(trial.document_id)
    build_index(library.settings)
    with pytest.raises(DocumentNotRemovable, match="only document"):
        library.curation.remove(birch.document_id)


def test_there_is_nothing_before_the_first_generation(library: Library) -> None:
    """Rolling back the first generation says so."""
    assert library.curation.rollback_target() is None
    with pytest.raises(NothingToRollBack):
        library.curation.rollback()


def test_a_page_is_drawn_once_and_kept(library: Library, paper: DocumentRecord) -> None:
    """The quote is marked; the second time the picture comes from the disk, even where the file has gone."""
    originals = library.curation.originals
    text = library.service.reader().library.page_text(paper.document_id, 2)
    start = text.index(FINDING[0])

    first = originals.picture(paper, 2, text, [(start, start + 90)])
    plain = originals.picture(paper, 2, text, [])
    (library.settings.corpus / paper.source).unlink()

    assert first.is_marked
    assert first.png != plain.png
    assert originals.picture(paper, 2, text, [(start, start + 90)]) == first
    with pytest.raises(OriginalUnavailable, match="gone or has changed"):
        originals.picture(paper, 1, "", [])


def test_a_file_is_inspected_as_the_indexer_read_it(library: Library, paper: DocumentRecord) -> None:
    """Reading it again gives the sentences that are indexed; a text has no pictures."""
    document = library.curation.originals.inspect(paper)
    assert [sentence.text for sentence in document.sentences] == [record.sentence.text for record in library.service.document_sentences(paper.document_id)]
    with pytest.raises(OriginalUnavailable, match="not printed on pages"):
        library.curation.originals.picture(library.service.document("alder"), 1, "", [])


def test_a_source_that_leads_out_of_the_corpus_is_refused(library: Library, tmp_path: Path) -> None:
    """Even a generation that was tampered with opens no other file."""
    from dataclasses import replace

    (tmp_path / "secret.md").write_text("secret")
    alder = library.service.document("alder")
    for source in ("../secret.md", str(tmp_path / "secret.md")):
        with pytest.raises(OriginalUnavailable, match="no path below"):
            library.curation.originals.path(replace(alder, source=source))
