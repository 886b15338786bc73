"""The inputs of an expression: checked, and written out as Python."""

from __future__ import annotations

import keyword
import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from backlight.errors import LimitExceeded, RequestError
from backlight.messages import message
from backlight.settings import Settings

RESERVED = frozenset({"torch"})
"""Names that the program around an expression needs for itself."""


def written_inputs(inputs: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """Each input as Python text: a float, or nested lists of floats of equal lengths. Raises RequestError otherwise."""
    written: dict[str, str] = {}
    for given, value in inputs.items():
        name = unicodedata.normalize("NFKC", given)
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__"):
            raise _error("input-name", given)
        if name in RESERVED:
            raise _error("reserved-name", given)
        written[name] = _written(name, value, settings.nesting)
        _shape(name, value)
    return written


def _written(name: str, value: Any, depth: int) -> str:
    if depth < 0:
        raise LimitExceeded(message("limit-exceeded", "nesting", value="allowed"), limit="nesting")
    if isinstance(value, list):
        return "[" + ", ".join([_written(name, item, depth - 1) for item in value]) + "]"
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
    shapes = {_shape(name, item) for item in value}
    if len(shapes) > 1:
        raise _error("input-ragged", name)
    return (len(value), *(shapes.pop() if shapes else ()))


def _kind(value: Any) -> str:
    kinds = {bool: "true or false", str: "text", dict: "an object", type(None): "null"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def _error(topic: str, name: str, **fields: Any) -> RequestError:
    return RequestError(message("invalid-request", topic, name=name, **fields))
