"""Pure paths: ``pathlib`` of a program without files. Paths are put together and taken apart; nothing is there.

Out: by dotted name, classes whose objects ask no machine. What would touch a file is an error that says so.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any, NoReturn, Self

from backlight.messages import message
from backlight.sandbox.slots import call_methods, slot_of

Pure = pathlib.PurePosixPath
PARTS = ("anchor", "drive", "name", "parts", "root", "stem", "suffix", "suffixes")
ASKED = ("as_posix", "is_absolute", "is_relative_to", "match")
MADE = ("joinpath", "relative_to", "with_name", "with_stem", "with_suffix", "__truediv__", "__rtruediv__")
"""What gives another path."""
OF_FILES = sorted(name for name in set(dir(pathlib.Path)) - set(dir(Pure)) if not name.startswith("_"))
NOT_THERE = [name for name in OF_FILES if name == "exists" or name.startswith("is_")]
TOUCHING = [name for name in OF_FILES if name not in NOT_THERE and name != "mkdir"]
COMPARED = ("__lt__", "__le__", "__gt__", "__ge__", "__eq__")


class PurePath:
    """A path of which nothing is asked but its own text."""

    __slots__ = ("pure",)

    def __init__(self, *parts: Any) -> None:
        hold(self, Pure(*map(_plain, parts)))

    @property
    def parent(self) -> Any:
        """The path above."""
        return _another(self, held(self).parent)

    @property
    def parents(self) -> tuple[Any, ...]:
        """All paths above, from the inside out."""
        return tuple(_another(self, each) for each in held(self).parents)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: Any) -> Self:
        return self

    def __fspath__(self) -> str:
        return str(held(self))

    def __str__(self) -> str:
        return str(held(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __hash__(self) -> int:
        return hash(held(self))


class Path(PurePath):
    """The same, which may be asked for files: there are none."""

    __slots__ = ()

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing, as by ``os.makedirs``, where a folder that is there already would do; else an OSError."""
        if not exist_ok:
            raise OSError(message("not-allowed", "files", what="`Path.mkdir`"))


held, hold = slot_of(PurePath, "pure")


def _plain(value: Any) -> Any:
    return held(value) if isinstance(value, PurePath) else value


def _another(path: Any, made: Any) -> Any:
    return type(path)(str(made))


def _part(name: str) -> property:
    return property(lambda self: getattr(held(self), name))


def _asking(name: str) -> Callable[..., Any]:
    def method(self: Any, *given: Any) -> Any:
        return getattr(held(self), name)(*map(_plain, given))

    return method


def _making(name: str) -> Callable[..., Any]:
    def method(self: Any, *given: Any) -> Any:
        made = getattr(held(self), name)(*map(_plain, given))
        return made if made is NotImplemented else _another(self, made)

    return method


def _denying(_name: str) -> Callable[..., bool]:
    def method(_self: Any) -> bool:
        return False

    return method


def _touching(name: str) -> Any:
    def method(*_given: Any, **_options: Any) -> NoReturn:
        raise OSError(message("not-allowed", "files", what=f"`Path.{name}`"))

    return method


for _kind, _names, _make in (
    (PurePath, PARTS, _part),
    (PurePath, (*ASKED, *COMPARED), _asking),
    (PurePath, MADE, _making),
    (Path, NOT_THERE, _denying),
    (Path, TOUCHING, _touching),
):
    for _name in _names:
        setattr(_kind, _name, _make(_name))
for _kind, _known in ((PurePath, "PurePosixPath"), (Path, "PosixPath")):
    call_methods(_kind, _known)

PATHS = {"pathlib.Path": Path, "pathlib.PurePath": PurePath, "pathlib.PurePosixPath": PurePath}
"""The stand-ins, by dotted name."""
