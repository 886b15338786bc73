"""Caching: ``functools.cached_property``, which writes an attribute of the object that it is asked of.

In: the guards. Out: by dotted name, one that writes where the program itself may: a name of a tensor's stays torch's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backlight.sandbox.guards import Guards


def build_caching(guards: Guards) -> dict[str, Any]:
    """The stand-in, by dotted name."""

    class cached_property:  # noqa: N801 - Python's own name for it
        """A property that is worked out once, and from then on is an attribute of the object."""

        attrname: Any = None

        def __init__(self, func: Callable[[Any], Any]) -> None:
            self.func = func
            self.__doc__ = func.__doc__

        def __set_name__(self, _owner: type, name: str) -> None:
            if self.attrname not in (None, name):
                raise TypeError("Cannot assign the same cached_property to two different names")
            self.attrname = name

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            name = self.attrname
            if instance is None:
                return self
            if type(name) is not str:
                raise TypeError("Cannot use cached_property instance without calling __set_name__ on it.")
            held = guards.writable(instance, name).__dict__
            if name not in held:
                held[name] = self.func(instance)
            return held[name]

    return {"functools.cached_property": cached_property}
