"""Anticipation: as soon as a request's head is read, what will run its program is told that it comes.

Reading, checking and routing take the better part of a millisecond; the process that waits wakes up meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class Anticipation:
    """ASGI middleware: calls ``expect`` for each POST to ``path``, before anything else is done about it."""

    def __init__(self, app: ASGIApp, path: str, expect: Callable[[], None]) -> None:
        self._app = app
        self._path = path
        self._expect = expect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == self._path:
            self._expect()
        await self._app(scope, receive, send)
