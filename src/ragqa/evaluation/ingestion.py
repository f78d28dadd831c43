"""Does the index hold the library faithfully? Sentences that are slices of their pages, and list items of digests found as one sentence."""

from __future__ import annotations

import re
from pathlib import Path

from ragqa.evaluation.questions import digest_statements
from ragqa.evaluation.records import Share
from ragqa.protocols import Library
from ragqa.types import Sentence

_NOT_WORDS = re.compile(r"[\s\-‐‑\u00ad\u0002*_`\[\](),;.]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})


def ingestion_fidelity(library: Library, corpus: Path) -> dict[str, Share]:
    """Return how faithful an index is.

    `sentences_slice`: sentences whose spans, read from the stored pages, hold their words in order with nothing but white space,
    punctuation and removed citation marks more. `items_whole`: list items of the digests of `corpus` that are one sentence of the index.

    Source: issue 4.
    """
    slices = [
        _slices(library, document.document_id, record.sentence)
        for document in library.documents()
        for record in library.document_sentences(document.document_id)
    ]
    by_slug = {document.slug: document.document_id for document in library.documents()}
    items = [
        _letters(item) in {_letters(record.sentence.text) for record in library.document_sentences(by_slug[slug])}
        for slug, own in digest_statements(corpus).items()
        if slug in by_slug
        for item in own
    ]
    return {"sentences_slice": Share(float(sum(slices)), len(slices)), "items_whole": Share(float(sum(items)), len(items))}


def _slices(library: Library, document_id: str, sentence: Sentence) -> bool:
    page = "".join(library.page_text(document_id, span.page)[span.start : span.end] for span in sentence.spans)
    words, held = _letters(sentence.text), iter(_letters(page))
    skipped: list[str] = []
    for letter in words:
        for candidate in held:
            if candidate == letter:
                break
            skipped.append(candidate)
        else:
            return False
    skipped += held
    return not any(character.isalpha() for character in skipped)


def _letters(text: str) -> str:
    return _NOT_WORDS.sub("", text.translate(_LIGATURES))
