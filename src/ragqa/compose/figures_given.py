"""How often something is found, as a sentence gives it: what was counted, among whom, and the figure.

Only figures that can stand beside those of another source are read: a share in per cent, or a rate per so many people, of one thing in one
population, without a treatment. A share of those who got better, a threshold, a horizon of survival or an arm of a trial is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragqa.text.lexicon import Lexicon, Mention

NEEDS_A_HORIZON = frozenset({"mortality"})
"""Outcome slots whose figures compare only at one time after one start (`outcomes.yaml`)."""
LEAST_RATIO = 1.5
LEAST_POINTS = 20.0
"""Two shares differ where one is half as much again as the other, or where they are so many points apart."""
_KEPT = 4096
_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_INTERVAL = rf"(?:\s*\(95\s?% CI:? {_NUMBER}\s?[-–]\s?{_NUMBER}\))?"
_SHARE = re.compile(rf"(?<![\d.–-]){_NUMBER}\s?%(?!\s?(?:CI\b|predicted|of (?:the )?(?:lung|total)|confidence)){_INTERVAL}")
_RATE = re.compile(rf"(?<![\d.–-]){_NUMBER}{_INTERVAL}\s+(?:cases )?per (million|\d[\d,]*)")
_FREQUENCY = re.compile(r"\b(incidence|prevalence)\b", re.IGNORECASE)
_THRESHOLD = re.compile(r"(?:[<>≥≤]=?|\b(?:more|less|fewer|greater|higher|lower) than|\b(?:above|below|at least|up to|by))\s*$", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:than|against|versus|vs|compared|progress\w* (?:of|over|in)|progressed over|worsen\w*|declin\w*|improv\w*|stable|extent|survival"
    r"|predict\w*|associat\w*|risk|hazard|odds|criteria"
    r"|sensitiv\w+|specific\w*|stopped|discontinu\w+|received|treated|due to|because)\b|(?<!coded )\bpatterns?\b",
    re.IGNORECASE,
)
"""Words of sentences whose shares say something else than how often a thing is found."""
_TURNED = re.compile(r"\b(?:progress|evolv|evolution|develop|differentiat|transition|turn)\w*\b", re.IGNORECASE)
_OTHER_DISEASE = re.compile(r"\b(?:another|differentiated|other)\b(?: \w+){0,2} (?:disease|disorder|CTD)\b", re.IGNORECASE)
_WOMEN = re.compile(r"\b(?:women|female)\b", re.IGNORECASE)
_SEX = re.compile(r"\b(?:sex|gender)\b", re.IGNORECASE)
_TO = re.compile(r"\bto (?:an? )?$", re.IGNORECASE)
_WITHIN = re.compile(r"(?:\b(?:in|with|among)\s+(?:\w+\s+){0,1}|[-–])$", re.IGNORECASE)
_OF_THEM = re.compile(r"^\)?\s*of (?:the |all )?(?:\w+ ){0,2}$", re.IGNORECASE)
_ATTACHED = re.compile(r"\)?[-–]\w")
_IN = re.compile(r"\b(?:in|of|with)\b")
_CLAUSE_END = re.compile(r"[;,]\s|\sand\s(?=(?:in|to|from)?\s?\d)")
_AT_START = re.compile(r"\bat (?:(?:the|study|first) )?(?:inclusion|baseline|entry|enrol\w*|presentation|diagnosis|start|onset|visit)\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:after|during|over|within)\b[^,;]{0,40}?\b(?:years?|months?|follow-up)\b|\bat (?:\d+ (?:years?|months?)|follow-up)\b", re.IGNORECASE)
TO_ANOTHER = "evolution to another disease"
WOMEN = "women"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `thing` among the people with `among`, in `unit` ("%" or "per 100,000"), with its 95 % interval where it is printed."""

    thing: str
    among: str
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    when: str = ""
    """"start" where it was counted when people came in, "later" where after years of them, "" where its sentence tells neither or both."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what a figure must share with another to be compared with it."""
        return (self.thing, self.among, self.unit)

    @property
    def written(self) -> str:
        """Return the figure as words."""
        return f"{self.value:g}{'' if self.unit == '%' else ' '}{self.unit}"


def differ(one: Figure, other: Figure) -> bool:
    """Whether two figures of one thing differ by more than chance and rounding explain: neither lies within the printed interval of the other."""
    low, high = sorted((one, other), key=lambda figure: figure.value)
    far = high.value >= LEAST_RATIO * low.value or (one.unit == "%" and high.value - low.value >= LEAST_POINTS)
    return far and not _holds(one, other.value) and not _holds(other, one.value)


def at_one_time(one: Figure, other: Figure) -> bool:
    """Whether two figures may be of one time: who has a thing at inclusion are fewer than who have got it after years."""
    return {one.when, other.when} != {"start", "later"}


def _holds(figure: Figure, value: float) -> bool:
    return figure.low is not None and figure.high is not None and figure.low <= value <= figure.high


