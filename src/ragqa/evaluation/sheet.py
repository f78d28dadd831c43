"""A blind sheet for a specialist: statements with their quotes, to be marked by hand and held against the automatic figures.

In: a kept run. Out: `sheet.csv` to fill in, `sheet.html` to read or print, and `key.json`, which the specialist does not open. Items are
drawn and shuffled by a fixed seed. Every fifth shows the quote of another statement: whoever marks those as supported is not reading.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random

from ragqa.errors import QuestionSetInvalid
from ragqa.evaluation.records import EvalRun, QuestionRecord, StatementRecord

COLUMNS = ("supported", "right_disease", "useful")
"""What the specialist marks with yes or no. Each has an automatic counterpart in the key."""
SEED = 41
DECOY_EVERY = 5
_MEANING = {
    "supported": "Does the quote say what the statement says?",
    "right_disease": "Is the statement about the disease that was asked about, or a group it belongs to?",
    "useful": "Does the statement answer the question, or part of it?",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the sheet with its automatic verdicts."""

    question: str
    statement: str
    quote: str
    source: str
    verdicts: dict[str, bool]


def write_sheet(run: EvalRun, folder: Path, n: int) -> int:
    """Write sheet and key for at most `n` statements of a run; return how many there are."""
    items = draw_items(run, n)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sheet.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("item", "question", "statement", "quote", "source", *COLUMNS, "comment"))
        writer.writerows((number, *map(_cell, (item.question, item.statement, item.quote, item.source)), *[""] * 4) for number, item in enumerate(items, 1))
    (folder / "sheet.html").write_text(_page(items), encoding="utf-8")
    key = {"run": run.index_version, "items": {str(number): item.verdicts for number, item in enumerate(items, 1)}}
    (folder / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    return len(items)


def draw_items(run: EvalRun, n: int) -> tuple[Item, ...]:
    """Return at most `n` items, from as many questions as possible, in an order that tells nothing."""
    random = Random(SEED)  # noqa: S311  # a fixed draw, not a secret
    pools = [[(record, statement) for statement in record.statements] for record in run.records if record.statements]
    for pool in pools:
        random.shuffle(pool)
    random.shuffle(pools)
    rounds = [pool[place] for place in range(max(map(len, pools), default=0)) for pool in pools if place < len(pool)]
    drawn = rounds[:n]
    if len(drawn) < 2:
        raise QuestionSetInvalid("the run holds fewer than two statements, too few for a sheet. Keep a run of more questions.")
    items = []
    for place, (record, statement) in enumerate(drawn):
        is_decoy = place % DECOY_EVERY == DECOY_EVERY - 1
        items.append(_item(record, statement, drawn[place - 1][1] if is_decoy else statement))
    random.shuffle(items)
    return tuple(items)


def _item(record: QuestionRecord, statement: StatementRecord, quoted: StatementRecord) -> Item:
    faults = set(statement.faults)
    is_own = bool(set(quoted.quotes) & set(statement.quotes))
    verdicts = {
        "supported": is_own and not faults & {"citation_recall", "contradiction"},
        "right_disease": "population_precision" not in faults,
        "useful": bool(statement.nuggets),
    }
    return Item(record.text, statement.text, " […] ".join(" ".join(quote.split()) for quote in quoted.quotes), ", ".join(quoted.sources), verdicts)


def _cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _page(items: tuple[Item, ...]) -> str:
    asked = "".join(f"<li><b>{name.replace('_', ' ')}</b>: {escape(meaning)}</li>" for name, meaning in _MEANING.items())
    boxes = " ".join(f"<span>{name.replace('_', ' ')} ☐ yes ☐ no</span>" for name in COLUMNS)
    rows = "".join(
        f"<article><h2>{number}. {escape(item.question)}</h2><p>{escape(item.statement)}</p>"
        f"<blockquote>{escape(item.quote)}<br><small>{escape(item.source)}</small></blockquote><p class=boxes>{boxes}</p></article>"
        for number, item in enumerate(items, 1)
    )
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}article{break-inside:avoid;border-top:1px solid #999}"
        "h2{font-size:1rem}blockquote{margin-left:1rem;padding-left:1rem;border-left:3px solid #999}.boxes span{margin-right:2rem}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Sheet</title><style>{style}</style></head>'
        f"<body><h1>{len(items)} statements</h1>"
        f"<p>Mark each by the words shown alone. Enter yes or no in sheet.csv; leave a cell empty where you cannot tell.</p>"
        f"<ul>{asked}</ul>{rows}</body></html>\n"
    )
