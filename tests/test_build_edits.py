"""However a corpus came to be what it is, its index is the one that a build from nothing makes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as running
from hypothesis import strategies as st

from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.index.generation import open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.publish import verify
from ragqa.settings import Settings, load_settings

NAMES = ("a.md", "b.md", "c.md", "sub/d.md", "sub/e.md", "f.md", "g.md")
GROUPS = ("asthma", "eczema", "migraine", "gout", "psoriasis", "anaemia", "epilepsy", "glaucoma")
PAPER = """---
title: Treatment of {group}
year: {year}
kind: cohort
{doi}---

## Results

- Of {n} patients with {group}, {m} improved with treatment at 48 weeks.
- Fever occurred in {k} patients with {group} of that study.
"""
QUESTIONS = ("fever in patients with gout", "improved with treatment at 48 weeks", "asthma or eczema")

Edit = tuple[str, str, str, int]
"""What is done, to which file, to which other name, and which of the texts it gets."""
EDITS = st.tuples(st.sampled_from(("write", "write", "remove", "rename")), st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, len(GROUPS) - 1))
SEQUENCES = st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=4)


def text_of(number: int) -> str:
    """Return one of a few papers, all of one length in words; the last two are the same publication by their DOI."""
    doi = "doi: 10.1000/one\n" if number >= len(GROUPS) - 2 else ""
    return PAPER.format(group=GROUPS[number], year=2000 + number, n=120 + number, m=31 + number, k=3 + number, doi=doi)


def apply(corpus: Path, edit: Edit) -> None:
    """Do one edit; one that cannot be done changes nothing."""
    what, name, other, number = edit
    path = corpus / name
    if what == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(number))
    elif what == "remove":
        path.unlink(missing_ok=True)
    elif path.exists() and name != other:
        (corpus / other).parent.mkdir(exist_ok=True)
        path.rename(corpus / other)


def check(sequence: Sequence[Sequence[Edit]], folder: Path) -> None:
    """Build after every batch of edits, and compare what came of it with one build of the last state."""
    settings = load_settings(corpus=folder / "corpus", index=folder / "index")
    settings.corpus.mkdir()
    # This one stays, so that there is always something to index; three more make parts worth their while.
    for number, name in enumerate(("stays.md", *NAMES[:3])):
        (settings.corpus / name).write_text(text_of(number))
    encoder = HashingEmbedder(32)
    build_index(settings, encoder=encoder)
    for batch in sequence:
        for edit in batch:
            apply(settings.corpus, edit)
        report = build_index(settings, encoder=encoder)
    fresh = settings.model_copy(update={"index": folder / "fresh"})
    expected = build_index(fresh, encoder=encoder)

    assert report.problems == expected.problems
    assert verify(settings.index) == []
    assert_same(settings, fresh)
    assert not build_index(settings, encoder=encoder).published


def assert_same(edited: Settings, fresh: Settings) -> None:
    """Compare digests, word statistics, rankings and answers of two indexes."""
    first, second = open_current(edited.index), open_current(fresh.index)
    assert first.manifest.digest == second.manifest.digest
    terms = ["fever", "gout", "patient", "asthma", "unknown"]
    assert first.lexical.frequencies(terms) == second.lexical.frequencies(terms)
    rows = range(second.library.n_chunks)
    for term in terms:
        assert first.lexical.scores([(term, 1.0)], rows) == pytest.approx(second.lexical.scores([(term, 1.0)], rows), rel=1e-5)
    assert np.array_equal(first.library.sentence_vectors(range(first.library.n_sentences)), second.library.sentence_vectors(range(second.library.n_sentences)))
    for what in ("population", "facet", "drug"):
        for name in second.library.tag_names(what):
            carriers = (generation.library.carry(range(generation.library.n_sentences), what, [name]).tolist() for generation in (first, second))
            assert next(carriers) == next(carriers)
    ours, theirs = open_service(edited), open_service(fresh)
    for question in QUESTIONS:
        found, wanted = ours.search(question), theirs.search(question)
        assert [(hit.document, hit.chunk) for hit in found] == [(hit.document, hit.chunk) for hit in wanted]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted], abs=1e-4)
        answer, expected = ours.ask(f"What is known of {question}?"), theirs.ask(f"What is known of {question}?")
        assert (answer.status, answer.sources) == (expected.status, expected.sources)
        assert [replace(each, why=()) for each in answer.statements] == [replace(each, why=()) for each in expected.statements]
    for generation in (first, second, ours.reader(), theirs.reader()):
        generation.library.close()  # type: ignore[attr-defined]  # a library of files


def run(sequence: Sequence[Sequence[Edit]]) -> None:
    """Check a sequence in a folder of its own, in an index that keeps parts and documents out of use however small it is."""
    folder = Path(tempfile.mkdtemp(prefix="ragqa-edits-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ragqa.index.parts._WORTH_PARTS", 1)
        patch.setattr("ragqa.index.parts._MOST_DEAD", 0.8)
        try:
            check(sequence, folder)
        finally:
            shutil.rmtree(folder)


@running(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(SEQUENCES)
def test_any_edits_give_the_index_of_a_fresh_build(sequence: list[list[Edit]]) -> None:
    """Files come, change, go, are renamed and repeat each other: digest, problems, statistics, rankings and answers are those of one build."""
    run(sequence)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@running(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(SEQUENCES)
def test_many_edits_give_the_index_of_a_fresh_build(sequence: list[list[Edit]]) -> None:
    """The same for hundreds of sequences."""
    run(sequence)


def test_a_removed_paper_leaves_no_trace_in_the_scores() -> None:
    """One of four papers goes and another is changed, in parts that keep both: no word counts them any longer."""
    run([[("write", "d.md", "d.md", 3)], [("remove", "a.md", "a.md", 0), ("write", "b.md", "b.md", 5)]])
