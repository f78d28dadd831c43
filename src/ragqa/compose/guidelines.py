"""The guidelines section: one card a recommendation, never merged across population, direction, strength or line of therapy.

Statements come from guidelines themselves; a guideline that a review quotes stays in the research section. In an overview each issuer
says one thing about each intervention under each heading: the recommendation itself, not the remarks around it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ragqa.compose.advice import (
    adds_to_given,
    direction_of,
    fits_situation,
    gives_again,
    is_added_to,
    is_against,
    is_condition,
    is_on_it_alone,
    is_other_half,
    is_unless_worse,
    rank,
    recommends,
    was_given,
)
from ragqa.compose.amounts import tells_interval
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, SPEAKS_FOR_GROUP, Candidate
from ragqa.compose.headings import GUIDELINE_HEADINGS, Heading, cap_of, heading_key, shown_under
from ragqa.compose.relevance import probability
from ragqa.compose.selection import above_cut, on_the_point, repeats
from ragqa.compose.stances import ASKS_STANCE, for_focus, scopes_of
from ragqa.settings import ComposeSettings
from ragqa.types import Direction, Facet, Tier

_REMARKS_COUNT = frozenset({"monitoring", "safety", "supportive-care"})
"""Headings under which a guideline's remarks are worth showing in an overview although they recommend nothing."""
_ONLY_EXACT = frozenset({"monitoring", "safety", "supportive-care"})
"""Headings under which an overview shows only what is said of the asked population itself."""
_COMBINES = re.compile(r"\b(?:combination|monotherapy|(?:double|dual|triple) therapy)\b", re.IGNORECASE)
_ON_TESTS = frozenset({"screening", "monitoring"})
"""Headings whose statements are on tests."""
_AS_LISTED = frozenset({"definition"})
"""Headings whose statements are parts of one list: criteria, numbered in their document."""
_ASKS_ADVICE = ASKS_STANCE | {Facet.MONITORING, Facet.SCREENING, Facet.DIAGNOSIS, Facet.DOSING}
AS_LIKELY = 0.8
"""Share of the best estimate from which on statements count as equally likely when they are ordered."""
MOST_OF_ONE_ISSUER = 14
"""Cards of one document under one heading, so that no issuer crowds out another."""
LEAST_OF_OVERVIEW = 0.1
"""Estimate that the best guideline statement must reach for the rest to be shown by rule: below it eight questions of eight asked something else."""
MOST_CONDITIONS = 2
"""Remarks on first-line advice in an overview."""


