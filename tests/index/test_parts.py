from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragqa.index import parts as parts_module
from ragqa.index.parts import Part, Position, RowMap, StoredDocument, plan_parts


def part(name: str, first: int, last: int) -> Part:
    """Return a part of the documents numbered first to last - 1, two chunks and five sentences each."""
    return Part(name, Position(first, 2 * first, 5 * first), Position(last, 2 * last, 5 * last))


def stored(*numbers: int) -> list[StoredDocument]:
    """Return stored documents whose keys are their numbers."""
    return [StoredDocument(number, f"{number}.md", str(number), "", "", 2, 5) for number in numbers]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts worth their while from ten documents on."""
    monkeypatch.setattr(parts_module, "_WORTH_PARTS", 10)


def test_one_new_document_makes_one_new_part() -> None:
    """The twenty documents stay where they are, and the new part begins where they end."""
    plan = plan_parts([part("part-0", 0, 20)], stored(*range(20)), [*map(str, range(20)), "new"])

    assert [kept.name for kept in plan.parts] == ["part-0"]
    assert plan.begin == Position(20, 40, 100)
    assert (len(plan.kept), plan.removed) == (20, ())


def test_a_small_last_part_is_written_anew_with_what_is_added() -> None:
    """One document stands in the last part, one is new: 1 <= 2 * 1, so both go into one part; 20 > 2 * 2 stays."""
    existing = [part("part-0", 0, 20), part("part-1", 20, 21)]
    plan = plan_parts(existing, stored(*range(21)), [*map(str, range(21)), "new"])

    assert [kept.name for kept in plan.parts] == ["part-0"]
    assert "20" not in plan.kept
    assert plan.begin == Position(20, 40, 100)


def test_removed_documents_are_left_out_of_their_part() -> None:
    """Two of twenty went: a tenth, so the part stays and the two are named."""
    plan = plan_parts([part("part-0", 0, 20)], stored(*range(20)), [str(number) for number in range(20) if number not in (3, 7)])

    assert plan.removed == (3, 7)
    assert len(plan.kept) == 18


def test_everything_is_written_anew_when_much_is_dead_or_little_is_there() -> None:
    """Five of twenty dead is more than a tenth; nine documents are too few for parts."""
    everything = [part("part-0", 0, 20)]

    assert plan_parts(everything, stored(*range(20)), [str(number) for number in range(5, 20)]).parts == ()
    assert plan_parts([part("part-0", 0, 9)], stored(*range(9)), [str(number) for number in range(9)]).parts == ()


def test_a_part_without_documents_in_use_goes() -> None:
    """Its stored numbers are free again for the next part."""
    plan = plan_parts([part("part-0", 0, 20), part("part-1", 20, 22)], stored(*range(22)), [str(number) for number in range(20)])

    assert [kept.name for kept in plan.parts] == ["part-0"]
    assert (plan.removed, plan.begin.document) == ((), 20)


def test_the_number_of_parts_grows_with_the_logarithm() -> None:
    """Adding 300 documents one by one to 20 leaves at most 8 parts, and no document is lost or stored twice."""
    parts, numbers = [part("part-0", 0, 20)], {str(number): number for number in range(20)}
    for added in range(300):
        wanted = [*numbers, f"new {added}"]
        documents = [StoredDocument(number, "", key, "", "", 2, 5) for key, number in numbers.items()]
        plan = plan_parts(parts, documents, wanted)
        written = [key for key in wanted if key not in plan.kept]
        begin = plan.begin.document
        parts = [*plan.parts, part(f"part-{len(plan.parts)}", begin, begin + len(written))]
        numbers = {key: document.number for key, document in plan.kept.items()} | {key: begin + place for place, key in enumerate(written)}
        assert len(parts) <= 8
        assert sorted(numbers.values()) == sorted(number for kept in parts for number in range(kept.begin.document, kept.end.document))
    assert len(numbers) == 320


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_rows_and_stored_numbers_translate_both_ways(counts: list[int], random: object) -> None:
    """Whatever the order of documents and the gaps between them, rows count from 0 and come back from their stored numbers."""
    begins, at = [], 3
    for count in counts:
        begins.append(at)
        at += count + 2
    order = list(range(len(counts)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    rows = RowMap(np.array([begins[place] for place in order]), np.array([counts[place] for place in order]))
    expected = [begins[place] + offset for place in order for offset in range(counts[place])]

    assert rows.n_rows == len(expected)
    assert rows.stored(range(rows.n_rows)).tolist() == expected
    assert rows.rows(expected).tolist() == list(range(rows.n_rows))
    assert np.flatnonzero(rows.is_used(0, at)).tolist() == sorted(expected)
    mask = np.arange(rows.n_rows) % 2 == 0
    assert np.flatnonzero(rows.is_used(2, at, mask)).tolist() == sorted(number - 2 for number in expected[::2])
