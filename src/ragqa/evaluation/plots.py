"""Small plots as inline SVG: a curve and horizontal bars. No script, no library, no colour that a reader must tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 420, 240, 44, 34, 10
_ROW = 20
_LABEL_WIDTH, _WORDS_WIDTH = 150, 110


def curve(points: Sequence[tuple[float, float]], x_title: str, y_title: str) -> str:
    """Return a curve through points with both coordinates in [0, 1]."""
    across, up = _WIDTH - _LEFT - 12, _HEIGHT - _BOTTOM - _TOP

    def place(x: float, y: float) -> tuple[float, float]:
        return round(_LEFT + x * across, 1), round(_TOP + (1 - y) * up, 1)

    ticks = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - 12}" y1="{place(0, tick)[1]}" y2="{place(0, tick)[1]}"/>'
        f'<text x="{_LEFT - 6}" y="{place(0, tick)[1] + 4}" text-anchor="end">{tick:g}</text>'
        f'<text x="{place(tick, 0)[0]}" y="{_HEIGHT - _BOTTOM + 15}" text-anchor="middle">{tick:g}</text>'
        for tick in (0, 0.25, 0.5, 0.75, 1)
    )
    path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in points))
    titles = (
        f'<text x="{_LEFT + across / 2}" y="{_HEIGHT - 4}" text-anchor="middle">{escape(x_title)}</text>'
        f'<text transform="translate(11 {_TOP + up / 2}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>'
    )
    return _figure(_WIDTH, _HEIGHT, f"{y_title} by {x_title}", f'{ticks}<polyline class="curve" points="{path}"/>{titles}')


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """Return horizontal bars, one a (label, length, words at its end) row; the longest fills the width."""
    longest = max((length for _, length, _ in rows), default=0) or 1.0
    room = _WIDTH - _LABEL_WIDTH - _WORDS_WIDTH
    body = "".join(
        f'<text x="{_LABEL_WIDTH - 6}" y="{place * _ROW + 14}" text-anchor="end">{escape(label)}</text>'
        f'<rect class="bar" x="{_LABEL_WIDTH}" y="{place * _ROW + 3}" width="{max(room * length / longest, 0.5):.1f}" height="{_ROW - 7}"/>'
        f'<text x="{_LABEL_WIDTH + room * length / longest + 6:.1f}" y="{place * _ROW + 14}">{escape(words)}</text>'
        for place, (label, length, words) in enumerate(rows)
    )
    return _figure(_WIDTH, max(len(rows), 1) * _ROW + 6, title, body)


def _figure(width: int, height: int, label: str, body: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(label, quote=True)}">{body}</svg>'
