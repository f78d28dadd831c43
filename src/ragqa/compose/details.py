"""What a question asks more finely than its slots: one measure, a time, an agency, a place, a group of patients, a comparison, an amount of care.

A slot is filled by any statement of its kind: one on vital capacity fills "lung function" where diffusing capacity is asked for, an approval
by one agency that by another, the prevalence of one country that of another. Such a detail must be held by a statement itself. Where none
holds it the answer says so in words, and a question that turns on nothing else is not answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ragqa.compose.anchors import speaks_of
from ragqa.compose.asked import Asked, leading_facet
from ragqa.compose.candidates import Candidate
from ragqa.compose.horizons import is_given, times_asked, times_given
from ragqa.compose.parts import Part
from ragqa.text.comparisons import says_comparison
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.places import places_in
from ragqa.types import Facet

APPROVAL = "approval"
"""The outcome slot whose words say that a drug is approved (`outcomes.yaml`)."""
_RESULTS = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.RISK_FACTOR})
_EFFECTS = frozenset({Facet.OUTCOME, Facet.SAFETY, Facet.PROGNOSIS})
_TELLS_RESULT = frozenset({Facet.OUTCOME, Facet.SAFETY, Facet.PROGNOSIS, Facet.EVIDENCE_GAP, Facet.RISK_FACTOR, Facet.PROGRESSION, Facet.EPIDEMIOLOGY})
_COUNTS = frozenset({Facet.EPIDEMIOLOGY, Facet.PROGNOSIS})
_OTHER = frozenset({Facet.DESIGN, Facet.DEFINITION, Facet.SCREENING, Facet.DIAGNOSIS, Facet.MONITORING, Facet.DOSING})
_ABOUT_STUDY = frozenset({Facet.DESIGN, Facet.BACKGROUND})
_LEAST_WEIGHT = 0.4
_FITS = 0.5
_ENTRY = re.compile(
    r"\b(?:entry|enter|eligib\w+|inclusion|includ\w+|exclu\w+|criteri\w+|require\w*|limits?|baseline|threshold|cut-?offs?|enrol\w*|endpoints?|defin\w+)\b", re.IGNORECASE
)
"""What asks about the entry to a study or a definition, in which a measure is no result."""
_STATE = re.compile(r"\b(?:fall|declin|dropp?|decreas|worsen|deteriorat|slipp)ing\s+(?:\w+\s+)?$|\b(?:reduced|low|lower|impaired|poor|normal|preserved|a|an|an? isolated)\s+$", re.IGNORECASE)
_STATE_AFTER = re.compile(
    r"^\s*(?:(?:of|is|was|at|above|below|under|over|between|only|now|about|around|has|had|have|less than|more than)\s+)*(?:[<>≤≥=]|\d|fall|fell|declin|dropp|decreas|worsen|slipp|went|gone)",
    re.IGNORECASE,
)
"""What tells the state of a case or a threshold: "DLCO of 28%"."""
_PHASE = re.compile(r"\bphase[- ](\d|I{1,3}|IV)(?:[ab]\b|/|\b)", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_COMPARED_GROUPS = re.compile(r"\b(?:than|versus|vs|compared|differ\w*|as \w+ (?:as|in)|by (?:sex|gender|age)|both|between|equally)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow many ([a-z]+)(?:(?:,| and| or) (?:how many )?([a-z]+))?\b", re.IGNORECASE)
_NUMBER = r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|single)"
_NEAR_CARE = 60


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing asked for more finely than by a slot."""

    kind: str
    """Which reader found it; of several of a kind in one part, those that are held are answered."""
    name: str
    """What is missing where none holds it, in words."""
    turns: bool
    """Whether a part of a question that has nothing else of the kind is without an answer where it is missing."""
    holds: Callable[[Candidate], bool]


def details_of(part: Part, asked: Asked, lexicon: Lexicon) -> list[Detail]:
    """Return what a part of a question asks more finely than its slots."""
    return [detail for read in _READERS for detail in read(part, asked, lexicon)]


def missing_details(part: Part, asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon) -> list[Detail]:
    """Return the details of a part that no candidate holds."""
    return [detail for detail in details_of(part, asked, lexicon) if not any(map(detail.holds, candidates))]


def unanswered(part: Part, asked: Asked, candidates: Sequence[Candidate], lexicon: Lexicon) -> list[Detail]:
    """Return the missing details for want of which a part has no answer: those it turns on, where no other of their kind is held."""
    details = details_of(part, asked, lexicon)
    missing = [detail for detail in details if not any(map(detail.holds, candidates))]
    held = {detail.kind for detail in details if detail not in missing}
    return [detail for detail in missing if detail.turns and detail.kind not in held]


