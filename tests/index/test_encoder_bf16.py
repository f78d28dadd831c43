"""bf16 through OpenVINO: refused where the processor lacks it, and close to the original where it runs."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from ragqa.errors import ModelUnavailable
from ragqa.index.encoder import open_encoder
from ragqa.index.export import export_model
from ragqa.settings import EmbeddingSettings

BF16 = EmbeddingSettings(precision="bf16")
needs_openvino = pytest.mark.skipif(importlib.util.find_spec("openvino") is None, reason='needs the extra "openvino"')


@needs_openvino
def test_a_processor_without_bf16_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is exported, with what to set instead."""
    monkeypatch.setattr("ragqa.index.openvino_session._has_bf16", lambda core: False)

    with pytest.raises(ModelUnavailable, match=r'no bf16 arithmetic .*Set RAGQA_EMBEDDING__PRECISION to "fp32"'):
        export_model(BF16, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "openvino", None)

    with pytest.raises(ModelUnavailable, match=r"pip install ragqa\[openvino\]"):
        export_model(BF16, tmp_path)


@needs_openvino
def test_nothing_is_reported_to_the_makers() -> None:
    """The package sends an event on import where its helper for that is found; in a fresh process that helper is never loaded."""
    program = """
import sys
from ragqa.index.openvino_session import _core
_core()
print([name for name in sys.modules if name.startswith("openvino_telemetry.")])
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@needs_openvino
@pytest.mark.soak
@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason='needs the extra "build"')
def test_bf16_keeps_the_direction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors differ from fp32 but by a cosine of 0.9999; a processor without bf16 imitates it here, at length. Two threads may share it."""
    monkeypatch.setattr("ragqa.index.openvino_session._has_bf16", lambda core: True)
    texts = ["Lung function improved.", "FVC", "Of 31 patients, 4 had died after five years."]

    rounded = open_encoder(export_model(BF16, tmp_path), batch_size=1, jobs=2)
    cosines = (rounded.embed_passages(texts) * open_encoder(export_model(EmbeddingSettings(), tmp_path)).embed_passages(texts)).sum(axis=1)

    assert rounded.model_id.startswith("all-MiniLM-L6-v2:bf16:")
    assert 0.9998 < cosines.min() < cosines.max() < 0.9999999
