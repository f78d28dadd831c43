"""Why a statement was chosen, in words: the features that `compose/relevance.py` weighed, as a reader can follow them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragqa.types import Answer, Considered, Statement

_WORDS = {
    "cosine": "how near its meaning is to the question",
    "cosine_gap": "how far its meaning is behind the nearest sentence",
    "coverage": "how many words of the question it holds",
    "coverage_gap": "how many fewer words of the question it holds than the best",
    "chunk": "how well its passage was ranked",
    "facet": "how far it is about what was asked",
    "drug_named": "it names the treatment asked about",
    "drug_related": "its topic is the treatment asked about, or its class",
    "other_drugs": "it names other treatments",
    "broader": "its patients are a wider group",
    "child": "its patients are a part of those asked about",
    "sibling": "its patients have another disease",
    "other_populations": "it names other diseases too",
    "unsure_population": "its patients were read from the document, not the sentence",
    "study": "it belongs to the study or issuer named",
    "outcome": "it names the outcome asked about",
    "off_manifestation": "it speaks of another organ",
    "about_itself": "it tells of the design or limits of its source",
    "recommends": "it makes a recommendation",
    "guideline": "it stands in a guideline",
    "situation": "it is advice for the situation asked about",
    "all_drugs": "it names all treatments asked about",
    "test_named": "it names the test asked about",
    "no_test": "it names no test",
    "summary": "it stands in the abstract of its paper",
    "other_tests": "it names other tests only",
    "same_populations": "its patients are exactly those asked about",
    "of_study": "it belongs to the study named",
    "seeks_study": "a study was asked for by name",
    "about_source": "it tells of the design or background of its source",
}
_CHECKS = {
    "evidence": "it rests on a quote",
    "quote": "each quote is the stored text of its page, character for character",
    "sentence": "each quote is a whole sentence",
    "edits": "what differs from the quote is recorded",
    "number": "every figure stands in the quote",
    "drug": "every treatment stands in the quote",
    "population": "the patients agree with the quote",
    "labels": "its labels follow from the quote",
    "source": "it comes from the document that it names",
}
_LEAST = 0.05
"""A smaller share tells a reader nothing."""


def weighed(statement: Statement) -> tuple[tuple[str, str], ...]:
    """Return (reason, signed share) pairs by falling weight; a feature without words of its own is named as it is."""
    shares = sorted(((name, share) for name, share in statement.why if abs(share) >= _LEAST), key=lambda pair: -abs(pair[1]))
    return tuple((_WORDS.get(name, name.replace("_", " ")), f"{share:+.2f}".replace("-", "−")) for name, share in shares)


def checked(statement: Statement) -> tuple[str, ...]:
    """Return what was checked and held before the statement left."""
    return tuple(_CHECKS.get(name, name.replace("_", " ")) for name, held in statement.verification.checks if held)


def explanation_to_json(answer: Answer, left_out: Sequence[Considered]) -> dict[str, Any]:
    """Return why each statement was chosen and what was left out, as JSON values."""
    return {
        "chosen": [
            {
                "id": statement.statement_id,
                "score": round(statement.score, 4),
                "tier": statement.population_tier.value,
                "because": [{"reason": reason, "share": share} for reason, share in weighed(statement)],
            }
            for statement in answer.statements
        ],
        "left_out": [
            {"text": item.text, "source": item.label, "score": round(item.score, 4), "tier": item.tier.value, "reason": item.reason} for item in left_out
        ],
    }


def render_explanation(answer: Answer, left_out: Sequence[Considered]) -> str:
    """Return why each statement was chosen and what was left out, for the terminal."""
    lines = ["Why these statements"]
    for statement in answer.statements:
        lines.append(f"{statement.statement_id} ({statement.score:.2f}) {statement.text}")
        lines += [f"    {share} {reason}" for reason, share in weighed(statement)[:5]]
    lines += ["", "The nearest that were left out"] if left_out else []
    lines += [f"- ({item.score:.2f}) {item.text} [{item.label}]\n    {item.reason}" for item in left_out]
    return "\n".join(lines)
