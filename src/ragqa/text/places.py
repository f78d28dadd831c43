"""Studies named by where they were done: "the Japanese prospective study", "the Danish registry", "a cohort from Hungary".

In: a question and what the library knows. Out: labels of documents. A place with the noun of a study stands for the documents whose name, title
or account of the design holds the place, and that are on a disease that the question names, where there are at most three of them; of more, those that
are named by a treatment it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.matching import KINDS_OF_STUDY, PhraseTable
from ragqa.types import DocumentKind, DocumentRecord, Facet, SentenceRecord

MOST = 3
"""Documents that a description may stand for; one that fits more of them names none."""
_NO_STUDY = frozenset({DocumentKind.GUIDELINE, DocumentKind.NARRATIVE_REVIEW, DocumentKind.CONSENSUS})
_BETWEEN = r"(?:[ -](?!patients?\b|people\b|population\b|guid|recommend|societ)[\w’'/-]+){0,6}?"
_FROM = re.compile(r"\b(?:in|from|of)\s+(?:the\s+)?$", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|earliest|original|oldest)(?:\s+[\w-]+){0,2}\s+$", re.IGNORECASE)
"""What stands before the place of the first of several studies: "the first big American trial"."""
_YEAR = re.compile(r"^[ ,(]{0,2}((?:19[5-9]|20[0-4])\d)\b")
_YEAR_BEFORE = re.compile(r"(?<![\w.,/-])(?:19[5-9]|20[0-4])\d\s+$")
_ANY_YEAR = re.compile(r"(?<![\w.,/-])((?:19[5-9]|20[0-4])\d)(?![\w%]|[.,/-]\d)")

Places = Mapping[str, Sequence[tuple[str, int | None, frozenset[str]]]]
"""For each place the studies done there: label, year and the diseases that they are on."""


def places_in(text: str, lexicon: Lexicon) -> list[Mention]:
    """Return the places that a text names, by their adjective: "Norway" is "Norwegian"."""
    return [Mention(match.value, match.start, match.end) for match in _table(lexicon).find(text)]


def read_places(documents: Iterable[DocumentRecord], sentences: Iterable[SentenceRecord], lexicon: Lexicon) -> Places:
    """Return the studies of a library by place.

    Args:
        documents: All documents.
        sentences: Of them the accounts of a design count.
        lexicon: Knows the places and the diseases.
    """
    designs: dict[str, list[str]] = {}
    for record in sentences:
        if record.sentence.tags.weight(Facet.DESIGN):
            designs.setdefault(record.document_id, []).append(record.sentence.text)
    found: dict[str, list[tuple[str, int | None, frozenset[str]]]] = {}
    for document in documents:
        metadata = document.metadata
        if metadata.kind in _NO_STUDY:
            continue
        name = f"{metadata.label}. {metadata.title}"
        diseases = {mention.name for text in (name, *(each.disease for each in metadata.populations)) for mention in lexicon.populations_in(text)}
        fields = frozenset(diseases.union(*map(lexicon.ancestors, diseases)) - {lexicon.manifestation})
        for place in dict.fromkeys(mention.name for text in (name, *designs.get(document.document_id, ())) for mention in places_in(text, lexicon)):
            found.setdefault(place, []).append((metadata.label, metadata.year, fields))
    return found


def described_studies(text: str, lexicon: Lexicon, places: Callable[[], Places]) -> list[tuple[int, str]]:
    """Return the labels of the studies that a text names by their place, each with where it is named.

    Args:
        text: The question.
        lexicon: Knows the places and the nouns of studies.
        places: Gives the studies of the library by place; called for a text that names a place with a study alone.
    """
    years = {int(match.group(1)) for match in _ANY_YEAR.finditer(text)}
    asked = {mention.name for mention in lexicon.populations_in(text)} - {lexicon.manifestation}
    treatments = {mention.name for mention in lexicon.interventions_in(text)}
    found: list[tuple[int, str]] = []
    for place in places_in(text, lexicon):
        before, after = text[: place.start], text[place.end :]
        if not (_noun_after(lexicon).match(after) or _YEAR.match(after) or (_FROM.search(before) and _noun_before(lexicon).search(before))):
            continue
        there = [(label, year) for label, year, diseases in places().get(place.name, ()) if not asked or asked & diseases]
        of_year = [(label, year) for label, year in there if year in years]
        if not of_year and _has_year(before, after, lexicon):
            # The study of another year is not the one described.
            continue
        fitting = of_year or there
        if _FIRST.search(before) and (first := min((year for _, year in fitting if year), default=None)):
            fitting = [(label, year) for label, year in fitting if year == first]
        labels = [label for label, _ in fitting]
        if len(labels) > MOST:
            labels = [label for label in labels if treatments.intersection(mention.name for mention in lexicon.interventions_in(label))]
        found += [(place.start, label) for label in labels] if len(labels) <= MOST else []
    return found


def _has_year(before: str, after: str, lexicon: Lexicon) -> bool:
    """Whether a year is a part of the description: "the 2006 British trial", "the British trial from 2006"; that of an issuer beside it is not."""
    return any(found is not None for found in (_YEAR_BEFORE.search(before), _YEAR.match(after), _year_behind(lexicon).match(after)))


@lru_cache(maxsize=4)
def _table(lexicon: Lexicon) -> PhraseTable[str]:
    places = lexicon.data["trials"].get("places", {})
    return PhraseTable(
        [(phrase, place) for place, names in places.items() for phrase in (place, *names)],
        strict=["US", "UK", "USA"],
        before=(*KINDS_OF_STUDY, "cohort", "registry"),
    )


@lru_cache(maxsize=4)
def _noun_after(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"{_BETWEEN}[ -](?:{_nouns(lexicon)})\b", re.IGNORECASE)


@lru_cache(maxsize=4)
def _year_behind(lexicon: Lexicon) -> re.Pattern[str]:
    year = r"(?:19[5-9]|20[0-4])\d(?![\w%]|[.,/-]\d)"
    return re.compile(rf"{_BETWEEN}[ -](?:{_nouns(lexicon)})(?:,? \(?|,? (?:from|of|in|published in) (?:the year )?){year}", re.IGNORECASE)


@lru_cache(maxsize=4)
def _noun_before(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_nouns(lexicon)})(?:\s+(?!in\b|of\b|from\b)[\w-]+){{0,2}}\s+(?:in|from|of)\s+(?:the\s+)?$", re.IGNORECASE)


def _nouns(lexicon: Lexicon) -> str:
    return "|".join(map(re.escape, lexicon.data["trials"].get("study_nouns", ())))
