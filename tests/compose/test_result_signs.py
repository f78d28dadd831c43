"""Which way a result points is read from its words, its figures and its p values."""

from __future__ import annotations

import pytest

from ragqa.compose.result_signs import association_of, is_compared, leaning_of, signs_of
from ragqa.text.lexicon import load_lexicon

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("FVC improved by 8.9% and DLCO stabilised with rituximab.", {"FVC": 1}),
        ("FVC, dyspnoea and HRCT improved significantly with mycophenolate.", {"FVC": 1, "dyspnoea": 1}),
        ("DLCO % predicted changed by +6.3 ± 2.8 at 52 weeks (p = 0.02) with mycophenolate.", {"DLCO": 1}),
        ("DLCO changed by +6.39% with p = 0.12 after rituximab.", {"DLCO": -1}),
        ("FVC rose by 24% with rituximab.", {"FVC": 1}),
        ("The change in FVC was +0.4 ± 4.4 with rituximab and -7.7 ± 3.6 in matched controls (p = 0.02).", {"FVC": 1}),
        ("FVC changed over 48 weeks by -0.1 with tocilizumab and by -6.3 with placebo.", {"FVC": 1}),
        ("FVC changed by -85 mL with pirfenidone and by -68 mL with placebo (P = 0.57).", {"FVC": -1}),
        ("Improvement in FVC with active treatment was modest and not significant (p = 0.08).", {"FVC": -1}),
        ("Cyclophosphamide gave a significant but modest benefit over placebo in FVC.", {"FVC": 1}),
        ("Cyclophosphamide had no benefit on DLCO.", {"DLCO": -1}),
        ("DLCO declined less with pirfenidone than with placebo.", {"DLCO": 1}),
        ("In the placebo arm FVC declined by 192.9 mL per year.", {}),
        ("Lower DLCO was associated with worsening of the disease.", {}),
        ("FVC had declined in 5.4% of patients on tocilizumab and 16.5% on placebo.", {}),
    ],
)
def test_the_direction_of_a_result(text: str, signs: dict[str, int]) -> None:
    """+1 better, -1 worse or nothing gained; nothing where the sentence reports no result of the treatment."""
    assert dict(signs_of(text, LEXICON)) == signs


@pytest.mark.parametrize(
    ("text", "association"),
    [
        ("Methotrexate was not significantly associated with incident RA-ILD (OR 0.85 (95% CI 0.49-1.49)).", ("occurrence", 0)),
        ("Methotrexate was associated with RA-ILD with an odds ratio (OR) of 0.43 (95% CI 0.26-0.69).", ("occurrence", -1)),
        ("The drug was associated with RA-ILD, OR 2.10 (1.20-3.50).", ("occurrence", 1)),
        ("Smoking was associated with progression of ILD, HR 1.10 (0.80-1.50).", ("course", 0)),
        ("FVC improved with rituximab in ILD.", None),
    ],
)
def test_what_goes_with_an_exposure(text: str, association: tuple[str, int] | None) -> None:
    """An interval that holds 1 says that nothing was found."""
    assert association_of(text, LEXICON) == association


def test_an_estimate_leans_whether_or_not_it_is_significant() -> None:
    """0.85 and 0.43 both point below one; without an estimate nothing is told."""
    assert leaning_of("It was not associated with RA-ILD (odds ratio (OR) of 0.85 (95% CI 0.49-1.49)).") == -1
    assert leaning_of("It was associated with RA-ILD (OR 2.10 (1.20-3.50)).") == 1
    assert leaning_of("It was not associated with RA-ILD (p = 0.6).") == 0


def test_what_a_result_is_measured_against() -> None:
    """Another arm, or the start; two figures beside "vs" are the start and the end."""
    assert is_compared("FVC was better with the drug than with placebo.")
    assert not is_compared("Median FVC did not change (72.2 vs 70.8, p = 0.530).")
    assert not is_compared("DLCO fell with either drug, and fell more with the one than with the other.")
