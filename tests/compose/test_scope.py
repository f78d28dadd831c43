"""Advice stays within the scope of its guideline, and stands where it answers what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragqa.service import QAService
from ragqa.types import Tier
from tests.compose.samples import heading_of, section, small_service

GUIDELINE = """---
title: 2024 Scope Society guideline on interstitial lung disease
short_title: Scope 2024
organisation: Scope Society
issuer: Scope
edition: 2024
year: 2024
kind: guideline
---

# Scope 2024

## First-line treatment

- Rituximab is conditionally recommended by Scope 2024 as a first-line treatment of ILD in SARD.
- Mycophenolate is conditionally recommended by Scope 2024 as a first-line treatment of ILD in SSc.
- Glucocorticoids in Scope 2024 are meant for short-term use in SARD-ILD other than SSc-ILD.
- Glucocorticoids are strongly recommended against by Scope 2024 as a first-line treatment of ILD in SSc.

## Limits

- The scope of Scope 2024 excludes ILD in systemic lupus erythematosus (SLE-ILD).
"""
COHORT = """---
title: Mycophenolate in interstitial lung disease of systemic sclerosis, a cohort
short_title: Dose cohort 2020
year: 2020
kind: cohort
populations: [{disease: SSc, n: 40}]
---

# Dose cohort 2020

## Dosing

- Mycophenolate was given at a target dose of 1500 mg twice daily in the Dose cohort 2020 of 40 patients with SSc-ILD.

## Safety

- Adverse events led 4 of 40 patients with SSc-ILD of the Dose cohort 2020 to stop mycophenolate.
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over a guideline that leaves one disease out, and a cohort."""
    return small_service(tmp_path_factory.mktemp("scope"), {"guidelines/scope.md": GUIDELINE, "research/cohort.md": COHORT})


def test_a_guideline_lists_whom_it_leaves_out(service: QAService) -> None:
    """Read from the sentence that speaks of the guideline itself, not from the exception of one recommendation."""
    assert service.document("scope").out_of_scope == ("SLE",)
    assert service.document("cohort").out_of_scope == ()


def test_advice_for_a_group_is_not_given_to_whom_the_guideline_leaves_out(service: QAService) -> None:
    """SLE is a SARD, but not one that this guideline speaks of: that is said in place of its advice."""
    texts = [each.text for each in section(service.ask("Is rituximab recommended for ILD in SLE?"), "guidelines")]

    assert texts == ["The scope of Scope 2024 excludes ILD in systemic lupus erythematosus (SLE-ILD)."]


def test_the_same_advice_is_given_to_others_of_the_group(service: QAService) -> None:
    """And marked as advice for the wider group."""
    (card,) = section(service.ask("Is rituximab recommended for ILD in MCTD?"), "guidelines")

    assert card.text.startswith("Rituximab is conditionally recommended")
    assert card.population_tier is Tier.BROADER


def test_what_holds_for_all_but_the_asked_is_not_told_to_them(service: QAService) -> None:
    """Advice "other than SSc-ILD" is none for SSc-ILD."""
    texts = [each.text for each in section(service.ask("Should glucocorticoids be given in SSc-ILD?"), "guidelines")]

    assert texts == ["Glucocorticoids are strongly recommended against by Scope 2024 as a first-line treatment of ILD in SSc."]


def test_no_advice_for_the_others_denies_nothing_to_the_asked(corpus_service: QAService) -> None:
    """That nothing was reached on pirfenidone for all but RA-ILD says nothing of it in RA-ILD."""
    for question in ("Is pirfenidone recommended in RA-ILD?", "Pirfenidone in RA-ILD: does it work?"):
        texts = [each.text for each in section(corpus_service.ask(question), "guidelines")]

        assert any("Pirfenidone as added therapy is conditionally recommended" in text for text in texts)
        assert not any("other than RA-ILD" in text for text in texts)


def test_what_is_asked_comes_first(service: QAService) -> None:
    """The heading of the asked facet stands before the others of its section."""
    answer = service.ask("What are the harms of mycophenolate in SSc-ILD?")

    assert heading_of(answer, "Adverse events led") == "safety"
    assert next(part for part in answer.sections if part.section_id == "research").groups[0].facet == "safety"


@pytest.mark.parametrize(
    ("question", "is_shown"), [("Is mycophenolate recommended in SSc-ILD?", True), ("What is the dose of mycophenolate in SSc-ILD?", False)]
)
def test_the_stance_of_a_guideline_stands_where_treatment_is_asked(service: QAService, question: str, is_shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether to give a treatment is not how much of it to give. The cut is up here, so that the recommendation can come in by rule alone."""
    monkeypatch.setattr("ragqa.compose.guidelines.above_cut", lambda pool, *_: [])

    texts = [each.text for each in section(service.ask(question), "guidelines")]

    assert ["Mycophenolate is conditionally recommended" in text for text in texts] == [True] * is_shown


