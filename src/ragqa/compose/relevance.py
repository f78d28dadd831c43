"""How likely a sentence is to serve the question: a small logistic model over readable features.

Each feature is a plain fact about question and sentence, each weight says how much it speaks for or against; the sum through the
logistic function estimates the probability that a specialist would want the sentence in the answer. The weights are fitted on the `dev`
questions of `eval/` and on `eval/tuning.jsonl` (`ragqa eval fit` prints them anew) and never on `test`. A few are held by hand (`HELD`).
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
    "situation",
    "drug_named",
    "drug_related",
    "all_drugs",
    "other_drugs",
    "test_named",
    "no_test",
    "other_tests",
    "broader",
    "child",
    "sibling",
    "same_populations",
    "other_populations",
    "unsure_population",
    "study",
    "of_study",
    "seeks_study",
    "outcome",
    "off_manifestation",
    "about_source",
    "about_itself",
    "summary",
    "recommends",
    "guideline",
)
"""cosine, coverage: likeness to the question in meaning and in words. *_gap: the same, below the best candidate. chunk: fused score of the
passage. facet: how far it is about what is asked; situation: it is advice for the situation asked about, or not. drug_named: the asked
treatment stands in it; drug_related: its class, a member of it, or the topic does; all_drugs: all of several asked treatments do;
other_drugs: so do others. test_named, no_test, other_tests: it names the asked tests, none, or only others. broader, child, sibling: tier of its
population; same_populations: exactly those asked; other_populations: how many more it names; unsure_population: read from the document, not
the sentence. study: it belongs to the named study or issuer; of_study: to the named study; seeks_study: one was named, the same for all
candidates. outcome: it names the asked outcome. off_manifestation: it speaks of another organ, and not of harm or death by the asked
treatment. about_source, about_itself: design, background or limits of its source, unasked. summary: it stands in the abstract of a paper,
most so in its conclusion. recommends, guideline: what it is."""

WEIGHTS: Mapping[str, float] = {
    "cosine": 1.36,
    "cosine_gap": 4.7,
    "coverage": 0.0,
    "coverage_gap": 1.8,
    "chunk": 0.83,
    "facet": 2.87,
    "situation": 2.67,
    "drug_named": 0.33,
    "drug_related": -0.3,
    "all_drugs": 0.59,
    "other_drugs": 0.09,
    "test_named": 1.63,
    "no_test": -0.87,
    "other_tests": -1.3,
    "broader": -1.14,
    "child": -0.7,
    "sibling": -2.71,
    "same_populations": 0.35,
    "other_populations": 0.43,
    "unsure_population": 0.22,
    "study": 0.39,
    "of_study": 3.53,
    "seeks_study": -2.87,
    "outcome": 0.91,
    "off_manifestation": -1.26,
    "about_source": -0.77,
    "about_itself": 0.01,
    "summary": 2.0,
    "recommends": 0.21,
    "guideline": 0.53,
}
HELD = ("coverage", "coverage_gap", "cosine_gap", "summary")
"""Weights that are not fitted: of the first three, fitted freely, two wordings of a question get different answers; the questions for tuning
are on digests, which have no abstract, so the last was set by reading answers from papers."""
BIAS = -6.21


def probability(features: Mapping[str, float]) -> float:
    """Return the estimated probability, in (0, 1), that a sentence belongs in the answer."""
    log_odds = BIAS
    for name, value in features.items():
        # Most features are 0 for most sentences.
        if value:
            log_odds += WEIGHTS[name] * value
    return 1 / (1 + math.exp(-log_odds))


def contributions(features: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return what each feature added to the log-odds, the greatest effect first; features without effect are left out."""
    parts = [(name, round(WEIGHTS.get(name, 0.0) * value, 3)) for name, value in features.items()]
    return tuple(sorted((part for part in parts if part[1]), key=lambda part: (-abs(part[1]), part[0])))
