"""Watches each request: gives it an id, and when it is answered tells those who want to know what became of it.

Of the request it keeps method and path, of the answer status and code; nothing of a body, a query or a client.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLIENT_LEFT = 499
"""Status of an answer that nobody reads any more."""
REQUEST_ID = "X-Request-ID"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PATH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. ``route`` is the pattern of its path, ``code`` that of a failure."""

    request_id: str
    method: str
    path: str
    route: str | None
    status: int
    code: str | None
    seconds: float


class Watch:
    """ASGI middleware; ``listeners`` are called once for each request, when its answer is out or nobody wants it."""

    def __init__(self, app: ASGIApp, listeners: Sequence[Callable[[Outcome], None]]) -> None:
        self._app = app
        self._listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_for(scope)
        started = time.perf_counter()
        status = CLIENT_LEFT

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                named = (REQUEST_ID.lower().encode(), request_id.encode())
                message = {**message, "headers": [*message.get("headers", ()), named]}
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            outcome = _outcome(scope, request_id, status, time.perf_counter() - started)
            for tell in self._listeners:
                tell(outcome)


def _id_for(scope: Scope) -> str:
    """The id that the client gave, if it is well formed, else a new one; the scope's state has it from now on."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    request_id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(16)
    scope.setdefault("state", {})["request_id"] = request_id
    return request_id


def _outcome(scope: Scope, request_id: str, status: int, seconds: float) -> Outcome:
    path = scope.get("raw_path", b"").decode("ascii", "replace")[:_PATH_LENGTH]  # as it came: no control characters
    code = scope["state"].get("code")
    return Outcome(request_id, scope["method"], path, _route(scope), status, code, seconds)


def _route(scope: Scope) -> str | None:
    route = scope.get("route")
    return getattr(route, "path", None)
