"""What a question asks about its subject: facets and situation from cue words, from its form, and from what goes together.

Two wordings of one question should give the same facets. So the sentences that ask decide before those that tell a case; a word of
asking ("overview", "why") gives way to what it is asked about; and facets that one answer serves together are asked together.
"""

from __future__ import annotations

import re

from ragqa.text.comparisons import compares_drugs, says_comparison
from ragqa.text.lexicon import Lexicon, Mention
from ragqa.text.pieces import pieces_of
from ragqa.text.unasked import without_documents, without_names, without_states
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
_SEEN_ON = re.compile(r"\b(?:on|by|seen with)\s+(?:(?:a|an|the|chest|quantitative)\s+)*$", re.IGNORECASE)
"""What stands before a test by which something is seen."""
_SEEN_AFTER = re.compile(r"^['’]?s? (?:signs?|features?|findings?|patterns?|changes?|appearances?|abnormalit\w+|progression)\b", re.IGNORECASE)
"""The same behind it: "CT signs of progression" are asked about, and no test."""
_WHICH = re.compile(r"\b(?:which|what)(?: (?:other|further|more|kinds of|sorts of))?\s+$", re.IGNORECASE)
"""What stands before tests that are asked for and not named: "which scans"."""
_SENTENCE = re.compile(r"(?<=[?.;!])\s+")
_REQUEST = re.compile(
    r"\bi(?:'m| am|'d)? (?:need|want|like|would like|looking for|wonder)\b(?! to (?!know|see|hear|understand|learn|read))"
    r"|\b(?:tell|give|show|send) me\b|\blet me know\b"
    r"|\bplease\b(?!\s+(?:help|advise)\s*[.!]*$)|^\s*(?:(?:and|also|then)\s+)?(?:list|name|summari[sz]e|explain|describe|compare|outline|define|enumerate|specify)\b",
    re.IGNORECASE,
)
"""What makes a sentence ask without a question mark: "I need predictors." """
_FIRST_LINE = re.compile(
    r"\b(?:(?:first|1st)[- ](?:line|choice)|first (?:treatment|drug|therapy|medication|agent)|(?:come|comes|given|used|tried) first|initial(?:ly)?|initiat\w+"
    r"|start(?:ing|ed)?|begin(?:s|ning)?|begun|up[- ]?front|straight away|right away|at the (?:start|beginning|outset)|from the (?:start|beginning|outset))\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:after|following|despite|beyond|on|under|from|(?:refractory|intolerant|resistant|respon\w+) to|fail\w*)\s+(?:(?!to\b)\w+\s+)?$", re.IGNORECASE
)
"""What stands before a first treatment that was given already."""
_OCCASION = re.compile(r"\b(?:before|prior to|ahead of|since|until)\s+(?:\w+\s+)?$", re.IGNORECASE)
"""What stands before a start that is only the occasion of the question: "before I start …"."""
_ONSET = re.compile(
    r"\b(?:do|does|did)\s+(?!(?:i|we|you|one|they|he|she|people|patients?|doctors?|clinicians?|guidelines?|treatments?|therapy)\b)(?:(?!to\b)[\w-]+\s+){1,5}$"
    r"|\b(?:symptoms?|signs?|disease|illness|it|which|that)\s+(?:(?:has|have|had|usually|often|may|can)\s+)*$",
    re.IGNORECASE,
)
"""What stands before the start of a disease: "how does it usually begin"."""
_NO_OBJECT = re.compile(r"\s*(?:[?.,;:]|$|(?:and|or|in|at|with)\b)", re.IGNORECASE)
"""What follows a start of which nothing is the object."""
_STARTS = re.compile(r"(?:start|beg[iau]n)", re.IGNORECASE)
_OR_LATER = re.compile(r"^[^.;?!]{0,25}\b(?:or|later|second|next)\b", re.IGNORECASE)
"""What follows a first treatment that is one of several situations: "first-line, later, or not at all"."""
_NEW = re.compile(
    r"\b(?:(?:new(?:ly)?|just|recently|freshly|first)[- ](?:found|diagnosed|detected|discovered|onset|identified|presenting)"
    r"|untreated|(?:treatment|drug|therapy)[- ]na[iï]ve|new (?:~|case|patient))",
    re.IGNORECASE,
)
"""What tells that nothing was given yet. A disease reads "~"."""
_AGAINST = re.compile(
    r"\b(?:avoid(?:ed)?|(?:recommend\w*|advi[sc]e\w*|suggest\w*|warn\w*|speak\w*|argu\w*|guidelines?|guidance|decid\w*|anything|evidence|case) against"
    r"|against (?:us|giv|start|offer|prescrib)\w+|not (?:to )?(?:be )?(?:use|used|give|given|recommended)|should (?:i )?not|contraindicated)\b",
    re.IGNORECASE,
)
"""Advice against a treatment; "this drug against that" and "drugs against the disease" are none."""
_FOR_OR_AGAINST = re.compile(r"\bfor (?:or|and) against\b", re.IGNORECASE)
_STATE = re.compile(r"\b(?:(?:fall|declin|dropp?|decreas|worsen|deteriorat|slipp)ing|reduced|low|impaired|poor)\s+(?:\w+\s+)?$", re.IGNORECASE)
"""What stands before a measure that tells the state of a case."""
_STATE_AFTER = re.compile(
    r"^[\s\d%.,]*(?:\w+\s+){0,2}(?:falling|fell|declining|declined|dropping|dropped|decreasing|worsening|slipping|slips|falls|drops|low)\b", re.IGNORECASE
)
"""The same behind it: "FVC 62% and falling"."""
_ABOUT_CARE = frozenset({Facet.TREATMENT, Facet.PROGRESSION})
_AND = re.compile(r"\b(?:and|but)\b", re.IGNORECASE)
_CARE_KINDS = frozenset({"care", "procedure"})
_USE_IN_ORDER = (Facet.TREATMENT, Facet.OUTCOME)
_USE = frozenset(_USE_IN_ORDER)
_OF_PEOPLE = frozenset({Facet.DIAGNOSIS, Facet.EPIDEMIOLOGY, Facet.DESIGN, Facet.DEFINITION})
_COUNTED = re.compile(
    r"\b(?:how many|(?:what|which) (?:share|proportion|percentage|fraction|part|number))\b[^.;?]{0,70}"
    r"\b(?:after|following|on|with|under|during|despite)\b[^.;?]{0,20}\b(?:treat|therap|immunosuppress|drug)",
    re.IGNORECASE,
)
"""What is counted in people who are treated."""
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
_GIVES_WAY: dict[Facet, frozenset[Facet]] = {
    Facet.PROGRESSION: frozenset({Facet.EPIDEMIOLOGY}),
    Facet.PROGNOSIS: frozenset({Facet.EPIDEMIOLOGY}),
    Facet.RAPIDLY_PROGRESSIVE: frozenset({Facet.PROGRESSION}),
}
"""What a facet holds already: how many progress is asked about progression, and how fast it worsens is no second question."""
_CLEARLY = 0.2
"""By so much weaker, a facet holds no other: "what fraction turns out to have it" asks for the fraction."""
_OF_CARE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE, Facet.DOSING, Facet.OUTCOME, Facet.SAFETY})


