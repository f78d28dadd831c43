"""Sentences to chunks: the passages that are indexed and ranked.

A chunk is a run of consecutive sentences of one section. Front matter, back matter and references make no chunk: they are stored and
shown, and never searched for answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby

from ragqa.settings import IngestSettings
from ragqa.types import Block, Chunk, Document, DocumentSection, Sentence, Zone

SEARCHED_ZONES = frozenset({Zone.ABSTRACT, Zone.BODY, Zone.CAPTION, Zone.TABLE})


def chunk_document(document: Document, settings: IngestSettings) -> tuple[Chunk, ...]:
    """Return the chunks of a document in order.

    A chunk holds at most `settings.chunk_max_tokens` words, or one longer sentence. Within a section the next chunk repeats the last
    sentence of the one before, unless that is a list item: items stand alone, so repeating one adds nothing.
    """
    return tuple(
        _chunk(document, document.sections[ordinal], run)
        for ordinal, group in groupby(document.sentences, key=lambda sentence: sentence.section)
        if document.sections[ordinal].zone in SEARCHED_ZONES
        for run in _runs(list(group), settings.chunk_max_tokens)
    )


def _runs(sentences: list[Sentence], max_tokens: int) -> Iterator[list[Sentence]]:
    run: list[Sentence] = []
    n_words = 0
    for sentence in sentences:
        length = len(sentence.text.split())
        if run and n_words + length > max_tokens:
            yield run
            last = run[-1]
            overlaps = last.block is Block.PARAGRAPH and sentence.block is Block.PARAGRAPH and len(last.text.split()) + length <= max_tokens
            run = [last] if overlaps else []
            n_words = sum(len(kept.text.split()) for kept in run)
        run.append(sentence)
        n_words += length
    if run:
        yield run


def _chunk(document: Document, section: DocumentSection, run: list[Sentence]) -> Chunk:
    key = "\x1f".join((document.document_id, *section.path, str(run[0].ordinal), str(run[-1].ordinal), *(sentence.text for sentence in run)))
    return Chunk(
        chunk_id=hashlib.sha256(key.encode()).hexdigest()[:16],
        document_id=document.document_id,
        section=section.ordinal,
        first_sentence=run[0].ordinal,
        last_sentence=run[-1].ordinal,
        title=document.metadata.title,
        heading=" › ".join(section.path) if section.level else "",
        text=" ".join(sentence.text for sentence in run),
    )
