"""How often something is found is read from sentences so that two sources can be held against each other."""

from __future__ import annotations

import pytest

from ragqa.compose.figures_given import Figure, at_one_time, differ, figures_in, things_asked
from ragqa.text.lexicon import load_lexicon

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("text", "thing", "among", "value"),
    [
        ("ILD was present in 41% of patients with MCTD at follow-up in the northern cohort.", "ILD", "MCTD", 41),
        ("Pooled ILD prevalence in mixed connective tissue disease (MCTD) was 56% (95% CI 39-72) in an analysis of CTD.", "ILD", "MCTD", 56),
        ("In the registry, 136 of 210 patients with SSc (65%) had interstitial lung disease (ILD).", "ILD", "SSc", 65),
        ("Remission was reached by 149 patients with MCTD (45.2%) in the cohort.", "remission", "MCTD", 45.2),
        ("Of 111 inpatients with MCTD, 92.8% were women, and the mean age was 39.3 years.", "women", "MCTD", 92.8),
        ("MCTD progressed to a differentiated CTD in 85 patients (25.8%).", "evolution to another disease", "MCTD", 25.8),
    ],
)
def test_a_share_has_a_thing_and_a_population(text: str, thing: str, among: str, value: float) -> None:
    """What was counted, among whom, and the figure."""
    ((figure),) = figures_in(text, LEXICON)

    assert (figure.thing, figure.among, figure.value, figure.unit) == (thing, among, value, "%")


def test_two_populations_of_one_sentence_have_a_share_each() -> None:
    """7.5% of the one and 4.1% of the other are two figures."""
    figures = figures_in("Pulmonary hypertension was coded in 7.5% of patients with SSc and in 4.1% of patients with MCTD.", LEXICON)

    assert {(figure.among, figure.value) for figure in figures} == {("SSc", 7.5), ("MCTD", 4.1)}


def test_rates_are_read_per_hundred_thousand() -> None:
    """2.1 per million are 0.21 per 100,000, and so is the interval."""
    (figure,) = figures_in("The incidence of MCTD from 1996 to 2005 was 2.1 (95% CI 1.7-2.5) per million per year.", LEXICON)

    assert figure == Figure("incidence", "MCTD", "per 100,000", 0.21, 0.17, 0.25)


@pytest.mark.parametrize(
    "text",
    [
        "ILD progressed over the observation period in 19% of patients with MCTD.",
        "Among 96 patients with MCTD-ILD, ILD with ground glass was seen in 78.1%.",
        "Up to 30% of newly diagnosed ILD is due to CTD.",
        "Infection occurred in 12% of patients with MCTD on rituximab.",
        "Survival after diagnosis of MCTD was 98% at 5 years.",
        "Remission was reported in 51.8% of those with MCTD who had no ILD, against 25.9% of the others.",
    ],
)
def test_other_shares_are_left_alone(text: str) -> None:
    """A course, a part of those who have it all, a cause, a treatment, a horizon and a comparison are not how common a thing is."""
    assert figures_in(text, LEXICON) == ()


def test_figures_differ_beyond_their_intervals() -> None:
    """9.1 and 60 differ; 39.5 and 60 do not, since 39.5 lies in the interval of the other; 45 and 50 are near."""
    pooled = Figure("ILD", "MCTD", "%", 60, 39, 72)

    assert differ(Figure("ILD", "MCTD", "%", 9.1), pooled)
    assert not differ(Figure("ILD", "MCTD", "%", 39.5), pooled)
    assert not differ(Figure("ILD", "SSc", "%", 45), Figure("ILD", "SSc", "%", 50))


def test_a_question_says_what_is_to_be_counted() -> None:
    """Developing a disease is not turning into it."""
    assert things_asked("What percentage of people with MCTD develop ILD?", True, LEXICON) == {"ILD"}
    assert "evolution to SLE" in things_asked("How often does MCTD evolve to SLE?", False, LEXICON)
    assert things_asked("How common is MCTD?", False, LEXICON) == set()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Pulmonary hypertension was present at inclusion in 3 of 147 patients with MCTD (2.0%).", "start"),
        ("After a mean of 5.6 years, pulmonary hypertension had been diagnosed in 5 of 147 patients with MCTD (3.4%).", "later"),
        ("ILD was present in 41% of patients with MCTD at follow-up, a mean of 6.4 years after baseline.", "later"),
        ("ILD was coded in 13.4% of patients with MCTD in the registry.", ""),
    ],
)
def test_a_figure_tells_when_it_was_counted(text: str, when: str) -> None:
    """When people came in, or after years of them; many figures tell neither."""
    (figure,) = figures_in(text, LEXICON)

    assert figure.when == when


def test_who_has_a_thing_at_inclusion_is_not_set_against_who_got_it() -> None:
    """A figure that tells no time may be of any."""
    at_start, later, untold = (Figure("ILD", "MCTD", "%", 20, when=when) for when in ("start", "later", ""))

    assert not at_one_time(at_start, later)
    assert at_one_time(at_start, untold)
    assert at_one_time(untold, later)
