"""Fit the weights of `compose/relevance.py` on the questions for tuning.

Every candidate sentence of every answerable question is a row: its features, and whether one of the question's nuggets is in it. Vital
nuggets count twice. The fit is a logistic regression with some weights held; how well it ranks is measured on questions it was not fitted on (five folds).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.asked import meaning_of, read_question
from ragqa.compose.candidates import Candidate, gather_candidates
from ragqa.compose.relevance import FEATURES, HELD, WEIGHTS
from ragqa.evaluation.questions import EvalQuestion, Expected, Importance
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Filters

FOLDS = 5
VITAL_WEIGHT = 2.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted weights and how well they rank."""

    weights: dict[str, float]
    bias: float
    average_precision: float
    """Mean over questions, each ranked by a fit that did not see it."""
    cosine_average_precision: float
    """The same when sentences are ranked by similarity alone."""
    n_questions: int
    n_candidates: int


def fit_relevance(service: QAService, questions: Sequence[EvalQuestion]) -> Fit:
    """Fit on questions that have nuggets; later turns of conversations are left out.

    Paraphrases teach which words do not matter. They stay in the fold of their base, and k wordings of one question weigh as √k questions.
    """
    from sklearn.model_selection import GroupKFold

    rows: list[list[float]] = []
    wanted: list[bool] = []
    weights: list[float] = []
    groups: list[int] = []
    asked: list[int] = []
    usable = list(_usable(questions))
    wordings = Counter(question.base_id for question in usable)
    bases = {base_id: place for place, base_id in enumerate(wordings)}
    for place, question in enumerate(usable):
        for candidate in candidates_of(service, question.text):
            found = [nugget.importance for nugget in question.nuggets if nugget.is_in(candidate.record.sentence.text)]
            rows.append([candidate.features[name] for name in FEATURES])
            wanted.append(bool(found))
            weights.append((VITAL_WEIGHT if Importance.VITAL in found else 1.0) / math.sqrt(wordings[question.base_id]))
            groups.append(bases[question.base_id])
            asked.append(place)
    x, y, w, g = np.array(rows), np.array(wanted), np.array(weights), np.array(groups)
    held_out = np.zeros(len(y))
    for train, test in GroupKFold(FOLDS).split(x, y, g):
        coefficients, bias = _logistic(x[train], y[train], w[train])
        held_out[test] = x[test] @ coefficients + bias
    coefficients, bias = _logistic(x, y, w)
    return Fit(
        weights={name: round(float(value), 2) for name, value in zip(FEATURES, coefficients, strict=True)},
        bias=round(bias, 2),
        average_precision=_mean_average_precision(y, held_out, np.array(asked)),
        cosine_average_precision=_mean_average_precision(y, x[:, FEATURES.index("cosine")], np.array(asked)),
        n_questions=len(usable),
        n_candidates=len(rows),
    )


def _logistic(x: NDArray[np.float64], y: NDArray[np.bool_], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return coefficients, those of `HELD` as they are, and bias of a logistic regression with half the sum of squares as penalty.

    Args:
        x: Shape (n, features).
        y: Shape (n,), whether each row is wanted.
        w: Shape (n,), weights of the rows.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    held = np.array([name in HELD for name in FEATURES])
    coefficients = np.array([WEIGHTS[name] for name in FEATURES], np.float64)
    free, offset = np.column_stack([x[:, ~held], np.ones(len(x))]), x[:, held] @ coefficients[held]

    def loss(b: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = free @ b + offset
        penalised = np.append(b[:-1], 0.0)
        value = float((w * (np.logaddexp(0, z) - y * z)).sum() + 0.5 * penalised @ penalised)
        return value, free.T @ (w * (expit(z) - y)) + penalised

    found = minimize(loss, np.zeros(free.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x
    coefficients[~held] = found[:-1]
    return coefficients, float(found[-1])


def candidates_of(service: QAService, question: str) -> list[Candidate]:
    """Return every candidate sentence of a question, as the composer sees them."""
    reader, settings = service.reader(), service.settings.compose
    query = reader.analyse(question)
    rankings = service.rank(reader, query)
    lexicon = load_lexicon()
    asked = read_question(query, reader.library, lexicon)
    vector = meaning_of(asked, reader.embedder.embed_queries([query.interpreted])[0], reader.embedder)
    return gather_candidates(asked, rankings, vector, reader.library, lexicon, settings, Filters())


def _usable(questions: Sequence[EvalQuestion]) -> Iterator[EvalQuestion]:
    return (each for each in questions if each.nuggets and each.expected is not Expected.ABSTAIN and each.turn in (None, 1))


def _mean_average_precision(wanted: np.ndarray, scores: np.ndarray, groups: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    found = [average_precision_score(wanted[groups == group], scores[groups == group]) for group in np.unique(groups) if wanted[groups == group].any()]
    return float(np.mean(found))
