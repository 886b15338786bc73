"""The one assembly: settings in, application out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from backlight import __version__
from backlight.api.anticipation import Anticipation
from backlight.api.body_limit import BodyLimit
from backlight.api.client_address import Proxies
from backlight.api.conversation import Conversation
from backlight.api.description import describe, problems
from backlight.api.examples import router as examples
from backlight.api.failures import install_failures
from backlight.api.faults import Faults
from backlight.api.head import Head
from backlight.api.health import build_health_routes
from backlight.api.log import Log, RequestLines, build_log
from backlight.api.metrics import Metrics
from backlight.api.rate_limit import RateLimit
from backlight.api.security_headers import SecurityHeaders
from backlight.api.site import SITE, install_site
from backlight.api.trace import SERIES, TRACE_PATH, build_trace_routes
from backlight.api.watch import REQUEST_ID, Outcome, Watch
from backlight.sandbox.pool import PIPELINE, Pool
from backlight.settings import Settings

DESCRIPTION = "Runs PyTorch programs in a sandbox, and answers with what autograd did: values and gradients, in order."

CORS: Mapping[str, Any] = {
    "allow_methods": ("GET", "POST"),
    "allow_headers": ("Content-Type", REQUEST_ID),
    "expose_headers": (REQUEST_ID, "Retry-After"),
}
"""What pages of other origins may do, where the settings let them in at all."""


def create_app(settings: Settings, entry: str = PIPELINE, site: Path = SITE) -> FastAPI:
    """The application. ``entry`` is what runs in the sandbox; ``site`` is the folder of the built front end."""
    pool = Pool(settings, entry)
    metrics, log = Metrics(pool), build_log("backlight.server")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        log.info("started", host=settings.host, port=settings.port, version=__version__)
        async with pool:
            yield
        log.info("stopped")

    app = FastAPI(
        title="Backlight",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours tell nothing of a program
        generate_unique_id_function=lambda route: route.name,
    )
    install_failures(app)
    install_middleware(app, settings, log, [RequestLines(log), metrics.count])
    app.state.anticipation = Anticipation(TRACE_PATH.encode(), pool.expect, SERIES.lower().encode())
    app.include_router(build_trace_routes(pool), responses=problems(429))
    app.include_router(examples, responses=problems(429))
    app.include_router(build_health_routes(pool, metrics))
    install_site(app, site)
    describe(app)
    return app


def install_middleware(
    app: FastAPI, settings: Settings, log: Log, listeners: Sequence[Callable[[Outcome], None]]
) -> None:
    """Put around ``app`` what every request passes, from the outside in."""
    proxies = Proxies.of(settings)
    share, cors = settings.rate_per_second, settings.cors_origins
    around = [
        Middleware(Conversation, settings=settings, path=TRACE_PATH, parameter="series", header=SERIES),
        Middleware(Watch, listeners=listeners),
        Middleware(SecurityHeaders),
        *([Middleware(CORSMiddleware, allow_origins=cors, **CORS)] if cors else ()),
        Middleware(Faults, log=log),
        *([Middleware(RateLimit, settings=settings, proxies=proxies)] if share else ()),
        Middleware(BodyLimit, limit=settings.body_bytes, seconds=settings.request_seconds),
        Middleware(Head),
    ]
    app.user_middleware.extend(around)
