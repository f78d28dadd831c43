"""Tables and the page of a run."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from typing import Any

from rich.console import Console

from ragqa.evaluation.compare import compare_runs
from ragqa.evaluation.plots import bars, curve
from ragqa.evaluation.records import EvalRun, Measured
from ragqa.evaluation.report_html import run_page
from ragqa.evaluation.report_terminal import comparison_table, markdown_table, run_tables, worst


class _Balanced(HTMLParser):
    """Checks that tags close in order."""

    VOID = frozenset({"meta", "br", "line", "rect", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Remember an open tag."""
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        """Note a tag that closes itself."""
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the latest one."""
        assert self.open.pop() == tag


def printed(*tables: object) -> str:
    """Return what a wide console prints."""
    console = Console(width=240, record=True, file=StringIO())
    for table in tables:
        console.print(table)
    return console.export_text()


def test_the_terminal_shows_figures_types_refusals_and_the_worst(dev_run: EvalRun) -> None:
    """Each part of the run has its table."""
    text = printed(*run_tables(dev_run))

    assert "vital nugget recall" in text
    assert "area under risk-coverage curve" in text
    assert "items whole" in text
    assert "missing-drug" in text
    assert worst(dev_run.records)[0].question_id in text


def test_the_page_stands_alone(dev_run: EvalRun) -> None:
    """One page, well nested, that loads nothing and runs nothing, with every question to open and every plot."""
    page = run_page(replace(dev_run, measured=Measured({"retrieve": (1.0, 2.0), "answer": (3.0, 4.0)}, 1.0, 100.0)))
    parsed = _Balanced()
    parsed.feed(page)

    assert parsed.open == []
    assert not parsed.seen & {"script", "link", "img", "iframe"}
    assert "url(" not in page
    assert page.count("<details>") == len(dev_run.records)
    assert page.count("<svg") == 3
    assert all(record.question_id in page for record in dev_run.records)


def test_text_of_documents_is_escaped(dev_run: EvalRun) -> None:
    """A statement that holds markup is shown as it is written."""
    record = next(record for record in dev_run.records if record.statements)
    hostile = replace(record.statements[0], text="<script>alert(1)</script>", quotes=("<img src=x>",))
    page = run_page(replace(dev_run, records=(replace(record, text="<b onclick=x>", statements=(hostile,)),)))

    assert "<script" not in page
    assert "<img" not in page
    assert "<b onclick" not in page


def test_a_comparison_marks_significant_changes(dev_run: EvalRun) -> None:
    """A run that refuses everything is worse in recall, and the table says so."""
    refused = tuple(replace(record, shares=record.shares | {"vital_recall": replace(record.shares["vital_recall"], hits=0.0)}) for record in dev_run.records)
    text = printed(comparison_table(compare_runs(dev_run, replace(dev_run, records=refused))))

    assert re.search(r"vital nugget recall .* worse", text)
    assert re.search(r"citation recall .* 0\s+0\s*$", text, re.MULTILINE)


def test_plots_keep_their_scale() -> None:
    """The longest bar fills the room, half of it is half as long; a curve through the corners reaches them."""
    lengths = [float(width) for width in re.findall(r'class="bar"[^>]* width="([\d.]+)"', bars([("a", 2.0, ""), ("b", 1.0, "")], "t"))]
    points = re.findall(r'points="([^"]+)"', curve([(0.0, 0.0), (1.0, 1.0)], "x", "y"))[0].split()

    assert lengths[0] == 2 * lengths[1]
    assert points == ["44.0,206.0", "408.0,10.0"]


def test_a_markdown_table_aligns_figures_right() -> None:
    """The first column is text."""
    assert markdown_table(("system", "recall"), [("a", "0.5")]) == "| system | recall |\n| --- | ---: |\n| a | 0.5 |"
