from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rank_bm25 import BM25Okapi

from ragqa.index.lexical import LexicalIndex, LexicalWriter
from ragqa.index.parts import Position, RowMap
from ragqa.text.analyzer import analyze
from ragqa.types import Chunk

WORDS = ["alpha", "beta", "gamma", "delta", "lung", "fibrosis", "rate", "score", "dose", "trial", "death", "cough", "fever", "cell", "serum"]


def chunk(text: str, title: str = "") -> Chunk:
    """Return a chunk of a text."""
    return Chunk("id", "doc", 0, 0, 0, title, "", text)


def write(folder: Path, documents: Sequence[Sequence[Chunk]]) -> None:
    """Write the chunks of documents."""
    writer = LexicalWriter(folder)
    for chunks in documents:
        writer.add(chunks)
    writer.close()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Return sixty texts of 5 to 40 words with unequal word frequencies."""
    random = np.random.default_rng(7)
    weights = 1 / np.arange(1, len(WORDS) + 1)
    return [" ".join(random.choice(WORDS, size=random.integers(5, 40), p=weights / weights.sum())) for _ in range(60)]


@pytest.fixture(scope="module")
def index(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    """Return an index of one chunk a text without titles."""
    folder = tmp_path_factory.mktemp("lexical") / "lexical"
    write(folder, [[chunk(text)] for text in texts])
    return LexicalIndex.open(folder, title_boost=0)


def test_ranks_agree_with_an_independent_bm25(index: LexicalIndex, texts: list[str]) -> None:
    """rank-bm25 over the same terms puts the chunks in the same order.

    Its idf differs (and is negative for very frequent terms), so questions are made of one term, where idf only scales; tantivy keeps
    lengths as one byte, exact below 40 terms.
    """
    reference = BM25Okapi([analyze(text) for text in texts], k1=1.2, b=0.75)
    for word in ("fibrosis", "serum", "cell"):
        (term,) = analyze(word)
        expected = reference.get_scores([term])
        found = index.search([(term, 1.0)], 100)

        assert {row for row, _ in found} == set(np.flatnonzero(expected))
        scores = np.array([score for _, score in found])
        ratio = scores / expected[[row for row, _ in found]]
        assert ratio == pytest.approx(np.full(len(ratio), ratio[0]), rel=1e-4)


def test_the_score_of_two_terms_is_the_weighted_sum(index: LexicalIndex) -> None:
    """score(a^2 b) = 2 score(a) + score(b), for every row."""
    rows = range(60)
    both = index.scores([("alpha", 2.0), ("cough", 1.0)], rows)

    assert both == pytest.approx(2 * index.scores([("alpha", 1.0)], rows) + index.scores([("cough", 1.0)], rows), rel=1e-5)


def test_scores_of_rows_equal_those_of_the_search(index: LexicalIndex) -> None:
    """A looked-up score is the one the search found, in the order asked for; rows without a term have 0."""
    terms = [("fibrosi", 1.0), ("serum", 0.5)]
    found = dict(index.search(terms, 100))
    rows = [59, 0, 7, 0, 31]

    assert index.scores(terms, rows).tolist() == [pytest.approx(found.get(row, 0.0)) for row in rows]
    assert 0 in index.scores(terms, range(60))


@pytest.mark.parametrize("mask_of", ["few", "last", "many", "none", "all"])
def test_any_mask_is_exact(index: LexicalIndex, mask_of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a mask the result is the unmasked ranking without the rows that are not allowed, whichever way it is computed."""
    number = np.arange(60)
    masks = {"few": number % 9 == 0, "last": np.zeros(60, np.bool_), "many": number % 3 > 0, "none": number < 0, "all": number >= 0}
    mask = masks[mask_of]
    # "few" has 7 rows and is scored row by row; "last" has the 15 that rank last, so the first fetch finds none; "many" has 40.
    monkeypatch.setattr("ragqa.index.lexical._DIRECT_ROWS", 10)
    terms = [("alpha", 1.0), ("serum", 1.0)]
    masks["last"][[row for row, _ in index.search(terms, 60)[-15:]]] = True
    expected = [(row, score) for row, score in index.search(terms, 60) if mask[row]]

    for k in (1, 5, 60):
        found = index.search(terms, k, mask)
        assert [row for row, _ in found] == [row for row, _ in expected[:k]]
        assert [score for _, score in found] == pytest.approx([score for _, score in expected[:k]])


def test_frequencies_count_chunks_and_see_titles(tmp_path: Path) -> None:
    """A term counts once a chunk, in text or title; an unknown term counts 0."""
    write(tmp_path / "lexical", [[chunk("lung lung", "cough"), chunk("lung")], [chunk("fever", "lung")]])

    assert LexicalIndex.open(tmp_path / "lexical").frequencies(["lung", "cough", "fever", "unknown"]) == [3, 1, 1, 0]


def removed_and_fresh(folder: Path, documents: Sequence[Sequence[Chunk]], removed: Sequence[int]) -> tuple[LexicalIndex, LexicalIndex, list[int]]:
    """Return an index from which documents of one chunk each were removed, one that never had them, and the stored numbers that are left."""
    write(folder / "edited", documents)
    LexicalWriter(folder / "edited", Position(len(documents), len(documents)), removed).close()
    left = [number for number in range(len(documents)) if number not in removed]
    write(folder / "fresh", [documents[number] for number in left])
    return LexicalIndex.open(folder / "edited"), LexicalIndex.open(folder / "fresh"), left


