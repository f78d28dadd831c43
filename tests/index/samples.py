"""Small documents and generations for the tests of the index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ragqa.index.generation import FORMAT_VERSION, LEXICAL_FOLDER, Generation, Manifest, open_current
from ragqa.index.hashing import HashingEmbedder
from ragqa.index.passages import indexed_document, passage_texts
from ragqa.index.publish import begin, publish
from ragqa.index.writer import GenerationWriter
from ragqa.text.analyzer import ANALYZER_VERSION
from ragqa.types import (
    Chunk,
    Document,
    DocumentKind,
    DocumentSection,
    Facet,
    Metadata,
    Origin,
    Page,
    Reference,
    ReferenceMark,
    Sentence,
    Span,
    Tags,
    Zone,
)

ENCODER = HashingEmbedder(32)

TREATMENT_TAGS = Tags(
    populations=("alpha disease",), population_origin=Origin.EXPLICIT, drugs=("drugamab",), facets=((Facet.TREATMENT, 1.0), (Facet.SAFETY, 0.3))
)
DOCUMENT_TAGS = Tags(populations=("alpha disease",), population_origin=Origin.DOCUMENT, topic_drugs=("drugamab",), facets=((Facet.OUTCOME, 0.5),))


def document(source: str, texts: Sequence[str], *, kind: DocumentKind = DocumentKind.COHORT, tags: Sequence[Tags] = (), year: int = 2020) -> Document:
    """Return a document of one page whose sentences follow each other; the last one stands in the reference section."""
    page, spans = "", []
    for text in texts:
        spans.append(Span(1, len(page), len(page) + len(text)))
        page += text + " "
    sha256 = hashlib.sha256(f"{source} {page}".encode()).hexdigest()
    tags = (*tags, *([Tags()] * (len(texts) - len(tags))))
    last = len(texts) - 1
    sentences = tuple(
        Sentence(ordinal, text, (span,), section=int(ordinal == last), paragraph=ordinal, marks=(ReferenceMark("[1]", (1,)),) if ordinal == 0 else (), tags=tag)
        for ordinal, (text, span, tag) in enumerate(zip(texts, spans, tags, strict=True))
    )
    return Document(
        document_id=sha256[:16],
        sha256=sha256,
        source=source,
        source_format="text",
        metadata=Metadata(f"Title of {source}", kind, year=year),
        pages=(Page(1, page, label="i", engine="plain", width=595.3),),
        sections=(DocumentSection(0, "Results", ("Results",), 1, Zone.BODY), DocumentSection(1, "References", ("References",), 1, Zone.REFERENCES)),
        sentences=sentences,
        references=(Reference(1, "A reference.", doi="10.1/x"),),
        abbreviations=(("AD", "alpha disease"),),
    )


def chunks_of(document: Document, size: int = 2) -> tuple[Chunk, ...]:
    """Return chunks of so many sentences each, of all sentences but the last."""
    body = document.sentences[:-1]
    runs = [body[start : start + size] for start in range(0, len(body), size)]
    return tuple(
        Chunk(
            chunk_id=f"{document.document_id}-{run[0].ordinal}",
            document_id=document.document_id,
            section=0,
            first_sentence=run[0].ordinal,
            last_sentence=run[-1].ordinal,
            title=document.metadata.title,
            heading="Results",
            text=" ".join(sentence.text for sentence in run),
        )
        for run in runs
    )


def fill(folder: Path, documents: Sequence[Document]) -> Manifest:
    """Write documents into the folder of a generation and return its manifest without files."""
    with GenerationWriter(folder / "part-0", ENCODER.dimension, lexical=folder / LEXICAL_FOLDER) as writer:
        for item in documents:
            chunks = chunks_of(item)
            writer.add(indexed_document(item, chunks, ENCODER.embed_passages(passage_texts(item, chunks))))
    return Manifest(
        name="",
        created="2026-01-01T00:00:00+00:00",
        digest=hashlib.sha256(repr(documents).encode()).hexdigest(),
        inputs="",
        n_documents=writer.part.end.document,
        n_chunks=writer.part.end.chunk,
        n_sentences=writer.part.end.sentence,
        parts=(writer.part,),
        model_id=ENCODER.model_id,
        dimension=ENCODER.dimension,
        encoder_settings={},
        analyzer_version=ANALYZER_VERSION,
        format=FORMAT_VERSION,
    )


def publish_documents(index_dir: Path, documents: Sequence[Document]) -> str:
    """Publish a generation of documents and return its name."""
    index_dir.mkdir(exist_ok=True)
    folder = begin(index_dir)
    return publish(folder, fill(folder, documents))


def sample_documents() -> tuple[Document, ...]:
    """Return a guideline and two papers by ascending source path."""
    guideline = ["Drugamab is recommended for alpha disease.", "Lung function should be measured every 6 months.", "Placebor is not recommended.", "1. Ref."]
    trial = ["Of 120 patients, 31 improved with drugamab.", "Lung function fell with placebo.", "Ref."]
    cohort = ["Beta disease was rare in 45 centres.", "Fever occurred in 3 patients.", "Survival was 80%.", "Cough was common.", "Ref."]
    return (
        document("guidelines/a.md", guideline, kind=DocumentKind.GUIDELINE, tags=[TREATMENT_TAGS]),
        document("research/b.md", trial, tags=[DOCUMENT_TAGS, TREATMENT_TAGS], year=2015),
        document("research/c.md", cohort),
    )


def sample_generation(index_dir: Path) -> Generation:
    """Publish and open a generation of `sample_documents`."""
    publish_documents(index_dir, sample_documents())
    return open_current(index_dir)
