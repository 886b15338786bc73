"""Who does not read must not hold a connection for good: some of an answer must be taken in a given time."""

from __future__ import annotations

import asyncio
import math
from typing import ClassVar


class Stall(asyncio.Protocol):
    """Ends a connection whose client has taken nothing of what waits for it in ``stall_seconds``."""

    stall_seconds: ClassVar[float]
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be told of whatever the client does not take at once."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        """Begin to see to it that the client takes its answer."""
        super().pause_writing()
        self._watch_reader(math.inf)

    def resume_writing(self) -> None:
        """The client has taken nearly all of it."""
        self._stop_stall()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_stall()
        super().connection_lost(exc)

    def _watch_reader(self, unsent: float) -> None:
        size = self.transport.get_write_buffer_size()
        if size < unsent:
            self._stall = self.loop.call_later(self.stall_seconds, self._watch_reader, size)
        else:
            self.transport.abort()

    def _stop_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
