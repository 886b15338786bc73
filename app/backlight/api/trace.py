"""``POST /api/v1/trace``: a program in, a Document out. The Document passes through as bytes, unread."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from backlight.api.description import problems
from backlight.api.schemas import TraceBody
from backlight.api.watch import CLIENT_LEFT
from backlight.errors import RequestError
from backlight.messages import message
from backlight.model.document import Document
from backlight.model.request import TraceRequest
from backlight.sandbox.pool import Pool

TRACE_PATH = "/api/v1/trace"
PLAIN = "identity"
"""How a body is encoded that is as it is."""
SERIES = "Backlight-Series"
SERIES_NAME = r"^[A-Za-z0-9_-]{22,64}$"
SERIES_MEANING = (
    "a name that nobody else can guess, made up by the client for requests that it makes one after the other, as while "
    "a number is pulled: within a second one process may serve the next of them, and does so sooner than a new one"
)


class StrictRequest(Request):
    """A request whose JSON is the standard's: no NaN, no lone surrogates, no bottomless nesting."""

    async def json(self) -> Any:
        """The body as Python values; raises JSONDecodeError."""
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error).removesuffix("."), "", 0) from error


class StrictRoute(APIRoute):
    """A route that reads its body as a `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of this route."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            coding = request.headers.get("content-encoding", PLAIN)
            if coding.strip().lower() != PLAIN:
                raise RequestError(message("invalid-request", "encoded", coding=coding[:40]))
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def build_trace_routes(pool: Pool) -> APIRouter:
    """The routes that run programs, on ``pool``."""
    router = APIRouter(tags=["trace"], route_class=StrictRoute)

    @router.post(TRACE_PATH, response_model=Document, responses=problems(408, 413, 422, 500, 503))
    async def trace(
        body: TraceBody,
        request: Request,
        series: Annotated[str | None, Header(alias=SERIES, pattern=SERIES_NAME, description=SERIES_MEANING)] = None,
    ) -> Response:
        """Run a program; the answer holds what autograd did, forward and backward, in order."""
        document = await run_while_wanted(pool, body.to_request(), request, series)
        if document is None:
            return Response(status_code=CLIENT_LEFT)
        return Response(document, media_type="application/json")

    return router


async def run_while_wanted(pool: Pool, work: TraceRequest, request: Request, series: str | None) -> bytes | None:
    """The Document, or None where the client disconnected first, which ends the work."""
    wanted = asyncio.timeout(None)
    leaving: asyncio.Task[None] | None = None
    try:
        async with wanted:
            leaving = asyncio.create_task(_end_when_left(request, wanted))
            return await pool.run(work, series, await request.body())
    except TimeoutError:
        if not wanted.expired():
            raise
        return None
    finally:
        if leaving is not None:
            leaving.cancel()


async def _end_when_left(request: Request, wanted: asyncio.Timeout) -> None:
    """Let the time run out for which the answer is wanted, once the client has disconnected."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    wanted.reschedule(0)
