"""Walks everything that a program can reach from its namespace, by what the language lets it write.

In: a Namespace. Out: what was reached that nobody should have, each with the way to it. Ways are public attributes,
items, members of containers, types, and calls: of classes and methods without arguments, of functions with a few.
"""

from __future__ import annotations

import io
import os
import types
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator
from threading import RLock
from typing import Any

from backlight.language import UNDERSCORED
from backlight.model.program import Namespace


def words(text: str) -> list[str]:
    return text.split()


FORBIDDEN_TYPES = (types.FrameType, types.CodeType, io.IOBase, os.DirEntry, types.CellType)
HARMLESS_TYPES = (type(RLock()),)
"""A generator of numpy has a lock, which its own thread may always take."""
FORBIDDEN_MODULES = frozenset(
    words(
        """
        os posix nt sys subprocess ctypes _ctypes importlib _frozen_importlib _frozen_importlib_external io _io socket
        _socket threading _thread multiprocessing pickle _pickle inspect gc shutil tempfile signal mmap marshal code pdb
        webbrowser urllib http zipimport runpy pathlib glob concurrent asyncio resource fcntl
        """
    )
)
FORBIDDEN_BUILTINS = frozenset(
    {"open", "exec", "eval", "compile", "input", "globals", "locals", "vars", "dir", "breakpoint", "memoryview"}
)
RECORDING = ("backlight.record", "backlight.graph", "backlight.sandbox", "backlight.parse")
OURS = ("backlight.sandbox.guards", "backlight.sandbox.steady", "backlight.sandbox.stand_ins")
DEPTH = 7
MEMBERS = 40
"""Members of a container that are looked at."""

IMMUTABLE = 1 << 8
"""The mark of classes that nobody writes to."""
OF_A_KIND = 12
"""Objects of one class that are looked into."""
SINGULAR = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
"""Kinds of which each object is looked into."""

Way = str


class Walk:
    """One walk. ``calls``: also call what can be called."""

    def __init__(self, namespace: Namespace, specimens: dict[str, Any], calls: bool) -> None:
        self._get: Callable[..., Any] = namespace.builtins["getattr"]
        self._type: Callable[[Any], Any] = namespace.builtins["type"]
        self._facades = {id(each) for each in namespace.modules.values()}
        self._calls = calls
        self._seen: dict[int, Any] = {}
        self._of_kind: Counter[type] = Counter()
        self.found: list[tuple[Way, str]] = []
        self._queue: deque[tuple[Way, Any, int]] = deque(
            [
                *((name, module, 0) for name, module in namespace.modules.items()),
                *((name, value, 0) for name, value in namespace.builtins.items() if not name.startswith("__")),
                *((f"<{name}>", value, 0) for name, value in specimens.items()),
            ]
        )

    @property
    def size(self) -> int:
        return len(self._seen)

    def run(self) -> None:
        while self._queue:
            way, value, depth = self._queue.popleft()
            if id(value) in self._seen:
                continue
            self._seen[id(value)] = value
            wrong = self._wrong(value)
            if wrong is not None:
                self.found.append((way, wrong))
            elif depth < DEPTH and self._is_new(value):
                self._queue += [(onward, each, depth + 1) for onward, each in self._onward(way, value)]

    def open_classes(self) -> set[str]:
        """The classes met on the way that can be written to."""
        kinds = {id(base): base for value in self._seen.values() for base in type(value).__mro__}
        kinds |= {id(base): base for value in self._seen.values() if isinstance(value, type) for base in value.__mro__}
        return {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds.values() if not kind.__flags__ & IMMUTABLE}

    def _is_new(self, value: Any) -> bool:
        """Whether few of this kind were looked into: one tensor leads where every other does."""
        kind = type(value)
        if issubclass(kind, SINGULAR):
            return True
        self._of_kind[kind] += 1
        return self._of_kind[kind] <= OF_A_KIND

    def _wrong(self, value: Any) -> str | None:
        kind = type(value)
        if issubclass(kind, types.ModuleType):
            return None if id(value) in self._facades else f"module {value.__name__}"
        if issubclass(kind, FORBIDDEN_TYPES):
            return f"a {kind.__name__}"
        home = _home(value)
        if issubclass(kind, type) and value in FORBIDDEN_TYPES + HARMLESS_TYPES:
            return None
        owner = _home(value.__self__) if kind is types.MethodType else ""
        if {home.partition(".")[0], owner.partition(".")[0]} & FORBIDDEN_MODULES and kind not in HARMLESS_TYPES:
            return f"{home}.{getattr(value, '__name__', kind.__name__)}"
        if kind is types.BuiltinFunctionType and home == "builtins" and value.__name__ in FORBIDDEN_BUILTINS:
            return f"builtins.{value.__name__}"
        if home.startswith(RECORDING) and not home.startswith(OURS) and not isinstance(value, _CALLABLES):
            return f"{home}.{kind.__name__}"  # its functions lead nowhere, and stand in torch's classes
        return None

    def _onward(self, way: Way, value: Any) -> Iterator[tuple[Way, Any]]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in _names(value):
                try:
                    read = getattr if name.startswith("_") else self._get  # the facade's own, which a program names
                    yield f"{way}.{name}", read(value, name)
                except BaseException:
                    continue
            yield f"type({way})", self._type(value)
            yield from self._members(way, value)
            if self._calls:
                yield from _called(way, value)

    def _members(self, way: Way, value: Any) -> Iterator[tuple[Way, Any]]:
        if isinstance(value, dict):
            pairs = list(value.items())[:MEMBERS]
            yield from ((f"{way}[{key!r}]", each) for key, each in pairs)
            yield from ((f"key {key!r} of {way}", key) for key, _ in pairs)
        elif isinstance(value, (list, tuple, set, frozenset)):
            yield from ((f"{way}[{index}]", each) for index, each in enumerate(list(value)[:MEMBERS]))


