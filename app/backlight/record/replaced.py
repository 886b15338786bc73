"""Replaced: methods and attributes of classes, mostly of torch's, that others stand for while a recording is on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
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


@contextmanager
def attribute_replaced(owner: type, name: str, wrap: Callable[[Any], property]) -> Generator[None]:
    """Put the property ``wrap(original)`` in the place of an attribute of a class, until the context ends."""
    own, stand_in = vars(owner).get(name), wrap(getattr(owner, name))
    named: Any = stand_in
    named.__set_name__(owner, name)  # from Python 3.13 on, properties have names
    setattr(owner, name, stand_in)
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
