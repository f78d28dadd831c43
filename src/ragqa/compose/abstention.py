"""When not to answer, and why: a stable reason code, the reason in words, and what to ask or add instead.

The slots of a question (population, drug, named study, outcome, dose, facet) must be filled together by at least one candidate.
Relevance is not sufficiency: a library full of the right disease may hold nothing on the drug, the dose or the outcome asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate, speaks_of
from ragqa.compose.selection import above_cut
from ragqa.protocols import Embedder
from ragqa.settings import ComposeSettings
from ragqa.text.lexicon import Lexicon
from ragqa.text.spelling import is_everyday
from ragqa.types import Facet, Reason, Tier

WEAK_EVIDENCE = Reason(
    "weak_evidence", "Nothing in the library answers this closely enough to be quoted.", "Name the disease, the treatment or the outcome you have in mind."
)
_RESULTS = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.SAFETY, Facet.EPIDEMIOLOGY})
_DIRECT = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})


def reason_to_abstain(
    asked: Asked,
    candidates: Sequence[Candidate],
    best_cosine: float,
    query_vector: NDArray[np.float32],
    embedder: Embedder,
    lexicon: Lexicon,
    settings: ComposeSettings,
    known_drugs: Callable[[str], bool],
) -> Reason | None:
    """Return why the question cannot be answered from the candidates, or None where it can.

    Args:
        asked: The question as slots.
        candidates: What retrieval and tags found, any tier but unrelated.
        best_cosine: Highest similarity of the question to any sentence or chunk found, before the slots were applied.
        query_vector: Unit vector of the question.
        embedder: Embeds the question without one of its words, to see how much hangs on that word.
        lexicon: Reads doses and outcomes in candidates.
        settings: Thresholds.
        known_drugs: Whether any sentence of the library names a drug.
    """
    query = asked.query
    direct = [candidate for candidate in candidates if candidate.tier in _DIRECT]
    names_field = bool(query.populations or query.drugs or query.anchors)
    if (best_cosine < settings.off_topic_cosine and not query.anchors) or (not names_field and best_cosine < settings.off_topic_cosine_unnamed):
        return Reason(
            "off_topic",
            "The question is outside the field of the documents in this library.",
            'Ask about a subject that the library covers; "ragqa docs list" shows it.',
        )
    for drug in query.drugs:
        if not known_drugs(drug):
            return Reason(
                "missing_drug", f"No document of the library speaks of {drug}.", f"Add a document on {drug} to the corpus, or ask about another treatment."
            )
    word = _salient_unknown(asked, query_vector, embedder, settings)
    if word:
        return Reason(
            "missing_term",
            f'No document of the library speaks of "{word}", on which the question turns.',
            f'Ask without "{word}", or add a document on it to the corpus.',
        )
    if not direct:
        return Reason(
            "missing_population",
            f"The library holds nothing on {_subject(asked)}.",
            "Ask about a population that the library covers, or add a document on this one.",
        )
    if query.anchors and not any(speaks_of(candidate.record, candidate.document, query.anchors) for candidate in direct):
        return Reason("missing_document", f"The library holds nothing from {' or '.join(query.anchors)} on this.", "Add that document to the corpus.")
    if Facet.DOSING in query.facets and not any(lexicon.is_unit_dose(candidate.record.sentence.text) for candidate in direct):
        return Reason(
            "missing_dose",
            f"No source in the library states a dose for {_subject(asked)}.",
            "Ask what is recommended instead of how it is dosed, or add a source that gives doses.",
        )
    likely = above_cut(direct, direct, asked, settings)
    reported = {mention.name for candidate in likely for mention in lexicon.outcomes_in(candidate.record.sentence.text)} if asked.outcomes else set()
    missing = [outcome for outcome in asked.outcomes if outcome not in reported and outcome not in lexicon.soft_outcomes]
    seeks_result = not query.facets or bool(_RESULTS & set(query.facets))
    if missing and ((seeks_result and len(missing) == len(asked.outcomes)) or set(missing) & lexicon.special_populations):
        return Reason(
            "missing_outcome",
            f"No source in the library reports {' or '.join(missing)} for {_subject(asked)}.",
            "Ask about an outcome that the sources report, or add a source that reports this one.",
        )
    if max(candidate.score for candidate in direct) < settings.least_probability:
        return WEAK_EVIDENCE
    return None


def _salient_unknown(asked: Asked, query_vector: NDArray[np.float32], embedder: Embedder, settings: ComposeSettings) -> str | None:
    """Return a word that no document holds and that carries the question: without it, the meaning moves by more than the threshold.

    Salience is 1 - cosine of the question with and without the word: names of things .1 to .5, generic words below .05. Everyday words
    ("check-ups", "runs") may weigh as much and are left to the meaning of the whole question; a name is a rare word or one with capitals.
    """
    for word in asked.unknown:
        is_name = any(character.isupper() for character in word[1:]) or not is_everyday(word.lower())
        if word.isdigit() or len(word) < 3 or not is_name:
            continue
        without = " ".join(part for part in asked.query.interpreted.split() if word.lower() not in part.lower())
        if not without:
            return word
        salience = 1 - float(embedder.embed_queries([without])[0] @ query_vector)
        if salience >= settings.salient:
            return word
    return None


def _subject(asked: Asked) -> str:
    """Return the slots of a question in a phrase."""
    query = asked.query
    drugs, populations = " and ".join(query.drugs), " or ".join(query.populations)
    return f"{drugs} in {populations}" if drugs and populations else drugs or populations or "this"
