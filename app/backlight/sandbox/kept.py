"""Kept: the processes that answered a request of a series, and wait a moment for the next one.

In: the name of a series, which its client made up. Out: the process that served it last, if it is still there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from backlight.sandbox.client import Worker

KEPT_SECONDS = 1.0
"""How long a process waits for the next request of its series."""


class Kept:
    """At most so many processes, by series; ``drop`` ends one that is not kept any longer."""

    def __init__(self, most: int, drop: Callable[[Worker], None]) -> None:
        self._most = most
        self._drop = drop
        self._by_series: dict[str, tuple[Worker, asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_series)

    def put(self, series: str, worker: Worker) -> None:
        """Keep a process that has just answered, if need be in the place of the one that has waited longest."""
        self._forget(series)
        while len(self._by_series) >= self._most:
            self._forget(next(iter(self._by_series)))
        timer = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._forget, series)
        self._by_series[series] = worker, timer

    def take(self, series: str) -> Worker | None:
        """The process of a series, which may have ended by itself; None where there is none."""
        if series not in self._by_series:
            return None
        worker, timer = self._by_series.pop(series)
        timer.cancel()
        return worker

    def clear(self) -> None:
        """End all of them."""
        for series in list(self._by_series):
            self._forget(series)

    def _forget(self, series: str) -> None:
        if series in self._by_series:
            worker, timer = self._by_series.pop(series)
            timer.cancel()
            self._drop(worker)