def choose_guidelines(asked: Asked, candidates: Sequence[Candidate], settings: ComposeSettings) -> list[Candidate]:
    """Return the guideline statements of an answer in display order.

    A recommendation for exactly the asked population comes before one for a broader one, a current guideline before a superseded one,
    and a recommendation before a remark. In an overview every recommendation for the population under a heading of care belongs in the
    answer, however it is worded; elsewhere the score decides.
    """
    pool = [each for each in candidates if each.is_guideline and each.tier in DIRECT and not is_unless_worse(each, asked)]
    pool = _on_what_is_treated(pool, asked)
    if asked.query.is_comparison and len(asked.query.drugs) > 1:
        pool = [each for each in pool if not recommends(each) or (is_on_it_alone(each, asked) and not is_added_to(each, asked))]
    pool = _with_asked_outcome(pool, candidates, asked, settings)
    rivals = candidates
    if Facet.EPIDEMIOLOGY in asked.query.facets:
        on_it = {each.record.row for each in on_the_point(candidates, candidates)}
        pool, rivals = (
            [each for each in some if each.record.row in on_it or not each.record.sentence.tags.weight(Facet.EPIDEMIOLOGY)] for some in (pool, rivals)
        )
    likely = above_cut(pool, rivals, asked, settings)
    least = max(settings.score_floor, settings.score_cut * max((each.score for each in rivals if each.tier in DIRECT), default=0.0))
    shown = _for_overview(pool, likely, asked, least) if asked.is_overview else for_focus(pool, likely, asked)
    shown += _other_halves(shown, pool, asked)
    caps = {heading.key: cap_of(heading, asked) for heading in GUIDELINE_HEADINGS}
    chosen: dict[str, list[Candidate]] = {}
    said: set[tuple[object, ...]] = set()
    for candidate in sorted(shown, key=rank):
        key = heading_key(candidate)
        held = chosen.setdefault(key, [])
        topic = _topic(candidate, key, asked)
        alike = [other for other in held if _kind(other) == _kind(candidate)]
        from_here = sum(other.document.document_id == candidate.document.document_id for other in alike)
        if (
            len(alike) < caps[key]
            and from_here < MOST_OF_ONE_ISSUER
            and not (asked.is_overview and topic in said)
            and not any(repeats(candidate, other, settings) for other in held)
        ):
            held.append(candidate)
            said.add(topic)
    ordered = [candidate for heading in GUIDELINE_HEADINGS for candidate in _in_display_order(heading, chosen.get(heading.key, ()), asked)]
    if asked.is_overview:
        return _shortened(ordered, settings.max_guideline_statements)
    best = sorted(ordered, key=lambda candidate: (-candidate.score, candidate.record.row))[: settings.max_statements]
    rows = {candidate.record.row for candidate in best}
    return [candidate for candidate in ordered if candidate.record.row in rows]


