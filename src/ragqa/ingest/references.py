"""The reference list of a document: entries with their numbers, DOIs and PubMed ids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragqa.ingest.lines import Line
from ragqa.types import Reference

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^\[\]`]+", re.IGNORECASE)
PMID = re.compile(r"\bPMID:?\s*(\d{4,9})", re.IGNORECASE)
_LEAST_NUMBERED = 3
_ENTRY_END = re.compile(r"[.)\]]$|\d\S*$")
"""An entry ends with a stop, a bracket, or an identifier that holds a digit."""
_LEADING_NUMBER = re.compile(r"^\s*(?:\[(\d{1,3})\]|(\d{1,3})[.)]|(\d{1,3})(?=\s+[A-Z]))\s*")


def find_doi(text: str) -> str | None:
    """Return the first DOI of a text without what follows it in print."""
    match = DOI.search(text)
    if match is None:
        return None
    doi = match.group().rstrip(".,;:'’”)»")
    return doi + ")" if doi.count("(") > doi.count(")") else doi


def parse_reference(number: int, text: str) -> Reference:
    """Return one entry with the identifiers printed in it."""
    pmid = PMID.search(text)
    return Reference(number, text, find_doi(text), pmid.group(1) if pmid else None)


def parse_entries(numbers: Sequence[int | None], texts: Sequence[str]) -> tuple[Reference, ...]:
    """Return the entries that carry a number, given apart or printed at their start; a lone unnumbered paragraph makes none."""
    references: list[Reference] = []
    for number, text in zip(numbers, texts, strict=True):
        printed = _LEADING_NUMBER.match(text)
        value = number if number is not None else int(next(group for group in printed.groups() if group)) if printed else None
        if value is not None:
            references.append(parse_reference(value, text[printed.end() :] if printed and number is None else text))
    return tuple(references)


def read_references(lines: Sequence[Line]) -> tuple[Reference, ...]:
    """Return the entries of a printed reference list: by their numbers, else by the indent of their further lines."""
    numbered = split_numbered_list("\n".join(line.text for line in lines))
    if len(numbered) >= _LEAST_NUMBERED or not any(line.opens for line in lines):
        return numbered
    entries: list[list[str]] = []
    for line in lines:
        if entries and (line.opens or not _ENTRY_END.search(entries[-1][-1])):
            entries[-1].append(line.text)
        else:
            entries.append([line.text])
    return tuple(parse_reference(number, " ".join(entry)) for number, entry in enumerate(entries, start=1))


def split_numbered_list(text: str) -> tuple[Reference, ...]:
    """Split the running text of a numbered reference list into entries: 1, 2, 3 … each at the start of a line, in order."""
    starts: list[tuple[int, int, int]] = []
    position, number = 0, 1
    while True:
        match = re.compile(rf"(?m)^\s*(?:\[{number}\]|{number}[.)]?(?=\s|[A-Z]))\s*").search(text, position)
        if match is None:
            break
        starts.append((number, match.start(), match.end()))
        position, number = match.end(), number + 1
    ends = [start for _, start, _ in starts[1:]] + [len(text)] if starts else []
    return tuple(parse_reference(number, re.sub(r"\s+", " ", text[start:end]).strip()) for (number, _, start), end in zip(starts, ends, strict=True))
