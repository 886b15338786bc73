"""Views: what a program gets for ``x.__dict__``, ``x.__class__`` and ``vars(x)``.

In: any object. Out: its type, or the attributes of what the program made itself, as a dictionary that writes through
to the object and takes no name of Python's own. Of anything else nothing: TypeError, which says why.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, cast

from backlight.messages import message
from backlight.sandbox.copies import is_python_s
from backlight.sandbox.guards import OPTIONS, Guards, TypeOf, is_own


class Attributes(dict[str, Any]):
    """The attributes that an object of the program's had when it was asked. Writing here writes there."""

    def __init__(self, real: dict[str, Any]) -> None:
        super().__init__({name: value for name, value in real.items() if not is_python_s(name)})
        self._real = real

    def __setitem__(self, name: str, value: Any) -> None:
        if is_python_s(name):
            raise TypeError(message("not-allowed", "dunder-name", what=f"`{name}`"))
        self._real[name] = value
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        del self._real[name]

    def update(self, *given: Any, **named: Any) -> None:
        """As `dict.update`."""
        for name, value in dict(*given, **named).items():
            self[name] = value

    def setdefault(self, name: str, default: Any = None) -> Any:
        """As `dict.setdefault`."""
        if name not in self:
            self[name] = default
        return self[name]

    def pop(self, name: str, *default: Any) -> Any:
        """As `dict.pop`."""
        if name not in self:
            return super().pop(name, *default)
        value = self[name]
        del self[name]
        return value

    def popitem(self) -> tuple[str, Any]:
        """As `dict.popitem`."""
        name, value = next(reversed(self.items()), (None, None))
        if name is None:
            raise KeyError("popitem(): dictionary is empty")
        del self[name]
        return name, value

    def clear(self) -> None:
        """As `dict.clear`."""
        for name in [*self]:
            del self[name]

    def __ior__(self, other: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Attributes:  # type: ignore[override]
        self.update(other)
        return self

    def copy(self) -> dict[str, Any]:
        """The same attributes, in a dictionary of their own."""
        return dict(self)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return copy.deepcopy(dict(self), memo)


Attributes.__name__ = Attributes.__qualname__ = "dict"
Attributes.__module__ = "builtins"


class View:
    """What stands for an object where its class or its dictionary is asked for."""

    __slots__ = ("_asked",)

    def __init__(self, asked: Any) -> None:
        self._asked = asked

    __class__ = property(lambda self: self._asked)  # type: ignore[assignment]
    __dict__ = property(lambda self: self._asked)  # type: ignore[assignment]


class Views:
    """The views of one namespace: ``plain`` are classes beside the program's own whose objects hold attributes."""

    def __init__(self, guards: Guards, plain: tuple[type, ...] = OPTIONS) -> None:
        self._guards = guards
        self._plain = plain

    def view(self, value: Any, name: str) -> Any:
        """What has the attribute ``name``, ``__class__`` or ``__dict__``, as it may be seen of ``value``."""
        if name == "__dict__":
            return View(self.attributes(value))
        kind = cast("type[Any]", type(value))
        if kind.__module__ == "builtins" and not issubclass(kind, BaseException | type):
            raise TypeError(message("not-allowed", "attributes", what="`__class__`"))
        return View(TypeOf(value))

    def attributes(self, value: Any) -> Mapping[str, Any]:
        """``vars`` of an object, a class or a function that the program made."""
        kind = cast("type[Any]", type(value))
        if kind not in self._plain and not self._is_open(value, kind):
            raise TypeError(message("not-allowed", "attributes", what="`__dict__`"))
        if issubclass(kind, type):
            members = dict(cast("type", value).__dict__)
            return MappingProxyType({name: each for name, each in members.items() if not is_python_s(name)})
        found: Any = object.__getattribute__(value, "__dict__")
        if type(found) is not dict:
            raise TypeError("vars() argument must have __dict__ attribute")
        return Attributes(cast("dict[str, Any]", found))

    def _is_open(self, value: Any, kind: type) -> bool:
        return is_own(value) and not issubclass(kind, super) and not self._guards.is_of_tensors(value)
