"""Replaced: methods and attributes of classes, mostly of torch's, that others stand for while a recording is on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any

Method = Callable[..., Any]
_SHOWN = ("__name__", "__qualname__", "__doc__")
"""What a built-in method says of itself."""


@contextmanager
def replaced(owner: type, wrappers: Mapping[str, Callable[[Method], Method]]) -> Generator[None]:
    """Put ``wrap(original)`` in the place of each named method of a class, until the context ends."""
    own = {name: member for name in wrappers if (member := vars(owner).get(name)) is not None}
    for name, wrap in wrappers.items():
        original = getattr(owner, name)
        setattr(owner, name, _dressed(wrap(original), original))
    try:
        yield
    finally:
        for name in wrappers:
            if name in own:
                setattr(owner, name, own[name])
            else:
                delattr(owner, name)  # what is inherited comes back


@dataclass(frozen=True, slots=True)
class Assignments:
    """What stands for assignments to an attribute, and for its deletion."""

    assign: Callable[[Any, Any], None]
    delete: Callable[[Any], None]


class _Attribute:
    """An attribute that is read as it was, from its class too: torch hands what it finds there to subclasses."""

    __slots__ = ("_instead", "_original")

    def __init__(self, original: Any, instead: Assignments) -> None:
        self._original = original
        self._instead = instead

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self._original.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        self._instead.assign(instance, value)

    def __delete__(self, instance: Any) -> None:
        self._instead.delete(instance)


@contextmanager
def assignments_replaced(owner: type, name: str, wrap: Callable[[Any], Assignments]) -> Generator[None]:
    """Let ``wrap(original)`` see what is assigned to an attribute of a class's instances, until the context ends."""
    own = vars(owner).get(name)
    original = getattr(owner, name) if own is None else own
    setattr(owner, name, _Attribute(original, wrap(original)))
    try:
        yield
    finally:
        delattr(owner, name)  # what is inherited comes back
        if own is not None:
            setattr(owner, name, own)


def _dressed(method: Any, original: Any) -> Method:
    """``method``, with what can be asked of ``original``, as by `functools.wraps`.

    That is slow for built-in methods: it looks for what they all lack.
    """
    if isinstance(original, FunctionType):
        return functools.update_wrapper(method, original)
    for name in _SHOWN:
        setattr(method, name, getattr(original, name))
    method.__wrapped__ = original
    return method