def test_removed_chunks_count_no_more(tmp_path: Path) -> None:
    """Where all chunks are equally long, frequencies, scores and ranking are those of an index that never had the removed ones.

    tantivy computes in single precision: the idf of a term that nearly all chunks hold is good to one part in 50,000.
    """
    choice = np.random.default_rng(1)
    documents = [[chunk(" ".join(choice.choice(WORDS, 12)), "trial")] for _ in range(60)]
    edited, fresh, left = removed_and_fresh(tmp_path, documents, [*range(0, 60, 7), 59])
    terms = [("alpha", 1.0), ("serum", 0.5), ("trial", 1.0)]

    assert edited.n_rows == fresh.n_rows == len(left)
    assert edited.frequencies(WORDS) == fresh.frequencies(WORDS)
    found, expected = dict(edited.search(terms, 100)), {left[row]: score for row, score in fresh.search(terms, 100)}
    assert found == pytest.approx(expected, rel=5e-5)
    assert edited.scores(terms, left) == pytest.approx(fresh.scores(terms, range(len(left))), rel=5e-5)


@pytest.mark.parametrize("longer", [0.5, 1.5, 4.0])
def test_the_length_of_removed_chunks_moves_scores_within_the_bound(tmp_path: Path, longer: float) -> None:
    """A tenth of the chunks go that are r times as long as the rest: no score is off by more than the factor 1 + (r - 1) / 10."""
    choice = np.random.default_rng(2)
    gone = list(range(0, 100, 10))
    documents = [[chunk(" ".join(choice.choice(WORDS, int(20 * longer) if number in gone else 20)))] for number in range(100)]
    edited, fresh, left = removed_and_fresh(tmp_path, documents, gone)
    terms = [("alpha", 1.0), ("serum", 0.5)]

    factor = max(1 + (longer - 1) / 10, 1 / (1 + (longer - 1) / 10))
    for found, wanted in zip(edited.scores(terms, left).tolist(), fresh.scores(terms, range(len(left))).tolist(), strict=True):
        assert wanted / factor * (1 - 1e-4) <= found <= wanted * factor * (1 + 1e-4)


def test_a_title_counts_more_than_the_text(tmp_path: Path) -> None:
    """Of two chunks with the same words the one that has the term in its title ranks first, and only through the title's weight."""
    write(tmp_path / "lexical", [[chunk("fibrosis", "cough"), chunk("cough", "fibrosis")]])

    assert [row for row, _ in LexicalIndex.open(tmp_path / "lexical", title_boost=0.5).search([("fibrosi", 1.0)], 2)] == [1, 0]
    plain = LexicalIndex.open(tmp_path / "lexical", title_boost=0).search([("fibrosi", 1.0)], 2)
    assert plain[0][1] == plain[1][1]
    assert [row for row, _ in plain] == [0, 1]


def test_empty_questions_and_unknown_terms_find_nothing(index: LexicalIndex) -> None:
    """Nothing to search for is no error."""
    assert index.search([], 10) == []
    assert index.search([("unknown", 1.0)], 10) == []
    assert index.search([("alpha", 1.0)], 0) == []
    assert index.scores([], [1, 2]).tolist() == [0, 0]
    assert index.scores([("alpha", 1.0)], []).tolist() == []


def test_opening_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """A generation is never changed by its readers, and needs no right to write."""
    write(tmp_path / "lexical", [[chunk("lung")]])
    for lock in (tmp_path / "lexical").glob("*.lock"):
        lock.unlink()
    before = sorted(path.name for path in (tmp_path / "lexical").iterdir())

    assert LexicalIndex.open(tmp_path / "lexical").search([("lung", 1.0)], 1)[0][0] == 0
    assert sorted(path.name for path in (tmp_path / "lexical").iterdir()) == before


@pytest.mark.parametrize("n_allowed", [3, 11, 29])
def test_a_filter_by_documents_is_exact(texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_allowed: int) -> None:
    """With a mask over whole documents, or one that splits a document, the result is the unmasked ranking less what is not allowed.

    The documents have two chunks each and rows against their order; the kept filter gives the same when used again.
    """
    monkeypatch.setattr("ragqa.index.lexical._DIRECT_ROWS", 0)
    write(tmp_path / "lexical", [[chunk(first), chunk(second)] for first, second in zip(texts[::2], texts[1::2], strict=True)])
    rows = RowMap(np.arange(58, -1, -2), np.full(30, 2))
    index = LexicalIndex.open(tmp_path / "lexical").with_rows(rows, np.repeat(np.arange(29, -1, -1), 2))
    whole = np.repeat(np.random.default_rng(n_allowed).permutation(30) < n_allowed, 2)
    split = whole.copy()
    split[np.flatnonzero(whole)[0]] = False
    terms = [("alpha", 1.0), ("lung", 0.5)]

    for mask in (whole, split):
        expected = [hit for hit in index.search(terms, 60) if mask[hit[0]]]
        mask.flags.writeable = False
        for k in (5, 60, 60):
            found = index.search(terms, k, mask)
            assert [row for row, _ in found] == [row for row, _ in expected[:k]]
            assert [score for _, score in found] == pytest.approx([score for _, score in expected[:k]], rel=1e-6)
