"""What a printed page puts between and around the sentences, and how they are told from it."""

from ragqa.types import Block, Zone
from tests.ingest.printing import Print, column, make_pdf
from tests.ingest.reading import assert_quotes_hold, path_of, read, texts

FILLER = (
    "The drug was compared with placebo in many adults who had a lung disease of the",
    "connective tissue, and the improvement of their vital capacity after one year was",
    "modest; it did not reach significance in any of the subgroups that were looked at.",
)


def page(*parts: Print | list[Print]) -> list[Print]:
    """Return the lines of a page from single lines and columns."""
    return [line for part in parts for line in (part if isinstance(part, list) else [part])]


def test_a_running_head_that_changes_sides_is_dropped() -> None:
    """The page number stands before it on even pages and behind it on odd ones; a sentence goes on past it."""
    heads = ("2 Journal of Lungs and Airways", "Journal of Lungs and Airways 3", "4 Journal of Lungs and Airways")
    words = ("In the first year most of the adults were well and", "nobody left the trial while in the", "second year some of them did.")
    pages = [page(Print(head, y=760), Print(text, y=700)) for head, text in zip(heads, words, strict=True)]
    document = read(make_pdf([[Print("Results", y=720, size=14, bold=True), *pages[0]], *pages[1:]]), "p.pdf")

    assert texts(document, Zone.BODY, Zone.FRONT_MATTER) == [" ".join(words)]
    assert len(document.quality.dropped_lines) == 1


def test_a_displayed_formula_belongs_to_no_sentence() -> None:
    """An indented short equation is kept as low-trust text; the sentence goes on behind it where it is written so."""
    lines = page(
        Print("Methods", y=740, size=12, bold=True),
        column([*FILLER, "The share of responders was calculated by the formula"], top=720),
        Print("S = R / N × 100", x=200, y=655),
        column(["where R is the number of responders and N that of all adults.", *FILLER, "The index was"], top=630),
        Print("I = A + B", x=200, y=560),
        column(["Here A is the activity and B the burden of the disease as its readers judged it.", *FILLER], top=535),
    )
    document = read(make_pdf([lines]), "p.pdf")

    assert "The share of responders was calculated by the formula where R is the number of responders and N that of all adults." in texts(document)
    assert "Here A is the activity and B the burden of the disease as its readers judged it." in texts(document)
    assert {sentence.text: sentence.block for sentence in document.sentences}["S = R / N × 100"] is Block.TABLE_TEXT
    assert_quotes_hold(document)


def test_a_sentence_with_an_equals_sign_is_no_formula() -> None:
    """The first line of a paragraph may be indented and hold a statistic."""
    lines = page(
        Print("Results", y=740, size=12, bold=True),
        column(list(FILLER), top=720),
        Print("The difference was significant (P = 0.03).", x=90, y=684),
        column(list(FILLER), top=672),
    )

    assert "The difference was significant (P = 0.03)." in texts(read(make_pdf([lines]), "p.pdf"))


def test_headings_may_be_set_smaller_than_the_text() -> None:
    """Where the main headings are bold and small, so are those below them."""
    lines = page(
        Print("Results", y=740, size=9, bold=True),
        Print("Effects on vital capacity", y=720, size=8, bold=True),
        column([*FILLER], top=700, size=11),
        Print("Effects on survival of the whole group and of those who had been", y=640, size=8, bold=True),
        Print("treated before", y=630, size=8, bold=True),
        column([*FILLER], top=610, size=11),
    )
    document = read(make_pdf([lines, [*column([*FILLER] * 3, size=11)]]), "p.pdf")

    assert [section.path for section in document.sections][-2:] == [
        ("Results", "Effects on vital capacity"),
        ("Results", "Effects on survival of the whole group and of those who had been treated before"),
    ]


def test_a_heading_behind_a_sentence_without_a_stop_is_a_heading() -> None:
    """A gap and larger bold type are enough."""
    lines = page(
        Print("Results", y=740, size=14, bold=True),
        column([*FILLER, "All the figures are given below (Table 2)"], top=720),
        Print("Effects on blood counts of adults", y=650, size=12, bold=True),
        column([*FILLER], top=620),
    )
    document = read(make_pdf([lines]), "p.pdf")

    assert path_of(document, "The drug was compared")[-1] == "Results"
    assert [section.title for section in document.sections][-1] == "Effects on blood counts of adults"


def test_the_word_that_a_heading_divides_is_put_together() -> None:
    """As in running text."""
    lines = page(
        Print("Results", y=740, size=14, bold=True),
        Print("Effects on the vascular endo-", y=715, size=12, bold=True),
        Print("thelial cells", y=702, size=12, bold=True),
        column([*FILLER], top=680),
    )

    assert read(make_pdf([lines]), "p.pdf").sections[-1].title == "Effects on the vascular endothelial cells"


def test_back_matter_may_start_with_its_title_on_the_same_line() -> None:
    """What follows "Funding:" after the conclusions is no conclusion."""
    lines = page(
        Print("Conclusions", y=740, size=12, bold=True),
        column([*FILLER], top=720),
        Print("Author Contributions: Both authors wrote the paper together.", y=670, size=9),
        Print("Funding: This work was paid for by nobody at all.", y=650, size=9),
        Print("Conflicts of Interest: The authors declare none of them.", y=630, size=9),
    )
    document = read(make_pdf([lines]), "p.pdf")

    assert texts(document, Zone.BACK_MATTER) == [
        "Both authors wrote the paper together.",
        "This work was paid for by nobody at all.",
        "The authors declare none of them.",
    ]


