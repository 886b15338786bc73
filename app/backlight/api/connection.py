"""One HTTP/1.1 connection, as uvicorn keeps it with httptools, with five things that it lacks.

A request's head must arrive in time and within a size, and some of an answer must be taken in the same time: who
dribbles one in or does not read must not hold a connection for good. A request must name its host, once (RFC 9112,
3.2). What is no HTTP is answered like every other failure. And whoever runs programs hears of a request's first line.
It becomes a WebSocket at one address alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import ClassVar

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode
from websockets.http11 import Request

from backlight.api.anticipation import Headers
from backlight.api.failures import unreadable_response
from backlight.api.security_headers import HEADERS
from backlight.api.stall import Stall

Hear = Callable[[bytes, bytes, Headers, bytes | None], None]
"""Told method and path of a request when these were read, and once more, with headers and body, if it came whole."""
_OFFER = re.compile(rb"\r\nupgrade:(?![ \t]*websocket[ \t]*(?:\r|$))[^\r\n]*(?=\r\n|$)", re.IGNORECASE)
HEAD_BYTES = 65_536
"""A head that is longer is refused; what arrives in one piece with its end is let through."""


class Connection(Stall, HttpToolsProtocol):
    """A connection whose heads have ``head_seconds`` to arrive; it may become a WebSocket at ``websocket_path``."""

    head_seconds: ClassVar[float]
    heard: ClassVar[Hear]
    websocket_path: ClassVar[bytes]
    _head_bytes = 0.0
    _deadline: asyncio.TimerHandle | None = None
    _is_new = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes: part of a head, or of a body."""
        if self._head_bytes == 0:
            data = _stay_with_http(data)
        self._head_bytes += len(data)
        super().data_received(data)
        if self._is_new:
            self._tell_whole()
        if self._head_bytes > HEAD_BYTES:
            self.send_400_response("")
        self._watch_head()

    def on_url(self, url: bytes) -> None:
        """A request's first line is read, or part of it: tell of it before the rest is."""
        super().on_url(url)
        self._is_new = True
        self._tell(None)

    def on_headers_complete(self) -> None:
        """A head is whole: take no more for one until the body after it is."""
        version = self.parser.get_http_version()  # type: ignore[union-attr]  # there until the connection is lost
        if version == "1.1" and [name for name, _ in self.headers].count(b"host") != 1:
            raise ValueError("a request names one host")
        super().on_headers_complete()
        self._head_bytes = -math.inf

    def on_message_complete(self) -> None:
        """A request is whole: the next one's head may come."""
        super().on_message_complete()
        self._head_bytes = 0

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_watching()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and have no more to do with it; answer what the other cannot read."""
        self._stop_watching()
        self._stop_stall()
        super().handle_websocket_upgrade()
        websocket = self.transport.get_protocol()
        if isinstance(websocket, WebSocket) and not websocket.handshake_initiated:
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and close; where a whole request came before it, that one is answered still."""
        if self._is_answering() and (self.cycle.response_started or not self.cycle.more_body or self.pipeline):
            self.cycle.keep_alive = False
        elif not self.transport.is_closing():
            response = unreadable_response()
            for name, value in HEADERS.items():
                response.headers[name] = value
            head = [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
            self.transport.write(b"".join((STATUS_LINE[response.status_code], *head, b"\r\n", bytes(response.body))))
            self.transport.close()

    def _tell_whole(self) -> None:
        """Tell once more of a request whose body came along with its first line."""
        self._is_new = False
        if self.cycle and self.cycle.scope is self.scope and not self.cycle.more_body:
            self._tell(bytes(self.cycle.body))

    def _tell(self, body: bytes | None) -> None:
        type(self).heard(self.parser.get_method(), self.url, self.headers, body)  # type: ignore[union-attr]  # as above

    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _should_upgrade(self) -> bool:
        """Whether this is a whole handshake (RFC 6455, 4.2.1), at the one address, and nothing waits for an answer."""
        method = self.parser.get_method()  # type: ignore[union-attr]  # there until the connection is lost
        is_there = method == b"GET" and self.url.partition(b"?")[0] == self.websocket_path
        named = dict(self.headers)
        is_whole = named.get(b"sec-websocket-version") == b"13" and b"sec-websocket-key" in named
        is_whole = is_whole and self.parser.get_http_version() == "1.1"  # type: ignore[union-attr]  # as above
        return is_there and is_whole and not self._is_answering() and super()._should_upgrade()

    def _watch_head(self) -> None:
        is_handed_over = self.transport.get_protocol() is not self
        if is_handed_over or self._is_answering() or self.transport.is_closing():
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self.timeout_keep_alive_handler)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _stay_with_http(data: bytes) -> bytes:
    """The first bytes of a request, without the offer to go on in anything but a WebSocket: its body would be lost.

    A server may ignore the offer (RFC 9110, 7.8); Java's client makes it with each request.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _OFFER.sub(b"", head) + end + rest


class WebSocket(Stall, WebSocketsSansIOProtocol):
    """A WebSocket that answers what it was told before the server stops, and whose answers must not stand still."""

    _unanswered = 0
    _is_stopping = False

    def handle_connect(self, event: Request) -> None:
        """Begin with a handshake that can be accepted; the connection answers any other."""
        if self.conn.accept(event).status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            super().handle_connect(event)

    def handle_ping(self) -> None:
        """Answer a ping, unless the client does not read."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def send_receive_event_to_app(self) -> None:
        """Count what is to be answered, unless it is no text, which ends the connection (RFC 6455, 8.1)."""
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.conn.fail(CloseCode.INVALID_DATA)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
        else:
            self._unanswered += not self.close_sent
            super().send_receive_event_to_app()

    async def send(self, message: ASGISendEvent) -> None:
        """Answer; then stop, where the server does."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # it was answered
        if message["type"] == "websocket.send":
            self._unanswered -= 1
            if self._is_stopping:
                self.shutdown()

    def shutdown(self) -> None:
        """Stop, once all is answered."""
        self._is_stopping = True
        if not self._unanswered:
            with contextlib.suppress(InvalidState):  # it is closing already
                super().shutdown()
            self.transport.close()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def connection_classes(seconds: float, hear: Hear, path: str) -> tuple[type[Connection], type[WebSocket]]:
    """What uvicorn is to make of each connection, and of one that becomes a WebSocket.

    ``seconds`` is the time that a head has, and that nothing may be taken of an answer; ``hear`` is told of each
    request as soon as its first line is read; ``path`` is where there are WebSockets.
    """

    class TimedConnection(Connection):
        head_seconds = stall_seconds = seconds
        heard = staticmethod(hear)
        websocket_path = path.encode()

    class TimedWebSocket(WebSocket):
        stall_seconds = seconds

    return TimedConnection, TimedWebSocket
