"""Convert values to JSON and back: one form for the store, the cache of parsed documents and the digest.

`to_json(value)` leaves out what equals its default, so stored sentences stay short; `from_json(type, data)` puts the defaults back.
`from_json(type(value), to_json(value)) == value` for every dataclass of `types.py`; an unknown key is an error. `load` reads our own text
by msgspec, in a third of the time, and passes over keys it does not know.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_Convert = Callable[[Any], Any]


def to_json(value: Any) -> Any:
    """Return a dataclass as dicts, lists and plain values, in the order of its fields."""
    return _encoder(type(value))(value)


def from_json(kind: type[T], data: Any) -> T:
    """Return a dataclass from what `to_json` made of it; raise TypeError, KeyError or ValueError where the data do not fit."""
    decode = _decoder(kind)
    value: T = decode(data) if decode else data
    return value


def dump(value: Any) -> str:
    """Return a dataclass as compact JSON text; equal values give equal text."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[T], text: str | bytes) -> T:
    """Return a dataclass from the text that `dump` made of it; raise ValueError where the text does not fit."""
    value: T = _reader(kind).decode(text)
    return value


def _make_encoder(kind: Any) -> _Convert:
    if is_dataclass(kind):
        parts = [(field.name, attrgetter(field.name), _default(field)) for field in fields(kind)]

        def encode(value: Any) -> dict[str, Any]:
            found = ((name, get(value), default) for name, get, default in parts)
            return {name: _plain(item) for name, item, default in found if item != default}

        return encode
    return _plain


def _plain(item: Any) -> Any:
    if isinstance(item, Enum):
        return item.value
    if isinstance(item, tuple):
        return [_plain(part) for part in item]
    return _encoder(type(item))(item) if is_dataclass(item) else item


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _make_decoder(kind: Any) -> _Convert | None:
    """Return the conversion of one type; None where JSON already holds the value as it is, which saves a call for each string."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = _decoder(next(argument for argument in arguments if argument is not type(None)))
        return None if inner is None else lambda data: None if data is None else inner(data)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return None
    hints = typing.get_type_hints(kind)
    converts = {field.name: _decoder(hints[field.name]) for field in fields(kind)}

    def decode(data: dict[str, Any]) -> Any:
        return kind(**{name: convert(item) if (convert := converts[name]) else item for name, item in data.items()})

    return decode


def _tuple_decoder(arguments: tuple[Any, ...]) -> _Convert:
    converts = [_decoder(argument) for argument in arguments if argument is not Ellipsis]
    if arguments[-1] is Ellipsis:
        each = converts[0]
        return tuple if each is None else lambda data: tuple([each(item) for item in data])
    return lambda data: tuple([convert(item) if convert else item for convert, item in zip(converts, data, strict=True)])


_reader: Callable[[Any], Any] = cache(msgspec.json.Decoder)
_encoder: Callable[[Any], _Convert] = cache(_make_encoder)
_decoder: Callable[[Any], _Convert | None] = cache(_make_decoder)
