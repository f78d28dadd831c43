"""The research section: study results by facet, the best evidence of each, and indirect evidence in a closed block of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragqa.compose.anchors import content_terms, speaks_of
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import SITUATIONS
from ragqa.compose.headings import RESEARCH_HEADINGS, cap_of, heading_key, heading_of
from ragqa.compose.overviews import (
    LEAST_FIT,
    LIMITS,
    MOST_HARMS,
    RESULTS,
    are_of_one_study,
    harms_of_studies,
    in_situation,
    is_on_treatment,
    limits_beside,
    limits_of,
    main_results,
    near_the_best,
    strength,
    tells_harm,
    without_single_patients,
)
from ragqa.compose.selection import FITS, above_cut, on_the_point, repeats, select_diverse
from ragqa.settings import ComposeSettings
from ragqa.text.comparisons import weighs
from ragqa.types import Facet, SentenceRecord, Tier

ENOUGH_DIRECT = 3
"""With this many direct statements no indirect evidence is shown."""
LEAST_OF_ASKED = 0.06
"""Estimate from which on a statement under a heading asked for is shown where there are not that many."""
COMPARES = 0.5
"""A comparison is answered by statements on both treatments where the best of these comes this near to the best of all."""
WIDER = 0.6
"""Share of the best on just the asked that a statement on a wider group must then reach."""
MOST_INDIRECT = 2
LEAST_OF_SERIES = 2
"""Lines of a table that are shown for the rest to be."""
MOST_OF_SERIES = 6
"""Lines that are added to those of one document."""
CRITERIA = "definition"
"""Key of the heading of what counts as a disease."""
ALIKE = 0.7
"""Share of the words of the shorter line of a table that the other holds, too."""
_WORD = re.compile(r"[a-z]{3,}")
_CODE = re.compile(r"(?=.*\d)[a-z]+.*")
"""An analysed term with letters and figures, which names a marker ("ro52") where its slot holds all of a kind."""
_ARMS = re.compile(
    r"\b(?:(?:both|two|the|either|other|treatment|study|control|comparator) (?:treatment |study )?(?:arms?|groups?|regimens?|treatments)|controls?)\b",
    re.IGNORECASE,
)
_NO_TREATMENT = re.compile(r"\b(?:placebo|sham|untreated|no treatment|standard (?:of )?care)\b", re.IGNORECASE)
_COUNTED = frozenset({Facet.EPIDEMIOLOGY, Facet.PROGNOSIS})
"""Facets that are told of people with the organ asked about, or of all with the disease; what a treatment does, it does to the person."""
_TRIED = frozenset({Facet.OUTCOME, Facet.SAFETY})
_OF_ONE_ARM = frozenset({"safety", "prognosis", "evidence-gap"})
SUBGROUPS = 2
"""Results of a study that are shown for its first to be."""


def choose_research(asked: Asked, candidates: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return the research statements of an answer, best first; the headings order them for display."""
    pool = [candidate for candidate in candidates if not candidate.is_guideline and candidate.tier in DIRECT]
    if not (_COUNTED.isdisjoint(asked.query.facets) or asked.query.drugs):
        pool, candidates = on_the_point(pool, pool), on_the_point(candidates, pool)
    limits = pool
    if asked.query.is_comparison and len(asked.query.drugs) > 1 and weighs(asked.query.interpreted):
        both = _on_all(pool, asked.query.drugs)
        best = max((candidate.score for candidate in pool), default=0.0)
        if max((candidate.score for candidate in both), default=0.0) >= COMPARES * best:
            # The harms of one arm are part of the comparison, as its results alone are not.
            pool = [each for each in pool if each in both or (heading_key(each) in _OF_ONE_ARM and not _is_against_another(each, asked))]
    every = pool
    pool = near_the_best(pool, candidates, asked, settings) if asked.is_overview else above_cut(pool, candidates, asked, settings)
    if asked.query.populations and any(candidate.tier is Tier.EXACT for candidate in pool):
        # Where the asked population has evidence of its own, evidence on the wider group only adds what that does not.
        pool = [candidate for candidate in pool if candidate.tier is not Tier.BROADER] if asked.is_overview else pool
    if asked.query.populations and not asked.is_overview:
        pool = [*_without_wider(pool), *_results_in_wider(every, pool, asked, settings)]
    if asked.is_broad and not asked.is_overview:
        pool = [*pool, *_least_of_asked(every, pool, asked)]
    if asked.is_overview:
        results = [each for each in pool if heading_key(each) == RESULTS and is_on_treatment(each, asked)]
        pool = [*(each for each in pool if heading_key(each) != RESULTS), *without_single_patients(in_situation(results, asked))]
    under: dict[str, list[Candidate]] = {}
    for candidate in pool:
        under.setdefault(heading_key(candidate), []).append(candidate)
    chosen: list[Candidate] = []
    for heading in RESEARCH_HEADINGS:
        most, before = cap_of(heading, asked), len(chosen)
        if asked.is_overview and heading.key == RESULTS:
            chosen += main_results(under.get(RESULTS, ()), chosen, most, settings)
            continue
        if asked.is_overview and heading.key == LIMITS:
            chosen += limits_of(every, chosen, most)
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
    kept |= {each.record.row: each for each in _rest_of_series(list(kept.values()), every, asked)}
    kept |= {each.record.row: each for each in _rest_of_criteria(list(kept.values()), every)}
    kept |= {each.record.row: each for each in _harms(list(kept.values()), every, asked, settings)}
    if _weighs_evidence(asked):
        kept |= {each.record.row: each for each in limits_beside(limits, list(kept.values()))}
    ranked = sorted(kept.values(), key=lambda candidate: (-candidate.score, candidate.record.row))
    # Of studies, the strongest first, whatever else they tell.
    return sorted(ranked, key=lambda each: (0, *strength(each)) if heading_key(each) == RESULTS else (1,)) if asked.is_overview else ranked


