"""Lasting: what programs are lent and outlives them, so that whoever writes to it writes to what the next one gets.

In: the modules and builtins that a program sees. Out: the classes, the objects with attributes and the containers that
are reached from there by attributes, bases and members, without calling anything.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any, cast

CONTAINERS = (dict, list, set, bytearray, deque)


@dataclass(slots=True)
class Lasting:
    """``attributes`` are the dictionaries of the objects and functions. Each is there once."""

    classes: list[type] = field(default_factory=list[type])
    functions: list[FunctionType] = field(default_factory=list[FunctionType])
    objects: list[Any] = field(default_factory=list[Any])
    attributes: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    containers: list[Any] = field(default_factory=list[Any])

    def state(self) -> tuple[object, ...]:
        """What is equal while nobody has written to any of these but the classes. What is in them is held."""
        sizes = tuple(map(len, self.attributes))
        return sizes, tuple(_content(each) for each in self.containers)


def find_lasting(lent: Iterable[Any]) -> Lasting:
    """Walk from what is lent."""
    found = Lasting()
    seen: dict[int, Any] = {}
    queue = deque(lent)
    while queue:
        value = queue.popleft()
        if id(value) not in seen:
            seen[id(value)] = value
            queue += _onward(value, found)
    return found


def classes_of(lent: Iterable[Any], left_out: Collection[type]) -> list[type]:
    """The classes that are reached, and all others of the modules that these, or functions that are reached, are from.

    Those of what calls give are among them: of iterators, handles and the like.
    """
    found = find_lasting(lent)
    kinds = {id(each): each for each in found.classes}
    homes = {each.__module__ for each in (*found.classes, *found.functions)}
    for home in homes & {*sys.modules}:
        for each in vars(sys.modules[home]).values():
            if issubclass(type(each), type) and each.__module__ == home:
                kinds[id(each)] = each
    return [each for each in kinds.values() if each not in left_out]


def read_only(kinds: Iterable[type]) -> None:
    """From now on the tables of these classes can be read alone, in this process."""
    for kind in kinds:
        for name, value in list(vars(kind).items()):
            if type(value) is dict and not name.startswith("_"):
                setattr(kind, name, MappingProxyType(cast("dict[Any, Any]", value)))


def _onward(value: Any, found: Lasting) -> Iterable[Any]:
    """What is reached next, having noted what this is."""
    kind = cast("type[Any]", type(value))
    if issubclass(kind, type):
        found.classes.append(value)
        return [kind, *value.__mro__, *_public(cast("Mapping[str, Any]", vars(value)))]
    if issubclass(kind, ModuleType):
        return [kind, *_public(cast("Mapping[str, Any]", vars(value)))]
    if issubclass(kind, staticmethod | classmethod | MethodType):
        return [value.__func__]
    if issubclass(kind, tuple | frozenset):
        return [kind, *value]
    if issubclass(kind, Mapping):
        if kind is not MappingProxyType:
            found.containers.append(value)
        return [*value.keys(), *value.values()]
    if issubclass(kind, CONTAINERS):
        found.containers.append(value)
        return [*value]
    return _of_object(value, kind, found)


def _of_object(value: Any, kind: type, found: Lasting) -> Iterable[Any]:
    attributes: Any = getattr(value, "__dict__", None)
    if type(attributes) is not dict:
        return (kind,)
    found.attributes.append(cast("dict[str, Any]", attributes))
    if issubclass(kind, FunctionType):
        found.functions.append(value)
        return ()
    found.objects.append(value)
    return [kind, *(each for name, each in cast("dict[str, Any]", attributes).items() if not name.startswith("__"))]


def _public(members: Mapping[str, Any]) -> Iterator[Any]:
    return (value for name, value in members.items() if not name.startswith("_"))


def _content(container: Any) -> object:
    if isinstance(container, bytearray):
        return bytes(container)
    members: list[Any] = [*container]
    if isinstance(container, Mapping):
        members += cast("Mapping[Any, Any]", container).values()
    return tuple(map(id, members))
