"""The research section: study results by facet, the best evidence of each, and indirect evidence in a closed block of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragqa.compose.anchors import speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import SITUATIONS
from ragqa.compose.headings import RESEARCH_HEADINGS, cap_of, heading_key
from ragqa.compose.selection import above_cut, on_the_point, repeats, select_diverse
from ragqa.settings import ComposeSettings
from ragqa.text.comparisons import weighs
from ragqa.types import DocumentKind, Facet, Tier

LEAST_FIT = 0.3
ENOUGH_DIRECT = 3
"""With this many direct statements no indirect evidence is shown."""
COMPARES = 0.5
"""A comparison is answered by statements on both treatments where the best of these comes this near to the best of all."""
MOST_INDIRECT = 2
LADDER = (
    DocumentKind.SYSTEMATIC_REVIEW,
    DocumentKind.RANDOMISED_TRIAL,
    DocumentKind.COHORT,
    DocumentKind.REGISTRY,
    DocumentKind.CASE_SERIES,
    DocumentKind.CASE_REPORT,
)
"""Designs by the strength of what they show of a treatment, strongest first; any other is weaker."""
LEAST_OF_SERIES = 2
"""Lines of a table that are shown for the rest to be."""
MOST_OF_SERIES = 6
ALIKE = 0.7
"""Share of the words of the shorter line of a table that the other holds, too."""
_WORD = re.compile(r"[a-z]{3,}")
_BEFORE = re.compile(r"\b(?:before|prior to|preceding)\b", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|since|follow\w*)\b", re.IGNORECASE)
_ARMS = re.compile(
    r"\b(?:(?:both|two|the|either|other|treatment|study|control|comparator) (?:treatment |study )?(?:arms?|groups?|regimens?|treatments)|controls?)\b",
    re.IGNORECASE,
)
_OF_ONE_ARM = frozenset({"safety", "prognosis", "evidence-gap"})
LIMITS = "evidence-gap"
"""Key of the heading of what limits the evidence."""
SAYS_LIMIT = 0.85
"""Weight of its facet from which on a statement says what the evidence lacks."""
LEAST_LIMIT = 0.03
"""Estimate that it must reach."""
SAYS_HARM = 0.6
"""Weight of its facet from which on a statement tells of harm."""
SUBGROUPS = 2
"""Results of a study that are shown for its first to be."""
MOST_HARMS = 3
"""Studies of which an overview tells a harm."""
TELLS_ONSET = 0.5
"""Weight of its facet from which on a result tells how many get a disease, or who."""
RESULTS = "outcome"
"""Key of the heading of treatment results."""


def choose_research(asked: Asked, candidates: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return the research statements of an answer, best first; the headings order them for display."""
    pool = [candidate for candidate in candidates if not candidate.is_guideline and candidate.tier in DIRECT]
    if Facet.EPIDEMIOLOGY in asked.query.facets:
        pool, candidates = on_the_point(pool, pool), on_the_point(candidates, pool)
    if asked.query.is_comparison and len(asked.query.drugs) > 1 and weighs(asked.query.interpreted):
        both = _on_all(pool, asked.query.drugs)
        best = max((candidate.score for candidate in pool), default=0.0)
        if max((candidate.score for candidate in both), default=0.0) >= COMPARES * best:
            # The harms of one arm are part of the comparison, as its results alone are not.
            pool = [candidate for candidate in pool if candidate in both or heading_key(candidate) in _OF_ONE_ARM]
    every = pool
    pool = _near_the_best(pool, candidates, asked, settings) if asked.is_overview else above_cut(pool, candidates, asked, settings)
    if asked.query.populations and any(candidate.tier is Tier.EXACT for candidate in pool):
        # Where the asked population has evidence of its own, evidence on the wider group only adds what that does not.
        pool = [candidate for candidate in pool if candidate.tier is not Tier.BROADER] if asked.is_overview else pool
    if asked.is_overview:
        documents = _of_situation(pool, asked)
        pool = [each for each in pool if heading_key(each) != RESULTS or _is_on_treatment(each, asked)]
        pool = [each for each in pool if heading_key(each) != RESULTS or documents is None or each.record.document_id in documents]
    under: dict[str, list[Candidate]] = {}
    for candidate in pool:
        under.setdefault(heading_key(candidate), []).append(candidate)
    chosen: list[Candidate] = []
    for heading in RESEARCH_HEADINGS:
        most, before = cap_of(heading, asked), len(chosen)
        if asked.is_overview and heading.key == RESULTS:
            chosen += _main_results(under.get(RESULTS, ()), chosen, most, settings)
            continue
        if asked.is_overview and heading.key == LIMITS:
            chosen += _limits(every, chosen, most)
            continue
        for share, least in _shares(under.get(heading.key, ()), asked, most):
            chosen += select_diverse(share, min(least, most - len(chosen) + before), settings, chosen, seek_treatments=asked.is_overview)
    ranked = sorted(chosen, key=lambda candidate: (-candidate.score, candidate.record.row))
    most = settings.max_overview_statements if asked.is_overview else settings.max_statements
    kept: dict[int, Candidate] = {}
    for share, least in _shares(ranked, asked, most):
        new = [each for each in share if each.record.row not in kept]
        kept |= {each.record.row: each for each in new[: min(least, most - len(kept))]}
    if not asked.is_overview:
        kept |= {each.record.row: each for each in _whole_results(list(kept.values()), pool, settings)}
    kept |= {each.record.row: each for each in _rest_of_series(list(kept.values()), every)}
    kept |= {each.record.row: each for each in _harms(list(kept.values()), every, asked, settings)}
    ranked = sorted(kept.values(), key=lambda candidate: (-candidate.score, candidate.record.row))
    # Of studies, the strongest first, whatever else they tell.
    return sorted(ranked, key=lambda each: (0, *_strength(each)) if heading_key(each) == RESULTS else (1,)) if asked.is_overview else ranked


