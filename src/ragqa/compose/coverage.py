"""What an answer leaves open: facets and outcomes asked for without evidence, and questions that the library could answer next."""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.asked import NEAR, Asked
from ragqa.compose.candidates import Candidate
from ragqa.protocols import Library
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

_FACET_NAMES = {
    Facet.DEFINITION: "definition",
    Facet.EPIDEMIOLOGY: "frequency",
    Facet.SCREENING: "screening",
    Facet.DIAGNOSIS: "diagnosis",
    Facet.MONITORING: "monitoring",
    Facet.TREATMENT: "treatment",
    Facet.PROGRESSION: "progression",
    Facet.RAPIDLY_PROGRESSIVE: "rapidly progressive disease",
    Facet.DOSING: "dosing",
    Facet.OUTCOME: "treatment outcomes",
    Facet.SAFETY: "safety",
    Facet.PROGNOSIS: "prognosis",
    Facet.RISK_FACTOR: "risk factors",
    Facet.SUPPORTIVE_CARE: "supportive care",
    Facet.ONGOING: "ongoing research",
    Facet.EVIDENCE_GAP: "gaps of the evidence",
    Facet.DESIGN: "study design",
    Facet.BACKGROUND: "background",
}
_FOLLOW_UPS = (
    (Facet.TREATMENT, "How is {} treated?"),
    (Facet.PROGRESSION, "What is known about progression of {} and its treatment?"),
    (Facet.RAPIDLY_PROGRESSIVE, "How is rapidly progressive {} treated?"),
    (Facet.MONITORING, "How is {} monitored?"),
    (Facet.SCREENING, "Who should be screened for {}?"),
    (Facet.SAFETY, "What harms of treatment are reported in {}?"),
    (Facet.OUTCOME, "What outcomes of treatment are reported in {}?"),
    (Facet.PROGNOSIS, "What is the prognosis of {}?"),
    (Facet.EPIDEMIOLOGY, "How common is {}?"),
)
MOST_FOLLOW_UPS = 4
LEAST_EVIDENCE = 2
"""Statements a suggested question must have in the library."""


def not_covered(asked: Asked, chosen: Sequence[Candidate], lexicon: Lexicon) -> tuple[str, ...]:
    """Return what was asked for and has no statement: facets, drugs and outcomes."""
    subject = " or ".join(asked.query.populations)
    place = f" in {subject}" if subject else ""
    missing: list[str] = []
    for facet in asked.query.facets:
        served = {facet} | {near for near, weight in NEAR.get(facet, {}).items() if weight >= 0.7}
        if not any(candidate.record.sentence.tags.weight(other) > 0 for candidate in chosen for other in served):
            missing.append(f"{_FACET_NAMES[facet]}{place}")
    for drug in asked.query.drugs:
        if not any(drug in (*candidate.record.sentence.tags.drugs, *candidate.record.sentence.tags.topic_drugs) for candidate in chosen):
            missing.append(f"{drug}{place}")
    said = {mention.name for candidate in chosen for mention in lexicon.outcomes_in(candidate.record.sentence.text)}
    missing += [f"{outcome}{place}" for outcome in asked.outcomes if outcome not in said]
    return tuple(dict.fromkeys(missing))


def follow_ups(asked: Asked, library: Library, lexicon: Lexicon, chosen: Sequence[Candidate]) -> tuple[str, ...]:
    """Return up to four questions on the asked population that this answer leaves open and the library has evidence for."""
    populations = asked.query.populations
    if not populations:
        return ()
    shown = {facet for candidate in chosen for facet, weight in candidate.record.sentence.tags.facets if weight >= 0.5}
    subject = populations[0]
    named = f"{subject}-{lexicon.manifestation}" if asked.on_manifestation and subject != lexicon.manifestation and " " not in subject else subject
    open_facets = [
        template.format(named)
        for facet, template in _FOLLOW_UPS
        if facet not in shown
        and facet not in asked.query.facets
        and len(library.tagged(populations=[subject], facets=[facet], limit=LEAST_EVIDENCE)) >= LEAST_EVIDENCE
    ]
    return tuple(open_facets[:MOST_FOLLOW_UPS])
