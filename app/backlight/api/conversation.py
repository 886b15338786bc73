"""A WebSocket at the address of a request, for who has many of them to make: each message is the body of one.

In: messages. Out: for each, in order, the body of the answer that the same request would have got by itself; so all
that watches over requests watches over these. A browser takes less than half the time for a message that it takes for
a request (decision 22).
"""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlight.api.client_address import HEADERS as FORWARDED
from backlight.api.failures import failure_response
from backlight.errors import RequestError
from backlight.messages import message as explained
from backlight.settings import Settings

SCHEMES = {"ws": "http", "wss": "https"}
NORMAL, GOING_AWAY = 1000, 1001
_KEPT = frozenset(name.lower().encode() for name in ("Host", *FORWARDED))
"""What the handshake says of each request, too."""


class Conversation:
    """ASGI middleware: holds conversations at ``path``, whose messages must each come in the time that a request has.

    Pages of other origins than the server's own are refused, but for those that the settings list: a browser does not
    ask for leave before it opens a WebSocket. ``naming`` is a parameter of the query, and the header of each request
    that it becomes.
    """

    def __init__(self, app: ASGIApp, settings: Settings, path: str, naming: tuple[str, str]) -> None:
        self._app = app
        self._path = path
        self._naming = naming
        self._seconds = settings.request_seconds
        self._origins = frozenset(settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a conversation; pass on what is none."""
        if scope["type"] != "websocket" or scope["path"] != self._path:
            await self._app(scope, receive, send)
        elif not self._is_welcome(Headers(scope=scope)):
            await failure_response(RequestError(explained("invalid-request", "origin")))(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.accept"})
            await self._converse(self._request_of(scope), Messages(receive), send)

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
            answer = bytearray()

            async def collect(part: Message, answer: bytearray = answer) -> None:
                answer.extend(part.get("body", b""))

            await self._app({**request, "state": dict(request["state"])}, messages.replay(body), collect)
            if messages.are_over:
                return
            await send({"type": "websocket.send", "text": answer.decode()})

    def _request_of(self, scope: Scope) -> Scope:
        """What each message asks for, but for its body."""
        parameter, header = self._naming
        headers = [each for each in scope["headers"] if each[0] in _KEPT]
        headers.append((b"content-type", b"application/json"))
        given = parse_qs(scope["query_string"]).get(parameter.encode(), [])
        headers += [(header.lower().encode(), each) for each in given[:1]]
        about = {"type": "http", "method": "POST", "scheme": SCHEMES[scope["scheme"]]}
        return {**scope, **about, "headers": headers, "query_string": b"", "extensions": {}}

    def _is_welcome(self, headers: Headers) -> bool:
        """Whether a page may hold a conversation; who names no origin is no page."""
        origin = headers.get("origin")
        return origin is None or origin in self._origins or urlsplit(origin).netloc == headers.get("host")


class Messages:
    """What a client says, a message at a time. ``are_over`` once it has left."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._early: Message | None = None
        self.are_over = False

    async def take(self) -> bytes | None:
        """The next one; None where the client left."""
        event, self._early = self._early or await self._receive(), None
        self.are_over = event["type"] == "websocket.disconnect"
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
            if self._early is None:
                self._early = await self._receive()
            self.are_over = self._early["type"] == "websocket.disconnect"
            if not self.are_over:
                await asyncio.Event().wait()  # it has said more than was answered, and is heard further after that
            return {"type": "http.disconnect"}

        return replay
