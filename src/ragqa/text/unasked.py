"""Words of a question that ask nothing: the names in it, and adjectives that tell the state of the people asked about.

"Progressive pulmonary fibrosis" is no question about progression, "high-dose prednisone" none about its dose.
"""

from __future__ import annotations

import re

from ragqa.text.lexicon import Lexicon, Mention

_TREATMENT_WITH = re.compile(r"_+ (?:treatment|therapy)\b|\b(?:treatment|therapy) with _+|\bbackground _+", re.IGNORECASE)
_TREATMENT = r"(?:treatments?|therap(?:y|ies)|treating|medications?|medicines|drugs)"
_DONE = r"(?:harms?|(?:side[- ]|ill[- ])?effects?|adverse (?:effect|event|reaction)s?|risks?|toxicit(?:y|ies)|hazards|dangers|outcomes?|results?)"
_OF_TREATMENT = re.compile(
    rf"\b(?P<done>{_DONE}) (?:of|from|with|under|on|after)(?: (?:the|any|these|such))?(?: [\w~#-]+){{0,2}}? {_TREATMENT}\b(?![- ](?:failure|resistan))"
    rf"|\b{_TREATMENT}[- ](?:(?:related|associated)[- ])?(?P<doing>{_DONE})\b",
    re.IGNORECASE,
)
"""What treatment did, good or ill: asked for are its outcomes or its harms, and not how to treat."""
_COMPARES = re.compile(r"\b(?:compare[ds]?|comparing|comparison|versus|vs)\b", re.IGNORECASE)
_DOSE_OF = re.compile(
    r"\b(?:very |ultra-?)?(?:high|low|medium|moderate|intermediate|full|standard|conventional)[- ]?(?:er )?doses?(?: of)?"
    r"(?: (?:oral|iv|intravenous|pulsed?))? (?=_)|(?<=_) (?:pills?|tablets?|capsules?)\b",
    re.IGNORECASE,
)
"""A dose or form that is part of the name: nothing of it is asked."""
_PERSON = re.compile(
    r"(?<!being )(?<!be )\b(?:an?|this|that|my|our|the|young|old|elderly|\d{1,3}[- ]?(?:years?[- ]old|y/?o))"
    r"\s+(?:(?!of\b|is\b|the\b|and\b|or\b)[\w~-]+\s+){0,2}?"
    r"(?:(?:wo)?man|(?:fe)?male|lady|gentleman|girl|boy)\b(?=\s*(?:,|with\b|who\b|whose\b|of\b|on\b|aged\b|has\b|~))",
    re.IGNORECASE,
)
"""Who the question is about: neither sex nor age is asked about in "a woman with …"."""
_STATE_OF = re.compile(
    r"(?<!rapidly )(?<!rapidly-)\b(?:(?:treatment|therapy|drug|steroid|_)[- ])?"
    r"(?:refractory|relaps(?:ing|ed)|resistant|progress(?:ive|ing)|worsening|deteriorating|failing|declining|unresponsive|uncontrolled)\b"
    r"(?=(?:,? (?:severe|active|early|advanced|chronic|and|or|established))* ?~)",
    re.IGNORECASE,
)
"""An adjective before a disease, which reads "~"."""

_STATE = re.compile(r"\b(?:(?:fall|declin|dropp?|decreas|worsen|deteriorat|slipp)ing|reduced|low|impaired|poor)\s+(?:\w+\s+)?$", re.IGNORECASE)
"""What stands before a measure that tells the state of a case."""
_STATE_AFTER = re.compile(
    r"^[\s\d%.,]*(?:\w+\s+){0,2}(?:falling|fell|declining|declined|dropping|dropped|decreasing|worsening|slipping|slips|falls|drops|low)\b", re.IGNORECASE
)
"""The same behind it: "FVC 62% and falling"."""
_VALUE = re.compile(r"^[\s,:(=]*(?:(?:was|is|of|at|now|about|only|currently)\s+)*\d+(?:[.,]\d+)?\s?(?:%|percent\b|L\b|lit(?:re|er)s?\b|mL\b)", re.IGNORECASE)
"""What stands behind a measure that was taken."""


