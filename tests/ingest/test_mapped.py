"""Text that remembers its origins."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ragqa.ingest.mapped import MappedText
from ragqa.types import Span


def test_what_was_cleaned_inside_a_range_stays_in_its_quote() -> None:
    """A removed citation mark and a squeezed line end lie inside the one span of the sentence."""
    page = "Drug A helps3,4\nmany patients."
    text = MappedText.of_page(1, page).substitute(re.compile(r"3,4"), "").substitute(re.compile(r"\s+"), " ")

    assert text.text == "Drug A helps many patients."
    assert text.spans({1: page}) == (Span(1, 0, len(page)),)


def test_words_that_were_left_out_cut_the_quote_in_two() -> None:
    """A running header between two halves of a sentence belongs to no span."""
    page = "a study on 66\nJ. Clin. Med. 2020\npatients with ILD"
    text = MappedText.join((MappedText.of_page(1, page, 0, 13), MappedText.of_page(1, page, 33)), " ")

    assert text.text == "a study on 66 patients with ILD"
    assert [page[span.start : span.end] for span in text.spans({1: page})] == ["a study on 66", "patients with ILD"]


def test_a_sentence_across_pages_has_a_span_on_each() -> None:
    """The change of page ends a span."""
    pages = {1: "the improvement", 2: " of FVC was modest"}
    text = MappedText.join((MappedText.of_page(1, pages[1]), MappedText.of_page(2, pages[2])))

    assert text.spans(pages) == (Span(1, 0, 15), Span(2, 0, 18))


def test_a_ligature_taken_apart_keeps_its_one_origin() -> None:
    """Both letters of a ligature stand at the place of the ligature."""
    page = "eﬃcacy"
    text = MappedText.of_page(1, page).substitute(re.compile("ﬃ"), "ffi")

    assert text.text == "efficacy"
    assert text[3:4].spans({1: page}) == (Span(1, 1, 2),)
    assert text[:].spans({1: page}) == (Span(1, 0, 6),)


@given(st.text("ab1 .\n", max_size=60), st.sampled_from(["1", r"\s+", "a|b", r"\."]), st.sampled_from(["", "x", "xy"]))
def test_every_untouched_character_keeps_its_origin(page: str, pattern: str, replacement: str) -> None:
    """Whatever is replaced around it, a character that stays maps to the same character of the page."""
    text = MappedText.of_page(3, page).substitute(re.compile(pattern), replacement)

    assert len(text.text) == len(text.origins)
    for position, character in enumerate(text.text):
        place = text.place(position)
        if place is not None and character not in "xy":
            assert place[0] == 3
            assert page[place[1]] == character
