"""Chunks: runs of sentences of one section."""

from ragqa.ingest.chunking import chunk_document
from ragqa.settings import IngestSettings
from tests.ingest.reading import read

SMALL = IngestSettings(chunk_max_tokens=20)


def sentence(number: int, words: int = 8) -> str:
    """Return a sentence of so many words."""
    return " ".join([f"Sentence{number}", *["word"] * (words - 1)]) + "."


def test_a_chunk_holds_consecutive_sentences_of_one_section() -> None:
    """No chunk crosses a heading; its heading path is kept."""
    document = read(f"# T\n\n## One\n\n{sentence(1)}\n\n### Two\n\n{sentence(2)}\n")

    chunks = chunk_document(document, SMALL)

    assert [chunk.heading for chunk in chunks] == ["One", "One › Two"]
    assert [chunk.text for chunk in chunks] == [sentence(1), sentence(2)]


def test_prose_chunks_overlap_by_a_sentence() -> None:
    """With 8 words a sentence and 20 a chunk: 1+2, 2+3, 3+4."""
    document = read("# T\n\n## One\n\n" + " ".join(sentence(number) for number in range(1, 5)) + "\n")

    assert [(chunk.first_sentence, chunk.last_sentence) for chunk in chunk_document(document, SMALL)] == [(0, 1), (1, 2), (2, 3)]


def test_list_items_do_not_overlap() -> None:
    """Items stand alone, so each is in one chunk."""
    document = read("# T\n\n## One\n\n" + "\n".join(f"- {sentence(number)}" for number in range(1, 5)) + "\n")

    assert [(chunk.first_sentence, chunk.last_sentence) for chunk in chunk_document(document, SMALL)] == [(0, 1), (2, 3)]


def test_a_sentence_longer_than_a_chunk_is_a_chunk() -> None:
    """Nothing is cut inside a sentence."""
    document = read(f"# T\n\n## One\n\n{sentence(1, 40)} {sentence(2)}\n")

    assert [chunk.text for chunk in chunk_document(document, SMALL)] == [sentence(1, 40), sentence(2)]


def test_back_matter_and_references_make_no_chunk() -> None:
    """They are stored and never searched."""
    document = read(f"# T\n\n## One\n\n{sentence(1)}\n\n## Funding\n\n{sentence(2)}\n\n## References\n\n1. Doe J. One.\n")

    assert [chunk.text for chunk in chunk_document(document, SMALL)] == [sentence(1)]


def test_ids_depend_on_the_text_and_its_place_alone() -> None:
    """The same document gives the same ids, all different."""
    text = "# T\n\n## One\n\n" + " ".join(sentence(number) for number in range(1, 9)) + "\n"
    first, second = (chunk_document(read(text), SMALL) for _ in range(2))

    assert first == second
    assert len({chunk.chunk_id for chunk in first}) == len(first)
