"""Run one request from ordinary, synchronous code. In: a request. Out: the child's bytes.

The pool behind it is started at the first request, lives in a thread of its own, and ends with the process.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import threading
from concurrent.futures import Future
from dataclasses import replace
from functools import cache
from importlib.util import find_spec

from backlight.errors import NotReady, RequestError
from backlight.messages import message
from backlight.model.request import TraceRequest
from backlight.sandbox.pool import PIPELINE, Pool
from backlight.settings import Settings


def run_once(request: TraceRequest, settings: Settings, entry: str = PIPELINE) -> bytes:
    """The Document of a request, as UTF-8 JSON. Raises BacklightError as `Pool.run` does, for what it holds too."""
    _check(request)
    if find_spec("torch") is None:
        raise NotReady("PyTorch is not installed here, and runs each program. Install it with `pip install torch`.")
    return _runner(replace(settings, idle_workers=1), entry, os.getpid()).run(request)


class Runner:
    """A pool in a thread of its own."""

    def __init__(self, settings: Settings, entry: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="backlight-sandbox", daemon=True)
        self._thread.start()
        self._pool = asyncio.run_coroutine_threadsafe(_start(settings, entry), self._loop).result()

    def submit(self, request: TraceRequest, series: str | None = None) -> Future[bytes]:
        """Begin a request; cancelling the future ends its child."""
        return asyncio.run_coroutine_threadsafe(self._pool.run(request, series), self._loop)

    def run(self, request: TraceRequest, series: str | None = None) -> bytes:
        """Run a request; one that is interrupted takes its child with it."""
        answer = self.submit(request, series)
        try:
            return answer.result()
        except BaseException:
            answer.cancel()
            raise

    def close(self) -> None:
        """End the processes and the thread."""
        asyncio.run_coroutine_threadsafe(self._pool.__aexit__(None, None, None), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _check(request: TraceRequest) -> None:
    """What the interface over HTTP checks by its schema. Raises RequestError."""
    wanted = {"source": str, "expression": str, "notebook": dict}
    for field, kind in wanted.items():
        value: object = getattr(request, field)
        if value is not None and not isinstance(value, kind):
            what = "a dict, as `json.load` gives it" if kind is dict else "text"
            raise _misfit(field, what, value)
    if not isinstance(request.inputs, dict):  # pyright: ignore[reportUnnecessaryIsInstance]: comes from anybody
        raise _misfit("inputs", "a dict, from name to value", request.inputs)
    for name, given in request.inputs.items():
        try:
            json.dumps(given)
        except TypeError as error:
            raise _misfit(f"inputs[{name!r}]", "a number or nested lists of numbers", given) from error
        except (ValueError, RecursionError):
            continue  # told of the whole
    seed: object = request.seed
    if type(seed) is not int or not -(2**63) <= seed < 2**63:
        raise _misfit("seed", "a whole number of at most 64 bits", seed)


def _misfit(field: str, wanted: str, value: object) -> RequestError:
    given = str(value) if type(value) is int else f"a {type(value).__name__}"
    return RequestError(message("invalid-request", "field", field=field, wanted=wanted, given=given))


async def _start(settings: Settings, entry: str) -> Pool:
    # A zygote that stands by would have this process, which is somebody else's, adopt orphans.
    return await Pool(replace(settings, standby_zygotes=0), entry).__aenter__()


@cache
def _runner(settings: Settings, entry: str, _process: int) -> Runner:
    runner = Runner(settings, entry)
    atexit.register(runner.close)
    return runner
