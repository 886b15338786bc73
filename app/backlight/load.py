"""Load: JSON becomes a Document again. In: the bytes of a Document. Out: the typed object, field by field."""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from backlight.errors import RequestError
from backlight.model.document import SCHEMA, Document


def load_document(content: bytes | str) -> Document:
    """The Document in ``content``. Fields that this version does not know are left out; others must be there.

    A field with a default need not be: it came with a later version.

    Raises RequestError where the content is no Document of schema ``backlight/1``.
    """
    try:
        data = json.loads(content)
    except ValueError as error:
        raise RequestError(f"This is no JSON: {error}.") from error
    except RecursionError as error:
        raise RequestError("This is no Document: its lists are nested too deeply.") from error
    if not isinstance(data, dict) or "schema" not in data:
        raise RequestError("This is JSON, but no Document: it says no schema.")
    found = cast("dict[str, Any]", data)["schema"]
    if found != SCHEMA:
        raise RequestError(f"This Document is of schema {str(found)[:40]!r}; {SCHEMA!r} can be read here.")
    try:
        return cast("Document", _build(Document, data))
    except _Damage as damage:
        raise RequestError(f"This Document is damaged: {damage}.") from damage


class _Damage(Exception):
    """What is wrong, and the way to it from outside in, found while the calls return."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.way: list[str] = []

    def __str__(self) -> str:
        return f"{''.join(reversed(self.way)).lstrip('.') or 'it'} {self.args[0]}"


@cache
def _fields_of(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """Name and type of each field, and whether it must be there: what has a default came with a later version."""
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name], each.default_factory is MISSING) for each in fields(kind))


def _build(kind: Any, data: Any) -> Any:
    """``data`` as a value of the type ``kind``, as the Document's fields are annotated."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _build_object(kind, data)
    origin = get_origin(kind)
    if origin is list:
        return _build_list(get_args(kind)[0], data)
    if origin in (types.UnionType, Union):
        return _build_union(get_args(kind), data)
    if kind in PLAIN and not isinstance(data, PLAIN[kind]):
        raise _Damage(f"is no {kind.__name__}")
    return data


PLAIN: dict[Any, tuple[type, ...]] = {str: (str,), int: (int,), bool: (bool,), float: (int, float)}
"""The types of single fields, and what JSON has for them."""


def _build_object(kind: type, data: Any) -> Any:
    if not isinstance(data, dict):
        raise _Damage("is no object")
    built: dict[str, Any] = {}
    for name, hint, is_needed in _fields_of(kind):
        if name not in data:
            if is_needed:
                raise _Damage(f"has no {name!r}")
            continue
        try:
            built[name] = _build(hint, data[name])
        except _Damage as damage:
            damage.way.append(f".{name}")
            raise
    return kind(**built)


def _build_list(member: Any, data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise _Damage("is no list")
    built: list[Any] = []
    for each in cast("list[Any]", data):
        try:
            built.append(_build(member, each))
        except _Damage as damage:
            damage.way.append(f"[{len(built)}]")
            raise
    return built


def _build_union(kinds: tuple[Any, ...], data: Any) -> Any:
    """A value that may be None, or one of several kinds of event."""
    structured = [kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)]
    if data is None or not structured:
        return data
    if len(structured) == 1:
        return _build(structured[0], data)
    found = data.get("kind") if isinstance(data, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    kinds = tuple(each for each in structured if each.__dataclass_fields__["kind"].default == found)
    if not kinds:
        raise _Damage("is of no known kind")
    return _build(kinds[0], data)
