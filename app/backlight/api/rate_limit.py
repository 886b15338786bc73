"""Refuses the requests of a client that makes more than its share. Clients on this machine have no limit."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from backlight.api.client_address import Proxies, client_key
from backlight.api.failures import failure_response
from backlight.errors import RateLimited
from backlight.settings import Settings

EXEMPT = frozenset({"/healthz"})
"""Answered however often it is asked: whoever watches the server must not take it for dead."""
_ROUNDING = 1e-9
"""Seconds that do not count as too early."""


class Allowance:
    """So many requests at once, and then so many a second, for each client.

    The generic cell rate algorithm (ITU-T I.371): of each client only the moment is kept at which all of its
    requests are paid for. A client whose moment has passed is forgotten, and beyond ``clients`` of them the one
    that was seen longest ago.
    """

    def __init__(self, per_second: float, burst: int, clients: int) -> None:
        self._interval = 1 / per_second
        self._span = burst / per_second
        self._clients = clients
        self._paid_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """How many clients are remembered."""
        return len(self._paid_at)

    def wait(self, client: str, now: float) -> float:
        """Seconds until this client may make a request; 0 if it may make one now, which then counts."""
        paid_at = max(self._paid_at.get(client, now), now) + self._interval
        excess = paid_at - now - self._span
        if excess > _ROUNDING:
            return excess
        self._paid_at[client] = paid_at
        self._paid_at.move_to_end(client)
        self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        while len(self._paid_at) > self._clients or next(iter(self._paid_at.values())) <= now:
            self._paid_at.popitem(last=False)


class RateLimit:
    """ASGI middleware: answers 429 with ``Retry-After`` in place of the application."""

    def __init__(
        self, app: ASGIApp, settings: Settings, proxies: Proxies, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._settings = settings
        self._proxies = proxies
        self._allowance = Allowance(settings.rate_per_second, settings.rate_burst, settings.rate_clients)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        seconds = self._seconds_to_wait(scope) if scope["type"] == "http" and scope["path"] not in EXEMPT else 0.0
        app = failure_response(self._refusal(seconds)) if seconds else self._app
        await app(scope, receive, send)

    def _seconds_to_wait(self, scope: Scope) -> float:
        client = self._proxies.find_client(scope)
        if client is None or client.is_loopback:
            return 0.0
        return self._allowance.wait(client_key(client), self._clock())

    def _refusal(self, seconds: float) -> RateLimited:
        rate = self._settings.rate_per_second
        message = f"More than {rate:g} requests a second. Slow down."
        return RateLimited(message, limit="rate_per_second", value=rate, retry_seconds=math.ceil(seconds))
