"""How a server bears many clients: in a closed loop, and all at once. No answer may be lost."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

from backlight.gallery import list_examples
from bench.client import Answer, ask, request_bytes
from bench.report import Report, Row
from bench.request import serving
from bench.timing import Samples

CLIENTS = (1, 2, 8, 32)
SECONDS = 10
"""How long each number of clients asks, each one again as soon as it is answered."""
CROWD = 500
ALLOWED = frozenset({200, 429, 503})
TARGET = "only 200, 429, 503"


async def closed_loop(port: int, clients: int, request: bytes) -> tuple[list[Answer], float]:
    """The answers to so many clients, and how long they took together."""
    answers: list[Answer] = []
    started = time.perf_counter()

    async def keep_asking() -> None:
        while time.perf_counter() - started < SECONDS:
            answers.append(await ask(port, request))

    await asyncio.gather(*(keep_asking() for _ in range(clients)))
    return answers, time.perf_counter() - started


async def crowd(port: int, request: bytes) -> tuple[list[Answer], float]:
    """The answers to a crowd that asks at the same moment."""
    started = time.perf_counter()
    answers = await asyncio.gather(*(ask(port, request) for _ in range(CROWD)))
    return answers, time.perf_counter() - started


def row_for(case: str, answers: Sequence[Answer], seconds: float) -> Row:
    """Times of the Documents, how many there were a second, and every status that there was."""
    statuses = Counter(each.status for each in answers)
    documents = [each.seconds for each in answers if each.status == 200]
    told = ", ".join(f"{count} x {status or 'lost'}" for status, count in sorted(statuses.items()))
    row = Row.of(case, told, Samples(tuple(documents)))
    rate = f"{len(documents) / seconds:.1f}/s"
    return Row(case, told, row.median, row.p95, rate).against(TARGET, set(statuses) <= ALLOWED)


def measure() -> Report:
    """All numbers of clients, against one server."""
    request = request_bytes(list_examples()[0].source)
    rows: list[Row] = []
    with serving() as (_, port):
        asyncio.run(closed_loop(port, 1, request))
        for clients in CLIENTS:
            name = f"{clients} client{'s' if clients > 1 else ''}"
            rows.append(row_for(name, *asyncio.run(closed_loop(port, clients, request))))
        rows.append(row_for(f"{CROWD} at once", *asyncio.run(crowd(port, request))))
    setting = (
        f"The gallery's first program, {SECONDS} s for each number of clients in a closed loop, a new connection for "
        "each request, against a server on the same machine with its default settings; times are those of Documents, "
        "and in place of a ratio stands how many there were a second."
    )
    return Report("load", "How does a server bear many clients?", setting, tuple(rows))
