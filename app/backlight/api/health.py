"""``GET /healthz``, ``/readyz`` and ``/metrics``: for those who run the server."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from backlight import __version__
from backlight.api.description import problems
from backlight.api.metrics import Metrics
from backlight.api.schemas import Health
from backlight.errors import NotReady
from backlight.sandbox.pool import Pool


def build_health_routes(pool: Pool, metrics: Metrics) -> APIRouter:
    """The routes that tell how ``pool`` and the server are."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> Health:
        """Answer as long as the server runs, whatever its workers do."""
        return Health(status="ok", version=__version__)

    @router.get("/readyz", responses=problems(429, 503))
    async def readyz() -> Health:
        """Answer where a sandboxed worker does, or did so in the last seconds."""
        if not await pool.is_ready():
            raise NotReady("No sandboxed process answers. Try again in a moment.")
        return Health(status="ready", version=__version__)

    @router.get("/metrics", response_class=PlainTextResponse, responses=problems(429))
    async def figures() -> Response:
        """Figures for Prometheus."""
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
