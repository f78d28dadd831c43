"""Measure refusal on a folder of PubMedQA in BEIR layout: what `ragqa eval pubmedqa DIR` does.

Half of the questions, chosen for ever by the hash of their id, lose the abstract that answers them; all are asked. Whoever answers one of
those answers from other abstracts. Out: refusal recall and false refusal, how often an answer cites the right abstract, and how well the
confidence alone tells both halves apart. How well abstracts are ranked is what `ragqa eval beir DIR` measures on the same folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragqa.errors import DatasetInvalid
from ragqa.evaluation.abstention import confidence
from ragqa.evaluation.beir import Dataset
from ragqa.evaluation.foreign import ForeignText, Progress, open_over, safe_name
from ragqa.protocols import Embedder
from ragqa.settings import Settings
from ragqa.types import Answer


@dataclass(frozen=True, slots=True)
class WithheldQuality:
    """Figures over the questions. `auroc` is the chance that an answerable question got more confidence than one that is not."""

    n_answerable: int
    n_withheld: int
    refusal_recall: float
    false_refusal: float
    cites_gold: float
    auroc: float


def is_withheld(query_id: str) -> bool:
    """Return whether a question loses its abstract: about half do, the same ones every time."""
    return hashlib.sha256(query_id.encode()).digest()[0] % 2 == 1


def measure_withheld(
    dataset: Dataset, settings: Settings, work: Path, progress: Progress, limit: int | None = None, encoder: Embedder | None = None
) -> WithheldQuality:
    """Ask every question, or the first `limit`, over the abstracts that are left, and count refusals.

    Raises:
        DatasetInvalid: Withholding leaves no question on one side.
    """
    queries = dict(list(dataset.queries.items())[:limit])
    gold = {query_id: {safe_name(name) for name, gain in dataset.judgments[query_id].items() if gain > 0} for query_id in queries}
    lost = {name for query_id in queries if is_withheld(query_id) for name in gold[query_id]}
    answerable = [query_id for query_id in queries if not gold[query_id] & lost]
    withheld = [query_id for query_id in queries if gold[query_id] <= lost]
    if not answerable or not withheld:
        raise DatasetInvalid(f'"{dataset.name}" has too few questions to withhold half of the answers. Give more questions or a greater limit.')
    texts = [ForeignText(safe_name(entry.entry_id), entry.title, (entry.text,)) for entry in dataset.entries]
    service = open_over((text for text in texts if text.name not in lost), settings, work, progress, encoder)
    answers: dict[str, Answer] = {}
    for done, query_id in enumerate([*answerable, *withheld], start=1):
        answers[query_id] = service.ask(queries[query_id])
        progress("ask", done, len(answerable) + len(withheld))
    slugs = {document.document_id: document.slug for document in service.documents()}
    cited = {query_id: {slugs[source.document_id] for source in answer.sources} for query_id, answer in answers.items()}
    return WithheldQuality(
        n_answerable=len(answerable),
        n_withheld=len(withheld),
        refusal_recall=round(sum(answers[query_id].abstained for query_id in withheld) / len(withheld), 6),
        false_refusal=round(sum(answers[query_id].abstained for query_id in answerable) / len(answerable), 6),
        cites_gold=round(sum(bool(gold[query_id] & cited[query_id]) and not answers[query_id].abstained for query_id in answerable) / len(answerable), 6),
        auroc=round(auroc(answers, answerable, withheld), 6),
    )


def auroc(answers: Mapping[str, Answer], positive: Sequence[str], negative: Sequence[str]) -> float:
    """Return the area under the ROC curve of the confidence of answers; equal confidences count half.

    Source: Hanley and McNeil, Radiology 1982 (the area equals the Mann-Whitney statistic).
    """
    above = [confidence(answers[name]) for name in positive]
    below = [confidence(answers[name]) for name in negative]
    wins = sum((one > other) + 0.5 * (one == other) for one in above for other in below)
    return wins / (len(above) * len(below))
