"""From ranked chunks to candidate sentences, each with its tier, its scores and the reasons for them.

Two ways in: the sentences of the ranked chunks, and slot retrieval by tags, which finds a sentence that answers the question although
its words do not ("Infectious complications were frequent …" for the harms of a drug). The likeliest of both are read (`shortlist.py`).
Sentences of unrelated populations, without the drug or study that was asked for, and fragments are dropped here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragqa.compose.anchors import content_terms, share_of, speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.claims import is_fragment
from ragqa.compose.facets import leading_facet
from ragqa.compose.relevance import probability
from ragqa.compose.shortlist import drugs_in_title, shortlist, studies_treatment
from ragqa.protocols import Library
from ragqa.settings import ComposeSettings
from ragqa.text.lexicon import Lexicon
from ragqa.types import Direction, DocumentKind, DocumentRecord, Facet, Filters, Origin, Ranking, SentenceRecord, Tags, Tier, Zone, states_scope

SPEAKS_FOR_GROUP = 3
OVERVIEW_READS = 4
"""How many times as many sentences are read for an overview, which shows a little of everything."""
POINTED = 8.0
"""Summed idf of the words beside its slots that a statement must hold for a question to be pointed: about two rare words."""
AMONG_THE_LIKELIEST = 0.5
"""Share of the best estimate that this statement must reach."""
TELLS_FATE = 0.5
"""Weight of its facet from which on a sentence tells of harm or death."""
_ABOUT_ITSELF = frozenset({Facet.DESIGN, Facet.EVIDENCE_GAP, Facet.BACKGROUND})
_ABOUT_SOURCE = frozenset({Facet.DESIGN, Facet.BACKGROUND})
_SUMS_UP = re.compile(r"\b(?:(conclusion|interpretation)|result|finding)", re.IGNORECASE)
_FOUND = (Facet.OUTCOME, Facet.SAFETY)
_NONE = frozenset[str]()
DIRECT = frozenset({Tier.EXACT, Tier.BROADER, Tier.CHILD})
"""Tiers of statements on the asked population, a group that holds it, or a kind of it."""
_FAR_ORIGINS = frozenset({Origin.DOCUMENT, Origin.PARAGRAPH, Origin.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may become a statement, and what speaks for it."""

    record: SentenceRecord
    document: DocumentRecord
    tier: Tier
    cosine: float
    coverage: float
    """Share of the question's content words, by idf, that the sentence or its headings hold."""
    facet_fit: float
    score: float
    """Estimated probability that it belongs in the answer."""
    features: Mapping[str, float]
    vector: NDArray[np.float32]

    @property
    def is_guideline(self) -> bool:
        """Whether it stands in a guideline itself; a guideline quoted by a review does not."""
        return self.document.metadata.kind is DocumentKind.GUIDELINE


