"""Whether a sentence or a document belongs to a study that a question names."""

import pytest

from ragqa.compose.anchors import is_by, speaks_of
from ragqa.types import DocumentKind, DocumentRecord, DocumentStatus, Metadata, Tags
from tests.compose.samples import sentence

FIRST, SECOND = "SLS I", "SLS II"


def document(name: str) -> DocumentRecord:
    """Return a trial's document."""
    metadata = Metadata(title=f"{name}: a trial", short_title=name, kind=DocumentKind.RANDOMISED_TRIAL)
    return DocumentRecord("d", "0" * 64, "trial.md", "markdown", metadata, DocumentStatus.OK, "", 1, 1)


@pytest.mark.parametrize(("asked", "found", "belongs"), [(FIRST, FIRST, True), (FIRST, SECOND, False), (SECOND, SECOND, True), (SECOND, FIRST, False)])
def test_the_first_study_of_a_row_is_not_the_second(asked: str, found: str, belongs: bool) -> None:
    """The numeral is part of the name, by document, by tag and by text."""
    unnamed = document("Another trial")

    assert is_by(document(found), [asked]) is belongs
    assert speaks_of(sentence("The decline was slower.", tags=Tags(trials=(found,))), unnamed, [asked]) is belongs
    assert speaks_of(sentence(f"The decline was slower in {found} than before.", tags=Tags()), unnamed, [asked]) is belongs


@pytest.mark.parametrize(
    ("text", "belongs"),
    [("A phase I trial was stopped.", True), ("A phase III trial was stopped.", False), ("In this phase the drug was stopped.", False)],
)
def test_a_phase_is_told_from_the_next(text: str, belongs: bool) -> None:
    """A name that ends in a roman one is found only where the one stands."""
    assert speaks_of(sentence(text, tags=Tags()), document("Another trial"), ["phase I"]) is belongs


@pytest.mark.parametrize(("asked", "belongs"), [("ATS/ERS", True), ("ATS/ERS/JRS/ALAT", True), ("ERS/EULAR", False), ("ACR", False)])
def test_the_first_parts_of_a_joint_issuer_name_it(asked: str, belongs: bool) -> None:
    """Who says "ATS/ERS 2022" means the guideline that two more societies signed."""
    metadata = Metadata(title="Progressive fibrosis", kind=DocumentKind.GUIDELINE, issuer="ATS/ERS/JRS/ALAT", year=2022)

    assert is_by(DocumentRecord("d", "0" * 64, "guideline.md", "markdown", metadata, DocumentStatus.OK, "", 1, 1), [asked]) is belongs