def _is_on_treatment(candidate: Candidate, asked: Asked) -> bool:
    """Whether a result is one of a treatment to come; what else was measured, was so before it, or who gets the disease on it, is no part of an overview."""
    tags, text = candidate.record.sentence.tags, candidate.record.sentence.text
    drugs = set(tags.drugs) or set(tags.topic_drugs)
    counts = tags.weight(Facet.EPIDEMIOLOGY) >= TELLS_ONSET and not tags.weight(Facet.PROGNOSIS)
    if counts or (tags.weight(Facet.RISK_FACTOR) >= TELLS_ONSET and not tags.outcomes):
        return False
    return bool(drugs) and not drugs <= asked.given and not (_BEFORE.search(text) and not _AFTER.search(text))


def _of_situation(pool: Sequence[Candidate], asked: Asked) -> set[str] | None:
    """Return the documents that speak of the situation of treatment asked about, None where none is: results of others are not of that situation."""
    situations = SITUATIONS.intersection(asked.query.facets)
    if not situations:
        return None
    return {each.record.document_id for each in pool if any(each.record.sentence.tags.weight(facet) >= LEAST_FIT for facet in situations)}


def _main_results(results: Sequence[Candidate], chosen: Sequence[Candidate], most: int, settings: ComposeSettings) -> list[Candidate]:
    """Return the main result of each study, the result that it reports first: by strength of design, then by number of patients.

    How near the wording of a subgroup's result comes to "how is it treated" says nothing; trials come before series, and no study tells twice. A
    study of what stronger ones were of already gives way to one of another treatment.
    """
    first: dict[object, Candidate] = {}
    for candidate in sorted(results, key=lambda each: each.record.row):
        first.setdefault(_study_of(candidate), candidate)
    told: set[tuple[str, ...]] = set()
    new: list[Candidate] = []
    more: list[Candidate] = []
    for candidate in sorted(first.values(), key=_strength):
        drugs = candidate.record.sentence.tags.drugs or candidate.record.sentence.tags.topic_drugs
        (more if drugs in told else new).append(candidate)
        told.add(drugs)
    found: list[Candidate] = []
    for candidate in (*new, *more):
        if len(found) < most and not any(repeats(candidate, other, settings) for other in (*chosen, *found)):
            found.append(candidate)
    return found


