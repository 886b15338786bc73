"""Anticipation: who runs programs hears of a request before it is read, and of no other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backlight.api.anticipation import Anticipation


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"type": "http", "method": "POST", "path": "/run"}, ["expected", "passed on"]),
        ({"type": "http", "method": "GET", "path": "/run"}, ["passed on"]),
        ({"type": "http", "method": "POST", "path": "/run/"}, ["passed on"]),
        ({"type": "http", "method": "POST", "path": "/other"}, ["passed on"]),
        ({"type": "lifespan"}, ["passed on"]),
        ({"type": "websocket", "path": "/run"}, ["passed on"]),
    ],
)
def test_a_program_that_comes_is_told_of_first(scope: dict[str, Any], expected: list[str]) -> None:
    happened: list[str] = []

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        happened.append("passed on")

    async def nothing(*_: Any) -> Any: ...

    asyncio.run(Anticipation(app, "/run", lambda: happened.append("expected"))(scope, nothing, nothing))
    assert happened == expected
