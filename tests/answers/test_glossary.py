"""Finding terms to explain."""

from ragqa.answers.glossary import Glossary, Term, load_glossary

HEART = Term(("heart",), "the pump")
FAILURE = Term(("heart failure", "HF"), "the pump is weak", "heart failure")
OR = Term(("OR",), "odds")


def test_the_longest_name_wins() -> None:
    """A longer term is not explained by a word inside it."""
    assert Glossary([HEART, FAILURE]).find("Heart failure of the heart") == [("Heart failure", FAILURE), ("heart", HEART)]


def test_an_abbreviation_matches_only_as_written() -> None:
    """The word "or" is not the abbreviation OR."""
    glossary = Glossary([OR, HEART])
    assert glossary.find("this or that") == []
    assert glossary.find("an OR of 2") == [("OR", OR)]


def test_a_plural_is_the_same_term() -> None:
    """A plural s and a second name of the term do not repeat it."""
    assert [name for name, _ in Glossary([HEART, FAILURE]).find("hearts, HFs, heart failure")] == ["heart", "HF"]


def test_parts_of_words_are_left_alone() -> None:
    """A term inside a longer or hyphenated word is another word."""
    assert Glossary([HEART, OR]).find("heartless, open-heart, ORs-like FOR") == [("OR", OR)]


def test_the_shipped_glossary_names_each_term_once() -> None:
    """No two entries of the shipped file share a name, and every entry explains itself in small words."""
    glossary = load_glossary()
    (found,) = [term for _, term in glossary.find("glucocorticoids")]
    assert "steroid" in found.plain
