"""The inputs of an expression: checked, and written out as Python."""

from __future__ import annotations

import keyword
import math
import unicodedata
from collections.abc import Mapping
from typing import Any, cast

from backlight.errors import RequestError
from backlight.messages import message

RESERVED = frozenset({"torch"})
"""Names that the program around an expression needs for itself."""


def written_inputs(inputs: Mapping[str, Any], deepest: int) -> dict[str, str]:
    """Each input as Python text: a float, or nested lists of floats of equal lengths, ``deepest`` levels at most.

    Raises RequestError for anything else.
    """
    written: dict[str, str] = {}
    for given, value in inputs.items():
        name = unicodedata.normalize("NFKC", given)
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__"):
            raise _error("input-name", given)
        if name in RESERVED:
            raise _error("reserved-name", given)
        written[name] = _written(name, value, deepest)
        _shape(name, value)
    return written


def _written(name: str, value: Any, depth: int) -> str:
    if depth < 0:
        raise _error("input-depth", name)
    if isinstance(value, list):
        return "[" + ", ".join([_written(name, item, depth - 1) for item in cast("list[Any]", value)]) + "]"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _error("input-value", name, kind=_kind(value))
    try:
        number = float(value)
    except OverflowError as error:
        raise _error("input-size", name) from error
    return repr(number) if math.isfinite(number) else f'float("{number}")'


def _shape(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    items = cast("list[Any]", value)
    shapes = {_shape(name, item) for item in items}
    if len(shapes) > 1:
        raise _error("input-ragged", name)
    return (len(items), *(shapes.pop() if shapes else ()))


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "text"
        case dict():
            return "an object"
        case _:
            return f"a {type(value).__name__}"


def _error(topic: str, name: str, **fields: Any) -> RequestError:
    return RequestError(message("invalid-request", topic, name=name, **fields))