def without_states(plain: str) -> str:
    """Return a question as `without_names` gives it, without adjectives that tell the state of a disease ("refractory ~")."""
    return _STATE_OF.sub(lambda match: "#" * len(match.group()), plain)


def without_measures(plain: str, lexicon: Lexicon) -> str:
    """Return a question as `without_names` gives it, without measures that tell the state of a case: "FVC 62% and falling"."""
    letters = list(plain)
    for mention in lexicon.outcomes_in(plain):
        if mention.name in lexicon.measured_by and (is_state(mention, plain) or _VALUE.match(plain[mention.end :])):
            letters[mention.start : mention.end] = "#" * (mention.end - mention.start)
    return "".join(letters)


def is_state(mention: Mention, text: str) -> bool:
    """Say whether a measure only tells how somebody is, by its course."""
    return _STATE.search(text[: mention.start]) is not None or _STATE_AFTER.match(text[mention.end :]) is not None


def without_persons(plain: str) -> str:
    """Return a question, as long, in which the person it is about reads "#": "a 60-year-old woman with ~"."""
    return _PERSON.sub(lambda match: "#" * len(match.group()), plain)


def without_documents(plain: str, text: str, lexicon: Lexicon) -> str:
    """Return a question as `without_names` gives it, in which guidelines read "§": "the ILD treatment guideline" asks for no treatment.

    Args:
        plain: What `without_names` gave.
        text: The question, as long.
        lexicon: The field's words.
    """
    letters = list(plain)
    for mention in lexicon.organisations_in(text):
        letters[mention.start : mention.end] = "§" * (mention.end - mention.start)
    return lexicon.document_form.sub(lambda match: "§" * len(match.group()), "".join(letters))


def without_names(text: str, lexicon: Lexicon, treatments: list[Mention]) -> str:
    """Return a question without the names that ask nothing: those of diseases read "~", of drugs "_", of tests "#"."""
    letters = list(text)
    # The name of a disease asks nothing: "progressive pulmonary fibrosis" is no question about progression.
    for mention in lexicon.populations_in(text):
        letters[mention.start : mention.end] = "~" * (mention.end - mention.start)
    # Nor is that of a drug: "tumour necrosis factor inhibitors" names no risk factor.
    for mention in treatments:
        if lexicon.kind_of(mention.name) in ("drug", "class"):
            letters[mention.start : mention.end] = "_" * (mention.end - mention.start)
    # Nor is that of a test: the "6-minute walk test" asks for no diagnosis. A marker is asked about by its name.
    for mention in lexicon.tests_in(text):
        if not lexicon.suggested_by(mention.name):
            letters[mention.start : mention.end] = "#" * (mention.end - mention.start)
    if len({mention.name for mention in lexicon.arms_in(text)}) < 2:
        # Two diseases are compared in what the rest of the question asks; two treatments in what they do.
        letters = list(_COMPARES.sub(lambda match: "#" * len(match.group()), "".join(letters)))
    letters = list(_DOSE_OF.sub(lambda match: "#" * len(match.group()), "".join(letters)))
    # "Duration of rituximab treatment" asks for the duration, "outcomes of treatment" for the outcomes.
    plain = _TREATMENT_WITH.sub(lambda match: "_" * len(match.group()), "".join(letters))
    return _OF_TREATMENT.sub(_without_treatment, plain)


def _without_treatment(match: re.Match[str]) -> str:
    """Return what `_OF_TREATMENT` found, as long, with nothing but what treatment did."""
    said = match["done"] or match["doing"]
    rest = "#" * (len(match.group()) - len(said) - 1)
    return f"{said} {rest}" if match["done"] else f"{rest} {said}"
