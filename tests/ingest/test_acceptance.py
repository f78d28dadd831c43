"""Acceptance checks of the ingestion that need several parts at once; the others stand beside the module they check.

| check | test |
|---|---|
| 1 to 9 (the three texts) | test_text_file.py |
| 10, 12, 20 (papers with a twin) | test_pairs.py, test_pdf_boxes.py, test_page_picture.py |
| 13 (hyphens) | test_lines_and_words.py |
| 14, 15, 18 (scan, passwords, hidden text) | test_pdf.py |
| 17 (hostile XML and archives) | test_jats.py, test_other_formats.py, here |
| 4, 11, 14, 16, 19, 20 (what the shared folder has no file for, and what needs a build) | here |
"""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from ragqa.build import build_index
from ragqa.errors import FileRejected
from ragqa.index.generation import open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.ingest.chunking import chunk_document
from ragqa.ingest.garble import SUSPECT, garble_score
from ragqa.ingest.intake import parse_file
from ragqa.settings import IngestSettings, load_settings
from ragqa.types import BuildReport, DocumentStatus, Filters
from tests.compose.samples import small_service
from tests.ingest.printing import Print, column, make_pdf
from tests.ingest.reading import SETTINGS, read, read_file

HOSTILE = {
    "billion_laughs.xml": DocumentStatus.REJECTED,
    "bitrot_400_bytes.pdf": DocumentStatus.PARTIAL,
    "bomb_double_flate_1GiB.pdf": DocumentStatus.RESOURCE_LIMIT,
    "bomb_text_ops_200MB.pdf": DocumentStatus.RESOURCE_LIMIT,
    "html_named.pdf": DocumentStatus.REJECTED,
    "loop_form_xobject.pdf": DocumentStatus.RESOURCE_LIMIT,
    "truncated_half.pdf": DocumentStatus.BROKEN,
    "xxe.xml": DocumentStatus.REJECTED,
    "zero.pdf": DocumentStatus.REJECTED,
    "zip_bomb_500MB.docx": DocumentStatus.REJECTED,
    "zip_slip.docx": DocumentStatus.REJECTED,
}
HARMLESS = {"front_matter.md", "invisible_injection.pdf", "seed_nbib.nbib"}
TEXT = (
    "The drug was compared with placebo in many adults who had a lung disease of the",
    "connective tissue, and the improvement of their vital capacity after one year was",
    "modest; it did not reach significance in any of the subgroups that were looked at.",
)


@dataclass(frozen=True)
class Attack:
    """What came of indexing the hostile files while another thread asked."""

    report: BuildReport
    n_answers: int
    faults: tuple[BaseException, ...]
    written: frozenset[str]
    folder: Path
    largest_worker_kb: int
    """Peak memory of the workers, looked at many times a second: what the system counts for a child includes what its parent held."""


