"""Words that only describe a treatment that a question names."""

import pytest

from ragqa.text.described import descriptions_in
from ragqa.text.lexicon import load_lexicon


@pytest.mark.parametrize(
    ("question", "described"),
    [
        ("Does blocking the IL-6 receptor with tocilizumab preserve lung function?", ["IL-6"]),
        ("Does the CD20 antibody rituximab help?", ["CD20"]),
        ("How does nintedanib, a tyrosine kinase inhibitor, slow it?", ["tyrosine", "kinase"]),
        # What stands apart is asked about.
        ("Does serum IL-6 predict the response to tocilizumab?", []),
        ("Does CD20 matter?", []),
    ],
)
def test_words_of_its_class_beside_a_treatment_describe_it(question: str, described: list[str]) -> None:
    """Words of the names of its classes stand for a treatment where nothing comes between."""
    assert [question[start:end] for start, end in descriptions_in(question, load_lexicon())] == described
