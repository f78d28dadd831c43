"""What embedding costs, in each precision, beside sentence-transformers in fp32: the same texts, one thread each, in turns in one run.

Compared is the CPU time of the whole process. Each round embeds the chunks and sentences of some documents on both sides;
who begins changes from round to round, and the figure is the median of the ratios, so that other work on the machine weighs little.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import CorpusMissing, ModelUnavailable, RagqaError
from ragqa.index.encoder import open_encoder
from ragqa.index.export import export_model, model_folder
from ragqa.index.passages import texts_to_embed
from ragqa.protocols import Library
from ragqa.settings import Settings

_Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class EmbeddingRound:
    """Seconds of CPU that both sides took for some texts, and how far their vectors are apart."""

    n_texts: int
    ragqa_s: float
    sentence_transformers_s: float
    largest_difference: float
    """Between two components."""
    least_cosine: float
    """Of a text's two vectors."""

    @property
    def ratio(self) -> float:
        """How many times as many texts a second ragqa embeds."""
        return self.sentence_transformers_s / self.ragqa_s


@dataclass(frozen=True, slots=True)
class EmbeddingSpeed:
    """Texts a second of one core on both sides and their ratio, medians over rounds; what differs most over all vectors."""

    precision: str
    """Of ragqa's side; the other computes in fp32."""
    n_rounds: int
    n_texts: int
    ragqa_per_s: float
    sentence_transformers_per_s: float
    ratio: float
    largest_difference: float
    least_cosine: float


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A precision that this machine cannot embed in, and why."""

    precision: str
    reason: str


def measure_embedding(
    settings: Settings, library: Library, rounds: int, round_texts: int, precisions: Sequence[str]
) -> tuple[list[EmbeddingSpeed], list[NotMeasured]]:
    """Embed texts of a library on both sides, in at most so many rounds of so many texts for each precision.

    Raises:
        RagqaError: The extra "build" is not installed.
        ModelUnavailable: The model is not on this machine, or cannot run here in any of the precisions.
        CorpusMissing: The library holds no document with text.
    """
    if importlib.util.find_spec("sentence_transformers") is None:
        raise RagqaError('to compare with sentence-transformers that package is missing. Run "pip install ragqa[build]".')
    samples = list(_sample(library, rounds, round_texts))
    if not samples:
        raise CorpusMissing(f'the library in "{settings.index}" holds no text to embed. Add documents, then run "ragqa index build".')
    measured: list[EmbeddingSpeed] = []
    left_out: list[NotMeasured] = []
    # Exported apart: an index keeps the one model that it was built with.
    with tempfile.TemporaryDirectory(prefix="ragqa-bench-") as models, _reference(settings) as theirs:
        for precision in precisions:
            try:
                folder = export_model(settings.embedding.model_copy(update={"precision": precision}), Path(models))
                ours = open_encoder(folder, threads=1, jobs=1)
            except ModelUnavailable as exc:
                if len(precisions) == 1:
                    raise
                left_out.append(NotMeasured(precision, str(exc)))
                continue
            laps = [compare_round(texts, ours.embed_passages, theirs, number) for number, texts in enumerate(samples)]
            measured.append(summarise(precision, laps))
    return measured, left_out


def compare_round(texts: Sequence[str], ours: _Embed, theirs: _Embed, number: int) -> EmbeddingRound:
    """Embed texts on both sides, in a round of odd number with the other side first."""
    # Once before, so that neither pays for buffers of a new size.
    for embed in (ours, theirs):
        embed(texts[:8])
    laps = {embed: _timed(embed, texts) for embed in ((ours, theirs) if number % 2 == 0 else (theirs, ours))}
    (own, own_s), (other, other_s) = laps[ours], laps[theirs]
    return EmbeddingRound(len(texts), own_s, other_s, float(np.abs(own - other).max()), float((own * other).sum(axis=1).min()))


def summarise(precision: str, laps: Sequence[EmbeddingRound]) -> EmbeddingSpeed:
    """Return the medians over rounds."""
    return EmbeddingSpeed(
        precision,
        len(laps),
        sum(lap.n_texts for lap in laps),
        round(median(lap.n_texts / lap.ragqa_s for lap in laps), 1),
        round(median(lap.n_texts / lap.sentence_transformers_s for lap in laps), 1),
        round(median(lap.ratio for lap in laps), 2),
        max(lap.largest_difference for lap in laps),
        min(lap.least_cosine for lap in laps),
    )


def _timed(embed: _Embed, texts: Sequence[str]) -> tuple[NDArray[np.float32], float]:
    start = time.process_time()
    return embed(texts), time.process_time() - start


def _sample(library: Library, rounds: int, round_texts: int) -> Iterator[list[str]]:
    """Yield the texts of each round, those of whole documents in a fixed mixed order."""
    documents = library.documents()
    texts: list[str] = []
    n_given = 0
    for place in np.random.default_rng(0).permutation(len(documents)).tolist():
        document_id = documents[place].document_id
        sentences = [record.sentence for record in library.document_sentences(document_id)]
        texts += texts_to_embed(sentences, library.chunks(library.chunk_rows(document_id)))
        while len(texts) >= round_texts and n_given < rounds:
            yield texts[:round_texts]
            del texts[:round_texts]
            n_given += 1
        if n_given == rounds:
            return
    if texts and not n_given:
        yield texts


@contextmanager
def _reference(settings: Settings) -> Iterator[_Embed]:
    """Open the original model on one thread."""
    import sentence_transformers
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it without types
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model: Any = sentence_transformers.SentenceTransformer(str(model_folder(settings.embedding.model)), device="cpu", local_files_only=True)
        model.max_seq_length = min(settings.embedding.max_tokens, model.max_seq_length or settings.embedding.max_tokens)
        prefix = settings.embedding.passage_prefix or model.prompts.get("document", "")
        yield lambda texts: model.encode([prefix + text for text in texts], normalize_embeddings=True, show_progress_bar=False)
    finally:
        torch.set_num_threads(n_threads)
