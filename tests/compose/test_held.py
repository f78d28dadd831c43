"""Whether a statement holds what was typed: a word, its kin, a code, a short or a long form."""

from __future__ import annotations

import pytest

from ragqa.compose.held import Held, narrow_names, spells_out
from ragqa.text.lexicon import load_lexicon
from tests.compose.test_unfilled import held as candidate

LEXICON = load_lexicon()
LONG_FORMS = {"LIP": (("lymphoid interstitial pneumonia", 1),)}


@pytest.mark.parametrize(
    ("name", "text", "is_held"),
    [
        ("dysphagia", "Dysphagia is a risk factor.", True),
        # Words of one family count, words that only begin alike do not.
        ("oesophagus", "Oesophageal dysmotility was common.", True),
        ("prednisone", "Prednisolone was given.", False),
        # A long word is the root of what begins with it.
        ("cryoglobulin", "Cryoglobulinaemia raised the risk.", True),
        ("lung", "Lungworm was not seen.", False),
        # A code must be there as a whole: "6" alone is not IL-6.
        ("IL-6", "Blocking IL 6 helped.", True),
        ("IL-6", "Six of 6 improved.", False),
        ("PL-12", "Antibodies were anti-PL-12 in 12.", True),
        ("KL-6", "Ferritin rose by 6 units.", False),
        ("hepatitis B", "Testing for hepatitis B is recommended.", True),
        ("hepatitis E", "Testing for hepatitis B is recommended.", False),
        # Other compounds may be written otherwise.
        ("steroid-sparing", "The dose of steroids fell.", True),
        # What a document of the library defines as the same.
        ("LIP", "Lymphoid interstitial pneumonia is rare.", True),
        ("LIP", "Organising pneumonia is rare.", False),
    ],
)
def test_a_name_is_held_as_it_stands(name: str, text: str, is_held: bool) -> None:
    """By stem, family, code or long form."""
    assert Held([candidate(text)], LONG_FORMS).holds(name) is is_held


def test_the_short_form_holds_what_the_question_spells_out() -> None:
    """The question says it in words, of which its expansions know the short form."""
    statements = [candidate("LIP was seen in two patients.")]

    assert Held(statements, LONG_FORMS, ("LIP",)).holds("lymphoid")
    assert not Held(statements, {}, ("LIP",)).holds("lymphoid")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        # One biomarker is not another, one hepatitis not another.
        ("Is KL-6 useful?", ["KL-6"]),
        ("Is hepatitis B tested for?", ["hepatitis B"]),
        # Short forms of the slot itself are the slot.
        ("Is CT useful?", []),
        ("Is HRCT useful?", []),
        ("Is a PFT useful?", []),
        ("Was PAH seen?", []),
        ("Is a chest X-ray useful?", []),
        ("Is a biomarker useful?", []),
        # Where all is in capitals, none tells a name.
        ("IS KL-6 USEFUL?", []),
    ],
)
def test_a_slot_is_coarser_than_some_names(question: str, names: list[str]) -> None:
    """A statement on another of the kind fills the slot and does not answer."""
    assert [each.name for each in narrow_names(question, LEXICON)] == names


def test_what_says_the_same_holds_a_narrow_name() -> None:
    """Spellings and long forms that the lexicon lists beside a name answer for it."""
    (name,) = narrow_names("Is KL-6 useful?", LEXICON)

    assert "KL6" in name.others
    assert Held([candidate("KL6 rose.")], {}).holds(name.name, *name.others)


@pytest.mark.parametrize(
    ("text", "name", "is_spelt_out"),
    [
        ("An interferon-gamma release assay is favoured.", "IGRA", True),
        ("The standardised mortality ratio rose.", "SMRs", True),
        # Words of other phrases, short words and pairs are no long form.
        ("Skin, muscle, renal disease.", "SMR", False),
        ("The share of men at risk rose.", "SMR", False),
        ("Mortality rose.", "MR", False),
    ],
)
def test_initials_of_neighbouring_words_spell_out_a_short_form(text: str, name: str, is_spelt_out: bool) -> None:
    """What a document writes in full need not be defined in it."""
    assert spells_out(text, name) == is_spelt_out
