"""An answer as an HTML fragment: one `<article>`, without scripts or styles, every text escaped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ragqa.answers.presentation import AUDIENCE_TITLES, AnswerView, badges, links, locator, present, reference
from ragqa.answers.why import checked, weighed
from ragqa.types import Answer, Audience, Direction, Evidence, Statement, Tier

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_LEAST_AT_A_GLANCE = 3
"""Fewer recommendations are seen at a glance without a summary."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One treatment in the summary of recommendations: a link to the statement that says it."""

    name: str
    statement_id: str
    direction: str
    strength: str
    says: str
    """Strength, direction and issuer in words."""


def render_html(
    answer: Answer,
    quote_url: Callable[[Sequence[Evidence]], str] | None = None,
    ask_url: Callable[[str], str] | None = None,
    *,
    dated: str | None = None,
    prefix: str = "",
    beneath_title: Markup | None = None,
) -> str:
    """Return the answer as an HTML fragment.

    Args:
        answer: What to render.
        quote_url: Where a citation of one or more quotes of a document leads; by default to its entry in the source list.
        ask_url: Where a suggested question leads; by default suggestions are plain text.
        dated: Day on which the library was indexed, ISO 8601; left out where it is not known.
        prefix: Put before every id, so that several answers may stand on one page.
        beneath_title: Markup of the face that shows the answer: its controls.
    """
    view = present(answer)
    return (
        _environment()
        .get_template("answer.html")
        .render(
            view=view,
            quote_url=quote_url or _source_anchor(prefix),
            ask_url=ask_url,
            dated=dated,
            p=prefix,
            beneath_title=beneath_title or "",
            glance=at_a_glance(view),
        )
    )


def at_a_glance(view: AnswerView) -> tuple[tuple[str, tuple[Glance, ...]], ...]:
    """Return the recommendations on single treatments by sub-heading, each pointing at its statement; empty where there are few.

    Only those made for the patients asked about: a name alone cannot carry the badge that a wider or another population needs.
    """
    found: list[tuple[str, tuple[Glance, ...]]] = []
    for section in view.sections:
        for group in section.groups:
            names = tuple(glance for item in group.statements if not item.folded and (glance := _glance(item.statement)))
            found += [(group.title, names)] if names and section.section_id == "guidelines" else []
    return tuple(found) if sum(len(names) for _, names in found) >= _LEAST_AT_A_GLANCE else ()


def day_in_words(day: str) -> str:
    """Return an ISO 8601 date or time as "9 May 2026"; anything else as it is."""
    from datetime import datetime

    try:
        parsed = datetime.fromisoformat(day)
    except ValueError:
        return day
    return f"{parsed.day} {parsed:%B %Y}"


def _glance(statement: Statement) -> Glance | None:
    card = statement.recommendation
    if card is None or card.direction is Direction.NONE or card.superseded_by or len(statement.drugs) != 1 or statement.population_tier is not Tier.EXACT:
        return None
    name = statement.drugs[0]
    says = ", ".join(badge.text for badge in badges(statement, Audience.CLINICIAN) if badge.kind != "n")
    return Glance(name[:1].upper() + name[1:], statement.statement_id, card.direction.value, card.strength.value, says)


def _source_anchor(prefix: str) -> Callable[[Sequence[Evidence]], str]:
    return lambda quotes: f"#{prefix}source-{quotes[0].source}"


def _quotes_of(statement: Statement, source: int) -> list[Evidence]:
    """Return the quotes that a statement takes from a source: what its citation opens."""
    return [item for item in statement.evidence if item.source == source]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ragqa.answers", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.globals.update(
        locator=locator,
        reference=reference,
        links=links,
        quotes_of=_quotes_of,
        audience_titles=AUDIENCE_TITLES,
        weighed=weighed,
        checked=checked,
        day_in_words=day_in_words,
    )
    return environment
