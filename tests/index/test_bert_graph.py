"""A BERT of our own with random weights, small enough to be made here, against the graph that is written from it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragqa.index.bert_graph import INPUTS, can_write, write_bert_graph

pytestmark = pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason='needs the extra "build"')

TINY = {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40, "max_position_embeddings": 16}
PADDED = np.array([[5, 6, 7, 8, 9], [4, 3, 0, 0, 0], [2, 2, 2, 2, 0]]), np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 1, 0]])
UNPADDED = np.array([[5, 6, 7], [9, 8, 1]]), np.ones((2, 3), np.int64)


def tiny_model(pooling: str, **changes: Any) -> Any:
    """Return modules as sentence-transformers keeps them: an encoder under `auto_model`, and a pooling."""
    import torch
    import transformers

    class Transformer(torch.nn.Module):  # type: ignore[misc]  # torch ships its types, but they are not followed here
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(7)
            self.auto_model = transformers.BertModel(transformers.BertConfig(**TINY | changes))
            self.auto_model.train(False)
            for weights in self.auto_model.parameters():
                torch.nn.init.normal_(weights, std=0.3)

    class Pooling:
        pooling_mode = pooling

    return [Transformer(), Pooling()]


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize(("ids", "mask"), [PADDED, UNPADDED], ids=["padded", "not padded"])
def test_the_graph_computes_what_the_model_does(tmp_path: Path, pooling: str, ids: Any, mask: Any) -> None:
    """Pooled over what is not padding, to unit length: equal to 1e-5 with and without padding, for each kind of token."""
    import onnxruntime
    import torch

    model = tiny_model(pooling)
    kinds = np.arange(ids.size).reshape(ids.shape) % 2
    with torch.no_grad():
        states = model[0].auto_model(*(torch.from_numpy(value) for value in (ids, mask, kinds)))[0].numpy()
    pooled = states[:, 0] if pooling == "cls" else (states * mask[:, :, None]).sum(1)

    write_bert_graph(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, dict(zip(INPUTS, (ids, mask, kinds), strict=True)))

    assert can_write(model)
    assert np.abs(found - pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).max() < 1e-5


@pytest.mark.parametrize(("pooling", "changes"), [("max", {}), ("mean", {"hidden_act": "relu"}), ("mean", {"is_decoder": True})])
def test_other_models_are_left_to_tracing(pooling: str, changes: dict[str, Any]) -> None:
    """Another pooling or activation, or a decoder, is not what this graph says."""
    assert not can_write(tiny_model(pooling, **changes))
