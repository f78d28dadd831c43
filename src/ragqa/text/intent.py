"""What a question asks about its subject: facets and situation from cue words, from its form, and from what goes together.

Two wordings of one question should give the same facets. So the sentences that ask decide before those that tell a case; a word of
asking ("overview", "why") gives way to what it is asked about; and facets that one answer serves together are asked together.
"""

from __future__ import annotations

import re

from ragqa.text.asking import BARE, asking_part, asks_at, refers_to_tests
from ragqa.text.comparisons import compares_drugs, says_comparison
from ragqa.text.counted import counted_by, counts_harm_told
from ragqa.text.defining import has_definition_asked
from ragqa.text.given import LOST_ON, tells_case, treatments_given, treatments_planned
from ragqa.text.giving_way import without_weaker
from ragqa.text.intervals import asks_interval, with_interval
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.markers import asks_marker, told_by_markers
from ragqa.text.pieces import asks, pieces_of
from ragqa.text.situations import situation_asked, with_course
from ragqa.text.told import outcomes_told
from ragqa.text.unasked import is_state, without_documents, without_measures, without_names, without_persons, without_states
from ragqa.types import Facet, Query

_WHAT_IS = re.compile(r"^\s*(?:what(?:'s| is| are)|define|explain|describe|tell me about)\b", re.IGNORECASE)
_HOW_MUCH = re.compile(r"\bhow (?:much|many mg of|many grams of)(?: [a-z]+)?\s*$", re.IGNORECASE)
_SAYS_TREATMENT = re.compile(r"\b(?:treat|therap|manag|drug|immunosuppress)", re.IGNORECASE)
_ABOUT_TESTS = frozenset({Facet.SCREENING, Facet.MONITORING, Facet.DIAGNOSIS})
_FAILED = re.compile(
    r"\b(?:despite|refractory to|fail(?:ed|ing|s|ure)?(?: of| on| with| to)?|not respon\w+ to"
    r"|(?:progress|worsen|declin|worse|deteriorat|falling|dropping|slipping|going down)\w* (?:on|under|through|after)"
    rf"|{LOST_ON})"
    r"\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a treatment that has failed: the question is about progression."""
_FAILED_AFTER = re.compile(r"^[- ](?:failure|refractory|resistant|non-?respon\w+)\b", re.IGNORECASE)
"""The same behind it: "after rituximab failure"."""
_SEEN_ON = re.compile(r"\b(?:on|by|seen with)\s+(?:(?:an?|the|my|his|her|their|our)\s+(?:\w+\s+)?|(?:chest|quantitative)\s+)*$", re.IGNORECASE)
"""What stands before a test by which something is seen."""
_SEEN_AFTER = re.compile(
    r"^['’]?s? (?:signs?|features?|findings?|patterns?|changes?|appearances?|abnormalit\w+|progression|shows?|showed|showing|reveals?)\b", re.IGNORECASE
)
"""The same behind it: "CT signs of progression" are asked about, and no test."""
_RESULT_AFTER = re.compile(
    r"^(?:[\s,:(]*(?:(?:was|is|of|at|now|about|extent)\s+)*\d|-(?:proven|confirmed|defined|based)\b|\s+(?:shows?|showed|showing|reveals?|revealed|fell|dropped)\b)",
    re.IGNORECASE,
)
"""What stands behind a test whose result is told: "HRCT 25%"."""
_TOLD_BESIDE = re.compile(r"(?:[,:;]|\bwith|\band)\s+$", re.IGNORECASE)
"""What stands before a test in the list of what a case has."""
_OFFERS = re.compile(r"\b(?:offer|options?|treat|next|first|start)\b", re.IGNORECASE)
"""What asks for treatment where no test is named beside it."""
_NORMAL = r"(?:normal|abnormal|clear|clean|fine|unremarkable|unchanged|stable)"
_NORMAL_AFTER = re.compile(rf"^\s+(?:(?:is|are|was|were|stays?|remains?|being|still|quite|entirely|all)\s+)+{_NORMAL}\b", re.IGNORECASE)
_NORMAL_BEFORE = re.compile(rf"\b{_NORMAL}\s+(?:\w+\s+)?$", re.IGNORECASE)
"""What tells the result of a test."""
_WHICH = re.compile(r"\b(?:which|what)(?: (?:other|further|more|kinds of|sorts of))?\s+$", re.IGNORECASE)
"""What stands before tests that are asked for and not named: "which scans"."""
_NEW = re.compile(
    r"\b(?:(?:new(?:ly)?|just|recently|freshly|first)[- ](?:found|diagnosed|detected|discovered|onset|identified|presenting)"
    r"|untreated|(?:treatment|drug|therapy)[- ]na[iï]ve|new (?:~|case|patient))",
    re.IGNORECASE,
)
"""What tells that nothing was given yet. A disease reads "~"."""
_ABOUT_CARE = frozenset({Facet.TREATMENT, Facet.PROGRESSION})
_CARE_KINDS = frozenset({"care", "procedure"})
_USE_IN_ORDER = (Facet.TREATMENT, Facet.OUTCOME)
_USE = frozenset(_USE_IN_ORDER)
_OF_PEOPLE = frozenset({Facet.DIAGNOSIS, Facet.EPIDEMIOLOGY, Facet.DESIGN, Facet.DEFINITION})
_NOT_SCREENED = frozenset({Facet.RISK_FACTOR, Facet.SAFETY, Facet.PROGNOSIS, Facet.DIAGNOSIS, Facet.DESIGN})
"""Facets that words for an infection to be looked for would give: "which must be excluded?"."""
_RESULTS = frozenset({Facet.OUTCOME, Facet.SAFETY})
_HARM_TREATED = re.compile(
    r"_+[- ](?:(?:induced|related|associated|triggered|caused)\b|(?:pneumonitis|toxicity|hypersensitivity|lung injury|liver injury|lung damage|overdos))"
    r"|\b(?:caused|induced|triggered|provoked) by (?:\w+ )?_",
    re.IGNORECASE,
)
"""A harm named by the drug that does it. A drug reads "_"."""
_WHO_WAS_IN = re.compile(
    r"\b(?:who|whom|(?:which|what) (?:[\w-]+ ){1,3})\s*(?:was|were|is|are|did they) (?:\w+ )?(?:in|into|part of|included in|enrolled in)(?: the)? $",
    re.IGNORECASE,
)
"""What stands before the name of a study whose people are asked about: "which diagnoses were in …"."""
_SITUATIONS = frozenset({Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE})
"""Facets that a sentence telling a case gives the question: "It is worsening. What now?"."""
_CASE_CARE = frozenset({Facet.TREATMENT, Facet.SUPPORTIVE_CARE, *_SITUATIONS})
"""Facets that a case told gives a question whose asking sentence is bare."""
_PROFILE = re.compile(r"\b(?:features?|findings|characteristics|profiles?|phenotypes?)\b", re.IGNORECASE)
"""What people with a disease have, where nothing else tells what is asked."""
_NAME = re.compile(r"[~_#]{2}")
"""A name in a question as `without_names` gives it."""
_OF_CASE = frozenset({Facet.OUTCOME, *_CASE_CARE})
"""Facets of a case told that leave open what to do: what a scan shows or a test measured is its state."""
_BARE_NAME = re.compile(r"\W*_+ (?:in|for) [~ -]+\?")
"""A treatment in a disease, and nothing else: asked so, it asks whether to give it, whatever trails behind ("That drug in this disease? Dose?")."""
_OPEN = re.compile(
    r"\W*(?:(?:so|and|well) )?(?:what now|(?:any |your )?(?:thoughts|ideas?|advice|suggestions?|input|recommendations?))\b[^.;?]{0,9}\W*$", re.IGNORECASE
)
"""What asks, behind a case, what to do: "What now?"."""
_OF_DOCUMENTS = (Facet.DESIGN, Facet.EVIDENCE_GAP)
"""What is asked about a guideline itself."""


def facets_asked(text: str, lexicon: Lexicon, drugs: tuple[str, ...], populations: tuple[str, ...], anchors: tuple[str, ...]) -> tuple[Facet, ...]:
    """Return what is asked; a question without any cue ("rituximab in MCTD-ILD") asks what its names suggest.

    "What is it, and how is it managed?" asks for a definition, too, although no cue says so.

    Args:
        text: The question as read.
        lexicon: The field's words.
        drugs: Treatments asked about.
        populations: Diseases asked about.
        anchors: Studies and issuers named.
    """
    facets = _facets_asked(text, lexicon, drugs, populations, anchors)
    return tuple(dict.fromkeys((Facet.DEFINITION, *facets))) if facets and populations and not drugs and has_definition_asked(text, lexicon) else facets


def _facets_asked(text: str, lexicon: Lexicon, drugs: tuple[str, ...], populations: tuple[str, ...], anchors: tuple[str, ...]) -> tuple[Facet, ...]:
    treatments = lexicon.interventions_in(text)
    plain = without_persons(without_names(text, lexicon, treatments))
    unstated = without_states(plain)
    is_case = tells_case(text, lexicon)
    measured = without_measures(unstated, lexicon) if is_case else unstated
    facets = _on_documents(unstated, text, lexicon) or _by_cues(measured, lexicon) or ((Facet.TREATMENT,) if measured != unstated else ())
    if facets and _BARE_NAME.match(measured):
        facets = tuple(dict.fromkeys((*facets, Facet.TREATMENT)))
    if unstated != plain and Facet.PROGRESSION not in facets:
        # "Refractory DM: response to rituximab" asks about the response, in people of whom the adjective tells the state.
        facets = (*(facets or (_USE_IN_ORDER if drugs else ())), Facet.PROGRESSION)
    if results := counted_by(plain, facets, is_named=bool(drugs)):
        facets = tuple(dict.fromkeys(Facet.OUTCOME if facet is results else facet for facet in facets))
    if drugs and Facet.EPIDEMIOLOGY in facets and counts_harm_told(plain, lexicon):
        facets = (*facets, Facet.SAFETY)
    if Facet.SAFETY in facets and Facet.TREATMENT in facets and _HARM_TREATED.search(plain):
        # "How is methotrexate pneumonitis treated?": the drug is the cause and not the treatment.
        facets = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
    if any(_WHO_WAS_IN.search(text[: text.find(anchor)]) for anchor in anchors if anchor in text):
        facets = (Facet.DESIGN, *(facet for facet in facets if facet not in _OF_PEOPLE))
    if any(_HOW_MUCH.search(text[: mention.start]) for mention in treatments):
        facets = tuple(dict.fromkeys((Facet.DOSING, *facets)))
    if Facet.PROGRESSION not in facets and any(_FAILED.search(text[: mention.start]) or _FAILED_AFTER.match(text[mention.end :]) for mention in treatments):
        facets = (Facet.PROGRESSION, *(facets or (Facet.TREATMENT,)))
    asks_tests = bool(lexicon.tests_in(text)) and not drugs
    if (
        Facet.TREATMENT in facets
        and ((asks_tests and _names_test(text, facets, lexicon)) or not (drugs or _ABOUT_TESTS.isdisjoint(facets)))
        and not _SAYS_TREATMENT.search(text)
    ):
        # "Is HRCT recommended for everyone?" asks for no treatment, nor does "Is screening recommended?".
        others = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
        facets = others if _ABOUT_TESTS.intersection(others) else (Facet.SCREENING, Facet.MONITORING, *others)
    if Facet.SUPPORTIVE_CARE in facets and all(lexicon.kind_of(drug) in _CARE_KINDS for drug in drugs) and not _SAYS_TREATMENT.search(text):
        # "Is rehabilitation recommended?" asks about the care alone.
        facets = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
    if not drugs and asks_interval(text, names_test=asks_tests):
        facets = with_interval(facets, plain, lexicon)
    if not facets:
        return _by_names(text, lexicon, drugs, populations, anchors)
    if any(not lexicon.organisations_in(anchor) for anchor in anchors):
        # How many people a named study had is its design; how many of them died, or came to harm, is told of these.
        counted = () if {Facet.PROGNOSIS, Facet.SAFETY}.intersection(facets) else (Facet.DESIGN,)
        facets = tuple(dict.fromkeys(found for facet in facets for found in (counted if facet is Facet.EPIDEMIOLOGY else (facet,))))
    if _USE.issuperset(facets) and len(drugs) > 1 and (says_comparison(text) or compares_drugs(text, lexicon)):
        # Which of two is better is asked of both: which to give, and what each did.
        facets = (Facet.TREATMENT, Facet.OUTCOME)
    if Facet.SAFETY in facets and any(lexicon.kind_of(drug) not in _CARE_KINDS for drug in drugs):
        # "How many people on it got a rash?" counts a harm, and nothing of the disease.
        facets = tuple(facet for facet in facets if facet is not Facet.EPIDEMIOLOGY)
    if Facet.SCREENING in facets and (under := lexicon.screened_under(text)):
        facets = tuple(facet for facet in dict.fromkeys((*facets, *under)) if facet not in _NOT_SCREENED)
    if not drugs and {Facet.TREATMENT, *_SITUATIONS}.issuperset(facets) and treatments_planned(text, lexicon):
        # "Hepatitis B, rituximab planned. What first?" asks how to care for what is told, before the treatment.
        facets = lexicon.screened_under(text)
    if not drugs and _SITUATIONS.issuperset(facets) and asks_marker(text, facets, lexicon):
        # How a marker bears on the course asks what it predicts.
        facets = (Facet.RISK_FACTOR, *facets)
    if not (drugs or treatments_given(text, lexicon)):
        facets = with_course(facets, plain, lexicon)
    return without_weaker(facets, plain, lexicon, is_named=bool(drugs or anchors or treatments))


def _names_test(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> bool:
    """Say whether a test is what a question is on: not one that only tells the case, by its result or beside a sentence that asks what to offer."""
    asking = asking_part(text)
    if asking != text and not refers_to_tests(asking) and (len(asking.split()) > BARE or _OFFERS.search(asking)):
        text = asking
    told = told_by_markers(text, facets, lexicon)
    asked = asks_at(text)
    return any(
        not (mention.start in told or _RESULT_AFTER.match(text[mention.end :]) or _SEEN_ON.search(text[: mention.start]))
        and (any(start <= mention.start < end for start, end in asked) or not _TOLD_BESIDE.search(text[: mention.start]))
        for mention in lexicon.tests_in(text)
    )


def _on_documents(plain: str, text: str, lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return what a question about a guideline itself asks ("whom does the treatment guideline cover?"), nothing where it is about care."""
    blanked = without_documents(plain, text, lexicon)
    facets = _by_cues(blanked, lexicon) if "§" in blanked else ()
    return facets if set(_OF_DOCUMENTS).intersection(facets) else ()


def _by_cues(plain: str, lexicon: Lexicon) -> tuple[Facet, ...]:
    asking = asking_part(plain)
    facets = lexicon.facets_of_question(asking)
    if facets and len(pieces := pieces_of(asking)) > 1:
        # A strong cue of one piece leaves no other unread: "which pattern is most frequent, and does it matter for progression?".
        read = [lexicon.facets_of_question(piece) for piece in pieces if asks(piece) and _NAME.search(piece)]
        facets = tuple(dict.fromkeys((*facets, *(facet for own in read if set(own).isdisjoint(facets) for facet in own))))
    everywhere = lexicon.facets_of_question(plain) if asking != plain else facets
    told = _SITUATIONS
    if situation_asked(asking) == "first-line":
        # What to start with is no question about progression, although the case told of may worsen untreated.
        told = told - {Facet.PROGRESSION}
        if _NEW.search(plain) and Facet.TREATMENT in facets:
            facets = tuple(facet for facet in facets if facet is not Facet.PROGRESSION)
    if facets:
        return tuple(dict.fromkeys((*facets, *(facet for facet in everywhere if facet in told))))
    if asking == plain or len(asking.split()) <= BARE:
        if _OPEN.match(asking) and _OF_CASE.issuperset(everywhere):
            return tuple(facet for facet in everywhere if facet in told) or (Facet.TREATMENT,)
        return everywhere
    # Where the asking sentence says something, though by no cue, what is told may give it the care of the case, and nothing else.
    return tuple(facet for facet in everywhere if facet in _CASE_CARE)


def _by_names(text: str, lexicon: Lexicon, drugs: tuple[str, ...], populations: tuple[str, ...], anchors: tuple[str, ...]) -> tuple[Facet, ...]:
    if anchors:
        if not lexicon.organisations_in(text):
            return (Facet.OUTCOME, Facet.DESIGN)
        # What an issuer says of a disease or a treatment is its advice; of nothing else, it is asked about itself.
        return (Facet.TREATMENT,) if drugs or populations else _OF_DOCUMENTS
    if populations and not drugs and _PROFILE.search(text):
        return (Facet.RISK_FACTOR,)
    if _WHAT_IS.match(text) and populations and not drugs:
        return (Facet.DEFINITION,)
    if not drugs and (tests := lexicon.tests_in(text)):
        return lexicon.suggested_by(tests[0].name) or (Facet.SCREENING, Facet.MONITORING)
    return (Facet.TREATMENT, Facet.OUTCOME) if drugs else ()


def outcomes_asked(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the outcome slots asked for, by name or by the form of the question.

    "He is losing lung function. What next?": what happened to the case is not the outcome asked for. Nor is what a test measures where it
    is asked how often to test; `tests_asked` returns the test.
    """
    asking = asking_part(text)
    mentions = [mention for mention in lexicon.outcomes_in(asking) if mention.name not in lexicon.slots_of_facets]
    if asking != text and not mentions:
        mentions = outcomes_told(text, asking, facets, lexicon)
    if asking != text and not mentions and set(lexicon.screened_under(text)).intersection(facets) and treatments_planned(text, lexicon):
        mentions = [mention for mention in lexicon.outcomes_in(text) if lexicon.screened_under(text[mention.start : mention.end])]
    if _ABOUT_CARE.intersection(facets) and Facet.OUTCOME not in facets:
        # "Declining lung function, initial treatment?": the state of the case.
        mentions = [mention for mention in mentions if not is_state(mention, asking)]
    found = [mention.name for mention in mentions] + [name for name, form in lexicon.asked_by if form.search(asking)]
    measured = lexicon.measured_by if _ABOUT_TESTS.intersection(facets) else {}
    measuring = _measuring(facets, lexicon)
    found += [measuring[mention.name] for mention in lexicon.tests_in(asking) if mention.name in measuring]
    of_facet = lexicon.slots_of_facets
    kept = [name for name in found if name not in measured and of_facet.get(name) is None]
    return tuple(dict.fromkeys((*kept, *(name for name, facet in of_facet.items() if facet in facets))))


def tests_asked(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> frozenset[str]:
    """Return the diagnostic tests that a question names, or whose result it asks to follow ("how often should lung function be checked?")."""
    asking = asking_part(text)
    if asking != text and lexicon.question_weights(asking) and not refers_to_tests(asking):
        # "She has this antibody. Would you look for the disease, and with what?" asks for no test that was done.
        text = asking
    told = told_by_markers(text, facets, lexicon)
    mentions = [mention for mention in lexicon.tests_in(text) if not (_SEEN_AFTER.match(text[mention.end :]) or _is_any_test(mention, text, lexicon))]
    mentions = [mention for mention in mentions if mention.start not in told]
    if facets and _ABOUT_TESTS.isdisjoint(facets):
        # "How many have ILD on CT?" asks about the disease; the test only shows it.
        measuring = _measuring(facets, lexicon)
        results = {
            (mention.start, mention.end) for mention in lexicon.outcomes_in(text) if _RESULTS.intersection(facets) and mention.name not in lexicon.soft_outcomes
        }
        mentions = [mention for mention in mentions if mention.name not in measuring and (mention.start, mention.end) not in results]
        return frozenset(mention.name for mention in mentions if not (_SEEN_ON.search(text[: mention.start]) or _is_state(mention, text, lexicon)))
    found = frozenset(mention.name for mention in mentions)
    named = {mention.name for mention in lexicon.outcomes_in(asking)}
    return found | {test for outcome, test in lexicon.measured_by.items() if outcome in named}


def _measuring(facets: tuple[Facet, ...], lexicon: Lexicon) -> dict[str, str]:
    """Return the tests that stand for the outcome they measure where a result is asked for ("the gain in lung function tests"), with that outcome."""
    is_result = Facet.OUTCOME in facets and _ABOUT_TESTS.isdisjoint(facets)
    return {test: outcome for outcome, test in lexicon.measured_by.items()} if is_result else {}


def _is_state(mention: Mention, text: str, lexicon: Lexicon) -> bool:
    """Say whether a test only tells how somebody is: "although the scan is still normal"."""
    stands = _NORMAL_AFTER.match(text[mention.end :]) or _NORMAL_BEFORE.search(text[: mention.start])
    return stands is not None and not lexicon.suggested_by(mention.name)


def _is_any_test(mention: Mention, text: str, lexicon: Lexicon) -> bool:
    return text[mention.start : mention.end].lower() in lexicon.kinds_of_tests and _WHICH.search(text[: mention.start]) is not None


def restate(query: Query, outcomes: tuple[str, ...]) -> str:
    """Return a question said by its slots alone, so that two wordings of one question read the same; "" where it names too few."""
    if not (query.facets and (query.populations or query.drugs or query.anchors)):
        return ""
    names = [name for slot in (query.drugs, outcomes, query.populations, query.anchors) for name in sorted(slot)]
    return " ".join([*names, *sorted(facet.value.replace("-", " ") for facet in facets_weighed(query))])


def facets_weighed(query: Query) -> tuple[Facet, ...]:
    """Return the facets that evidence is weighed by: whether to give a named treatment is answered by what it did, too."""
    return (Facet.TREATMENT, Facet.OUTCOME) if query.drugs and query.facets == (Facet.TREATMENT,) else query.facets
