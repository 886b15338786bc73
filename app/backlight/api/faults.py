"""The last line of defence: a fault of our own is logged, and answered like any other failure."""

from __future__ import annotations

import traceback

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backlight.api.failures import fault_response
from backlight.api.log import Log


class Faults:
    """ASGI middleware: answers 500 where the application raises. The log has the places, and no values."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. What is raised once the answer has begun goes on: the connection must break."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            self._log.error(
                "fault", request_id=scope["state"]["request_id"], error=type(error).__name__, at=_places(error)
            )
            if begun:
                raise
            await fault_response()(scope, receive, send)


def _places(error: Exception) -> list[str]:
    return [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__)]
