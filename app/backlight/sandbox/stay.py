"""Stay: whether a child that has answered may serve the next request of the same series, or has to go.

A series is what one client asks for one after the other, as while a number is pulled. Its process is used no further
once a program left anything in it that another could notice.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable

CPU_SECONDS = 1.5
"""Processor time after which a process serves no further request: so much at most its limit comes too early."""
MEMORY_BYTES = 32 * 2**20
"""By how much the memory of a process that goes on may have grown at most."""

_MAXRSS_BYTES = 1024


class Stay:
    """How a process was before it read the first request of a series, without garbage.

    ``find_residue`` tells what programs left behind, as `backlight.record.find_residue` does.
    """

    def __init__(self, find_residue: Callable[[], object]) -> None:
        gc.collect()
        self._find_residue = find_residue
        self._residue = find_residue()
        self._memory = _most_memory()

    def may_go_on(self) -> bool:
        """Whether the process is as it was, but for a little of its time and memory. Collects garbage."""
        gc.collect()
        if time.process_time() > CPU_SECONDS or _most_memory() - self._memory > MEMORY_BYTES:
            return False
        return self._find_residue() == self._residue


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_BYTES
