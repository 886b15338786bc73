"""Refuses a request body that is too large or too slow, while it is being read."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlight.api.failures import failure_response
from backlight.errors import TooLarge, TooSlow

HEARD_OUT_SECONDS = 5.0
"""How long the rest of a body is taken that was refused: who still sends when a connection ends loses the answer."""


class BodyLimit:
    """ASGI middleware: reads the body, up to ``limit`` bytes in ``seconds``, before the application is called."""

    def __init__(self, app: ASGIApp, limit: int, seconds: float) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its whole body, or answer 413 or 408."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(scope, receive)
        except TooLarge as error:
            await self._refuse_and_hear_out(error, scope, receive, send)
            return
        except TimeoutError:
            await failure_response(self._too_slow())(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, or None where the client left before its end."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self._limit:
                raise self._too_large()
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise self._too_large()
            more = message.get("more_body", False)
        return bytes(body)

    async def _refuse_and_hear_out(self, error: TooLarge, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, and take what still comes before the answer is over, on which the connection may end."""

        async def send_openly(message: Message) -> None:
            await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

        await failure_response(error)(scope, receive, send_openly)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARD_OUT_SECONDS):
                while (await receive()).get("more_body"):
                    pass
        await send({"type": "http.response.body", "body": b""})

    def _too_large(self) -> TooLarge:
        message = f"The request is larger than {self._limit:,} bytes."
        return TooLarge(message, limit="body_bytes", value=self._limit)

    def _too_slow(self) -> TooSlow:
        message = f"The request was not there after {self._seconds:g} seconds."
        return TooSlow(message, limit="request_seconds", value=self._seconds)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
