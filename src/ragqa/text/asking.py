"""Which sentences of a question ask, and which only tell a case."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[?.;!])\s+")
_CASE_TOLD = re.compile(
    r"^[^?.;!:]*(?:\d\s?(?:ng|mg|µg|μg|g|mL|U|IU|%)(?![\w])|\b(?:worse\w*|falling|fell|dropping|dropped|declin\w+|progress(?:ing|ed)|despite|fail(?:ed|ing))\b)[^?.;!:]*:\s+"
    r"(?=(?:what|which|how|who|does|do|did|is|are|can|should|would|will)\b)",
    re.IGNORECASE,
)
"""A case told before a colon, by a measured value or its course, and the question behind it."""
_REQUEST = re.compile(
    r"\bi(?:'m| am|'d)? (?:need|want|like|would like|looking for|wonder)\b(?! to (?!know|see|hear|understand|learn|read))"
    r"|\b(?:tell|give|show|send) me\b|\blet me know\b"
    r"|\bplease\b(?!\s+(?:help|advise)\s*[.!]*$)|^\s*(?:(?:and|also|then)\s+)?(?:list|name|summari[sz]e|explain|describe|compare|outline|define|enumerate|specify)\b",
    re.IGNORECASE,
)
"""What makes a sentence ask without a question mark: "I need predictors." """

_AUXILIARY = r"(?:is|are|was|were|does|do|did|can|could|may|should|would|will|has|have|had)"
_FORM = re.compile(
    rf"\s*(?:(?:and|or|but|also|so|then)\s+)*(?:{_AUXILIARY}\s+\w"
    rf"|(?:(?:at|in|for|on|to|with|from|by)\s+)?(?:how|what|which|who|whom|why|when|where)\s+(?:[\w'’/-]+\s+){{0,4}}{_AUXILIARY}\b"
    r"|how\s+(?:often|many|much|long|soon|common|frequent(?:ly)?|high|low|well|good|safe|likely|fast)\b)",
    re.IGNORECASE,
)
"""How a question begins: an auxiliary first, a word of asking and then one, or a measure asked for. "Why the gap" only trails behind a question."""
_TEST_TOLD = re.compile(
    r"\b(?:this|that|these|those|such) (?:\w+ )?(?:tests?|results?|antibod(?:y|ies)|markers?|scans?|findings?|signs?|features?|values?|levels?)\b"
    r"|\b(?:does|do|did|is|are|can|could|would|should) (?:that|this|these|those|it|they)\b|\b(?:which|any|one|all|each|none) of (?:these|those|them)\b",
    re.IGNORECASE,
)
"""Words of asking that stand for results told of before."""

BARE = 4
"""Words of an asking sentence that only refers to what is told: "Is that likely?"."""


def asking_part(text: str) -> str:
    """Return the sentences of a question that ask, by question mark or as a request; all of it where none does.

    "My aunt has MCTD and a cough. Which drugs are usual?" asks nothing in its first sentence.
    """
    return " ".join(text[start:end] for start, end in asks_at(text))


def asks_at(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the sentences that ask stand: characters [start, end) of each."""
    case = _CASE_TOLD.match(text)
    spans = [(case.end(), case.end())] if case else []
    spans += [match.span() for match in _SENTENCE.finditer(text)]
    breaks = [0, *(position for span in spans for position in span), len(text)]
    sentences = [(start, end) for start, end in zip(breaks[::2], breaks[1::2], strict=True) if text[start:end].strip()]
    return tuple([(start, end) for start, end in sentences if _asks(text[start:end])] or sentences)


def asks_by_form(text: str) -> bool:
    """Say whether any sentence of a question asks, by its mark, its form or as a request; a bare case or a list of words asks by none."""
    return any(_asks(text[start:end]) for start, end in asks_at(text))


def ends_as_question(sentence: str) -> bool:
    """Say whether a sentence is a question by its mark, or by its form where it has no mark at all ("… and is it in the guideline")."""
    end = sentence.rstrip()[-1:]
    return end == "?" or (end not in ".!;" and _FORM.match(sentence) is not None)


def _asks(sentence: str) -> bool:
    return ends_as_question(sentence) or _REQUEST.search(sentence) is not None


def refers_to_tests(asking: str) -> bool:
    """Say whether the sentences that ask refer to results told of before: "which of these signs count?"."""
    return _TEST_TOLD.search(asking) is not None
