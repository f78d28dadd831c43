from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragqa.build import build_index
from ragqa.errors import CorpusMissing, FileRejected, IndexLocked, IndexNotWritable
from ragqa.index.generation import current_name, generation_names, open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.lock import hold_lock
from ragqa.index.publish import rollback, verify
from ragqa.ingest import parse_documents
from ragqa.ingest.listing import file_sha256, list_corpus
from ragqa.settings import IngestSettings, Settings, load_settings
from ragqa.types import BuildReport, Document, DocumentStatus, Facet

PAPER = """---
title: Paper {name}
year: 2020
kind: {kind}
---

# Paper {name}

## Results

- In trial {name}, 31 of 120 patients improved with treatment at 48 weeks.
- Lung function fell by {name} ml in the other group.

## Safety

- Fever occurred in 3 patients of trial {name}.
"""

BUILD = """
import sys
from pathlib import Path
import ragqa.index.parts
from ragqa.build import build_index
from ragqa.index.hashing import HashingEmbedder
from ragqa.settings import load_settings

ragqa.index.parts._WORTH_PARTS = 1
build_index(load_settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])), encoder=HashingEmbedder(32))
"""


class CountingEmbedder(HashingEmbedder):
    """The shipped fake that also records what it embeds."""

    def __init__(self) -> None:
        super().__init__(32)
        self.texts: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Record the texts and embed them."""
        self.texts += texts
        return super().embed_passages(texts)


def write_paper(corpus: Path, name: str, kind: str = "cohort") -> None:
    """Write a paper of two chunks and three sentences."""
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / f"{name}.md").write_text(PAPER.format(name=name, kind=kind))


def build(settings: Settings) -> tuple[BuildReport, list[str]]:
    """Build and return the report and the texts that were embedded."""
    encoder = CountingEmbedder()
    return build_index(settings, encoder=encoder), encoder.texts


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings over a corpus of a guideline and two papers, and an index folder that does not exist yet."""
    write_paper(tmp_path / "corpus" / "guidelines", "101", "guideline")
    write_paper(tmp_path / "corpus" / "research", "202")
    write_paper(tmp_path / "corpus" / "research", "303")
    return load_settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def test_a_corpus_becomes_a_generation(settings: Settings) -> None:
    """Three documents of two chunks and three sentences each: 15 texts get vectors, and everything verifies."""
    report, embedded = build(settings)

    assert (report.n_documents, report.n_chunks, report.n_sentences) == (3, 6, 9)
    assert (report.n_parsed, report.n_embedded, len(embedded)) == (3, 15, 15)
    assert report.published
    assert report.generation == current_name(settings.index) == "gen-000001"
    assert verify(settings.index) == []


def test_an_unchanged_corpus_embeds_parses_and_publishes_nothing(settings: Settings) -> None:
    """A second build says so; touching a file changes nothing, since bytes count and not times."""
    first, _ = build(settings)
    (settings.corpus / "research" / "202.md").touch()

    encoder, stages = CountingEmbedder(), set()
    second = build_index(settings, lambda stage, *_: stages.add(stage), encoder)

    assert stages == {"read"}
    assert encoder.texts == []
    assert (second.n_parsed, second.n_embedded, second.published) == (0, 0, False)
    assert (second.generation, second.n_documents, second.n_chunks) == (first.generation, first.n_documents, first.n_chunks)
    assert generation_names(settings.index) == ["gen-000001"]


def test_files_that_lay_still_are_not_read_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the margin after a file's last change over, a second build reads the changed file alone; without its notes it reads them all."""
    monkeypatch.setattr("ragqa.ingest.file_hashes._MARGIN_NS", -60_000_000_000)
    build(settings)
    path = settings.corpus / "research" / "202.md"
    path.write_text(path.read_text().replace("Fever", "Cough"))
    names: list[str] = []

    def reading(path: Path) -> str:
        names.append(path.name)
        return file_sha256(path)

    monkeypatch.setattr("ragqa.ingest.file_hashes.file_sha256", reading)
    report, _ = build(settings)
    assert (names, report.n_parsed) == (["202.md"], 1)
    (settings.index / "ledger.sqlite").unlink()
    report, _ = build(settings)

    assert (names, report.published) == (["202.md", "101.md", "202.md", "303.md"], False)


