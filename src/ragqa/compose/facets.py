"""How the facets of statements and questions go together: which serves which, what an overview covers, which one leads."""

from __future__ import annotations

from ragqa.types import Facet, Tags

NEAR: dict[Facet, dict[Facet, float]] = {
    Facet.TREATMENT: {
        Facet.PROGRESSION: 0.8,
        Facet.OUTCOME: 0.7,
        Facet.RAPIDLY_PROGRESSIVE: 0.5,
        Facet.SUPPORTIVE_CARE: 0.5,
        Facet.MONITORING: 0.5,
        Facet.SAFETY: 0.4,
        Facet.DOSING: 0.4,
    },
    Facet.OUTCOME: {Facet.PROGNOSIS: 0.7, Facet.TREATMENT: 0.5, Facet.SAFETY: 0.4, Facet.EVIDENCE_GAP: 0.3},
    Facet.PROGNOSIS: {Facet.RISK_FACTOR: 0.7, Facet.OUTCOME: 0.6, Facet.PROGRESSION: 0.5},
    Facet.RISK_FACTOR: {Facet.PROGNOSIS: 0.7, Facet.SCREENING: 0.4, Facet.PROGRESSION: 0.6, Facet.EPIDEMIOLOGY: 0.4},
    Facet.SCREENING: {Facet.DIAGNOSIS: 0.6, Facet.RISK_FACTOR: 0.6},
    Facet.DIAGNOSIS: {Facet.DEFINITION: 0.7, Facet.SCREENING: 0.4, Facet.EVIDENCE_GAP: 0.3},
    Facet.DEFINITION: {Facet.DIAGNOSIS: 0.7, Facet.BACKGROUND: 0.5, Facet.EVIDENCE_GAP: 0.4, Facet.DESIGN: 0.3},
    Facet.EPIDEMIOLOGY: {Facet.EVIDENCE_GAP: 0.3, Facet.BACKGROUND: 0.4, Facet.RISK_FACTOR: 0.3},
    Facet.MONITORING: {Facet.SCREENING: 0.2},
    Facet.SUPPORTIVE_CARE: {Facet.TREATMENT: 0.4, Facet.SAFETY: 0.3},
    Facet.PROGRESSION: {Facet.RISK_FACTOR: 0.6, Facet.PROGNOSIS: 0.6, Facet.OUTCOME: 0.5, Facet.EPIDEMIOLOGY: 0.4, Facet.DEFINITION: 0.4},
    Facet.RAPIDLY_PROGRESSIVE: {Facet.TREATMENT: 0.2},
    Facet.SAFETY: {Facet.TREATMENT: 0.4, Facet.PROGNOSIS: 0.3, Facet.EVIDENCE_GAP: 0.3, Facet.SUPPORTIVE_CARE: 0.3},
    Facet.ONGOING: {Facet.DESIGN: 0.6, Facet.OUTCOME: 0.6, Facet.EVIDENCE_GAP: 0.6},
    Facet.DESIGN: {Facet.EVIDENCE_GAP: 0.6, Facet.DEFINITION: 0.3},
    Facet.EVIDENCE_GAP: {Facet.ONGOING: 0.4, Facet.DESIGN: 0.4},
}
"""How far a statement about one facet serves a question about another, in [0, 1]; the facet itself counts 1."""
NEAR_IN_STUDY = {Facet.OUTCOME: 0.8, Facet.DESIGN: 0.7, Facet.PROGNOSIS: 0.7, Facet.SAFETY: 0.6, Facet.EVIDENCE_GAP: 0.6, Facet.TREATMENT: 0.5}
"""The same where a study is asked for by name: what it was, what it found, and how far that can be trusted belong together."""

OVERVIEW = (Facet.TREATMENT, Facet.PROGRESSION, Facet.MONITORING, Facet.SUPPORTIVE_CARE, Facet.OUTCOME, Facet.SAFETY)
"""What an answer on the treatment of a disease in general covers."""
SITUATIONS = frozenset({Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
"""Facets that are situations of treatment."""
TOLD_BY_STUDIES = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.SAFETY, Facet.EPIDEMIOLOGY, Facet.PROGRESSION})
"""Facets that are told by results of studies."""
_GENERAL = frozenset({Facet.TREATMENT, Facet.BACKGROUND})
"""Facets that give way to any other of the same weight: "treatment after progression" is about progression."""


def leading_facet(tags: Tags) -> Facet:
    """Return the facet of the greatest weight, the more specific one where several share it; background where none is tagged."""
    if not tags.facets:
        return Facet.BACKGROUND
    if len(tags.facets) == 1 or tags.facets[1][1] < tags.facets[0][1]:
        return tags.facets[0][0]
    best = [facet for facet, weight in tags.facets if weight == tags.facets[0][1]]
    return next((facet for facet in best if facet not in _GENERAL), best[0])
