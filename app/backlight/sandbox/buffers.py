"""Buffers: ``io.StringIO`` and ``io.BytesIO``, texts and bytes in memory that are written and read as files are.

Out: two classes that can be asked what programs ask these for, and nothing that leads to files, streams or raw memory.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Self

from backlight.sandbox.slots import call_methods, slot_of


class Buffer:
    """A text or bytes in memory, at a position. What holds them stands in a slot without a name."""

    __slots__ = ("__weakref__", "real")

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return held(self).closed

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(held(self))

    def __enter__(self) -> Self:
        held(self).__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        held(self).close()

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        hold(made, copy.copy(held(self)))
        return made

    def __deepcopy__(self, _memo: Any) -> Self:
        return self.__copy__()

    def fileno(self) -> NoReturn:
        """There is no file. Raises OSError."""
        raise OSError("fileno")


class StringIO(Buffer):
    """A text in memory."""

    __slots__ = ()

    def __init__(self, initial_value: str | None = "", newline: str | None = "\n") -> None:
        hold(self, io.StringIO(initial_value, newline))


class BytesIO(Buffer):
    """Bytes in memory."""

    __slots__ = ()

    def __init__(self, initial_bytes: Any = b"") -> None:
        hold(self, io.BytesIO(initial_bytes))


held, hold = slot_of(Buffer, "real")


def _asking(name: str) -> Callable[..., Any]:
    def method(self: Any, *given: Any) -> Any:
        return getattr(held(self), name)(*given)

    return method


ASKED = (
    *("close", "flush", "getvalue", "isatty", "read", "readable", "readline", "readlines", "seek", "seekable"),
    *("tell", "truncate", "writable", "write", "writelines"),
)
"""What both can do, as Python's own."""

for _kind, _names in ((Buffer, ASKED), (BytesIO, ("read1", "readinto"))):
    for _name in _names:
        setattr(_kind, _name, _asking(_name))
for _kind in (Buffer, StringIO, BytesIO):
    call_methods(_kind, _kind.__name__)

BUFFERS = {"io.StringIO": StringIO, "io.BytesIO": BytesIO}
"""The stand-ins, by dotted name."""
