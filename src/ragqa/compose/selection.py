"""Which candidates become statements: no repetition, the best first, within caps.

Greedy maximal marginal relevance with a strict notion of repetition. Two statements repeat each other when they are close in meaning
and agree in drugs, direction and figures, or when one is a guideline's second sentence on an intervention whose recommendation is
already shown. Repeats are left out, not merged, unless their contents agree word for word in substance.
Source of the rule: Carbonell and Goldstein, SIGIR 1998 (MMR).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from ragqa.compose.anchors import content_terms
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import NEAR, leading_facet
from ragqa.compose.headings import heading_key
from ragqa.settings import ComposeSettings
from ragqa.text.figures import counts_of, figures_of, is_among
from ragqa.text.print_references import drop_references
from ragqa.types import Facet, Tags, Tier, Zone

REPEATS_COSINE = 0.8
RETOLD_COSINE = 0.7
RETOLD_FIGURES = 2
"""Figures that two sentences of one paper share where one tells the result of the other again."""
SHARED_CONTENT = 0.6
"""Share of the shorter statement's content words that the other must hold, so that near in meaning is not taken for the same."""
SHARED_CONTENT_OF_ADVICE = 1.0
NOVELTY_WEIGHT = 0.28
NEW_TREATMENT = 0.25
SURELY = 0.8
"""Estimate of the best statement from which on it is surely an answer."""
SHARE_IF_UNSURE = 0.6
"""How much of the usual share of the best suffices where the best is none: with 1, dev lost .01 of the vital facts for .01 more of useful statements."""
SHARE_OF_ITSELF = 0.6
"""Share of the best that a guideline must reach where it speaks of itself, unasked: of its evidence, its history, how it was made."""
NEARLY = 0.75
"""Share of the best from which on a statement counts as about as good, where no facet tells what is asked."""
_OF_DOSE = 0.5
"""Weight of the facet from which on a statement gives a dose."""
_EXCEPTION = re.compile(r"\b(?:other than|except(?:ing)?|without|excluding|apart from|not)\b", re.IGNORECASE)
_OF_FACET = 0.5
"""Weight from which on a statement is about a facet."""
SERVES = 0.6
"""How near another facet must be (`facets.NEAR`) for its statements to serve a question about this one."""
SHARE_OF_OTHERS = 0.15
"""Of 100 statements of named studies below this share of the best, on other results than were asked for, three were of use and none vital."""
_OF_ITSELF = frozenset({Facet.EVIDENCE_GAP, Facet.BACKGROUND})
_GOES_WITH_ANY = frozenset({Facet.DESIGN, Facet.EVIDENCE_GAP})
FITS = 0.6
ENOUGH_ON_IT = 2
"""With this many statements that fit what is asked, about the organ asked about, none on another is shown."""
_NUMBER = re.compile(r"\d+(?:[.,·]\d+)*")


def above_cut(pool: Sequence[Candidate], candidates: Sequence[Candidate], asked: Asked, settings: ComposeSettings, *, surely: bool = False) -> list[Candidate]:
    """Return the candidates of a pool that are likely enough, in themselves and beside the best direct candidate of the question.

    A study asked for by name has few statements, and a reader wants what it has on the point; an overview shows a little of everything: their cut is
    lower. Whether there is an answer at all is asked of what is `surely` likely, and not of what is shown beside it.
    """
    whole = bool(asked.studies) or asked.is_overview
    share = settings.whole_cut if whole else settings.score_cut
    top = max((candidate.score for candidate in candidates if candidate.tier is not Tier.SIBLING), default=0.0)
    least = share * top if whole else max(settings.score_floor, share * top)
    # Where nothing is surely right, what comes second, on what is asked, is nearly as likely to be it.
    least_fitting = least if whole or surely else max(settings.score_floor, share * top * (SHARE_IF_UNSURE + (1 - SHARE_IF_UNSURE) * min(top / SURELY, 1.0)))
    if not (whole or asked.query.facets or asked.query.drugs or asked.query.anchors):
        return _of_words(pool, candidates, asked, settings)
    least_dose = min(least, settings.whole_cut * top)

    def least_of(candidate: Candidate) -> float:
        if _states_asked_dose(candidate, asked):
            return least_dose
        if asked.studies:
            return max(least, _share_of_others(candidate, asked, settings) * top)
        if not whole and candidate.is_guideline and (main := leading_facet(candidate.record.sentence.tags)) in _OF_ITSELF and main not in asked.query.facets:
            return max(least, SHARE_OF_ITSELF * top)
        return least if candidate.is_guideline and candidate.facet_fit < FITS else least_fitting

    return [candidate for candidate in pool if candidate.score >= least_of(candidate)]


