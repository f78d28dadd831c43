"""Measuring ranking on a BEIR-style folder, with a real index and the metrics of ir-measures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from math import log2
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ragqa.errors import DatasetInvalid
from ragqa.evaluation.beir import Dataset, RankingQuality, index_dataset, load_dataset, measure_rankers, naive_bm25
from ragqa.index.hashing import HashingEmbedder
from ragqa.settings import IngestSettings, Settings

SETTINGS = Settings(ingest=IngestSettings(chunk_max_tokens=20))
CORPUS = [
    {"_id": "d3", "title": "Gardens", "text": "Tomatoes need sun and water."},
    {"_id": "d1", "title": "Kidney", "text": "Drugamab slows nephritis. " + "It was well tolerated by all who took it in the first year of the study. " * 3},
    {"_id": "d2", "title": "Lung", "text": "Oxygen helps at rest. Nephritis is not mentioned by name elsewhere."},
    {"_id": "d4", "title": "", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "Does drugamab slow nephritis?"},
    {"_id": "q2", "text": "tomatoes"},
    {"_id": "q3", "text": "a query that nobody judged"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq2\td3\t2\n"


class CountingEmbedder(HashingEmbedder):
    """The shipped hashing embedder, counting the passages it is given."""

    def __init__(self) -> None:
        super().__init__(64)
        self.n_passages = 0

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed and count; questions pass here too, through `embed_queries`."""
        self.n_passages += len(texts)
        return super().embed_passages(texts)


def silent(stage: str, done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small data set in BEIR's layout."""
    path = tmp_path / "small"
    path.mkdir()
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        (path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (path / "qrels.tsv").write_text(QRELS)
    return path


def test_queries_without_a_relevant_document_are_left_out(folder: Path) -> None:
    """Only what is judged can be measured; documents keep their order."""
    dataset = load_dataset(folder)
    assert list(dataset.queries) == ["q1", "q2"]
    assert [entry.entry_id for entry in dataset.entries] == ["d3", "d1", "d2", "d4"]
    assert dataset.judgments == {"q1": {"d1": 1, "d2": 0}, "q2": {"d3": 2}}


def test_both_layouts_of_judgments_are_read(folder: Path) -> None:
    """BEIR's own archives hold qrels/test.tsv and `_id`; our benchmarks hold qrels.tsv and `id`."""
    expected = load_dataset(folder)
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    queries = (folder / "queries.jsonl").read_text().replace('"_id"', '"id"')
    (folder / "queries.jsonl").write_text(queries)
    assert load_dataset(folder) == expected


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("corpus.jsonl", None, r'corpus.jsonl" cannot be read \(No such file'),
        ("corpus.jsonl", '{"_id": "d1"}\n', r'line 1 of .*corpus.jsonl" has no "text"'),
        ("corpus.jsonl", "[]\n", "is not a JSON object"),
        ("corpus.jsonl", json.dumps(CORPUS[0]) + "\n" + json.dumps(CORPUS[0]) + "\n", "ids twice"),
        ("queries.jsonl", '{"_id": "q1", "text": "x"}\n{nonsense\n', 'line 2 of .*queries.jsonl" is not JSON'),
        ("queries.jsonl", b"\xff\xfe", "is not UTF-8"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1 d1 1\n", 'line 2 of .*qrels.tsv" is not'),
        ("qrels.tsv", "q1\td9\t1\n", 'the document "d9", which corpus.jsonl does not hold'),
        ("qrels.tsv", "q9\td1\t1\n", 'the query "q9", which queries.jsonl does not hold'),
        ("qrels.tsv", "q1\td1\t0\n", "no query of .* has a relevant document"),
    ],
)
def test_a_wrong_file_is_named_with_line_and_remedy(folder: Path, file: str, content: str | bytes | None, complaint: str) -> None:
    """Whatever is wrong with a data set is one clear error before anything is embedded."""
    path = folder / file
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DatasetInvalid, match=complaint):
        load_dataset(folder)


def test_each_ranker_is_measured_against_the_judgments(folder: Path, tmp_path: Path) -> None:
    """Baseline, both parts and the fusion find the document that says what was asked, and the figures say so."""
    rows = measure_rankers(load_dataset(folder), HashingEmbedder(64), SETTINGS, tmp_path / "work", silent)
    assert [row.ranker for row in rows] == ["rank-bm25, split on blanks", "lexical", "dense", "fused"]
    assert rows[3] == RankingQuality("fused", 1.0, 1.0, 1.0)


def test_figures_are_those_of_the_definitions(folder: Path, tmp_path: Path) -> None:
    """With the relevant document of one query at rank 2 and of the other at rank 1: nDCG = (1/log2 3 + 1)/2, MRR = (1/2 + 1)/2."""
    dataset = load_dataset(folder)
    moved = replace(dataset, judgments={"q1": {"d2": 1}, "q2": {"d3": 1}})
    lexical = measure_rankers(moved, HashingEmbedder(64), SETTINGS, tmp_path / "work", silent)[1]
    assert lexical.ndcg_at_10 == pytest.approx((1 / log2(3) + 1) / 2)
    assert lexical.mrr == pytest.approx((1 / 2 + 1) / 2)
    assert lexical.recall_at_100 == 1.0


def test_a_document_of_several_chunks_counts_once(folder: Path, tmp_path: Path) -> None:
    """The first document makes more chunks than the others and yet takes one place of the ranking."""
    dataset = load_dataset(folder)
    alone = replace(dataset, queries={"q1": "it was tolerated, oxygen"}, judgments={"q1": {"d2": 1}})
    lexical = measure_rankers(alone, HashingEmbedder(64), SETTINGS, tmp_path / "work", silent)[1]
    assert lexical.mrr >= 1 / 2


def test_the_baseline_is_rank_bm25_over_words_split_on_blanks(folder: Path) -> None:
    """It sees whole documents, and neither stems nor strips punctuation: "nephritis?" matches nothing."""
    dataset = load_dataset(folder)
    found = naive_bm25(Dataset("one", dataset.entries, {"q": "drugamab nephritis?"}, {}), silent)
    assert found["q"][0][0] == "d1"
    assert [score for _, score in found["q"][1:]] == [0.0, 0.0, 0.0]


def test_an_index_is_written_once_for_each_content(folder: Path, tmp_path: Path) -> None:
    """A second run embeds nothing, other content gets another folder, and what an interruption left is written anew."""
    dataset, embedder, work = load_dataset(folder), CountingEmbedder(), tmp_path / "work"
    first = index_dataset(dataset, embedder, SETTINGS, work, silent)
    n_embedded = embedder.n_passages
    assert n_embedded > len(dataset.entries)
    assert index_dataset(dataset, embedder, SETTINGS, work, silent) == first
    assert embedder.n_passages == n_embedded
    assert index_dataset(replace(dataset, entries=dataset.entries[:2]), embedder, SETTINGS, work, silent) != first
    first.rename(first.with_name(f".tmp-{first.name}"))
    assert index_dataset(dataset, embedder, SETTINGS, work, silent) == first
    assert not first.with_name(f".tmp-{first.name}").exists()
