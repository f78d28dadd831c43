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
    "off_manifestation",
    "about_itself",
    "recommends",
    "guideline",
)
"""cosine, coverage: likeness to the question in meaning and in words. *_gap: the same, below the best candidate. chunk: fused score of the
passage. facet: how far it is about what is asked. drug_named: the asked treatment stands in it; drug_related: its
class, a member of it, or the topic does; other_drugs: so do others. broader, child, sibling: tier of its population; other_populations: how
many more it names; unsure_population: read from the document, not the sentence. study: it belongs to the named study or issuer. outcome: it
names the asked outcome. off_manifestation: it speaks of another organ. about_itself: design or limits of its source, unasked. recommends,
guideline: what it is."""

WEIGHTS: Mapping[str, float] = {
    "cosine": 3.71,
    "cosine_gap": 4.55,
    "coverage": 0.46,
    "coverage_gap": 0.73,
    "chunk": 0.85,
    "facet": 3.58,
    "drug_named": 0.34,
    "drug_related": -0.67,
    "other_drugs": 0.32,
    "broader": -1.86,
    "child": -1.0,
    "sibling": -3.18,
    "other_populations": 0.43,
    "unsure_population": -0.31,
    "study": 0.52,
    "outcome": 0.7,
    "off_manifestation": -0.9,
    "about_itself": -0.27,
    "recommends": 0.3,
    "guideline": 0.63,
}
BIAS = -7.85


def probability(features: Mapping[str, float]) -> float:
    """Return the estimated probability, in (0, 1), that a sentence belongs in the answer."""
    return 1 / (1 + math.exp(-(BIAS + sum(WEIGHTS.get(name, 0.0) * value for name, value in features.items()))))


def contributions(features: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return what each feature added to the log-odds, the greatest effect first; features without effect are left out."""
    parts = [(name, round(WEIGHTS.get(name, 0.0) * value, 3)) for name, value in features.items()]
    return tuple(sorted((part for part in parts if part[1]), key=lambda part: (-abs(part[1]), part[0])))
