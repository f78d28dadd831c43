"""Embed texts with an exported model: onnxruntime (for bf16 OpenVINO) and tokenizers, no torch.

A folder holds `model.onnx` (pooling and unit norm inside), `tokenizer.json` and `encoder.json` (id, dimension, longest input,
prefixes). Passages are sorted by length and embedded in small batches, so that little is padded.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import ModelUnavailable
from ragqa.index.openvino_session import OpenVinoSession
from ragqa.settings import EmbeddingSettings

BATCH_TOKENS = 256
"""Tokens in one run of the model at most, padding included, unless a single text is longer: what a run computes on then fits the cache of a
core. For passages of 130 words one a run took two thirds of the time of eight a run; short sentences are quicker together."""
_QUERIES_KEPT = 1024
_BESIDE = 4
"""Threads for the second text of a question, over all requests."""
GRAPH = 2
"""Version of the graphs that `export.py` writes now."""
MODEL_FILE, TOKENIZER_FILE, ENCODER_FILE = "model.onnx", "tokenizer.json", "encoder.json"


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What `encoder.json` says of an exported model."""

    model_id: str
    dimension: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str
    graph: int = 1
    """Version of the graph's operators; the vectors of all versions are equal but for rounding."""
    runtime: str = "onnxruntime"
    """What runs the graph: "onnxruntime", or "openvino" for bf16."""


def vector_settings(settings: EmbeddingSettings) -> dict[str, Any]:
    """Return the settings that change vectors; two indexes that differ in them cannot share a query encoder."""
    return settings.model_dump(mode="json", exclude={"batch_size", "threads", "jobs"}) | {"model": Path(settings.model).name}


class OnnxEmbedder:
    """Implements `Embedder`. Safe to share between threads.

    Args:
        session: The onnxruntime session of the model.
        tokenizer: Its tokenizer; padding and truncation are set here.
        card: What `encoder.json` says.
        batch_size: Passages in one run of the model.
        jobs: Runs of the model at once while passages are embedded; they share one copy of the weights.
    """

    def __init__(self, session: Any, tokenizer: Any, card: EncoderCard, batch_size: int = 8, jobs: int = 1) -> None:
        self.model_id = card.model_id
        self.dimension = card.dimension
        self._session = session
        self._inputs = [node.name for node in session.get_inputs()]
        self._tokenizer = tokenizer
        self._card = card
        self._batch_size = batch_size
        self._jobs = jobs
        # The file may carry a fixed padding and another truncation (128 both, for the bundled model): that costs four times the work.
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.max_tokens)
        self._queries: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()
        self._beside = ThreadPoolExecutor(_BESIDE, thread_name_prefix="embed")

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return shape (n, dimension), rows of unit length. A text that comes more than once is embedded once."""
        rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        vectors = np.zeros((len(rows), self.dimension), np.float32)
        encodings = self._tokenizer.encode_batch([self._card.passage_prefix + text for text in rows])
        order = sorted(range(len(rows)), key=lambda number: (len(encodings[number].ids), number))
        batches = _batches(order, [len(encoding.ids) for encoding in encodings], self._batch_size)
        with ThreadPoolExecutor(self._jobs) as pool:
            for batch, part in zip(batches, pool.map(lambda batch: self._run([encodings[number] for number in batch]), batches), strict=True):
                vectors[batch] = part
        return vectors[[rows[text] for text in texts]] if len(rows) < len(texts) else vectors

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return shape (n, dimension), rows of unit length.

        Repeated questions are answered from memory. New ones are embedded side by side and each by itself, since padding changes the last bits.
        """
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        with self._lock:
            known = {text: self._queries[text] for text in texts if text in self._queries}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            beside = [self._beside.submit(self._embed_query, text) for text in missing[1:]]
            vectors = [self._embed_query(missing[0]), *(vector.result() for vector in beside)]
            new = dict(zip(missing, vectors, strict=True))
            known |= new
            with self._lock:
                self._queries.update(new)
                while len(self._queries) > _QUERIES_KEPT:
                    self._queries.popitem(last=False)
        return np.stack([known[text] for text in texts])

    def _embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._run([self._tokenizer.encode(self._card.query_prefix + text)])[0]
        vector.flags.writeable = False
        return vector

    def _run(self, encodings: Sequence[Any]) -> NDArray[np.float32]:
        width = max(len(encoding.ids) for encoding in encodings)
        # What stands in the padding is masked, so zeros do for every tokenizer.
        ids = np.zeros((len(encodings), width), np.int64)
        mask, kinds = np.zeros_like(ids), np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            length = len(encoding.ids)
            ids[row, :length], mask[row, :length], kinds[row, :length] = encoding.ids, encoding.attention_mask, encoding.type_ids
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        result: NDArray[np.float32] = self._session.run(None, {name: values[name] for name in self._inputs})[0]
        return result


def _batches(order: Sequence[int], lengths: Sequence[int], most_texts: int) -> list[list[int]]:
    """Cut an order by ascending length into batches of so many texts and `BATCH_TOKENS` tokens at most, each padded to its longest text."""
    batches: list[list[int]] = []
    for number in order:
        if batches and len(batches[-1]) < most_texts and (len(batches[-1]) + 1) * lengths[number] <= BATCH_TOKENS:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def read_card(folder: Path) -> EncoderCard:
    """Return what is said of an exported model; raise `ModelUnavailable` where that cannot be read."""
    try:
        return EncoderCard(**json.loads((folder / ENCODER_FILE).read_text()))
    except (OSError, ValueError, TypeError) as exc:
        raise _not_opened(folder, exc) from exc


def open_encoder(folder: Path, *, threads: int = 1, batch_size: int = 8, jobs: int = 1) -> OnnxEmbedder:
    """Open an exported model; raise `ModelUnavailable` where its files are missing or damaged.

    Args:
        folder: What `export_model` returned.
        threads: Threads of one run of the model.
        batch_size: Passages in one run.
        jobs: Runs at once while passages are embedded.
    """
    import tokenizers

    card = read_card(folder)
    open_session = OpenVinoSession if card.runtime == "openvino" else _onnxruntime_session
    try:
        session = open_session(folder / MODEL_FILE, threads)
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    except ModelUnavailable:
        raise
    except Exception as exc:  # The libraries raise bare exceptions for files they cannot read.
        raise _not_opened(folder, exc) from exc
    return OnnxEmbedder(session, tokenizer, card, batch_size, jobs)


def _onnxruntime_session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the processor from other questions while they wait for work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _not_opened(folder: Path, reason: Exception) -> ModelUnavailable:
    return ModelUnavailable(f'the embedding model in "{folder}" cannot be opened ({reason}). Delete that folder and run "ragqa index build".')
