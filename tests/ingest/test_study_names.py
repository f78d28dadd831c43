"""The name of the study that a paper reports, from its title or abstract."""

from __future__ import annotations

import pytest

from ragqa.ingest.study_names import with_study_name
from ragqa.text.lexicon import load_lexicon
from ragqa.types import Document, DocumentKind, Metadata
from tests.ingest.test_tags import document

LEXICON = load_lexicon()


def named(
    title: str, abstract: str = "Lung function was stable.", kind: DocumentKind = DocumentKind.RANDOMISED_TRIAL, short_title: str | None = None
) -> str | None:
    """Return the short title of a paper after its study's name was looked for."""
    made: Document = document([("Text", [abstract])], Metadata(title, kind, short_title=short_title))
    return with_study_name(made, LEXICON).metadata.short_title


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Rituximab in early disease: the NORTH-STAR Study", "NORTH-STAR"),
        ("Two-year results from the LUNGS 2 randomised trial", "LUNGS 2"),
        ("Rituximab in early disease: a randomised trial (BREATHE-1)", "BREATHE-1"),
        ("Rituximab in early disease (BREATHE-1): an open-label trial", "BREATHE-1"),
        ("SPIRO-EU: rituximab in early disease", "SPIRO-EU"),
        ("Rituximab in systemic lupus erythematosus (SLE)", None),
        ("Rituximab in patients with the HRCT of a cohort", None),
        ("Forced vital capacity in the SSc trial", None),
    ],
)
def test_a_title_names_its_study(title: str, name: str | None) -> None:
    """In capitals before "study" or "trial", in brackets or before a colon; a disease or test in capitals is no study."""
    assert named(title) == name


def test_an_abstract_names_the_study_where_it_names_only_one() -> None:
    """Of two names either may be that of others."""
    assert named("Rituximab in early disease", "Patients of the NORTH-STAR trial were followed.") == "NORTH-STAR"
    assert named("Rituximab in early disease", "After the NORTH-STAR trial the SPIRO-EU trial was done.") is None


def test_what_metadata_state_stays() -> None:
    """A review is about studies of others, and a short title that was given is kept."""
    assert named("Lessons of the NORTH-STAR trial", kind=DocumentKind.NARRATIVE_REVIEW) is None
    assert named("Lessons of the NORTH-STAR trial", short_title="Star 2019") == "Star 2019"
