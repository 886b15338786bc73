"""The one stream that a program has: what is written to it stands under the cell, as what is printed does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Stream:
    """``sys.stdout`` and ``sys.stderr``, as much of them as programs use to write."""

    encoding = "utf-8"
    closed = False

    def __init__(self) -> None:
        self._write: Callable[[str], None] | None = None
        self._targets: list[Any] = []  # what it is redirected to, the innermost last

    @property
    def is_redirected(self) -> bool:
        """Whether what is written to it goes elsewhere."""
        return bool(self._targets)

    def write(self, text: str) -> int:
        """Write a text; gives its length. What it is redirected to may write to it itself."""
        if self._targets:
            targets = [*self._targets]
            self._targets.clear()
            try:
                targets[-1].write(text)
            finally:
                self._targets[:] = targets
        elif self._write is not None:
            self._write(str.__str__(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Whether a terminal reads it."""
        return False

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True


def connect(stream: Stream, write: Callable[[str], None] | None) -> None:
    """From now on what is written to ``stream`` goes there; None for nowhere."""
    stream._write = write  # pyright: ignore[reportPrivateUsage]
    stream._targets.clear()  # pyright: ignore[reportPrivateUsage]


def redirecting(stream: Stream) -> type:
    """``contextlib.redirect_stdout`` for a stream."""
    targets = stream._targets  # pyright: ignore[reportPrivateUsage]

    class Redirection:
        """What is written goes to ``new_target`` until the context ends."""

        def __init__(self, new_target: Any) -> None:
            self._target = new_target

        def __enter__(self) -> Any:
            targets.append(self._target)
            return self._target

        def __exit__(self, *exception: object) -> None:
            if targets:
                targets.pop()

    Redirection.__init__.__qualname__ = "redirect_stdout.__init__"  # as errors call it
    return Redirection


Stream.__module__, Stream.__name__, Stream.__qualname__ = "builtins", "TextIOWrapper", "TextIOWrapper"
