"""Whole sentences: what can be said by itself, and what is a scrap."""

from __future__ import annotations

import pytest

from ragqa.text.wholeness import is_fragment


@pytest.mark.parametrize(
    "text",
    [
        "Rituximab in systemic sclerosis.",
        "Treatment of interstitial lung disease with mycophenolate or rituximab",
        "Rituximab, mycophenolate, cyclophosphamide and azathioprine in systemic sclerosis.",
        "Is rituximab recommended in systemic sclerosis with interstitial lung disease?",
        "and was given to patients with systemic sclerosis for twelve months.",
        "The aim of this review was to describe treatment of systemic sclerosis.",
        "The baseline characteristics of all patients are shown in Table 2 of the paper.",
        "All patients gave written informed consent and the ethics committee approved.",
        "12.1 3.4 45 (12) 0.03 17 22 n s 4.5 1.2 was 3 4 5 6 7 8 9 10 11.",
        "The authors declare that they have no conflicts of interest in this work.",
        "Figure 2 shows the skin scores of the tablet and the placebo arms.",
        "Tables 1 and 2 summarise the harms of the tablet in both of the arms.",
        "The harms of the tablet were listed in the supplementary table of the paper.",
        "12.1 (n = 3) 45 (12) 0.03 17 22 n s 4.5 (8%) 1.2 was 3 4 5 6 7 8 9 10 11.",
        "x" * 710 + " was.",
    ],
)
def test_fragments_make_no_claims(text: str) -> None:
    """Headings, lists without a verb, questions, broken starts, talk about the paper, table rows and endless sentences."""
    assert is_fragment(text, is_row=False)


@pytest.mark.parametrize(
    "text",
    [
        "Rituximab improved lung function in 12 of 20 patients with systemic sclerosis.",
        "mRSS fell by 5.1 points with tocilizumab in early diffuse systemic sclerosis.",
        "anti-MDA5 antibodies predict rapidly progressive interstitial lung disease.",
        "The antibody binds the receptor, and thus the growth of the cells.",
        "Rituximab interferes with the reading of the test in the blood.",
        "The scores range from 0 to 100 in the people of the trial.",
        "Eleven people (12.2%) withdrew because of harms of the tablet.",
        "Both of the drugs share a receptor on the surface of B cells.",
        "People were assigned at random in a 3 : 3 : 2 : 2 ratio to tablets, creams, baths or none.",
        "Cough (n = 8 and n = 3), fever (n = 6 and n = 1), rash (n = 5 and n = 2) and pain (n = 3 and n = 2) were the most frequent.",
        "Only members of the panel without conflicts of interest made the recommendations.",
        "The consensus document of the society addresses the choice of patients for the tablet.",
        "6-minute walk distance remained stable with pulmonary rehabilitation.",
    ],
)
def test_whole_sentences_may_make_claims(text: str) -> None:
    """A small letter that belongs to a name does not break a sentence."""
    assert not is_fragment(text, is_row=False)
