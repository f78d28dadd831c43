"""Which chunks a filter allows."""

from __future__ import annotations

import pytest

from ragqa.errors import DocumentNotFound
from ragqa.retrieval.masks import RowMasks
from ragqa.types import DocumentKind, Filters
from tests.retrieval.samples import SmallIndex


def allowed(index: SmallIndex, filters: Filters) -> set[str]:
    """Return the documents whose chunks a filter allows, checking that it allows all chunks of each or none."""
    mask = RowMasks(index.library).rows_allowed(filters)
    assert mask is not None
    names = set(index.slugs(row for row in range(len(mask)) if mask[row]))
    assert names.isdisjoint(index.slugs(row for row in range(len(mask)) if not mask[row]))
    return names


def test_no_filter_needs_no_mask(small_index: SmallIndex) -> None:
    """Where everything is allowed there is nothing to look up."""
    assert RowMasks(small_index.library).rows_allowed(Filters()) is None


def test_kinds_are_alternatives(small_index: SmallIndex) -> None:
    """A document passes when its kind is one of those given."""
    assert allowed(small_index, Filters(kinds=(DocumentKind.GUIDELINE,))) == {"kidney-2021", "lung-2023"}
    assert allowed(small_index, Filters(kinds=(DocumentKind.COHORT, DocumentKind.RANDOMISED_TRIAL))) == {"cohort-2019", "trial-2022"}


def test_years_are_bounds_that_an_undated_document_never_passes(small_index: SmallIndex) -> None:
    """Both bounds belong to the range; a document of unknown year is left out as soon as a year is asked for."""
    assert allowed(small_index, Filters(year_from=2021, year_to=2022)) == {"kidney-2021", "trial-2022"}
    assert allowed(small_index, Filters(year_to=2021)) == {"kidney-2021", "cohort-2019"}
    assert allowed(small_index, Filters(year_from=1900)) == {"kidney-2021", "lung-2023", "cohort-2019", "trial-2022"}


def test_every_given_filter_must_hold(small_index: SmallIndex) -> None:
    """Fields are joined by "and"; what none passes is an empty mask."""
    assert allowed(small_index, Filters(kinds=(DocumentKind.GUIDELINE,), year_from=2022)) == {"lung-2023"}
    assert allowed(small_index, Filters(kinds=(DocumentKind.REGISTRY,))) == set()


def test_documents_are_named_as_elsewhere(small_index: SmallIndex) -> None:
    """A document may be given by its name or the start of its id; an unknown one is an error that names it."""
    document_id = small_index.library.document("trial-2022").document_id
    assert allowed(small_index, Filters(document_ids=("trial-2022",))) == {"trial-2022"}
    assert allowed(small_index, Filters(document_ids=(document_id[:8], "cohort-2019"))) == {"trial-2022", "cohort-2019"}
    with pytest.raises(DocumentNotFound, match="no-such-paper"):
        RowMasks(small_index.library).rows_allowed(Filters(document_ids=("no-such-paper",)))


def test_a_mask_is_made_once_and_cannot_be_changed(small_index: SmallIndex) -> None:
    """Equal filters share one read-only array, and old ones are let go."""
    masks = RowMasks(small_index.library)
    first = masks.rows_allowed(Filters(year_from=2020))
    assert first is not None
    assert masks.rows_allowed(Filters(year_from=2020)) is first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = True
    for year in range(1900, 1940):
        masks.rows_allowed(Filters(year_from=year))
    assert masks.rows_allowed(Filters(year_from=2020)) is not first
