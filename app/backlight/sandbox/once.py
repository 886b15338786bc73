"""Run one request from ordinary, synchronous code. In: a request. Out: the child's bytes.

The pool behind it is started at the first request, lives in a thread of its own, and ends with the process.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from concurrent.futures import Future
from dataclasses import replace
from functools import cache

from backlight.model.request import TraceRequest
from backlight.sandbox.pool import PIPELINE, Pool
from backlight.settings import Settings


def run_once(request: TraceRequest, settings: Settings, entry: str = PIPELINE) -> bytes:
    """The Document of a request, as UTF-8 JSON. Raises BacklightError as `Pool.run` does."""
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


async def _start(settings: Settings, entry: str) -> Pool:
    # A zygote that stands by would have this process, which is somebody else's, adopt orphans.
    return await Pool(replace(settings, standby_zygotes=0), entry).__aenter__()


@cache
def _runner(settings: Settings, entry: str, _process: int) -> Runner:
    runner = Runner(settings, entry)
    atexit.register(runner.close)
    return runner
