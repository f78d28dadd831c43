"""Files that people upload."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from ragqa.curation.uploads import Outcome, Uploads, display_name
from ragqa.ingest.listing import list_corpus
from ragqa.settings import Settings, load_settings
from ragqa.types import DocumentStatus
from tests.curation.library import clock, make_paper
from tests.ingest.printing import Print, make_pdf


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings over an empty corpus, with limits that end a hostile file soon."""
    (tmp_path / "corpus").mkdir()
    return load_settings(corpus=tmp_path / "corpus", index=tmp_path / "index", ingest={"max_file_size_mb": 1, "worker_cpu_s": 2})


@pytest.fixture
def uploads(settings: Settings) -> Uploads:
    """Return the folder of uploads."""
    return Uploads(settings, clock)


def take(uploads: Uploads, data: bytes, name: str, known: str | None = None) -> Outcome:
    """Upload some bytes under a name."""
    return uploads.take(io.BytesIO(data), name, "ada", lambda sha256: known)


def files_below(folder: Path) -> set[str]:
    """Return the paths of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def encrypted() -> bytes:
    """Return a PDF that asks for a password."""
    writer, output = PdfWriter(clone_from=PdfReader(io.BytesIO(make_paper()))), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(output)
    return output.getvalue()


def zip_bomb() -> bytes:
    """Return a Word file of 200 kB whose text unpacks to 200 MB."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 200_000_000)
    return output.getvalue()


def test_a_file_is_kept_under_a_random_name_and_shown_under_its_own(uploads: Uploads, settings: Settings) -> None:
    """The name it came under stands in a hidden record; the indexer finds the file alone."""
    outcome = take(uploads, make_paper(), "Trial of 2024.PDF")

    assert (outcome.status, outcome.file_name, outcome.message) == (DocumentStatus.OK, "Trial of 2024.PDF", "")
    assert outcome.document is not None
    (upload,) = uploads.list()
    assert (upload.file_name, upload.uploaded_by, upload.uploaded) == ("Trial of 2024.PDF", "ada", "2026-03-01T12:00:00+00:00")
    assert upload.source == outcome.document.source
    assert upload.source.startswith("uploads/")
    assert upload.source.endswith(".pdf")
    assert "rial" not in upload.source
    assert [file.source for file in list_corpus(settings.corpus, settings.index)] == [upload.source]
    assert uploads.of(upload.source) == upload
    assert uploads.in_words(f"{upload.source} is fine") == "Trial of 2024.PDF is fine"


def test_a_text_without_a_title_is_titled_by_its_file_name(uploads: Uploads, settings: Settings) -> None:
    """Its random name would be the title otherwise; a sidecar says better, also for names that YAML could misread."""
    take(uploads, b"Forty of ninety patients were better after a year.\n", "no: [title] #1.txt")

    (file,) = list_corpus(settings.corpus, settings.index)
    from ragqa.ingest import parse_file

    assert file.sidecar_sha256
    assert parse_file(file.path, settings.corpus, settings.ingest).metadata.title == "no: [title] #1"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        ("C:\\x.pdf", "x.pdf"),
        ("a\x00b\x1b[31m\u202e.pdf", "ab[31m.pdf"),
        ("x" * 5000 + ".pdf", "x" * 197 + ".pdf"),
        ("", "unnamed"),
        ("..", ".."),
        ("cafe\u0301.pdf", "café.pdf"),
    ],
)
def test_a_name_is_shown_without_folders_and_controls(name: str, shown: str) -> None:
    """What is shown is the last part of a name, of bearable length."""
    assert display_name(name) == shown


@pytest.mark.parametrize("name", ["../../x.pdf", "..\\..\\x.pdf"])
def test_a_name_is_never_a_path(uploads: Uploads, tmp_path: Path, name: str) -> None:
    """Whatever the name holds, all that is written lies below the folder of uploads, under names of our own."""
    assert take(uploads, make_paper(), name).is_kept
    assert all(path.startswith("corpus/uploads/") and "x.pdf" not in path for path in files_below(tmp_path))


