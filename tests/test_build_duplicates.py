"""The same publication in two files is indexed once."""

from pathlib import Path

from ragqa.build import build_index
from ragqa.index.generation import open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.settings import load_settings
from ragqa.types import DocumentStatus

BODY = "# {title}\n\n## Results\n\n- In this study, {n} of 120 adults with asthma improved with treatment at 48 weeks.\n"


def test_two_files_with_one_doi_are_one_document(tmp_path: Path) -> None:
    """Of two files with the same DOI one is indexed, the other is reported with the reason, and a second build keeps both facts."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, n in (("a", 31), ("b", 32), ("c", 33)):
        doi = "10.1000/one" if name != "c" else "10.1000/other"
        front = f"---\ntitle: A trial of treatment in asthma {name}\nyear: 2020\nkind: cohort\ndoi: {doi}\n---\n\n"
        (corpus / f"{name}.md").write_text(front + BODY.format(title=name, n=n), encoding="utf-8")
    settings = load_settings(corpus=corpus, index=tmp_path / "index")

    report = build_index(settings, encoder=HashingEmbedder(32))

    assert [(problem.source, problem.status) for problem in report.problems] == [("b.md", DocumentStatus.DUPLICATE_OF)]
    assert "the same DOI" in report.problems[0].message
    assert [document.source for document in open_current(settings.index).library.documents()] == ["a.md", "c.md"]
    assert not build_index(settings, encoder=HashingEmbedder(32)).published


def test_when_the_better_file_goes_the_other_is_indexed(tmp_path: Path) -> None:
    """Removing the file that stood for both brings the other one in."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in "ab":
        front = "---\ntitle: A trial of treatment in asthma\nyear: 2020\nkind: cohort\ndoi: 10.1000/one\n---\n\n"
        (corpus / f"{name}.md").write_text(front + BODY.format(title="A trial", n=ord(name)), encoding="utf-8")
    settings = load_settings(corpus=corpus, index=tmp_path / "index")
    build_index(settings, encoder=HashingEmbedder(32))

    (corpus / "a.md").unlink()
    report = build_index(settings, encoder=HashingEmbedder(32))

    assert not report.problems
    assert [document.source for document in open_current(settings.index).library.documents()] == ["b.md"]
