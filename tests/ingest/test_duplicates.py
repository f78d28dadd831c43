"""The same publication in two files."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ragqa.ingest import duplicates
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


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(30, 128), st.integers(0, 128)), max_size=14), st.integers(0, 2**32 - 1))
def test_pairs_and_estimates_are_those_of_the_definition(recipes: list[tuple[int, int, int, int]], seed: int) -> None:
    """Over sketches mixed from a few others: the share of the smallest hashes of both together that both hold, compared as sets."""
    pool = [np.random.default_rng((seed, number)).integers(0, 2**32 - 1, 128, np.uint32).tolist() for number in range(4)]
    mixed = [sorted({*pool[first][:cut], *pool[second][cut:]})[:size] for first, second, size, cut in recipes]

    def share(one: list[int], other: list[int]) -> float:
        smallest = sorted({*one, *other})[: min(len(one), len(other))]
        return len({*one} & {*other} & {*smallest}) / len(smallest)

    expected = [
        (first, second)
        for second in range(len(mixed))
        for first in range(second)
        if min(len(mixed[first]), len(mixed[second])) >= 40 and {*mixed[first]} & {*mixed[second]} and share(mixed[first], mixed[second]) >= 0.4
    ]
    assert duplicates._similar([np.array(sketch, "<u4").tobytes() for sketch in mixed]) == sorted(expected)


def test_a_run_of_words_in_many_documents_makes_no_pair() -> None:
    """Sixty papers that share one licence text and nothing else are sixty papers; two that share half their text besides are one."""
    licence = " ".join(f"word{number}" for number in range(60))
    papers = [replace(paper(f"{number}.md", f"{licence} {' '.join(f'own{number}x{word}' for word in range(300))}"), title="") for number in range(60)]

    assert find_duplicates(papers) == ()
    again = replace(papers[7], source="again.md")
    assert [problem.source for problem in find_duplicates([*papers, again])] == ["again.md"]


def test_papers_that_are_alike_in_a_chain_are_one_group() -> None:
    """By DOI the first is the second, by title the second is the third: one of three is indexed."""
    title = "onetitlelongenoughtobecompared"
    chain = [
        Fingerprint("a.md", 3, "10.1/x", "", None, b""),
        Fingerprint("b.md", 3, "10.1/x", title, 2020, b""),
        Fingerprint("c.md", 3, None, title, 2020, b""),
    ]

    assert [problem.source for problem in find_duplicates(chain)] == ["b.md", "c.md"]


def test_a_digest_is_no_duplicate() -> None:
    """A report of a publication in own words stands beside it."""
    document = read("---\ntitle: T\ndigest_of: Own words.\ndoi: 10.1/x\n---\n\nText.\n")

    assert fingerprint(document) is None