def _share_of_others(candidate: Candidate, asked: Asked, settings: ComposeSettings) -> float:
    """Return the share of the best that a result of a named study must reach which is none of those asked for, 0 for any other statement.

    What a study was, and how far it can be trusted, goes with whatever is asked of it; its harms do not go with its entry criteria. Nor does what
    a guideline says of itself when it mentions the study.
    """
    tags, facets = candidate.record.sentence.tags, asked.query.facets
    main = leading_facet(tags)
    served = {main, *(near for near, weight in tags.facets if weight >= _OF_FACET)}
    if candidate.is_guideline:
        return settings.score_cut if main in _OF_ITSELF and main not in facets else 0.0
    if not facets or main in _GOES_WITH_ANY or any(NEAR.get(facet, {}).get(main, 0.0) >= SERVES for facet in facets):
        return 0.0
    if not served.isdisjoint(facets):
        return 0.0
    lacks_outcome = bool(asked.outcomes) and set(asked.outcomes).isdisjoint(tags.outcomes)
    return settings.score_cut if lacks_outcome else SHARE_OF_OTHERS


def _of_words(pool: Sequence[Candidate], candidates: Sequence[Candidate], asked: Asked, settings: ComposeSettings) -> list[Candidate]:
    """Return what is about as likely as the best where only the words of a question tell what it asks, or holds about as many of them."""
    direct = [candidate for candidate in candidates if candidate.tier is not Tier.SIBLING]
    top = max((candidate.score for candidate in direct), default=0.0)
    held = max((candidate.coverage for candidate in direct), default=0.0)
    likely = [each for each in pool if each.score >= max(settings.score_floor, settings.score_cut * top)]
    return [each for each in likely if each.score >= NEARLY * top or each.coverage >= NEARLY * held]


