"""Pages as blocks with the quote marked."""

from hypothesis import given
from hypothesis import strategies as st

from ragqa.web.passages import Block, BlockKind, Paragraph, around_quote, page_blocks, section_anchors

TEXT = "# Title\n\n## Part one\n\n- First item.\n- Second item,\n  continued.\n\nA paragraph\nof two lines.\n\n| a | b |\n\n## Part two\n\n1. Numbered.\n"


def shown(text: str, quote: str, is_markdown: bool = True) -> list[tuple[str, str, str]]:
    """Return (kind, text, quoted text) of each block."""
    start = text.index(quote) if quote else 0
    blocks = page_blocks(text, [(start, start + len(quote))] if quote else [], is_markdown)
    return [(block.kind.value, "".join(p.text for p in block.pieces), "".join(p.text for p in block.pieces if p.is_quoted)) for block in blocks]


def test_markdown_is_set_as_headings_items_and_paragraphs() -> None:
    """Markers choose the block and are left out; a line without a marker continues its block."""
    assert shown(TEXT, "item,\n  continued") == [
        ("heading", "Title", ""),
        ("heading", "Part one", ""),
        ("item", "First item.", ""),
        ("item", "Second item,\n  continued.", "item,\n  continued"),
        ("paragraph", "A paragraph\nof two lines.", ""),
        ("lines", "| a | b |", ""),
        ("heading", "Part two", ""),
        ("item", "Numbered.", ""),
    ]


def test_other_text_keeps_its_lines() -> None:
    """A page of a PDF is cut at blank lines only; hashes and dashes in it are text."""
    assert shown("# no heading\n- no item\n\nnext", "item", is_markdown=False) == [("lines", "# no heading\n- no item", "item"), ("lines", "next", "")]


def test_a_quote_across_blocks_is_marked_in_each() -> None:
    """Every block that the quote reaches into shows its share."""
    assert [quoted for _, _, quoted in shown(TEXT, "First item.\n- Second") if quoted] == ["First item.", "Second"]


PART = st.text(alphabet="ab #-|\n1.", max_size=12)


@given(PART, PART, PART, st.booleans())
def test_marking_changes_no_character(before: str, quote: str, after: str, is_markdown: bool) -> None:
    """With and without a quote the blocks hold the same text, and what is marked is what of the quote stands in them."""
    text, start, end = before + quote + after, len(before), len(before) + len(quote)
    blocks = page_blocks(text, [(start, end)], is_markdown)

    def whole(blocks: list[Block]) -> list[str]:
        return ["".join(piece.text for piece in block.pieces) for block in blocks]

    assert whole(blocks) == whole(page_blocks(text, [], is_markdown))
    marked = "".join(piece.text for block in blocks for piece in block.pieces if piece.is_quoted)
    if is_markdown:
        assert len(marked) <= len(quote)
    else:
        assert "".join(marked.split()) == "".join(quote.split())


def test_a_panel_shows_the_section_of_the_quote() -> None:
    """Around the quote: back to its heading, forward to the next heading."""
    start = TEXT.index("Second")
    found = around_quote(page_blocks(TEXT, [(start, start + 6)], is_markdown=True), 1000)
    assert [block.kind for block in found] == [BlockKind.HEADING, BlockKind.ITEM, BlockKind.ITEM, BlockKind.PARAGRAPH, BlockKind.LINES]


def test_a_long_page_is_cut_around_the_quote() -> None:
    """No more than the given number of characters stands before and after."""
    text = "\n\n".join(f"{number:03d} {'x' * 96}" for number in range(50))
    start = text.index("025")
    found = around_quote(page_blocks(text, [(start, start + 3)], is_markdown=False), 250)
    assert [block.pieces[0].text[:3] for block in found] == ["023", "024", "025", "026", "027"]


def test_a_page_without_quote_is_shown_whole() -> None:
    """Without a quote there is nothing to cut around."""
    blocks = page_blocks(TEXT, [], is_markdown=True)
    assert around_quote(blocks, 10) == blocks


PRINTED = "Journal of Things 2 2. Methods We asked all. They answered. Table 1: ages. 3. Results Half were well."


def paragraph(first: str, last: str, section: str) -> Paragraph:
    """Return the paragraph from one stretch of words of the printed page to the end of another."""
    return Paragraph(PRINTED.index(first), PRINTED.index(last) + len(last), section)


PARAGRAPHS = (paragraph("We asked", "answered.", "2. Methods"), paragraph("Half were", "well.", "Results"))


def test_a_printed_page_is_cut_where_the_parser_found_paragraphs() -> None:
    """Paragraphs, what stands between them, and the headings above them, with a number that the title does not hold, become blocks of their own."""
    blocks = page_blocks(PRINTED, [], False, PARAGRAPHS)
    assert [(block.kind.value, "".join(piece.text for piece in block.pieces).strip()) for block in blocks] == [
        ("lines", "Journal of Things 2"),
        ("heading", "2. Methods"),
        ("lines", "We asked all. They answered."),
        ("lines", "Table 1: ages."),
        ("heading", "3. Results"),
        ("lines", "Half were well."),
    ]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.sampled_from(["", "2. Methods", "(", "ages"])), max_size=6), st.integers(0, 90))
def test_cutting_loses_no_character(places: list[tuple[int, int, str]], start: int) -> None:
    """However the paragraphs lie, over each other too, every character of the page stands in one block, in order, and the quote is marked whole."""
    paragraphs = [Paragraph(min(a, b), min(max(a, b), len(PRINTED)), title) for a, b, title in places]
    blocks = page_blocks(PRINTED, [(start, start + 8)], False, paragraphs)
    pieces = [piece for block in blocks for piece in block.pieces]
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(PRINTED.split())
    assert "".join("".join(piece.text for piece in pieces if piece.is_quoted).split()) == "".join(PRINTED[start : start + 8].split())


def test_a_section_is_reached_at_its_heading() -> None:
    """The link to a section leads to the heading above its first sentence, or to the block that holds it where there is none."""
    blocks = page_blocks(PRINTED, [], False, PARAGRAPHS)
    assert section_anchors(blocks, {4: PRINTED.index("Half"), 2: PRINTED.index("They")}) == {4: [4], 1: [2]}
    assert section_anchors(page_blocks("plain", [], False), {0: 2}) == {0: [0]}
