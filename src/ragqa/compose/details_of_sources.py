"""Details of where something comes from and how much of it is given: an agency, a place, the phase of a trial, an amount of care."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.detail import FITS, Detail, is_from, is_on_it, places_named, with_drugs
from ragqa.compose.parts import Part
from ragqa.compose.premises import APPROVAL
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

_COUNTS = frozenset({Facet.EPIDEMIOLOGY, Facet.PROGNOSIS})
_EFFECTS = frozenset({Facet.OUTCOME, Facet.SAFETY})
_PATIENTS = re.compile(r"^\s+(?:patients?|people|participants|population|subgroup|subjects|men|women|centres)\b", re.IGNORECASE)
_THERE = re.compile(r"\bthere\b(?!\s+(?:is|are|was|were|any|be|a|an|evidence|data))(?<!is there)(?<!are there)", re.IGNORECASE)
_PHASE = re.compile(r"\bphase[- ](\d|I{1,3}|IV)(?:[ab]\b|/|\b)", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_HOW_MANY = re.compile(r"\bhow many ([a-z]+)(?:(?:,| and| or) (?:how many )?([a-z]+))?\b", re.IGNORECASE)
_NUMBER = r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|single)"
_NEAR_CARE = 60


def agencies_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the agencies whose approval of a drug is asked for: another's approval is not its own."""
    verbs = set(lexicon.data["outcomes"].get("approves", ())).intersection(part.text.lower().split())
    if not asked.query.drugs or not (verbs or APPROVAL in (*asked.outcomes, *part.outcomes)):
        return
    for agency in sorted(lexicon.agencies_in(part.text)):

        def holds(candidate: Candidate, agency: str = agency) -> bool:
            said, drugs = candidate.record.sentence.text, candidate.record.sentence.tags.drugs
            approves = any(mention.name == APPROVAL for mention in lexicon.outcomes_in(said))
            return approves and agency in lexicon.agencies_in(said) and not asked.drug_names.isdisjoint(drugs)

        yield Detail("agency", f"approval by the {agency}{with_drugs(asked, 'of')}", True, holds)


def places_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the places whose figures are asked for, or whose patients a treatment is asked about in."""
    counts = not _COUNTS.isdisjoint(part.facets)
    treated = bool(asked.query.drugs or asked.studies) and not _EFFECTS.isdisjoint(part.facets)
    # "My mother lives in that country. How common is it there?"
    text = asked.query.interpreted if _THERE.search(part.text) else part.text
    for place in {each.name: each for each in places_named(text, lexicon)}.values():
        # A place may be the name of the study asked about, and that holds it.
        if not ((counts and not asked.studies) or ((counts or treated) and _PATIENTS.match(text[place.end :]))):
            continue

        def holds(candidate: Candidate, name: str = place.name) -> bool:
            return is_from(candidate, name, lexicon) and (candidate.facet_fit >= FITS if counts else is_on_it(candidate, asked))

        yield Detail("place", f"{place.name} figures{'' if counts else with_drugs(asked)}", True, holds)


def phases_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the phase of a trial that is asked for and not named: the trial of another phase is another trial."""
    if asked.studies or not asked.query.drugs:
        return
    for wanted in dict.fromkeys(map(_phase, _PHASE.findall(part.text))):

        def holds(candidate: Candidate, wanted: str = wanted) -> bool:
            text = f"{candidate.record.sentence.text} {candidate.document.metadata.title}"
            return is_on_it(candidate, asked) and wanted in map(_phase, _PHASE.findall(text))

        yield Detail("phase", f"a phase {wanted} trial{with_drugs(asked, 'of')}", True, holds)


def amounts_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield how much of a care or a treatment is given, in units that are no dose: weeks, sessions, hours."""
    for match in _HOW_MANY.finditer(part.text):
        units = {unit for word in match.groups() if word for unit in lexicon.amounts.get(word.lower().removesuffix("s"), ())}
        near = part.text[match.end() : match.end() + _NEAR_CARE]
        if not units or not any(mention.name in asked.query.drugs for mention in lexicon.interventions_in(near)):
            continue
        amount = re.compile(
            rf"\b{_NUMBER}(?:\s?(?:[-–]|to|or)\s?{_NUMBER})?[\s-]+(?:[\w-]+\s+)?(?:{'|'.join(map(re.escape, sorted(units)))})s?\b", re.IGNORECASE
        )

        def holds(candidate: Candidate, amount: re.Pattern[str] = amount) -> bool:
            return is_on_it(candidate, asked) and amount.search(candidate.record.sentence.text) is not None

        words = " and ".join(word for word in match.groups() if word and word.lower().removesuffix("s") in lexicon.amounts)
        yield Detail("amount", f"the number of {words}{with_drugs(asked, 'of')}", True, holds)


def _phase(written: str) -> str:
    return _ROMAN.get(written.lower(), written)