def _weighs_evidence(asked: Asked) -> bool:
    """Whether a question asks if named treatments work or are safe: how far the answer can be trusted is then part of it."""
    facets = set(asked.query.facets)
    return (
        bool(asked.query.drugs)
        and not (asked.is_pointed or asked.seeks_detail)
        and not facets.isdisjoint(_TRIED)
        and facets <= {*_TRIED, *SITUATIONS, Facet.TREATMENT, Facet.PROGNOSIS}
    )


def _without_wider(pool: Sequence[Candidate]) -> list[Candidate]:
    """Return a pool without statements on a wider group where enough under their heading are on just the asked, and likelier."""
    exact: dict[str, list[float]] = {}
    for candidate in pool:
        if candidate.tier is Tier.EXACT:
            exact.setdefault(heading_key(candidate), []).append(candidate.score)
    enough = {key: max(scores) for key, scores in exact.items() if len(scores) >= ENOUGH_DIRECT}
    return [each for each in pool if each.tier is not Tier.BROADER or each.score >= WIDER * enough.get(heading_key(each), 0.0)]


def _least_of_asked(every: Sequence[Candidate], pool: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the likeliest statements under each heading asked for that a pool has few of, on just the asked and on the point.

    One statement in nearly the words of the question makes the others no less an answer.
    """
    found: list[Candidate] = []
    for key in dict.fromkeys(heading_of(facet) for facet in asked.query.facets):
        fitting = [each for each in every if heading_key(each) == key and each.tier is Tier.EXACT and each.facet_fit >= FITS and each.score >= LEAST_OF_ASKED]
        fitting = [each for each in fitting if not each.features["off_manifestation"] and each not in pool]
        found += fitting[: max(ENOUGH_DIRECT - sum(heading_key(each) == key for each in pool), 0)]
    return found


def _results_in_wider(every: Sequence[Candidate], pool: Sequence[Candidate], asked: Asked, settings: ComposeSettings) -> list[Candidate]:
    """Return the results on the asked treatments or marker in a group that holds the asked, where there is none in just them, that a pool lacks.

    They are measured against each other: that a guideline names the very disease makes them no less the best evidence there is.
    """
    results = [each for each in every if _is_result_asked(each, asked)]
    if any(each.tier is not Tier.BROADER for each in results):
        return []
    least = max([settings.score_floor, *(settings.score_cut * each.score for each in results)])
    return [each for each in results if each.score >= least and each.facet_fit >= LEAST_FIT and each not in pool]


def _is_result_asked(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement is a result of the treatments whose worth is asked about, or tells of the marker that is asked about by name."""
    tags = candidate.record.sentence.tags
    if asked.query.drugs:
        return _weighs_evidence(asked) and heading_key(candidate) == RESULTS and not asked.drug_names.isdisjoint(tags.drugs)
    codes = {term for term, _ in asked.terms if _CODE.fullmatch(term)}
    return not asked.tests.isdisjoint(tags.tests) and not codes.isdisjoint(content_terms(candidate.record.sentence.text))


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

    In an overview, or where harm is asked about, of each of the strongest studies shown.
    """
    query, harms = asked.query, [each for each in pool if tells_harm(each) and each not in shown]
    if asked.is_overview:
        return harms_of_studies([each for each in shown if heading_key(each) == RESULTS], harms)
    if query.drugs and Facet.SAFETY in query.facets and not asked.studies:
        likely = [each for each in harms if each.score >= settings.score_floor]
        found = harms_of_studies([each for each in shown if not any(tells_harm(other) and are_of_one_study(other, each) for other in shown)], likely)
        return found if asked.outcomes or asked.is_pointed or query.is_comparison else [*found, *_harms_elsewhere(likely, [*shown, *found], asked)][:MOST_HARMS]
    gained = any(each.record.sentence.tags.polarity > 0 and heading_key(each) == RESULTS for each in shown)
    if not (query.drugs and Facet.TREATMENT in query.facets and gained) or asked.outcomes or asked.studies or any(map(tells_harm, shown)):
        return []
    best = max(each.score for each in shown)
    documents = {each.record.document_id for each in shown}
    on_it = [each for each in pool if tells_harm(each) and not asked.drug_names.isdisjoint(each.record.sentence.tags.drugs)]
    likely = [each for each in on_it if each.score >= settings.whole_cut * best]
    return sorted(likely, key=lambda each: (each.record.document_id not in documents, -each.score, each.record.row))[:1]


def _harms_elsewhere(harms: Sequence[Candidate], shown: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return of each study that nothing shown tells a harm of the likeliest harm of the asked treatments: one study's list is not what is known."""
    found: list[Candidate] = []
    on_it = [each for each in harms if each.tier is Tier.EXACT and not asked.drug_names.isdisjoint(each.record.sentence.tags.drugs)]
    for harm in sorted(on_it, key=lambda each: (-each.score, each.record.row)):
        told = (other for other in (*shown, *found) if tells_harm(other))
        if harm.score >= LEAST_OF_ASKED and not any(are_of_one_study(harm, other) for other in told):
            found.append(harm)
    return found


def _rest_of_series(shown: Sequence[Candidate], pool: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return what a document says in the same words of other kinds of the asked people, where more than one line of such a table is shown.

    A table of five diseases without the sixth reads as if it were complete. Of a disease asked about beside its group one line is enough.
    """
    lines = [each for each in shown if asked.spans_kinds or each.tier is Tier.CHILD]
    rows = {each.record.row for each in shown}
    rest: list[Candidate] = []
    for candidate in (each for each in pool if each.tier is Tier.CHILD and each.record.row not in rows and not each.features["off_manifestation"]):
        told = {line.record.sentence.tags.populations for line in (*lines, *rest) if _are_of_series(candidate, line)}
        is_one_more = len(told) >= (1 if asked.spans_kinds else LEAST_OF_SERIES) and candidate.record.sentence.tags.populations not in told
        if is_one_more and sum(each.record.document_id == candidate.record.document_id for each in rest) < MOST_OF_SERIES:
            rest.append(candidate)
    return rest


def _rest_of_criteria(shown: Sequence[Candidate], pool: Sequence[Candidate]) -> list[Candidate]:
    """Return what stands between criteria that are shown, in their source: a list with a hole reads as if it were complete."""
    rest: list[Candidate] = []
    for candidate in (each for each in pool if heading_key(each) == CRITERIA and each not in shown):
        record = candidate.record
        listed = [each.record.row for each in shown if heading_key(each) == CRITERIA and _are_of_one_list(each.record, record)]
        if listed and min(listed) < record.row < max(listed):
            rest.append(candidate)
    return rest[:MOST_OF_SERIES]


def _are_of_one_list(one: SentenceRecord, other: SentenceRecord) -> bool:
    return (one.document_id, one.section.ordinal) == (other.document_id, other.section.ordinal)


def _are_of_series(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences of one document say one thing of different diseases: all words alike but the names, in brackets or not, and the figures."""
    mine, theirs = one.record.sentence.tags, other.record.sentence.tags
    if one.record.document_id != other.record.document_id or mine.facets[:1] != theirs.facets[:1] or mine.populations == theirs.populations:
        return False
    words, others = (set(_WORD.findall(each.record.sentence.text.lower())) for each in (one, other))
    return (mine.outcomes, mine.drugs) == (theirs.outcomes, theirs.drugs) and len(words & others) >= ALIKE * min(len(words), len(others))


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


def _is_against_another(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement sets one of the treatments compared against none of them: another comparison, whose figures would be taken for this one."""
    tags = candidate.record.sentence.tags
    named = asked.drug_names & set(tags.drugs)
    return bool(named) and (not set(tags.drugs) <= asked.drug_names | asked.drug_classes or _NO_TREATMENT.search(candidate.record.sentence.text) is not None)


def choose_indirect(asked: Asked, candidates: Sequence[Candidate], direct: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return at most two statements on the asked treatment in sibling populations, and only where direct evidence is thin.

    The main result of each study comes before anything else that it tells.
    """
    direct = [each for each in direct if heading_key(each) != LIMITS]
    if len(direct) >= ENOUGH_DIRECT or not (asked.query.populations and asked.query.drugs):
        return []
    siblings = [each for each in candidates if each.tier is Tier.SIBLING and not each.is_guideline and each.facet_fit >= LEAST_FIT]
    pool = [each for each in siblings if each.score >= settings.indirect_floor]
    documents = {each.record.document_id for each in pool if heading_key(each) == RESULTS}
    results = [each for each in siblings if each.facet_fit >= FITS and heading_key(each) == RESULTS and each.record.document_id in documents]
    main = main_results(results, direct, MOST_INDIRECT, settings)
    return [*main, *select_diverse(pool, MOST_INDIRECT - len(main), settings, [*direct, *main])]
