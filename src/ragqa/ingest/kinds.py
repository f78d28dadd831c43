"""What kind of publication a document is, from its title and abstract. The result is marked "detected" and can be overridden."""

from __future__ import annotations

import re

from ragqa.types import DocumentKind as Kind

_TITLE_CUES: tuple[tuple[Kind, str], ...] = (
    (Kind.CONSENSUS, r"consensus|delphi|position (?:statement|paper)|expert (?:opinion|panel)|points to consider"),
    (Kind.SYSTEMATIC_REVIEW, r"systematic (?:literature )?review|meta-?analys[ie]s|umbrella review|scoping review"),
    (Kind.RANDOMISED_TRIAL, r"(?<!non-)(?<!non)randomi[sz]ed|placebo-controlled|double-blind|double-masked|phase (?:2|3|ii|iii)\w* (?:trial|study)"),
    (Kind.REGISTRY, r"\bregistry\b|\bregister\b|biobank"),
    (Kind.CASE_SERIES, r"case series|series of (?:\w+ )?cases|\bcases?:? (?:series|reports) "),
    (Kind.CASE_REPORT, r"case report|a case of|report of (?:a|one|two|three) cases?|: a case\b"),
    (Kind.CASE_CONTROL, r"case[- ]control"),
    (Kind.COHORT, r"cohort|longitudinal|retrospective|prospective|population-based|cross-sectional|observational|follow-up study|long-term"),
    (
        Kind.GUIDELINE,
        r"(?<!adherence to )(?<!impact of )(?<!implementation of )(?<!appraisal of )\b(?:guidelines?(?:$|:| for| on| to the)"
        r"|practice (?:guideline|parameter)|guideline [A-Z]{1,3}\d{1,4}\b)|\brecommendations? (?:for|on) ",
    ),
    (Kind.NARRATIVE_REVIEW, r"\breview\b|overview|state of the art|update on|current (?:concepts|perspectives|status)|perspectives?\b"),
)
_TEXT_CUES: tuple[tuple[Kind, str], ...] = (
    (
        Kind.SYSTEMATIC_REVIEW,
        r"(?:this|our|a) systematic (?:literature )?review (?:and|was|of|aim|summari)|we (?:systematically searched|conducted a systematic)|PRISMA",
    ),
    (
        Kind.RANDOMISED_TRIAL,
        r"\b(?:patients|participants|subjects|adults|children|women|men|people|volunteers|individuals)\b[^.]{0,60}\b(?:were|was) "
        r"(?:\w+ ){0,2}(?:randomly (?:assigned|allocated|divided)|randomi[sz]ed)"
        r"|randomi[sz]ed,? (?:double|single|open|controlled|placebo|parallel)[^.]{0,60}(?:trial|study) (?:was|of|in|to)",
    ),
    (Kind.CASE_REPORT, r"we (?:report|describe|present) (?:the|a|an|one)(?: \w+){0,3} case\b"),
    (Kind.CASE_SERIES, r"we (?:report|describe|present) (?:\w+ ){0,2}cases\b|case series"),
    (
        Kind.NARRATIVE_REVIEW,
        r"(?:aim|purpose|objective)s? of (?:this|the present|our) (?:\w+ )?(?:review|article)|this (?:\w+ )?review|(?:is|are"
        r"|has been) reviewed (?:here|in this)|in this (?:mini-?)?review",
    ),
    (Kind.CASE_CONTROL, r"case[- ]control (?:study|analysis|design)"),
    (Kind.COHORT, r"(?:cohort|retrospective|prospective|observational|cross-sectional) (?:study|analysis|cohort|series)"),
)
PROTOCOL = "detected: protocol"
"""How the kind of a paper was learned that announces a study: nothing in it is a result."""
_PROTOCOL = re.compile(r"study protocol|\bprotocol (?:for|of)\b|rationale and design", re.IGNORECASE)

ARTICLE_TYPES = {
    "systematic-review": Kind.SYSTEMATIC_REVIEW,
    "review-article": Kind.NARRATIVE_REVIEW,
    "case-report": Kind.CASE_REPORT,
    "editorial": Kind.OTHER,
    "letter": Kind.OTHER,
    "correction": Kind.OTHER,
    "retraction": Kind.OTHER,
}
"""JATS `article-type` values that settle a kind; a systematic review is often filed as review-article, so the title is asked first."""

PUBLICATION_TYPES = {
    "practice guideline": Kind.GUIDELINE,
    "guideline": Kind.GUIDELINE,
    "consensus development conference": Kind.CONSENSUS,
    "meta-analysis": Kind.SYSTEMATIC_REVIEW,
    "systematic review": Kind.SYSTEMATIC_REVIEW,
    "randomized controlled trial": Kind.RANDOMISED_TRIAL,
    "case reports": Kind.CASE_REPORT,
    "observational study": Kind.COHORT,
    "review": Kind.NARRATIVE_REVIEW,
}
"""PubMed publication types, surest first."""


def detect_kind(title: str, abstract: str) -> tuple[Kind, str]:
    """Return the kind that title and abstract speak for, and how it was learned ("detected" or "default").

    A guideline is only known by its title: whoever writes "we conditionally recommend" may be quoting one.
    """
    if _PROTOCOL.search(title):
        # A protocol announces a study and reports no result of it.
        return Kind.OTHER, PROTOCOL
    for kind, cue in _TITLE_CUES:
        if re.search(cue, title, re.IGNORECASE):
            return kind, "detected"
    for kind, cue in _TEXT_CUES:
        if re.search(cue, abstract, re.IGNORECASE | re.DOTALL):
            return kind, "detected"
    return Kind.OTHER, "default"
