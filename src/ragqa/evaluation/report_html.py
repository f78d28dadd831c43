"""A run as one self-contained page: figures, plots, and every question to open, with its answer, what it lacks and what it says beyond.

The page holds no script and loads nothing. Text of questions and documents is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ragqa.evaluation.abstention import area_under_risk, refusals_by_reason, risk_coverage
from ragqa.evaluation.figures import METRICS, figure
from ragqa.evaluation.plots import bars, curve
from ragqa.evaluation.records import NOT_APPLICABLE, EvalRun, NuggetRecord, QuestionRecord, StatementRecord

_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--faint:#666;--line:#ddd;--mark:#1f6f8b;--bad:#a3262a}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--paper:#161616;--faint:#a0a0a0;--line:#3a3a3a;--mark:#7cc4dc;--bad:#f08c8c}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}
td,th{padding:.15rem .8rem .15rem 0;text-align:left;border-bottom:1px solid var(--line)}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.plots{display:flex;flex-wrap:wrap;gap:2rem}
figure{margin:0}
figcaption{font-weight:600}
svg{max-width:100%;height:auto}
svg text{font-size:11px;fill:var(--ink)}
.grid{stroke:var(--line)}
.curve{fill:none;stroke:var(--mark);stroke-width:2}
.bar{fill:var(--mark)}
details{border-bottom:1px solid var(--line);padding:.3rem 0}
summary{cursor:pointer}
.meta,.quote{color:var(--faint);font-size:.9em}
.quote{display:block;white-space:pre-wrap}
.fault,.missing{color:var(--bad)}
li.extra{opacity:.75}
"""


def run_page(run: EvalRun) -> str:
    """Return the whole page of one run."""
    origin = f"half: {run.split} · index {run.index_version} · settings {run.settings_hash or '–'} · questions {run.questions_digest}"
    body = [
        f"<h1>{escape(run.system)} on {len(run.records)} questions</h1>",
        f'<p class="meta">{escape(origin)}</p>',
        "<h2>Figures</h2>",
        _figures(run),
        "<h2>Plots</h2>",
        _plots(run),
        "<h2>Refusals</h2>",
        _table(
            ("what is missing", "n", "refused", "right reason"),
            ((row.missing, row.n, f"{row.refused:g}", f"{row.reason_right:g}") for row in refusals_by_reason(run.records)),
        ),
        "<h2>Questions</h2>",
        *(_question(record) for record in sorted(run.records, key=_most_lacking)),
    ]
    title = f"{run.system}: {run.split}"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(body) + "\n</body></html>\n"


def _figures(run: EvalRun) -> str:
    rows: list[tuple[object, ...]] = []
    for metric in METRICS:
        value = figure(run.records, metric)
        if value is not None:
            n = sum(record.shares.get(metric.key, NOT_APPLICABLE).of > 0 for record in run.records)
            rows.append((metric.title, value, f"{n} questions", "higher is better" if metric.higher_is_better else "lower is better"))
    rows += [(name.replace("_", " "), share.value or 0.0, f"{share.of} in the index", "higher is better") for name, share in run.ingestion.items()]
    return _table(("figure", "value", "over", ""), rows)


def _plots(run: EvalRun) -> str:
    points = risk_coverage(run.records)
    recall = next(metric for metric in METRICS if metric.key == "vital_recall")
    types = [(name, [record for record in run.records if record.type == name]) for name in sorted({record.type for record in run.records})]
    by_type = [(f"{name} ({len(own)})", value, f"{value:.2f}") for name, own in types if (value := figure(own, recall)) is not None]
    area = area_under_risk(points)
    plots = [
        (
            f"Risk by coverage (area {area or 0.0:.3f})",
            curve([(point.coverage, point.risk) for point in points], "share of questions answered", "share of vital nuggets lost"),
        ),
        ("Vital recall by type of question", bars(by_type, "vital recall by type")),
    ]
    if run.measured:
        stages = [(stage, p50, f"{p50:.0f} ms, p95 {p95:.0f}") for stage, (p50, p95) in run.measured.latency_ms.items()]
        plots.append((f"Latency by stage, median ({run.measured.peak_memory_mb:.0f} MB at most)", bars(stages, "latency by stage")))
    return '<div class="plots">' + "".join(f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>" for title, svg in plots) + "</div>"


def _question(record: QuestionRecord) -> str:
    recall = record.shares["vital_recall"]
    found = f"{recall.hits:.0f} of {recall.of} vital" if recall.of else "no nuggets"
    outcome = f"{record.type} · {found} · {record.reason or record.status}"
    summary = f"<b>{escape(record.question_id)}</b> {escape(record.text)} <span class=meta>{escape(outcome)}</span>"
    expected = (
        f"<p class=meta>expected: {escape(record.expected)}{escape(f' ({record.missing})') if record.missing else ''} · confidence {record.confidence:.2f}</p>"
    )
    missing = [nugget for nugget in record.nuggets if not nugget.found]
    lacks = f"<p class=missing>Missing: {'; '.join(map(_nugget, missing))}</p>" if missing else ""
    useful = [statement for statement in record.statements if statement.nuggets]
    extra = [statement for statement in record.statements if not statement.nuggets]
    parts = [_statements("Statements with a nugget", useful, record), _statements("Further statements", extra, record)]
    return f"<details><summary>{summary}</summary>{expected}{lacks}{''.join(parts)}</details>"


def _statements(title: str, statements: Sequence[StatementRecord], record: QuestionRecord) -> str:
    if not statements:
        return ""
    items = []
    for statement in statements:
        says = "; ".join(record.nuggets[place].text for place in statement.nuggets)
        faults = f" <span class=fault>{escape(', '.join(statement.faults))}</span>" if statement.faults else ""
        about = (
            f"{statement.section} › {statement.group} · {', '.join(statement.populations) or 'no disease'} ({statement.tier}) · {', '.join(statement.sources)}"
        )
        quotes = "".join(f"<span class=quote>“{escape(quote)}”</span>" for quote in statement.quotes)
        kind = "" if statement.nuggets else " class=extra"
        items.append(
            f"<li{kind}>{escape(statement.text)}{faults}<br><span class=meta>{escape(about)}{escape(' · says: ' + says) if says else ''}</span>{quotes}</li>"
        )
    return f"<p><b>{title}</b></p><ul>{''.join(items)}</ul>"


def _nugget(nugget: NuggetRecord) -> str:
    return escape(nugget.text) + ("" if nugget.is_vital else " <span class=meta>(okay)</span>")


def _most_lacking(record: QuestionRecord) -> tuple[float, str]:
    recall = record.shares["vital_recall"].value
    refused = record.shares["refusal_recall"].value
    return (recall if recall is not None else refused if refused is not None else 1.0, record.question_id)


def _table(header: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in header)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f'<td class="n">{value:.3f}</td>'
    return f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{escape(str(value))}</td>"
