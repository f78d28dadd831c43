"""Short ways to read a text in tests."""

import hashlib
from pathlib import Path

from ragqa.ingest.formats import parse
from ragqa.ingest.intake import parse_file
from ragqa.settings import IngestSettings
from ragqa.types import Document, Zone

SETTINGS = IngestSettings()


def read(text: str | bytes, name: str = "paper.md") -> Document:
    """Return the only document of a file with this content."""
    data = text.encode() if isinstance(text, str) else text
    documents = parse(data, name, hashlib.sha256(data).hexdigest(), SETTINGS.max_pages)
    assert len(documents) == 1
    return documents[0]


def read_file(path: Path) -> Document:
    """Return the only document of a file on disk, parsed as a build does."""
    return parse_file(path, path.parent, SETTINGS)


def texts(document: Document, *zones: Zone) -> list[str]:
    """Return the sentences of a document, of some zones if any are named."""
    return [sentence.text for sentence in document.sentences if not zones or document.sections[sentence.section].zone in zones]


def path_of(document: Document, words: str) -> tuple[str, ...]:
    """Return the section path of the sentence that holds some words."""
    return next(document.sections[sentence.section].path for sentence in document.sentences if words in sentence.text)


def cited(document: Document, words: str) -> list[int]:
    """Return the reference numbers of the sentence that holds some words."""
    sentence = next(sentence for sentence in document.sentences if words in sentence.text)
    return [number for mark in sentence.marks for number in mark.numbers]


def assert_quotes_hold(document: Document) -> None:
    """Check that every span slices its page and that the slices hold the sentence's letters and digits in order."""
    pages = {page.number: page.text for page in document.pages}
    for sentence in document.sentences:
        quote = "".join(pages[span.page][span.start : span.end] for span in sentence.spans)
        for span in sentence.spans:
            assert 0 <= span.start < span.end <= len(pages[span.page])
        position = 0
        for character in sentence.text if sentence.block.value != "table-row" else "":
            if character.isalnum() and character.isascii():
                position = quote.find(character, position) + 1
                assert position, f"{sentence.text!r} is not in its quote {quote!r}"
