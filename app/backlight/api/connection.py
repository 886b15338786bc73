"""One HTTP/1.1 connection, as uvicorn keeps it, with three things that it lacks.

A request's head must arrive in time, and some of an answer must be taken in the same time: who dribbles one in or does
not read must not hold a connection for good. And what is no HTTP is answered like every other failure.
"""

from __future__ import annotations

import asyncio
import math
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from backlight.api.failures import unreadable_response
from backlight.api.security_headers import HEADERS


class Connection(H11Protocol):
    """A connection whose heads have ``head_seconds`` to arrive, and whose answers must not stand still for as long."""

    head_seconds: ClassVar[float]
    _deadline: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes: part of a head, or of a body."""
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_watching()
        self._stop_stall()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to see to it that the client takes its answer."""
        super().pause_writing()
        self._watch_reader(math.inf)

    def resume_writing(self) -> None:
        """The client has taken nearly all of it."""
        self._stop_stall()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and close."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            response = unreadable_response()
            for name, value in HEADERS.items():
                response.headers[name] = value
            for event in (
                h11.Response(status_code=response.status_code, headers=response.raw_headers),
                h11.Data(data=bytes(response.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch_reader(self, unsent: float) -> None:
        size = self.transport.get_write_buffer_size()
        if size < unsent:
            self._stall = self.loop.call_later(self.head_seconds, self._watch_reader, size)
        else:
            self.transport.abort()

    def _stop_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _watch_head(self) -> None:
        is_answering = bool(self.cycle) and not self.cycle.response_complete
        if is_answering or self.transport.is_closing():
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self.timeout_keep_alive_handler)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def connection_class(seconds: float) -> type[Connection]:
    """What uvicorn is to make of each connection; ``seconds`` is the time that a head has."""

    class TimedConnection(Connection):
        head_seconds = seconds

    return TimedConnection
