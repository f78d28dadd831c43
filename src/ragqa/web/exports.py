"""What an answer can be taken along as: each format with its media type."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.responses import Response

from ragqa.types import Answer


def export_response(answer: Answer, ending: str) -> Response:
    """Return an answer as a file in the format of an ending of `EXPORTS`."""
    media_type, write = EXPORTS[ending]
    return Response(write(answer), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{answer.answer_id}.{ending}"'})


def _markdown(answer: Answer) -> str:
    from ragqa.answers.markdown import render_markdown

    return render_markdown(answer, quotes=True)


def _html(answer: Answer) -> str:
    from ragqa.answers.html import render_html

    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>ragqa</title>\n{render_html(answer)}</html>\n'


def _json(answer: Answer) -> str:
    from ragqa.answers.json import dump_answer

    return dump_answer(answer)


def _ris(answer: Answer) -> str:
    from ragqa.answers.references import to_ris

    return to_ris(answer.sources)


def _bibtex(answer: Answer) -> str:
    from ragqa.answers.references import to_bibtex

    return to_bibtex(answer.sources)


def _csl(answer: Answer) -> str:
    from ragqa.answers.references import to_csl

    return json.dumps(to_csl(answer.sources), ensure_ascii=False, indent=2)


EXPORTS: dict[str, tuple[str, Callable[[Answer], str]]] = {
    "md": ("text/markdown; charset=utf-8", _markdown),
    "html": ("text/html; charset=utf-8", _html),
    "json": ("application/json", _json),
    "ris": ("application/x-research-info-systems", _ris),
    "bib": ("application/x-bibtex", _bibtex),
    "csl.json": ("application/vnd.citationstyles.csl+json", _csl),
}
