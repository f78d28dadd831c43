"""Whom a sentence is about, whom it only compares with, and whom it leaves out."""

import pytest

from ragqa.text.lexicon import load_lexicon
from ragqa.text.populations import Populations, read_populations

LEXICON = load_lexicon()


@pytest.mark.parametrize(
    ("text", "named", "excluded"),
    [
        ("Mycophenolate is recommended for ILD in SSc, MCTD, RA, IIM and SjD.", ("SSc", "MCTD", "RA", "IIM", "SjD"), ()),
        ("Rituximab is suggested in CTD-ILD other than SSc.", ("CTD",), ("SSc",)),
        ("Glucocorticoids may be used, except for SSc-ILD, in MCTD-ILD.", ("MCTD",), ("SSc",)),
        ("The recommendation covers SSc and MCTD and does not extend it to RA, IIM or SjD.", ("SSc", "MCTD"), ("RA", "IIM", "SjD")),
        (
            "The scope excludes ILD in systemic lupus erythematosus (SLE-ILD), vasculitis and idiopathic pulmonary fibrosis (IPF).",
            (),
            ("SLE", "vasculitis", "IPF"),
        ),
        ("Absence of risk factors does not exclude ILD in RA or SSc.", ("RA", "SSc"), ()),
        ("Nintedanib slowed the decline in PPF other than IPF.", ("PPF",), ("IPF",)),
        ("For RP-ILD in SARD without anti-MDA5 antibodies, two agents are used.", ("SARD",), ("anti-MDA5 DM",)),
        ("For most patients with IIM, inclusion body myositis excepted, HRCT is recommended.", ("IIM",), ("IBM",)),
        ("Survival in SSc was similar to that in ILD without CTD.", ("SSc",), ()),
        # A disease known by a marker is left out where the marker is absent, however that is told.
        ("Dermatomyositis ILD, MDA5 negative: what to give?", ("DM",), ("anti-MDA5 DM",)),
        ("Anti-MDA5-negative dermatomyositis", ("DM",), ("anti-MDA5 DM",)),
        ("Anti-MDA5 neg DM with ILD", ("DM",), ("anti-MDA5 DM",)),
        ("DM with no anti-MDA5 antibody", ("DM",), ("anti-MDA5 DM",)),
        ("DM-ILD in which MDA5 antibodies were not detected", ("DM",), ("anti-MDA5 DM",)),
        ("DM that tested negative for anti-MDA5 or anti-Jo-1", ("DM",), ("anti-MDA5 DM", "ASyS")),
        ("Myositis without melanoma differentiation antibodies", ("IIM",), ("anti-MDA5 DM",)),
        ("DM that is MDA5 and Jo-1 negative", ("DM",), ("anti-MDA5 DM", "ASyS")),
        ("HIV-negative SSc", ("SSc",), ("HIV infection",)),
        ("Jo-1 negative myositis with anti-MDA5", ("anti-MDA5 DM",), ("ASyS",)),
        ("Anti-MDA5 DM, Ro52 negative", ("anti-MDA5 DM",), ()),
        ("There is no anti-MDA5 guideline.", ("anti-MDA5 DM",), ()),
        ("No patient with MCTD died.", ("MCTD",), ()),
    ],
)
def test_excluded_diseases_are_kept_apart(text: str, named: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    """Words such as "other than", "except", "does not extend to" and the like take diseases out, lists included; a disease's own group never."""
    read = read_populations(text, LEXICON)

    assert (read.named, read.excluded) == (named, excluded)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A 2020 review of CTD-ILD described an SSc-like course in MCTD.", ("MCTD",)),
        ("In MCTD with an SSc phenotype, caution is advised.", ("MCTD",)),
        ("Methotrexate use was less frequent in RA-ILD than in SSc-ILD.", ("RA",)),
        ("A narrative review of CTD-ILD reported rituximab in SjD.", ("SjD",)),
        ("Evolution of MCTD was mainly to SLE, in 15.8%, or to SSc, in 10.6%.", ("MCTD",)),
        ("Heart failure and stroke were causes of death in SSc.", ("SSc",)),
        ("In MCTD, myositis improved.", ("MCTD",)),
        ("ILD in scleroderma as well as in MCTD", ("SSc", "MCTD")),
        ("ILD of scleroderma, myositis or MCTD", ("SSc", "IIM", "MCTD")),
        ("ILD was coded in 6.0% of patients with myositis.", ("IIM",)),
        ("More than 90% of patients with MCTD were stable.", ("MCTD",)),
    ],
)
def test_comparisons_and_complications_are_not_the_population(text: str, named: tuple[str, ...]) -> None:
    """A disease that is only compared with, resembled, reviewed or a complication gives way to the one studied."""
    assert read_populations(text, LEXICON).named == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ILD of scleroderma, rheumatoid and myositis patients", ("SSc", "RA", "IIM")),
        ("scleroderma, rheumatoid and progressive fibrosing ILD", ("SSc", "RA", "PPF")),
        ("a UIP pattern in autoimmune or other progressive fibrosing ILD", ("SARD", "PPF")),
        ("rheumatoid, idiopathic and scleroderma ILD", ("RA", "IIP", "SSc")),
        ("UCTD and mixed connective tissue disease ILD", ("UCTD", "MCTD")),
        # Without a name whose noun they share, they are no diseases.
        ("autoimmune features and ILD", ("ILD",)),
        ("rheumatoid nodules in SSc", ("SSc",)),
    ],
)
def test_adjectives_in_a_list_share_the_noun_behind_them(text: str, named: tuple[str, ...]) -> None:
    """The first words of a list stand for diseases although only the last one is followed by the noun."""
    assert read_populations(text, LEXICON).named == named


def test_a_list_may_go_on_with_only() -> None:
    """A name for a symptom counts as the disease there as well."""
    assert read_populations("JAK inhibitors in scleroderma, RA or Sjögren, or only in myositis?", LEXICON).named == ("SSc", "RA", "SjD", "IIM")


def test_what_coexists_is_not_the_population() -> None:
    """A disease beside the one studied is secondary; what it coexists with is not."""
    assert read_populations("In SARD-ILD, nintedanib is used when IPF coexists.", LEXICON) == Populations(("SARD",), ("IPF",))
    assert read_populations("MCTD coexists with SLE.", LEXICON).named == ("MCTD", "SLE")


def test_groups_give_way_to_their_diseases_unless_these_are_examples() -> None:
    """A sentence like "the highest figure among CTDs was in SSc" is about SSc; "CTD-ILD, including SSc" is about both."""
    assert read_populations("The highest figure among CTDs was in SSc.", LEXICON).named == ("SSc",)
    assert read_populations("CTD-ILD, including SSc, was studied.", LEXICON).named == ("CTD", "SSc")


def test_the_name_of_a_trial_names_no_disease() -> None:
    """The ILD of EVER-ILD is part of a name."""
    assert read_populations("EVER-ILD was a trial.", LEXICON) == Populations()


def test_a_name_for_a_symptom_stands_beside_a_behaviour() -> None:
    """Progressive pulmonary fibrosis is seen in many diseases: the one named with it is asked about, too."""
    assert read_populations("Nerandomilast for progressive pulmonary fibrosis in autoimmune disease patients", LEXICON).named == ("PPF", "SARD")
    assert read_populations("Progressive pulmonary fibrosis and lung cancer", LEXICON).named == ("PPF",)
