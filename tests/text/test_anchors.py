"""Known items: what a question names finds the document it stands for."""

from __future__ import annotations

import pytest

from ragqa.text.anchors import find_anchors, labels_of
from ragqa.text.lexicon import load_lexicon
from ragqa.text.vocabulary import Vocabulary, capital_names

VOCABULARY = Vocabulary(
    authors=frozenset({"tashkin", "hoffmann-vold", "may"}),
    studies=frozenset({"SLS I", "SLS II"}),
    documents_of={
        "tashkin": (("SLS I", 2006), ("SLS II", 2016)),
        "hoffmann-vold": (("Nor-SSc cohort 2019", 2019),),
        "10.1000/xyz": (("SLS II", 2016),),
        "pmid 123456": (("SLS I", 2006),),
    },
)


@pytest.mark.parametrize(
    ("text", "anchors"),
    [
        ("Tashkin 2016", ("Tashkin", "SLS II")),
        ("What did Tashkin et al find?", ("Tashkin", "SLS I", "SLS II")),
        ("tashkin et al 2006 side effects", ("Tashkin", "SLS I")),
        ("Hoffmann-Vold cohort survival", ("Hoffmann-Vold", "Nor-SSc cohort 2019")),
        ("Summarise 10.1000/xyz", ("10.1000/xyz", "SLS II")),
        ("PMID 123456 results", ("PMID 123456", "SLS I")),
    ],
)
def test_an_author_or_an_identifier_stands_for_its_documents(text: str, anchors: tuple[str, ...]) -> None:
    """Of several documents of an author, the year chooses."""
    assert find_anchors(text, load_lexicon(), VOCABULARY) == anchors


@pytest.mark.parametrize("text", ["May methotrexate be given?", "FVC is flat. May I space out the visits?", "Stable: May it stop?", "Next step - May it stop?"])
def test_a_common_word_at_the_start_is_no_author(text: str) -> None:
    """A sentence opens with "May"; only a rare word there is a name."""
    assert find_anchors(text, load_lexicon(), VOCABULARY) == ()


@pytest.mark.parametrize("text", ["What did May report?", "FVC is flat. May et al. say so?", "FVC is flat. Tashkin says?"])
def test_an_author_is_known_by_a_capital_within_a_sentence_or_by_what_follows(text: str) -> None:
    """A rare word is a name at the start, too."""
    assert find_anchors(text, load_lexicon(), VOCABULARY)


def test_a_year_that_no_document_of_the_author_has_names_none() -> None:
    """Tashkin published nothing here in 1999."""
    assert labels_of(("Tashkin",), "Tashkin 1999", VOCABULARY) == ()


def test_a_year_chooses_among_the_studies_of_a_name() -> None:
    """Of those that a name without a year begins, the year beside it picks one; no such year leaves all."""
    vocabulary = Vocabulary(studies=frozenset({"Norwegian MCTD survey 2011", "Norwegian MCTD study 2012", "Norwegian MCTD pressure study 2013"}))

    assert find_anchors("What did the Norwegian MCTD study of 2013 find?", load_lexicon(), vocabulary) == ("Norwegian MCTD pressure study 2013",)
    assert len(find_anchors("What did the Norwegian MCTD study find?", load_lexicon(), vocabulary)) == 3


@pytest.mark.parametrize(
    ("text", "anchors"),
    [
        ("What did GO-FORWARD show?", ("GO-FORWARD",)),
        ("golimumab in GO-FORWARD and MCTD-ILD", ("GO-FORWARD",)),
        ("WHAT DID GO-FORWARD SHOW?", ()),
        ("What did GO-BACK show?", ()),
    ],
)
def test_a_name_in_capitals_of_a_title_is_an_anchor(text: str, anchors: tuple[str, ...]) -> None:
    """A name with a hyphen or a figure that stands in a title needs no "trial" behind it; nothing is told in a text all in capitals."""
    assert find_anchors(text, load_lexicon(), Vocabulary(title_names=frozenset({"GO-FORWARD"}))) == anchors


def test_names_of_titles_are_those_that_look_like_studies() -> None:
    """Capitals with a figure or a hyphen; not a lone short form, nor a word with small letters."""
    assert capital_names("Golimumab in GO-FORWARD, RA and SSc-ILD: the TRAIL1 study of IL-6") == ["GO-FORWARD", "TRAIL1"]


def test_a_molecule_of_the_same_name_is_no_trial() -> None:
    """A name that a molecule bears, too, is that of a trial beside "trial" only."""
    assert find_anchors("What do BAFF and APRIL do in RA?", load_lexicon(), VOCABULARY) == ()
    assert find_anchors("What did the APRIL trial find?", load_lexicon(), VOCABULARY) == ("APRIL",)


def test_a_shortened_name_stands_for_studies_on_a_disease_of_the_question() -> None:
    """In a question on SSc no cohort of MCTD is meant, unless it is called by its whole name or MCTD is asked about, too."""
    vocabulary = Vocabulary(studies=frozenset({"Norwegian MCTD cohort 2018"}))

    assert find_anchors("What did the Norwegian cohort find in SSc?", load_lexicon(), vocabulary) == ()
    assert find_anchors("What did the Norwegian cohort find?", load_lexicon(), vocabulary) == ("Norwegian MCTD cohort 2018",)
    assert find_anchors("Norwegian cohort: MCTD beside SSc", load_lexicon(), vocabulary) == ("Norwegian MCTD cohort 2018",)
    assert find_anchors("Is SSc like the Norwegian MCTD cohort 2018?", load_lexicon(), vocabulary) == ("Norwegian MCTD cohort 2018",)
