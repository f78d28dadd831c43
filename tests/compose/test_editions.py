"""A superseded edition is named by what took its place."""

from __future__ import annotations

from dataclasses import replace

from ragqa.compose.editions import successors_of
from ragqa.types import DocumentKind, DocumentRecord, DocumentStatus, Metadata


def document(slug: str, **metadata: object) -> DocumentRecord:
    """Return the record of a document file of that name."""
    given: dict[str, object] = {"title": slug, "short_title": f"The {slug}", "kind": DocumentKind.GUIDELINE, **metadata}
    return DocumentRecord(slug, "", f"{slug}.md", "markdown", Metadata(**given), DocumentStatus.OK, "", 1, 1)  # type: ignore[arg-type]  # named fields of Metadata


def test_either_side_may_say_so_and_the_successor_is_named_by_its_label() -> None:
    """`superseded_by` in the old file, `supersedes` in the new one: both give the label and not the file's name."""
    assert successors_of([document("old", superseded_by=("new",)), document("new")]) == {"old": ("The new",)}
    assert successors_of([document("old"), document("new", supersedes=("old",))]) == {"old": ("The new",)}


def test_a_successor_outside_the_library_keeps_the_name_it_was_given() -> None:
    """The reader is told at least that; and a document that only supersedes others outside still stands."""
    assert successors_of([document("old", superseded_by=("elsewhere 2030",))]) == {"old": ("elsewhere 2030",)}
    assert successors_of([document("new", supersedes=("elsewhere 2001",))]) == {}


def test_editions_of_one_guideline_are_recognised_by_issuer_and_title() -> None:
    """The title but for year and "update", the same issuer: each edition is superseded by the next."""
    first = document("a", title="Society guideline on gout", issuer="S", edition=2010)
    second = document("b", title="2016 Society guideline on gout", issuer="S", edition=2016)
    third = document("c", title="Society guideline on gout: 2022 update", issuer="S", edition=2022)

    assert successors_of([third, first, second]) == {"a": ("The b",), "b": ("The c",)}


def test_other_issuers_subjects_and_kinds_are_no_editions() -> None:
    """Neither the same title from another issuer, nor another title, nor a study repeated later."""
    one = document("a", title="Guideline on gout", issuer="S", edition=2010)
    other_issuer = document("b", title="Guideline on gout", issuer="T", edition=2016)
    other_subject = document("c", title="Guideline on lupus", issuer="S", edition=2016)
    study = replace(one, document_id="d", metadata=replace(one.metadata, kind=DocumentKind.COHORT, edition=2020))

    assert successors_of([one, other_issuer, other_subject, study]) == {}
