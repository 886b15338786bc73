"""A WebSocket at the address of a request, for who has many of them to make: each message is the body of one.

In: messages. Out: for each, in order, the body of the answer that the same request would have got by itself; so all
that watches over requests watches over these. A browser takes less than half the time for a message that it takes for
a request (decision 22).
"""

from __future__ import annotations

import asyncio
from collections import deque
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlight.api.client_address import HEADERS as FORWARDED
from backlight.settings import Settings

SCHEMES = {"ws": "http", "wss": "https"}
NORMAL = 1000
ANY = "*"
"""Stands for all origins in the settings."""
EARLY = 8
"""So many messages are listened to beyond the one that is answered, to hear of a client that leaves."""
_KEPT = frozenset(name.lower().encode() for name in ("Host", *FORWARDED))
"""What the handshake says of each request, too."""


class Conversation:
    """ASGI middleware: holds conversations at ``path``, whose messages must each come in the time that a request has.

    Pages of other origins than the server's own, but for those that the settings list, cannot open one: a browser does
    not ask for leave before it does. What the query calls ``parameter`` is the ``header`` of each request.
    """

    def __init__(self, app: ASGIApp, settings: Settings, *, path: str, parameter: str, header: str) -> None:
        self._app = app
        self._path = path
        self._parameter = parameter
        self._header = header.lower().encode()
        self._seconds = settings.request_seconds
        self._origins = frozenset(settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a conversation; pass on what is none."""
        if scope["type"] != "websocket" or scope["path"] != self._path:
            await self._app(scope, receive, send)
        elif not self._is_welcome(Headers(scope=scope)):
            await self._app(_http(scope, "GET", scope["headers"]), receive, _denial(send))
        else:
            request = _http(scope, "POST", self._headers_of(scope))
            await receive()
            await send({"type": "websocket.accept"})
            await self._converse(request, Messages(receive), send)

    async def _converse(self, request: Scope, messages: Messages, send: Send) -> None:
        while True:
            try:
                async with asyncio.timeout(self._seconds):
                    body = await messages.take()
            except TimeoutError:
                await send({"type": "websocket.close", "code": NORMAL})
                return
            if body is None:
                return
            answer = await self._answer(request, messages.replay(body))
            if messages.are_over:
                return
            await send({"type": "websocket.send", "text": answer})
            await asyncio.sleep(0)  # who says much at once must not keep others waiting

    async def _answer(self, request: Scope, receive: Receive) -> str:
        answer = bytearray()

        async def collect(part: Message) -> None:
            answer.extend(part.get("body", b""))

        await self._app({**request, "state": dict(request["state"])}, receive, collect)
        return answer.decode()

    def _headers_of(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Those of each request."""
        headers = [each for each in scope["headers"] if each[0] in _KEPT]
        headers.append((b"content-type", b"application/json"))
        names = parse_qs(scope["query_string"].decode("latin-1")).get(self._parameter, [])
        return headers + [(self._header, each.encode()) for each in names[:1]]

    def _is_welcome(self, headers: Headers) -> bool:
        """Whether a page may hold a conversation; who names no origin is no page."""
        origin, host = headers.get("origin"), headers.get("host", "")
        own = {f"http://{host.removesuffix(':80')}", f"https://{host.removesuffix(':443')}"}
        return origin is None or origin in own or origin in self._origins or ANY in self._origins


def _http(scope: Scope, method: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    """A request instead of the handshake."""
    about = {"type": "http", "method": method, "scheme": SCHEMES[scope["scheme"]], "query_string": b""}
    return {**scope, **about, "headers": headers, "extensions": {}}


def _denial(send: Send) -> Send:
    """Answers a handshake as the request would be answered that it also is."""

    async def deny(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return deny


class Messages:
    """What a client says, a message at a time. ``are_over`` once it has left."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._early: deque[Message] = deque()
        self.are_over = False

    async def take(self) -> bytes | None:
        """The next one; None where the client left."""
        event = self._early.popleft() if self._early else await self._hear()
        if self.are_over:
            return None
        text: str | None = event.get("text")
        return event["bytes"] if text is None else text.encode()

    def replay(self, body: bytes) -> Receive:
        """The channel of a request with this body, which tells when the client leaves."""
        given = False

        async def replay() -> Message:
            nonlocal given
            if not given:
                given = True
                return {"type": "http.request", "body": body, "more_body": False}
            while not self.are_over and len(self._early) < EARLY:
                self._early.append(await self._hear())
            if not self.are_over:
                await asyncio.Event().wait()  # it is heard further once this is answered
            return {"type": "http.disconnect"}

        return replay

    async def _hear(self) -> Message:
        event = await self._receive()
        self.are_over = event["type"] == "websocket.disconnect"
        return event
