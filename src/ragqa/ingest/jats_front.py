"""What the front of a JATS article says of it, and the entries of its reference list."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ragqa.ingest.kinds import ARTICLE_TYPES, PROTOCOL, PUBLICATION_TYPES, detect_kind
from ragqa.ingest.metadata import abstract_of
from ragqa.ingest.references import find_doi
from ragqa.ingest.rendering import without_private
from ragqa.types import Document, Metadata, Reference


def plain_text(element: Any) -> str:
    """Return the text of an element without its notes and citation marks, "" for None."""
    if element is None:
        return ""
    text = "".join(piece for piece in element.itertext())
    for note in element.iter("xref", "fn"):
        inner = "".join(note.itertext())
        text = text.replace(inner, "", 1) if inner and note is not element else text
    return re.sub(r"\s+", " ", without_private(text)).strip()


def read_reference(number: int, ref: Any) -> Reference:
    """Return one entry of the reference list with its identifiers."""
    citation = next((child for child in ref if child.tag in ("mixed-citation", "element-citation", "citation", "nlm-citation", "citation-alternatives")), ref)
    ids = {element.get("pub-id-type"): (element.text or "").strip() for element in ref.iter("pub-id")}
    parts = [part for part in (re.sub(r"\s+", " ", without_private(text)).strip() for text in citation.itertext()) if part]
    text = re.sub(r"\s+([,.;:)])", r"\1", " ".join(parts))
    return Reference(number, text, ids.get("doi") or find_doi(text), ids.get("pmid"))


def read_metadata(article: Any, source: str) -> Metadata:
    """Return title, authors, journal, year, identifiers, language and licence of an article."""
    meta = article.find("front/article-meta")
    if meta is None:
        return Metadata(title=source.rsplit("/", 1)[-1])
    ids = {element.get("pub-id-type"): (element.text or "").strip() for element in meta.findall("article-id")}
    authors = [
        _person(name)
        for contrib in meta.findall("contrib-group/contrib")
        if contrib.get("contrib-type") in (None, "author")
        for name in (*contrib.findall("name"), *contrib.findall("string-name"), *contrib.findall("name-alternatives/name")[:1], *contrib.findall("collab"))
    ]
    dates = {element.get("pub-type") or element.get("date-type") or "": element.find("year") for element in meta.findall("pub-date")}
    years = [int(year.text) for year in dates.values() if year is not None and (year.text or "").strip().isdigit()]
    licence = next(iter(meta.iter("license")), None)
    href = next(
        (
            value
            for element in (licence.iter() if licence is not None else ())
            for name, value in element.attrib.items()
            if name.endswith("href") and "creativecommons" in value
        ),
        None,
    )
    title = plain_text(meta.find("title-group/article-title"))
    subtitle = plain_text(meta.find("title-group/subtitle"))
    return Metadata(
        title=(f"{title}: {subtitle}" if subtitle else title) or source.rsplit("/", 1)[-1],
        authors=tuple(author for author in authors if author),
        journal=plain_text(next(article.find("front").iter("journal-title"), None)) or None,
        year=min(years) if years else None,
        doi=ids.get("doi"),
        pmid=ids.get("pmid"),
        pmcid=(f"PMC{ids['pmc'].removeprefix('PMC')}" if ids.get("pmc") else ids.get("pmcid")),
        language=(article.get("{http://www.w3.org/XML/1998/namespace}lang") or "en").casefold()[:2],
        licence=href or (plain_text(licence)[:200] if licence is not None else None) or None,
    )


def _person(name: Any) -> str:
    surname, given = name.findtext("surname"), name.findtext("given-names")
    return " ".join(part.strip() for part in (surname, given) if part) or plain_text(name)


def with_kind(document: Document, article: Any) -> Document:
    """Return the document with its kind from title cues, then subject and article type, then the abstract."""
    metadata = document.metadata
    subjects = " ".join(plain_text(subject).casefold() for subject in article.iter("subject"))
    declared = ARTICLE_TYPES.get(article.get("article-type") or "") or next((kind for name, kind in PUBLICATION_TYPES.items() if name in subjects), None)
    by_title, title_origin = detect_kind(metadata.title, "")
    if title_origin == PROTOCOL:
        return replace(document, metadata=replace(metadata, kind=by_title, kind_origin=title_origin))
    if title_origin == "detected" and declared is not None and declared.value != "other":
        return replace(document, metadata=replace(metadata, kind=by_title, kind_origin="detected"))
    if declared is not None:
        return replace(document, metadata=replace(metadata, kind=declared, kind_origin="article type"))
    kind, origin = detect_kind(metadata.title, abstract_of(document))
    return replace(document, metadata=replace(metadata, kind=kind, kind_origin=origin))
