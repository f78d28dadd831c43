"""What a question names: whether a sentence or a document belongs to a named study, issuer or author, and which words a text holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ragqa.text.analyzer import analyze, terms_of_word
from ragqa.types import DocumentRecord, SentenceRecord

_MARKS = ".,;:()[]"


def speaks_of(record: SentenceRecord, document: DocumentRecord, anchors: Sequence[str]) -> bool:
    """Whether a sentence belongs to a named study, issuer or author: in its text, its trial tags or its document's name."""
    if is_by(document, anchors):
        return True
    terms = [_in_order(anchor) for anchor in anchors]
    if any(anchor in _in_order(trial) for anchor in terms for trial in record.sentence.tags.trials):
        return True
    plain = record.sentence.text
    held = content_terms(plain)
    return any(held.issuperset(anchor.split()) and anchor in _in_order(plain) for anchor in terms if anchor.strip())


def is_by(document: DocumentRecord, anchors: Sequence[str]) -> bool:
    """Whether a document goes by the name of one of the studies, issuers or authors."""
    metadata = document.metadata
    names = [metadata.label, metadata.title, metadata.issuer or "", metadata.organisation or "", *metadata.authors[:3], metadata.doi or ""]
    held = _in_order(" ".join(names))
    return any(_in_order(anchor) in held for anchor in anchors)


def content_terms(text: str) -> set[str]:
    """Return the analysed terms of a text, each once: `analyze` word by word, since most words have been met before."""
    return set(analyze(text)) if text.isupper() else set().union(*map(_terms_of_word, text.split()))


@lru_cache(maxsize=65_536)
def _terms_of_word(word: str) -> frozenset[str]:
    return frozenset(terms_of_word(word.strip(_MARKS)))


@lru_cache(maxsize=32_768)
def _in_order(text: str) -> str:
    """Return the analysed terms of a text between blanks, so that a name is found in another text as a part of it."""
    return f" {' '.join(analyze(text))} "