@pytest.mark.parametrize(
    ("name", "data", "status", "words"),
    [
        ("empty.pdf", b"", DocumentStatus.REJECTED, "empty.pdf is empty"),
        ("large.txt", b"x" * 1_000_001, DocumentStatus.REJECTED, "larger than 1 MB"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", DocumentStatus.REJECTED, "page.pdf is no PDF"),
        ("sheet.xlsx", b"PK\x03\x04", DocumentStatus.REJECTED, 'files of type ".xlsx" are not read'),
        ("plain", b"text", DocumentStatus.REJECTED, 'files of type "" are not read'),
        ("word.docx", b"not a zip file", DocumentStatus.REJECTED, "word.docx"),
        ("bomb.docx", zip_bomb(), DocumentStatus.REJECTED, "bomb.docx"),
        ("locked.pdf", encrypted(), DocumentStatus.ENCRYPTED, "locked.pdf is encrypted"),
        ("blank.pdf", make_pdf([[Print("")]]), DocumentStatus.NEEDS_OCR, "blank.pdf"),
        ("entities.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><article>&b;</article>', DocumentStatus.REJECTED, "entities.xml"),
        ("titles.md", b"# A title and nothing else\n", DocumentStatus.REJECTED, "no sentence"),
    ],
)
def test_what_cannot_be_indexed_is_removed_and_told(uploads: Uploads, tmp_path: Path, name: str, data: bytes, status: DocumentStatus, words: str) -> None:
    """Each file ends in its status, in words that name it as the uploader does, and nothing of it stays."""
    outcome = take(uploads, data, name)

    assert (outcome.status, outcome.is_kept) == (status, False)
    assert words in outcome.message
    assert "uploads/" not in outcome.message
    assert "root:" not in outcome.message
    assert files_below(tmp_path) == set()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("billion_laughs.xml", DocumentStatus.REJECTED),
        ("zip_slip.docx", DocumentStatus.REJECTED),
        ("truncated_half.pdf", DocumentStatus.BROKEN),
    ],
)
def test_a_hostile_upload_ends_in_its_status(uploads: Uploads, tmp_path: Path, shared: Path, name: str, status: DocumentStatus) -> None:
    """The status of the manifest, the name as the uploader knows it, and nothing left behind."""
    outcome = take(uploads, (shared / "docs" / "hostile" / name).read_bytes(), name)

    assert outcome.status is status
    assert name in outcome.message
    assert not outcome.is_kept
    assert files_below(tmp_path) == set()


def test_the_same_bytes_are_kept_once(uploads: Uploads, settings: Settings) -> None:
    """A copy is told the document that is here: in the index, or uploaded a moment ago."""
    first = take(uploads, make_paper(), "a.pdf")
    assert first.document is not None

    again = take(uploads, make_paper(), "b.pdf")
    indexed = take(uploads, make_paper("Another trial of another drug"), "c.pdf", known="0123456789abcdef")

    assert (again.status, again.duplicate_of, again.is_kept) == (DocumentStatus.DUPLICATE_OF, first.document.document_id, False)
    assert (indexed.status, indexed.duplicate_of) == (DocumentStatus.DUPLICATE_OF, "0123456789abcdef")
    assert len(list_corpus(settings.corpus, settings.index)) == 1


def test_a_file_of_records_is_kept_whole(uploads: Uploads, settings: Settings) -> None:
    """Two records are two documents of one file, which is told once."""
    outcome = take(uploads, b'{"_id": "1", "title": "One", "text": "First."}\n{"_id": "2", "title": "Two", "text": "Second."}\n', "two.jsonl")

    assert [document.metadata.title for document in outcome.documents] == ["One", "Two"]
    (file,) = list_corpus(settings.corpus, settings.index)
    assert not file.sidecar_sha256


def test_an_upload_that_fails_midway_leaves_nothing(uploads: Uploads, tmp_path: Path) -> None:
    """A connection that breaks off takes the part that had come with it."""

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(10)
            if not data:
                raise ConnectionResetError
            return data

    with pytest.raises(ConnectionResetError):
        uploads.take(Broken(b"%PDF-1.7 and a half"), "a.pdf", "ada", lambda sha256: None)
    assert files_below(tmp_path) == set()


def test_what_a_crash_left_is_cleared_when_it_is_old(settings: Settings) -> None:
    """A file that may still be coming in, in another process, stays."""
    incoming = settings.corpus / "uploads" / ".incoming"
    incoming.mkdir(parents=True)
    for name, age in (("old.pdf", timedelta(days=2)), ("new.pdf", timedelta(minutes=1))):
        (incoming / name).write_bytes(b"half")
        moment = (clock() - age).timestamp()
        os.utime(incoming / name, (moment, moment))

    Uploads(settings, clock).clean()

    assert [path.name for path in incoming.iterdir()] == ["new.pdf"]
