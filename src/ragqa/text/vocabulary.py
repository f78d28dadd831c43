"""What a library knows, as far as reading a question needs it: its words, abbreviations, studies, issuers, authors and years."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from ragqa.protocols import Library
from ragqa.text.analyzer import analyze
from ragqa.text.lexicon import Lexicon
from ragqa.text.matching import KINDS_OF_STUDY, PhraseTable, fold, tokenize, words_of
from ragqa.text.places import Places, read_places
from ragqa.text.spelling import SpellingWords
from ragqa.types import DocumentKind, Facet

_YEAR_AT_END = re.compile(r"[ ,]*\(?\b(?:19|20)\d\d\)?\s*$")
_ANY_STUDY = re.compile(r" study$", re.IGNORECASE)
""""Study" at the end of a name, which any kind of study goes by."""
_MAX_SENTENCES = 3000
"""Sentences read for words to correct to, about 0.1 s, and of accounts of designs for places; a larger library has titles beside them."""
_VARIANT_LENGTH = 6
_CAPITAL_NAME = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*\d|[A-Z0-9]*-)[A-Z]{2}(?=[A-Z0-9-]*[A-Z]{2})[A-Z0-9]*(?:-[A-Z0-9]+)*(?![\w-])")
_SURNAME = re.compile(r"^[^\W\d_][\w'’-]+")


def _knows_nothing(word: str) -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words and names of one library. The default knows nothing beside the lexicon."""

    known: Callable[[str], bool] = _knows_nothing
    """Whether some passage holds a word."""
    words: frozenset[str] = frozenset()
    """Words in lower case that spelling may correct to."""
    abbreviations: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """Long forms of each short form with the number of documents that define it so, most frequent first."""
    studies: frozenset[str] = frozenset()
    """Labels of primary studies and trial names in use."""
    organisations: frozenset[str] = frozenset()
    title_names: frozenset[str] = frozenset()
    """Names in capitals with a figure or a hyphen that stand in titles and labels ("ABC-FORWARD") and are no words of the field."""
    authors: frozenset[str] = frozenset()
    """Surnames in lower case."""
    years: frozenset[int] = frozenset()
    places: Callable[[], Places] = dict
    """Gives the studies by place; read when the first question names one."""
    documents_of: Mapping[str, tuple[tuple[str, int | None], ...]] = field(default_factory=dict)
    """(label, year) of the documents of a first author's surname, a DOI or "pmid 123", all in lower case."""

    @cached_property
    def spelling_variants(self) -> Mapping[str, str]:
        """Return the library's spelling of each word that British and American English spell differently, by its folded form."""
        return {folded: word for word in sorted(self.words) if (folded := fold(word)) != word and _differs_by_country(word, folded)}

    @cached_property
    def spelling(self) -> SpellingWords:
        """Return the words that may be corrected to, ready for search."""
        return SpellingWords(self.words)

    @cached_property
    def study_table(self) -> PhraseTable[tuple[str, ...]]:
        """Names of studies, whole and shortened: "Norwegian cohort" finds every Norwegian cohort of the library, "Norwegian study" all of Norway."""
        labels: dict[str, tuple[str, ...]] = {}
        for study in sorted(self.studies):
            for phrase in dict.fromkeys((study, _YEAR_AT_END.sub("", study), *_without_disease(study))):
                labels[phrase] = (*labels.get(phrase, ()), study)
        for phrase in [phrase for phrase in labels if phrase not in self.studies and _ANY_STUDY.search(phrase)]:
            # "Norwegian MCTD study" may be any of them: the survey, the cohort and the study on pulmonary hypertension.
            stem = _ANY_STUDY.sub(" ", phrase)
            labels[phrase] = tuple(dict.fromkeys(study for other in sorted(labels) if other.startswith(stem) for study in labels[other]))
        words = [study for study in self.studies if len(tokenize(study)) == 1 and study.isupper()]
        kept = [(phrase, studies) for phrase, studies in labels.items() if len(tokenize(phrase)) > 1 or phrase in self.studies]
        return PhraseTable(kept, strict=words, before=KINDS_OF_STUDY)

    @cached_property
    def organisation_table(self) -> PhraseTable[str]:
        """Issuers of the library's documents."""
        return PhraseTable([(name, name) for name in sorted(self.organisations)], strict=[name for name in self.organisations if len(name) <= 5])

    @cached_property
    def long_forms(self) -> PhraseTable[str]:
        """Long forms with the short form that they are abbreviated to."""
        return PhraseTable([(long_form, short) for short, senses in sorted(self.abbreviations.items()) for long_form, _ in senses[:1] if " " in long_form])


