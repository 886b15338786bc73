"""Times contenders interleaved, so that a slow moment of the machine falls on all of them alike."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

TimedRun = Callable[[], float]
"""Does one run and gives the seconds that count: what it prepares and clears away is not in them."""


@dataclass(frozen=True, slots=True)
class Samples:
    """The seconds that the rounds took."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return statistics.median(self.seconds)

    def percentile(self, percent: int) -> float:
        """The value below which ``percent`` of the rounds lie, in seconds, interpolated."""
        if len(self.seconds) == 1:
            return self.seconds[0]
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A contender's median over the baseline's; ``low`` and ``high`` are the quartiles of the rounds' own ratios."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


def interleave(contenders: Mapping[str, TimedRun], rounds: int, warm_up: int = 2) -> dict[str, Samples]:
    """Run every contender once a round, in turn; the first rounds do not count. Garbage is collected between runs."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for current in range(warm_up + rounds):
        for name, run in contenders.items():
            gc.collect()
            took = run()
            if current >= warm_up:
                seconds[name].append(took)
    return {name: Samples(tuple(times)) for name, times in seconds.items()}


@contextmanager
def precedence() -> Generator[bool]:
    """Have this process and those that it starts run before others, where the system lets it; says whether it does."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (PermissionError, AttributeError):
        yield False
        return
    try:
        yield True
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def ratio(contender: Samples, baseline: Samples) -> Ratio:
    """How many times the baseline's time the contender took. Both were timed in the same rounds."""
    each = [ours / theirs for ours, theirs in zip(contender.seconds, baseline.seconds, strict=True)]
    low, _, high = statistics.quantiles(each, n=4, method="inclusive")
    return Ratio(contender.median / baseline.median, low, high)


def timed(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The seconds that one call takes."""
    started = clock()
    action()
    return clock() - started