def _is_on_it(candidate: Candidate, asked: Asked) -> bool:
    """Whether a statement is on the study asked about or, where none is named, on a treatment asked about; any where neither is."""
    if asked.studies:
        return speaks_of(candidate.record, candidate.document, asked.studies)
    tags = candidate.record.sentence.tags
    return not asked.query.drugs or not asked.drug_names.isdisjoint((*tags.drugs, *tags.topic_drugs))


def _tells(candidate: Candidate) -> bool:
    """Whether a statement tells something found, and not how a study was made."""
    return leading_facet(candidate.record.sentence.tags) not in _ABOUT_STUDY


def _asks_result(part: Part) -> bool:
    facets = set(part.facets)
    return (not facets or bool(facets & _RESULTS)) and facets.isdisjoint(_OTHER - ({Facet.DESIGN} if facets & _RESULTS else set())) and not _ENTRY.search(part.text)


def _is_state(mention: Mention, text: str) -> bool:
    return bool(_STATE.search(text[: mention.start]) or _STATE_AFTER.match(text[mention.end :]))


def _measured(part: Part, lexicon: Lexicon) -> list[Mention]:
    """Return the measures whose results a part asks for."""
    found = [Mention(match.value, match.start, match.end) for match in lexicon.measure_table.find(part.text)]
    return [mention for mention in found if not _is_state(mention, part.text)] if _asks_result(part) else []


