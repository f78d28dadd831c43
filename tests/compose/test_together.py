"""What must stand together in one statement, on the shipped corpus: a question beside one that differs in a single slot."""

from __future__ import annotations

import pytest

from ragqa.compose.together import _dosed
from ragqa.service import QAService
from ragqa.text.lexicon import load_lexicon

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("code", "refused", "answered"),
    [
        # A study and its drug.
        ("missing_drug", "Which dose of tocilizumab was given in INBUILD?", "Which dose of nintedanib was given in SENSCIS?"),
        ("missing_drug", "Did mycophenolate slow FVC decline in RECITAL?", "Did mycophenolate matter in SENSCIS?"),
        # A drug and its dose: that of another, or of its class in another course of the disease, is not its own.
        ("missing_dose", "How many grams of methylprednisolone per pulse in RP-ILD?", "What prednisone dose should not be exceeded in SSc?"),
        ("missing_dose", "tacrolimus dose in the Fujisawa trial", "cyclophosphamide dose in RECITAL"),
        ("missing_dose", "How many mg of prednisone were given in ATtackMy-ILD?", "SCOT: which conditioning regimen?"),
        # A study and its outcome: what others report is not what it found.
        ("missing_outcome", "Did nintedanib improve quality of life in INBUILD?", "How common was diarrhoea with nintedanib in INBUILD?"),
        # Deaths and what they followed.
        ("missing_outcome", "In-hospital mortality of an acute exacerbation of RA-ILD?", "What is the mortality of RA-ILD?"),
    ],
)
def test_slots_are_filled_by_one_statement(corpus_service: QAService, code: str, refused: str, answered: str) -> None:
    """Each slot may be filled somewhere: where no statement fills them together there is no answer."""
    answer = corpus_service.ask(refused)

    assert answer.reason is not None
    assert answer.reason.code == code
    assert not corpus_service.ask(answered).abstained


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Rituximab 1000 mg was given after methylprednisolone.", {"rituximab"}),
        ("Rituximab was given after methylprednisolone 100 mg.", {"methylprednisolone"}),
        ("They took 2 g daily of mycophenolate with prednisone.", {"mycophenolate"}),
        ("Mycophenolate and azathioprine were given at 2 g and 150 mg respectively.", {"mycophenolate", "azathioprine"}),
        ("A dose of 5 mg was given.", set()),
    ],
)
def test_a_dose_is_that_of_the_name_beside_it(text: str, drugs: set[str]) -> None:
    """The name right behind it, else the last before it; all where they are told in turn."""
    assert _dosed(text, LEXICON) == drugs
