"""The stance of guidelines on the treatments that a question names, shown beside what is likely to be its answer."""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.advice import (
    fits_situation,
    is_against,
    is_for_others,
    is_for_others_alone,
    is_on_it_alone,
    is_on_it_itself,
    is_stance,
    rank,
    recommends,
    treatments_advised,
)
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import DIRECT, Candidate
from ragqa.compose.facets import leading_facet
from ragqa.compose.headings import heading_key, main_facet
from ragqa.compose.selection import FITS
from ragqa.types import Facet, Tier, states_scope

ASKS_STANCE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
"""What a question on a treatment asks where the stance of guidelines belongs in the answer; beside a dose or a harm it is off the point."""
NO_GUIDELINE = "No guideline statement in this library answers the question directly."
MOST_CAUTIONS = 3
LEAST_OF_CAUTION = 0.06
"""Estimate that a caution must reach to be shown beside another."""
_CAUTIONS = frozenset({"safety", "dosing"})
"""Headings of what to mind with a treatment."""
_OF_FACET = 0.5
"""Weight from which on a statement is about a facet."""
MOST_STANCES = 2
"""Recommendations on an asked treatment for the asked population that are shown whatever the question asks about it."""


def on_harms(pool: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return a pool without what tells nothing of harms where nothing but the harms of named treatments is asked, and something tells of them.

    What a treatment achieved, and advice to give it, is no answer, and what comes near it by its other words must not set the measure.
    """
    if asked.studies or not asked.query.drugs or set(asked.query.facets) != {Facet.SAFETY}:
        return list(pool)
    telling = [each for each in pool if each.facet_fit >= FITS or _bears_on_harms(each) or (is_against(each) and is_on_it_itself(each, asked))]
    return telling if any(each.tier in DIRECT and each.facet_fit >= FITS for each in telling) else list(pool)


def _bears_on_harms(candidate: Candidate) -> bool:
    """Whether a statement tells of deaths, or how far what is known of harms can be trusted."""
    tags = candidate.record.sentence.tags
    return tags.weight(Facet.PROGNOSIS) >= _OF_FACET or (leading_facet(tags) is Facet.EVIDENCE_GAP and tags.weight(Facet.SAFETY) > 0)


def for_focus(pool: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return what an answer to one question may show: what is likely enough, and the stance of guidelines on the asked treatment."""
    stances = sorted((each for each in pool if is_stance(each, asked)), key=rank)
    facets = set(asked.query.facets)
    if facets and not ASKS_STANCE & facets:
        if Facet.OUTCOME in facets and not asked.studies:
            stances = _of_efficacy(stances, asked)
        else:
            # Advice against a treatment tells something of its harms; nothing else does, nor that of a harm asked about by name.
            tells = Facet.SAFETY in facets and not asked.outcomes
            stances = [each for each in stances if tells and is_against(each) and is_on_it_itself(each, asked)]
    # What is "for others only" tells the asked most where nothing is advised for them, and nothing where the same document advises against it.
    own = [each for each in stances if not is_for_others(each, asked)]
    against = {advice for each in own if is_against(each) for advice in treatments_advised(each)}
    likely = [each for each in likely if not (is_for_others_alone(each, asked) and against.issuperset(treatments_advised(each)))]
    stances = own or stances
    sides = _for_each_compared(stances, likely, asked)
    if any(each.tier is Tier.EXACT for each in stances):
        stances = [each for each in stances if each.tier is Tier.EXACT]
    unsaid = [each for each in stances if each not in likely]
    more = [*sides, *unsaid[: max(MOST_STANCES - (len(stances) - len(unsaid)), 0)], *_cautions(pool, likely, asked), *scopes_of(pool, asked)]
    return [*likely, *{each.record.row: each for each in more if each not in likely}.values()]


def _cautions(pool: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the likeliest that guidelines say of the harms and doses of an asked treatment in just the asked, beside what is shown of these: three in all.

    A reason told with the question ("risk of renal crisis") makes one of them much the likeliest, and the rest are no less of use.
    """
    if not ASKS_STANCE & set(asked.query.facets):
        return []
    telling = [each for each in pool if each.tier is Tier.EXACT and heading_key(each) in _CAUTIONS and is_on_it_alone(each, asked)]
    shown = [each for each in telling if each in likely]
    left = [each for each in telling if each not in likely and each.score >= LEAST_OF_CAUTION and not is_for_others(each, asked)]
    return left[: max(MOST_CAUTIONS - len(shown), 0)] if shown else []


def _of_efficacy(stances: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the first stance against an asked treatment and the first that is not, of those on just the asked if there are any.

    Whether a treatment works must not be told without the advice not to give it, nor this without its other side and, where treatments are compared,
    without that on the other; advice to give it adds nothing to what it did.
    """
    own = [each for each in stances if not is_for_others(each, asked) and is_on_it_itself(each, asked) and main_facet(each) in ASKS_STANCE]
    own = [each for each in own if each.tier is Tier.EXACT] or own
    against = next((each for each in own if is_against(each)), None)
    if against is None:
        return []
    named = asked.drug_names.intersection(against.record.sentence.tags.drugs)
    other_side = [each for each in own if not is_against(each) and named.issubset(each.record.sentence.tags.drugs)]
    compared = [each for each in own if asked.query.is_comparison and named.isdisjoint(each.record.sentence.tags.drugs)]
    return [against, *other_side[:1], *compared[:1]]


def scopes_of(pool: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return what says that a guideline leaves the asked population out, where treatment is asked for: its advice is then not shown."""
    if not ASKS_STANCE & set(asked.query.facets):
        return []
    return [each for each in pool if states_scope(each.record.sentence.tags) and asked.is_any_in(each.document.out_of_scope)]


def nothing_direct(pool: Sequence[Candidate], asked: Asked) -> str:
    """Return what an answer says that shows no guideline statement: whether guidelines are silent on the asked treatment, or advise on it all the same.

    Where it is asked what treatment does and none is named, advice on any for the asked counts.
    """
    seeks_any = not asked.query.drugs and not {*ASKS_STANCE, Facet.OUTCOME}.isdisjoint(asked.query.facets)

    def is_advice(each: Candidate) -> bool:
        on_any = seeks_any and recommends(each) and fits_situation(each, asked) and main_facet(each) in ASKS_STANCE and not each.features["off_manifestation"]
        return each.is_guideline and each.tier is Tier.EXACT and (on_any or is_stance(each, asked)) and not is_for_others(each, asked)

    current = [each for each in pool if is_advice(each) and not each.document.metadata.superseded_by]
    named = sorted((asked.drug_names | asked.drug_classes).intersection(drug for each in current for drug in each.record.sentence.tags.drugs))
    issuers = list(dict.fromkeys(each.document.metadata.label for each in sorted(current, key=rank)))
    return f"{NO_GUIDELINE[:-1]}; on {_listed(named or ['treatment'])} there is advice of the {_listed(issuers)}." if current else NO_GUIDELINE


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _for_each_compared(stances: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the first stance on each of several treatments compared on which nothing is shown: advice on one of them reads as a verdict."""
    drugs = asked.query.drugs if asked.query.is_comparison and len(asked.query.drugs) > 1 else ()
    names = [asked.members.get(drug, frozenset()) | {drug} for drug in drugs]
    on_each = [next((each for each in (*likely, *stances) if not which.isdisjoint(each.record.sentence.tags.drugs)), None) for which in names]
    return [each for each in on_each if each is not None]