def _whole_results(shown: Sequence[Candidate], pool: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return the result that a study reports first where several of its others are shown: subgroups are not told without the whole."""
    results = [each for each in shown if heading_key(each) == RESULTS]
    found: list[Candidate] = []
    for document_id in dict.fromkeys(each.record.document_id for each in results):
        own = [each for each in results if each.record.document_id == document_id]
        first = min((each for each in pool if each.record.document_id == document_id and heading_key(each) == RESULTS), key=lambda each: each.record.row)
        if len(own) >= SUBGROUPS and not any(repeats(first, other, settings) for other in shown):
            found.append(first)
    return found


def _harms(shown: Sequence[Candidate], pool: Sequence[Candidate], asked: Asked, settings: ComposeSettings) -> list[Candidate]:
    """Return the likeliest harm of the asked treatments, from a study shown if there is one, where only what they achieved is: a choice weighs both.

    In an overview, of each of the strongest studies shown.
    """
    if asked.is_overview:
        return _harms_of_studies([each for each in shown if heading_key(each) == RESULTS], [each for each in pool if _tells_harm(each) and each not in shown])
    query = asked.query
    gained = any(each.record.sentence.tags.polarity > 0 and heading_key(each) == RESULTS for each in shown)
    if not (query.drugs and Facet.TREATMENT in query.facets and gained) or asked.outcomes or asked.studies or any(map(_tells_harm, shown)):
        return []
    best = max(each.score for each in shown)
    documents = {each.record.document_id for each in shown}
    on_it = [each for each in pool if _tells_harm(each) and not asked.drug_names.isdisjoint(each.record.sentence.tags.drugs)]
    likely = [each for each in on_it if each.score >= settings.whole_cut * best]
    return sorted(likely, key=lambda each: (each.record.document_id not in documents, -each.score, each.record.row))[:1]


def _harms_of_studies(results: Sequence[Candidate], harms: Sequence[Candidate]) -> list[Candidate]:
    """Return what each of the strongest studies with a result reports of harm by its treatments, the likeliest statement of each."""
    found: list[Candidate] = []
    for result in sorted(results, key=_strength):
        drugs = {*result.record.sentence.tags.drugs, *result.record.sentence.tags.topic_drugs}
        own = [each for each in harms if _are_of_one_study(each, result) and not drugs.isdisjoint(each.record.sentence.tags.drugs)]
        own = [each for each in own if each.tier is result.tier and not each.features["other_populations"]]
        found += sorted(own, key=lambda each: (-each.score, each.record.row))[:1]
    return found[:MOST_HARMS]


def _tells_harm(candidate: Candidate) -> bool:
    return candidate.record.sentence.tags.weight(Facet.SAFETY) >= SAYS_HARM


def _rest_of_series(shown: Sequence[Candidate], pool: Sequence[Candidate]) -> list[Candidate]:
    """Return what a document says in the same words of other kinds of the asked people, where more than one line of such a table is shown.

    A table of five diseases without the sixth reads as if it were complete.
    """
    lines = [each for each in shown if each.tier is Tier.CHILD]
    rows = {each.record.row for each in shown}
    rest: list[Candidate] = []
    for candidate in (each for each in pool if each.tier is Tier.CHILD and each.record.row not in rows and not each.features["off_manifestation"]):
        told = {line.record.sentence.tags.populations for line in (*lines, *rest) if _are_of_series(candidate, line)}
        if len(told) >= LEAST_OF_SERIES and candidate.record.sentence.tags.populations not in told and len(rest) < MOST_OF_SERIES:
            rest.append(candidate)
    return rest


def _are_of_series(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences of one document say one thing of different diseases: all words alike but the names, in brackets or not, and the figures."""
    mine, theirs = one.record.sentence.tags, other.record.sentence.tags
    if one.record.document_id != other.record.document_id or mine.facets[:1] != theirs.facets[:1] or mine.populations == theirs.populations:
        return False
    words, others = (set(_WORD.findall(each.record.sentence.text.lower())) for each in (one, other))
    return (mine.outcomes, mine.drugs) == (theirs.outcomes, theirs.drugs) and len(words & others) >= ALIKE * min(len(words), len(others))


def _limits(pool: Sequence[Candidate], chosen: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return what limits the evidence: first that on the disease as a whole, then that of studies whose results are shown, one each, none of any other.

    The weakest study needs it most.
    """
    pool = [each for each in pool if each not in chosen and each.record.sentence.tags.weight(Facet.EVIDENCE_GAP) >= SAYS_LIMIT]
    pool = sorted(pool, key=lambda each: (-each.score, each.record.row))
    found = [each for each in pool if each.score >= LEAST_LIMIT and each.tier is Tier.EXACT and not each.record.sentence.tags.trials][:1]
    for result in sorted((each for each in chosen if heading_key(each) == RESULTS), key=_strength, reverse=True):
        own = [each for each in pool if each not in found and _are_of_one_study(each, result)]
        found += own[: most - len(found)][:1]
    return found


def _are_of_one_study(one: Candidate, other: Candidate) -> bool:
    """Whether two statements are on one study: trials that both name, else their document."""
    mine, theirs = one.record.sentence.tags.trials, other.record.sentence.tags.trials
    return mine == theirs if mine and theirs else one.record.document_id == other.record.document_id


def _study_of(candidate: Candidate) -> object:
    """Return the trials that a statement is on, else its document."""
    return candidate.record.sentence.tags.trials or candidate.record.document_id


def _strength(candidate: Candidate) -> tuple[object, ...]:
    """Return what orders results: the population asked about, the design of their study, its patients, the estimate."""
    kind, n = candidate.document.metadata.kind, candidate.record.sentence.tags.n or 0
    design = LADDER.index(kind) if kind in LADDER else len(LADDER)
    return (candidate.tier is not Tier.EXACT, design, -n, -candidate.score, candidate.record.row)


def _shares(candidates: Sequence[Candidate], asked: Asked, most: int) -> Iterator[tuple[Sequence[Candidate], int]]:
    """Yield candidates with how many of them may be taken: of each of several named studies an equal share first, then any.

    The study that says most must not crowd out the other. Of studies that a place stands for, one may be all that is meant.
    """
    if len(asked.named_studies) > 1:
        for study in (study for study in asked.studies if study in asked.named_studies):
            yield [each for each in candidates if speaks_of(each.record, each.document, [study])], most // len(asked.named_studies)
    yield candidates, most


def _on_all(pool: Sequence[Candidate], drugs: Sequence[str]) -> list[Candidate]:
    """Return the statements that compare the treatments: those that name all, and of their documents those that name one and call another an arm."""
    naming = {candidate.record.row for candidate in pool if set(drugs) <= set(candidate.record.sentence.tags.drugs)}
    comparing = {candidate.record.document_id for candidate in pool if candidate.record.row in naming}

    def tells_of_arms(candidate: Candidate) -> bool:
        tags, text = candidate.record.sentence.tags, candidate.record.sentence.text
        return candidate.record.document_id in comparing and not set(drugs).isdisjoint((*tags.drugs, *tags.topic_drugs)) and bool(_ARMS.search(text))

    return [candidate for candidate in pool if candidate.record.row in naming or tells_of_arms(candidate)]


def _near_the_best(pool: Sequence[Candidate], candidates: Sequence[Candidate], asked: Asked, settings: ComposeSettings) -> list[Candidate]:
    """Return what an overview shows of research: recommendations carry it, so a study has to come near the best of all.

    In an overview of everything it is measured against the best study; where one situation of treatment is asked for, against guidelines too.
    What a treatment achieved is never as near to "how is it treated" as what is given, so results are measured against the best result alone, and
    those of trials in just the people asked about against none.
    """
    pool = [candidate for candidate in pool if not candidate.features["off_manifestation"]]
    rivals = candidates if asked.guideline_headings else pool
    top = max((candidate.score for candidate in rivals if candidate.tier in DIRECT), default=0.0)
    best_result = max((candidate.score for candidate in pool if heading_key(candidate) == RESULTS), default=0.0)
    least = settings.overview_cut * top
    # What to begin with, and what not to use, is asked of guidelines.
    least_result = least if asked.situation else settings.overview_results * best_result

    def least_of(candidate: Candidate) -> float:
        if heading_key(candidate) != RESULTS:
            return least
        of_trial = candidate.document.metadata.kind is DocumentKind.RANDOMISED_TRIAL and candidate.tier is Tier.EXACT
        return 0.0 if of_trial and not asked.situation else least_result

    return [candidate for candidate in pool if candidate.score >= least_of(candidate)]


def choose_indirect(asked: Asked, candidates: Sequence[Candidate], direct: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return at most two statements on the asked treatment in sibling populations, and only where direct evidence is thin."""
    if len(direct) >= ENOUGH_DIRECT or not (asked.query.populations and asked.query.drugs):
        return []
    pool = [
        candidate
        for candidate in candidates
        if candidate.tier is Tier.SIBLING and not candidate.is_guideline and candidate.facet_fit >= LEAST_FIT and candidate.score >= settings.indirect_floor
    ]
    return select_diverse(pool, MOST_INDIRECT, settings, direct)
