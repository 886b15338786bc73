"""Within: tensors that no variable of the program's holds itself, found in what its variables hold.

In: tensors, and variables. Out: for each tensor that is found the way to it, as a reader would write it: ``ws[0]``,
``params["w"]``, ``model.scale``. No code of the program's runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any, cast

import torch

from backlight.record.modules import is_a, parameters_in

MEMBERS, LOOKED_AT = 256, 5_000
"""How many members of one container, and things in all, are looked at."""
LONGEST = 100
"""Characters of the longest key and of the longest way."""
OF_MODULES = ("_parameters", "_buffers", "_modules")
NOT_LOOKED_INTO = (ModuleType, type, FunctionType, torch.Tensor)
LIBRARIES = frozenset({"backlight", "builtins", "collections", "numpy", "torch"})
"""Where classes come from whose objects' attributes are nobody's names."""


def find_within(wanted: set[int], variables: Iterable[tuple[str, Any]]) -> Iterator[tuple[torch.Tensor, str]]:
    """The tensors with these ``id()``s that are found, each by the shortest way; ``self`` is none."""
    waiting = deque(each for each in variables if each[0].isidentifier() and not each[0].startswith("__"))
    seen: set[int] = set()
    while waiting and wanted and len(seen) < LOOKED_AT:
        name, value = waiting.popleft()
        if id(value) in wanted and is_a(value, torch.Tensor) and not name.isidentifier():
            wanted.discard(id(value))
            yield value, name
        is_new = name != "self" and id(value) not in seen and len(name) <= LONGEST
        if is_new and not issubclass(type(value), NOT_LOOKED_INTO):
            seen.add(id(value))
            waiting.extend(members_of(name, value))


def members_of(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What is inside of a list, tuple, dictionary or module, or what an object of the program's own holds."""
    if type(value) in (list, tuple):
        yield from ((f"{name}[{index}]", each) for index, each in enumerate(value[:MEMBERS]))
    elif is_a(value, dict):
        held = list(dict[Any, Any].items(cast("dict[Any, Any]", value)))[:MEMBERS]
        if all(key != "__builtins__" for key, _ in held if type(key) is str):  # else the variables of a module
            yield from ((f"{name}[{key_of(key)}]", each) for key, each in held if is_plain(key))
    elif is_a(value, torch.nn.Module) and "_parameters" in vars(value):
        yield from ((f"{name}.{path}", each) for path, each in parameters_in(value))
        yield from _attributes(name, value)
    elif library_of(cast("type", type(value))) not in LIBRARIES:
        yield from _attributes(name, value)


def _attributes(name: str, owner: Any) -> Iterator[tuple[str, Any]]:
    held = [(key, each) for key, each in attributes_of(owner).items() if is_plain(key)]
    return ((f"{name}.{key}", each) for key, each in held if type(key) is str and not key.startswith("_"))


def library_of(kind: type) -> str:
    """The package that a class is from, as its own dict says."""
    module = vars(kind).get("__module__")
    return module.partition(".")[0] if isinstance(module, str) else "builtins"


def is_plain(key: Any) -> bool:
    """Whether a key can be written down in a few characters."""
    return (type(key) is int and key.bit_length() <= 64) or (type(key) is str and len(key) <= LONGEST)


def key_of(key: Any) -> str:
    """A key as a reader would write it."""
    return f'"{key}"' if type(key) is str and key.isprintable() and not {'"', "\\"} & {*key} else repr(key)


def attributes_of(owner: Any) -> dict[str, Any]:
    """The attributes that an object itself holds; those of a module included. No code of the user's runs."""
    try:
        held: dict[str, Any] = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return in_slots(owner)
    if not is_a(owner, torch.nn.Module):
        return held
    parts = [cast("dict[str, Any]", held.get(kind) or {}) for kind in OF_MODULES]
    return {name: each for part in (held, *parts) for name, each in part.items()}


def in_slots(owner: Any) -> dict[str, Any]:
    """What an object without a dict of its own holds in its slots."""
    slots = [each for kind in type(owner).__mro__ for each in vars(kind).items()]
    members = [(name, each) for name, each in slots if isinstance(each, MemberDescriptorType)]
    held: dict[str, Any] = {}
    for name, member in members:
        with suppress(AttributeError):  # nothing was put in there
            held.setdefault(name, member.__get__(owner))
    return held
