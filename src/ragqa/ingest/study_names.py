"""The name of the study that a paper reports, from its own title or abstract: "the GO-FORWARD Study", "(ABILITY-1)" at the end of a title.

In: a parsed document. Out: the same with `Metadata.short_title`, so that a question on the study finds it. A name is written in capitals,
and is no disease, treatment, test, outcome or measure that the lexicon knows. What metadata state is never replaced.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ragqa.ingest.metadata import abstract_of
from ragqa.text.lexicon import Lexicon
from ragqa.types import Document, DocumentKind

_NAMED_KINDS = frozenset({DocumentKind.RANDOMISED_TRIAL, DocumentKind.COHORT, DocumentKind.CASE_CONTROL, DocumentKind.REGISTRY, DocumentKind.OTHER})
_NAME = r"(?P<name>[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?:[-‐–][A-Za-z\d]+)*(?: (?:\d{1,2}|[IVX]{1,4}))?)"
"""Two capitals at least, with what a hyphen or a number adds: GO-FORWARD, ABILITY-1, RAPID 1, RA-BEACON."""
_STUDY = r"(?:stud(?:y|ies)|trials?|registry|cohort)\b"
_OF_DESIGN = r"(?:(?:randomi[sz]ed|controlled|double-blind|placebo-controlled|phase \w+),? )*"
_IN_TITLE = (
    re.compile(rf"\b(?i:the|from|of|in) (?:the )?{_OF_DESIGN}{_NAME} (?:[\w-]+ ){{0,3}}?(?i:{_STUDY})"),
    re.compile(rf"\({_NAME}(?: (?i:{_STUDY}))?\)(?=\s*\.?$|:)"),
    re.compile(rf"(?:^|: ){_NAME}(?:$|[:,]| (?i:{_STUDY}))"),
    re.compile(rf"\b(?i:{_STUDY}),? {_NAME}\s*\.?$"),
)
_IN_ABSTRACT = (
    re.compile(rf"(?:\bthe |\bin |\bfrom )(?:the )?{_NAME}(?: [\[(][^\[\]()]{{0,200}}[\])])? (?:[\w-]+ )?(?:phase \w+ )?{_STUDY}"),
    re.compile(rf"\b{_STUDY} \({_NAME}(?=[;,)])"),
)
_SHORTEST = 4


def with_study_name(document: Document, lexicon: Lexicon) -> Document:
    """Return the document with the name of its own study as its short title, as it is where it has one or none is told."""
    metadata = document.metadata
    if metadata.short_title or metadata.kind not in _NAMED_KINDS:
        return document
    name = _name_of(metadata.title, abstract_of(document), lexicon)
    return replace(document, metadata=replace(metadata, short_title=name)) if name else document


def _name_of(title: str, abstract: str, lexicon: Lexicon) -> str | None:
    """Return the study that a title names, else the only one that an abstract does."""
    for form in _IN_TITLE:
        for match in form.finditer(title):
            if _is_name(name := _tidy(match["name"]), lexicon):
                return name
    told = {name for form in _IN_ABSTRACT for match in form.finditer(abstract) if _is_name(name := _tidy(match["name"]), lexicon)}
    return told.pop() if len(told) == 1 else None


def _tidy(name: str) -> str:
    return re.sub(r"[‐–]", "-", name)


def _is_name(name: str, lexicon: Lexicon) -> bool:
    """Whether capitals are the name of a study and not of something that the lexicon knows, nor a word set in capitals with others."""
    letters = [letter for letter in name if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    if len(letters) < _SHORTEST or capitals < 0.5 * len(letters):
        return False
    known = (lexicon.populations_in, lexicon.interventions_in, lexicon.tests_in, lexicon.outcomes_in, lexicon.organisations_in)
    whole = name.replace("-", " ").casefold()
    return bool(lexicon.trials_in(name)) or not any(
        mention.end - mention.start >= len(name) or name[mention.start : mention.end].replace("-", " ").casefold() == whole
        for find in known
        for mention in find(name)
    )