def test_of_two_diseases_asked_about_each_keeps_its_advice(service: QAService) -> None:
    """The guideline leaves SLE out, which is said; what it advises for SSc is shown all the same."""
    texts = [each.text for each in section(service.ask("How is ILD treated in systemic sclerosis and in lupus?"), "guidelines")]

    assert "Mycophenolate is conditionally recommended by Scope 2024 as a first-line treatment of ILD in SSc." in texts
    assert "The scope of Scope 2024 excludes ILD in systemic lupus erythematosus (SLE-ILD)." in texts


def test_first_line_advice_is_no_stance_on_rapid_progression(service: QAService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cut is up here, so that a recommendation on the asked treatment could come in by rule alone."""
    monkeypatch.setattr("ragqa.compose.guidelines.above_cut", lambda pool, *_: [])

    assert section(service.ask("Is mycophenolate recommended in rapidly progressive SSc-ILD?"), "guidelines") == ()


@pytest.mark.parametrize(
    "question", ["Is tacrolimus a first-line choice for scleroderma ILD?", "Are calcineurin inhibitors backed up front outside myositis ILD?"]
)
def test_advice_for_others_only_answers_whether_it_is_for_the_asked(corpus_service: QAService, question: str) -> None:
    """What is for IIM-ILD only is not for SSc; advice on the class answers for its drugs, what the drugs did it does not tell."""
    said = "first-line option for IIM-ILD only"
    effect = corpus_service.ask("Does tacrolimus lower mortality in scleroderma ILD?")

    assert any(said in each.text for each in section(corpus_service.ask(question), "guidelines"))
    assert not any(said in each.text for each in effect.statements)


ENROLLED = """---
title: {drug} in mixed connective tissue disease, the {name} trial
short_title: {name} 2022
year: 2022
kind: randomised-trial
populations: [{{disease: MCTD, n: 20}}]
---

# {name} 2022

## Design

- {name} 2022 was a randomised trial of {drug} in 20 patients with {people}.

## Outcomes

- Forced vital capacity rose with {drug} in {n} of 20 patients with MCTD-ILD in {name} 2022.
- Progression of MCTD-ILD was rarer with {drug} in {name} 2022.
"""


def test_the_design_of_a_study_tells_the_situation_of_its_patients(tmp_path: Path) -> None:
    """That some progressed in the end says nothing of what they were."""
    files = {
        f"research/{name}.md": ENROLLED.format(name=name.capitalize(), people=people, drug=drug, n=n)
        for name, people, drug, n in (
            ("late", "progressive MCTD-ILD despite treatment", "rituximab", 12),
            ("early", "newly found MCTD-ILD", "mycophenolate", 9),
        )
    }
    service = small_service(tmp_path, files)

    assert service.document("late").situations == ("progression",)
    assert service.document("early").situations == ()
    shown = " ".join(each.text for each in section(service.ask("How is MCTD-ILD treated that progresses despite first-line treatment?"), "research"))
    assert "in Late 2022" in shown
    assert "in Early 2022" not in shown
