"""What is worth reading is told from vectors and tags, before any sentence is read."""

from __future__ import annotations

import numpy as np
import pytest

from ragqa.compose.asked import Asked, meaning_of, read_question
from ragqa.compose.shortlist import shortlist
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon


def shortlisted(small: QAService, question: str, most: int) -> tuple[list[str], Asked]:
    """Return the texts of the likeliest sentences of the whole library, in its order."""
    reader = small.reader()
    lexicon = load_lexicon()
    asked = read_question(reader.analyse(question), reader.library, lexicon)
    meaning = meaning_of(asked, reader.embedder.embed_queries([asked.query.interpreted])[0], reader.embedder)
    rows, vectors = shortlist(asked, np.arange(reader.library.n_sentences), meaning, (), reader.library, lexicon, most)
    assert rows == sorted(rows)
    assert vectors == pytest.approx(reader.library.sentence_vectors(rows))
    return [record.sentence.text for record in reader.library.sentences(rows)], asked


def test_all_are_read_where_they_are_few(small: QAService) -> None:
    """Below the limit nothing is left out."""
    n = small.reader().library.n_sentences

    assert len(shortlisted(small, "How is MCTD-ILD treated?", n)[0]) == n


def test_the_asked_population_and_facet_come_first(small: QAService) -> None:
    """Three places for first-line advice in MCTD: advice for other diseases does not take them."""
    texts, _ = shortlisted(small, "What is the first-line treatment of MCTD-ILD?", 3)

    assert len(texts) == 3
    assert all("MCTD" in text and "first-line treatment" in text for text in texts)


def test_what_lacks_the_asked_treatment_comes_last(small: QAService) -> None:
    """As many places as sentences name rituximab: no other sentence has one."""
    on_rituximab = len(small.reader().library.tagged(drugs=["rituximab"]))
    texts, _ = shortlisted(small, "What did rituximab achieve in dermatomyositis?", on_rituximab)

    assert len(texts) == on_rituximab
    assert all("rituximab" in text for text in texts)


def test_a_study_asked_for_by_name_is_read_whole(small: QAService) -> None:
    """The two results of the northern cohort are among the first four of all sentences, whatever their facet."""
    texts, asked = shortlisted(small, "What did the Northern cohort 2019 find?", 4)

    assert asked.studies
    assert sum("Northern cohort 2019" in text for text in texts) == 2
