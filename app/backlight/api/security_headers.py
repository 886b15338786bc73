"""What every answer says to browsers: load nothing from elsewhere, run no script in the page, show it in no frame."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlight.headers import HEADERS

__all__ = ["HEADERS", "SecurityHeaders"]

_ENCODED = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())


class SecurityHeaders:
    """ASGI middleware: adds the headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                own = {name for name, _ in headers}
                message = {**message, "headers": [*headers, *(each for each in _ENCODED if each[0] not in own)]}
            await send(message)

        await self._app(scope, receive, send_with_headers)