def test_a_build_that_waited_for_another_sees_what_came_meanwhile(settings: Settings) -> None:
    """The corpus is listed under the lock, so the later build never publishes an older state than the one before it."""
    build(settings)
    waiting = settings.model_copy(update={"generations": settings.generations.model_copy(update={"lock_timeout_s": 30.0})})
    with ThreadPoolExecutor(1) as pool:
        with hold_lock(settings.index):
            later = pool.submit(build, waiting)
            time.sleep(0.3)
            write_paper(settings.corpus, "404")
        report, _ = later.result()

    assert report.n_documents == 4


def test_adding_a_file_embeds_only_that_file(settings: Settings) -> None:
    """The other documents' vectors are those made before."""
    build(settings)
    write_paper(settings.corpus / "research", "250")

    report, embedded = build(settings)

    assert (report.n_parsed, report.n_embedded, report.n_documents) == (1, 5, 4)
    assert len(embedded) == 5
    assert all("250" in text for text in embedded)


def test_a_changed_file_is_replaced_and_a_removed_one_is_gone(settings: Settings) -> None:
    """Only the changed file is embedded; nothing of its old text or of the removed file can be found."""
    build(settings)
    path = settings.corpus / "research" / "202.md"
    path.write_text(path.read_text().replace("Fever", "Headache"))
    (settings.corpus / "research" / "303.md").unlink()

    report, embedded = build(settings)

    assert (report.n_documents, report.n_parsed) == (2, 1)
    assert all("202" in text for text in embedded)
    generation = open_current(settings.index)
    # "fever" is left in the guideline alone.
    assert generation.lexical.frequencies(["fever", "headach", "303"]) == [1, 1, 0]
    generation.library.close()


def test_a_sidecar_belongs_to_its_file(settings: Settings) -> None:
    """It is no document of its own, and changing it makes the file parsed anew."""
    build(settings)
    (settings.corpus / "research" / "202.md.yaml").write_text("year: 1999\n")

    report, _ = build(settings)

    assert (report.n_documents, report.n_parsed) == (3, 1)
    generation = open_current(settings.index)
    assert generation.library.document("202").metadata.year == 1999
    generation.library.close()


def test_the_corpus_listing_leaves_out_what_is_no_document(settings: Settings) -> None:
    """Hidden files and folders, README.md, sidecars and an index inside the corpus are left out; a lone .yaml is not."""
    corpus, inside = settings.corpus, settings.corpus / "index"
    for name in ("README.md", ".hidden.md", ".git/a.md", "index/b.md", "research/202.md.yml", "lone.yaml"):
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_text("x")

    assert [file.source for file in list_corpus(corpus, inside)] == ["guidelines/101.md", "lone.yaml", "research/202.md", "research/303.md"]


def test_one_unreadable_file_leaves_the_others_indexed(settings: Settings) -> None:
    """Each file that cannot be taken in is a problem with its name and reason, reported again by the next, unchanged build."""
    (settings.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    (settings.corpus / "image.xyz").write_bytes(b"\x00\x01")
    (settings.corpus / "link.md").symlink_to(settings.corpus / "nowhere.md")

    report, _ = build(settings)

    assert report.n_documents == 3
    assert [problem.source for problem in report.problems] == ["broken.pdf", "image.xyz", "link.md"]
    assert all(problem.source in problem.message for problem in report.problems)
    again, _ = build(settings)
    assert (again.problems, again.published) == (report.problems, False)


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        (ZeroDivisionError("oops"), DocumentStatus.BROKEN, r"cannot be parsed \(ZeroDivisionError: oops\)"),
        (FileRejected("202.md took too long", DocumentStatus.RESOURCE_LIMIT), DocumentStatus.RESOURCE_LIMIT, "took too long"),
        ({"sha256": "0" * 64}, DocumentStatus.REJECTED, "changed while it was read"),
        ({"pages": ()}, DocumentStatus.BROKEN, "not on its pages"),
    ],
)
def test_a_fault_of_a_parser_costs_one_document(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, fault: Exception | dict[str, object], status: DocumentStatus, message: str
) -> None:
    """Whether it raises or returns what cannot be true, the others are indexed; what lacked time or memory is tried again next time."""

    def parse(path: Path, corpus: Path, ingest: IngestSettings) -> tuple[Document, ...]:
        documents = parse_documents(path, corpus, ingest)
        if path.name == "202.md" and isinstance(fault, Exception):
            raise fault
        return (replace(documents[0], **fault),) if path.name == "202.md" else documents  # type: ignore[arg-type]  # the fields are right by name

    monkeypatch.setattr("ragqa.parsed.parse_documents", parse)
    report, _ = build(settings)

    (problem,) = report.problems
    assert (report.n_documents, problem.status) == (2, status)
    assert re.search(message, problem.message)
    monkeypatch.setattr("ragqa.parsed.parse_documents", parse_documents)
    assert build(settings)[0].n_documents == (3 if status is DocumentStatus.RESOURCE_LIMIT else 2)


