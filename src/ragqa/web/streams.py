"""An answer as server-sent events: statement by statement after its check, then the sources, then the end.

The events carry exactly the JSON of the answer in parts: `answer` holds everything but statements and sources, `statement` one statement
with its place, `sources` the list, `done` the count. `joined` puts them together again, and is how the tests hold the two forms equal.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

from ragqa.answers.json import JsonObject

Event = tuple[str, Any]


def events_of(answer: JsonObject) -> Iterator[Event]:
    """Yield the events of an answer given as JSON values."""
    head = copy.deepcopy({name: value for name, value in answer.items() if name != "sources"})
    for section in head["sections"]:
        section["groups"] = [{"facet": group["facet"], "title": group["title"]} for group in section["groups"]]
    yield "answer", head
    n_statements = 0
    for section in answer["sections"]:
        for place, group in enumerate(section["groups"]):
            for statement in group["statements"]:
                n_statements += 1
                yield "statement", {"section": section["id"], "group": place, "statement": statement}
    yield "sources", answer["sources"]
    yield "done", {"answer_id": answer["answer_id"], "n_statements": n_statements}


def joined(events: Sequence[Event]) -> JsonObject:
    """Return the JSON of the answer that events carry."""
    answer: JsonObject = {}
    for name, data in events:
        if name == "answer":
            answer = copy.deepcopy(data)
            for section in answer["sections"]:
                section["groups"] = [group | {"statements": []} for group in section["groups"]]
        elif name == "statement":
            section = next(section for section in answer["sections"] if section["id"] == data["section"])
            section["groups"][data["group"]]["statements"].append(data["statement"])
        elif name == "sources":
            answer["sources"] = data
    return answer


def encoded(events: Iterator[Event]) -> Iterator[bytes]:
    """Yield the events as they travel (WHATWG HTML, section 9.2)."""
    for name, data in events:
        yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
