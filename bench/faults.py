"""Faults on purpose, for minutes: processes killed, connections cut, noise and garbage sent, memory and queue filled.

Every answer must be one that its fault explains. In between the server is looked at while it rests: it must answer
soon, and keep neither zombies nor descriptors nor memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import children_of, sandboxed_of, standby_of

from bench.client import Answer, ask, source_bytes
from bench.planted import GARBAGE
from bench.report import Report, Row
from bench.request import serving
from bench.timing import Samples

TINY = source_bytes("import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n")
SLOW = source_bytes("import torch\nx = torch.ones(64, 64)\nfor _ in range(1_000): x = x @ x / 64\n")
GREEDY = source_bytes("import torch\nkept = []\nwhile True: kept.append(torch.ones(2**22))\n")
PATIENCE_OF_SERVER = 2
"""Seconds in which a request must have arrived, so that slow ones need not be waited for long."""
WORKERS = 4
SERVED_AGAIN = 2.0
"""Seconds after a fault within which the next request is to be answered."""
GROWTH = 1.1
"""Memory and descriptors at the end may be so many times those at the beginning."""
REST_SECONDS = 5.0
RARELY = 4
"""In one of so many rounds torch must be loaded anew."""
OK, DIED, KILLED = "200", "500 worker-died", "422 limit-exceeded"


@dataclass(slots=True)
class Victim:
    """A server under attack, and what was seen of it."""

    process: int
    port: int
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    recoveries: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    fates: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    memory: list[float] = field(default_factory=list[float])
    descriptors: list[float] = field(default_factory=list[float])
    zombies: int = 0

    def zygote(self) -> int | None:
        """The process that forks, if there is one just now."""
        return next(iter(children_of(self.process)), None)

    def family(self) -> dict[int, str]:
        """All processes of the server with their states, itself first."""
        found = {self.process: "S"}
        waiting = [self.process]
        while waiting:
            children = children_of(waiting.pop())
            found |= children
            waiting += children
        return found

    def look(self) -> None:
        """Take the measure of all processes while they rest."""
        family = self.family()
        self.zombies = max(self.zombies, [*family.values()].count("Z"))
        living = [each for each, state in family.items() if state != "Z"]
        self.memory.append(sum(map(own_memory, living)))
        self.descriptors.append(sum(len(os.listdir(f"/proc/{each}/fd")) for each in living))


def own_memory(process: int) -> float:
    """Megabytes of a process, with its share of what it has in common with others."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(text.split("\nPss:")[1].split()[0]) / 1024


def kill(process: int | None) -> None:
    """End a process, if it is still there."""
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


async def ask_all(victim: Victim, *requests: bytes) -> list[Answer]:
    """The answers to requests at the same moment."""
    return await asyncio.gather(*(ask(victim.port, each) for each in requests))


async def while_running(victim: Victim, strike: Callable[[], None]) -> list[Answer]:
    """Do something while two programs run and a third comes along; the answers to them."""
    running = asyncio.create_task(ask_all(victim, SLOW, SLOW))
    await asyncio.sleep(0.1)
    strike()
    return [await ask(victim.port, TINY), *await running]


async def kill_child(victim: Victim) -> list[Answer]:
    """Kill one child while it works or waits; only one request may suffer."""

    def strike() -> None:
        if (zygote := victim.zygote()) and (children := [*sandboxed_of(zygote)]):
            kill(victim.chance.choice(children))

    answers = await while_running(victim, strike)
    hit = [each for each in answers if each.status != 200]
    return answers if len(hit) <= 1 else [Answer(-1, 0.0, "more than one was hit")]


async def kill_zygote(victim: Victim) -> list[Answer]:
    """Kill the process that forks, and with it its children."""
    return await while_running(victim, lambda: kill(victim.zygote()))


async def kill_standby(victim: Victim) -> list[Answer]:
    """Kill the process that stands by; nobody may notice."""
    return await while_running(victim, lambda: kill(standby_of(victim.zygote() or 0)))


async def kill_both(victim: Victim) -> list[Answer]:
    """Kill the process that forks and the one that stands by."""

    def strike() -> None:
        zygote = victim.zygote()
        kill(standby_of(zygote or 0))
        kill(zygote)

    return await while_running(victim, strike)


async def fill_queue(victim: Victim) -> list[Answer]:
    """Ask for more at once than can wait."""
    return await ask_all(victim, *[TINY] * 100)


async def cut_connections(victim: Victim) -> list[Answer]:
    """Begin requests, and leave somewhere in the middle; others are served."""
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", victim.port)
        writer.write(SLOW[: victim.chance.randrange(len(SLOW) + 1)])
        await writer.drain()
        writer.transport.abort()
    return [await ask(victim.port, TINY)]


async def send_noise(victim: Victim) -> list[Answer]:
    """Send what is no HTTP."""
    noise = [victim.chance.randbytes(200) + b"\r\n\r\n" for _ in range(20)]
    return await ask_all(victim, TINY, *noise)


async def send_slowly(victim: Victim) -> list[Answer]:
    """Send bodies that never end, while others are served."""
    return await ask_all(victim, *[TINY[:-3]] * 20, TINY)