def test_equal_files_are_indexed_once(settings: Settings) -> None:
    """The first by path is the document, the second a problem that names it."""
    shutil.copy(settings.corpus / "research" / "202.md", settings.corpus / "research" / "copy.md")

    report, _ = build(settings)

    (problem,) = report.problems
    assert report.n_documents == 3
    assert (problem.source, problem.status) == ("research/copy.md", DocumentStatus.DUPLICATE_OF)
    assert "research/202.md" in problem.message


def test_a_corpus_without_documents_is_named(tmp_path: Path, settings: Settings) -> None:
    """A missing folder, an empty one, and one without a readable file each say what to do; nothing is published."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "useless").mkdir()
    (tmp_path / "useless" / "a.xyz").write_text("x")
    for name, message in (("nowhere", "does not exist"), ("empty", "holds no document"), ("useless", r"can be read.*a\.xyz")):
        with pytest.raises(CorpusMissing, match=message):
            build(settings.model_copy(update={"corpus": tmp_path / name}))
    assert generation_names(settings.index) == []


def test_the_same_corpus_gives_the_same_digest(settings: Settings, tmp_path: Path) -> None:
    """Two builds in two places agree; so does one that got there by detours. Another encoder or text gives another digest."""
    build(settings)
    elsewhere = settings.model_copy(update={"index": tmp_path / "elsewhere"})
    write_paper(settings.corpus, "404")
    build(elsewhere)
    (settings.corpus / "404.md").unlink()
    build(elsewhere)

    def digest(index: Path) -> str:
        return str(json.loads((index / current_name(index) / "MANIFEST.json").read_text())["digest"])

    assert digest(settings.index) == digest(elsewhere.index)
    build_index(elsewhere, encoder=HashingEmbedder(16))
    assert digest(settings.index) != digest(elsewhere.index)


def test_an_edited_corpus_gives_the_files_of_a_fresh_build(settings: Settings, tmp_path: Path) -> None:
    """After random additions, changes and removals every array and text equals that of a build from nothing."""
    choice = np.random.default_rng(5)
    for step in range(8):
        papers = sorted((settings.corpus / "research").glob("*.md"))
        action = choice.choice(["add", "change", "remove"]) if len(papers) > 1 else "add"
        if action == "add":
            write_paper(settings.corpus / "research", str(choice.integers(1000, 9999)))
        elif action == "change":
            paper = papers[choice.integers(len(papers))]
            paper.write_text(paper.read_text().replace("patients", f"patients in group {step}"))
        else:
            papers[choice.integers(len(papers))].unlink()
        build(settings)
    fresh = settings.model_copy(update={"index": tmp_path / "fresh"})
    build(fresh)

    edited, anew = open_current(settings.index), open_current(fresh.index)
    assert edited.manifest.digest == anew.manifest.digest
    for name in ("part-0/vectors.npy", "part-0/sentences.npy", "part-0/dense.faiss", "part-0/store.sqlite"):
        assert (edited.path / name).read_bytes() == (anew.path / name).read_bytes()
    terms = [("patient", 1.0), ("lung", 1.0), ("fever", 0.5)]
    assert edited.lexical.search(terms, 100) == anew.lexical.search(terms, 100)
    edited.library.close()
    anew.library.close()


def test_an_index_of_parts_equals_one_built_at_once(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After random additions, changes and removals that write only what changed, every row holds what a build from nothing holds.

    Word scores may differ by the documents out of use, which count in the statistics until they are written anew; the rest is equal.
    """
    monkeypatch.setattr("ragqa.index.parts._WORTH_PARTS", 1)
    choice = np.random.default_rng(17)
    for number in range(40):
        write_paper(settings.corpus / "research", str(4000 + number))
    build(settings)
    n_parts, n_removed = set(), set()
    for step in range(14):
        papers = sorted((settings.corpus / "research").glob("*.md"))
        action = ("add", "change", "remove")[choice.integers(3)]
        paper = papers[choice.integers(len(papers))]
        if action == "add":
            write_paper(settings.corpus / "research", str(choice.integers(1000, 9999)))
        elif action == "change":
            paper.write_text(paper.read_text().replace("patients", f"patients in group {step}"))
        else:
            paper.unlink()
        report, embedded = build(settings)
        assert len(embedded) <= 5, "only the changed document is embedded"
        assert verify(settings.index) == []
        manifest = json.loads((settings.index / report.generation / "MANIFEST.json").read_text())
        n_parts.add(len(manifest["parts"]))
        n_removed.add(len(manifest.get("removed", ())))
        if step % 3 == 1:
            assert_equal_to_a_fresh_build(settings, tmp_path / f"fresh-{step}")
    assert max(n_parts) >= 3
    assert max(n_removed) >= 3


