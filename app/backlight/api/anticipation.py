"""Anticipation: as soon as a request's first line is read, what will run its program is told that it comes.

Reading, checking and routing take the better part of a millisecond; the process that waits wakes up meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anticipation:
    """Calls ``expect`` for each POST to ``path``, before anything else is done about it."""

    path: bytes
    expect: Callable[[], None]

    def __call__(self, method: bytes, target: bytes) -> None:
        """Hear what a request's first line asks for."""
        if method == b"POST" and target == self.path:
            self.expect()
