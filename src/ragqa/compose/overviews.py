"""What an overview of treatment shows of research: each trial's main result, the strongest first, with a harm and a limit of the studies shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import SITUATIONS
from ragqa.compose.headings import heading_key
from ragqa.compose.selection import repeats
from ragqa.settings import ComposeSettings
from ragqa.types import DocumentKind, Facet, Tier

LEAST_FIT = 0.3
LADDER = (
    DocumentKind.SYSTEMATIC_REVIEW,
    DocumentKind.RANDOMISED_TRIAL,
    DocumentKind.COHORT,
    DocumentKind.REGISTRY,
    DocumentKind.CASE_CONTROL,
    DocumentKind.CASE_SERIES,
    DocumentKind.CASE_REPORT,
)
"""Designs by the strength of what they show of a treatment, strongest first; any other is weaker."""
LIMITS = "evidence-gap"
"""Key of the heading of what limits the evidence."""
SAYS_LIMIT = 0.85
"""Weight of its facet from which on a statement says what the evidence lacks."""
LEAST_LIMIT = 0.03
"""Estimate that it must reach."""
SAYS_HARM = 0.6
"""Weight of its facet from which on a statement tells of harm."""
MOST_HARMS = 3
"""Studies of which an overview tells a harm."""
TELLS_ONSET = 0.5
"""Weight of its facet from which on a result tells how many get a disease, or who."""
ONGOING = "ongoing"
"""Key of the heading of studies under way."""
RESULTS = "outcome"
"""Key of the heading of treatment results."""
_OF_ANOTHER = re.compile(r"\b(?:an? (?:earlier|previous|separate)|another) (?:[\w-]+ )?(?:series|study|trial|cohort|report|analysis)\b", re.IGNORECASE)
"""What tells of a study that a paper only quotes."""
_AT_SECOND_HAND = re.compile(
    r"\b(?:taken|given|reported|known|cited)\b[^.;]*\breviews?\b|\bsecondary (?:summary|source)|\bprimary (?:article|publication)|\bnumbers\b[^.;]*\bdiffer\b",
    re.IGNORECASE,
)
"""What tells of reports of a study: where they come from, that their figures differ."""
_COURSE = frozenset({"progression", "prognosis"})
"""Keys of the headings of how a disease goes on."""
_BEFORE = re.compile(r"\b(?:before|prior to|preceding)\b", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|since|follow\w*)\b", re.IGNORECASE)


def near_the_best(pool: Sequence[Candidate], candidates: Sequence[Candidate], asked: Asked, settings: ComposeSettings) -> list[Candidate]:
    """Return what an overview shows of research: recommendations carry it, so a study has to come near the best of all.

    In an overview of everything it is measured against the best study; where one situation of treatment is asked for, against guidelines too.
    What a treatment achieved is never as near to "how is it treated" as what is given, so results are measured against the best result alone, and
    those of trials in the people asked about, or in a kind of them, against none.
    """
    pool = [candidate for candidate in pool if not (candidate.features["off_manifestation"] or _tells_who(candidate))]
    rivals = candidates if asked.guideline_headings else pool
    top = max((candidate.score for candidate in rivals if candidate.tier in DIRECT), default=0.0)
    best_result = max((candidate.score for candidate in pool if heading_key(candidate) == RESULTS), default=0.0)
    least = settings.overview_cut * top
    # What to begin with, and what not to use, is asked of guidelines.
    least_result = least if asked.situation else settings.overview_results * best_result

    def least_of(candidate: Candidate) -> float:
        of_trial = _is_of_trial(candidate) and candidate.tier is not Tier.BROADER
        if heading_key(candidate) != RESULTS:
            return 0.0 if of_trial and heading_key(candidate) == ONGOING and _is_of_situation(candidate, asked) else least
        return 0.0 if of_trial and not asked.situation else least_result

    return [candidate for candidate in pool if candidate.score >= least_of(candidate)]


def _tells_who(candidate: Candidate) -> bool:
    """Whether a statement tells who gets worse, whatever is given: an overview of treatment is not asked for that."""
    tags = candidate.record.sentence.tags
    return heading_key(candidate) in _COURSE and tags.weight(Facet.RISK_FACTOR) >= TELLS_ONSET and not tags.drugs


def is_on_treatment(candidate: Candidate, asked: Asked) -> bool:
    """Whether a result is one of a treatment to come; what else was measured, was so before it, or who gets the disease on it, is no part of an overview."""
    tags, text = candidate.record.sentence.tags, candidate.record.sentence.text
    drugs = set(tags.drugs) or set(tags.topic_drugs)
    counts = tags.weight(Facet.EPIDEMIOLOGY) >= TELLS_ONSET and not tags.weight(Facet.PROGNOSIS)
    if counts or (tags.weight(Facet.RISK_FACTOR) >= TELLS_ONSET and not tags.outcomes):
        return False
    return bool(drugs) and not drugs <= asked.given and not (_BEFORE.search(text) and not _AFTER.search(text))


def without_single_patients(results: Sequence[Candidate]) -> list[Candidate]:
    """Return results without those in one patient where a trial has any: what happened once stands for nobody."""
    if not any(map(_is_of_trial, results)):
        return list(results)
    return [each for each in results if each.document.metadata.kind is not DocumentKind.CASE_REPORT and each.record.sentence.tags.n != 1]


def in_situation(results: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the results of studies in the situation of treatment asked about, all where it names none: those of others are not of that situation.

    Where none was, the strongest study at any stage may help one that goes on; a rapid course is a disease of its own.
    """
    if SITUATIONS.isdisjoint(asked.query.facets):
        return list(results)
    own = [each for each in results if _is_of_situation(each, asked)]
    if own or Facet.RAPIDLY_PROGRESSIVE in asked.query.facets:
        return own
    strongest = min(results, key=strength, default=None)
    return [each for each in results if strongest is not None and _study_of(each) == _study_of(strongest)]


