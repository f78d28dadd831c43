"""One figure written in several ways is one figure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ragqa.text.figures import counts_of, figure_form, figures_of, is_among


@pytest.mark.parametrize(
    ("figure", "text"), [("1000", "300 and 1,000 mg"), ("1,000", "1000 mg"), ("1000", "1 000 mg"), ("12500", "12,500 cells"), ("2.5", "2.5 g")]
)
def test_thousands_are_found_as_written_either_way(figure: str, text: str) -> None:
    """With a comma, a space or neither."""
    assert figure_form(figure).search(text)


@pytest.mark.parametrize(("figure", "text"), [("300", "1,300 mg"), ("1000", "11,000 mg"), ("1000", "1,000.5 mg"), ("25", "2.5 g"), ("5", "0.5 mg")])
def test_a_part_of_a_figure_is_another(figure: str, text: str) -> None:
    """Neither its end nor its start."""
    assert not figure_form(figure).search(text)


def test_rounded_figures_and_words_are_the_same() -> None:
    """40.9 is 41 and 40.85 is 40.9; 40.4 is not 41, nor is 4 a rounding of 4.0's ten."""
    assert figures_of("41% of 1,000") == {Decimal(41), Decimal(1000)}
    assert is_among(Decimal("41"), figures_of("40.9%"))
    assert is_among(Decimal("40.85"), figures_of("40.9%"))
    assert not is_among(Decimal("41"), figures_of("40.4%"))
    assert is_among(Decimal(7), counts_of("Seven patients"))
