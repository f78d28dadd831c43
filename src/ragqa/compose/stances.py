"""The stance of guidelines on the treatments that a question names, shown beside what is likely to be its answer."""

from __future__ import annotations

from collections.abc import Sequence

from ragqa.compose.advice import is_against, is_for_others, is_for_others_alone, is_on_it_alone, is_stance, rank, treatments_advised
from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.types import Facet, Tier, states_scope

ASKS_STANCE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
"""What a question on a treatment asks where the stance of guidelines belongs in the answer; beside a dose or a harm it is off the point."""
NO_GUIDELINE = "No guideline statement in this library answers the question directly."
MOST_STANCES = 2
"""Recommendations on an asked treatment for the asked population that are shown whatever the question asks about it."""


def for_focus(pool: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return what an answer to one question may show: what is likely enough, and the stance of guidelines on the asked treatment."""
    stances = sorted((each for each in pool if is_stance(each, asked)), key=rank)
    if asked.query.facets and not ASKS_STANCE & set(asked.query.facets):
        # Advice against a treatment tells something of its harms; nothing else does.
        stances = [each for each in stances if is_against(each) and Facet.SAFETY in asked.query.facets and is_on_it_alone(each, asked)]
    # What is "for others only" tells the asked most where nothing is advised for them, and nothing where the same document advises against it.
    own = [each for each in stances if not is_for_others(each, asked)]
    against = {advice for each in own if is_against(each) for advice in treatments_advised(each)}
    likely = [each for each in likely if not (is_for_others_alone(each, asked) and against.issuperset(treatments_advised(each)))]
    stances = own or stances
    sides = _for_each_compared(stances, likely, asked)
    if any(each.tier is Tier.EXACT for each in stances):
        stances = [each for each in stances if each.tier is Tier.EXACT]
    unsaid = [each for each in stances if each not in likely]
    more = [*sides, *unsaid[: max(MOST_STANCES - (len(stances) - len(unsaid)), 0)], *scopes_of(pool, asked)]
    return [*likely, *{each.record.row: each for each in more if each not in likely}.values()]


def scopes_of(pool: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return what says that a guideline leaves the asked population out, where treatment is asked for: its advice is then not shown."""
    if not ASKS_STANCE & set(asked.query.facets):
        return []
    return [each for each in pool if states_scope(each.record.sentence.tags) and asked.is_any_in(each.document.out_of_scope)]


def nothing_direct(pool: Sequence[Candidate], asked: Asked) -> str:
    """Return what an answer says that shows no guideline statement: whether guidelines are silent on the asked treatment, or advise on it all the same."""
    advice = [each for each in pool if each.is_guideline and each.tier is Tier.EXACT and is_stance(each, asked) and not is_for_others(each, asked)]
    current = [each for each in advice if not each.document.metadata.superseded_by]
    named = sorted((asked.drug_names | asked.drug_classes).intersection(drug for each in current for drug in each.record.sentence.tags.drugs))
    issuers = list(dict.fromkeys(each.document.metadata.label for each in sorted(current, key=rank)))
    return f"{NO_GUIDELINE[:-1]}; on {_listed(named)} there is advice of the {_listed(issuers)}." if current else NO_GUIDELINE


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _for_each_compared(stances: Sequence[Candidate], likely: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Return the first stance on each of several treatments compared on which nothing is shown: advice on one of them reads as a verdict."""
    drugs = asked.query.drugs if asked.query.is_comparison and len(asked.query.drugs) > 1 else ()
    names = [asked.members.get(drug, frozenset()) | {drug} for drug in drugs]
    on_each = [next((each for each in (*likely, *stances) if not which.isdisjoint(each.record.sentence.tags.drugs)), None) for which in names]
    return [each for each in on_each if each is not None]