_CALLABLES = (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodDescriptorType)


def _home(value: Any) -> str:
    """The module that a value, or its type, is from."""
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
        return str(getattr(value, "__module__", None) or "")
    if isinstance(value, types.MethodType):
        return _home(value.__func__)
    return str(getattr(type(value), "__module__", None) or "")


def _names(value: Any) -> list[str]:
    listed = UNDERSCORED.get(value.__name__, ()) if type(value) is types.ModuleType else ()
    try:
        return [*listed, *(name for name in dir(value) if not name.startswith("_"))]
    except BaseException:
        return []


LEFT_ALONE = frozenset({"_ArrayFunctionDispatcher"})
"""What ends the process, when it is called without arguments."""


def _called(way: Way, value: Any) -> Iterator[tuple[Way, Any]]:
    """What a call without arguments gives, of a class or of a method that is bound to something made for the walk."""
    name = getattr(value, "__name__", "")
    if name in LEFT_ALONE or not callable(value):
        return
    bound = isinstance(value, (types.MethodType, types.BuiltinMethodType)) and not isinstance(
        getattr(value, "__self__", None), types.ModuleType | type(None)
    )
    if isinstance(value, type) or bound or isinstance(value, types.FunctionType):
        try:
            yield f"{way}()", value()
        except BaseException:
            return


def main() -> None:
    """Walks from what a program sees, at its end and with calls after it; prints what was found, as JSON."""
    import json

    import specimens
    from backlight.sandbox.facade import build_namespace

    namespace = build_namespace(for_good=True)
    walks: list[Walk] = []

    def look(seen: dict[str, Any]) -> None:
        walks.append(Walk(namespace, dict(seen), calls=False))
        walks[0].run()
        walks.append(Walk(namespace, dict(seen), calls=True))

    specimens.collect(namespace, look)
    walks[1].run()
    print(json.dumps([{"size": walk.size, "found": walk.found, "open": [*walk.open_classes()]} for walk in walks]))


if __name__ == "__main__":
    main()
