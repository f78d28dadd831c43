"""What a publication says about itself on its first page: DOI, PubMed id, year, kind, language."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from ragqa.ingest.kinds import detect_kind
from ragqa.ingest.language import detect_language
from ragqa.ingest.references import PMID, find_doi
from ragqa.types import Document, Metadata, Zone

_YEAR_CUE = re.compile(
    r"(?:published(?: online)?|publication date|issued|version [\w.]+,|accepted|©|\(c\)|copyright|volume \d+,"
    r"|citation:?[^.]{0,200}?\()\W{0,3}(?:[^\d\n]{0,30}?\d{1,2}[^\d\n]{1,15})?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_ABSTRACT_LENGTH = 4000


def complete(document: Document, known: frozenset[str] = frozenset()) -> Metadata:
    """Return the metadata with kind and language detected where `known` does not name them."""
    metadata = document.metadata
    if "kind" not in known and metadata.kind_origin == "default":
        kind, origin = detect_kind(metadata.title, abstract_of(document))
        metadata = replace(metadata, kind=kind, kind_origin=origin)
    if "language" not in known and metadata.language == "en":
        body = " ".join(sentence.text for sentence in document.sentences if document.sections[sentence.section].zone in (Zone.ABSTRACT, Zone.BODY))
        metadata = replace(metadata, language=detect_language(body))
    return metadata


def abstract_of(document: Document) -> str:
    """Return the abstract, or what stands first in the body where there is none."""
    zones = [section.zone for section in document.sections]
    abstract = " ".join(sentence.text for sentence in document.sentences if zones[sentence.section] is Zone.ABSTRACT)
    body = " ".join(sentence.text for sentence in document.sentences[:80] if zones[sentence.section] is Zone.BODY)
    return abstract or body[:_ABSTRACT_LENGTH]


def first_page_fields(text: str) -> dict[str, str | int]:
    """Return doi, pmid and year as far as the text of a first page states them."""
    fields: dict[str, str | int] = {}
    if doi := find_doi(re.sub(r"(10\.\d{4,9}/)\s+(?=\S)", r"\1", text)):
        fields["doi"] = doi
    if pmid := PMID.search(text):
        fields["pmid"] = pmid.group(1)
    if year := publication_year(text):
        fields["year"] = year
    return fields


def stated_year(text: str) -> int | None:
    """Return the year that follows a cue of publication, None where there is none."""
    cue = _YEAR_CUE.search(text)
    return int(cue.group(1)) if cue else None


def publication_year(text: str) -> int | None:
    """Return the year that follows a cue of publication, else the most frequent year of the text, the later of equals."""
    if (year := stated_year(text)) is not None:
        return year
    counts = Counter(int(year) for year in _YEAR.findall(text))
    return max(counts, key=lambda year: (counts[year], year)) if counts else None
