from __future__ import annotations

import threading

import numpy as np
import pytest

from ragqa.errors import DocumentNotFound
from ragqa.index import tagged
from ragqa.index.generation import Generation
from ragqa.index.passages import passage_texts
from ragqa.index.recent import Recent
from ragqa.types import Facet
from tests.index.samples import ENCODER, chunks_of, sample_documents

GUIDELINE, TRIAL, COHORT = sample_documents()


def test_everything_written_reads_back(generation: Generation) -> None:
    """Pages, sections, sentences, chunks and references are what the documents held."""
    library = generation.library
    for document in sample_documents():
        found = library.document_sentences(document.document_id)
        assert [record.sentence for record in found] == list(document.sentences)
        assert [record.section for record in found] == [document.sections[sentence.section] for sentence in document.sentences]
        assert library.pages(document.document_id) == document.pages
        assert library.page_text(document.document_id, 1) == document.pages[0].text
        assert library.sections(document.document_id) == document.sections
        assert library.references(document.document_id) == document.references
        assert library.chunks(library.chunk_rows(document.document_id)) == list(chunks_of(document))
    assert [record.source for record in library.documents()] == ["guidelines/a.md", "research/b.md", "research/c.md"]
    assert (library.n_documents, library.n_chunks, library.n_sentences) == (3, 2 + 1 + 2, 4 + 3 + 5)


def test_every_stored_sentence_slices_its_page(generation: Generation) -> None:
    """The invariant behind every quote."""
    library = generation.library
    for record in library.sentences(range(library.n_sentences)):
        (span,) = record.sentence.spans
        assert library.page_text(record.document_id, span.page)[span.start : span.end] == record.sentence.text


def test_a_document_is_found_by_id_prefix_and_slug(generation: Generation) -> None:
    """All three name the same record; what names none or several is refused with a next step."""
    library = generation.library
    full = TRIAL.document_id

    assert {library.document(name).source for name in (full, full[:6], "b")} == {"research/b.md"}
    for name in ("zzz", ""):
        with pytest.raises(DocumentNotFound, match="ragqa docs list"):
            library.document(name)
    with pytest.raises(DocumentNotFound, match="has no page 2"):
        library.page_text(full, 2)


def test_rows_come_back_in_the_order_asked_for(generation: Generation) -> None:
    """Rows need not ascend, and may repeat."""
    library = generation.library

    assert [record.row for record in library.sentences([5, 0, 5, 11])] == [5, 0, 5, 11]
    assert [chunk.document_id for chunk in library.chunks([4, 0, 2])] == [COHORT.document_id, GUIDELINE.document_id, TRIAL.document_id]


def test_sentences_of_chunks_come_once_by_row(generation: Generation) -> None:
    """The guideline's first chunk holds sentences 0 and 1; its second holds 2; the papers' rows follow after 4 and 7."""
    assert [record.row for record in generation.library.sentences_of([2, 0, 0, 1])] == [0, 1, 2, 4, 5]


def test_tagged_joins_names_with_or_and_lists_with_and(generation: Generation) -> None:
    """A topic drug counts, a population carried from the document does not, nor does a facet below 0.5."""
    library = generation.library

    assert library.tagged(drugs=["drugamab"]) == [0, 4, 5]
    assert library.tagged(populations=["alpha disease"]) == [0, 5]
    assert library.tagged(facets=[Facet.TREATMENT, Facet.OUTCOME]) == [0, 4, 5]
    assert library.tagged(facets=[Facet.OUTCOME], drugs=["drugamab", "other"]) == [4]
    assert library.tagged(facets=[Facet.SAFETY]) == []
    assert library.tagged(drugs=["drugamab"], limit=2) == [0, 4]
    assert library.tagged() == []


@pytest.mark.parametrize("most_bits", [64, 1])
def test_carry_tells_of_each_sentence_whether_it_has_a_name(generation: Generation, monkeypatch: pytest.MonkeyPatch, most_bits: int) -> None:
    """The same names as `tagged`, asked of given sentences in any order; be the names few, which are read as bits, or more."""
    monkeypatch.setattr(tagged, "_MOST_BITS", most_bits)
    library = generation.library

    assert library.carry([5, 1, 0], "drug", ["drugamab", "unknown"]).tolist() == [True, False, True]
    assert library.carry([0, 4], "facet", [Facet.OUTCOME]).tolist() == [False, True]
    assert library.carry([0, 4], "facet", []).tolist() == [False, False]