@pytest.fixture(scope="module")
def attack(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Build an index over the folder of hostile files; meanwhile a thread asks a service over another index, again and again."""
    folder = tmp_path_factory.mktemp("attack")
    shutil.copytree(shared / "docs" / "hostile", folder / "corpus")
    service = small_service(tmp_path_factory.mktemp("service"))
    before = files_of(folder)
    ended = threading.Event()
    answered: list[int] = []
    faults: list[BaseException] = []

    def ask() -> None:
        while not ended.is_set():
            try:
                answered.append(len(service.search("Is the treatment safe?", 3, Filters())))
            except BaseException as exc:
                faults.append(exc)
                return
            ended.wait(0.05)

    peaks = [0]

    def watch() -> None:
        while not ended.wait(0.01):
            peaks.extend(worker_peaks_kb())

    beside = [threading.Thread(target=ask), threading.Thread(target=watch)]
    for thread in beside:
        thread.start()
    try:
        report = build_index(load_settings(corpus=folder / "corpus", index=folder / "index"), encoder=HashingEmbedder(32))
    finally:
        ended.set()
        for thread in beside:
            thread.join()
    written = frozenset(name for name in files_of(folder) - before if not name.startswith("index/"))
    return Attack(report, len(answered), tuple(faults), written, folder, max(peaks))


def worker_peaks_kb() -> list[int]:
    """Return the peak memory so far of every worker that this process started and that runs now, in kB."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, command = (folder / "status").read_text(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if b"ragqa.ingest.worker" in command and int(fields["PPid"]) == os.getpid() and "VmHWM" in fields:
            found.append(int(fields["VmHWM"].split()[0]))
    return found


def files_of(folder: Path) -> frozenset[str]:
    """Return the paths of all files below a folder."""
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_every_hostile_file_ends_in_its_status(attack: Attack) -> None:
    """Check 16 and 17: the statuses of the manifest, each with a message that names the file; the harmless ones are indexed."""
    told = {problem.source: problem for problem in attack.report.problems}

    assert {name: told[name].status for name in told} == HOSTILE
    assert all(name in problem.message for name, problem in told.items())
    assert not [problem for problem in told.values() if "root:" in problem.message]
    library = open_current(attack.folder / "index").library
    assert {document.source for document in library.documents()} == HARMLESS | {"bitrot_400_bytes.pdf"}


def test_questions_are_answered_meanwhile(attack: Attack) -> None:
    """Check 16: parsing happens in other processes, so that a request is served at any moment."""
    assert attack.faults == ()
    assert attack.n_answers >= 10


def test_nothing_is_written_outside_the_index_and_no_worker_exceeds_its_memory(attack: Attack) -> None:
    """Check 16 and 17: archives are not unpacked; the largest worker stays below its limit."""
    assert attack.written == frozenset()
    assert not (attack.folder.parent / "evil.txt").exists()
    assert 0 < attack.largest_worker_kb <= SETTINGS.worker_memory_mb * 1024


def test_a_print_with_corrupt_operators_is_flagged_at_every_place() -> None:
    """Check 4: eighteen times "P50.05" for "P < 0.05" are eighteen flags, and no operator is guessed."""
    lines = [f"In group {number} the vital capacity of the adults rose a little (P50.05)." for number in range(18)]
    document = read(make_pdf([[Print("Results", y=740, size=14, bold=True), *column(lines, top=720)]]), "p.pdf")

    assert document.quality.suspect_operators == 18
    assert [sentence.flags for sentence in document.sentences] == [("suspect_operator",)] * 18
    assert not [sentence for sentence in document.sentences if "<" in sentence.text or "=" in sentence.text]


@pytest.mark.parametrize("the", ["+e", "Te"])
def test_a_font_that_lies_about_its_ligature_makes_a_page_suspect(the: str) -> None:
    """Check 11: a page that reads "+e" for "The" is read again with the other engines."""
    honest = " ".join(["The drug was given to the adults of the first group. The others had none."] * 12)

    assert garble_score(honest) < SUSPECT
    assert garble_score(honest.replace("The", the)) >= SUSPECT


def test_a_scan_makes_no_chunk(shared: Path) -> None:
    """Check 14: it needs OCR, says so, and nothing of it is searched."""
    document = read_file(shared / "docs" / "edge" / "dl_ocr_test.pdf")

    assert document.status is DocumentStatus.NEEDS_OCR
    assert chunk_document(document, SETTINGS) == ()


def test_the_better_twin_is_indexed_and_the_other_reported(shared: Path, tmp_path: Path) -> None:
    """Check 19: the PDF of a paper whose JATS is there too is a duplicate by DOI; the same bytes under another name are a duplicate by bytes."""
    for name in ("PMC1397864.pdf", "PMC1397864.xml"):
        shutil.copy(shared / "docs" / "pairs" / name, tmp_path / name)
    shutil.copy(tmp_path / "PMC1397864.xml", tmp_path / "again.xml")

    report = build_index(load_settings(corpus=tmp_path, index=tmp_path / "index"), encoder=HashingEmbedder(32))

    assert [(problem.source, problem.status) for problem in report.problems] == [
        ("PMC1397864.pdf", DocumentStatus.DUPLICATE_OF),
        ("again.xml", DocumentStatus.DUPLICATE_OF),
    ]
    assert "the same DOI" in report.problems[0].message
    assert "the same bytes" in report.problems[1].message


def test_a_book_beyond_the_page_limit_is_refused_with_the_reason(tmp_path: Path) -> None:
    """Check 20: the message names the limit and its setting."""
    (tmp_path / "book.pdf").write_bytes(make_pdf([column(TEXT)] * 4))

    with pytest.raises(FileRejected, match=r"4 pages; the limit is 3 \(RAGQA_INGEST__MAX_PAGES\)") as caught:
        parse_file(tmp_path / "book.pdf", tmp_path, IngestSettings(max_pages=3))
    assert caught.value.status is DocumentStatus.RESOURCE_LIMIT


@pytest.mark.soak
def test_a_book_of_six_hundred_pages_is_read_within_its_limits(tmp_path: Path) -> None:
    """Check 20: 619 pages come through a worker with the limits of the settings."""
    pages = [column([f"Page {number} of the book tells of adult number {number} in some detail.", *TEXT]) for number in range(619)]
    (tmp_path / "book.pdf").write_bytes(make_pdf(pages))

    document = parse_file(tmp_path / "book.pdf", tmp_path, SETTINGS)

    assert document.status is DocumentStatus.OK
    assert len(document.pages) == 619
