"""Withholding the abstract of every second question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragqa.errors import DatasetInvalid
from ragqa.evaluation.beir import load_dataset
from ragqa.evaluation.pubmedqa import auroc, is_withheld, measure_withheld
from ragqa.index.hashing import HashingEmbedder
from ragqa.settings import Settings
from tests.evaluation.samples import answer, plain, refusal

SUBJECTS = ("asthma", "gout", "migraine", "eczema", "anaemia", "glaucoma", "psoriasis", "epilepsy")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in BEIR layout with one abstract a question."""
    rows = [
        {"_id": f"d{place}", "title": "", "text": f"Drugamab was studied in {subject}. It slowed {subject} in 40 patients."}
        for place, subject in enumerate(SUBJECTS)
    ]
    queries = [{"_id": f"q{place}", "text": f"Does drugamab slow {subject}?"} for place, subject in enumerate(SUBJECTS)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\td\ts\n" + "\n".join(f"q{place}\td{place}\t1" for place in range(len(SUBJECTS))), encoding="utf-8")
    return tmp_path


def test_half_of_the_questions_lose_their_abstract(folder: Path, tmp_path: Path) -> None:
    """Every question is on one side; shares lie between 0 and 1; nobody cites an abstract that is not there."""
    quality = measure_withheld(load_dataset(folder), Settings(index=tmp_path / "none"), tmp_path / "work", lambda *_: None, encoder=HashingEmbedder(64))

    assert quality.n_withheld == sum(is_withheld(f"q{place}") for place in range(len(SUBJECTS)))
    assert quality.n_answerable + quality.n_withheld == len(SUBJECTS)
    assert all(0 <= value <= 1 for value in (quality.refusal_recall, quality.false_refusal, quality.cites_gold, quality.auroc))
    assert quality.cites_gold <= 1 - quality.false_refusal
    corpora = list((tmp_path / "work").glob("*/corpus/*.md"))
    assert len(corpora) == quality.n_answerable


def test_too_few_questions_are_refused(folder: Path, tmp_path: Path) -> None:
    """With one question there is nothing to withhold, or nothing to keep."""
    with pytest.raises(DatasetInvalid, match="limit"):
        measure_withheld(load_dataset(folder), Settings(), tmp_path / "work", lambda *_: None, limit=1, encoder=HashingEmbedder(64))


def test_auroc_is_the_chance_to_rank_rightly() -> None:
    """Confidences .9 and .3 against .5 and 0 (refused): three pairs of four are in order; equal ones count half."""
    answers = {name: answer(plain("a", score=score)) for name, score in {"a": 0.9, "b": 0.3, "c": 0.5}.items()} | {"d": refusal("off_topic")}

    assert auroc(answers, ["a", "b"], ["c", "d"]) == 0.75
    assert auroc(answers, ["a"], ["a"]) == 0.5
