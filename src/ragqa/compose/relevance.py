"""How likely a sentence is to serve the question: a small logistic model over readable features.

Each feature is a plain fact about question and sentence, each weight says how much it speaks for or against; the sum through the
logistic function estimates the probability that a specialist would want the sentence in the answer. The weights are fitted on the `dev`
questions of `eval/` (`ragqa eval fit` prints them anew) and never on `test`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

FEATURES = (
    "cosine",
    "cosine_gap",
    "coverage",
    "coverage_gap",
    "chunk",
    "facet",
    "facet_missed",
    "drug_named",
    "drug_related",
    "other_drugs",
    "broader",
    "child",
    "sibling",
    "other_populations",
    "unsure_population",
    "study",
    "outcome",
    "number",
    "about_itself",
    "recommends",
    "guideline",
    "evidence",
    "superseded",
    "year",
)
"""cosine, coverage: likeness to the question in meaning and in words. *_gap: the same, below the best candidate. chunk: fused score of the
passage. facet: how far it is about what is asked; facet_missed: not at all. drug_named: the asked treatment stands in it; drug_related: its
class, a member of it, or the topic does; other_drugs: so do others. broader, child, sibling: tier of its population; other_populations: how
many more it names; unsure_population: read from the document, not the sentence. study: it belongs to the named study or issuer. outcome: it
names the asked outcome. number: it has a figure where figures are asked. about_itself: design or limits of its source, unasked. recommends,
guideline, evidence, superseded: what it is. year: its document is of an asked year."""

WEIGHTS: Mapping[str, float] = {
    "cosine": 3.5,
    "cosine_gap": 4.79,
    "coverage": 0.88,
    "coverage_gap": 0.32,
    "chunk": 0.8,
    "facet": 3.57,
    "facet_missed": 0.58,
    "drug_named": 0.39,
    "drug_related": -0.34,
    "other_drugs": 0.03,
    "broader": -2.0,
    "child": -0.81,
    "sibling": -3.42,
    "other_populations": 0.23,
    "unsure_population": -0.24,
    "study": 0.6,
    "outcome": 0.28,
    "number": -0.45,
    "about_itself": -0.13,
    "recommends": 0.35,
    "guideline": 0.32,
    "evidence": -0.08,
    "superseded": -0.39,
    "year": -1.35,
}
BIAS = -7.5


def probability(features: Mapping[str, float]) -> float:
    """Return the estimated probability, in (0, 1), that a sentence belongs in the answer."""
    return 1 / (1 + math.exp(-(BIAS + sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items()))))


def contributions(features: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return what each feature added to the log-odds, the greatest effect first; features without effect are left out."""
    parts = [(name, round(WEIGHTS.get(name, 0.0) * value, 3)) for name, value in features.items()]
    return tuple(sorted((part for part in parts if part[1]), key=lambda part: (-abs(part[1]), part[0])))
