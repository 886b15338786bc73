"""Ahead: at most one process that reads a lone request while the server still checks it.

In: the body of a request, unread. Out: the process, for that very body alone: who else asks gets another, for what
this one has read lies in its memory. One that nobody asks for in time is ended.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from backlight.sandbox.client import Worker

BODY_BYTES = 16_384
"""A longer request is not read ahead: this many fit into the socket's buffer in one piece, whatever lies there."""
ASKED_SECONDS = 0.5
"""How long a process waits for the request that it has read. Checking it takes about a millisecond."""
REST_SECONDS = 1.0
"""How long nothing is read ahead after a request that was refused before it came to its process, which is lost."""


class Ahead:
    """Holds the process and what it was given to read; ``drop`` ends one that is not asked."""

    def __init__(self, drop: Callable[[Worker], None]) -> None:
        self._drop = drop
        self._held: tuple[bytes, Worker, asyncio.TimerHandle] | None = None
        self._lost_at = -math.inf

    def may_begin(self, body: bytes) -> bool:
        """Whether a process may read this ahead now."""
        rest = asyncio.get_running_loop().time() - self._lost_at
        return self._held is None and len(body) <= BODY_BYTES and rest > REST_SECONDS

    def begin(self, worker: Worker, body: bytes) -> None:
        """Have a process, which is then nobody else's, read a request."""
        timer = asyncio.get_running_loop().call_later(ASKED_SECONDS, self.clear)
        self._held = body, worker, timer
        worker.read_ahead(body)

    def take(self, body: bytes | None) -> Worker | None:
        """The process that has read this body; None where there is none."""
        if self._held is None or self._held[0] != body:
            return None
        _, worker, timer = self._held
        self._held = None
        timer.cancel()
        return worker

    def clear(self) -> None:
        """End the process, if there is one."""
        if self._held is not None and (worker := self.take(self._held[0])):
            self._lost_at = asyncio.get_running_loop().time()
            self._drop(worker)
