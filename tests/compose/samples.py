"""A library of a few tiny documents, built and opened as any other, with every threshold of relevance down: only the rules decide."""

from __future__ import annotations

from pathlib import Path

from ragqa.bootstrap import open_service
from ragqa.build import build_index
from ragqa.index.hashing import HashingEmbedder
from ragqa.service import QAService
from ragqa.settings import load_settings
from ragqa.types import Answer, Block, DocumentSection, Origin, Sentence, SentenceRecord, Span, Statement, Tags, Zone

GUIDELINE = """---
title: 2023 Example Society guideline on interstitial lung disease
short_title: Example 2023
organisation: Example Society
issuer: Example
edition: 2023
year: 2024
kind: guideline
---

# Example 2023

## First-line treatment

- Mycophenolate is conditionally recommended by Example 2023 as a first-line treatment of ILD in MCTD.
- Mycophenolate is strongly recommended by Example 2023 as a first-line treatment of ILD in SSc.
- Methotrexate is conditionally recommended against by Example 2023 as a first-line treatment of ILD in MCTD.
- Tofacitinib is conditionally recommended by Example 2023 as a first-line treatment of ILD in RA.

## Treatment after progression

- Methotrexate is conditionally recommended by Example 2023 for MCTD-ILD that progresses despite first-line treatment.

## Monitoring

- In MCTD-ILD, lung function is recommended to be measured every 6 months by Example 2023.
"""
OLD_GUIDELINE = """---
title: 2012 Example Society guideline on interstitial lung disease
short_title: Example 2012
organisation: Example Society
issuer: Example
edition: 2012
year: 2012
kind: guideline
superseded_by: [example-2023]
---

# Example 2012

## First-line treatment

- Methotrexate is recommended by Example 2012 as a first-line treatment of ILD in MCTD.
- Azathioprine is recommended by Example 2012 as a first-line treatment of ILD in MCTD.
"""
BETTER = """---
title: Rituximab in mixed connective tissue disease, a cohort of the north
short_title: Northern cohort 2019
year: 2019
kind: cohort
populations: [{disease: MCTD, n: 97}]
---

# Northern cohort 2019

## Outcomes

- Forced vital capacity improved with rituximab in the Northern cohort 2019 of 97 patients with MCTD-ILD, by 8.9% at 24 weeks.
- Infections did not occur more often with rituximab than with placebo in 12 of 97 patients with MCTD of the Northern cohort 2019.
"""
WORSE = """---
title: Rituximab in mixed connective tissue disease, a cohort of the south
short_title: Southern cohort 2020
year: 2020
kind: cohort
populations: [{disease: MCTD, n: 31}]
---

# Southern cohort 2020

## Outcomes

- Forced vital capacity worsened with rituximab in the Southern cohort 2020 of 31 patients with MCTD-ILD, by 4.1% at 24 weeks.
"""
SIBLING = """---
title: Rituximab in dermatomyositis
short_title: Eastern series 2015
year: 2015
kind: case-series
populations: [{disease: DM, n: 14}]
---

# Eastern series 2015

## Outcomes

- Survival with rituximab was 80% at one year in 14 patients with dermatomyositis and ILD of the Eastern series 2015.
- Survival without rituximab was 60% at one year in patients with dermatomyositis and ILD of the Eastern series 2015.
- Cough improved with rituximab in 9 of 14 patients with dermatomyositis and ILD of the Eastern series 2015.
"""
REVIEW = """---
title: A narrative review of treatment in systemic sclerosis
short_title: Review 2018
year: 2018
kind: narrative-review
populations: [SSc]
---

# Review 2018

## Treatment of systemic sclerosis

Cyclophosphamide slowed the decline of forced vital capacity by -2.5 points in 158 patients with SSc-ILD [4, 12].
However, these gains were lost after 12 months without cyclophosphamide [5]. In contrast to nintedanib, cyclophosphamide did
not change the rate of acute exacerbation in SSc-ILD. The guideline Example 2023 recommends mycophenolate as a first-line treatment
of ILD in SSc [7].

## References

1. Author 1 A. Title of paper 1. Journal 2010;1:1-9.
2. Author 2 A. Title of paper 2. Journal 2010;2:1-9.
3. Author 3 A. Title of paper 3. Journal 2010;3:1-9.
4. Author 4 A. Title of paper 4. Journal 2010;4:1-9.
5. Author 5 A. Title of paper 5. Journal 2010;5:1-9.
6. Author 6 A. Title of paper 6. Journal 2010;6:1-9.
7. Author 7 A. Title of paper 7. Journal 2010;7:1-9.
8. Author 8 A. Title of paper 8. Journal 2010;8:1-9.
9. Author 9 A. Title of paper 9. Journal 2010;9:1-9.
10. Author 10 A. Title of paper 10. Journal 2010;10:1-9.
11. Author 11 A. Title of paper 11. Journal 2010;11:1-9.
12. Author 12 A. Title of paper 12. Journal 2010;12:1-9.
"""
DOCUMENTS = {
    "guidelines/example-2023.md": GUIDELINE,
    "guidelines/example-2012.md": OLD_GUIDELINE,
    "research/northern-2019.md": BETTER,
    "research/southern-2020.md": WORSE,
    "research/eastern-2015.md": SIBLING,
    "research/review-2018.md": REVIEW,
}
OPEN = {
    "off_topic_cosine": 0.0,
    "off_topic_cosine_unnamed": 0.0,
    "salient": 1.0,
    "least_probability": 0.0,
    "score_cut": 0.0,
    "score_floor": 0.0,
    "indirect_floor": 0.0,
}
"""Settings under which no estimate keeps a statement out."""


def small_service(folder: Path, documents: dict[str, str] = DOCUMENTS) -> QAService:
    """Build an index of documents below a folder and return a service over it."""
    for source, text in documents.items():
        path = folder / "corpus" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = load_settings(corpus=folder / "corpus", index=folder / "index", compose=OPEN)
    build_index(settings, encoder=HashingEmbedder(256))
    return open_service(settings)


def section(answer: Answer, section_id: str) -> tuple[Statement, ...]:
    """Return the statements of one section of an answer."""
    return tuple(statement for part in answer.sections if part.section_id == section_id for statement in part.statements)


def heading_of(answer: Answer, words: str) -> str:
    """Return the key of the heading under which the statement with these words stands."""
    (key,) = {group.facet for part in answer.sections for group in part.groups for statement in group.statements if words in statement.text}
    return key


def sentence(
    text: str, ordinal: int = 0, paragraph: int = 0, tags: Tags | None = None, block: Block = Block.PARAGRAPH, zone: Zone = Zone.BODY
) -> SentenceRecord:
    """Return a sentence as the library holds it; without tags it names a population of its own."""
    tags = tags or Tags(populations=("SSc",), population_origin=Origin.EXPLICIT)
    place = DocumentSection(0, "Results", ("Results",), 1, zone)
    return SentenceRecord(ordinal, "d", place, Sentence(ordinal, text, (Span(1, 0, len(text)),), 0, paragraph, block, tags=tags))