def _is_of_situation(candidate: Candidate, asked: Asked) -> bool:
    return not SITUATIONS.intersection(asked.query.facets).isdisjoint(candidate.document.situations)


def main_results(results: Sequence[Candidate], chosen: Sequence[Candidate], most: int, settings: ComposeSettings) -> list[Candidate]:
    """Return the main result of each study, the result that it reports first: by strength of design, then by number of patients.

    How near the wording of a subgroup's result comes to "how is it treated" says nothing; trials come before series, and no study tells twice. A
    study of what stronger ones were of already gives way to one of another treatment. Of a group, its own trials and the strongest of each of its
    kinds come first.
    """
    first: dict[object, Candidate] = {}
    for candidate in sorted(results, key=lambda each: each.record.row):
        first.setdefault(_study_of(candidate), candidate)
    ranked = sorted(first.values(), key=strength)
    # A trial in a kind of the group shows more than a series in people of all kinds.
    leading = _leading_trials(ranked)
    told = {_treatments_of(each) for each in leading}
    new: list[Candidate] = []
    more: list[Candidate] = []
    for candidate in (each for each in ranked if each not in leading):
        drugs = _treatments_of(candidate)
        (more if drugs in told else new).append(candidate)
        told.add(drugs)
    found: list[Candidate] = []
    for candidate in (*leading, *new, *more):
        if len(found) < most and not any(repeats(candidate, other, settings) for other in (*chosen, *found)):
            found.append(candidate)
    return found


