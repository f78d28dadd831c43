"""Which situation of treatment a question names: the start of treatment, or advice against one."""

from __future__ import annotations

import re

from ragqa.text.asking import asking_part
from ragqa.text.lexicon import Lexicon
from ragqa.types import Facet

_FIRST_LINE = re.compile(
    r"\b(?:(?:first|1st)[- ](?:line|choice)|first (?:treatment|drug|therapy|medication|agent)|(?:come|comes|given|used|tried) first|initial(?:ly)?|initiat\w+"
    r"|start(?:ing|ed)?|begin(?:s|ning)?|begun|up[- ]?front|straight away|right away|at the (?:start|beginning|outset)|from the (?:start|beginning|outset)"
    r"|(?:which|what) (?:\w+ )?(?:treatment|drug|therapy|medication|medicine|agent)\b[^.;?!]{0,40}\bfirst(?=\s*(?:[?.,;]|$|in\b|for\b)))\b",
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
_AGAINST = re.compile(
    r"\b(?:avoid(?:ed)?|(?:recommend\w*|advi[sc]e\w*|suggest\w*|warn\w*|speak\w*|argu\w*|guidelines?|guidance|decid\w*|anything|evidence|case) against"
    r"|against (?:us|giv|start|offer|prescrib)\w+|not (?:to )?(?:be )?(?:use|used|give|given|recommended)|should (?:i )?not|contraindicated)\b",
    re.IGNORECASE,
)
"""Advice against a treatment; "this drug against that" and "drugs against the disease" are none."""
_FOR_OR_AGAINST = re.compile(r"\bfor (?:or|and) against\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|but)\b", re.IGNORECASE)
_WORSENS = r"(?:get(?:ting)? (?:any |much |even )?worse|worsen|progress|spread|deteriorate|advance)"
_COURSE = re.compile(
    rf"\bwill\b[^.;?,_]{{1,50}}?\b{_WORSENS}\b|\b(?:going|likely|bound|expected|sure|certain|always|inevitably|ever) (?:to )?{_WORSENS}\b", re.IGNORECASE
)
"""What asks about a course to come, where no treatment reads "_": "Will it get worse?"."""
_OF_COURSE = frozenset({Facet.TREATMENT, Facet.OUTCOME, Facet.PROGRESSION})
_DECIDED = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE, Facet.DOSING})
"""Facets for which a case told may name the situation: "He was never treated. What now?"."""
_OF_TESTS = frozenset({Facet.SCREENING, Facet.MONITORING})
_WASTE = re.compile(
    r"\b(?:waste of (?:time|money|effort|resources)|pointless|not (?:be )?worth\w*|useless|no (?:point|use|value) in|unnecessary|superfluous)\b", re.IGNORECASE
)
_AND_WHICH = re.compile(r"\b(?:and|or|but) (?:which|what)\b[^.;?]*$", re.IGNORECASE)
_OF_CARE = frozenset({Facet.TREATMENT, Facet.PROGRESSION, Facet.RAPIDLY_PROGRESSIVE, Facet.DOSING, Facet.OUTCOME, Facet.SAFETY})

_OF_DISEASE = frozenset({Facet.RISK_FACTOR, Facet.PROGNOSIS, Facet.EPIDEMIOLOGY, Facet.DEFINITION, Facet.DIAGNOSIS})
"""What is asked of a disease: its beginning is then no start of treatment."""


def situation_asked(text: str, facets: tuple[Facet, ...] | None = None, drugs: tuple[str, ...] = ()) -> str:
    """Return the situation of treatment that a question names: "first-line", "against", or "" for none.

    "What comes first, and what should not be used?" asks for all advice on the start; "… after first-line treatment" names no start, nor
    does the start of a disease.

    Args:
        text: The question as read.
        facets: What it asks; where that is given and is nothing of treatment, and no treatment is named, there is no situation.
        drugs: Treatments asked about.
    """
    if facets is not None and not drugs and (_OF_CARE.isdisjoint(facets) or (Facet.TREATMENT not in facets and _OF_DISEASE.intersection(facets))):
        # "Which tests are a waste of time?" asks for advice against them.
        waste = _WASTE.search(text) if _OF_TESTS.intersection(facets) else None
        # "… which are done, and which are not worth doing?" asks for advice of either kind.
        return "against" if waste and not _AND_WHICH.search(text[: waste.start()]) else ""
    if facets is not None and _DECIDED.isdisjoint(facets):
        # "She may start this drug. What does it do to the liver?" asks for no start.
        text = asking_part(text)
    first = next((match for match in _FIRST_LINE.finditer(text) if _is_start(match, text)), None)
    against = _AGAINST.search(text) if not _FOR_OR_AGAINST.search(text) else None
    if against is None or first is None:
        return "against" if against else "first-line" if first else ""
    between = text[min(first.end(), against.end()) : max(first.start(), against.start())]
    return "first-line" if _AND.search(between) else "against"


def with_course(facets: tuple[Facet, ...], plain: str, lexicon: Lexicon) -> tuple[Facet, ...]:
    """Return the facets of a question with the outlook in place of the situation where worsening is only feared.

    "Will it get worse, and can anything stop it?" tells of no treatment that failed: advice for its failure answers nobody.

    Args:
        facets: What the question asks by its cues.
        plain: The question as `without_names` gives it.
        lexicon: The field's words.
    """
    feared = _COURSE.search(plain)
    if feared is None or not _OF_COURSE.issuperset(facets) or Facet.PROGRESSION not in facets:
        return facets
    if Facet.PROGRESSION in lexicon.facets_of_question(plain[: feared.start()] + plain[feared.end() :]):
        return facets
    if facets == (Facet.PROGRESSION,):
        return (Facet.PROGNOSIS, Facet.PROGRESSION)
    return tuple(Facet.PROGNOSIS if facet is Facet.PROGRESSION else facet for facet in facets)


def _is_start(match: re.Match[str], text: str) -> bool:
    """Say whether words of starting mean the start of treatment, and that now."""
    before = text[: match.start()]
    if _PAST.search(before) or _OR_LATER.match(text[match.end() :]):
        return False
    return not (_STARTS.match(match.group()) and (_OCCASION.search(before) or (_ONSET.search(before) and _NO_OBJECT.match(text, match.end()))))
