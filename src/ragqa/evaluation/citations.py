"""Whether the citations hold: citation precision and recall as ALCE defines them, and whether anything was turned into its opposite.

The judge of support is lexical: a quote supports a text when it is byte for byte what the cited page holds, every figure of the text
stands in it, and it holds nine tenths of the text's words. For verbatim statements this is exact, so these figures guard against
regressions rather than earn praise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ragqa.evaluation.assessor import Case
from ragqa.evaluation.records import Share
from ragqa.text.analyzer import analyze
from ragqa.types import Direction, Evidence, Statement

LEAST_COVERAGE = 0.9
"""Share of the words of a statement, by stem, that a supporting quote holds."""
_FIGURE = re.compile(r"\d+(?:[.,·]\d+)*")
_NEGATION = re.compile(r"\b(?:no|not|never|neither|nor|without|cannot|none|against)\b|n['’]t\b", re.IGNORECASE)
_BROKEN_WORD = re.compile(r"(\w)[-‐\u00ad\u0002]\s*\n\s*(\w)")
_AGAINST = re.compile(
    r"\b(?:recommend|suggest|advis|advocat|vot)\w*(?: \w+){0,3} against\b|\b(?:should|must) not\b|\bdo not use\b"
    r"|\b(?:is|are) not (?:\w+ ){0,2}(?:recommended|advised|suggested|indicated)\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(r"\bno (?:\w+ ){0,2}recommendation\b|\bneither for nor against\b|\b(?:could|did|does) not (?:\w+ ){0,3}recommendation\b", re.IGNORECASE)


def citation_recall(case: Case) -> Share:
    """Count statements that their citations support together.

    Source: Gao et al., "Enabling Large Language Models to Generate Text with Citations" (ALCE), EMNLP 2023, section 3; with the lexical judge above.
    """
    statements = case.answer.statements
    return Share(float(sum(is_supported(case, statement) for statement in statements)), len(statements))


def citation_precision(case: Case) -> Share:
    """Count (statement, citation) pairs that are needed.

    A citation is a number of the source list with all the quotes it stands for. It counts where all citations together support the
    statement, and it supports it alone or the others do not without it.

    Source: ALCE, as above.
    """
    pairs = [(statement, source) for statement in case.answer.statements for source in statement.citations]
    return Share(float(sum(_is_needed(case, statement, source) for statement, source in pairs)), len(pairs))


def contradiction(case: Case) -> Share:
    """Count statements whose negations are not those of their quotes: "not", "without", "against" dropped or added.

    Source: composition.md section 10, contradict rate.
    """
    statements = case.answer.statements
    return Share(float(sum(contradicts(statement) for statement in statements)), len(statements))


def badge_precision(case: Case) -> Share:
    """Count recommendation badges whose direction is that of the quote, read here by rules of this module's own.

    Source: composition.md section 4.10: direction is never altered.
    """
    badged = [statement for statement in case.answer.statements if statement.recommendation is not None]
    return Share(float(sum(has_right_badge(statement) for statement in badged)), len(badged))


def figures_in(text: str) -> set[str]:
    """Return the figures of a text as written."""
    return set(_FIGURE.findall(text))


def is_supported(case: Case, statement: Statement) -> bool:
    """Whether the statement has evidence, all of it is real, and together it supports the text."""
    return bool(statement.evidence) and all(_is_real(case, evidence) for evidence in statement.evidence) and _supports(statement, statement.evidence)


def contradicts(statement: Statement) -> bool:
    """Whether text and quotes differ in their negations."""
    said = Counter(match.lower() for match in _NEGATION.findall(_own_text(statement)))
    quoted = Counter(match.lower() for match in _NEGATION.findall(_joined(statement.evidence)))
    return said != quoted


def has_right_badge(statement: Statement) -> bool:
    """Whether the direction on the badge is that of the quote; true without a badge."""
    if statement.recommendation is None:
        return True
    quote = " ".join(_joined(statement.evidence).split())
    direction = Direction.NONE if _UNDECIDED.search(quote) else Direction.AGAINST if _AGAINST.search(quote) else Direction.FOR
    return statement.recommendation.direction is direction


def _is_needed(case: Case, statement: Statement, source: int) -> bool:
    if not is_supported(case, statement):
        return False
    own = [evidence for evidence in statement.evidence if evidence.source == source]
    others = [evidence for evidence in statement.evidence if evidence.source != source]
    return _supports(statement, own) or not _supports(statement, others)


def _is_real(case: Case, evidence: Evidence) -> bool:
    """Whether the quote is what the cited page holds, and the number leads to that document in the list of sources."""
    document = case.assessor.document(evidence.document_id)
    if document is None or document.sha256 != evidence.document_version or case.assessor.page_slice(evidence) != evidence.quote:
        return False
    return [source.document_id for source in case.answer.sources if source.n == evidence.source] == [evidence.document_id]


def _supports(statement: Statement, evidence: Sequence[Evidence]) -> bool:
    text, quote = _own_text(statement), _joined(evidence)
    terms = set(analyze(text))
    held = set(analyze(quote))
    return figures_in(text) <= figures_in(quote) and len(terms & held) >= LEAST_COVERAGE * len(terms)


def _own_text(statement: Statement) -> str:
    """Return the text without a lead-in that was put before it: the lead-in is declared, not quoted."""
    lead_in = "".join(edit.after for edit in statement.edits if edit.op == "lead_in")
    return statement.text.removeprefix(lead_in)


def _joined(evidence: Sequence[Evidence]) -> str:
    """Return the quotes with words whole that a line end broke, beside the raw text where that reads otherwise."""
    return " ".join(_BROKEN_WORD.sub(r"\1\2", each.quote) for each in evidence)
