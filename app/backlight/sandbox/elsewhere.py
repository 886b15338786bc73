"""Elsewhere: a process that is about to be woken up by this one wakes up on another processor.

Linux takes a send on a local socket for a sign that the sender goes to sleep at once, and may wake the receiver on the
sender's own processor. A sender that works on leaves it waiting there for up to three milliseconds, beside a processor
that has nothing to do.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager

_processor: Callable[[], int] | None = None
if hasattr(os, "sched_setaffinity"):
    _processor = getattr(ctypes.CDLL(None), "sched_getcpu", None)


@contextmanager
def elsewhere(process: int) -> Generator[None]:
    """What wakes ``process`` until the context ends wakes it on another processor, where there is one and one may."""
    if _processor is None:
        yield
        return
    every = os.sched_getaffinity(0)
    others = every - {_processor()}
    moved = bool(others) and _confine(process, others)
    try:
        yield
    finally:
        if moved:  # where it was woken up it stays, as long as that processor is free
            _confine(process, every)


def _confine(process: int, processors: set[int]) -> bool:
    """Let a process run on these processors alone; tells whether that could be done."""
    try:
        os.sched_setaffinity(process, processors)
    except OSError:  # it has ended, or belongs to another user
        return False
    return True
