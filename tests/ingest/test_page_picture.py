"""Pictures of PDF pages with quotes marked."""

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from ragqa.errors import FileRejected
from ragqa.ingest.page_picture import MOST_PIXELS, draw_marked_page, locate, picture_in_worker, render_page_picture
from ragqa.ingest.pdf_boxes import quote_boxes
from ragqa.ingest.pdf_characters import Box
from ragqa.settings import IngestSettings
from ragqa.types import DocumentStatus
from tests.ingest.printing import Print, column, make_pdf
from tests.ingest.reading import read

LINES = column(["Of 120 patients who took it, 31 were better after one", "year; nine of the others were. Fever was seen in three."])
QUOTE = "31 were better after one\nyear; nine of the others were."


def picture_of(png: bytes) -> Image.Image:
    """Return a PNG as pixels."""
    return Image.open(io.BytesIO(png)).convert("RGB")


def changed_box(first: bytes, second: bytes) -> tuple[int, int, int, int] | None:
    """Return the box of pixels in which two pictures differ: left, top, right, bottom."""
    return ImageChops.difference(picture_of(first), picture_of(second)).getbbox()


def words_in(data: bytes, page: int, boxes: Sequence[Box]) -> str:
    """Return the words that pdfium finds inside boxes of a page: another way to the text than by its characters."""
    with pypdfium2.PdfDocument(data) as pdf:
        text_page = pdf[page - 1].get_textpage()
        found = " ".join(text_page.get_text_bounded(*box) for box in boxes)
        text_page.close()
    return " ".join(found.split())


def test_the_marks_cover_the_words_of_the_quote_and_nothing_else() -> None:
    """The text inside the boxes is the quote; pixels change inside the boxes, to the margin, and nowhere else."""
    data = make_pdf([LINES])
    text = read(data, "a.pdf").pages[0].text
    start = text.index(QUOTE)
    boxes = quote_boxes(data, 1, start, start + len(QUOTE))

    assert words_in(data, 1, boxes) == QUOTE.replace("\n", " ")

    plain, marked = render_page_picture(data, 1, []), render_page_picture(data, 1, boxes)
    before, after = picture_of(plain), picture_of(marked)
    assert before.size == (1224, 1584)  # 612 by 792 points at 2 pixels a point
    inside = Image.new("1", before.size)
    for left, bottom, right, top in boxes:
        area = [round(2 * (left - 3)), round(2 * (792 - top - 3)), round(2 * (right + 3)), round(2 * (792 - bottom + 3))]
        inside.paste(1, (area[0], area[1], area[2], area[3]))
        middle = after.getpixel((round(left + right), round(2 * (792 - top))))
        assert middle != (255, 255, 255), "the paper above the words keeps its colour"
    changed = ImageChops.difference(before, after).convert("L").point(lambda value: 255 if value else 0).convert("1")
    assert ImageChops.subtract(changed.convert("L"), inside.convert("L")).getbbox() is None


def test_printed_letters_stay_black_under_a_mark() -> None:
    """A mark takes nothing from the print: what was darkest stays as dark."""
    data = make_pdf([LINES])
    boxes = quote_boxes(data, 1, 0, 52)
    left, bottom, right, top = boxes[0]
    area = (2 * left, 2 * (792 - top), 2 * right, 2 * (792 - bottom))

    plain = picture_of(render_page_picture(data, 1, [])).crop(area)
    marked = picture_of(render_page_picture(data, 1, boxes)).crop(area)

    assert min(marked.convert("L").tobytes()) <= min(plain.convert("L").tobytes())
    assert max(marked.convert("L").tobytes()) > 180


