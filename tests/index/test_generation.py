from __future__ import annotations

import gc
import json
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ragqa.errors import GenerationCorrupt, GenerationIncompatible, IndexMissing
from ragqa.index.generation import FORMAT_VERSION, Generation, Manifest, current_name, open_current, open_generation_encoder
from ragqa.settings import EmbeddingSettings
from tests.index.samples import publish_documents, sample_documents


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Return an index folder with one generation."""
    publish_documents(tmp_path, sample_documents())
    return tmp_path


def edit_manifest(index_dir: Path, **changes: object) -> None:
    """Replace keys of the manifest."""
    file = index_dir / "gen-000001" / "MANIFEST.json"
    data = json.loads(file.read_text()) | changes
    file.unlink()
    file.write_text(json.dumps(data))


def test_a_published_generation_opens(index_dir: Path) -> None:
    """Name, counts and all parts are there; the version tells generations with equal numbers apart."""
    generation = open_current(index_dir)

    assert (generation.name, generation.path) == ("gen-000001", index_dir / "gen-000001")
    assert generation.library.version == f"gen-000001-{generation.manifest.digest[:8]}"
    assert generation.library.n_chunks == generation.lexical.n_rows == generation.dense.n_rows == 5
    generation.library.close()


def test_a_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    """The first thing a new user may see."""
    with pytest.raises(IndexMissing, match="ragqa index build"):
        open_current(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"gen-1\n", b"../../etc\n", b"\xff\xfe"])
def test_a_damaged_current_file_is_named(index_dir: Path, content: bytes) -> None:
    """Whatever CURRENT holds, nothing outside the index is opened."""
    (index_dir / "CURRENT").write_bytes(content)

    with pytest.raises(GenerationCorrupt, match="CURRENT"):
        current_name(index_dir)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", f'{{"format": {FORMAT_VERSION}}}', f'{{"format": {FORMAT_VERSION}, "name": 3, "unknown": 4}}'])
def test_a_damaged_manifest_is_named(index_dir: Path, content: str) -> None:
    """A cut or overwritten manifest is a clear error with a next step."""
    file = index_dir / "gen-000001" / "MANIFEST.json"
    file.unlink()
    file.write_text(content)

    with pytest.raises(GenerationCorrupt, match="manifest of generation gen-000001"):
        open_current(index_dir)


@pytest.mark.parametrize("name", ["part-0/store.sqlite", "part-0/dense.faiss", "part-0/vectors.npy", "part-0/sentences.npy", "lexical/meta.json"])
@pytest.mark.parametrize("damage", ["cut", "longer", "missing"])
def test_a_file_of_another_length_is_refused(index_dir: Path, name: str, damage: str) -> None:
    """Before anything is mapped: a mapped file that is too short would kill the process."""
    file = index_dir / "gen-000001" / name
    data = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes(data[:-1] if damage == "cut" else data + b"x")

    with pytest.raises(GenerationCorrupt, match=name):
        open_current(index_dir)


def test_a_store_that_is_no_database_is_a_clear_error(index_dir: Path) -> None:
    """Right length, wrong bytes: the library's own error does not reach the user."""
    file = index_dir / "gen-000001" / "part-0/store.sqlite"
    data = bytes(file.stat().st_size)
    file.unlink()
    file.write_bytes(data)

    with pytest.raises(GenerationCorrupt, match="cannot be read"):
        open_current(index_dir)


def test_another_format_or_analyzer_is_incompatible(index_dir: Path) -> None:
    """An index of another version is not corrupt: it has to be built again."""
    edit_manifest(index_dir, analyzer_version="other")
    with pytest.raises(GenerationIncompatible, match="analyzer other"):
        open_current(index_dir)
    edit_manifest(index_dir, format=99)
    with pytest.raises(GenerationIncompatible, match="format 99"):
        open_current(index_dir)


def test_another_encoder_is_refused_by_name(index_dir: Path) -> None:
    """Vectors of two models cannot be compared; the message names both and the way out."""
    edit_manifest(index_dir, model_id="a:fp32:0", encoder_settings={"model": "a", "precision": "fp32", "max_tokens": 256})
    generation = open_current(index_dir)

    with pytest.raises(GenerationIncompatible, match=r'model "a"; settings say "b".*RAGQA_EMBEDDING__MODEL=a'):
        open_generation_encoder(index_dir, generation, EmbeddingSettings(model="b"))
    generation.library.close()


def test_the_encoder_of_a_generation_is_the_one_that_built_it(generation: Generation) -> None:
    """Without an exported model: the shipped fake comes back by its id."""
    encoder = open_generation_encoder(generation.path.parent, generation)

    assert (encoder.model_id, encoder.dimension) == (generation.manifest.model_id, generation.manifest.dimension)


def test_an_open_generation_outlives_its_folder(index_dir: Path) -> None:
    """A reader that holds a generation for a request answers even if a builder prunes it meanwhile, in other threads too."""
    generation = open_current(index_dir)
    generation.dense.search(np.zeros(32, np.float32), 1)
    doomed = index_dir / "gen-000001"
    for path in sorted(doomed.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: [record.row for record in generation.library.sentences_of([row])], [0, 1, 2, 3, 4] * 20))

    assert found == [[0, 1], [2], [4, 5], [7, 8], [9, 10]] * 20
    assert len(generation.lexical.search([("lung", 1.0)], 5)) == 2
    assert len(generation.dense.search(np.ones(32, np.float32), 5)) == 5
    assert generation.library.sentence_vectors([0]).shape == (1, 32)
    generation.library.close()


def test_a_reader_that_lost_a_race_takes_the_newer_generation(index_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading CURRENT and opening its files a builder may publish and prune."""
    publish_documents(index_dir, sample_documents())
    names = iter(["gen-000001", "gen-000002"])
    for path in sorted((index_dir / "gen-000001").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    monkeypatch.setattr("ragqa.index.generation.current_name", lambda _: next(names))

    generation = open_current(index_dir)

    assert generation.name == "gen-000002"
    generation.library.close()


def test_the_manifest_lists_every_file(index_dir: Path) -> None:
    """Nothing that is read goes unchecked."""
    generation = open_current(index_dir)
    manifest: Manifest = generation.manifest
    folder = index_dir / "gen-000001"

    assert {entry.path for entry in manifest.files} == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"MANIFEST.json"}
    generation.library.close()


def test_the_next_generation_has_the_encoder_that_is_open(built_index: Path) -> None:
    """Its weights are held once, also while two generations are in use."""
    generation = open_current(built_index)
    first, again = open_generation_encoder(built_index, generation), open_generation_encoder(built_index, generation)
    generation.library.close()

    assert first is again


def test_a_generation_is_freed_when_nobody_uses_it(index_dir: Path) -> None:
    """Without waiting for the collector of cycles, which the maps and caches of a generation would outlive for long."""
    gc.collect()
    gc.disable()
    try:
        generation = open_current(index_dir)
        generation.library.tag_names("drug")
        generation.library.tagged(drugs=["drugamab"])
        generation.lexical.search([("alpha", 1.0)], 3)
        generation.library.sentences(range(5))
        generation.library.close()
        held = [weakref.ref(each) for each in (generation.library, generation.lexical, generation.dense)]
        del generation
        assert [each() for each in held] == [None, None, None]
    finally:
        gc.enable()
