"""Slots: where a stand-in keeps the real thing that it asks, where no program finds it, in a subclass either.

In: a class with a slot. Out: what reads and writes the slot, which from then on has no name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def slot_of(kind: type, name: str) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]]:
    """What reads and what writes a slot of a class, and is all that does."""
    slot = vars(kind)[name]
    delattr(kind, name)
    kind.__slots__ = tuple(each for each in vars(kind)["__slots__"] if each != name)  # type: ignore[attr-defined]
    return slot.__get__, slot.__set__


def call_methods(kind: type, name: str) -> None:
    """Give a class of ours, and its methods, the names that a program knows them by."""
    for each, method in vars(kind).items():
        if callable(method) and not isinstance(method, type):
            method.__name__, method.__qualname__, method.__module__ = each, f"{name}.{each}", "builtins"
    kind.__module__, kind.__name__, kind.__qualname__ = "builtins", name, name
