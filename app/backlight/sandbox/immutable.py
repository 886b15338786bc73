"""Immutable: what keeps torch from lending a program memory that Python takes to be unchangeable.

``torch.asarray(b"a")`` is a tensor on the very bytes of the text, and so is what is made of a view that numpy has of
them, or of ``numpy.True_``: who writes to it changes every such text, or what is true, for the whole process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch

SHARING = ("as_tensor", "asarray", "from_numpy")
"""What gives a tensor that shares the memory of what it is given."""
_originals: dict[str, Callable[..., Any]] = {name: getattr(torch, name) for name in SHARING}


def guard_immutable() -> None:
    """From now on a tensor of unchangeable memory has a copy of it, in this process."""
    try:
        import numpy
    except ModuleNotFoundError:
        array = None
    else:
        array = numpy.ndarray
    for name, original in _originals.items():
        setattr(torch, name, _copying(name, original, array))


def _copying(name: str, original: Callable[..., Any], array: type[Any] | None) -> Callable[..., Any]:
    def make(*given: Any, **named: Any) -> Any:
        if given:
            return original(_changeable(given[0], array), *given[1:], **named)
        return original(**{key: _changeable(value, array) for key, value in named.items()})

    make.__name__ = make.__qualname__ = name
    make.__module__, make.__doc__ = "torch", original.__doc__
    return make


def _changeable(value: Any, array: type[Any] | None) -> Any:
    """A value, or a copy of it where it is bytes, or an array of memory that is neither numpy's nor writable."""
    kind = cast("type[Any]", type(value))
    if issubclass(kind, bytes) or (kind is memoryview and value.readonly):
        return bytearray(value)
    if array is None or not issubclass(kind, array) or array.flags.__get__(value).writeable:
        return value
    holder = value
    while isinstance(holder, array) and (base := array.base.__get__(holder)) is not None:
        holder = base
    return value if isinstance(holder, array) else array.copy(value)
