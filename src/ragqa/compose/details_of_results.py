"""Details of results: one measure or test, a time, a group of patients, treatments or doses set against each other.

Results on vital capacity say nothing on diffusing capacity, nor those at five years on those at ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ragqa.compose.asked import Asked
from ragqa.compose.candidates import Candidate
from ragqa.compose.detail import FITS, Detail, is_from, is_on_it, places_named, tells, with_drugs
from ragqa.compose.horizons import is_given, times_asked, times_given
from ragqa.compose.parts import Part
from ragqa.text.comparisons import says_comparison, weighs
from ragqa.text.figures import figure_form
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.types import Facet, Tier

_RESULTS = frozenset({Facet.OUTCOME, Facet.PROGNOSIS, Facet.RISK_FACTOR})
_EFFECTS = frozenset({Facet.OUTCOME, Facet.SAFETY, Facet.PROGNOSIS, Facet.RISK_FACTOR})
_TELLS_RESULT = frozenset({Facet.OUTCOME, Facet.SAFETY, Facet.PROGNOSIS, Facet.EVIDENCE_GAP, Facet.RISK_FACTOR})
_COUNTS = frozenset({Facet.EPIDEMIOLOGY, Facet.PROGNOSIS})
_OTHER = frozenset({Facet.DESIGN, Facet.DEFINITION, Facet.SCREENING, Facet.DIAGNOSIS, Facet.MONITORING, Facet.DOSING})
_LEAST_WEIGHT = 0.4
_ENTRY = re.compile(
    r"\b(?:entry|enter|eligib\w+|inclusion|includ\w+|exclu\w+|criteri\w+|require\w*|limits?|baseline|threshold|cut-?offs?|enrol\w*|endpoints?|defin\w+)\b",
    re.IGNORECASE,
)
"""What asks about the entry to a study or a definition, in which a measure is no result."""
_STATE = re.compile(
    r"\b(?:fall|declin|dropp?|decreas|worsen|deteriorat|slipp)ing\s+(?:\w+\s+)?$|\b(?:reduced|low|lower|impaired|poor|normal|preserved|a|an|an? isolated)\s+$",
    re.IGNORECASE,
)
_STATE_AFTER = re.compile(
    r"^\s*(?:(?:of|is|was|at|above|below|under|over|between|only|now|about|around|has|had|have|less than|more than)\s+)*"
    r"(?:[<>≤≥=]|\d+(?:[.,]\d+)?(?![\d.,]|[- ](?:days?|weeks?|months?|years?)\b)|fall|fell|declin(?:ing|ed|es\b)|dropp|decreas|worsen|slipp|went|gone)"
    r"|^\s+(?:decline|fall|drop|loss)\s+(?:despite|on|under|while)\b",
    re.IGNORECASE,
)
"""What tells the state of a case or a threshold: "DLCO of 28%"."""
_CHANGES = re.compile(
    r"\b(?:effects?|impact|influence|change[sd]?|difference|gains?|loss)\b[^.;?!]{0,40}\b(?:in|on|of)\s+(?:the\s+)?(?:[\w-]+\s+)?$"
    r"|\b(?:improve[sd]?|chang(?:e|es|ed)|increase[sd]?|prolong\w*|affect\w*)\s+(?:the\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_CHANGES_AFTER = re.compile(r"^\s*(?:[\w%-]+\s+)?(?:chang|improv|increas|decreas|declin|fall|fell|rise|rose|worsen|get better|differ)\w*", re.IGNORECASE)
"""What tells that a test is asked about for its result: "change in walking distance", "did the walk improve"."""
_SEEN_ON = re.compile(r"\b(?:on|by)\s+(?:(?:a|an|the|chest|quantitative)\s+)*$", re.IGNORECASE)
"""What stands before a test by which something is only seen; "the effect on walking distance" is of the test."""
_THRESHOLD = re.compile(
    r"\b(?:below|above|under|over|at|from|beyond|until) (?:which|what)(?: (?:level|value|percentage))?(?: of)? (?:\w+ )?$"
    r"|\b(?:threshold|cut-?off)s? (?:of|for|in) (?:the )?$|\bhow (?:low|high) (?:\w+ ){0,3}$",
    re.IGNORECASE,
)
_THRESHOLD_AFTER = re.compile(r"^\s+(?:threshold|cut-?off|limit)s?\b", re.IGNORECASE)
_NEAR_FIGURE = 60
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_APART = re.compile(r"\b(?:versus|vs|than|against|over)\b|\band\b.*\b(?:with|on|after|of)\s+$", re.IGNORECASE)
_COMPARED_GROUPS = re.compile(r"\b(?:than|versus|vs|compared|differ\w*|as \w+ (?:as|in)|by (?:sex|gender|age)|both|between|equally)\b", re.IGNORECASE)


def measures_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield measures asked for by name: results on another do not answer for it."""
    if not (asked.query.drugs or asked.studies or Facet.TREATMENT not in part.facets):
        return
    for name in dict.fromkeys(mention.name for mention in _measured(part, lexicon)):

        def holds(candidate: Candidate, name: str = name) -> bool:
            return (
                tells(candidate)
                and is_on_it(candidate, asked)
                and any(match.value == name for match in lexicon.measure_table.find(candidate.record.sentence.text))
            )

        yield Detail("measure", f"{name}{with_drugs(asked)}", Facet.TREATMENT not in part.facets, holds)


