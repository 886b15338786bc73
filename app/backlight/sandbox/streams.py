"""The one stream that a program has: what is written to it stands under the cell, as what is printed does."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Stream:
    """``sys.stdout`` and ``sys.stderr``, as much of them as programs use to write."""

    encoding = "utf-8"
    closed = False

    def __init__(self) -> None:
        self._write: Callable[[str], None] | None = None

    def write(self, text: str) -> int:
        """Write a text; gives its length."""
        if self._write is not None:
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


Stream.__module__, Stream.__name__, Stream.__qualname__ = "builtins", "TextIOWrapper", "TextIOWrapper"
