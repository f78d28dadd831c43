"""Pages as blocks with the quote marked."""

from hypothesis import given
from hypothesis import strategies as st

from ragqa.web.passages import Block, BlockKind, around_quote, page_blocks

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
