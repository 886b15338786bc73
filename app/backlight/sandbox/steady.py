"""Steady: what would differ from run to run, made the same for the same program: clocks, ids and fresh entropy.

In: the start of a run. Out: stand-ins for what asks the machine. A clock counts its own readings, an id is an ordinal,
and what torch, numpy or Python would seed from the machine is seeded from the run's own generators.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from backlight.model.program import known_as

TICK_NS = 1_000_000
"""What a clock moves on by with each reading: a millisecond."""
FIRST_ID = 0x1000
"""The id of the first object that is asked for its own."""


class Steady:
    """The clock, the ids and the entropy of one run."""

    def __init__(self) -> None:
        self._now = 0
        self._ids: dict[int, tuple[int, object]] = {}
        self._chance = random.Random(0)

    def start(self, seed: int) -> None:
        """A run starts: everything begins anew."""
        self._now = 0
        self._ids.clear()
        self._chance.seed(seed)

    def end(self) -> None:
        """The run is over: nothing that was asked for is held any longer."""
        self._ids.clear()

    def read_ns(self) -> int:
        """The time in nanoseconds since the run began, as the program counts it."""
        self._now += TICK_NS
        return self._now

    def read(self) -> float:
        """The same in seconds."""
        return self.read_ns() / 1e9

    def sleep(self, seconds: float) -> None:
        """Put the clock forward; nobody waits."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self._now += int(seconds * 1e9)

    def identity(self, value: object) -> int:
        """``id``: in order of asking. What was asked for is held, so that no two objects share one."""
        known = self._ids.setdefault(id(value), (FIRST_ID + 16 * len(self._ids), value))
        return known[0]

    def hash_of(self, value: object) -> int:
        """``hash``: of what is hashed by its address, something that goes by its id."""
        return self._unplaced(hash(value), value)

    def hashing(self, found: Any) -> Any:
        """What ``x.__hash__`` is, of a value or of a class: as `hash_of`."""
        if found is None:  # its values have no hash
            return None

        def __hash__(*given: Any) -> int:  # noqa: N807 - what it stands for
            value = given[0] if given else getattr(found, "__self__", None)
            return self._unplaced(found(*given), value)

        return __hash__

    def _unplaced(self, found: int, value: object) -> int:
        is_by_address = found in (id(value), object.__hash__(value))
        return self.identity(value) >> 4 if is_by_address else found

    def entropy(self) -> int:
        """A number of 32 bits that nobody had yet in this run."""
        return self._chance.getrandbits(32)

    def clocks(self) -> dict[str, Callable[..., Any]]:
        """The functions of ``time``, by name."""
        seconds = ("time", "perf_counter", "monotonic", "process_time", "thread_time")
        named: dict[str, Callable[..., Any]] = {"sleep": known_as("sleep", self.sleep, "time")}
        for name in seconds:
            named[name] = known_as(name, self.read, "time")
            named[f"{name}_ns"] = known_as(f"{name}_ns", self.read_ns, "time")
        return named
