"""Ranking by words and meaning together, over a real small generation."""

from __future__ import annotations

import numpy as np
import pytest

from ragqa.retrieval.fusion import fuse_z_scores, z_scores
from ragqa.retrieval.hybrid import HybridRetriever, weighted_terms
from ragqa.retrieval.sentence_scores import SentenceScores
from ragqa.settings import RetrievalSettings
from ragqa.text.analyzer import analyze
from ragqa.types import DocumentKind, Filters
from tests.retrieval.samples import SmallIndex, query


def test_the_passage_that_answers_comes_first(small_index: SmallIndex, retriever: HybridRetriever) -> None:
    """A question ranks the passage about its subject above those that share a word with it."""
    ranking = retriever.search([query("How often did a complete response to drugamab occur?")], 3)[0]
    assert small_index.slugs([ranking[0].row]) == ["trial-2022"]
    assert "41 of 100" in small_index.library.chunks([ranking[0].row])[0].text


def test_every_hit_carries_both_raw_scores(small_index: SmallIndex, retriever: HybridRetriever) -> None:
    """The raw scores are those the parts give, also for a chunk that only one of them found."""
    asked = query("lupus nephritis")
    ranking = retriever.search([asked], 100)[0]
    rows = [hit.row for hit in ranking]
    vector = small_index.embedder.embed_queries([asked.interpreted])[0]
    assert [hit.lexical for hit in ranking] == pytest.approx(small_index.lexical.scores(weighted_terms(asked, 0.4), rows).tolist())
    assert [hit.dense for hit in ranking] == pytest.approx(small_index.dense.scores(vector, rows).tolist())
    assert 0.0 in [hit.lexical for hit in ranking]


def test_the_score_is_the_fusion_of_lexical_chunk_and_sentence(small_index: SmallIndex) -> None:
    """With a dense weight of 0.6 and no share of the sentences the score is plain z-score fusion of the raw scores."""
    plain = small_index.retriever(RetrievalSettings(dense_weight=0.6, sentence_weight=0.0))
    ranking = plain.search([query("drugamab and infections")], 100)[0]
    lexical, dense = (np.array(part, dtype=np.float32) for part in zip(*((hit.lexical, hit.dense) for hit in ranking), strict=True))
    assert [hit.score for hit in ranking] == pytest.approx(fuse_z_scores(lexical, dense, 0.6).tolist(), abs=1e-5)


def test_the_dense_part_mixes_the_chunk_and_its_nearest_sentence(small_index: SmallIndex) -> None:
    """With a share of 0.25 and no lexical part the order is that of 0.75 × chunk cosine + 0.25 × nearest sentence."""
    asked = query("The forced vital capacity did not change")
    ranking = small_index.retriever(RetrievalSettings(dense_weight=1.0, sentence_weight=0.25)).search([asked], 100)[0]
    rows = np.array([hit.row for hit in ranking])
    vector = small_index.embedder.embed_queries([asked.interpreted])[0]
    mixed = 0.75 * small_index.dense.scores(vector, rows.tolist()) + 0.25 * SentenceScores(small_index.library).nearest(vector, rows)
    assert [hit.score for hit in ranking] == pytest.approx(z_scores(mixed).tolist(), abs=1e-5)


def test_rankings_are_ordered_cut_and_repeatable(retriever: HybridRetriever) -> None:
    """Hits come by descending score, equal scores by ascending row, at most k, and the same each time."""
    first, second = (retriever.search([query("lupus"), query("oxygen at rest")], 4) for _ in range(2))
    assert first == second
    for ranking in first:
        assert len(ranking) == 4
        assert list(ranking) == sorted(ranking, key=lambda hit: (-hit.score, hit.row))


def test_a_score_does_not_depend_on_how_many_hits_are_asked_for(small_index: SmallIndex) -> None:
    """A deeper search adds hits and leaves the scores of the others as they are."""
    shallow = small_index.retriever(RetrievalSettings(pool=3))
    short, long = (shallow.search([query("drugamab in lupus")], k)[0] for k in (3, 100))
    assert len(long) == small_index.library.n_chunks > len(short)
    scores = {hit.row: hit.score for hit in long}
    assert [scores[hit.row] for hit in short] == [hit.score for hit in short]


def test_a_filter_is_exact(small_index: SmallIndex, retriever: HybridRetriever) -> None:
    """No chunk of another document is returned, and every chunk of those allowed can be."""
    only = Filters(kinds=(DocumentKind.GUIDELINE,), year_from=2022)
    ranking = retriever.search([query("complete response to drugamab in nephritis")], 100, only)[0]
    assert sorted(hit.row for hit in ranking) == list(small_index.library.chunk_rows("lung-2023"))


def test_a_filter_that_allows_nothing_finds_nothing(retriever: HybridRetriever) -> None:
    """No document of that kind is an empty ranking, not an error."""
    assert retriever.search([query("lupus")], 5, Filters(kinds=(DocumentKind.REGISTRY,))) == [()]


def test_no_questions_have_no_rankings(retriever: HybridRetriever) -> None:
    """Nothing asked, nothing embedded."""
    assert retriever.search([], 5) == []


def test_a_question_of_function_words_is_ranked_by_meaning_alone(retriever: HybridRetriever) -> None:
    """Without a term to search for, the lexical part is silent and the dense part decides."""
    ranking = retriever.search([query("what is it?")], 3)[0]
    assert {hit.lexical for hit in ranking} == {0.0}
    assert len(ranking) == 3


def test_a_misfit_of_words_is_found_through_its_expansion(small_index: SmallIndex) -> None:
    """An expansion adds its terms at a lower weight, so it finds what the question's own words miss."""
    lexical_only = small_index.retriever(RetrievalSettings(dense_weight=0.0))
    asked, expanded = query("pruning of Rosaceae"), query("pruning of Rosaceae", "roses")
    assert small_index.slugs([hit.row for hit in lexical_only.search([asked, expanded], 1)[1]]) == ["undated"]
    by_own_words, by_expansion = ({hit.row: hit.lexical or 0.0 for hit in ranking} for ranking in lexical_only.search([asked, expanded], 100))
    roses = small_index.lexical.search([("rose", 1.0)], 1)[0][0]
    assert by_expansion[roses] - by_own_words[roses] == pytest.approx(0.4 * small_index.lexical.scores([("rose", 1.0)], [roses])[0])


def test_expansions_add_terms_and_never_lower_one() -> None:
    """A term of the question keeps weight 1 though an expansion repeats it; every term comes once."""
    assert weighted_terms(query("IL-6 blockade", "interleukin 6", "blocking interleukin"), 0.4) == [
        ("il", 1.0),
        ("6", 1.0),
        ("il6", 1.0),
        ("blockad", 1.0),
        ("interleukin", 0.4),
        ("block", 0.4),
    ]


def test_words_of_an_expansion_that_stand_nearly_everywhere_are_not_looked_for(small_index: SmallIndex, retriever: HybridRetriever) -> None:
    """They tell no passages apart; the words of the question itself are always looked for, however common."""
    n = small_index.library.n_chunks
    words = {word for row in range(n) for word in small_index.library.chunks([row])[0].text.lower().split() if analyze(word) == [word] != ["drugamab"]}
    common = next(word for word in sorted(words) if small_index.library.chunk_frequencies([word])[0] > n / 4)
    plain, expanded = query("drugamab"), query("drugamab", common)

    assert retriever.search([expanded], 5)[0] == retriever.search([plain], 5)[0]
    assert retriever.search([query(f"drugamab {common}")], 5)[0] != retriever.search([plain], 5)[0]
