"""The analysis that questions and passages share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragqa.text.analyzer import STOP_WORDS, analyze

_PASSAGES = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "medquad" / "corpus.jsonl"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("FEV1 and CD20", ["fev1", "cd20"]),
        ("IL-6", ["il", "6", "il6"]),
        ("anti-MDA5", ["anti", "mda5", "antimda5"]),
        ("750 mg/m²", ["750", "mg", "m2", "mg/m2"]),
        ("750mg", ["750", "mg", "750mg"]),
        ("p=0.04, HR 0·73", ["p", "0.04", "hr", "0.73"]),
        ("1,200 of 12,345.6", ["1200", "12345.6"]),
        ("5–10 years", ["5", "10", "year"]),
        ("Sjögren’s and Sjogren's", ["sjogren", "sjogren"]),
        ("TNF-α", ["tnf", "alpha", "tnfalpha"]),
        ("ﬁbrosis", ["fibrosi"]),
        ("recommended recommendations", ["recommend", "recommend"]),
        ("and/or", []),
        ("state-of-the-art", ["state", "art"]),
    ],
)
def test_a_token_gives_the_terms_that_a_searcher_may_type(text: str, terms: list[str]) -> None:
    """Names, numbers and units stay whole; compounds give their parts and the joined form; words are stemmed; marks are folded."""
    assert analyze(text) == terms


@pytest.mark.parametrize("written", ["IL-6", "IL‑6", "il6"])
def test_spellings_of_one_name_share_a_term(written: str) -> None:
    """A hyphenated and a joined spelling meet in the joined form."""
    assert "il6" in analyze(written)


def test_a_function_word_in_capitals_is_a_name() -> None:
    """Capitals among lower-case words mark an abbreviation ("AS"); in a line all in capitals they mark nothing."""
    assert analyze("uveitis in AS") == ["uveiti", "as"]
    assert analyze("UVEITIS AS AN EARLY SIGN") == ["uveiti", "earli", "sign"]


def test_repetitions_are_kept_in_reading_order() -> None:
    """A ranker counts how often a term occurs."""
    assert analyze("lung, heart, lung") == ["lung", "heart", "lung"]


def test_text_without_words_has_no_terms() -> None:
    """Nothing to search for is an empty list."""
    assert analyze("") == analyze(" ?!… — ") == []


@given(st.text())
def test_any_text_gives_clean_terms(text: str) -> None:
    """Every term is lower case and free of blanks, so that a whitespace tokeniser reads it back; analysis is repeatable."""
    terms = analyze(text)
    assert terms == analyze(text)
    assert " ".join(terms).split() == terms
    assert all(term == term.lower() for term in terms)


@pytest.mark.skipif(not _PASSAGES.exists(), reason="the shared benchmarks are not beside this checkout")
def test_real_passages_hold_no_function_words() -> None:
    """Stop words of a real corpus are gone but for the capitals that are names: less than 1 % of the terms."""
    with _PASSAGES.open() as lines:
        terms = [term for _, line in zip(range(200), lines, strict=False) for term in analyze(json.loads(line)["text"])]
    assert len(terms) > 10_000
    assert sum(term in STOP_WORDS for term in terms) < 0.01 * len(terms)