def _shortened(ordered: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return at most so many cards: the last of the fullest heading goes first, so that none loses its only one."""
    kept = list(ordered)
    while len(kept) > most:
        held = Counter(map(shown_under, kept))
        fullest = max(held, key=lambda key: held[key])
        kept.remove(next(each for each in reversed(kept) if shown_under(each) == fullest))
    return kept


def _on_what_is_treated(pool: list[Candidate], asked: Asked) -> list[Candidate]:
    """Return the pool without advice on other things where there is advice on just what is to be treated: skin drugs are no answer for Raynaud's."""
    on_it = {each.record.row for each in pool if recommends(each) and not set(asked.outcomes).isdisjoint(each.record.sentence.tags.outcomes)}
    return [each for each in pool if each.record.row in on_it or not recommends(each)] if asked.treats_outcome and on_it else pool


def _with_asked_outcome(pool: list[Candidate], candidates: Sequence[Candidate], asked: Asked, settings: ComposeSettings) -> list[Candidate]:
    """Return the pool without advice that says nothing of the outcome for which any treatment is sought, where a likely statement does."""
    if not asked.outcomes or asked.query.drugs or Facet.TREATMENT not in asked.query.facets or not asked.seeks_any:
        return pool

    def on_it(candidate: Candidate) -> bool:
        return not set(asked.outcomes).isdisjoint(candidate.record.sentence.tags.outcomes)

    told = any(on_it(each) for each in above_cut(candidates, candidates, asked, settings) if each.tier in DIRECT)
    return [each for each in pool if on_it(each) or not recommends(each)] if told else pool


def _for_overview(pool: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked, least: float) -> list[Candidate]:
    """Return what an overview may show: recommendations by rule, remarks where they count, and what states the condition of a recommendation.

    Where a heading holds something on exactly the asked population, statements on wider or narrower groups are left out of it. Where no situation
    is asked for, what is far below the best (`above_cut`) is left out, and where nothing comes near the question, no rule makes an answer of it.

    Args:
        pool: Guideline statements on the asked population.
        likely: Those of them that are likely enough for an overview.
        asked: The question.
        least: Estimate from which on a statement is likely enough for any other question.
    """
    shown = asked.guideline_headings
    scopes = scopes_of(pool, asked)
    nearness = _estimates(pool)
    if not shown and max((nearness[each.record.row] for each in likely), default=0.0) < LEAST_OF_OVERVIEW:
        nearest = [each for each in likely if each.score >= least]
        return [*nearest, *(each for each in scopes if each not in nearest)]
    # Advice for one situation, of which there is little, may be worded for a wider group; how to monitor goes with treatment and is worded otherwise.
    lowest = min((each.score for each in likely), default=0.0)
    near = {row for row, estimate in nearness.items() if estimate >= lowest}
    pool = [each for each in pool if shown or each.record.row in near or heading_key(each) in _ONLY_EXACT or _tells_regimen(each)]
    pool = [each for each in pool if (each.tier is Tier.EXACT or heading_key(each) not in _ONLY_EXACT) and not each.features["off_manifestation"]]
    by_rule = [each for each in pool if _is_wanted(each, shown)]
    by_rule += [each for each in pool if each not in by_rule and adds_to_given(each, asked)]
    exact = [each for each in by_rule if each.tier is Tier.EXACT]
    by_rule = [each for each in by_rule if each.tier is Tier.EXACT or not _is_said_of_asked(each, exact)]
    advised = {drug for each in by_rule for drug in each.record.sentence.tags.drugs}
    taken = {each.record.row for each in by_rule}
    conditions = sorted((each for each in pool if each.record.row not in taken and is_condition(each, advised, shown)), key=rank)
    others = [each for each in likely if heading_key(each) in shown and each.record.row not in taken and not recommends(each)]
    others = [each for each in others if each.tier is not Tier.CHILD or not _is_said_of_asked(each, exact)]
    # What the case failed on is no treatment for its failure.
    return [each for each in (*by_rule, *conditions[:MOST_CONDITIONS], *others, *scopes) if not gives_again(each, asked)]


def _is_wanted(candidate: Candidate, shown: frozenset[str]) -> bool:
    """Whether an overview of some headings, or of all, shows a statement by rule."""
    key = heading_key(candidate)
    counts = recommends(candidate) and (bool(shown) or key != "rapidly-progressive")
    return (counts or key in _REMARKS_COUNT or _tells_regimen(candidate)) and (not shown or key in shown)


def _tells_regimen(candidate: Candidate) -> bool:
    """Whether a statement tells how a rapid course is treated, and for whom otherwise: its many single options are for a question on it."""
    return heading_key(candidate) == "rapidly-progressive" and (not recommends(candidate) or _COMBINES.search(candidate.record.sentence.text) is not None)


def _estimates(pool: Sequence[Candidate]) -> dict[int, float]:
    """Return by row how near statements come to the question: those on a group as if on just the asked, where only a group is told what to begin with.

    That a guideline names the group, and the question one of its kinds, tells nothing of how near its advice is.
    """
    begins = [each for each in pool if direction_of(each) is Direction.FOR and heading_key(each) == "first-line" and not each.features["off_manifestation"]]
    other = Tier.BROADER if begins and not any(each.tier is Tier.EXACT for each in begins) else Tier.CHILD
    as_named = {"broader": 0.0, "child": 0.0, "same_populations": 1.0}
    return {each.record.row: probability({**each.features, **as_named}) if each.tier is other else each.score for each in pool}


def _is_said_of_asked(candidate: Candidate, exact: Sequence[Candidate]) -> bool:
    """Whether advice for a wider group or for some of the asked adds nothing to that for exactly the asked.

    It adds nothing where its document says the same of them on all it names. What is said of some of the asked counts only in a document that
    speaks of them all: one on these few would be another answer.
    """
    tags, key = candidate.record.sentence.tags, heading_key(candidate)
    own, names = [each for each in exact if heading_key(each) == key], {*tags.drugs, *tags.tests}
    of_document = [each for each in own if each.record.document_id == candidate.record.document_id]
    for_some = candidate.tier is Tier.CHILD
    if not names or not (recommends(candidate) or for_some) or (for_some and not of_document):
        return bool(own)
    if for_some:
        of_document = [each for each in of_document if _is_for_all(each, tags.populations)]
    cautions = for_some and not recommends(candidate)
    alike = [each for each in of_document if (recommends(each) if cautions else direction_of(each) is direction_of(candidate))]
    said = {name for each in alike for name in (*each.record.sentence.tags.drugs, *each.record.sentence.tags.tests)}
    return names <= said


def _is_for_all(candidate: Candidate, populations: Sequence[str]) -> bool:
    """Whether advice for a group is for some populations of it: it names the group as a whole, or each of them."""
    tags = candidate.record.sentence.tags
    named = len(tags.populations) < SPEAKS_FOR_GROUP or set(populations) <= set(tags.populations)
    return named and set(populations).isdisjoint(tags.excluded_populations)


def _other_halves(shown: Sequence[Candidate], pool: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the advice that a document gives other kinds of an asked group on what it advises some of them.

    "For four of the diseases" answers for the group, as long as what is said of the fifth, maybe the opposite, is said beside it.
    """
    if _ASKS_ADVICE.isdisjoint(asked.query.facets):
        return []
    for_some = [each for each in shown if each.tier is Tier.EXACT and set(each.record.sentence.tags.populations).isdisjoint(asked.query.populations)]
    rows = {each.record.row for each in shown}
    left = [each for each in pool if each.tier is Tier.CHILD and each.record.row not in rows and fits_situation(each, asked)]
    return [each for each in left if any(is_other_half(each, other) for other in for_some)]


def _in_display_order(heading: Heading, candidates: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the cards of one heading: in an overview, and where criteria are listed, as their document lists them; elsewhere by score.

    In an overview what is said of exactly the asked population comes first.
    """
    if not asked.is_overview and heading.key not in _AS_LISTED:
        best = max((candidate.score for candidate in candidates), default=0.0)
        if heading.key in _ON_TESTS and not asked.tests and asked.situation != "against":
            # What to do, and how often, comes before what is of no use.
            return sorted(candidates, key=lambda each: (is_against(each), not tells_interval(each), not recommends(each), -each.score, each.record.row))
        # Of what is about as likely, what to do comes before remarks, and these before what not to do.
        return sorted(candidates, key=lambda each: (each.score < AS_LIKELY * best, is_against(each), not recommends(each), -each.score, each.record.row))
    documents = list(dict.fromkeys(candidate.document.document_id for candidate in candidates))
    return sorted(
        candidates, key=lambda each: (documents.index(each.document.document_id), each.tier is not Tier.EXACT, was_given(each, asked), each.record.row)
    )


def _kind(candidate: Candidate) -> tuple[str, ...]:
    """Return the kind of the asked people that a card is for, empty where it is for all of them."""
    return candidate.record.sentence.tags.populations if candidate.tier is Tier.CHILD else ()


def _topic(candidate: Candidate, key: str, asked: Asked) -> tuple[object, ...]:
    """Return what a card is about: two cards of one topic in one overview would repeat each other."""
    tags = candidate.record.sentence.tags
    concerned = frozenset(tags.populations) & frozenset(asked.query.populations)
    strength = tags.recommendation.strength if tags.recommendation and len(asked.query.populations) > 1 else None
    # What is said of just the asked is another topic than what is said of their group.
    own = bool(concerned) and len(concerned) == len(tags.populations)
    # Advice for a kind of the asked people is another topic than advice for all, or for all but this kind.
    kind = _kind(candidate)
    without = frozenset(tags.excluded_populations) & frozenset(asked.query.excluded_populations)
    on: object = tags.drugs or candidate.record.row
    if _tells_regimen(candidate) and not recommends(candidate) and not asked.guideline_headings:
        # Of remarks on one regimen an overview of everything shows one for each kind of people.
        on, kind, without = key, tags.populations, frozenset(tags.excluded_populations)
    return (candidate.document.document_id, key, on, direction_of(candidate), concerned, strength, own, kind, without)
