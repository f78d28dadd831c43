"""Direction, strength and certainty of recommendations: a wrong direction is the worst mistake."""

import re
from pathlib import Path

import pytest

from ragqa.text.lexicon import load_lexicon
from ragqa.text.recommendations import is_confined, read_recommendation
from ragqa.types import Direction, Recommendation, Strength

FOR, AGAINST, NONE = Direction.FOR, Direction.AGAINST, Direction.NONE
STRONG, CONDITIONAL, UNSPECIFIED = Strength.STRONG, Strength.CONDITIONAL, Strength.UNSPECIFIED
GUIDELINES = sorted((Path(__file__).resolve().parents[2] / "corpus" / "guidelines").glob("*.md"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mycophenolate is conditionally recommended for SSc-ILD.", (FOR, CONDITIONAL, None)),
        ("Leflunomide is conditionally recommended against.", (AGAINST, CONDITIONAL, None)),
        ("Glucocorticoids are strongly recommended against by the panel.", (AGAINST, STRONG, None)),
        ("Mycophenolate is strongly recommended, with very low certainty of evidence.", (FOR, STRONG, "very low")),
        ("We suggest using rituximab (conditional recommendation, low-quality evidence).", (FOR, CONDITIONAL, "low")),
        ("We recommend nintedanib (weak recommendation; certainty of evidence: moderate).", (FOR, CONDITIONAL, "moderate")),
        ("Plasma exchange is not recommended.", (AGAINST, UNSPECIFIED, None)),
        ("Plasma exchange is not currently recommended for this.", (AGAINST, UNSPECIFIED, None)),
        ("Plasma exchange cannot be routinely recommended.", (AGAINST, UNSPECIFIED, None)),
        ("We recommend not adding pirfenidone.", (AGAINST, UNSPECIFIED, None)),
        ("Rituximab is not only recommended in RA-ILD.", (FOR, UNSPECIFIED, None)),
        ("Mycophenolate, if not already used, is conditionally recommended.", (FOR, CONDITIONAL, None)),
        ("On pirfenidone, no recommendation was reached.", (NONE, UNSPECIFIED, None)),
        ("There is insufficient evidence to recommend for or against oxygen.", (NONE, UNSPECIFIED, None)),
        ("Pirfenidone should not be used.", (AGAINST, UNSPECIFIED, None)),
        ("Transplantation should be considered.", (FOR, UNSPECIFIED, None)),
        ("Referral for transplantation is considered in progressive disease.", (FOR, UNSPECIFIED, None)),
    ],
)
def test_recommendations_of_guidelines(text: str, expected: tuple[Direction, Strength, str | None]) -> None:
    """Negations are followed, longer phrases win, and strength is the issuer's own."""
    assert read_recommendation(text, True) == Recommendation(*expected)


@pytest.mark.parametrize(
    "text",
    [
        "Pirfenidone is recommended against, and nintedanib is recommended.",
        "The panel made fifteen recommendations for screening.",
        "The recommended dose was 150 mg.",
        "The data suggest that FVC fell.",
        "Only two of the 35 treatment recommendations are strong.",
        "FVC fell by 5%.",
    ],
)
def test_sentences_without_one_clear_recommendation_have_none(text: str) -> None:
    """Both ways at once, counts of recommendations and plain findings recommend nothing."""
    assert read_recommendation(text, True) is None


def test_outside_guidelines_only_plain_words_recommend() -> None:
    """The words "should be considered" in a study is an opinion, "is recommended" is reported as such."""
    assert read_recommendation("Rituximab should be considered.", False) is None
    assert read_recommendation("Rituximab is recommended by the guideline.", False) == Recommendation(FOR, UNSPECIFIED)


def test_every_recommendation_of_the_corpus_is_read_as_written() -> None:
    """In the shipped guidelines the fixed phrases and the reading agree, sentence by sentence."""
    n_read = 0
    for path in GUIDELINES:
        for line in path.read_text(encoding="utf-8").splitlines():
            read = read_recommendation(line[2:], True) if line.startswith("- ") else None
            phrase = re.search(r"(?:is|are) (conditionally |strongly )?recommended( against)?\b", line)
            if not phrase:
                continue
            assert read is not None, line
            assert read.direction is (AGAINST if phrase.group(2) else FOR), line
            if phrase.group(1):
                assert read.strength.value == phrase.group(1).strip().removesuffix("ly"), line
            n_read += 1
    assert n_read > 60


@pytest.mark.parametrize(
    ("text", "confined"),
    [
        ("Nintedanib is recommended as a first-line option for SSc-ILD only.", True),
        ("Nintedanib is recommended in SSc and MCTD only, according to a summary.", True),
        ("Nintedanib is recommended only for patients with SSc.", True),
        ("Its use is restricted to SSc-ILD.", True),
        ("Nintedanib is recommended not only for SSc-ILD.", False),
        ("Nintedanib is recommended in SSc-ILD only after failure of mycophenolate.", False),
        ("Only PFTs are recommended in SSc-ILD.", False),
        ("Nintedanib is recommended for SSc-ILD.", False),
    ],
)
def test_advice_may_be_for_the_named_diseases_alone(text: str, confined: bool) -> None:
    """The word only beside a disease leaves the others out; beside a time or a test it does not."""
    assert is_confined(text, load_lexicon()) is confined
