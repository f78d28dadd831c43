"""From a file in the corpus to its document."""

from pathlib import Path

import pytest

from ragqa.errors import FileRejected
from ragqa.ingest.intake import parse_documents, parse_file
from ragqa.settings import IngestSettings
from ragqa.types import DocumentKind, DocumentStatus
from tests.ingest.reading import SETTINGS


def test_the_id_is_the_hash_of_the_bytes(tmp_path: Path) -> None:
    """Two files with the same bytes have the same id; the source is the path below the corpus."""
    (tmp_path / "sub").mkdir()
    for name in ("a.md", "sub/b.md"):
        (tmp_path / name).write_text("# T\n\nText.\n")
    first, second = (parse_file(tmp_path / name, tmp_path, SETTINGS) for name in ("a.md", "sub/b.md"))

    assert first.document_id == second.document_id == first.sha256[:16]
    assert second.source == "sub/b.md"


def test_a_sidecar_overrides_what_the_file_says(tmp_path: Path) -> None:
    """`name.txt.yaml` gives title and kind; other fields stay."""
    (tmp_path / "a.txt").write_text("Published in 2019.\n\nA sentence of a study of adults.\n")
    (tmp_path / "a.txt.yaml").write_text("title: The right title\nkind: cohort\n")

    metadata = parse_file(tmp_path / "a.txt", tmp_path, SETTINGS).metadata

    assert (metadata.title, metadata.kind, metadata.kind_origin, metadata.year) == ("The right title", DocumentKind.COHORT, "sidecar", 2019)


def test_a_bad_sidecar_is_named_with_its_line(tmp_path: Path) -> None:
    """The message leads to the sidecar, not to the document."""
    (tmp_path / "a.txt").write_text("Text.\n")
    (tmp_path / "a.txt.yaml").write_text("title: T\nkind: novel\n")

    with pytest.raises(FileRejected, match=r'a\.txt\.yaml, line 2: "kind"'):
        parse_file(tmp_path / "a.txt", tmp_path, SETTINGS)


@pytest.mark.parametrize(
    ("name", "content", "message"), [("a.rtf", b"x", 'type ".rtf" are not read'), ("a.md", b"", "a.md is empty"), ("a.jsonl", b"{", "line 1")]
)
def test_what_cannot_be_read_is_rejected_in_words(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """An unknown type, an empty file and a broken line each say so."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(FileRejected, match=message) as caught:
        parse_documents(tmp_path / name, tmp_path, SETTINGS)
    assert caught.value.status is DocumentStatus.REJECTED


def test_a_file_above_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    """The message names the limit's setting."""
    (tmp_path / "a.txt").write_bytes(b"x" * 1_000_001)

    with pytest.raises(FileRejected, match="RAGQA_INGEST__MAX_FILE_SIZE_MB"):
        parse_file(tmp_path / "a.txt", tmp_path, IngestSettings(max_file_size_mb=1))


def test_a_file_with_several_records_gives_several_documents(tmp_path: Path) -> None:
    """Each line of a corpus.jsonl is a document with an id of its own."""
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "d1", "title": "One", "text": "First text."}\n{"_id": "d2", "title": "", "text": "Second text. It goes on."}\n'
    )

    documents = parse_documents(tmp_path / "corpus.jsonl", tmp_path, SETTINGS)

    assert [document.source for document in documents] == ["corpus.jsonl#d1", "corpus.jsonl#d2"]
    assert len({document.document_id for document in documents}) == 2
    assert [sentence.text for sentence in documents[1].sentences] == ["Second text.", "It goes on."]
    with pytest.raises(FileRejected, match="holds 2 documents"):
        parse_file(tmp_path / "corpus.jsonl", tmp_path, SETTINGS)
