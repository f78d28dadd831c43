"""A marker is asked about, or it only tells whose care is asked for."""

import pytest

from ragqa.text.intent import tests_asked as read_tests
from ragqa.text.lexicon import load_lexicon
from ragqa.text.question import analyse_question
from ragqa.text.vocabulary import Vocabulary
from ragqa.types import Facet

LEXICON = load_lexicon()
VOCABULARY = Vocabulary(known=lambda word: True, words=LEXICON.words())


@pytest.mark.parametrize(
    ("question", "facets", "tests"),
    [
        # A case without a sentence that asks, in which a treatment has failed.
        ("Man with anti-Jo-1 antisynthetase syndrome and ILD, FVC falling despite mycophenolate", {Facet.PROGRESSION}, set()),
        ("MCTD-ILD with anti-Ro52, worse on azathioprine", {Facet.PROGRESSION, Facet.TREATMENT}, set()),
        ("Anti-Scl-70 positive SSc-ILD, worsening", {Facet.PROGRESSION}, set()),
        # The state of the people for whom care is asked.
        ("How should anti-Ro52 positive MCTD-ILD be treated?", {Facet.TREATMENT}, set()),
        ("What next in anti-Scl-70+ SSc-ILD progressing on mycophenolate?", {Facet.TREATMENT, Facet.PROGRESSION}, set()),
        ("Anti-Ro52 and anti-RNP positive MCTD-ILD: what treatment?", {Facet.TREATMENT}, set()),
        # A marker that a sentence asks about, or that is all that is said beside the course, is asked about.
        ("Does anti-Ro52 positive MCTD-ILD progress?", {Facet.RISK_FACTOR, Facet.PROGRESSION}, {"autoantibodies"}),
        ("anti-Ro52 and progression of MCTD-ILD", {Facet.RISK_FACTOR, Facet.PROGRESSION}, {"autoantibodies"}),
        ("Does anti-Ro52 go with progression of ILD despite mycophenolate?", {Facet.RISK_FACTOR, Facet.PROGRESSION}, {"autoantibodies"}),
    ],
)
def test_a_marker_told_of_a_case_is_not_asked_about(question: str, facets: set[Facet], tests: set[str]) -> None:
    """What predicts the disease answers nobody who asks what to do about it."""
    query = analyse_question(question, LEXICON, VOCABULARY)
    assert set(query.facets) == facets
    assert read_tests(query.interpreted, query.facets, LEXICON) == tests
