"""What is worth reading is told from vectors and tags, before any sentence is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragqa.compose.asked import Asked, meaning_of, read_question
from ragqa.compose.shortlist import shortlist
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import SentenceRecord
from tests.compose.samples import section, small_service


def read_first(small: QAService, question: str, most: int) -> tuple[list[SentenceRecord], Asked]:
    """Return the likeliest sentences of the whole library, in its order."""
    reader = small.reader()
    lexicon = load_lexicon()
    asked = read_question(reader.analyse(question), reader.library, lexicon)
    meaning = meaning_of(asked, reader.embedder.embed_queries([asked.query.interpreted])[0], reader.embedder)
    ranking = reader.retriever.search([asked.query], 3)[0]
    rows, vectors, scores = shortlist(asked, np.arange(reader.library.n_sentences), meaning, [ranking], reader.library, lexicon, most)
    best = {row: hit.score for hit in reversed(ranking) for row in range(*reader.library.sentence_ranges([hit.row])[0])}
    assert rows == sorted(rows)
    assert scores.tolist() == pytest.approx([best.get(row, 0.0) for row in rows])
    assert vectors == pytest.approx(reader.library.sentence_vectors(rows))
    return reader.library.sentences(rows), asked


def shortlisted(small: QAService, question: str, most: int) -> tuple[list[str], Asked]:
    """Return their texts."""
    records, asked = read_first(small, question, most)
    return [record.sentence.text for record in records], asked


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


def test_the_abstract_of_a_paper_is_read_first(tmp_path: Path) -> None:
    """Of two sentences that say the same the one in the abstract is read, and its estimate is higher."""
    told = "Forced vital capacity improved with rituximab in 12 patients with MCTD-ILD."
    front = "---\ntitle: A cohort of rituximab\nshort_title: Cohort 2020\nyear: 2020\nkind: cohort\npopulations: [MCTD]\n---"
    paper = f"{front}\n\n## Results\n\n{told}\n\n## Abstract\n\n{told}\n"
    service = small_service(tmp_path, {"research/cohort.md": paper})
    (record,), _ = read_first(service, "What did rituximab achieve in MCTD-ILD?", 1)
    statements = section(service.ask("What did rituximab achieve in MCTD-ILD?"), "research")

    assert record.section.title == "Abstract"
    assert [each.evidence[0].section_path[-1] for each in statements] == ["Abstract"]
