"""A small library of three documents and answers from it, written by hand: every quote is a slice of a stored page."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from ragqa.types import (
    Answer,
    AnswerSection,
    AnswerStatus,
    Clarification,
    Conflict,
    Direction,
    DocumentKind,
    DocumentRecord,
    DocumentSection,
    DocumentStatus,
    Edit,
    Evidence,
    Facet,
    Metadata,
    Origin,
    Reason,
    RecommendationCard,
    Source,
    Statement,
    StatementGroup,
    Strength,
    Tier,
    Verification,
    Zone,
)

GUIDELINE_TEXT = """
# Example Society guideline 2023

## First-line treatment

- Mycophenolate is conditionally recommended by the Example Society as a first-line treatment of ILD in MCTD and SSc.
- Glucocorticoids are strongly recommended against by the Example Society as a first-line treatment of SSc-ILD.
- On pirfenidone as a first-line treatment of RA-ILD, no recommendation was reached.

## Monitoring

- Forced vital capacity (FVC) is measured every 3 to 6 months in the first year of ILD.
"""
TRIAL_PAGES = (
    "The Example Trial of rituximab\n\nBackground. Connective tissue disease is often\naccompanied by interstitial lung disease.\n",
    "Results. At 24 weeks FVC rose by 8.9% with rituximab (n = 97, p < 0.001). Serious infections\n"
    "occurred in 12 patients. Rituximab was given as 1000 mg on days 1 and 15.\n\nDiscussion. The trial was stopped early.\n",
)
COHORT_TEXT = """
# Example cohort

## Outcomes