def tests_for_results(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield tests whose result a treatment may change: "the effect on walking distance"."""
    for name in dict.fromkeys(test.name for test in _tests_changed(part, asked, lexicon)):

        def holds(candidate: Candidate, name: str = name) -> bool:
            return name in candidate.record.sentence.tags.tests and tells(candidate) and is_on_it(candidate, asked)

        yield Detail("measure", f"{name}{with_drugs(asked)}", Facet.TREATMENT not in part.facets, holds)


def thresholds_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the measures of which a threshold is asked for: "below which FVC"."""
    for match in lexicon.measure_table.find(part.text):
        if not (_THRESHOLD.search(part.text[: match.start]) or _THRESHOLD_AFTER.match(part.text[match.end :])):
            continue

        def holds(candidate: Candidate, name: str = match.value) -> bool:
            said = candidate.record.sentence.text
            on_it = not asked.query.drugs or not asked.drug_names.isdisjoint(candidate.record.sentence.tags.drugs)
            return on_it and any(
                each.value == name and re.search(r"\d", said[max(0, each.start - _NEAR_FIGURE) : each.end + _NEAR_FIGURE])
                for each in lexicon.measure_table.find(said)
            )

        yield Detail("threshold", f"a threshold of {match.value}{with_drugs(asked, 'for')}", True, holds)


def statistics_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the statistics by which a result is asked for: another one of the same result is worth showing, and is not it."""
    for statistic in lexicon.statistics:
        if statistic.asked.search(part.text):

            def holds(candidate: Candidate, given: re.Pattern[str] = statistic.given) -> bool:
                fits = bool(asked.query.drugs or asked.studies) or candidate.facet_fit >= FITS
                return fits and is_on_it(candidate, asked) and given.search(candidate.record.sentence.text) is not None

            yield Detail("statistic", f"the {statistic.name}{with_drugs(asked)}", False, holds)


def times_of_results(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the times at which survival or a measure is asked for."""
    fates = frozenset(lexicon.data["outcomes"].get("fates", ()))
    places = {place.name for place in places_named(part.text, lexicon)} if not asked.studies else set()
    deaths = [mention for mention in lexicon.outcomes_in(part.text) if mention.name in fates]
    for _, when, days in times_asked(part.text, deaths):

        def holds(candidate: Candidate, days: float = days) -> bool:
            said = candidate.record.sentence.text
            own = is_on_it(candidate, asked) and (not places or any(is_from(candidate, place, lexicon) for place in places))
            # The survival of a group is not that of one disease of it.
            own = own and candidate.tier is not Tier.BROADER
            return own and is_given(days, times_given(said)) and not fates.isdisjoint(lexicon.outcomes_reported(said))

        yield Detail("horizon", f"survival at {when}", True, holds)
    for name, when, days in times_asked(part.text, [*_measured(part, lexicon), *_tests_changed(part, asked, lexicon)]):

        def measured(candidate: Candidate, days: float = days) -> bool:
            return is_on_it(candidate, asked) and is_given(days, times_given(candidate.record.sentence.text))

        yield Detail("time of a measure", f"{name} at {when}{with_drugs(asked)}", Facet.TREATMENT not in part.facets, measured)


def groups_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield the groups of patients whose results are asked for apart."""
    counts = not _COUNTS.isdisjoint(part.facets)
    if not (counts or ((asked.query.drugs or asked.studies) and not _EFFECTS.isdisjoint(part.facets))):
        return
    for group in lexicon.patient_groups:
        if group.asked.search(part.text):

            def holds(candidate: Candidate, given: re.Pattern[str] = group.given) -> bool:
                fits = tells(candidate) if not counts else candidate.facet_fit >= FITS
                return fits and is_on_it(candidate, asked) and given.search(candidate.record.sentence.text) is not None

            turns = Facet.EPIDEMIOLOGY in part.facets or bool(_COMPARED_GROUPS.search(part.text))
            yield Detail("group", f"{'figures' if counts else 'results'} {group.name}{with_drugs(asked)}", turns, holds)


def comparisons_asked(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield treatments set against each other, or given together: what each did by itself compares nothing."""
    named = {mention.name for mention in lexicon.interventions_in(part.text)}
    drugs = [drug for drug in asked.query.drugs if drug in named]
    compares = asked.query.is_comparison
    if len(drugs) < 2 or len(asked.studies) > 1 or not (compares or lexicon.combines(part.text)):
        return
    sought = [mention for mention in lexicon.outcomes_in(part.text) if not _is_state(mention, part.text)]
    if compares and not weighs(part.text):
        # "Is this or that allowed?" is answered for each, and so is "does this or that help?".
        return
    wanted = {mention.name for mention in (*sought, *_measured(part, lexicon))} - lexicon.soft_outcomes
    seeks_result = bool(sought) or Facet.TREATMENT not in part.facets

    def holds(candidate: Candidate) -> bool:
        tags = candidate.record.sentence.tags
        own = sum(
            1
            for drug in drugs
            if drug in tags.drugs or not asked.members.get(drug, frozenset()).isdisjoint(tags.drugs) or lexicon.spoken_of_as(drug) in tags.drugs
        )
        if own < 2 or not seeks_result:
            return own > 1
        if not compares and _sets_apart(candidate.record.sentence.text, drugs, lexicon):
            return False
        said = candidate.record.sentence.text
        # A source that says it has no figures on both tells just that.
        if wanted and not lexicon.is_unreported(said) and wanted.isdisjoint(_values(lexicon, said) | lexicon.outcomes_reported(said)):
            return False
        # That a guideline lists both among its options compares nothing.
        return not candidate.is_guideline and any(facet in _TELLS_RESULT and weight >= _LEAST_WEIGHT for facet, weight in tags.facets)

    joined = f"comparison of {' and '.join(drugs)}" if compares else f"{' together with '.join(drugs)}"
    yield Detail("comparison", joined, bool(sought), holds)


def _values(lexicon: Lexicon, said: str) -> set[str]:
    return {match.value for match in lexicon.measure_table.find(said)}


def _sets_apart(said: str, drugs: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a statement gives the results of treatments one against the other, and of none together."""
    mentions = [mention for mention in lexicon.interventions_in(said) if mention.name in drugs]
    between = [said[one.end : other.start] for one, other in pairwise(mentions) if one.name != other.name]
    return bool(between) and all(_APART.search(text) for text in between)


def doses_compared(part: Part, asked: Asked, lexicon: Lexicon) -> Iterator[Detail]:
    """Yield two doses, schedules or routes of one drug that are set against each other."""
    if len(asked.query.drugs) != 1 or not (asked.query.is_comparison or weighs(part.text) or says_comparison(part.text)):
        return
    numbers = {part.text[start:end]: number.group() for start, end in lexicon.doses_in(part.text) if (number := _FIGURE.match(part.text[start:end]))}
    # A statement may give the unit of two doses once.
    ways = [{name: figure_form(number) for name, number in numbers.items()}]
    ways += [{name: form for name, form in forms.items() if form.search(part.text)} for forms in lexicon.ways_of_giving]
    for asked_for in ways:
        if len(asked_for) != 2:
            continue

        def holds(candidate: Candidate, forms: Sequence[re.Pattern[str]] = tuple(asked_for.values())) -> bool:
            tags, said = candidate.record.sentence.tags, candidate.record.sentence.text
            return is_on_it(candidate, asked) and any(facet in _TELLS_RESULT for facet, _ in tags.facets) and all(form.search(said) for form in forms)

        yield Detail("dose", f"comparison of {' and '.join(asked_for)}{with_drugs(asked, 'for')}", bool(lexicon.outcomes_in(part.text)), holds)


def _tests_changed(part: Part, asked: Asked, lexicon: Lexicon) -> list[Mention]:
    """Return the tests whose result a treatment or a study is asked to have changed."""
    if not (asked.query.drugs or asked.studies) or Facet.OUTCOME not in part.facets or _ENTRY.search(part.text):
        return []
    text = part.text
    return [
        test
        for test in lexicon.tests_in(text)
        if _CHANGES.search(text[: test.start]) or (_CHANGES_AFTER.match(text[test.end :]) and not _SEEN_ON.search(text[: test.start]))
    ]


def _asks_result(part: Part) -> bool:
    facets = set(part.facets)
    return (
        (not facets or bool(facets & _RESULTS))
        and facets.isdisjoint(_OTHER - ({Facet.DESIGN} if facets & _RESULTS else set()))
        and not _ENTRY.search(part.text)
    )


def _is_state(mention: Mention, text: str) -> bool:
    return bool(_STATE.search(text[: mention.start]) or _STATE_AFTER.match(text[mention.end :]))


def _measured(part: Part, lexicon: Lexicon) -> list[Mention]:
    """Return the measures whose results a part asks for."""
    found = [Mention(match.value, match.start, match.end) for match in lexicon.measure_table.find(part.text)]
    return [mention for mention in found if not _is_state(mention, part.text)] if _asks_result(part) else []