def _states_asked_dose(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement gives a dose of the treatment whose dose is asked for, to the asked or to all of their kind: there are never many."""
    tags = candidate.record.sentence.tags
    asks = Facet.DOSING in asked.query.facets and bool(asked.drug_names & set(tags.drugs))
    return asks and candidate.tier in (Tier.EXACT, Tier.BROADER) and tags.weight(Facet.DOSING) >= _OF_DOSE


def on_the_point(pool: Sequence[Candidate], among: Sequence[Candidate]) -> list[Candidate]:
    """Return a pool without statements on other organs where enough of some is on the one asked about: how common a disease is, is another question."""
    on_it = [each for each in among if not each.features["off_manifestation"] and each.tier in DIRECT and each.facet_fit >= FITS]
    return [each for each in pool if not each.features["off_manifestation"]] if len(on_it) >= ENOUGH_ON_IT else list(pool)


def select_diverse(
    candidates: Sequence[Candidate], limit: int, settings: ComposeSettings, chosen_before: Sequence[Candidate] = (), seek_treatments: bool = False
) -> list[Candidate]:
    """Return at most `limit` candidates, each by best trade-off of score and novelty against those chosen before it.

    With `seek_treatments`, as in an overview, a statement that names a treatment not yet spoken of gains by that.
    """
    chosen: list[Candidate] = []
    pool = list(candidates)
    top = max((candidate.score for candidate in pool), default=1.0)
    seen = list(chosen_before)
    # Likeness of each to the nearest of those seen, at least 0: what is unlike them all gains nothing by it.
    nearest = [max((0.0, *(float(candidate.vector @ other.vector) for other in seen))) for candidate in pool]
    while pool and len(chosen) < limit:
        named = {drug for other in seen for drug in other.record.sentence.tags.drugs} if seek_treatments else None
        best = max(range(len(pool)), key=lambda place: (_marginal(pool[place], top, nearest[place], named), -place))
        candidate = pool.pop(best)
        del nearest[best]
        if not any(repeats(candidate, other, settings) for other in seen):
            nearest = [max(likeness, float(other.vector @ candidate.vector)) for likeness, other in zip(nearest, pool, strict=True)]
            chosen.append(candidate)
            seen.append(candidate)
    return chosen


def repeats(one: Candidate, other: Candidate, settings: ComposeSettings) -> bool:
    """Whether a statement adds nothing to another: near in meaning, no drug or figure of its own, the same direction and populations."""
    if one.record.row == other.record.row:
        return True
    if "repetition" in settings.without:
        return False
    likeness = float(one.vector @ other.vector)
    if likeness >= RETOLD_COSINE and _is_retold(one, other):
        return True
    if likeness < REPEATS_COSINE:
        return False
    mine, theirs = one.record.sentence.tags, other.record.sentence.tags
    words, others = _content(one), _content(other)
    # Two recommendations may differ in the one word that matters, the test or the treatment.
    share = SHARED_CONTENT if mine.recommendation is None else SHARED_CONTENT_OF_ADVICE
    return (
        len(words & others) >= share * min(len(words), len(others))
        and _same_direction(mine, theirs)
        and set(mine.drugs) <= set(theirs.drugs)
        and set(mine.outcomes) <= set(theirs.outcomes)
        and set(mine.tests) == set(theirs.tests)
        and set(mine.excluded_populations) == set(theirs.excluded_populations)
        and heading_key(one) == heading_key(other)
        and _exceptions(one) == _exceptions(other)
        and _numbers(one) <= _numbers(other)
        and set(mine.populations) == set(theirs.populations)
    )


def _is_retold(one: Candidate, other: Candidate) -> bool:
    """Whether a paper gives a result once in its abstract and once in its text: the same treatments, at least two figures, and none of its own.

    Rounded figures and numbers in words are the same figures. Where the one shown holds no other figure either, one more adds nothing.
    """
    in_abstract = {each.record.section.zone is Zone.ABSTRACT for each in (one, other)}
    if one.record.document_id != other.record.document_id or len(in_abstract) == 1:
        return False
    (mine, my_counts), (theirs, their_counts) = _figures(one), _figures(other)
    shared = {figure for figure in mine if is_among(figure, theirs | their_counts)}
    of_one, of_other = set(one.record.sentence.tags.drugs), set(other.record.sentence.tags.drugs)
    if len(shared) < RETOLD_FIGURES:
        return False
    more = mine - shared
    adds_little = len(more) <= 1 and all(is_among(figure, mine | my_counts) for figure in theirs)
    return (not more and of_one <= of_other) or (adds_little and of_one == of_other)


def _marginal(candidate: Candidate, top: float, nearest: float, named: set[str] | None) -> float:
    """Return score against the best of the pool, less likeness to what was chosen: estimates may be small, likeness never is."""
    bonus = NEW_TREATMENT if named is not None and not named.issuperset(candidate.record.sentence.tags.drugs) else 0.0
    return bonus + (1 - NOVELTY_WEIGHT) * candidate.score / top - NOVELTY_WEIGHT * nearest


def _same_direction(mine: Tags, theirs: Tags) -> bool:
    one, other = mine.recommendation, theirs.recommendation
    if (one is None) != (other is None):
        return False
    return mine.polarity == theirs.polarity if one is None or other is None else (one.direction, one.strength) == (other.direction, other.strength)


def _content(candidate: Candidate) -> set[str]:
    """Return the content words of a statement without the name of its own source."""
    return set(content_terms(candidate.record.sentence.text) - content_terms(candidate.document.metadata.label))


def _exceptions(candidate: Candidate) -> set[str]:
    """Return the words by which a statement leaves something out: with and without them it says opposite things."""
    return {match.lower() for match in _EXCEPTION.findall(candidate.record.sentence.text)}


def _figures(candidate: Candidate) -> tuple[frozenset[Decimal], frozenset[Decimal]]:
    """Return the figures of a statement and its numbers in words, without those of references to figures and tables and of its document's name."""
    text = drop_references(candidate.record.sentence.text)[0].replace(candidate.document.metadata.label, " ")
    return figures_of(text), counts_of(text)


def _numbers(candidate: Candidate) -> set[str]:
    """Return the figures of a statement; the name of its own document, which may hold a year, is left out."""
    text = candidate.record.sentence.text.replace(candidate.document.metadata.label, " ")
    return set(_NUMBER.findall(text))
