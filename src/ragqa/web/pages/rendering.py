"""Templates and addresses: what every page is made with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ragqa import __version__
from ragqa.answers.html import day_in_words
from ragqa.answers.presentation import AUDIENCE_TITLES, words
from ragqa.types import Audience, Evidence

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, as the page shows it. `may` holds the names of permissions; what a viewer may not do is not shown."""

    name: str = ""
    role: str = ""
    may: frozenset[str] = frozenset()
    is_signed_in: bool = False
    """Whether there is something to sign out of."""


NOBODY = Viewer()


def render_page(template: str, viewer: Viewer = NOBODY, **values: Any) -> str:
    """Return a page from its template."""
    return environment().get_template(template).render(viewer=viewer, **values)


def quote_url(quotes: Sequence[Evidence]) -> str:
    """Return where quotes of one document are shown: the page of the first, with those that stand on it marked."""
    first = quotes[0]
    return place_url(first.document_id, first.page, [(item.start, item.end) for item in quotes if item.page == first.page])


def place_url(document_id: str, page: int, marked: Sequence[tuple[int, int]]) -> str:
    """Return the address of a page of a document with the marked character ranges."""
    return f"/documents/{quote(document_id)}?{urlencode([('page', page), *_ranges(marked)])}{'#quote' if marked else ''}"


def picture_url(document_id: str, page: int, marked: Sequence[tuple[int, int]]) -> str:
    """Return the address of the picture of a page with the same characters marked."""
    address = f"/v1/documents/{quote(document_id)}/pages/{page}.png"
    return f"{address}?{urlencode(_ranges(marked))}" if marked else address


def ask_url(question: str, audience: Audience) -> str:
    """Return the address under which a question is asked."""
    return "/?" + urlencode({"q": question} if audience is Audience.CLINICIAN else {"q": question, "audience": audience.value})


def answer_url(answer_id: str, audience: Audience) -> str:
    """Return the permanent address of a saved answer at a reader level."""
    return f"/answers/{quote(answer_id)}" + ("" if audience is Audience.CLINICIAN else f"?audience={audience.value}")


def static_version() -> str:
    """Return a hash over the static files: their addresses change with their content, so browsers may keep them."""
    contents = (item.read_bytes() for item in sorted(files("ragqa.web").joinpath("static").iterdir(), key=lambda item: item.name) if item.is_file())
    return hashlib.sha256(b"".join(contents)).hexdigest()[:10]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment of the pages."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(loader=PackageLoader("ragqa.web", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    made.globals.update(audiences=AUDIENCE_TITLES, static=f"?v={static_version()}", version=__version__, words=words, day_in_words=day_in_words)
    return made


def _ranges(marked: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    return [pair for start, end in marked for pair in (("start", start), ("end", end))]