def gather_candidates(
    asked: Asked,
    rankings: Sequence[Ranking],
    query_vector: NDArray[np.float32],
    library: Library,
    lexicon: Lexicon,
    settings: ComposeSettings,
    filters: Filters,
) -> list[Candidate]:
    """Return the candidates of a question by descending score; equal scores by ascending row."""
    chunk_rows = sorted({hit.row for ranking in rankings for hit in ranking})
    near = [hit.row for hits in zip_longest(*rankings) for hit in hits if hit]
    found = {row for first, last in library.sentence_ranges(chunk_rows).tolist() for row in range(first, last)}
    of_trials = _rows_of_trials(asked, library, lexicon, settings.slot_candidates, near)
    rows = np.array(sorted(found.union(_slot_rows(asked, library, settings.slot_candidates, near), of_trials)), np.int64)
    most = settings.considered * (OVERVIEW_READS if asked.is_overview else 1) + len(of_trials)
    weighed, vectors, chunk_scores = shortlist(asked, rows, query_vector, rankings, library, lexicon, most, of_trials)
    records = library.sentences(weighed)
    found_in = {document_id: library.document(document_id) for document_id in {record.document_id for record in records}}
    documents = {document_id: document for document_id, document in found_in.items() if filters.allows(document)}
    kept: list[tuple[int, SentenceRecord, Tier]] = []
    for place, record in enumerate(records):
        tier = _tier(record.sentence.tags, asked, lexicon)
        if (
            record.document_id in documents
            and tier is not Tier.UNRELATED
            and (_fills_slots(record, asked) or _is_of_its_study(record, documents[record.document_id], asked, lexicon))
            and not _excludes(record.sentence.tags, documents[record.document_id], asked, lexicon)
            and not is_fragment(record)
            and not _lacks_added(record, documents[record.document_id], asked, lexicon)
        ):
            kept.append((place, record, tier))
    if not kept:
        return []
    places = [place for place, _, _ in kept]
    vectors, chunk_scores = vectors[places], chunk_scores[places]
    cosines = vectors @ query_vector
    coverages = [_coverage(record, documents[record.document_id], asked) for _, record, _ in kept]
    narrow = _narrowly(asked, [record for _, record, _ in kept])
    best = _Likeness(float(max(cosines, default=0.0)), max(coverages, default=0.0), 0.0)
    candidates: list[Candidate] = []
    for (_, record, tier), vector, cosine, coverage, chunk_score in zip(kept, vectors, cosines.tolist(), coverages, chunk_scores.tolist(), strict=True):
        document = documents[record.document_id]
        likeness = _Likeness(cosine, coverage, chunk_score)
        features = _features(record, document, tier, likeness, best, asked, lexicon)
        if narrow is not None and features["outcome"] and not narrow.search(record.sentence.text):
            features["outcome"] = 0.0
        candidates.append(Candidate(record, document, tier, likeness.cosine, coverage, features["facet"], round(probability(features), 6), features, vector))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.record.row))


def is_pointed(asked: Asked, candidates: Sequence[Candidate]) -> bool:
    """Whether one of the likeliest statements holds rare words of a question that its slots do not: "which is favoured with a neuropathy?"."""
    direct = [candidate for candidate in candidates if candidate.tier not in (Tier.SIBLING, Tier.UNRELATED)]
    if not asked.terms or not direct:
        return False
    return any(each.coverage * asked.total_idf >= POINTED and each.score >= AMONG_THE_LIKELIEST * direct[0].score for each in direct)


def _tier(tags: Tags, asked: Asked, lexicon: Lexicon) -> Tier:
    """Return how a sentence's populations relate to the asked ones; one that lists several diseases of an asked group speaks for the group."""
    if _denies(tags, asked):
        return Tier.EXACT
    tier = lexicon.relation(asked.query.populations, tags.populations)
    if tier is Tier.CHILD and sum(bool(lexicon.ancestors(name) & set(asked.query.populations)) for name in tags.populations) >= SPEAKS_FOR_GROUP:
        return Tier.EXACT
    return tier


def _denies(tags: Tags, asked: Asked) -> bool:
    """Whether a sentence says that advice on an asked treatment, or a whole guideline, is not for the asked: an answer, not a statement on others.

    So it is where the question leaves out just those whom the advice is for: "outside SSc, is it given?" is answered by "for SSc only". Advice on
    its class answers whether to give a treatment, and not what that did.
    """
    if not tags.excluded_populations:
        return False
    names = asked.drug_names | asked.drug_classes if Facet.TREATMENT in asked.query.facets else asked.drug_names
    # Where no advice was reached for the others, nothing is denied to the asked.
    advises = tags.recommendation is not None and tags.recommendation.direction in (Direction.FOR, Direction.AGAINST)
    on_it = advises and not names.isdisjoint(tags.drugs)
    left_out = set(asked.query.excluded_populations)
    return ((on_it or states_scope(tags)) and asked.is_any_in(tags.excluded_populations)) or (on_it and not left_out.isdisjoint(tags.populations))


