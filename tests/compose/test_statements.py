"""What a statement shows of its quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.service import QAService
from tests.compose.samples import section, small_service

COHORT = """---
title: Rituximab in interstitial lung disease of systemic sclerosis, a cohort
short_title: Western cohort 2020
year: 2020
kind: cohort
populations: [{disease: SSc, n: 40}]
---

# Western cohort 2020

## Outcomes

- Forced vital capacity rose with rituximab by 5% (Figure 2) in 40 patients with SSc-ILD of the Western cohort 2020 (p = 0.01; Table 3).
"""


def test_references_to_figures_are_left_out_and_pass_the_check(tmp_path: Path) -> None:
    """The quote keeps them; the answer's own check finds the statement in it by the recorded edits."""
    answer = small_service(tmp_path, {"research/western.md": COHORT}).ask("What is the outcome of rituximab in SSc-ILD?")

    (statement,) = (each for each in section(answer, "research") if "5%" in each.text)
    assert statement.text == "Forced vital capacity rose with rituximab by 5% in 40 patients with SSc-ILD of the Western cohort 2020 (p = 0.01)."
    assert [edit.op for edit in statement.edits] == ["drop_reference", "drop_reference"]
    assert "(Figure 2)" in statement.evidence[0].quote
    assert "2" not in statement.numbers


@pytest.mark.parametrize(
    ("result", "n"),
    [
        ("Diffusing capacity rose with rituximab by 4% in SSc-ILD in the Western cohort 2020.", 40),
        ("Diffusing capacity rose with rituximab by 4% in 31 patients with SSc-ILD of the Western cohort 2020.", 31),
        ("Dyspnoea did not change with rituximab in patients with SSc-ILD on mycophenolate at baseline in the Western cohort 2020.", None),
        ("Diffusing capacity rose by 4% with rituximab (n = 12) and by 1% without it (n = 28) in SSc-ILD of the Western cohort 2020.", None),
    ],
)
def test_the_number_beside_a_statement_is_that_of_its_patients(tmp_path: Path, result: str, n: int | None) -> None:
    """It is what the sentence gives, or the whole study's; neither stands beside a subgroup or two arms."""
    head = COHORT[: COHORT.index("- ")]
    answer = small_service(tmp_path, {"research/western.md": f"{head}- {result}\n"}).ask("What is the outcome of rituximab in SSc-ILD?")

    assert [each.n for each in section(answer, "research")] == [n]


def test_sentences_told_together_have_the_number_of_the_whole_study_or_none(tmp_path: Path) -> None:
    """Where one of them gives it, it is that of all; where one tells of other patients than the rest, it is no number."""
    whole = "- Dyspnoea improved with rituximab in SSc-ILD in the Western cohort 2020.\n"
    part = "- Diffusing capacity rose with rituximab by 4% in 31 patients with SSc-ILD of the Western cohort 2020.\n"

    for number, (more, n) in enumerate(((whole, 40), (part, None))):
        answer = small_service(tmp_path / str(number), {"research/western.md": COHORT + more}).ask("What is the outcome of rituximab in SSc-ILD?")
        assert [(each.n, len(each.evidence)) for each in section(answer, "research")] == [(n, 2)]


def test_a_case_control_study_is_called_one(corpus_service: QAService) -> None:
    """It follows nobody: what it found goes back from the disease to the treatment."""
    shown = section(corpus_service.ask("Does methotrexate cause ILD in RA?"), "research")

    assert "case-control study" in {each.design for each in shown}
