"""A treatment that the patient is on already does not stand for the one to be added to it."""

from __future__ import annotations

import pytest

from ragqa.service import QAService
from ragqa.text.given import treatments_added
from ragqa.text.lexicon import load_lexicon
from tests.compose.samples import section, small_service

TRIAL = """---
title: {title}
short_title: {label}
year: 2020
kind: randomised-trial
populations: [{{disease: RA, n: 200}}]
---

# {label}

## Outcomes

{results}
"""
OF_OTHER = TRIAL.format(
    title="Adalimumab plus methotrexate in early rheumatoid arthritis, the western trial",
    label="Western trial 2020",
    results="- In patients with rheumatoid arthritis of the Western trial 2020, combination therapy was superior to methotrexate with 45% against 24%.",
)
OF_ASKED = TRIAL.format(
    title="Etanercept in moderately active rheumatoid arthritis, the eastern trial",
    label="Eastern trial 2021",
    results="- In patients with rheumatoid arthritis of the Eastern trial 2021, 33% on etanercept and 21% on placebo achieved low disease activity.\n"
    "- In patients with rheumatoid arthritis of the Eastern trial 2021, combination therapy was no more toxic than methotrexate with 4% against 5%.",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> QAService:
    """Return a service over two trials that add different drugs to the same one."""
    return small_service(tmp_path_factory.mktemp("added"), {"research/western.md": OF_OTHER, "research/eastern.md": OF_ASKED})


@pytest.mark.parametrize(
    "question",
    [
        "A man with RA is on stable methotrexate. Would adding etanercept get him to low disease activity?",
        "Does adding etanercept to methotrexate improve the outcome in RA?",
        "What is the outcome of etanercept on top of methotrexate in RA?",
    ],
)
def test_what_another_drug_added_is_no_answer(service: QAService, question: str) -> None:
    """Both trials name the drug given already; only the one of the drug asked about answers, also where it calls that "combination therapy"."""
    shown = " ".join(statement.text for statement in section(service.ask(question), "research"))

    assert "33% on etanercept" in shown
    assert "no more toxic" in shown
    assert "superior to methotrexate" not in shown


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("She takes mycophenolate for SSc-ILD. Would adding nintedanib help?", {"nintedanib"}),
        ("Nintedanib added to mycophenolate in SSc-ILD: what did it do?", {"nintedanib"}),
        ("PM/DM-ILD on prednisolone: add tacrolimus or ciclosporin?", {"tacrolimus", "ciclosporin"}),
        # Here both are asked about.
        ("Should I add rituximab or switch to cyclophosphamide?", set()),
        ("Is rituximab better than cyclophosphamide in SSc-ILD?", set()),
    ],
)
def test_what_is_to_be_added_is_asked_about(question: str, added: set[str]) -> None:
    """By "add X to Y", "X on top of Y", and where a case on Y is told; not where a third is set against it."""
    assert treatments_added(question, load_lexicon()) == added
