"""The report that a person reads about a file."""

from ragqa.ingest.inspection import describe, describe_page
from tests.ingest.reading import read


def test_the_report_says_what_was_read_and_left_out() -> None:
    """Title, kind with its origin, counts, notes, sections and first sentences."""
    report = describe(read("---\ntitle: T\nkind: cohort\nodd: x\n---\n\n## Design\n\nOne sentence [1].\n\n## References\n\n1. Doe J.\n"))

    for expected in (
        "cohort (front matter)",
        "references    1; 1 marks",
        'unknown front matter key "odd" ignored',
        "Design  (body)",
        "One sentence. [cites 1]",
    ):
        assert expected in report


def test_a_page_shows_what_the_indexer_saw() -> None:
    """Each sentence with zone, path and range; an empty page says so."""
    document = read("# T\n\n## Design\n\nOne sentence.\n")

    assert describe_page(document, 1) == "[body · Design · 16–29]\n  One sentence."
    assert describe_page(document, 2) == "No sentence was read from page 2."
