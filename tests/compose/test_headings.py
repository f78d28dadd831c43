"""Under which heading a statement stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.compose.headings import GUIDELINE_HEADINGS, RESEARCH_HEADINGS
from ragqa.service import QAService
from tests.compose.samples import heading_of, small_service


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("Mycophenolate is conditionally recommended", "first-line"),
        ("Methotrexate is conditionally recommended against", "first-line-against"),
        ("progresses despite first-line treatment", "progression"),
        ("measured every 6 months", "monitoring"),
        ("improved with rituximab in the Northern", "outcome"),
    ],
)
def test_line_of_therapy_and_direction_decide_the_heading(small: QAService, words: str, heading: str) -> None:
    """What is recommended first, what is recommended against and what comes on progression stand apart."""
    assert heading_of(small.ask("How is ILD in MCTD treated?"), words) == heading


def test_headings_keep_their_order_and_none_is_empty(small: QAService) -> None:
    """Both sections list their headings in the fixed order; one without statements is left out."""
    answer = small.ask("How is ILD in MCTD treated?")

    for part, headings in zip(answer.sections, (GUIDELINE_HEADINGS, RESEARCH_HEADINGS), strict=False):
        order = [heading.key for heading in headings]
        keys = [group.facet for group in part.groups]
        assert keys == sorted(keys, key=order.index)
        assert all(group.statements for group in part.groups)


def test_every_heading_has_one_key_and_a_title() -> None:
    """Keys are what programs read, titles what people do."""
    for headings in (GUIDELINE_HEADINGS, RESEARCH_HEADINGS):
        assert len({heading.key for heading in headings}) == len({heading.title for heading in headings}) == len(headings)


STUDY = """---
title: Methotrexate and interstitial lung disease in rheumatoid arthritis, a cohort
short_title: Eastern cohort 2021
year: 2021
kind: cohort
populations: [{disease: RA, n: 900}]
---

# Eastern cohort 2021

## Safety

- Methotrexate was not associated with incident RA-ILD in the Eastern cohort 2021, with an odds ratio of 0.85 (95% CI 0.49-1.49).

## Limits

- The Eastern cohort 2021 on methotrexate does not address acute pneumonitis in RA-ILD.
"""


def test_what_is_asked_about_stands_together_and_limits_apart(tmp_path: Path) -> None:
    """Asked whether a drug is safe, what a study found on that is its safety, whatever else the sentence tells more of."""
    answer = small_service(tmp_path, {"research/eastern.md": STUDY}).ask("Is methotrexate safe in RA patients with ILD?")

    assert [(group.facet, len(group.statements)) for group in answer.sections[1].groups] == [("safety", 1), ("evidence-gap", 1)]
