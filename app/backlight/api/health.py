"""``GET /healthz``: the server is alive."""

from __future__ import annotations

from fastapi import APIRouter

from backlight import __version__
from backlight.api.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """Answer as long as the server runs, whatever its workers do."""
    return Health(status="ok", version=__version__)