def _leading_trials(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return the trials in a group itself and the strongest in each of its kinds, from results by strength; none where no kind has a trial."""
    trials = [each for each in ranked if _is_of_trial(each)]
    of_kinds: dict[tuple[str, ...], Candidate] = {}
    for candidate in (each for each in trials if each.tier is Tier.CHILD):
        of_kinds.setdefault(candidate.record.sentence.tags.populations, candidate)
    return [*(each for each in trials if each.tier is Tier.EXACT), *of_kinds.values()] if of_kinds else []


def _treatments_of(candidate: Candidate) -> tuple[str, ...]:
    return candidate.record.sentence.tags.drugs or candidate.record.sentence.tags.topic_drugs


def harms_of_studies(results: Sequence[Candidate], harms: Sequence[Candidate]) -> list[Candidate]:
    """Return what each of the strongest studies with a result reports of harm by its treatments to the same people, the likeliest statement of each."""
    found: list[Candidate] = []
    for result in sorted(results, key=strength):
        drugs = {*result.record.sentence.tags.drugs, *result.record.sentence.tags.topic_drugs}
        own = [each for each in harms if are_of_one_study(each, result) and not drugs.isdisjoint(each.record.sentence.tags.drugs)]
        own = [each for each in own if set(each.record.sentence.tags.populations) <= set(result.record.sentence.tags.populations)]
        found += sorted(own, key=lambda each: (-each.score, each.record.row))[:1]
    return found[:MOST_HARMS]


def limits_of(pool: Sequence[Candidate], chosen: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return what limits the evidence: first that on the disease as a whole, then that of studies whose results are shown, one each, none of any other.

    The weakest study needs it most. Where no study tells anything, what the evidence lacks is the answer.
    """
    pool = _limits_in(pool, chosen or pool)
    found = [each for each in pool if each.score >= LEAST_LIMIT and each.tier is Tier.EXACT and not each.record.sentence.tags.trials][:1]
    for result in sorted((each for each in chosen if heading_key(each) == RESULTS), key=strength, reverse=True):
        found += _limits_on(result, [each for each in pool if each not in found], chosen)[: most - len(found)][:1]
    return found


def limits_beside(pool: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the chief limit of the strongest study that has results and no limit among the chosen."""
    limited = [each for each in chosen if each.record.sentence.tags.weight(Facet.EVIDENCE_GAP) >= SAYS_LIMIT]
    for result in sorted((each for each in chosen if heading_key(each) == RESULTS), key=strength):
        own = _limits_on(result, _limits_in(pool, chosen), chosen)
        if own and not any(are_of_one_study(each, result) for each in limited):
            return own[:1]
    return []


def _limits_in(pool: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return what says a limit of a document that something is chosen of, the likeliest first: what is not told needs no limit."""
    documents = {each.record.document_id for each in chosen}
    limits = [each for each in pool if each.record.sentence.tags.weight(Facet.EVIDENCE_GAP) >= SAYS_LIMIT]
    return sorted((each for each in limits if each.record.document_id in documents), key=lambda each: (-each.score, each.record.row))


def _limits_on(result: Candidate, limits: Sequence[Candidate], chosen: Sequence[Candidate]) -> list[Candidate]:
    """Return the limits of the study of a result, not of how it became known: first those of what is chosen of it."""
    if _OF_ANOTHER.search(result.record.sentence.text):
        return []
    told = {name for each in chosen if are_of_one_study(each, result) for name in _measured(each)}
    own = [each for each in limits if are_of_one_study(each, result) and not _AT_SECOND_HAND.search(each.record.sentence.text)]
    return sorted(own, key=lambda each: not told.issuperset(_measured(each)))


def _measured(candidate: Candidate) -> tuple[str, ...]:
    return (*candidate.record.sentence.tags.outcomes, *candidate.record.sentence.tags.tests)


def strength(candidate: Candidate) -> tuple[object, ...]:
    """Return what orders results: the population asked about, the design of their study, its patients, the estimate."""
    kind, n = candidate.document.metadata.kind, candidate.record.sentence.tags.n or 0
    design = LADDER.index(kind) if kind in LADDER else len(LADDER)
    return (candidate.tier is not Tier.EXACT, design, -n, -candidate.score, candidate.record.row)


def _is_of_trial(candidate: Candidate) -> bool:
    return candidate.document.metadata.kind is DocumentKind.RANDOMISED_TRIAL


def are_of_one_study(one: Candidate, other: Candidate) -> bool:
    """Whether two statements are on one study: trials that both name, else their document."""
    mine, theirs = one.record.sentence.tags.trials, other.record.sentence.tags.trials
    return mine == theirs if mine and theirs else one.record.document_id == other.record.document_id


def _study_of(candidate: Candidate) -> object:
    """Return the trials that a statement is on, else its document."""
    return candidate.record.sentence.tags.trials or candidate.record.document_id


def tells_harm(candidate: Candidate) -> bool:
    """Whether a statement tells of harm."""
    return candidate.record.sentence.tags.weight(Facet.SAFETY) >= SAYS_HARM
