"""Abbreviations are learned from definitions that are beyond doubt."""

import pytest

from ragqa.text.abbreviations import find_definitions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients with interstitial lung disease (ILD) improved.", [("ILD", "interstitial lung disease")]),
        ("diffusing capacity of the lung for carbon monoxide (DLCO)", [("DLCO", "diffusing capacity of the lung for carbon monoxide")]),
        (
            "connective tissue disease-associated interstitial lung disease (CTD-ILD)",
            [("CTD-ILD", "connective tissue disease-associated interstitial lung disease")],
        ),
        ("Sjögren disease (SjD; n = 30)", [("SjD", "Sjögren disease")]),
        ("The MMF (mycophenolate mofetil) arm", [("MMF", "mycophenolate mofetil")]),
    ],
)
def test_definitions_are_read_in_both_orders(text: str, expected: list[tuple[str, str]]) -> None:
    """A long form before or inside the bracket gives the pair."""
    assert find_definitions(text) == expected


def test_plural_short_forms_give_the_singular() -> None:
    """The bracket of "connective tissue diseases (CTDs)" defines CTD."""
    assert find_definitions("Pulmonary complications of connective tissue diseases (CTDs).") == [("CTD", "connective tissue disease")]


@pytest.mark.parametrize(
    "text",
    [
        "Rituximab is the treatment of inflammatory (IIM)",
        "FVC was the first endpoint and DLCO the second in the trial (II)",
        "The tolerability profile was seen before (Table 1).",
        "a separate BSR guideline on ILD in systemic autoimmune rheumatic disease (SARD-ILD)",
        "in 2011 (2-11) years, patients (n = 30) and women (88%)",
        "the improvement (as expected) was small",
    ],
)
def test_what_is_no_definition_is_left_out(text: str) -> None:
    """Function words, Roman numerals, references, numbers and chance matches define nothing."""
    assert find_definitions(text) == []


def test_legends_of_three_entries_or_more_are_read() -> None:
    """A table legend "CYC: Cyclophosphamide; …" adds its entries, except Roman numerals and bracketed ones."""
    legend = "CYC: Cyclophosphamide; RTX: rituximab; MMF: mycophenolate mofetil; II: dlco (%); PBO: placebo."

    assert find_definitions(legend) == [("CYC", "Cyclophosphamide"), ("RTX", "rituximab"), ("MMF", "mycophenolate mofetil")]


def test_a_lone_colon_is_no_legend() -> None:
    """One "Drug: dose" pair is prose, not a legend."""
    assert find_definitions("CYC: Cyclophosphamide was given.") == []


def test_the_short_form_of_a_combination_defines_its_parts() -> None:
    """Where the parts of both forms answer each other; of "fever and rash (FAR)" nothing can be told apart."""
    assert find_definitions("Patients received adalimumab plus methotrexate (ADA+MTX) for a year.") == [
        ("ADA+MTX", "adalimumab plus methotrexate"),
        ("ADA", "adalimumab"),
        ("MTX", "methotrexate"),
    ]
    assert find_definitions("It began with fever and rash (FAR) in most.") == [("FAR", "fever and rash")]