def assert_equal_to_a_fresh_build(settings: Settings, index: Path) -> None:
    """Compare the index with one that is built from the same corpus from nothing."""
    fresh = settings.model_copy(update={"index": index})
    build_index(fresh, encoder=HashingEmbedder(32))
    edited, anew = open_current(settings.index), open_current(index)
    assert edited.manifest.digest == anew.manifest.digest
    library, expected = edited.library, anew.library
    assert library.documents() == expected.documents()
    rows = range(expected.n_chunks)
    assert library.chunks(rows) == expected.chunks(rows)
    assert library.sentences(range(expected.n_sentences)) == expected.sentences(range(expected.n_sentences))
    assert library.sentences_of(rows[::3]) == expected.sentences_of(rows[::3])
    assert np.array_equal(library.sentence_vectors(range(library.n_sentences)), expected.sentence_vectors(range(expected.n_sentences)))
    assert [library.chunk_rows(record.document_id) for record in library.documents()] == [
        expected.chunk_rows(record.document_id) for record in expected.documents()
    ]
    for what in ("population", "drug", "trial", "facet"):
        assert library.tag_names(what) == expected.tag_names(what)
    assert library.tagged(facets=list(Facet)) == expected.tagged(facets=list(Facet))
    assert library.abbreviations() == expected.abbreviations()
    vector, mask = HashingEmbedder(32).embed_queries(["fever in 120 patients"])[0], np.arange(expected.n_chunks) % 3 > 0
    for allowed in (None, mask):
        assert edited.dense.search(vector, 500, allowed) == anew.dense.search(vector, 500, allowed)
        found, wanted = edited.lexical.search([("fever", 1.0)], 500, allowed), anew.lexical.search([("fever", 1.0)], 500, allowed)
        assert {row for row, _ in found} == {row for row, _ in wanted}
    assert edited.dense.scores(vector, rows).tolist() == anew.dense.scores(vector, rows).tolist()
    assert (edited.lexical.scores([("fever", 1.0)], rows) > 0).tolist() == (anew.lexical.scores([("fever", 1.0)], rows) > 0).tolist()
    edited.library.close()
    anew.library.close()


