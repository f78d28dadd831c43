"""Brackets that point to figures and tables are left out by edits that can be undone, and nothing else is."""

from __future__ import annotations

import pytest

from ragqa.text.print_references import DROP_REFERENCE, drop_references, undo_reference
from ragqa.types import Edit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Skin scores fell by 5% (Figure 2) with rituximab.", "Skin scores fell by 5% with rituximab."),
        ("Deaths were rare (table 3 and table 4).", "Deaths were rare."),
        ("Scores fell (see Figs 3A and B) in both arms [Table S1].", "Scores fell in both arms."),
        ("Scores fell (p < 0.01; Table 2) in both arms.", "Scores fell (p < 0.01) in both arms."),
        ("Scores fell (supplementary figure S2B–F, available online only).", "Scores fell."),
        ("Loci differed (Fig. 2c, d; Additional file 1: Table S3) at the start.", "Loci differed at the start."),
    ],
)
def test_a_bracket_that_only_points_is_left_out(text: str, shown: str) -> None:
    """Undone in reverse order the edits give the quote again, each at one place."""
    short, edits = drop_references(text)

    assert short == shown
    for edit in reversed(edits):
        undone = undo_reference(short, edit)
        assert undone is not None
        short = undone
    assert short == text


@pytest.mark.parametrize(
    "text",
    ["Scores fell (5%) in both arms.", "Scores fell in both (as told by table and chair) arms.", "As Table 2 shows, scores fell.", "Figures (41) rose (in 2)."],
)
def test_what_says_anything_stays(text: str) -> None:
    """A result, a word, or a table that the sentence speaks of."""
    assert drop_references(text) == (text, ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("improved (not significantly) with it", "improved with it"),
        ("improved (not in Figure 2) with it", "improved with it"),
        ("not improved (Figure 2) with it", "improved with it"),
        ("improved (Figure 2) with it", "improved"),
    ],
)
def test_an_edit_that_drops_anything_else_is_not_undone(before: str, after: str) -> None:
    """The check of the answer then fails."""
    assert undo_reference("FVC improved with it.", Edit(DROP_REFERENCE, before, after)) is None


def test_a_place_that_is_not_sure_is_not_undone() -> None:
    """The words around it stand twice."""
    assert undo_reference("FVC fell here. FVC fell here.", Edit(DROP_REFERENCE, "fell (Figure 2) here", "fell here")) is None