async def send_garbage(victim: Victim) -> list[Answer]:
    """Have children answer with what is no answer, while others are served."""
    garbage = [source_bytes(f"{GARBAGE}{each}") for each in range(7)]
    return await ask_all(victim, *garbage, TINY)


async def exhaust_memory(victim: Victim) -> list[Answer]:
    """Take all memory that there is, in all children at once."""
    return await ask_all(victim, *[GREEDY] * WORKERS)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done, and which fates it explains."""

    strike: Callable[[Victim], Awaitable[list[Answer]]]
    fates: frozenset[str]


FAULTS = {
    "kill a child": Fault(kill_child, frozenset({OK, DIED, KILLED})),
    "kill the stand-by": Fault(kill_standby, frozenset({OK})),
    "kill the zygote": Fault(kill_zygote, frozenset({OK, DIED})),
    "fill the queue": Fault(fill_queue, frozenset({OK, "503 busy"})),
    "cut connections": Fault(cut_connections, frozenset({OK})),
    "send noise": Fault(send_noise, frozenset({OK, "400 invalid-request"})),
    "send bodies slowly": Fault(send_slowly, frozenset({OK, "408 too-slow"})),
    "answer with garbage": Fault(send_garbage, frozenset({OK, DIED})),
    "exhaust memory in all children": Fault(exhaust_memory, frozenset({OK, KILLED})),
}
RARE_FAULTS = {"kill zygote and stand-by": Fault(kill_both, frozenset({OK, DIED}))}
"""After these torch must be loaded anew; there is no promise how long that takes."""


async def seconds_until_served(port: int) -> float:
    """How long it takes until a program is run as usual."""
    started = time.perf_counter()
    while (await ask(port, TINY)).status != 200:
        await asyncio.sleep(0.05)
    return time.perf_counter() - started


async def attack(victim: Victim, minutes: float) -> None:
    """One fault of each kind after the other, again and again, with a rest after each round."""
    ending = time.monotonic() + 60 * minutes
    while time.monotonic() < ending or len(victim.memory) < 2:
        rare = RARE_FAULTS if len(victim.memory) % RARELY == 0 else {}
        for name, fault in {**FAULTS, **rare}.items():
            answers = await fault.strike(victim)
            victim.recoveries.setdefault(name, []).append(await seconds_until_served(victim.port))
            fates = victim.fates.setdefault(name, Counter())
            fates.update(f"{each.status} {each.code}".strip() if each.status else "lost" for each in answers)
        await asyncio.sleep(REST_SECONDS)
        victim.look()


def rows_of(victim: Victim) -> list[Row]:
    """What was seen, beside what is promised."""
    rows: list[Row] = []
    for name, fault in {**FAULTS, **RARE_FAULTS}.items():
        seconds, fates = victim.recoveries[name], victim.fates[name]
        told = ", ".join(f"{count} x {fate}" for fate, count in sorted(fates.items()))
        row = Row.of(name, "ms until served again", Samples(tuple(seconds * 2)))
        row = Row(name, row.contender, row.median, row.p95, f"worst {max(seconds) * 1e3:.0f}")
        rows.append(row if name in RARE_FAULTS else row.against(f"at most {SERVED_AGAIN:g} s", max(seconds) <= 2))
        rows.append(Row(name, told, None, None, "").against("what the fault explains", set(fates) <= fault.fates))
    return rows + rows_at_rest(victim)


def rows_at_rest(victim: Victim) -> list[Row]:
    """What was left, at the first rests and at the last."""
    rows: list[Row] = []
    for name, seen in (("memory, MB", victim.memory), ("descriptors", victim.descriptors)):
        few = max(1, len(seen) // 4)
        first, last = statistics.median(seen[:few]), statistics.median(seen[-few:])
        row = Row("server at rest", f"{name}, first and last", first, last, f"{last / first:.2f}")
        rows.append(row.against(f"at most {GROWTH:g}", last / first <= GROWTH))
    zombies = Row("server at rest", "zombies", float(victim.zombies), None, "")
    return [*rows, zombies.against("none", victim.zombies == 0)]


def measure(minutes: float = 1.0) -> Report:
    """Minutes of faults, against one server."""
    planted = {"idle_workers": WORKERS, "request_seconds": PATIENCE_OF_SERVER}
    with serving("bench.planted:run", **planted) as (process, port):
        victim = Victim(process.pid, port)
        asyncio.run(seconds_until_served(port))
        asyncio.run(attack(victim, minutes))
    setting = (
        f"{minutes:g} minutes, {len(victim.memory)} rounds of each fault and {REST_SECONDS:g} s of rest after each, "
        f"against a server with its default settings, but that a request must arrive within {PATIENCE_OF_SERVER} s. "
        "For each fault: how long until the next request is served, and what became of all requests that were sent "
        "meanwhile. At rest: memory (proportional share) and descriptors of the server and all its processes, medians "
        "of the first and the last quarter of the rests, and growth in place of a ratio."
    )
    return Report("faults", "What do faults leave behind?", setting, tuple(rows_of(victim)))
