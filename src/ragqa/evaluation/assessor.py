"""What a judge needs to hold in hand: the stored pages, the front matter, the family tree of diseases, and a measure of likeness.

In: an open `Reader`. The assessor reads the library itself; it takes nothing on the word of the answer that it judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import DocumentNotFound
from ragqa.evaluation.questions import EvalQuestion
from ragqa.protocols import Embedder, Library
from ragqa.text.lexicon import Lexicon
from ragqa.types import Answer, DocumentRecord, Evidence, Statement, Tier

_BATCH = 64
_FITS = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})


class Assessor:
    """Looks up what statements are held against. What it reads of a text is kept, since many answers hold the same statements."""

    def __init__(self, library: Library, embedder: Embedder, lexicon: Lexicon) -> None:
        self._library = library
        self._embedder = embedder
        self._lexicon = lexicon
        self._documents = {document.document_id: document for document in library.documents()}
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._drugs: dict[str, frozenset[str]] = {}

    def document(self, document_id: str) -> DocumentRecord | None:
        """Return a document, None where the library has none of that id."""
        return self._documents.get(document_id)

    def page_slice(self, evidence: Evidence) -> str | None:
        """Return the stored text that evidence points to, None where there is no such page or document."""
        try:
            text = self._library.page_text(evidence.document_id, evidence.page)
        except (DocumentNotFound, LookupError):
            return None
        return text[evidence.start : evidence.end] if 0 <= evidence.start < evidence.end <= len(text) else None

    def is_about(self, statement: Statement, allowed: Sequence[str]) -> bool:
        """Whether a statement is about one of the allowed diseases, a kind of one, or a group they belong to.

        The diseases a statement claims count where its quotes, their headings or the front matter of their documents name them. One that
        claims none counts as about those that the front matter names, and passes where that names none either. Of the allowed names, groups
        of other allowed ones bring in no further members: with a disease and its group allowed, a sibling stays out.
        """
        named = self._named(statement)
        about = named & frozenset(statement.populations) if statement.populations else self._studied(statement)
        if not about:
            return not statement.populations
        return bool(about & set(allowed)) or self._lexicon.relation(self._lexicon.without_ancestors(allowed), sorted(about)) in _FITS

    def _studied(self, statement: Statement) -> frozenset[str]:
        """Return the diseases of the front matter of its documents, which names them as a reader would ("MCTD-ILD")."""
        documents = [self._documents[evidence.document_id] for evidence in statement.evidence if evidence.document_id in self._documents]
        written = [population.disease for document in documents for population in document.metadata.populations]
        return frozenset(mention.name for disease in written for mention in self._lexicon.populations_in(disease))

    def _named(self, statement: Statement) -> frozenset[str]:
        text = " ".join(part for evidence in statement.evidence for part in (evidence.quote, *evidence.section_path))
        read = frozenset(mention.name for mention in self._lexicon.populations_in(text)) | self._studied(statement)
        return read.union(*(self._lexicon.ancestors(name) for name in read))

    def drugs_in(self, text: str) -> frozenset[str]:
        """Return the treatments that a text names."""
        if text not in self._drugs:
            self._drugs[text] = frozenset(mention.name for mention in self._lexicon.interventions_in(text))
        return self._drugs[text]

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts without their headings, shape (len(texts), dimension), rows of unit length."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            self._vectors.update(zip(batch, self._embedder.embed_passages(batch), strict=True))
        return np.stack([self._vectors[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Case:
    """One question, the answer a system gave, and the assessor. `base` is the answer to the question that this one paraphrases, if any."""

    question: EvalQuestion
    answer: Answer
    assessor: Assessor
    base: Answer | None = None
