"""MEDLINE (.nbib) and PubMed XML records to documents: title and abstract, with their bibliographic data. One file may hold many."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ragqa.errors import FileRejected
from ragqa.ingest.assemble import Outline, assemble
from ragqa.ingest.decode import decode
from ragqa.ingest.kinds import PUBLICATION_TYPES, detect_kind
from ragqa.ingest.metadata import complete
from ragqa.ingest.rendering import Rendering
from ragqa.types import Document, Metadata, Zone

_FIELD = re.compile(r"^([A-Z]{2,4}) *- (.*)$")
_LABEL = re.compile(r"(?:(?<=^)|(?<=[.!?] ))([A-Z][A-Z /&,-]{3,50}):\s")
_LANGUAGES = {"eng": "en", "fre": "fr", "ger": "de", "spa": "es", "ita": "it", "por": "pt", "chi": "zh", "jpn": "ja", "kor": "ko", "dut": "nl", "rus": "ru"}

Record = Mapping[str, Sequence[str]]
"""The values of each MEDLINE tag, in order."""


def parse_medline(data: bytes, source: str, sha256: str, max_pages: int = 0) -> tuple[Document, ...]:
    """Read a MEDLINE file; raise `FileRejected` where it holds no record."""
    records = list(read_records(decode(data)[0]))
    if not records:
        raise FileRejected(f'{source} holds no MEDLINE record: no line starts with "PMID-" or "TI  -".')
    return tuple(_document(record, source, sha256, len(records)) for record in records)


def parse_pubmed(root: Any, source: str, sha256: str) -> tuple[Document, ...]:
    """Read the records of a PubMed XML file."""
    articles = [root] if root.tag in ("PubmedArticle", "MedlineCitation") else list(root.iter("PubmedArticle"))
    records = [_record_of(article) for article in articles]
    if not records:
        raise FileRejected(f"{source} holds no PubMed record.")
    return tuple(_document(record, source, sha256, len(records)) for record in records)


def read_records(text: str) -> Iterator[Record]:
    """Yield the records of a MEDLINE text; a line that starts with six spaces goes on with the value before it."""
    record: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        field = _FIELD.match(line)
        if field is None and line.startswith("      ") and last:
            last[-1] += " " + line.strip()
        elif field is None:
            if record and not line.strip():
                yield record
                record, last = {}, None
        else:
            if field.group(1) == "PMID" and "PMID" in record:
                yield record
                record = {}
            last = record.setdefault(field.group(1), [])
            last.append(field.group(2).strip())
    if record:
        yield record


def _record_of(article: Any) -> Record:
    """Return a PubMed XML article under the tags of MEDLINE."""

    def texts(path: str) -> list[str]:
        return [re.sub(r"\s+", " ", "".join(element.itertext())).strip() for element in article.iterfind(f".//{path}")]

    abstract = " ".join(
        (f"{part.get('Label')}: " if part.get("Label") else "") + re.sub(r"\s+", " ", "".join(part.itertext())).strip()
        for part in article.iterfind(".//Abstract/AbstractText")
    )
    ids = {element.get("IdType"): (element.text or "").strip() for element in article.iterfind(".//PubmedData/ArticleIdList/ArticleId")}
    authors = [
        " ".join(part for part in (author.findtext("LastName"), author.findtext("Initials")) if part) for author in article.iterfind(".//AuthorList/Author")
    ]
    return {
        "PMID": texts("PMID")[:1],
        "TI": texts("ArticleTitle")[:1],
        "AB": [abstract] if abstract else [],
        "AU": [author for author in authors if author],
        "JT": texts("Journal/Title")[:1],
        "DP": texts("JournalIssue/PubDate")[:1],
        "PT": texts("PublicationTypeList/PublicationType"),
        "LA": texts("Language")[:1],
        "LID": [f"{ids['doi']} [doi]"] if ids.get("doi") else [],
        "PMC": [ids["pmc"]] if ids.get("pmc") else [],
    }


def _document(record: Record, source: str, sha256: str, n_records: int) -> Document:
    def first(tag: str) -> str | None:
        return record[tag][0] if record.get(tag) else None

    title = first("TI") or first("BTI") or "Untitled record"
    abstract = first("AB") or ""
    rendering, outline = Rendering(), Outline()
    rendering.heading(title)
    if abstract:
        section = outline.open("Abstract", 1, Zone.ABSTRACT)
        # "METHODS: …" inside an abstract starts a paragraph of its own.
        for part in _LABEL.sub(lambda match: f"\0{match.group()}", abstract).split("\0"):
            rendering.add(section, part)
    doi = next((value.split()[0] for tag in ("LID", "AID", "SO") for value in record.get(tag, ()) if value.endswith("[doi]")), None)
    year = re.search(r"\b(?:19|20)\d\d\b", first("DP") or first("EDAT") or "")
    metadata = Metadata(
        title=title.rstrip("."),
        authors=tuple(record.get("AU", ())),
        journal=first("JT") or first("TA"),
        year=int(year.group()) if year else None,
        doi=doi,
        pmid=first("PMID"),
        pmcid=first("PMC"),
        language=_LANGUAGES.get((first("LA") or "eng").casefold(), "en"),
    )
    types = {value.casefold() for value in record.get("PT", ())}
    declared = next((kind for name, kind in PUBLICATION_TYPES.items() if name in types), None)
    kind, origin = (declared, "article type") if declared else detect_kind(title, abstract)
    if n_records > 1:
        # Records of one file are documents of their own: each has the hash of its own fields, whatever else the file holds.
        fields = json.dumps({tag: list(values) for tag, values in record.items()}, sort_keys=True, ensure_ascii=False)
        sha256 = hashlib.sha256(fields.encode()).hexdigest()
        source = f"{source}#{first('PMID') or sha256[:12]}"
    document = assemble(
        sha256=sha256,
        source=source,
        source_format="medline",
        metadata=replace(metadata, kind=kind, kind_origin=origin),
        pages=(rendering.page("medline"),),
        sections=outline.sections,
        passages=rendering.passages,
    )
    return replace(document, metadata=complete(document, frozenset({"kind", "language"})))
