"""Run an exported model in bf16 through OpenVINO, in the place of an onnxruntime session.

bf16 has the exponent of a float and 8 bits of its mantissa: on processors that compute in it a model takes about half the time, and a vector
keeps a cosine of 0.9999 to the original. Processors that cannot compute in it would imitate it at thirty times the cost, so they are refused.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragqa.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class _Input:
    name: str


class OpenVinoSession:
    """What the encoder needs of a session. Safe to share between threads.

    Args:
        path: The ONNX file.
        threads: Threads of one run.

    Raises:
        ModelUnavailable: OpenVINO is not installed, or this processor has no bf16.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        require_bf16()
        options = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
        self._model = _core().compile_model(str(path), "CPU", options)
        self._own = threading.local()

    def get_inputs(self) -> list[_Input]:
        """Return the inputs, which have a name, as an onnxruntime session does."""
        return [_Input(value.get_any_name()) for value in self._model.inputs]

    def run(self, outputs: None, values: Mapping[str, NDArray[np.int64]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs of the model: here one, shape (n, dimension). `outputs` stands for the names of all, as in onnxruntime."""
        if not hasattr(self._own, "request"):
            # One thread at a time may use a request.
            self._own.request = self._model.create_infer_request()
        # The request keeps its output and writes the next one over it.
        return [np.array(self._own.request.infer(dict(values))[0], np.float32)]


def require_bf16() -> None:
    """Raise `ModelUnavailable` where OpenVINO is not installed, or this processor has no bf16."""
    if not _has_bf16(_core()):
        raise ModelUnavailable(
            'this processor has no bf16 arithmetic (AVX512-BF16 or AMX). Set RAGQA_EMBEDDING__PRECISION to "fp32" or "int8" and run "ragqa index build".'
        )


def _core() -> Any:
    # The package reports every import to its makers unless this helper of it is missing, which it takes without complaint.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python marks a module as not to be found
    try:
        import openvino
    except ImportError as exc:
        raise ModelUnavailable('the precision "bf16" needs OpenVINO. Run "pip install ragqa[openvino]", or set RAGQA_EMBEDDING__PRECISION to "fp32".') from exc
    return openvino.Core()


def _has_bf16(core: Any) -> bool:
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