def _measures(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """A measure by name: results on another do not answer for it."""
    if not (asked.query.drugs or asked.studies or Facet.TREATMENT not in part.facets):
        return
    for name in dict.fromkeys(mention.name for mention in _measured(part, lexicon)):

        def holds(candidate: Candidate, name: str = name) -> bool:
            return _tells(candidate) and _is_on_it(candidate, asked) and any(match.value == name for match in lexicon.measure_table.find(candidate.record.sentence.text))

        yield Detail("measure", f"{name}{_with_drugs(asked)}", Facet.TREATMENT not in part.facets, holds)


def _horizons(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """A time at which survival or a measure is asked for."""
    fates = frozenset(lexicon.data["outcomes"].get("fates", ()))
    deaths = [mention for mention in lexicon.outcomes_in(part.text) if mention.name in fates]
    for _, when, days in times_asked(part.text, deaths):

        def holds(candidate: Candidate, days: float = days) -> bool:
            said = candidate.record.sentence.text
            own = not asked.studies or _is_on_it(candidate, asked)
            return own and is_given(days, times_given(said)) and not fates.isdisjoint(lexicon.outcomes_reported(said))

        yield Detail("horizon", f"survival at {when}", True, holds)
    for name, when, days in times_asked(part.text, _measured(part, lexicon)):

        def measured(candidate: Candidate, days: float = days) -> bool:
            return _is_on_it(candidate, asked) and is_given(days, times_given(candidate.record.sentence.text))

        yield Detail("time of a measure", f"{name} at {when}{_with_drugs(asked)}", Facet.TREATMENT not in part.facets, measured)


def _agencies(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """An agency that approves drugs: another's approval is not its own."""
    if not asked.query.drugs or APPROVAL not in (*asked.outcomes, *part.outcomes):
        return
    for agency in sorted(lexicon.agencies_in(part.text)):

        def holds(candidate: Candidate, agency: str = agency) -> bool:
            said, drugs = candidate.record.sentence.text, candidate.record.sentence.tags.drugs
            approves = any(mention.name == APPROVAL for mention in lexicon.outcomes_in(said))
            return approves and agency in lexicon.agencies_in(said) and not asked.drug_names.isdisjoint(drugs)

        yield Detail("agency", f"approval by the {agency}{_with_drugs(asked, 'of')}", True, holds)


def _places(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """A place whose figures are asked for."""
    if _COUNTS.isdisjoint(part.facets):
        return
    issuers = lexicon.organisations_in(part.text)
    named = [place for place in places_in(part.text, lexicon) if not any(issuer.start <= place.start < issuer.end for issuer in issuers)]
    for name in dict.fromkeys(place.name for place in named):

        def holds(candidate: Candidate, name: str = name) -> bool:
            metadata = candidate.document.metadata
            texts = (candidate.record.sentence.text, metadata.label, metadata.title)
            return candidate.facet_fit >= _FITS and any(place.name == name for text in texts for place in places_in(text, lexicon))

        yield Detail("place", f"{name} figures", True, holds)


def _groups(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """A group of patients whose results are asked for apart."""
    if not (asked.query.drugs or asked.studies) or _EFFECTS.isdisjoint(part.facets):
        return
    for group in lexicon.patient_groups:
        if group.asked.search(part.text):

            def holds(candidate: Candidate, given: re.Pattern[str] = group.given) -> bool:
                return _tells(candidate) and _is_on_it(candidate, asked) and given.search(candidate.record.sentence.text) is not None

            yield Detail("group", f"results {group.name}{_with_drugs(asked)}", bool(_COMPARED_GROUPS.search(part.text)), holds)


def _comparisons(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Treatments set against each other, or given together: what each did by itself compares nothing."""
    named = {mention.name for mention in lexicon.interventions_in(part.text)}
    drugs = [drug for drug in asked.query.drugs if drug in named]
    compares = asked.query.is_comparison
    if len(drugs) < 2 or len(asked.studies) > 1 or not (compares or lexicon.combines(part.text)):
        return
    sought = [mention for mention in lexicon.outcomes_in(part.text) if not _is_state(mention, part.text)]
    seeks_result = bool(sought) or Facet.TREATMENT not in part.facets

    def holds(candidate: Candidate) -> bool:
        tags = candidate.record.sentence.tags
        own = sum(1 for drug in drugs if drug in tags.drugs or not asked.members.get(drug, frozenset()).isdisjoint(tags.drugs) or lexicon.spoken_of_as(drug) in tags.drugs)
        told = not (compares and seeks_result) or (tags.recommendation is None and any(facet in _TELLS_RESULT and weight >= _LEAST_WEIGHT for facet, weight in tags.facets))
        return own > 1 and told

    joined = f"comparison of {' and '.join(drugs)}" if compares else f"{' together with '.join(drugs)}"
    yield Detail("comparison", joined, bool(sought), holds)


def _doses(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Two doses of one drug set against each other."""
    doses = list(dict.fromkeys(part.text[start:end] for start, end in lexicon.doses_in(part.text)))
    if len(asked.query.drugs) != 1 or len(doses) != 2 or not says_comparison(part.text):
        return
    numbers = [re.compile(rf"(?<![\d.,]){re.escape(match.group())}(?![\d]|[.,]\d)") for dose in doses if (match := re.match(r"\d+(?:[.,]\d+)?", dose))]

    def holds(candidate: Candidate) -> bool:
        tags, said = candidate.record.sentence.tags, candidate.record.sentence.text
        return _is_on_it(candidate, asked) and any(facet in _TELLS_RESULT for facet, _ in tags.facets) and all(number.search(said) for number in numbers)

    yield Detail("dose", f"comparison of {doses[0]} and {doses[1]}{_with_drugs(asked, 'of')}", bool(lexicon.outcomes_in(part.text)), holds)


def _phases(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """The phase of a trial that is asked for and not named: the trial of another phase is another trial."""
    if asked.studies or not asked.query.drugs:
        return
    for wanted in dict.fromkeys(map(_phase, _PHASE.findall(part.text))):

        def holds(candidate: Candidate, wanted: str = wanted) -> bool:
            text = f"{candidate.record.sentence.text} {candidate.document.metadata.title}"
            return _is_on_it(candidate, asked) and wanted in map(_phase, _PHASE.findall(text))

        yield Detail("phase", f"a phase {wanted} trial{_with_drugs(asked, 'of')}", True, holds)


def _amounts(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """How much of a care or a treatment is given, in units that are no dose: weeks, sessions, hours."""
    for match in _HOW_MANY.finditer(part.text):
        units = {unit for word in match.groups() if word for unit in lexicon.amounts.get(word.lower().removesuffix("s"), ())}
        near = part.text[match.end() : match.end() + _NEAR_CARE]
        if not units or not any(mention.name in asked.query.drugs for mention in lexicon.interventions_in(near)):
            continue
        amount = re.compile(rf"\b{_NUMBER}(?:\s?(?:[-–]|to|or)\s?{_NUMBER})?[\s-]+(?:[\w-]+\s+)?(?:{'|'.join(map(re.escape, sorted(units)))})s?\b", re.IGNORECASE)

        def holds(candidate: Candidate, amount: re.Pattern[str] = amount) -> bool:
            return _is_on_it(candidate, asked) and amount.search(candidate.record.sentence.text) is not None

        words = " and ".join(word for word in match.groups() if word and word.lower().removesuffix("s") in lexicon.amounts)
        yield Detail("amount", f"the number of {words}{_with_drugs(asked, 'of')}", True, holds)


def _phase(written: str) -> str:
    return _ROMAN.get(written.lower(), written)


def _with_drugs(asked: Asked, word: str = "with") -> str:
    names = " and ".join(asked.query.drugs) or (asked.studies[0] if asked.studies else "")
    return f" {word if asked.query.drugs else 'in'} {names}" if names else ""


_READERS: tuple[Callable[[Part, Asked, Lexicon], Iterator[Detail]], ...] = (
    _measures,
    _horizons,
    _agencies,
    _places,
    _groups,
    _comparisons,
    _doses,
    _phases,
    _amounts,
)