def test_owners_are_the_documents_of_sentences(generation: Generation) -> None:
    """Rows 0 to 3 are the guideline's, 4 to 6 the trial's, the rest the cohort's."""
    documents = generation.library.documents()
    owners = generation.library.owners([3, 4, 0, 10])

    assert [documents[place].document_id for place in owners.tolist()] == [each.document_id for each in (GUIDELINE, TRIAL, GUIDELINE, COHORT)]


def test_tag_names_count_sentences(generation: Generation) -> None:
    """Counts follow the same rules as `tagged`."""
    assert generation.library.tag_names("drug") == {"drugamab": 3}
    assert generation.library.tag_names("facet") == {"outcome": 1, "treatment": 2}
    assert generation.library.tag_names("population") == {"alpha disease": 2}


def test_abbreviations_count_documents(generation: Generation) -> None:
    """All three documents define AD."""
    assert generation.library.abbreviations() == {"AD": (("alpha disease", 3),)}


def test_chunk_frequencies_see_title_and_text(generation: Generation) -> None:
    """Two chunks speak of the lung; the title word heads all five."""
    assert generation.library.chunk_frequencies(["lung", "titl", "unknown"]) == [2, 5, 0]


def test_sentence_vectors_are_those_of_the_encoder(generation: Generation) -> None:
    """Unit length to float32, equal to float16; a reference, which stands in no chunk, has zeros."""
    texts = passage_texts(TRIAL, chunks_of(TRIAL))
    vectors = generation.library.sentence_vectors([4, 5, 6])

    assert np.abs(vectors[:2] - ENCODER.embed_passages(texts)[1:]).max() < 1e-3
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert vectors.dtype == np.float32


def test_many_threads_read_at_once(generation: Generation) -> None:
    """A threaded server shares one library."""
    library = generation.library
    failures: list[object] = []

    def read() -> None:
        try:
            for _ in range(30):
                library._decoded = Recent(4)
                assert [record.row for record in library.sentences_of(range(5))] == [0, 1, 2, 4, 5, 7, 8, 9, 10]
                assert library.page_text(TRIAL.document_id, 1) == TRIAL.pages[0].text
        except Exception as exc:
            failures.append(exc)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_where_many_are_tagged_those_near_ranked_chunks_come(generation: Generation) -> None:
    """Drugamab stands in rows 0 (guideline), 4 and 5 (trial): the first two by row; near the trial's chunk its two; near nothing of it none.

    Up to the limit all come, whatever is near.
    """
    library = generation.library
    (trial_chunk,) = library.chunk_rows(TRIAL.document_id)
    cohort_chunk = library.chunk_rows(COHORT.document_id)[0]

    assert library.tagged(drugs=["drugamab"], limit=2) == [0, 4]
    assert library.tagged(drugs=["drugamab"], limit=2, near=[trial_chunk, 0]) == [4, 5]
    assert library.tagged(drugs=["drugamab"], limit=1, near=[0, trial_chunk]) == [0]
    assert library.tagged(drugs=["drugamab"], limit=2, near=[cohort_chunk]) == []
    assert library.tagged(drugs=["drugamab"], limit=3, near=[cohort_chunk]) == [0, 4, 5]


def test_ranges_of_chunks_are_their_sentences(generation: Generation) -> None:
    """The guideline's chunks hold rows 0 to 1 and 2, the trial's 4 to 5, in the order asked for."""
    assert generation.library.sentence_ranges([2, 0, 1]).tolist() == [[4, 6], [0, 2], [2, 3]]


def test_a_sentence_is_found_by_its_place(generation: Generation) -> None:
    """With those that follow it in its document, and no further; a place where none begins, or of another document, finds nothing."""
    library, spans = generation.library, [sentence.spans[0] for sentence in TRIAL.sentences]

    # Not read before, and then from what is kept.
    for _ in range(2):
        assert [record.row for record in library.sentences_at(TRIAL.document_id, 1, spans[1].start, 1)] == [5]
    assert [record.row for record in library.sentences_at(TRIAL.document_id, 1, spans[1].start, 9)] == [5, 6]
    assert library.sentences_at(TRIAL.document_id, 1, spans[1].start + 1, 1) == []
    assert library.sentences_at(TRIAL.document_id, 2, spans[1].start, 1) == []
    with pytest.raises(DocumentNotFound):
        library.sentences_at("zzz", 1, 0, 1)
