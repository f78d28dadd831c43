from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragqa.index.recent import Recent


@given(st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=30), st.integers(2, 20))
def test_never_more_than_the_limit_and_never_a_wrong_value(batches: list[list[int]], limit: int) -> None:
    """Whatever is kept and asked for, what is found is what was kept, and the limit holds."""
    recent: Recent[int, str] = Recent(limit)
    for batch in batches:
        found = recent.found(batch)
        assert found == {number: str(number) for number in found}
        recent.keep({number: str(number) for number in batch if number not in found})
        assert len(recent) <= limit


def test_what_is_used_stays() -> None:
    """With room for eight, number 0 is asked for between all others and is still here after twenty of them; number 1 is not."""
    recent: Recent[int, str] = Recent(8)
    recent.keep({0: "zero", 1: "one"})
    for number in range(2, 22):
        recent.keep({number: "other"})
        recent.found([0])

    assert recent.found([0, 1]) == {0: "zero"}