def test_a_page_turned_on_its_side_is_marked_where_it_is_shown() -> None:
    """/Rotate turns the picture and the marks with it: the words at the lower left of the sheet are shown at its upper left."""
    data = make_pdf([[Print("Fever was seen in three.", x=72, y=100)]]).replace(b"/MediaBox [0 0 612 792]", b"/MediaBox [0 0 612 792] /Rotate 90")
    boxes = quote_boxes(data, 1, 0, 24)

    plain, marked = render_page_picture(data, 1, []), render_page_picture(data, 1, boxes)

    assert picture_of(plain).size == (1584, 1224)
    left, top, right, bottom = changed_box(plain, marked) or (0, 0, 0, 0)
    assert left < 2 * 100 < right
    assert 2 * 72 - 8 <= top <= 2 * 72 + 4
    assert bottom - top > 2 * 80


def test_a_quote_is_marked_by_the_worker() -> None:
    """The process of its own draws the same picture and says that the quote is on it."""
    data = make_pdf([LINES, column(["Another page."])])
    text = read(data, "a.pdf").pages[0].text
    start = text.index(QUOTE)
    quote = (start, start + len(QUOTE), QUOTE)

    picture = picture_in_worker(data, "a.pdf", 1, [quote], IngestSettings())

    assert picture.n_marked == 1
    assert picture.png == draw_marked_page(data, "a.pdf", 1, [quote]).png
    assert changed_box(picture.png, render_page_picture(data, 1, []))


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ((4, 8, "seen"), (4, 8)),
        ((0, 9, "S E E N in"), (4, 11)),
        ((0, 4, "was"), None),
        ((0, 4, "gone"), None),
        ((0, 2, "!?"), None),
    ],
    ids=["as stored", "read by another engine", "twice on the page", "not on the page", "no letters"],
)
def test_a_quote_whose_place_is_not_sure_is_not_marked(quote: tuple[int, int, str], place: tuple[int, int] | None) -> None:
    """A mark at the wrong place would be worse than none."""
    assert locate("was seen in was", quote) == place


def test_a_huge_page_is_drawn_small() -> None:
    """200 by 200 inches would be 829 million pixels."""
    data = make_pdf([LINES]).replace(b"[0 0 612 792]", b"[0 0 14400 14400]")
    width, height = picture_of(render_page_picture(data, 1, [])).size
    assert width * height <= MOST_PIXELS * 1.01


def test_a_page_that_is_not_there_and_a_file_that_is_no_pdf_are_rejected() -> None:
    """The message names the pages that there are; a file that pdfium cannot open is broken."""
    with pytest.raises(FileRejected, match="pages 1 to 1; there is no page 2"):
        draw_marked_page(make_pdf([LINES]), "a.pdf", 2, [])
    with pytest.raises(FileRejected, match="cannot be drawn") as caught:
        draw_marked_page(b"%PDF-1.4 and nothing more", "a.pdf", 1, [])
    assert caught.value.status is DocumentStatus.BROKEN


def test_a_page_that_takes_too_long_to_draw_is_stopped(shared: Path) -> None:
    """A form that contains itself ends at the limit of the worker, and the caller goes on."""
    data = (shared / "docs" / "hostile" / "bomb_text_ops_200MB.pdf").read_bytes()
    settings = IngestSettings().model_copy(update={"worker_cpu_s": 1})
    with pytest.raises(FileRejected, match="RAGQA_INGEST__WORKER_CPU_S") as caught:
        picture_in_worker(data, "a.pdf", 1, [(0, 1, "x")], settings)
    assert caught.value.status is DocumentStatus.RESOURCE_LIMIT


def test_the_marks_on_real_pages_cover_their_sentences(shared: Path) -> None:
    """On a two-column paper the words inside the boxes of a sentence are those of its quote, nearly all of them."""
    path = shared / "docs" / "pairs" / "PMC5806308.pdf"
    data = path.read_bytes()
    document = read(data, path.name)
    pages = {page.number: page.text for page in document.pages}
    wanted = covered = 0
    for sentence in document.sentences[5:200:12]:
        span = sentence.spans[0]
        words = pages[span.page][span.start : span.end].split()
        found = words_in(data, span.page, quote_boxes(data, span.page, span.start, span.end)).split()
        wanted += len(words)
        covered += sum(word in found for word in words)
    assert covered / wanted > 0.97