def test_captions_may_write_a_hyphen_before_their_number() -> None:
    """A caption "Figure-1: …" is set aside like "Figure 1. …"."""
    lines = page(
        Print("Results", y=740, size=12, bold=True),
        column([*FILLER, "Survival was longer with the drug than without it in"], top=720),
        Print("Figure-1: Survival of the adults in both groups.", y=640, size=8),
        column(["both of the groups and at all times."], top=600),
    )
    document = read(make_pdf([lines]), "p.pdf")

    assert "Survival was longer with the drug than without it in both of the groups and at all times." in texts(document)
    assert {sentence.text: sentence.block for sentence in document.sentences}["Figure-1: Survival of the adults in both groups."] is Block.CAPTION


def test_numbered_recommendations_are_items_and_no_headings() -> None:
    """A numbered sentence that goes on in the type of the text is one statement, without its number."""
    lines = page(
        Print("Recommendations", y=740, size=12, bold=True),
        column(
            ["1. For adults with the disease, we conditionally recommend drug A as the first of", "the treatments (very low certainty of evidence)."], top=720
        ),
        column(["2. For adults with the disease, we strongly recommend against drug B at any of", "the doses (low certainty of evidence)."], top=690),
        column([*FILLER], top=650),
    )
    document = read(make_pdf([lines]), "p.pdf")

    items = [sentence.text for sentence in document.sentences if sentence.block is Block.LIST_ITEM]
    assert items == [
        "For adults with the disease, we conditionally recommend drug A as the first of the treatments (very low certainty of evidence).",
        "For adults with the disease, we strongly recommend against drug B at any of the doses (low certainty of evidence).",
    ]
    assert path_of(document, "conditionally recommend") == ("Recommendations",)
    assert_quotes_hold(document)


def test_a_box_of_small_print_does_not_cut_the_sentence_that_it_interrupts() -> None:
    """Its bold title is smaller than the text and opens no section."""
    lines = page(
        Print("Results", y=740, size=12, bold=True),
        column([*FILLER, "The drug slowed the decline of vital capacity in most of the"], top=720),
        Print("Key messages of the journal", y=655, size=9, bold=True),
        Print("The drug improved vital capacity over two years.", y=643, size=8),
        column(["adults who had taken it for two years and more."], top=620),
    )
    document = read(make_pdf([lines]), "p.pdf")

    assert "The drug slowed the decline of vital capacity in most of the adults who had taken it for two years and more." in texts(document, Zone.BODY)
    assert [section.title for section in document.sections] == ["Results", "Notes"]


def test_a_stamp_in_the_margin_belongs_to_no_sentence() -> None:
    """What an archive prints up the side of a page is furniture, wherever it stands in the stream; a page that is turned as a whole is text."""
    stamp = Print("Preprint 2004.04906 of the archive, version 3", x=20, y=200, size=9, sideways=True)
    lines = page(Print("Results", y=740, size=12, bold=True), column([*FILLER, "The drug slowed the decline in"], top=720), stamp)
    turned = [Print(text, x=100 + 12 * index, y=100, sideways=True) for index, text in enumerate(FILLER)]
    document = read(make_pdf([[*lines, *column(["most of the adults who took it."], top=670)]]), "p.pdf")

    assert "The drug slowed the decline in most of the adults who took it." in texts(document)
    assert document.quality.dropped_lines == ("Preprint 2004.04906 of the archive, version 3",)
    assert "connective tissue" in " ".join(texts(read(make_pdf([turned]), "p.pdf")))


def test_a_printed_table_is_low_trust_text_apart_from_the_prose() -> None:
    """Its caption opens a section of its own; its cells are table text with the legend beside them; the sentence around it is whole."""
    lines = page(
        Print("Results", y=740, size=12, bold=True),
        column([*FILLER, "The adults of both groups were alike in age and in the"], top=720),
        Print("Table 1. Adults at baseline", y=640, size=8, bold=True),
        Print("Group  Drug A (n = 71)  Placebo (n = 71)", y=628, size=8),
        Print("Age, years  54 (11)  53 (12)", y=616, size=8),
        Print("FVC: forced vital capacity; DLCO: diffusing capacity; SD: standard deviation", y=604, size=8),
        column(["duration of their disease, as the table shows.", *FILLER], top=570),
    )
    document = read(make_pdf([lines]), "p.pdf")

    table = [(sentence.block, sentence.text) for sentence in document.sentences if document.sections[sentence.section].zone is Zone.TABLE]
    assert table == [
        (Block.CAPTION, "Table 1. Adults at baseline"),
        (Block.TABLE_TEXT, "Group Drug A (n = 71) Placebo (n = 71)"),
        (Block.TABLE_TEXT, "Age, years 54 (11) 53 (12)"),
        (Block.CAPTION, "FVC: forced vital capacity; DLCO: diffusing capacity; SD: standard deviation"),
    ]
    assert "The adults of both groups were alike in age and in the duration of their disease, as the table shows." in texts(document, Zone.BODY)
