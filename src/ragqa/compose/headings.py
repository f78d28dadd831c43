"""The sub-headings of an answer, their order and how many statements each may hold.

A heading is forgiving: it says what its statements are about and never changes what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.facets import leading_facet
from ragqa.types import Direction, Facet

MOST_ASKED = 8
"""Statements at least that a heading may hold which the question is about."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One sub-heading: its key, its title, and the most statements under it in an overview and in an answer to one question."""

    key: str
    title: str
    overview: int
    single: int = 8


GUIDELINE_HEADINGS = (
    Heading("definition", "Definition and Diagnosis", 0),
    Heading("screening", "Screening", 0, 10),
    Heading("first-line", "First-Line Treatment", 18, 18),
    Heading("treatment", "Treatment", 0),
    Heading("first-line-against", "Not Recommended at First Line", 8, 12),
    Heading("treatment-against", "Not Recommended", 0),
    Heading("progression", "Treatment of Progressive Disease", 8, 14),
    Heading("rapidly-progressive", "Rapidly Progressive Disease", 4, 18),
    Heading("monitoring", "Monitoring", 3, 10),
    Heading("dosing", "Dosing", 0),
    Heading("safety", "Safety", 2),
    Heading("supportive-care", "Supportive Care", 2),
    Heading("prognosis", "Prognosis and Risk Factors", 0),
    Heading("evidence-gap", "Limits of the Guidance", 1),
    Heading("background", "About the Guidance", 0),
)
RESEARCH_HEADINGS = (
    Heading("definition", "Definition and Diagnosis", 0),
    Heading("epidemiology", "How Common It Is", 0),
    Heading("screening", "Screening", 0),
    Heading("treatment", "Treatment Approach", 4),
    Heading("progression", "Progression", 3),
    Heading("rapidly-progressive", "Rapidly Progressive Disease", 0),
    Heading("monitoring", "Monitoring", 2),
    Heading("supportive-care", "Supportive Care", 2),
    Heading("dosing", "Dosing", 0),
    Heading("outcome", "Treatment Outcomes", 6),
    Heading("safety", "Safety", 2),
    Heading("prognosis", "Prognosis and Risk Factors", 2),
    Heading("ongoing", "Ongoing Research", 1),
    Heading("evidence-gap", "Strength and Gaps of the Evidence", 3),
    Heading("background", "Background", 0, 5),
)
_APART = frozenset({"dosing", "ongoing", "evidence-gap", "background"})
"""Keys of the headings of what is no result."""
SERVED = 0.7
"""Weight of an asked facet from which on a statement stands under its heading."""
BACKGROUND = "background"
"""Key of the heading of what a study was."""

_FIRST_LINE = re.compile(r"\b(?:(?:first|1st)[- ](?:line|choice)|initial(?:ly)?|initiat\w+|up[- ]?front|induction|treatment[- ]na[iï]ve)\b", re.IGNORECASE)
_NO_LINE = {"first-line": "treatment", "first-line-against": "treatment-against"}

_GUIDELINE_KEYS = {
    Facet.DEFINITION: "definition",
    Facet.DIAGNOSIS: "definition",
    Facet.SCREENING: "screening",
    Facet.TREATMENT: "first-line",
    Facet.PROGRESSION: "progression",
    Facet.RAPIDLY_PROGRESSIVE: "rapidly-progressive",
    Facet.MONITORING: "monitoring",
    Facet.DOSING: "dosing",
    Facet.SAFETY: "safety",
    Facet.SUPPORTIVE_CARE: "supportive-care",
    Facet.PROGNOSIS: "prognosis",
    Facet.RISK_FACTOR: "prognosis",
    Facet.OUTCOME: "prognosis",
    Facet.EVIDENCE_GAP: "evidence-gap",
}
_RESEARCH_KEYS = {
    Facet.DEFINITION: "definition",
    Facet.DIAGNOSIS: "definition",
    Facet.EPIDEMIOLOGY: "epidemiology",
    Facet.SCREENING: "screening",
    Facet.TREATMENT: "treatment",
    Facet.PROGRESSION: "progression",
    Facet.RAPIDLY_PROGRESSIVE: "rapidly-progressive",
    Facet.MONITORING: "monitoring",
    Facet.SUPPORTIVE_CARE: "supportive-care",
    Facet.DOSING: "dosing",
    Facet.OUTCOME: "outcome",
    Facet.SAFETY: "safety",
    Facet.PROGNOSIS: "prognosis",
    Facet.RISK_FACTOR: "prognosis",
    Facet.ONGOING: "ongoing",
    Facet.EVIDENCE_GAP: "evidence-gap",
}


