"""The one assembly: settings in, application out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from backlight import __version__
from backlight.api.body_limit import BodyLimit
from backlight.api.description import describe
from backlight.api.examples import router as examples
from backlight.api.failures import install_failures
from backlight.api.health import router as health
from backlight.api.site import SITE, install_site
from backlight.api.trace import build_trace_routes
from backlight.sandbox.pool import PIPELINE, Pool
from backlight.settings import Settings

DESCRIPTION = "Runs PyTorch programs in a sandbox, and answers with what autograd did: values and gradients, in order."


def create_app(settings: Settings, entry: str = PIPELINE, site: Path = SITE) -> FastAPI:
    """The application. ``entry`` is what runs in the sandbox; ``site`` is the folder of the built front end."""
    pool = Pool(settings, entry)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with pool:
            yield

    app = FastAPI(
        title="Backlight",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(BodyLimit, limit=settings.body_bytes)
    install_failures(app)
    app.include_router(build_trace_routes(pool))
    app.include_router(examples)
    app.include_router(health)
    install_site(app, site)
    describe(app)
    return app
