"""What a question asks about its subject: facets and situation from cue words, from its form, and from what goes together.

Two wordings of one question should give the same facets. So the sentences that ask decide before those that tell a case; a word of
asking ("overview", "why") gives way to what it is asked about; and facets that one answer serves together are asked together.
"""

from __future__ import annotations

import re

from ragqa.text.comparisons import compares_drugs, says_comparison
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.types import Facet, Query

_WHAT_IS = re.compile(r"^\s*(?:what(?:'s| is| are)|define|explain|describe|tell me about)\b", re.IGNORECASE)
_HOW_MUCH = re.compile(r"\bhow (?:much|many mg of|many grams of)(?: [a-z]+)?\s*$", re.IGNORECASE)
_INTERVAL = re.compile(r"\b(?:how (?:often|frequently)|frequency|intervals?|every how many)\b(?! of (?:ILD|lung|disease))", re.IGNORECASE)
_SAYS_TREATMENT = re.compile(r"\b(?:treat|therap|manag|drug|immunosuppress)", re.IGNORECASE)
_ABOUT_TESTS = frozenset({Facet.SCREENING, Facet.MONITORING, Facet.DIAGNOSIS})
_FAILED = re.compile(
    r"\b(?:despite|refractory to|fail(?:ed|ing|s|ure)?(?: of| on| with| to)?|not respon\w+ to"
    r"|(?:progress|worsen|declin|worse|deteriorat)\w* (?:on|under|through|after))\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a treatment that has failed: the question is about progression."""
_FAILED_AFTER = re.compile(r"^[- ](?:failure|refractory|resistant|non-?respon\w+)\b", re.IGNORECASE)
"""The same behind it: "after rituximab failure"."""
_TREATMENT_WITH = re.compile(r"_+ (?:treatment|therapy)\b|\b(?:treatment|therapy) with _+", re.IGNORECASE)
_SEEN_ON = re.compile(r"\b(?:on|by|seen with)\s+(?:(?:a|an|the|chest|quantitative)\s+)*$", re.IGNORECASE)
"""What stands before a test by which something is seen."""
_SENTENCE = re.compile(r"(?<=[?.;!])\s+")
_FIRST_LINE = re.compile(
    r"\b(?:(?:first|1st)[- ](?:line|choice)|first (?:treatment|drug|therapy|medication|agent)|(?:come|comes|given|used|tried) first|initial(?:ly)?|initiat\w+"
    r"|start(?:ing|ed)?|begin(?:s|ning)?|begun|up[- ]?front|straight away|right away|at the (?:start|beginning|outset)|from the (?:start|beginning|outset))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:after|following|despite|beyond|on|under|from|(?:refractory|intolerant|resistant|respon\w+) to|fail\w*)\s+(?:(?!to\b)\w+\s+)?$", re.IGNORECASE
)
"""What stands before a first treatment that was given already."""
_OR_LATER = re.compile(r"^[^.;?!]{0,25}\b(?:or|later|second|next)\b", re.IGNORECASE)
"""What follows a first treatment that is one of several situations: "first-line, later, or not at all"."""
_AGAINST = re.compile(r"\b(?:avoid(?:ed)?|against|not (?:to )?(?:be )?(?:use|used|give|given|recommended)|should (?:i )?not|contraindicated)\b", re.IGNORECASE)
_FOR_OR_AGAINST = re.compile(r"\bfor (?:or|and) against\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|but)\b", re.IGNORECASE)
_CARE_KINDS = frozenset({"care", "procedure"})
_USE = frozenset({Facet.TREATMENT, Facet.OUTCOME})
_SITUATIONS = frozenset({Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
"""Facets that a sentence telling a case gives the question: "It is worsening. What now?"."""
_GIVES_WAY: dict[Facet, frozenset[Facet]] = {
    Facet.PROGRESSION: frozenset({Facet.EPIDEMIOLOGY}),
    Facet.PROGNOSIS: frozenset({Facet.EPIDEMIOLOGY}),
    Facet.RAPIDLY_PROGRESSIVE: frozenset({Facet.PROGRESSION}),
}
"""What a facet holds already: how many progress is asked about progression, and how fast it worsens is no second question."""


def asking_part(text: str) -> str:
    """Return the sentences of a question that ask; all of it where none ends in a question mark.

    "My aunt has MCTD and a cough. Which drugs are usual?" asks nothing in its first sentence.
    """
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    return " ".join([sentence for sentence in sentences if sentence.rstrip().endswith("?")] or sentences)


def facets_asked(text: str, lexicon: Lexicon, drugs: tuple[str, ...], populations: tuple[str, ...], anchors: tuple[str, ...]) -> tuple[Facet, ...]:
    """Return what is asked; a question without any cue ("rituximab in MCTD-ILD") asks what its names suggest.

    Args:
        text: The question as read.
        lexicon: The field's words.
        drugs: Treatments asked about.
        populations: Diseases asked about.
        anchors: Studies and issuers named.
    """
    treatments = lexicon.interventions_in(text)
    facets = _by_cues(text, lexicon, treatments)
    if any(_HOW_MUCH.search(text[: mention.start]) for mention in treatments):
        facets = tuple(dict.fromkeys((Facet.DOSING, *facets)))
    if Facet.PROGRESSION not in facets and any(_FAILED.search(text[: mention.start]) or _FAILED_AFTER.match(text[mention.end :]) for mention in treatments):
        facets = (Facet.PROGRESSION, *(facets or (Facet.TREATMENT,)))
    asks_tests = bool(lexicon.tests_in(text)) and not drugs
    if Facet.TREATMENT in facets and (asks_tests or not (drugs or _ABOUT_TESTS.isdisjoint(facets))) and not _SAYS_TREATMENT.search(text):
        # "Is HRCT recommended for everyone?" asks for no treatment, nor does "Is screening recommended?".
        others = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
        facets = others if _ABOUT_TESTS.intersection(others) else (Facet.SCREENING, *others)
    if Facet.SUPPORTIVE_CARE in facets and all(lexicon.kind_of(drug) in _CARE_KINDS for drug in drugs) and not _SAYS_TREATMENT.search(text):
        # "Is rehabilitation recommended?" asks about the care alone.
        facets = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
    if asks_tests and _INTERVAL.search(text):
        # "PFT frequency", "HRCT how often": the interval of a test, not the frequency of a disease.
        facets = (Facet.MONITORING, *(facet for facet in facets if facet not in (Facet.EPIDEMIOLOGY, Facet.MONITORING)))
    if not facets:
        return _by_names(text, lexicon, drugs, populations, anchors)
    if any(not lexicon.organisations_in(anchor) for anchor in anchors):
        # How many people a named study had is its design.
        facets = tuple(dict.fromkeys(Facet.DESIGN if facet is Facet.EPIDEMIOLOGY else facet for facet in facets))
    if _USE.issuperset(facets) and len(drugs) > 1 and (says_comparison(text) or compares_drugs(text, lexicon)):
        # Which of two is better is asked of both: which to give, and what each did.
        facets = (Facet.TREATMENT, Facet.OUTCOME)
    held = frozenset().union(*(_GIVES_WAY.get(facet, frozenset()) for facet in facets))
    return tuple(facet for facet in facets if facet not in held)


def _by_cues(text: str, lexicon: Lexicon, treatments: list[Mention]) -> tuple[Facet, ...]:
    letters = list(text)
    # The name of a disease asks nothing: "progressive pulmonary fibrosis" is no question about progression.
    for mention in lexicon.populations_in(text):
        letters[mention.start : mention.end] = "~" * (mention.end - mention.start)
    # Nor is that of a drug: "tumour necrosis factor inhibitors" names no risk factor.
    for mention in treatments:
        if lexicon.kind_of(mention.name) in ("drug", "class"):
            letters[mention.start : mention.end] = "_" * (mention.end - mention.start)
    # "Duration of rituximab treatment" asks for the duration.
    plain = _TREATMENT_WITH.sub(lambda match: "_" * len(match.group()), "".join(letters))
    asking = asking_part(plain)
    facets = lexicon.facets_of_question(asking)
    everywhere = lexicon.facets_of_question(plain) if asking != plain else facets
    return tuple(dict.fromkeys((*facets, *(facet for facet in everywhere if facet in _SITUATIONS)))) if facets else everywhere


def _by_names(text: str, lexicon: Lexicon, drugs: tuple[str, ...], populations: tuple[str, ...], anchors: tuple[str, ...]) -> tuple[Facet, ...]:
    if anchors:
        return (Facet.TREATMENT,) if lexicon.organisations_in(text) else (Facet.OUTCOME, Facet.DESIGN)
    if _WHAT_IS.match(text) and populations and not drugs:
        return (Facet.DEFINITION,)
    if lexicon.tests_in(text) and not drugs:
        return (Facet.SCREENING, Facet.MONITORING)
    return (Facet.TREATMENT, Facet.OUTCOME) if drugs else ()


def outcomes_asked(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the outcome slots asked for, by name or by the form of the question.

    "He is losing lung function. What next?": what happened to the case is not the outcome asked for. Nor is what a test measures where it
    is asked how often to test; `tests_asked` returns the test.
    """
    asking = asking_part(text)
    found = [mention.name for mention in lexicon.outcomes_in(asking)] + [name for name, form in lexicon.asked_by if form.search(asking)]
    measured = lexicon.measured_by if _ABOUT_TESTS.intersection(facets) else {}
    of_facet = lexicon.slots_of_facets
    kept = [name for name in found if name not in measured and of_facet.get(name) is None]
    return tuple(dict.fromkeys((*kept, *(name for name, facet in of_facet.items() if facet in facets))))


def tests_asked(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> frozenset[str]:
    """Return the diagnostic tests that a question names, or whose result it asks to follow ("how often should lung function be checked?")."""
    mentions = lexicon.tests_in(text)
    if facets and _ABOUT_TESTS.isdisjoint(facets):
        # "How many have ILD on CT?" asks about the disease; the test only shows it.
        return frozenset(mention.name for mention in mentions if not _SEEN_ON.search(text[: mention.start]))
    found = frozenset(mention.name for mention in mentions)
    named = {mention.name for mention in lexicon.outcomes_in(asking_part(text))}
    return found | {test for outcome, test in lexicon.measured_by.items() if outcome in named}


def restate(query: Query, outcomes: tuple[str, ...]) -> str:
    """Return a question said by its slots alone, so that two wordings of one question read the same; "" where it names too few."""
    if not (query.facets and (query.populations or query.drugs or query.anchors)):
        return ""
    names = [name for slot in (query.drugs, outcomes, query.populations, query.anchors) for name in sorted(slot)]
    return " ".join([*names, *sorted(facet.value.replace("-", " ") for facet in facets_weighed(query))])


def facets_weighed(query: Query) -> tuple[Facet, ...]:
    """Return the facets that evidence is weighed by: whether to give a named treatment is answered by what it did, too."""
    return (Facet.TREATMENT, Facet.OUTCOME) if query.drugs and query.facets == (Facet.TREATMENT,) else query.facets


def situation_asked(text: str) -> str:
    """Return the situation of treatment that a question names: "first-line", "against", or "" for none.

    "What comes first, and what should not be used?" asks for all advice on the start; "… after first-line treatment" names no start.
    """
    first = next((match for match in _FIRST_LINE.finditer(text) if not _PAST.search(text[: match.start()]) and not _OR_LATER.match(text[match.end() :])), None)
    against = _AGAINST.search(text) if not _FOR_OR_AGAINST.search(text) else None
    if against is None or first is None:
        return "against" if against else "first-line" if first else ""
    between = text[min(first.end(), against.end()) : max(first.start(), against.start())]
    return "first-line" if _AND.search(between) else "against"
