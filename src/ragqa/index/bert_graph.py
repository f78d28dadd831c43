"""Write the graph of a BERT encoder from its weights, with the operators that onnxruntime is quickest on.

In: a loaded sentence-transformers model. Out: an ONNX graph, pooling and unit norm inside, with free batch size and length. A traced graph
computes the same in five times as many operators. Attention is one operator here; where no text of a batch is padded it takes no mask,
for then onnxruntime works through it by tiles that stay in the cache of a core. Residual sums stay apart from the layer norm: their common
operator costs more than both on a CPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_CONTRIB, _ONNX_OPSET, _IR_VERSION = "com.microsoft", 18, 9


def can_write(model: Any) -> bool:
    """Tell whether a sentence-transformers model is a plain BERT with mean or first-token pooling; others have to be traced."""
    kinds = [type(module).__name__ for module in model]
    config: Any = getattr(getattr(model[0], "auto_model", None), "config", None)
    return (
        kinds[:2] == ["Transformer", "Pooling"]
        and kinds[2:] in ([], ["Normalize"])
        and type(model[0].auto_model).__name__ == "BertModel"
        and (config.hidden_act, getattr(config, "position_embedding_type", "absolute"), config.is_decoder) == ("gelu", "absolute", False)
        and model[1].pooling_mode in ("mean", "cls")
    )


def write_bert_graph(model: Any, path: Path) -> None:
    """Write the graph of a model that `can_write` accepts.

    Its inputs are `INPUTS`, int64 of shape (n, length); its output `embedding` has shape (n, dimension), float32, rows of unit length.
    """
    import onnx

    bert = model[0].auto_model
    weights = {name: value.detach().numpy().astype(np.float32) for name, value in bert.state_dict().items()}
    graph = _Graph()
    shape = graph.node("Shape", INPUTS[0])
    states_shape = graph.node("Concat", shape, graph.integers(bert.config.hidden_size), axis=0)
    states = _embeddings(graph, weights, shape, bert.config.layer_norm_eps)
    attend = _Attention(graph, states_shape, bert.config.num_attention_heads)
    for layer in range(bert.config.num_hidden_layers):
        states = _layer(graph, {name.removeprefix(f"encoder.layer.{layer}."): value for name, value in weights.items()}, states, attend, bert.config)
    states = graph.node("Reshape", states, states_shape)
    pooled = _first(graph, states) if model[1].pooling_mode == "cls" else _sum_of_unpadded(graph, states)
    length = graph.node("ReduceL2", pooled, graph.integers(-1), keepdims=1)
    graph.node("Div", pooled, length, output="embedding")
    onnx.save(graph.model(bert.config.hidden_size), str(path))


class _Graph:
    """Nodes and weights as they are added; a value is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: dict[str, Any] = {}

    def node(self, kind: str, *inputs: str, domain: str = "", output: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def weight(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def integers(self, *values: int) -> str:
        return self.weight("integers_" + "_".join(map(str, values)), np.array(values, np.int64))

    def named(self, prefix: str, weights: dict[str, NDArray[np.float32]], *names: str) -> list[str]:
        """Add weights; matrices are turned, since torch keeps them as (out, in)."""
        return [self.weight(f"{prefix}{name}", weights[name].T) for name in names]

    def model(self, dimension: int) -> Any:
        from onnx import TensorProto, helper

        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in INPUTS]
        outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimension])]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, list(self.weights.values()))
        opsets = [helper.make_opsetid("", _ONNX_OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


class _Attention:
    """Attention over states of shape (n * length, dimension): without a mask where no text is padded."""

    def __init__(self, graph: _Graph, states_shape: str, n_heads: int) -> None:
        from onnx import TensorProto

        self._graph, self._shape, self._n_heads = graph, states_shape, n_heads
        self._mask = graph.node("Cast", INPUTS[1], to=TensorProto.INT32)
        self._unpadded = graph.node("Cast", graph.node("ReduceMin", self._mask, keepdims=0), to=TensorProto.BOOL)

    def __call__(self, query: str, key: str, value: str) -> str:
        parts = [self._graph.node("Reshape", part, self._shape) for part in (query, key, value)]
        branches = {"then_branch": self._branch(parts, "free"), "else_branch": self._branch([*parts, "", self._mask], "masked")}
        return self._graph.node("Reshape", self._graph.node("If", self._unpadded, **branches), self._graph.integers(0, 0, -1))

    def _branch(self, inputs: Sequence[str], name: str) -> Any:
        from onnx import TensorProto, helper

        output = f"{name}_{len(self._graph.nodes)}"
        node = helper.make_node("MultiHeadAttention", inputs, [output], domain=_CONTRIB, num_heads=self._n_heads)
        return helper.make_graph([node], name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)])


def _embeddings(graph: _Graph, weights: dict[str, NDArray[np.float32]], shape: str, epsilon: float) -> str:
    """Return the states below the first layer, shape (n * length, dimension)."""

    def table(name: str) -> str:
        return graph.weight(f"embeddings.{name}", weights[f"embeddings.{name}_embeddings.weight"])

    length = graph.node("Gather", shape, graph.integers(1))
    places = graph.node("Slice", table("position"), graph.integers(0), length, graph.integers(0))
    words = graph.node("Add", graph.node("Gather", table("word"), INPUTS[0]), graph.node("Gather", table("token_type"), INPUTS[2]))
    states = graph.node("Add", words, places)
    norm = [graph.weight(f"embeddings.{name}", weights[f"embeddings.LayerNorm.{name}"]) for name in ("weight", "bias")]
    states = graph.node("LayerNormalization", states, *norm, epsilon=epsilon)
    return graph.node("Reshape", states, graph.integers(-1, len(weights["embeddings.LayerNorm.weight"])))


def _layer(graph: _Graph, weights: dict[str, NDArray[np.float32]], states: str, attend: _Attention, config: Any) -> str:
    """Return the states above one layer; both shapes are (n * length, dimension)."""
    prefix = f"{len(graph.nodes)}."

    def dense(states: str, name: str) -> str:
        return graph.node("Gemm", states, *graph.named(prefix, weights, f"{name}.weight", f"{name}.bias"))

    def add_and_norm(states: str, residual: str, name: str) -> str:
        norm = graph.named(prefix, weights, f"{name}.weight", f"{name}.bias")
        return graph.node("LayerNormalization", graph.node("Add", states, residual), *norm, epsilon=config.layer_norm_eps)

    query, key, value = (dense(states, f"attention.self.{name}") for name in ("query", "key", "value"))
    attended = graph.node("Reshape", attend(query, key, value), graph.integers(-1, config.hidden_size))
    states = add_and_norm(dense(attended, "attention.output.dense"), states, "attention.output.LayerNorm")
    inner = graph.node("Gelu", dense(states, "intermediate.dense"), domain=_CONTRIB)
    return add_and_norm(dense(inner, "output.dense"), states, "output.LayerNorm")


def _first(graph: _Graph, states: str) -> str:
    return graph.node("Squeeze", graph.node("Slice", states, graph.integers(0), graph.integers(1), graph.integers(1)), graph.integers(1))


def _sum_of_unpadded(graph: _Graph, states: str) -> str:
    """Return the sum over the tokens of each text: a vector of unit length needs no division by their number."""
    from onnx import TensorProto

    mask = graph.node("Unsqueeze", graph.node("Cast", INPUTS[1], to=TensorProto.FLOAT), graph.integers(1))
    return graph.node("Squeeze", graph.node("MatMul", mask, states), graph.integers(1))
