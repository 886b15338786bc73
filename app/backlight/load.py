"""Load: JSON becomes a Document again. In: the bytes of a Document. Out: the typed object, field by field."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from backlight.errors import RequestError
from backlight.model.document import SCHEMA, Document


def load_document(content: bytes | str) -> Document:
    """The Document in ``content``. Fields that this version does not know are left out; others must be there.

    Raises RequestError where the content is no Document of schema ``backlight/1``.
    """
    try:
        data = json.loads(content)
    except ValueError as error:
        raise RequestError(f"This is no JSON: {error}.") from error
    found = data.get("schema") if isinstance(data, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if found != SCHEMA:
        raise RequestError(f"This is no Document of schema {SCHEMA!r}.")
    try:
        return cast("Document", _build(Document, data))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RequestError("This Document is incomplete or damaged.") from error


@cache
def _fields_of(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name]) for each in fields(kind))


def _build(kind: Any, data: Any) -> Any:
    """``data`` as a value of the type ``kind``, as the Document's fields are annotated."""
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _build(hint, data[name]) for name, hint in _fields_of(kind)})
    origin = get_origin(kind)
    if origin is list:
        (member,) = get_args(kind)
        return [_build(member, each) for each in data]
    if origin in (types.UnionType, Union):
        return _build_union(get_args(kind), data)
    return data


def _build_union(kinds: tuple[Any, ...], data: Any) -> Any:
    """A value that may be None, or one of several kinds of event."""
    structured = [kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)]
    if data is None or not structured:
        return data
    if len(structured) == 1:
        return _build(structured[0], data)
    (kind,) = [each for each in structured if each.__dataclass_fields__["kind"].default == data["kind"]]
    return _build(kind, data)
