"""Boxes of quotes on their pages."""

from pathlib import Path

import pytest

from ragqa.ingest.pdf_boxes import quote_boxes
from tests.ingest.printing import Print, make_pdf
from tests.ingest.reading import read


def test_a_quote_over_two_lines_has_two_boxes_where_they_are_printed() -> None:
    """The base lines are those of the print; a quote that starts in mid-line starts to the right of it."""
    lines = [Print("First line of a text. It goes", y=700), Print("on in the second line of it.", y=688), Print("Third line.", y=660)]
    data = make_pdf([lines])
    document = read(data, "a.pdf")
    text = document.pages[0].text
    start, end = text.index("It goes"), text.index("Third")

    first, second = quote_boxes(data, 1, start, end)

    assert first[0] > 100
    assert 690 < first[1] <= 700.5
    assert second[0] == pytest.approx(72, abs=2)
    assert 680 < second[1] <= 688.5


def test_every_box_lies_on_its_page(shared: Path) -> None:
    """Check 20, on the sentences of a real paper."""
    path = shared / "docs" / "pairs" / "PMC5234046.pdf"
    data = path.read_bytes()
    document = read(data, path.name)
    pages = {page.number: page for page in document.pages}
    for sentence in document.sentences[::12]:
        for span in sentence.spans:
            boxes = quote_boxes(data, span.page, span.start, span.end)
            assert boxes
            for left, bottom, right, top in boxes:
                assert 0 <= left < right <= pages[span.page].width
                assert 0 <= bottom <= top <= pages[span.page].height
