"""An answer as an HTML fragment: one `<article>`, without scripts or styles, every text escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from ragqa.answers.presentation import AUDIENCE_TITLES, links, locator, present, reference
from ragqa.types import Answer, Evidence, Statement

if TYPE_CHECKING:
    from jinja2 import Environment


def render_html(answer: Answer, quote_url: Callable[[Sequence[Evidence]], str] | None = None, ask_url: Callable[[str], str] | None = None) -> str:
    """Return the answer as an HTML fragment.

    Args:
        answer: What to render.
        quote_url: Where a citation of one or more quotes of a document leads; by default to its entry in the source list.
        ask_url: Where a suggested question leads; by default suggestions are plain text.
    """
    return _environment().get_template("answer.html").render(view=present(answer), quote_url=quote_url or _source_anchor, ask_url=ask_url)


def _source_anchor(quotes: Sequence[Evidence]) -> str:
    return f"#source-{quotes[0].source}"


def _quotes_of(statement: Statement, source: int) -> list[Evidence]:
    """Return the quotes that a statement takes from a source: what its citation opens."""
    return [item for item in statement.evidence if item.source == source]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ragqa.answers", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.globals.update(locator=locator, reference=reference, links=links, quotes_of=_quotes_of, audience_titles=AUDIENCE_TITLES)
    return environment
