"""Embedding speed is measured on both sides of the same texts; no figure is a condition."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from ragqa.cli import app
from ragqa.evaluation.bench_embedding import EmbeddingRound, compare_round, summarise
from ragqa.service import QAService


def test_figures_are_medians_over_rounds() -> None:
    """Texts a second and their ratio each have a median of their own; of the differences the largest counts, of the cosines the least."""
    laps = [EmbeddingRound(100, 1.0, 2.0, 1e-7, 1.0), EmbeddingRound(100, 2.0, 6.0, 3e-7, 0.99), EmbeddingRound(100, 4.0, 4.0, 2e-7, 1.0)]

    speed = summarise("bf16", laps)

    assert (speed.precision, speed.n_rounds, speed.n_texts, speed.ragqa_per_s, speed.sentence_transformers_per_s) == ("bf16", 3, 300, 50.0, 25.0)
    assert (speed.ratio, speed.largest_difference, speed.least_cosine) == (2.0, 3e-7, 0.99)


def test_the_sides_take_turns_and_their_vectors_are_compared() -> None:
    """In a round of odd number the other side begins; the difference is that of the components that differ most."""
    began: list[str] = []

    def ours(texts: list[str]) -> NDArray[np.float32]:
        began.append("ours")
        return np.zeros((len(texts), 2), np.float32)

    def theirs(texts: list[str]) -> NDArray[np.float32]:
        began.append("theirs")
        return np.tile(np.array([0.0, 0.25], np.float32), (len(texts), 1))

    laps = [compare_round(["a", "b"], ours, theirs, number) for number in (0, 1)]  # type: ignore[arg-type]  # lists are sequences

    assert began == ["ours", "theirs", "ours", "theirs", "ours", "theirs", "theirs", "ours"]
    assert [(lap.n_texts, lap.largest_difference) for lap in laps] == [(2, 0.25), (2, 0.25)]


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason='needs the extra "build"')
def test_the_command_measures_each_precision_and_how_near_its_vectors_are(corpus_service: QAService) -> None:
    """As a table and as JSON. A coarser precision is told by its cosine, and one that this machine cannot run by the reason."""
    index = corpus_service.settings.index
    command = ["bench", "embedding", "--index", str(index), "--texts", "6", "--rounds", "2"]
    models = sorted(path.name for path in (index / "models").iterdir())

    figures = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    table = CliRunner().invoke(app, [*command, "--precision", "fp32"]).stdout

    measured = {speed["precision"]: speed for speed in figures["measured"]}
    assert measured.keys() | {each["precision"] for each in figures["not_measured"]} == {"fp32", "bf16", "int8"}
    assert {(speed["n_rounds"], speed["n_texts"]) for speed in measured.values()} == {(2, 12)}
    assert min(speed["ratio"] for speed in measured.values()) > 0
    assert measured["fp32"]["largest_difference"] < 1e-5
    assert measured["fp32"]["least_cosine"] > 0.999999 > measured["int8"]["least_cosine"] > 0.95
    assert "ragqa, texts per CPU s" in table
    assert "int8" not in table
    assert sorted(path.name for path in (index / "models").iterdir()) == models
