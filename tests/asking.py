"""Asking an application in this process, without a socket: for what does not need a sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx
from fastapi import FastAPI

from backlight.api import create_app
from backlight.settings import Settings
from conftest import OBEY

Asked = tuple[str, str, dict[str, Any]]
"""Method, path, and what else httpx is to send."""


def app_with(**settings: Any) -> FastAPI:
    """An application with these settings."""
    return create_app(Settings(**settings), entry=OBEY)


def ask_all(app: FastAPI, asked: Iterable[Asked], client: str = "203.0.113.7") -> list[httpx.Response]:
    """The answers, one after the other, to a client with that address."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(client, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as session:
            return [await session.request(method, path, **more) for method, path, more in asked]

    return asyncio.run(ask())


def get(app: FastAPI, path: str, client: str = "203.0.113.7", **headers: str) -> httpx.Response:
    """The answer to one GET, with headers whose names have underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask_all(app, [("GET", path, {"headers": named})], client)[0]