_OF_DOCUMENTS = (Facet.DESIGN, Facet.EVIDENCE_GAP)
"""What is asked about a guideline itself."""


def asking_part(text: str) -> str:
    """Return the sentences of a question that ask, by question mark or as a request; all of it where none does.

    "My aunt has MCTD and a cough. Which drugs are usual?" asks nothing in its first sentence.
    """
    return " ".join(text[start:end] for start, end in asks_at(text))


def asks_at(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the sentences that ask stand: characters [start, end) of each."""
    breaks = [0, *(position for match in _SENTENCE.finditer(text) for position in match.span()), len(text)]
    sentences = [(start, end) for start, end in zip(breaks[::2], breaks[1::2], strict=True) if text[start:end].strip()]
    return tuple([(start, end) for start, end in sentences if _asks(text[start:end])] or sentences)


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith("?") or _REQUEST.search(sentence) is not None


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
    plain = without_names(text, lexicon, treatments)
    unstated = without_states(plain)
    facets = _on_documents(unstated, text, lexicon) or _by_cues(unstated, lexicon)
    if unstated != plain and Facet.PROGRESSION not in facets:
        # "Refractory DM: response to rituximab" asks about the response, in people of whom the adjective tells the state.
        facets = (*(facets or (_USE_IN_ORDER if drugs else ())), Facet.PROGRESSION)
    if Facet.TREATMENT in facets and _COUNTED.search(plain):
        # "How many scans cleared after treatment?" counts what came of it.
        facets = tuple(dict.fromkeys(Facet.OUTCOME if facet is Facet.TREATMENT else facet for facet in facets))
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
    if Facet.TREATMENT in facets and (asks_tests or not (drugs or _ABOUT_TESTS.isdisjoint(facets))) and not _SAYS_TREATMENT.search(text):
        # "Is HRCT recommended for everyone?" asks for no treatment, nor does "Is screening recommended?".
        others = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
        facets = others if _ABOUT_TESTS.intersection(others) else (Facet.SCREENING, Facet.MONITORING, *others)
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
    weights = lexicon.question_weights(plain)
    held = {
        other
        for facet in facets
        for other in _GIVES_WAY.get(facet, frozenset())
        if weights.get(other, (0.0, 0))[0] <= weights.get(facet, (1.0, 0))[0] + _CLEARLY
    }
    held -= _asked_apart(held, plain, lexicon) if held else set()
    return tuple(facet for facet in facets if facet not in held)


def _asked_apart(held: set[Facet], plain: str, lexicon: Lexicon) -> set[Facet]:
    """Return the facets that one of several pieces of a question asks for without what they give way to: "what is the survival, and how common is it?"."""
    pieces = [set(lexicon.facets_of_question(piece)) for piece in pieces_of(plain)]
    if len(pieces) < 2:
        return set()
    return {facet for facet in held if any(facet in piece and not any(facet in _GIVES_WAY.get(other, ()) for other in piece) for piece in pieces)}


def _on_documents(plain: str, text: str, lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return what a question about a guideline itself asks ("whom does the treatment guideline cover?"), nothing where it is about care."""
    blanked = without_documents(plain, text, lexicon)
    facets = _by_cues(blanked, lexicon) if "§" in blanked else ()
    return facets if set(_OF_DOCUMENTS).intersection(facets) else ()


def _by_cues(plain: str, lexicon: Lexicon) -> tuple[Facet, ...]:
    asking = asking_part(plain)
    facets = lexicon.facets_of_question(asking)
    everywhere = lexicon.facets_of_question(plain) if asking != plain else facets
    told = _SITUATIONS
    if situation_asked(asking) == "first-line":
        # What to start with is no question about progression, although the case told of may worsen untreated.
        told = told - {Facet.PROGRESSION}
        if _NEW.search(plain) and Facet.TREATMENT in facets:
            facets = tuple(facet for facet in facets if facet is not Facet.PROGRESSION)
    return tuple(dict.fromkeys((*facets, *(facet for facet in everywhere if facet in told)))) if facets else everywhere


def _by_names(text: str, lexicon: Lexicon, drugs: tuple[str, ...], populations: tuple[str, ...], anchors: tuple[str, ...]) -> tuple[Facet, ...]:
    if anchors:
        if not lexicon.organisations_in(text):
            return (Facet.OUTCOME, Facet.DESIGN)
        # What an issuer says of a disease or a treatment is its advice; of nothing else, it is asked about itself.
        return (Facet.TREATMENT,) if drugs or populations else _OF_DOCUMENTS
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
    mentions = lexicon.outcomes_in(asking)
    if _ABOUT_CARE.intersection(facets) and Facet.OUTCOME not in facets:
        # "Declining lung function, initial treatment?": the state of the case.
        mentions = [mention for mention in mentions if not (_STATE.search(asking[: mention.start]) or _STATE_AFTER.match(asking[mention.end :]))]
    found = [mention.name for mention in mentions] + [name for name, form in lexicon.asked_by if form.search(asking)]
    measured = lexicon.measured_by if _ABOUT_TESTS.intersection(facets) else {}
    of_facet = lexicon.slots_of_facets
    kept = [name for name in found if name not in measured and of_facet.get(name) is None]
    return tuple(dict.fromkeys((*kept, *(name for name, facet in of_facet.items() if facet in facets))))


def tests_asked(text: str, facets: tuple[Facet, ...], lexicon: Lexicon) -> frozenset[str]:
    """Return the diagnostic tests that a question names, or whose result it asks to follow ("how often should lung function be checked?")."""
    mentions = [mention for mention in lexicon.tests_in(text) if not (_SEEN_AFTER.match(text[mention.end :]) or _is_any_test(mention, text, lexicon))]
    if facets and _ABOUT_TESTS.isdisjoint(facets):
        # "How many have ILD on CT?" asks about the disease; the test only shows it.
        return frozenset(mention.name for mention in mentions if not _SEEN_ON.search(text[: mention.start]))
    found = frozenset(mention.name for mention in mentions)
    named = {mention.name for mention in lexicon.outcomes_in(asking_part(text))}
    return found | {test for outcome, test in lexicon.measured_by.items() if outcome in named}


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


def situation_asked(text: str, facets: tuple[Facet, ...] | None = None, drugs: tuple[str, ...] = ()) -> str:
    """Return the situation of treatment that a question names: "first-line", "against", or "" for none.

    "What comes first, and what should not be used?" asks for all advice on the start; "… after first-line treatment" names no start, nor
    does the start of a disease.

    Args:
        text: The question as read.
        facets: What it asks; where that is given and is nothing of treatment, and no treatment is named, there is no situation.
        drugs: Treatments asked about.
    """
    if facets is not None and not drugs and _OF_CARE.isdisjoint(facets):
        return ""
    first = next((match for match in _FIRST_LINE.finditer(text) if _is_start(match, text)), None)
    against = _AGAINST.search(text) if not _FOR_OR_AGAINST.search(text) else None
    if against is None or first is None:
        return "against" if against else "first-line" if first else ""
    between = text[min(first.end(), against.end()) : max(first.start(), against.start())]
    return "first-line" if _AND.search(between) else "against"


def _is_start(match: re.Match[str], text: str) -> bool:
    """Say whether words of starting mean the start of treatment, and that now."""
    before = text[: match.start()]
    if _PAST.search(before) or _OR_LATER.match(text[match.end() :]):
        return False
    return not (_STARTS.match(match.group()) and (_OCCASION.search(before) or (_ONSET.search(before) and _NO_OBJECT.match(text, match.end()))))