def things_asked(question: str, on_manifestation: bool, lexicon: Lexicon) -> frozenset[str]:
    """Return what a question wants counted, by the names that figures go by; empty where it names nothing but the disease."""
    things = {mention.name for mention in lexicon.outcomes_in(question)} - set(lexicon.slots_of_facets)
    diseases = {mention.name for mention in lexicon.populations_in(question)} - {lexicon.manifestation}
    if _TURNED.search(question) and (len(diseases) > 1 or _OTHER_DISEASE.search(question)):
        things |= {TO_ANOTHER, *(f"evolution to {name}" for name in diseases)}
    if _WOMEN.search(question) or _SEX.search(question):
        things.add(WOMEN)
    if not things and on_manifestation:
        things.add(lexicon.manifestation)
    return frozenset(things) | {match.group(1).lower() for match in _FREQUENCY.finditer(question) if not things}


@lru_cache(maxsize=_KEPT)
def figures_in(text: str, lexicon: Lexicon) -> tuple[Figure, ...]:
    """Return the figures that a sentence gives; none where it compares, treats, or speaks of a change."""
    # The patterns first: most sentences give no such figure, and a look-up of names costs more.
    if not (("%" in text and _SHARE.search(text) and not _OTHERWISE.search(text)) or (" per " in text and _RATE.search(text))):
        return ()
    if lexicon.interventions_in(text):
        return ()
    populations = lexicon.populations_in(text)
    diseases = [mention for mention in populations if mention.name != lexicon.manifestation]
    if rate := _rate(text, diseases):
        return (rate,)
    if _OTHERWISE.search(text):
        return ()
    found: list[Figure] = []
    matches = [match for match in _SHARE.finditer(text) if not _THRESHOLD.search(text[: match.start()])]
    for place, match in enumerate(matches):
        until = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        start = max((end.end() for end in _CLAUSE_END.finditer(text, 0, match.start())), default=0)
        end = next((brk.start() for brk in _CLAUSE_END.finditer(text, match.end())), len(text))
        things = _things(text, start, end, match, populations, lexicon) or _things(text, 0, end, match, populations, lexicon)
        among = _among(text, match, until, diseases, things, lexicon)
        if len(things) == 1 and among:
            low, high = (float(group) if group else None for group in match.groups()[1:3])
            found.append(Figure(min(things), among, "%", float(match.group(1)), low, high, _when(text[start:end]) or _when(text)))
    # The first figure of a thing is its main one; a second is a part of it.
    return tuple({figure.key: figure for figure in reversed(found)}.values())


def _when(text: str) -> str:
    """Return whether a text tells of people as they came in or of what became of them, "" where of neither or both."""
    starts, later = bool(_AT_START.search(text)), bool(_LATER.search(text))
    return "" if starts == later else "start" if starts else "later"


def _rate(text: str, diseases: Sequence[Mention]) -> Figure | None:
    match, frequency = _RATE.search(text), _FREQUENCY.search(text)
    names = sorted({mention.name for mention in diseases})
    if match is None or frequency is None or len(names) != 1 or _THRESHOLD.search(text[: match.start()]):
        return None
    per = 1_000_000.0 if match.group(4) == "million" else float(match.group(4).replace(",", ""))
    value, low, high = (round(float(group or 0) * 100_000 / per, 4) for group in match.groups()[:3])
    return Figure(frequency.group(1).lower(), names[0], "per 100,000", value, low if match.group(2) else None, high if match.group(3) else None)


def _things(text: str, start: int, end: int, share: re.Match[str], populations: Sequence[Mention], lexicon: Lexicon) -> frozenset[str]:
    """Return what is counted between two places of a sentence, around a share."""
    part = text[start:end]
    before = [mention for mention in populations if start <= mention.start and mention.end <= share.start() and _TO.search(text[: mention.start])]
    if _TURNED.search(text[:end]):
        if _OTHER_DISEASE.search(part):
            return frozenset({TO_ANOTHER})
        if before:
            return frozenset({f"evolution to {before[-1].name}"})
    things = {
        mention.name
        for mention in lexicon.outcomes_in(part)
        if mention.name not in NEEDS_A_HORIZON and mention.name not in lexicon.slots_of_facets and not _is_denominator(text, start + mention.start, share)
    }
    things |= {
        mention.name
        for mention in populations
        if mention.name == lexicon.manifestation and start <= mention.start < end and not _is_denominator(text, mention.start, share)
    }
    if not things and _WOMEN.search(part):
        return frozenset({WOMEN})
    return frozenset() if things & lexicon.soft_outcomes else frozenset(things)


def _is_denominator(text: str, start: int, share: re.Match[str]) -> bool:
    """Whether a thing at a place is what the share is of: "in ILD, 5 % …", "30 % of new ILD", "MCTD-ILD"."""
    return bool(_WITHIN.search(text[:start])) or (start > share.end() and bool(_OF_THEM.match(text[share.end() : start])))


def _among(text: str, share: re.Match[str], until: int, diseases: Sequence[Mention], things: frozenset[str], lexicon: Lexicon) -> str | None:
    """Return the population of a share: the one that the sentence is on, else the one named right after the share; None where neither tells."""
    into = {mention.name for mention in diseases if _TO.search(text[: mention.start])}
    names = [mention for mention in diseases if mention.name not in into]
    if lexicon.manifestation in things:
        # Among people who all have it nobody counts it.
        names = [mention for mention in names if not _ATTACHED.match(text[mention.end :])]
    named = lexicon.without_ancestors(mention.name for mention in names)
    if len(named) == 1:
        return named[0]
    after = [mention.name for mention in names if share.end() <= mention.start < until and _IN.search(text[share.end() : mention.start])]
    return after[0] if after else None
