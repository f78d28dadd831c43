"""The same publication in two files."""

from dataclasses import replace

from ragqa.ingest.duplicates import Fingerprint, find_duplicates, fingerprint
from tests.ingest.reading import read

BODY = " ".join(f"Sentence {number} speaks of finding {number * 7} in the group of {number * 3} adults." for number in range(40))


def paper(source: str, body: str = BODY, **fields: object) -> Fingerprint:
    """Return the fingerprint of a paper with these metadata."""
    document = read(f"# A title long enough to be compared with others\n\n## Results\n\n{body}\n", source)
    found = fingerprint(replace(document, metadata=replace(document.metadata, **fields)))  # type: ignore[arg-type]  # the values fit their fields
    assert found
    return found


def test_one_doi_in_other_letters_is_one_publication() -> None:
    """DOIs do not depend on case; the better format wins whatever the order."""
    first, second = paper("a.txt", "One thing.", doi="10.1/AB", title="X"), paper("b.md", "Another thing.", doi="10.1/ab", title="Y")

    (problem,) = find_duplicates([first, second])

    assert problem.source == "a.txt"
    assert "the same DOI" in problem.message


def test_title_and_year_tell_a_publication_and_a_new_edition_is_another() -> None:
    """The same title in another year is a new edition."""
    first, second = paper("a.md", "One.", year=2019), paper("b.md", "Two.", year=2019)

    assert [problem.source for problem in find_duplicates([first, second])] == ["b.md"]
    assert find_duplicates([first, replace(second, year=2022)]) == ()


def test_shared_wording_tells_a_copy_without_any_name() -> None:
    """Most runs of five words in common make a copy; other text on the same matter does not."""
    other = BODY.replace("speaks of finding", "tells about a finding").replace("in the group", "within one group").replace("adults", "grown persons")
    first, copy, different = (replace(paper(name, body), title="") for name, body in (("a.md", BODY), ("b.md", BODY[200:]), ("c.md", other)))

    assert [problem.source for problem in find_duplicates([first, copy, different])] == ["b.md"]


def test_a_digest_is_no_duplicate() -> None:
    """A report of a publication in own words stands beside it."""
    document = read("---\ntitle: T\ndigest_of: Own words.\ndoi: 10.1/x\n---\n\nText.\n")

    assert fingerprint(document) is None
