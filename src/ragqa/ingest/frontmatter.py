"""Front matter and sidecar files: YAML that says what a document is.

The keys are those of `Metadata`; `source_type` is read as `kind`. A value that cannot be used rejects the file with the line and the key,
because a guideline that silently became "other" would never be quoted as one. An unknown key is noted and ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ragqa.errors import FileRejected
from ragqa.types import DocumentKind, Metadata, StudyPopulation

_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:^---[ \t]*(?:\r?\n|\Z))", re.DOTALL | re.MULTILINE)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_names(value: object) -> object:
    """Split people at ";" or, as in a reference list, at ","; "Doe, Jane; Roe, Jo" is two people."""
    if isinstance(value, str):
        people = value.split(";")
        if len(people) > 1 and all(person.count(",") == 1 for person in people):
            return [person.strip() for person in people]
        return [part.strip() for part in re.split(r";|,(?!\s*(?:Jr|Sr|II|III)\b)", value) if part.strip()]
    return value


def _as_slugs(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_population(value: object) -> object:
    return {"disease": value} if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_as_text), Field(min_length=1)]


class _Population(BaseModel):
    model_config = ConfigDict(extra="forbid")
    disease: Text
    n: int | None = Field(default=None, ge=0)
    note: Text | None = None


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="allow")
    title: Text | None = None
    kind: DocumentKind | None = None
    short_title: Text | None = None
    authors: Annotated[tuple[str, ...], BeforeValidator(_as_names)] | None = None
    organisation: Text | None = None
    issuer: Text | None = None
    edition: int | None = Field(default=None, ge=1900, le=2100)
    journal: Text | None = None
    year: int | None = Field(default=None, ge=1500, le=2100)
    doi: Text | None = None
    pmid: Text | None = None
    pmcid: Text | None = None
    language: Text | None = None
    licence: Text | None = None
    digest_of: Text | None = None
    populations: tuple[Annotated[_Population, BeforeValidator(_as_population)], ...] | None = None
    related: Annotated[tuple[str, ...], BeforeValidator(_as_slugs)] | None = None
    supersedes: Annotated[tuple[str, ...], BeforeValidator(_as_slugs)] | None = None
    superseded_by: Annotated[tuple[str, ...], BeforeValidator(_as_slugs)] | None = None


_SPELLINGS = {"source_type": "kind", "type": "kind", "document_type": "kind", "license": "licence", "organization": "organisation", "lang": "language"}


def split_front_matter(text: str) -> tuple[str, int]:
    """Return the YAML of a file's front matter and the position where its body starts; ("", 0) where it has none."""
    match = _FENCE.match(text)
    return (match.group(1), match.end()) if match else ("", 0)


def read_front_matter(text: str, where: str, first_line: int = 2) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields of a YAML text as `Metadata` has them, and notes on keys that were ignored.

    Args:
        text: The YAML, without fences.
        where: Name of the file, for messages.
        first_line: Line of the file on which the YAML starts, from 1.

    Raises:
        FileRejected: The YAML cannot be read or a value cannot be used; the message names file, line and key.
    """
    try:
        raw = yaml.safe_load(text) if text.strip() else {}
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(exc, "problem", None) or "not valid YAML"
        raise FileRejected(f"{where}, line {line}: the front matter is not valid YAML ({problem}). Quote values that hold a colon.") from exc
    if not isinstance(raw, dict):
        raise FileRejected(f'{where}, line {first_line}: the front matter must be lines of "key: value".')
    given = {_SPELLINGS.get(str(key), str(key)): value for key, value in raw.items() if value is not None and value != ""}
    try:
        fields = _FrontMatter.model_validate(given)
    except ValidationError as exc:
        first = exc.errors()[0]
        key = next(iter(name for name in raw if _SPELLINGS.get(str(name), str(name)) == first["loc"][0]))
        path = ".".join(str(part) for part in (key, *first["loc"][1:]))
        line = first_line + _line_of(text, str(key))
        raise FileRejected(f'{where}, line {line}: "{path}" cannot be {first["input"]!r}: {first["msg"]}.') from exc
    notes = tuple(f'unknown front matter key "{key}" ignored' for key in (fields.model_extra or {}))
    values = fields.model_dump(exclude_none=True, exclude=set(fields.model_extra or {}))
    if "populations" in values:
        values["populations"] = tuple(StudyPopulation(**population) for population in values["populations"])
    if "doi" in values:
        values["doi"] = _DOI.sub("", values["doi"]).strip()
    return values, notes


def with_fields(metadata: Metadata, fields: Mapping[str, Any], origin: str) -> Metadata:
    """Return the metadata with fields replaced; a kind among them is marked with where it came from."""
    changes: dict[str, Any] = dict(fields) | ({"kind_origin": origin} if "kind" in fields else {})
    return replace(metadata, **changes)


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines()):
        if re.match(rf"['\"]?{re.escape(key)}['\"]?\s*:", line):
            return number
    return 0
