"""From chosen candidates to statements: claim text, evidence slices, cards, and the numbered source list they share."""

from __future__ import annotations

import re

from ragqa.compose.candidates import Candidate
from ragqa.compose.claims import Claim
from ragqa.compose.headings import main_facet
from ragqa.compose.relevance import contributions
from ragqa.protocols import Library
from ragqa.text.print_references import drop_references
from ragqa.types import Direction, DocumentKind, DocumentRecord, Evidence, Facet, RecommendationCard, SentenceRecord, Source, Statement

_NUMBER = re.compile(r"(?<![\w.])[<>≥≤=]?\s?[+\-−]?\d+(?:[.,·]\d+)*\s?(?:%|mg(?:/\w+)*|g/day|ml|months?|weeks?|years?|-fold)?", re.IGNORECASE)
_DESIGN_NAMES = {
    DocumentKind.SYSTEMATIC_REVIEW: "systematic review",
    DocumentKind.RANDOMISED_TRIAL: "randomised trial",
    DocumentKind.COHORT: "cohort",
    DocumentKind.CASE_CONTROL: "case-control study",
    DocumentKind.CASE_SERIES: "case series",
    DocumentKind.CASE_REPORT: "case report",
    DocumentKind.NARRATIVE_REVIEW: "narrative review",
    DocumentKind.CONSENSUS: "consensus",
    DocumentKind.REGISTRY: "registry",
}


_N = re.compile(r"\bn\s?=\s?\d", re.IGNORECASE)
_NOT_ON_PATIENTS = frozenset({Facet.ONGOING, Facet.BACKGROUND, Facet.EVIDENCE_GAP})
_OF_SOME = re.compile(
    r"\bsub(?:group|set|sample)\w*|\bat baseline\b"
    r"|\b(?:without|among|those|who|whose)\b|\b(?:mild|moderate|severe|extensive|limited)\b|\b(?:positive|negative) \w+"
    r"|\b\w+ pattern\b|\b(?:two|three|four|five|several|other|earlier|previous) (?:[\w-]+ ){0,2}(?:studies|trials|series|cohorts|reports)\b",
    re.IGNORECASE,
)
"""What tells of some of the patients of a study, or of other studies."""


class SourceList:
    """Numbers documents by first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sources: list[Source] = []

    def number(self, document: DocumentRecord) -> int:
        """Return the number of a document, giving it the next one at first use."""
        if document.document_id not in self._numbers:
            number = len(self._sources) + 1
            metadata = document.metadata
            self._numbers[document.document_id] = number
            self._sources.append(
                Source(
                    n=number,
                    document_id=document.document_id,
                    document_version=document.sha256,
                    title=metadata.title,
                    label=metadata.label,
                    kind=metadata.kind,
                    authors=metadata.authors,
                    organisation=metadata.organisation,
                    journal=metadata.journal,
                    year=metadata.year,
                    doi=metadata.doi,
                    pmid=metadata.pmid,
                    digest_of=metadata.digest_of,
                    superseded_by=metadata.superseded_by,
                )
            )
        return self._numbers[document.document_id]

    def all(self) -> tuple[Source, ...]:
        """Return the sources by number."""
        return tuple(self._sources)


def make_statement(number: int, candidate: Candidate, claim: Claim, sources: SourceList, library: Library) -> Statement:
    """Turn a chosen candidate and its claim into a statement with its evidence."""
    tags, document = candidate.record.sentence.tags, candidate.document
    source = sources.number(document)
    text, dropped = drop_references(claim.text)
    evidence = tuple(item for record in claim.records for item in _evidence(record, document, source, library))
    return Statement(
        statement_id=f"s{number}",
        text=text,
        populations=tags.populations,
        population_tier=candidate.tier,
        population_origin=tags.population_origin,
        facet=main_facet(candidate),
        evidence=evidence,
        recommendation=_card(candidate),
        design=_DESIGN_NAMES.get(document.metadata.kind) or tags.design,
        n=_patients(candidate, claim),
        year=document.metadata.edition or document.metadata.year,
        numbers=tuple(dict.fromkeys(match.group().strip() for match in _NUMBER.finditer(text))),
        drugs=tags.drugs,
        edits=(*claim.edits, *dropped),
        score=candidate.score,
        why=contributions(candidate.features),
    )


def _evidence(record: SentenceRecord, document: DocumentRecord, source: int, library: Library) -> list[Evidence]:
    """Return one evidence for each page a sentence stands on."""
    refs = tuple(number for mark in record.sentence.marks for number in mark.numbers)
    return [
        Evidence(
            source=source,
            document_id=document.document_id,
            document_version=document.sha256,
            section_path=record.section.path,
            page=span.page,
            start=span.start,
            end=span.end,
            quote=library.page_text(document.document_id, span.page)[span.start : span.end],
            source_refs=refs,
        )
        for span in record.sentence.spans
    ]


def _card(candidate: Candidate) -> RecommendationCard | None:
    recommendation, metadata = candidate.record.sentence.tags.recommendation, candidate.document.metadata
    if recommendation is None or not candidate.is_guideline:
        return None
    if recommendation.direction is not Direction.NONE and main_facet(candidate) is Facet.EVIDENCE_GAP:
        # What limits a recommendation repeats its words and recommends nothing.
        return None
    return RecommendationCard(
        direction=recommendation.direction,
        strength=recommendation.strength,
        certainty=recommendation.certainty,
        organisation=metadata.issuer or metadata.organisation,
        year=metadata.edition or metadata.year,
        superseded_by=metadata.superseded_by[0] if metadata.superseded_by else None,
    )


def _patients(candidate: Candidate, claim: Claim) -> int | None:
    """Return the number of patients that a statement is about: the one it gives, else its study's where it tells of the whole study; None if unsure."""
    numbers = {record.sentence.tags.n for record in claim.records}
    text = " ".join(record.sentence.text for record in claim.records)
    studied = _studied(candidate.document)
    if len(numbers) > 1 and numbers - {None} != {studied}:
        # Sentences told together on patients who are not the same.
        return None
    if len(_N.findall(text)) > 1:
        return None
    own = next(iter(numbers - {None}), None)
    if own or main_facet(candidate) in _NOT_ON_PATIENTS or _OF_SOME.search(text):
        return own
    return studied


def _studied(document: DocumentRecord) -> int | None:
    """Return how many patients a study of one disease had; a document on several diseases has no single number."""
    numbers = {population.n for population in document.metadata.populations if population.n}
    return numbers.pop() if len(numbers) == 1 and len(document.metadata.populations) == 1 else None