def main_facet(candidate: Candidate) -> Facet:
    """Return the facet of the greatest weight, the more specific one where several share it; background where none is tagged."""
    return leading_facet(candidate.record.sentence.tags)


def heading_key(candidate: Candidate) -> str:
    """Return under which heading a statement stands."""
    facet = main_facet(candidate)
    if not candidate.is_guideline:
        return _RESEARCH_KEYS.get(facet, "background")
    key = _GUIDELINE_KEYS.get(facet, "background")
    recommendation = candidate.record.sentence.tags.recommendation
    if key == "first-line" and recommendation is not None and recommendation.direction is Direction.AGAINST:
        return "first-line-against"
    return key


def heading_of(facet: Facet) -> str:
    """Return the heading of the research section for a facet asked for."""
    return _RESEARCH_KEYS.get(facet, "background")


def names_first_line(candidate: Candidate) -> bool:
    """Whether a statement says that it is on the start of treatment."""
    return _FIRST_LINE.search(candidate.record.sentence.text) is not None


def shown_under(candidate: Candidate) -> str:
    """Return the heading that a reader sees: advice on treatment that names no line stands under no heading that does."""
    key = heading_key(candidate)
    return key if names_first_line(candidate) else _NO_LINE.get(key, key)


def _asked_heading(candidate: Candidate, asked: Asked) -> str | None:
    """Return the heading of the side asked about for what a study tells of it: that stands together, whatever else a sentence tells more of."""
    if candidate.is_guideline or asked.is_overview or heading_key(candidate) in _APART:
        return None
    weights = {facet: candidate.record.sentence.tags.weight(facet) for facet in asked.query.facets}
    served = max(weights, key=lambda facet: weights[facet], default=None)
    return heading_of(served) if served is not None and weights[served] >= SERVED else None


def cap_of(heading: Heading, asked: Asked) -> int:
    """Return the most statements under a heading: few in an overview, more where the question is about that heading."""
    about = heading.key in asked.guideline_headings if heading in RESEARCH_HEADINGS else bool(asked.guideline_headings)
    if not asked.is_overview and heading.key in map(heading_of, asked.query.facets):
        return max(MOST_ASKED, heading.single)
    return heading.overview if asked.is_overview and not about else heading.single


def in_order(candidates: Sequence[Candidate], headings: Sequence[Heading], asked: Asked) -> list[tuple[Heading, list[Candidate]]]:
    """Return the headings that hold something with their candidates in the order given: those of what is asked, then the others, each in their order.

    In an overview the rapid course comes first where the likeliest statement is on it: the disease is one that takes it.
    """
    under: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        under.setdefault(_asked_heading(candidate, asked) or shown_under(candidate), []).append(candidate)
    keys = _GUIDELINE_KEYS if headings is GUIDELINE_HEADINGS else _RESEARCH_KEYS
    wanted = set() if asked.is_overview else {keys.get(facet, "") for facet in asked.query.facets}
    if asked.is_overview and candidates:
        wanted = {heading_key(max(candidates, key=lambda each: each.score))} & {"rapidly-progressive"}
    wanted |= {_NO_LINE[key] for key in wanted if key in _NO_LINE}
    return [(heading, under[heading.key]) for heading in sorted(headings, key=lambda heading: heading.key not in wanted) if heading.key in under]


def as_reported(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return statements by document, the best one's first, and each document's own as it reports them: the main result before its subgroups."""
    documents = list(dict.fromkeys(candidate.record.document_id for candidate in candidates))
    return sorted(candidates, key=lambda candidate: (documents.index(candidate.record.document_id), candidate.record.row))
