"""A question on risk factors is answered by those of the event it asks about: falling ill, getting worse, or dying."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compose.samples import section, small_service

COHORT = """---
title: Mixed connective tissue disease of the North, a cohort
short_title: Northern cohort 2020
year: 2020
kind: cohort
populations: [{disease: MCTD, n: 150}]
---

# Northern cohort 2020

## Screening

- Older age was a risk factor for interstitial lung disease (ILD) at baseline in MCTD in the Northern cohort 2020.

## Progression

- Male sex predicted progression of ILD in MCTD in the Northern cohort 2020, with a hazard ratio of 4.0.

## Prognosis

- Fibrosis above a fifth of the lung predicted death in MCTD-ILD in the Northern cohort 2020, with a hazard ratio of 2.9.
"""
GUIDELINE = """---
title: Treatment of interstitial lung disease in MCTD
short_title: Northern guideline 2021
year: 2021
kind: guideline
organisation: Northern Society
populations: [{disease: MCTD}]
---

# Northern guideline 2021

## Progressive disease

- Rituximab is conditionally recommended by the Northern guideline 2021 for MCTD-ILD that progresses despite first-line treatment.
"""
GROUP = """---
title: Worsening of interstitial lung disease in rheumatic disease, a meta-analysis
short_title: Group meta-analysis 2022
year: 2022
kind: systematic-review
populations: [{disease: SARD}]
---

# Group meta-analysis 2022

## Progression

- A usual interstitial pneumonia pattern predicted progression of SARD-ILD in the Group meta-analysis 2022, with an odds ratio of 1.9.
"""


@pytest.mark.parametrize(
    ("question", "factor"),
    [
        ("What are the risk factors for ILD in MCTD?", "Older age"),
        ("Which factors predict progression of ILD in MCTD?", "Male sex"),
        ("Which factors predict death in MCTD-ILD?", "Fibrosis"),
    ],
)
def test_risk_factors_are_those_of_the_event_asked_about(tmp_path: Path, question: str, factor: str) -> None:
    """Three lists that must not be taken for one; and advice on treatment foretells nothing."""
    answer = small_service(tmp_path, {"research/cohort.md": COHORT, "guidelines/north.md": GUIDELINE}).ask(question)
    told = {name for name in ("Older age", "Male sex", "Fibrosis") if any(name in each.text for each in section(answer, "research"))}

    assert factor in told
    # What makes the disease worse foretells death, too; who falls ill is another matter.
    assert told <= ({factor, "Male sex"} if factor == "Fibrosis" else {factor})
    assert not any("recommended" in each.text for each in answer.statements)


def test_a_factor_that_is_named_is_told_with_whatever_it_foretells(tmp_path: Path) -> None:
    """What a drug or an antibody means is not asked for one event."""
    text = COHORT.replace("Older age", "Anti-Ro52").replace("Male sex", "Anti-Ro52").replace("Fibrosis above a fifth of the lung", "Anti-Ro52")
    answer = small_service(tmp_path, {"research/cohort.md": text}).ask("Which risks does anti-Ro52 carry for the lung in MCTD?")

    assert all(any(event in each.text for each in section(answer, "research")) for event in ("at baseline", "progression", "death"))


def test_what_is_known_of_the_group_answers_for_a_disease_of_it(tmp_path: Path) -> None:
    """No study is on progression in RA: that of all rheumatic diseases is shown, and no list of who falls ill."""
    onset = COHORT[: COHORT.index("## Progression")].replace("MCTD", "RA").replace("Mixed connective tissue disease", "Rheumatoid arthritis")
    answer = small_service(tmp_path, {"research/onset.md": onset, "research/group.md": GROUP}).ask("Which factors predict progression of RA-ILD?")

    assert [each.text[:7] for each in section(answer, "research")] == ["A usual"]


def test_how_many_get_worse_does_not_tell_who(tmp_path: Path) -> None:
    """A frequency in the asked disease itself gives way to a risk factor of the group, and stays where nothing tells one."""
    counted = COHORT[: COHORT.index("## Screening")] + "## Progression\n\n- ILD progressed in 46% of patients with MCTD in the Northern cohort 2020.\n"
    question = "Which factors predict progression of ILD in MCTD?"
    both = small_service(tmp_path / "both", {"research/counted.md": counted, "research/group.md": GROUP}).ask(question)
    alone = small_service(tmp_path / "alone", {"research/counted.md": counted}).ask(question)

    assert [each.text[:7] for each in section(both, "research")] == ["A usual"]
    assert [each.text[:7] for each in section(alone, "research")] == ["ILD pro"]