def test_unchanged_parts_are_shared_between_generations(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding a paper to a large index writes a small part; the large one is the same file in both generations."""
    monkeypatch.setattr("ragqa.index.parts._WORTH_PARTS", 1)
    for number in range(20):
        write_paper(settings.corpus, str(4000 + number))
    build(settings)
    write_paper(settings.corpus, "5000")
    build(settings)

    first, second = settings.index / "gen-000001", settings.index / "gen-000002"
    assert (second / "part-0" / "store.sqlite").samefile(first / "part-0" / "store.sqlite")
    assert (second / "part-1" / "store.sqlite").stat().st_size < (first / "part-0" / "store.sqlite").stat().st_size
    rollback(settings.index)
    assert verify(settings.index) == []


def test_old_generations_and_unused_entries_are_pruned(settings: Settings) -> None:
    """Two generations stay by default, and the caches hold what the last build used."""
    for name in ("404", "505", "606"):
        write_paper(settings.corpus, name)
        build(settings)
    (settings.corpus / "606.md").unlink()
    build(settings)

    assert generation_names(settings.index) == ["gen-000003", "gen-000004"]
    assert len(list((settings.index / "parsed").iterdir())) == len(list((settings.index / "vectors").iterdir())) == 5


def test_a_damaged_index_is_built_anew(settings: Settings) -> None:
    """A build replaces a generation that does not open; damaged cache entries are made again."""
    build(settings)
    manifest = settings.index / "gen-000001" / "MANIFEST.json"
    manifest.unlink()
    manifest.write_text("{")
    for entry in (*(settings.index / "parsed").iterdir(), *(settings.index / "vectors").iterdir()):
        entry.write_bytes(entry.read_bytes()[:-3])

    report, embedded = build(settings)

    assert report.published
    assert (report.n_parsed, len(embedded)) == (3, 15)
    open_current(settings.index).library.close()


def test_a_rolled_back_index_is_brought_up_to_date_by_the_next_build(settings: Settings) -> None:
    """Rolling back does not lose the corpus: what was published once is published again, without embedding."""
    build(settings)
    write_paper(settings.corpus, "404")
    build(settings)
    assert rollback(settings.index) == "gen-000001"

    report, embedded = build(settings)

    assert (report.n_documents, report.generation, embedded) == (4, "gen-000003", [])


def test_a_held_lock_stops_the_build(settings: Settings) -> None:
    """Nothing is written while another builder works."""
    settings.index.mkdir()
    with hold_lock(settings.index), pytest.raises(IndexLocked, match=f"process {os.getpid()}"):
        build(settings)
    assert generation_names(settings.index) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_index_folder_is_named(settings: Settings) -> None:
    """The message says what to do; the published generation is untouched."""
    build(settings)
    write_paper(settings.corpus, "404")
    settings.index.chmod(0o555)
    try:
        with pytest.raises(IndexNotWritable, match="write permission"):
            build(settings)
    finally:
        settings.index.chmod(0o755)
    assert verify(settings.index) == []


@pytest.mark.parametrize("limit_bytes", [100, 4_000, 30_000, 60_000])
def test_a_disk_that_runs_full_loses_nothing(settings: Settings, limit_bytes: int) -> None:
    """Wherever writing stops, the error is a clear one, the old generation stays whole, and the next build succeeds.

    A limit on the size of files stands for the full disk: the system refuses the write in the same way.
    """
    build(settings)
    for number in range(20):
        write_paper(settings.corpus, str(2000 + number))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        with pytest.raises(IndexNotWritable, match="cannot be written"):
            build(settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert current_name(settings.index) == "gen-000001"
    assert verify(settings.index) == []
    report, _ = build(settings)
    assert report.n_documents == 23
    assert verify(settings.index) == []


def test_sigkill_at_random_moments_of_a_build_loses_nothing(settings: Settings) -> None:
    """A killed build leaves an index that opens and verifies, and the next build continues to the result of an undisturbed one."""
    kill_builds(settings, n_kills=4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_hundreds_of_sigkills_lose_nothing(settings: Settings) -> None:
    """The same for three hundred kills, or as many as fit into eight minutes, while papers come, change and go."""
    kill_builds(settings, n_kills=300, longest_s=480)


def kill_builds(settings: Settings, n_kills: int, longest_s: float = 1e9) -> None:
    """Build in another process after a random edit and kill it at a random moment, so many times; check the index after each.

    Progress is printed, which `make soak` shows.
    """
    for number in range(30):
        write_paper(settings.corpus, str(2000 + number))
    build(settings)
    command = [sys.executable, "-c", BUILD, str(settings.corpus), str(settings.index)]
    write_paper(settings.corpus, "2100")
    began = time.monotonic()
    subprocess.run([*command[:-1], str(settings.index.with_name("undisturbed"))], check=True)
    whole_s = time.monotonic() - began
    choice = np.random.default_rng(11)
    started = time.monotonic()
    for kill in range(n_kills):
        if time.monotonic() - started > longest_s:
            print(f"stopped after {kill} of {n_kills} kills: {longest_s:.0f} s are over", flush=True)
            break
        if kill % 20 == 0:
            print(f"{kill} of {n_kills} kills", flush=True)
        name = str(2000 + choice.integers(60))
        if choice.integers(4) or not (settings.corpus / f"{name}.md").exists():
            write_paper(settings.corpus, name, kind=f"cohort # edit {kill}")
        else:
            (settings.corpus / f"{name}.md").unlink()
        process = subprocess.Popen(command)
        # The first third of the time goes into starting Python.
        time.sleep(whole_s * choice.uniform(0.35, 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert verify(settings.index) == []

    build(settings)

    assert verify(settings.index) == []
    assert_equal_to_a_fresh_build(settings, settings.index.with_name("fresh"))