def read_vocabulary(library: Library, lexicon: Lexicon) -> Vocabulary:
    """Collect what a library knows; its passages are asked word by word later, through `Vocabulary.known`."""

    @lru_cache(maxsize=8192)
    def known(word: str) -> bool:
        terms = analyze(word)
        return bool(terms) and any(count > 0 for count in library.chunk_frequencies(terms))

    documents = library.documents()
    abbreviations = library.abbreviations()
    texts = [record.metadata.title for record in documents] + [long_form for senses in abbreviations.values() for long_form, _ in senses]
    labels = {
        record.metadata.short_title
        for record in documents
        if record.metadata.short_title and record.metadata.kind not in (DocumentKind.GUIDELINE, DocumentKind.NARRATIVE_REVIEW)
    }
    # A group may stand among the authors ("Scleroderma Lung Study Research Group"); its first word is no surname.
    surnames = {match.group().lower() for record in documents for author in record.metadata.authors if (match := _SURNAME.match(author))} - lexicon.words()
    texts += [record.sentence.text for record in library.sentences(range(min(library.n_sentences, _MAX_SENTENCES)))]
    return Vocabulary(
        known=known,
        words=lexicon.words() | {word.lower() for word in set(words_of("\n".join(texts)))},
        abbreviations=abbreviations,
        studies=frozenset(labels | library.tag_names("trial").keys()),
        title_names=frozenset(
            name
            for record in documents
            for name in capital_names(f"{record.metadata.title} {record.metadata.short_title or ''}")
            if name not in abbreviations and not _is_field_name(name, lexicon)
        ),
        organisations=frozenset(record.metadata.issuer for record in documents if record.metadata.issuer),
        authors=frozenset(surnames),
        places=cache(lambda: read_places(documents, library.sentences(library.tagged(facets=[Facet.DESIGN], limit=_MAX_SENTENCES)), lexicon)),
        documents_of=_documents_of(library),
        years=frozenset(year for record in documents for year in (record.metadata.year, record.metadata.edition) if year),
    )


def capital_names(text: str) -> list[str]:
    """Return the names of a text that are in capitals and hold a figure or a hyphen, as studies are named; none of a text all in capitals."""
    return [] if text.isupper() else [match.group() for match in _CAPITAL_NAME.finditer(text)]


def _is_field_name(name: str, lexicon: Lexicon) -> bool:
    tables = (lexicon.disease_table, lexicon.intervention_table, lexicon.outcome_table, lexicon.manifestation_table, lexicon.trial_table)
    return any(table.find(name) for table in tables) or any(part in lexicon.senses for part in name.split("-"))


def _documents_of(library: Library) -> dict[str, tuple[tuple[str, int | None], ...]]:
    found: dict[str, list[tuple[str, int | None]]] = {}
    for record in library.documents():
        metadata = record.metadata
        first = _SURNAME.match(metadata.authors[0]) if metadata.authors else None
        keys = [first.group() if first else "", metadata.doi or "", f"PMID {metadata.pmid}" if metadata.pmid else ""]
        for key in filter(None, keys):
            found.setdefault(key.lower(), []).append((metadata.label, metadata.edition or metadata.year))
    return {key: tuple(documents) for key, documents in found.items()}


def _differs_by_country(word: str, folded: str) -> bool:
    return len(word) >= _VARIANT_LENGTH and word.rstrip("s") != folded and not word.endswith("ies")


def _without_disease(study: str) -> tuple[str, ...]:
    """Return "Norwegian cohort 2018" and "Norwegian cohort" for "Norwegian MCTD cohort 2018": people name a cohort by its country."""
    words = study.split()
    is_short_form = [sum(character.isupper() for character in word) > 1 for word in words]
    if len(words) < 3 or is_short_form[0] or not words[0][0].isupper() or not any(is_short_form):
        return ()
    shortened = " ".join(word for word, short in zip(words, is_short_form, strict=True) if not short)
    return (shortened, _YEAR_AT_END.sub("", shortened)) if len(shortened.split()) > 1 else ()


def senses_of(term: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the distinct readings that the library gives a short form, most frequent first.

    Long forms with a content word in common are one reading. A reading counts when at least two documents, or a third of those that define
    the form, have it: a single odd definition is more often a reading error than a second meaning.
    """
    clusters: list[tuple[str, set[str], int]] = []
    for long_form, count in vocabulary.abbreviations.get(term, ()):
        words = {fold(token.raw)[:5] for token in tokenize(long_form) if len(token.raw) > 3}
        for index, (name, seen, total) in enumerate(clusters):
            if words & seen:
                clusters[index] = (name, seen | words, total + count)
                break
        else:
            clusters.append((long_form, words, count))
    whole = sum(total for _, _, total in clusters)
    return tuple(name for name, _, total in sorted(clusters, key=lambda cluster: -cluster[2]) if total >= 2 or total * 3 >= whole)
