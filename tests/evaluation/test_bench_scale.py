"""The benchmark of synthetic libraries, at a size of seconds: it runs the whole way, and its libraries are what they claim to be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.evaluation.bench_build import build_synthetic, time_additions
from ragqa.evaluation.bench_corpus import CHUNKS_PER_DOCUMENT, SyntheticCorpus, SyntheticEncoder
from ragqa.evaluation.bench_scale import Machine, ScaleReport, save_report
from ragqa.evaluation.bench_stages import scale_questions, time_answers, time_retrieval
from ragqa.evaluation.bench_workers import memory_mb
from ragqa.index.generation import open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.publish import verify
from ragqa.ingest.chunking import chunk_document
from ragqa.settings import IngestSettings, Settings, load_settings
from ragqa.text.lexicon import load_lexicon

N_CHUNKS = 3 * CHUNKS_PER_DOCUMENT


@pytest.fixture(scope="module")
def corpus() -> SyntheticCorpus:
    """Return the synthetic library."""
    return SyntheticCorpus(load_lexicon())


@pytest.fixture(scope="module")
def encoder(corpus: SyntheticCorpus) -> SyntheticEncoder:
    """Return its encoder, over one that needs no model."""
    return SyntheticEncoder(corpus, HashingEmbedder(32))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings over two new folders."""
    (tmp_path / "index").mkdir()
    return load_settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def test_a_document_is_the_same_whenever_it_is_made(corpus: SyntheticCorpus) -> None:
    """Same seed and number, same paper; every sentence slices its page, and every chunk is a section of four sentences."""
    document = corpus.document(34)

    assert document == corpus.document(34) != corpus.document(35)
    assert all(document.pages[span.page - 1].text[span.start : span.end] == each.text for each in document.sentences for span in each.spans)
    assert len(chunk_document(document, IngestSettings())) == CHUNKS_PER_DOCUMENT


def test_words_follow_zipf(corpus: SyntheticCorpus) -> None:
    """The most frequent tenth of the words drawn for tails makes up two fifths of the text (even draws: a tenth), and most words are rare."""
    tails = " ".join(each.text.partition("; ")[2] for number in range(60) for each in corpus.document(number).sentences)
    counts = np.sort(np.unique(tails.rstrip(".").split(), return_counts=True)[1])[::-1]

    assert counts[: len(counts) // 10].sum() > 0.4 * counts.sum()
    assert np.median(counts) <= 2


def test_vectors_lie_near_what_a_sentence_says(corpus: SyntheticCorpus, encoder: SyntheticEncoder) -> None:
    """A sentence is nearer to its own head than to another; equal texts have equal vectors of unit length."""
    first, second = corpus.document(1).sentences[:2]
    vectors = encoder.embed_passages([f"T: topic 7\nPart 0\n{first.text}"] * 2)
    heads = encoder.embed_queries([each.text.partition(";")[0] for each in (first, second)])

    assert np.array_equal(vectors[0], vectors[1])
    assert np.linalg.norm(vectors[0]) == pytest.approx(1)
    assert vectors[0] @ heads[0] > vectors[0] @ heads[1]


def test_a_synthetic_index_answers_and_takes_papers_by_a_real_build(settings: Settings, corpus: SyntheticCorpus, encoder: SyntheticEncoder) -> None:
    """What the benchmark wrote verifies, a build finds every document in it, each further paper is parsed alone, and questions are answered."""
    figures = build_synthetic(settings, corpus, encoder, N_CHUNKS, lambda done, total: None)
    assert (figures.n_documents, figures.n_chunks, figures.dense) == (3, N_CHUNKS, "exact")
    assert verify(settings.index) == []

    addition = time_additions(settings, corpus, encoder, first=3)

    assert addition.n == 3
    assert open_current(settings.index).library.n_documents == 6
    assert verify(settings.index) == []
    assert not build_index(settings, encoder=encoder).published
    service = open_service(settings)
    questions = scale_questions(service)
    answers = [service.ask(question) for question in questions[:10]]
    assert any(answer.statements for answer in answers)
    stages = [*time_retrieval(settings, questions[:6], 2), *time_answers(service, questions[:6], 2)]
    assert {stage.stage for stage in stages} == {
        *(f"retrieval: {name}" for name in ("retrieval", "embed query", "dense", "lexical", "sentence vectors", "fusion", "texts")),
        *(f"answer: {name}" for name in ("whole", "analyse", "retrieve", "compose", "check")),
    }
    assert {stage.n for stage in stages} == {4}


def test_figures_are_kept_as_json_and_in_one_table(tmp_path: Path, settings: Settings, corpus: SyntheticCorpus, encoder: SyntheticEncoder) -> None:
    """Each size is a file and a column; the page names the machine by cores, memory and processor."""
    from ragqa.evaluation.bench_build import AdditionFigures
    from ragqa.evaluation.bench_workers import WorkerFigures

    build = build_synthetic(settings, corpus, encoder, N_CHUNKS, lambda done, total: None)
    worker = WorkerFigures(1, 0.3, 0.2, 300.0, 120.0, 20.0, 25.0)
    report = ScaleReport(Machine(2, 24, "a processor", (0.5, 1.5)), build, AdditionFigures(3, 1.0, 2.0), (worker,), (), ())

    path = save_report(report, tmp_path / "bench")

    assert json.loads(path.read_text())["build"]["n_chunks"] == N_CHUNKS
    page = (tmp_path / "bench" / "README.md").read_text()
    assert f"| figure | {N_CHUNKS} chunks |" in page
    assert "2 cores, 24 GB, a processor; load 0.5 to 1.5" in page
    assert "| 1 worker: open, CPU / wall s | 0.20 / 0.30 |" in page


def test_memory_is_read_from_the_system() -> None:
    """The own memory is a part of what is resident."""
    found = memory_mb()
    assert 0 < found["own_memory_mb"] < found["resident_mb"]
