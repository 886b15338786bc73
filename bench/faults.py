"""Faults on purpose, for minutes: children and zygotes killed, connections cut, noise sent, the queue filled.

In between the server is looked at while it rests: it must answer soon, and keep neither zombies nor descriptors nor
memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import children_of

from bench.client import Answer, ask, request_bytes
from bench.report import Report, Row
from bench.request import serving
from bench.timing import Samples

TINY = request_bytes("import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\n")
SLOW = request_bytes("import torch\nx = torch.ones(64, 64)\nfor _ in range(10_000): x = x @ x / 64\n")
SERVED_AGAIN = 2.0
"""Seconds after a fault within which the next request is to be answered."""
GROWTH = 1.1
"""Memory and descriptors at the end may be so many times those at the beginning."""
REST_SECONDS = 5.0


@dataclass(slots=True)
class Victim:
    """A server under attack, and what was seen of it."""

    process: int
    port: int
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    recoveries: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    memory: list[float] = field(default_factory=list[float])
    descriptors: list[int] = field(default_factory=list[int])
    zombies: int = 0
    lost: int = 0

    def zygote(self) -> int | None:
        """The process that forks, if there is one just now."""
        return next(iter(children_of(self.process)), None)

    def look(self) -> None:
        """Take the server's measure while it rests."""
        status = Path(f"/proc/{self.process}/status").read_text()
        self.memory.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
        self.descriptors.append(len(os.listdir(f"/proc/{self.process}/fd")))
        zygote = self.zygote()
        family = [*children_of(self.process).values(), *(children_of(zygote).values() if zygote else ())]
        self.zombies = max(self.zombies, family.count("Z"))


def kill(process: int | None) -> None:
    """End a process, if it is still there."""
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


async def kill_child(victim: Victim) -> None:
    """Kill one child while it works or waits."""
    running = [asyncio.create_task(ask(victim.port, SLOW)) for _ in range(2)]
    await asyncio.sleep(0.1)
    if (zygote := victim.zygote()) and (children := [*children_of(zygote)]):
        kill(victim.chance.choice(children))
    count_lost(victim, await asyncio.gather(*running))


async def kill_zygote(victim: Victim) -> None:
    """Kill the process that forks, and with it its children."""
    running = [asyncio.create_task(ask(victim.port, SLOW)) for _ in range(2)]
    await asyncio.sleep(0.1)
    kill(victim.zygote())
    count_lost(victim, await asyncio.gather(*running))


async def fill_queue(victim: Victim) -> None:
    """Ask for more at once than can wait."""
    count_lost(victim, await asyncio.gather(*(ask(victim.port, TINY) for _ in range(100))))


async def cut_connections(victim: Victim) -> None:
    """Begin requests, and leave somewhere in the middle."""
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", victim.port)
        writer.write(SLOW[: victim.chance.randrange(len(SLOW) + 1)])
        await writer.drain()
        writer.transport.abort()


async def send_noise(victim: Victim) -> None:
    """Send what is no HTTP."""
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", victim.port)
        try:
            writer.write(victim.chance.randbytes(200) + b"\r\n\r\n")
            await reader.read()
        except ConnectionError:
            pass  # closed while it was being told
        finally:
            writer.close()


FAULTS: dict[str, Callable[[Victim], Awaitable[None]]] = {
    "kill a child": kill_child,
    "fill the queue": fill_queue,
    "cut connections": cut_connections,
    "send noise": send_noise,
    "kill the zygote": kill_zygote,
}


def count_lost(victim: Victim, answers: list[Answer]) -> None:
    """Take note of requests that got no answer at all, not even a failure."""
    victim.lost += sum(not each.status for each in answers)


async def seconds_until_served(port: int) -> float:
    """How long it takes until a program is run as usual."""
    started = time.perf_counter()
    while (await ask(port, TINY)).status != 200:
        await asyncio.sleep(0.05)
    return time.perf_counter() - started


async def attack(victim: Victim, minutes: float) -> None:
    """One fault of each kind after the other, again and again, with a rest after each round."""
    ending = time.monotonic() + 60 * minutes
    while time.monotonic() < ending:
        for name, fault in FAULTS.items():
            await fault(victim)
            victim.recoveries.setdefault(name, []).append(await seconds_until_served(victim.port))
        await asyncio.sleep(REST_SECONDS)
        victim.look()


def rows_of(victim: Victim) -> list[Row]:
    """What was seen, beside what is promised. A new zygote has to load torch first, and has no promise."""
    rows: list[Row] = []
    for name, seconds in victim.recoveries.items():
        row = Row.of(name, "ms until served again", Samples(tuple(seconds * 2)))
        promise = f"at most {SERVED_AGAIN:g} s", max(seconds) <= SERVED_AGAIN
        rows.append(row if name == "kill the zygote" else row.against(*promise))
    for name, seen in (("memory, MB", victim.memory), ("descriptors", victim.descriptors)):
        growth = seen[-1] / seen[0]
        row = Row("server at rest", name, float(seen[0]), float(seen[-1]), f"{growth:.2f}")
        rows.append(row.against(f"at most {GROWTH:g}", growth <= GROWTH))
    for name, count in (("zombies", victim.zombies), ("answers lost", victim.lost)):
        rows.append(Row("server at rest", name, float(count), float(count), "").against("none", count == 0))
    return rows


def measure(minutes: float = 1.0) -> Report:
    """Minutes of faults, against one server."""
    with serving() as (process, port):
        victim = Victim(process.pid, port)
        asyncio.run(seconds_until_served(port))
        asyncio.run(attack(victim, minutes))
    rounds = len(victim.memory)
    setting = (
        f"{minutes:g} minutes, {rounds} rounds of each fault and {REST_SECONDS:g} s of rest after each, against "
        "a server with its default settings. Of memory and descriptors stand the first and the last rest, and growth "
        "in place of a ratio."
    )
    return Report("faults", "What do faults leave behind?", setting, tuple(rows_of(victim)))
