"""A vigil: while a lone request runs, the server does not fall asleep, for being woken up takes time.

It looks for what comes, without a break, between everything else that the loop has to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Generator

VIGIL_SECONDS = 0.006
"""How long a vigil lasts: what takes longer is not felt to be late by a tenth of a millisecond."""
QUIET_SECONDS = 0.1
"""How long no other request must have been there: where they come one after another, processors have more to do."""


def has_room() -> bool:
    """Whether a processor is left for a program while this process does not sleep."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


def vigil_seconds(running: int, since: float) -> float:
    """How long to stay awake for an answer: where nothing else is ``running``, and the last ended long ``since``."""
    return VIGIL_SECONDS if running == 1 and since > QUIET_SECONDS else 0.0


@contextlib.contextmanager
def vigil(seconds: float) -> Generator[None]:
    """Keep the running loop awake until the context ends, at most for so long; 0 for not at all."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    watching: asyncio.Handle | None = None

    def watch() -> None:
        nonlocal watching
        watching = loop.call_soon(watch) if loop.time() < end else None

    watch()
    try:
        yield
    finally:
        if watching is not None:
            watching.cancel()
