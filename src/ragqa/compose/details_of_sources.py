"""Details of where something comes from and how much of it is given: an agency, a place, the phase of a trial, an amount of care."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.detail import FITS, Detail, is_on_it, with_drugs
from ragqa.compose.parts import Part
from ragqa.compose.premises import APPROVAL
from ragqa.text.lexicon import Lexicon
from ragqa.text.places import places_in
from ragqa.types import Facet

_COUNTS = frozenset({Facet.EPIDEMIOLOGY, Facet.PROGNOSIS})
_PHASE = re.compile(r"\bphase[- ](\d|I{1,3}|IV)(?:[ab]\b|/|\b)", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_HOW_MANY = re.compile(r"\bhow many ([a-z]+)(?:(?:,| and| or) (?:how many )?([a-z]+))?\b", re.IGNORECASE)
_NUMBER = r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|single)"
_NEAR_CARE = 60


def agencies_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the agencies whose approval of a drug is asked for: another's approval is not its own."""
    if not asked.query.drugs or APPROVAL not in (*asked.outcomes, *part.outcomes):
        return
    for agency in sorted(lexicon.agencies_in(part.text)):

        def holds(candidate: Candidate, agency: str = agency) -> bool:
            said, drugs = candidate.record.sentence.text, candidate.record.sentence.tags.drugs
            approves = any(mention.name == APPROVAL for mention in lexicon.outcomes_in(said))
            return approves and agency in lexicon.agencies_in(said) and not asked.drug_names.isdisjoint(drugs)

        yield Detail("agency", f"approval by the {agency}{with_drugs(asked, 'of')}", True, holds)


def places_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the places whose figures are asked for."""
    if _COUNTS.isdisjoint(part.facets):
        return
    issuers = lexicon.organisations_in(part.text)
    named = [place for place in places_in(part.text, lexicon) if not any(issuer.start <= place.start < issuer.end for issuer in issuers)]
    for name in dict.fromkeys(place.name for place in named):

        def holds(candidate: Candidate, name: str = name) -> bool:
            metadata = candidate.document.metadata
            texts = (candidate.record.sentence.text, metadata.label, metadata.title)
            return candidate.facet_fit >= FITS and any(place.name == name for text in texts for place in places_in(text, lexicon))

        yield Detail("place", f"{name} figures", True, holds)


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
