"""Every number and name that can be set, with its unit and meaning.

A value comes from a command-line flag, then from an environment variable (`RAGQA_RETRIEVAL__DENSE_WEIGHT=0.5`), then from the default
here. Only `load_settings` reads the environment; every stage below receives its group as a frozen value.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ragqa.errors import SettingsInvalid


def setting(default: Any, meaning: str, unit: str = "", **bounds: Any) -> Any:
    """Describe one setting: its default, what it means, its unit and its bounds."""
    return Field(default=default, description=meaning, json_schema_extra={"unit": unit}, **bounds)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestSettings(_Group):
    """How files become documents and chunks."""

    jobs: int = setting(2, "worker processes that parse files", "processes", ge=1, le=64)
    max_file_size_mb: int = setting(50, "largest file that is taken in", "MB", ge=1)
    max_pages: int = setting(2000, "most pages of one PDF", "pages", ge=1)
    worker_memory_mb: int = setting(1024, "memory limit of one parsing worker", "MB", ge=128)
    worker_cpu_s: int = setting(30, "CPU limit of one parsing worker", "s", ge=1)
    worker_wall_s: int = setting(60, "wall-clock limit of one parsing worker", "s", ge=1)
    chunk_max_tokens: int = setting(180, "longest chunk", "words", ge=20, le=400)


Precision = Literal["fp32", "bf16", "int8"]


class EmbeddingSettings(_Group):
    """Which encoder makes the vectors, and how it runs."""

    model: str = setting("all-MiniLM-L6-v2", "sentence-transformers model: the bundled one, another by name, or a folder")
    precision: Precision = setting(
        "fp32", 'arithmetic of the encoder, in the manifest; bf16 needs the extra "openvino" and a processor that has it; int8 is quicker, less exact'
    )
    max_tokens: int = setting(256, "longest input; the rest is cut", "tokens", ge=16, le=8192)
    batch_size: int = setting(8, "texts embedded together, sorted by length", "texts", ge=1)
    query_prefix: str = setting("", "text put before a question, for models that want one")
    passage_prefix: str = setting("", "text put before a passage, for models that want one")
    threads: int = setting(2, "threads that embed one question; a build embeds with one thread in each of its jobs", "threads", ge=1)
    jobs: int = setting(2, "batches embedded at once while an index is built", "batches", ge=1)


class IndexSettings(_Group):
    """How generations are kept."""

    keep_generations: int = setting(2, "generations kept for rollback, the current one included", "generations", ge=1)
    lock_timeout_s: float = setting(0.0, "how long a build waits for another to finish", "s", ge=0)


class RetrievalSettings(_Group):
    """How chunks are ranked."""

    pool: int = setting(100, "length of each part's list before fusion", "chunks", ge=1)
    dense_weight: float = setting(0.65, "weight of the dense part in z-score fusion; the lexical part has the rest", "", ge=0, le=1)
    sentence_weight: float = setting(0.4, "share of the nearest sentence in the dense part; the whole chunk has the rest", "", ge=0, le=1)
    expansion_weight: float = setting(0.4, "what a term counts that the question did not hold but its expansion adds", "", ge=0, le=1)


class ComposeSettings(_Group):
    """How evidence becomes an answer. The meaning of each number stands where it is used, in `compose/`."""

    candidates: int = setting(60, "chunks whose sentences are considered, for guidelines and for research each", "chunks", ge=1)
    slot_candidates: int = setting(400, "most sentences added because their tags match the question", "sentences", ge=0)
    considered: int = setting(70, "sentences read for a question at most, likeliest by vectors and tags; four times as many for an overview", "sentences", ge=1)
    off_topic_cosine: float = setting(0.30, "below this best similarity a question is off-topic", "cosine", ge=0, le=1)
    off_topic_cosine_unnamed: float = setting(0.42, "the same for a question that names no disease, treatment or study", "cosine", ge=0, le=1)
    salient: float = setting(0.10, "how far a word unknown to the library must move the question to make it unanswerable", "1 - cosine", ge=0, le=1)
    salient_unmet: float = setting(0.055, "the same for rare words that no likely sentence holds, all of them together", "1 - cosine", ge=0, le=1)
    salient_everyday: float = setting(0.1, "the same with everyday words among them", "1 - cosine", ge=0, le=1)
    least_probability: float = setting(0.03, "below this estimate of the best statement the answer is withheld", "probability", ge=0, le=1)
    score_cut: float = setting(0.34, "least estimate of a statement, as a share of the best one's", "", ge=0, le=1)
    whole_cut: float = setting(0.06, "the same where a study is asked for by name, or treatment in general", "", ge=0, le=1)
    overview_cut: float = setting(0.45, "the same for studies in an answer on treatment in general, under each heading", "", ge=0, le=1)
    overview_results: float = setting(0.25, "least estimate of a study's main result there, as a share of the best result's", "", ge=0, le=1)
    score_floor: float = setting(0.03, "least estimate of a statement", "probability", ge=0, le=1)
    indirect_floor: float = setting(0.01, "least estimate of a statement on another disease", "probability", ge=0, le=1)
    max_statements: int = setting(9, "most statements of each of the two sections", "statements", ge=1)
    max_overview_statements: int = setting(14, "the same of the research section for a question on treatment in general", "statements", ge=1)
    max_guideline_statements: int = setting(44, "the same of the guidelines section", "statements", ge=1)
    without: tuple[Literal["abstention", "joining", "repair", "repetition"], ...] = setting((), "rules switched off, to measure what each is worth")
    question_max_characters: int = setting(2000, "longest question", "characters", ge=1)


class CurationSettings(_Group):
    """How people add documents to a running service and take them out."""

    uploads: str = setting("uploads", "folder of uploaded files, below the corpus folder", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$", max_length=64)
    debounce_s: float = setting(2.0, "how long a build waits for more uploads after the last one", "s", ge=0, le=3600)
    pictures_mb: int = setting(200, "most room for pictures of pages in the index folder", "MB", ge=1)
    draw_s: int = setting(20, "limit on CPU and on wall-clock time for drawing one page", "s", ge=1)


class RecordsSettings(_Group):
    """Where answers, conversations, keys, jobs and the audit chain are kept."""

    url: str = setting("sqlite:///records/ragqa.sqlite", "address of the database, as SQLAlchemy writes it")


class AccessSettings(_Group):
    """Who may use the service besides those with a key of its own: the tokens of an OpenID Connect provider."""

    oidc_issuer: str = setting("", "issuer of bearer tokens, as their claim iss has it; empty for none", pattern=r"^(https?://\S+)?$")
    oidc_audience: str = setting("ragqa", "what the claim aud of a token must hold", min_length=1)
    oidc_role_claim: str = setting("role", "claim with the role, dots for nested ones; its values are reader, curator, reviewer and admin", min_length=1)
    oidc_jwks_file: str = setting("", "file with the provider's public keys, where the provider cannot be reached")


class ServerSettings(_Group):
    """Where the service listens, and how much it takes on."""

    host: str = setting("127.0.0.1", "address to listen on")
    port: int = setting(8000, "port to listen on", "", ge=0, le=65535)
    workers: int = setting(1, "processes that answer", "processes", ge=1, le=64)
    allowed_hosts: tuple[str, ...] = setting((), "host names that the service answers to; none: any on a reachable address, only this machine's otherwise")
    max_body_kb: int = setting(64, "largest body of a request, uploads aside", "kB", ge=1)
    max_upload_mb: int = setting(200, "largest body of an upload", "MB", ge=1)
    body_wait_s: float = setting(30.0, "how long the service waits for the next part of a body, or for one of a response to be taken", "s", gt=0)
    request_s: float = setting(60.0, "how long a request may take until its response begins, uploads aside", "s", gt=0)
    requests_per_minute: int = setting(600, "requests of one principal in a minute, in each process; 0 for no limit", "requests", ge=0)
    answers_at_once: int = setting(4, "answers made at the same time, in each process", "answers", ge=1)
    answers_waiting: int = setting(64, "requests that may wait for their turn", "requests", ge=0)
    longest_wait_s: float = setting(20.0, "how long a request waits for its turn", "s", gt=0)
    shutdown_s: int = setting(20, "how long requests under way are given to finish when the service is stopped", "s", ge=0)
    log_questions: bool = setting(False, "whether questions, screened for patients' identifiers, are written to the log")


class Settings(BaseSettings):
    """All settings, grouped by the stage that uses them."""

    model_config = SettingsConfigDict(env_prefix="RAGQA_", env_nested_delimiter="__", frozen=True, extra="ignore")

    corpus: Path = setting(Path("corpus"), "folder of documents")
    index: Path = setting(Path("index"), "folder of generations")
    ingest: IngestSettings = IngestSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    generations: IndexSettings = IndexSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    compose: ComposeSettings = ComposeSettings()
    curation: CurationSettings = CurationSettings()
    records: RecordsSettings = RecordsSettings()
    access: AccessSettings = AccessSettings()
    server: ServerSettings = ServerSettings()

    @property
    def answer_hash(self) -> str:
        """Return 12 hexadecimal digits over the settings that can change an answer from a given generation."""
        relevant = {"retrieval": self.retrieval.model_dump(mode="json"), "compose": self.compose.model_dump(mode="json")}
        return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()[:12]


def load_settings(**overrides: Any) -> Settings:
    """Read settings from the environment; overrides (from flags) win. Raise `SettingsInvalid` naming the setting."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "__".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f'setting RAGQA_{name} = "{first["input"]}" cannot be used: {first["msg"]}. "ragqa settings" lists what each one takes.') from exc


def settings_table(settings: Settings) -> list[dict[str, str]]:
    """Return one row a setting: name (as environment variable), value, default, unit, meaning."""
    rows: list[dict[str, str]] = []

    def visit(prefix: str, model: BaseModel, defaults: BaseModel) -> None:
        for name, info in type(model).model_fields.items():
            value, default = getattr(model, name), getattr(defaults, name)
            if isinstance(value, BaseModel):
                visit(f"{prefix}{name.upper()}__", value, default)
                continue
            extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
            row = {"name": prefix + name.upper(), "value": str(value), "default": str(default)}
            rows.append(row | {"unit": str(extra.get("unit", "")), "meaning": info.description or ""})

    visit("RAGQA_", settings, Settings.model_construct())
    return rows