In 1,204 patients with CTD, FVC did not improve with rituximab after one year.
<b>Bold</b> & *starred* words stay as written.
"""

QUESTION = "How is interstitial lung disease in MCTD treated?"


def _record(source: str, kind: DocumentKind, text: str, n_pages: int = 1, **metadata: object) -> DocumentRecord:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    ending = source.rsplit(".", 1)[1]
    known = Metadata(kind=kind, kind_origin="front matter", **metadata)  # type: ignore[arg-type]  # the named fields of Metadata
    return DocumentRecord(sha256[:16], sha256, source, {"md": "markdown"}.get(ending, ending), known, DocumentStatus.OK, "", n_pages, 4)


GUIDELINE = _record(
    "guidelines/example-2023.md",
    DocumentKind.GUIDELINE,
    GUIDELINE_TEXT,
    title="2023 Example Society Guideline for the Treatment of Interstitial Lung Disease",
    short_title="Example Society guideline 2023",
    authors=("Müller-Lüdenscheidt SR", "Bernstein EJ", "et al."),
    organisation="Example Society",
    journal="Journal of Examples & Trials 2024;76(8):1051-1069",
    year=2024,
    edition=2023,
    doi="10.1000/example(2024)1",
    pmid="38973731",
    digest_of="A digest in our own words.",
)
TRIAL = _record("research/example-trial.pdf", DocumentKind.RANDOMISED_TRIAL, "".join(TRIAL_PAGES), n_pages=2, title="The Example Trial of rituximab", year=2020)
COHORT = _record("research/example-cohort.md", DocumentKind.COHORT, COHORT_TEXT, title="Example cohort", authors=("Example Study Group",), year=2012)
PAGES: dict[str, tuple[str, ...]] = {GUIDELINE.document_id: (GUIDELINE_TEXT,), TRIAL.document_id: TRIAL_PAGES, COHORT.document_id: (COHORT_TEXT,)}
RECORDS = (GUIDELINE, COHORT, TRIAL)
SECTIONS = {
    GUIDELINE.document_id: (DocumentSection(0, "First-line treatment", ("First-line treatment",), 2, Zone.BODY),),
    TRIAL.document_id: (DocumentSection(0, "Results", ("Results",), 1, Zone.BODY),),
    COHORT.document_id: (DocumentSection(0, "Outcomes", ("Outcomes",), 2, Zone.BODY),),
}


def _source(n: int, record: DocumentRecord) -> Source:
    known = record.metadata
    return Source(
        n=n,
        document_id=record.document_id,
        document_version=record.sha256,
        title=known.title,
        label=known.label,
        kind=known.kind,
        authors=known.authors,
        organisation=known.organisation,
        journal=known.journal,
        year=known.year,
        doi=known.doi,
        pmid=known.pmid,
        digest_of=known.digest_of,
    )


SOURCES = (_source(1, GUIDELINE), _source(2, TRIAL), _source(3, COHORT))


def quote(source: int, record: DocumentRecord, words: str, page: int = 1) -> Evidence:
    """Return the evidence for words that stand on a page."""
    text = PAGES[record.document_id][page - 1]
    start = text.index(words)
    path = SECTIONS[record.document_id][0].path
    return Evidence(source, record.document_id, record.sha256, path, page, start, start + len(words), words)


def _statement(name: str, text: str, facet: Facet, *evidence: Evidence, **rest: object) -> Statement:
    known = {"populations": ("MCTD",), "population_tier": Tier.EXACT, "population_origin": Origin.EXPLICIT} | rest
    return Statement(name, text, facet=facet, evidence=evidence, verification=Verification(checks=(("quote", True),)), score=1.25, **known)  # type: ignore[arg-type]  # the named fields of Statement


FOR = _statement(
    "s1",
    "Mycophenolate is conditionally recommended by the Example Society as a first-line treatment of ILD in MCTD and SSc.",
    Facet.TREATMENT,
    quote(1, GUIDELINE, "Mycophenolate is conditionally recommended by the Example Society as a first-line treatment of ILD in MCTD and SSc."),
    recommendation=RecommendationCard(Direction.FOR, Strength.CONDITIONAL, "low", "Example Society", 2023),
    drugs=("mycophenolate",),
    why=(("relevance", 0.8), ("tier", 0.45)),
)
AGAINST = _statement(
    "s2",
    "Glucocorticoids are strongly recommended against by the Example Society as a first-line treatment of SSc-ILD.",
    Facet.TREATMENT,
    quote(1, GUIDELINE, "Glucocorticoids are strongly recommended against by the Example Society as a first-line treatment of SSc-ILD."),
    recommendation=RecommendationCard(Direction.AGAINST, Strength.STRONG, None, "Example Society", 2023, superseded_by="Example Society 2026"),
    populations=("SSc",),
    population_tier=Tier.SIBLING,
)
ROSE = _statement(
    "s3",
    "Example Trial: At 24 weeks FVC rose by 8.9% with rituximab (n = 97, p < 0.001).",
    Facet.OUTCOME,
    quote(2, TRIAL, "At 24 weeks FVC rose by 8.9% with rituximab (n = 97, p < 0.001).", page=2),
    design="randomised trial",
    n=97,
    year=2020,
    populations=("CTD",),
    population_tier=Tier.BROADER,
    population_origin=Origin.SECTION,
    numbers=("8.9%", "97", "0.001"),
    edits=(Edit("lead_in", "", "Example Trial: "),),
)
UNCHANGED = _statement(
    "s4",
    "In 1,204 patients with CTD, FVC did not improve with rituximab after one year.",
    Facet.OUTCOME,
    quote(3, COHORT, "In 1,204 patients with CTD, FVC did not improve with rituximab after one year."),
    design="cohort",
    n=1204,
    year=2012,
    populations=("CTD",),
    population_tier=Tier.BROADER,
)
DOSE = _statement(
    "s5",
    "Serious infections occurred in 12 patients. Rituximab was given as 1000 mg on days 1 and 15.",
    Facet.DOSING,
    quote(2, TRIAL, "Serious infections\noccurred in 12 patients.", page=2),
    quote(2, TRIAL, "Rituximab was given as 1000 mg on days 1 and 15.", page=2),
    design="randomised trial",
    n=97,
)
MARKED_UP = _statement(
    "s6",
    "<b>Bold</b> & *starred* words stay as written.",
    Facet.BACKGROUND,
    quote(3, COHORT, "<b>Bold</b> & *starred* words stay as written."),
    populations=(),
)

ANSWER = Answer(
    answer_id="0123456789abcdef",
    question=QUESTION,
    interpreted_question=QUESTION,
    status=AnswerStatus.ANSWERED,
    index_version="gen-000001-abcdef",
    composer="extractive/1",
    settings_hash="00112233aabb",
    sections=(
        AnswerSection(
            "guidelines",
            "From the Guidelines",
            (StatementGroup("first-line", "First-Line Treatment", (FOR,)), StatementGroup("first-line-against", "Not Recommended at First Line", (AGAINST,))),
        ),
        AnswerSection(
            "research",
            "From the Research",
            (
                StatementGroup("dosing", "Dosing", (DOSE,)),
                StatementGroup("outcome", "Treatment Outcomes", (ROSE, UNCHANGED)),
                StatementGroup("background", "Background", (MARKED_UP,)),
            ),
        ),
    ),
    sources=SOURCES,
    disclaimer="For healthcare professionals. It supports clinical judgement and does not replace it.",
    conflicts=(Conflict(("s3", "s4"), "direction", "FVC rose in one study and did not improve in the other."),),
    not_covered=("survival in MCTD",),
    follow_ups=("How is MCTD monitored?", "What is the prognosis of MCTD?"),
)
ABSTENTION = replace(
    ANSWER,
    answer_id="fedcba9876543210",
    question="What is the dose of mycophenolate in pregnancy?",
    status=AnswerStatus.INSUFFICIENT_EVIDENCE,
    sections=(),
    sources=(SOURCES[0],),
    reason=Reason("no_dose", "No document of the library states a dose of mycophenolate in pregnancy.", "Ask about pregnancy or about dosing alone."),
    nearest=(FOR,),
    conflicts=(),
    not_covered=(),
    follow_ups=(),
)
CLARIFIED = replace(
    ANSWER,
    answer_id="aaaabbbbccccdddd",
    question="What helps against AE of rituximb?",
    interpreted_question="What helps against acute exacerbation of rituximab?",
    status=AnswerStatus.ANSWERED_WITH_CLARIFICATION,
    clarifications=(Clarification("AE", "acute exacerbation", ("adverse events",)),),
    corrections=(("rituximb", "rituximab"),),
)