def _excludes(tags: Tags, document: DocumentRecord, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a sentence, or its whole document, speaks of everyone but the asked population, or it speaks of one that the question leaves out."""
    query = asked.query
    if not (tags.excluded_populations or document.out_of_scope or query.excluded_populations) or _denies(tags, asked):
        return False
    left_out = {*tags.excluded_populations, *document.out_of_scope}
    # Of several diseases asked about, a sentence on one may leave out another.
    for_none = asked.are_all_in(left_out) and not set(tags.populations) & set(query.populations)
    # Of a disease left out its kinds are left out, too.
    unasked = set(query.excluded_populations)
    on_unasked = any(name in unasked or not unasked.isdisjoint(lexicon.ancestors(name)) for name in tags.populations) if unasked else False
    return on_unasked or for_none


def _slot_rows(asked: Asked, library: Library, limit: int, near: Sequence[int]) -> list[int]:
    """Return rows of sentences whose tags alone make them answers: the asked population with the asked facet, drug or study.

    Where a large library has more of them than the limit, those of the documents that ranked chunks stand in, best ranked first.
    """
    query = asked.query
    rows: list[int] = []
    if limit and query.drugs:
        rows += library.tagged(drugs=sorted(asked.drug_names | asked.drug_classes), facets=asked.facets_of_care, limit=limit, near=near)
    if limit and not asked.is_bound and query.populations and query.facets:
        rows += library.tagged(populations=query.populations, facets=asked.facets_of_care, limit=limit, near=near)
    return sorted(set(rows))


def _rows_of_trials(asked: Asked, library: Library, lexicon: Lexicon, limit: int, near: Sequence[int]) -> list[int]:
    """Return rows of what trials found in the kinds of a group whose treatment is asked about: their words hardly ever name the group."""
    if not (limit and asked.is_overview):
        return []
    wanted = asked.query.populations
    kin = [name for name in library.tag_names("population") if name not in wanted and lexicon.relation(wanted, (name,)) in (Tier.EXACT, Tier.CHILD)]
    rows = library.tagged(populations=kin, facets=_FOUND, limit=limit, near=near) if kin else []
    documents = library.documents()
    are_of_trials = [documents[place].metadata.kind is DocumentKind.RANDOMISED_TRIAL for place in library.owners(np.array(rows, np.int64)).tolist()]
    return [row for row, is_of_trial in zip(rows, are_of_trials, strict=True) if is_of_trial]


def _fills_slots(record: SentenceRecord, asked: Asked) -> bool:
    """Whether a sentence speaks of the treatment that was asked for: by name, as a member of it, or as the topic it stands under.

    In a study that was asked for by name every sentence counts: the study is the slot.
    """
    if asked.studies or not asked.is_bound:
        return True
    tags = record.sentence.tags
    # A recommendation on a class holds for its members; what a study found for others of the class does not.
    of_class = tags.recommendation is not None and bool(asked.drug_classes & set(tags.drugs))
    return not asked.query.drugs or bool(asked.drug_names & {*tags.drugs, *tags.topic_drugs}) or of_class or _denies(tags, asked)


def _lacks_added(record: SentenceRecord, document: DocumentRecord, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a sentence tells what the treatment did that a case is on, in a study of something else than the one to be added to it.

    "Combination therapy was superior to the background drug" is read as a result of the drug asked about, whichever its study combined. Advice names
    what it is for.
    """
    if not asked.added or record.sentence.tags.recommendation is not None:
        return False
    named = {*record.sentence.tags.drugs, *record.sentence.tags.topic_drugs}
    return asked.added.isdisjoint(named) and asked.added.isdisjoint(drugs_in_title(document.metadata.title, lexicon))


def _is_of_its_study(record: SentenceRecord, document: DocumentRecord, asked: Asked, lexicon: Lexicon) -> bool:
    """Whether a sentence tells the design, the limits or the background of a study whose title names the asked treatment: it need not repeat the name."""
    return leading_facet(record.sentence.tags) in _ABOUT_ITSELF and studies_treatment(document, asked, lexicon)


class _Likeness(NamedTuple):
    cosine: float
    coverage: float
    chunk: float


def _features(
    record: SentenceRecord, document: DocumentRecord, tier: Tier, likeness: _Likeness, best: _Likeness, asked: Asked, lexicon: Lexicon
) -> dict[str, float]:
    """Return the features of one sentence by name; see `relevance.FEATURES`."""
    tags, query, metadata = record.sentence.tags, asked.query, document.metadata
    drugs, populations, main = set(query.drugs), set(query.populations), leading_facet(tags)
    named = {drug for drug in drugs if drug in tags.drugs or not asked.members.get(drug, _NONE).isdisjoint(tags.drugs)} if tags.drugs else _NONE
    tests = asked.tests.intersection(tags.tests)
    is_guideline = metadata.kind is DocumentKind.GUIDELINE
    return {
        "cosine": likeness.cosine,
        "cosine_gap": likeness.cosine - best.cosine,
        "coverage": likeness.coverage,
        "coverage_gap": likeness.coverage - best.coverage,
        "chunk": likeness.chunk,
        "facet": asked.facet_fit(tags),
        "situation": asked.situation_fit(tags, is_guideline),
        "drug_named": len(named) / len(drugs) if drugs else 0.0,
        "drug_related": float(bool(drugs) and not named and bool((asked.drug_names | asked.drug_classes) & {*tags.drugs, *tags.topic_drugs})),
        "all_drugs": float(len(drugs) > 1 and named == drugs),
        "other_drugs": min(len(set(tags.drugs)) - len(named), 4) / 4 if tags.drugs else 0.0,
        "test_named": len(tests) / len(asked.tests) if tests else 0.0,
        "no_test": float(bool(asked.tests) and not tags.tests),
        "other_tests": float(bool(asked.tests) and bool(tags.tests) and not tests),
        "broader": float(tier is Tier.BROADER),
        "child": float(tier is Tier.CHILD),
        "sibling": float(tier is Tier.SIBLING),
        "same_populations": float(bool(populations) and populations == set(tags.populations)),
        "other_populations": min(len(set(tags.populations) - populations), 4) / 4 if populations else 0.0,
        "unsure_population": float(bool(populations) and tags.population_origin in _FAR_ORIGINS),
        "study": float(bool(query.anchors) and speaks_of(record, document, query.anchors)),
        "of_study": share_of(record, document, asked.studies) if asked.studies else 0.0,
        "seeks_study": float(bool(asked.studies)),
        "outcome": len(set(asked.outcomes).intersection(tags.outcomes)) / len(asked.outcomes) if asked.outcomes else 0.0,
        "off_manifestation": float(
            asked.on_manifestation
            and not (named and tells_fate(tags))
            and not (tags.on_manifestation or _on_manifestation(record.section.title, lexicon) or _on_manifestation(document.metadata.title, lexicon))
        ),
        "about_source": float(main in _ABOUT_SOURCE and main not in query.facets and not asked.studies),
        "about_itself": float(main in _ABOUT_ITSELF and main not in query.facets),
        "summary": _summary(record),
        "recommends": float(tags.recommendation is not None),
        "guideline": float(is_guideline),
    }


def tells_fate(tags: Tags) -> bool:
    """Whether a sentence tells of harm or death, which is of the person treated and of no organ."""
    return max(tags.weight(Facet.SAFETY), tags.weight(Facet.PROGNOSIS)) >= TELLS_FATE


def _narrowly(asked: Asked, records: Sequence[SentenceRecord]) -> re.Pattern[str] | None:
    """Return what a statement on the asked outcome must hold where the question names one of a kind; None where no statement holds it."""
    if not asked.one_of_kind:
        return None
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, asked.one_of_kind))})", re.IGNORECASE)
    return pattern if any(pattern.search(record.sentence.text) for record in records) else None


def _summary(record: SentenceRecord) -> float:
    """Return how far a sentence is what its document says of itself in short: its conclusion, its results, else any of its abstract."""
    if record.section.zone is not Zone.ABSTRACT:
        return 0.0
    found = _SUMS_UP.search(record.section.title)
    return 0.3 if found is None else 1.0 if found.group(1) else 0.6


def _coverage(record: SentenceRecord, document: DocumentRecord, asked: Asked) -> float:
    if not asked.terms:
        return 0.5
    heading = record.section.title if record.section.level > 1 else ""
    held = content_terms(record.sentence.text) | _terms_of_name(heading) | _terms_of_name(document.metadata.label)
    return sum(idf for term, idf in asked.terms if term in held) / asked.total_idf


@lru_cache(maxsize=32_768)
def _terms_of_name(text: str) -> frozenset[str]:
    """Return the terms of a heading or label, which many sentences share."""
    return frozenset(content_terms(text))


@lru_cache(maxsize=32_768)
def _on_manifestation(text: str, lexicon: Lexicon) -> bool:
    return lexicon.on_manifestation(text)
