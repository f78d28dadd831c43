"""The sources of an answer for reference managers: RIS, BibTeX and CSL-JSON.

Formats: RIS as reference managers read it (tags TY to ER, CRLF ends), BibTeX with LaTeX escapes, CSL-JSON 1.0. What a source does not state
is left out; "et al." among the authors becomes the "and others" of BibTeX and is dropped elsewhere, where no such name exists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragqa.types import DocumentKind, Source

_VOLUME = re.compile(r"^(?P<journal>.+?)[.,]?\s+(?P<year>\d{4})\s*;\s*(?P<volume>[^(:;]+)?(?:\((?P<issue>[^)]*)\))?(?::\s*(?P<pages>\S+?))?\.?$")
_INITIALS = re.compile(r"^(?P<family>.+?),?\s+(?P<given>(?:[A-Z]\.?-?\s?){1,4})$")
_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {mark: f"\\{mark}" for mark in "&%$#_{}"}


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """Where an article stands. A `Source` may name its journal alone or as "Journal 2024;76(8):1051-1069"."""

    journal: str | None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None


def journal_place(journal: str | None) -> JournalPlace:
    """Split a journal line into its parts; a line in another form is taken as the journal's name."""
    match = _VOLUME.match(journal or "")
    if match is None:
        return JournalPlace(journal or None)
    return JournalPlace(match["journal"], (match["volume"] or "").strip() or None, match["issue"] or None, match["pages"] or None)


def to_ris(sources: Sequence[Source]) -> str:
    """Return RIS records, lines ending in CRLF."""
    return "".join(f"{tag}  - {value}\r\n" for source in sources for tag, value in _ris_fields(source))


def to_bibtex(sources: Sequence[Source]) -> str:
    """Return BibTeX entries with unique keys: first family name, year, and a letter where two would be equal."""
    entries: list[str] = []
    keys: dict[str, int] = {}
    for source in sources:
        key = _bibtex_key(source)
        keys[key] = keys.get(key, 0) + 1
        unique = key if keys[key] == 1 else f"{key}-{keys[key]}"
        fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _bibtex_fields(source))
        entries.append(f"@{_bibtex_type(source)}{{{unique},\n{fields}\n}}\n")
    return "\n".join(entries)


def to_csl(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Return CSL-JSON items, one a source."""
    return [_csl_item(source) for source in sources]


def _authors(source: Source) -> list[str]:
    return [author for author in source.authors if not author.casefold().startswith("et al")]


def _is_collective(name: str) -> bool:
    """Whether an author is a group: its name does not end in initials and has no comma."""
    return "," not in name and _INITIALS.match(name) is None


def _name(author: str) -> tuple[str, str]:
    """Return (family, given) of a personal name: "Johnson SR" and "Johnson, Sindhu" alike."""
    family, comma, given = author.partition(",")
    if comma:
        return family.strip(), given.strip()
    match = _INITIALS.match(author)
    return (match["family"], match["given"].strip()) if match else (author, "")


def _ris_fields(source: Source) -> list[tuple[str, str]]:
    place = journal_place(source.journal)
    first, _, last = (place.pages or "").replace("–", "-").partition("-")
    kind = "JOUR" if place.journal else "RPRT" if source.kind is DocumentKind.GUIDELINE else "GEN"
    authors = [author if _is_collective(author) else ", ".join(part for part in _name(author) if part) for author in _authors(source)]
    fields = [("TY", kind), *(("AU", author) for author in authors or ([source.organisation] if source.organisation else []))]
    optional = [
        ("TI", source.title),
        ("T2", place.journal),
        ("PY", str(source.year) if source.year else None),
        ("VL", place.volume),
        ("IS", place.issue),
        ("SP", first),
        ("EP", last),
        ("PB", source.organisation if kind == "RPRT" else None),
        ("DO", source.doi),
        ("AN", source.pmid),
        ("UR", f"https://doi.org/{source.doi}" if source.doi else None),
    ]
    fields += [(tag, value) for tag, value in optional if value]
    return [(tag, " ".join(value.split())) for tag, value in fields] + [("ER", "")]


def _bibtex_type(source: Source) -> str:
    return "article" if source.journal else "techreport" if source.kind is DocumentKind.GUIDELINE else "misc"


def _bibtex_key(source: Source) -> str:
    name = _authors(source)[0] if _authors(source) else source.organisation or source.label
    family = _name(name)[0] if not _is_collective(name) else name.split()[0]
    plain = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^a-z0-9]', '', plain.lower()) or 'source'}{source.year or ''}"


def _bibtex_fields(source: Source) -> list[tuple[str, str]]:
    place = journal_place(source.journal)
    authors = [f"{{{_latex(author)}}}" if _is_collective(author) else _latex(", ".join(part for part in _name(author) if part)) for author in _authors(source)]
    if authors and len(authors) < len(source.authors):
        authors.append("others")
    optional = [
        ("title", f"{{{_latex(source.title)}}}"),
        ("author", " and ".join(authors) or (f"{{{_latex(source.organisation)}}}" if source.organisation else "")),
        ("journal", _latex(place.journal or "")),
        ("institution", _latex(source.organisation or "") if _bibtex_type(source) == "techreport" else ""),
        ("year", str(source.year or "")),
        ("volume", _latex(place.volume or "")),
        ("number", _latex(place.issue or "")),
        ("pages", _latex((place.pages or "").replace("–", "-").replace("-", "--"))),
        ("doi", source.doi or ""),
        ("note", f"PMID {source.pmid}" if source.pmid else ""),
    ]
    return [(name, value) for name, value in optional if value]


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in " ".join(text.split()))


def _csl_item(source: Source) -> dict[str, Any]:
    place = journal_place(source.journal)
    names = [{"literal": author} if _is_collective(author) else _csl_name(author) for author in _authors(source)]
    if not names and source.organisation:
        names = [{"literal": source.organisation}]
    item: dict[str, Any] = {
        "id": source.document_id,
        "type": "article-journal" if place.journal else "report" if source.kind is DocumentKind.GUIDELINE else "document",
        "title": source.title,
        "author": names,
        "container-title": place.journal,
        "issued": {"date-parts": [[source.year]]} if source.year else None,
        "volume": place.volume,
        "issue": place.issue,
        "page": place.pages,
        "DOI": source.doi,
        "PMID": source.pmid,
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(author: str) -> dict[str, str]:
    family, given = _name(author)
    return {"family": family, "given": given} if given else {"family": family}
