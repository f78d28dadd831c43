"""ROUGE of an answer against reference answers, by known libraries: ROUGE-2 by rouge-score, ROUGE-SU4 by rouge-metric.

Both stem nothing here except ROUGE-2, whose library does so as the original does with its option -m. Against several references the best
score counts.
Source: Lin, "ROUGE: a package for automatic evaluation of summaries", 2004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RougeScores:
    """F1 of both measures, from 0 to 1."""

    rouge_2: float
    rouge_su4: float


def rouge(answer: str, references: Sequence[str]) -> RougeScores:
    """Return the scores of an answer; 0 for an empty one."""
    if not answer.strip():
        return RougeScores(0.0, 0.0)
    from rouge_metric import PyRouge
    from rouge_score.rouge_scorer import RougeScorer

    two = RougeScorer(["rouge2"], use_stemmer=True).score_multi(list(references), answer)["rouge2"].fmeasure
    su4 = PyRouge(rouge_n=(), rouge_l=False, rouge_su=True, skip_gap=4, multi_ref_mode="best")
    measured = su4.evaluate([_words(answer)], [[_words(reference) for reference in references]])
    return RougeScores(float(two), float(measured["rouge-su4"]["f"]))


def _words(text: str) -> str:
    """Return a text on one line in lower case: this library takes a line as a sentence and compares words as they are."""
    return " ".join(text.lower().split())
