"""How a server bears many clients: in a closed loop, and all at once. Every request's fate is counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

from backlight.gallery import list_examples
from bench.client import Answer, ask, request_bytes, source_bytes
from bench.report import Report, Row
from bench.request import REFERENCE, serving
from bench.timing import Samples

CLIENTS = (1, 2, 8, 32)
SECONDS = 10
"""How long each number of clients asks, each one again as soon as it is answered."""
CROWD = 500
ALLOWED = frozenset({200, 429, 503})
TARGET = "only whole 200, 429, 503"
STRANGER = "198.51.100.7"
"""Whom the proxy names, in the crowd that comes through one."""


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
    """Times of the Documents, how many there were a second, and every fate that there was."""
    fates = Counter(f"{each.status} {each.code}".strip() if each.status > 0 else "lost" for each in answers)
    documents = [each.seconds for each in answers if each.status == 200]
    told = ", ".join(f"{count} x {fate}" for fate, count in sorted(fates.items()))
    row = Row.of(case, told, Samples(tuple(documents)))
    rate = f"{len(documents) / seconds:.1f}/s"
    return Row(case, told, row.median, row.p95, rate).against(TARGET, {each.status for each in answers} <= ALLOWED)


def rows_on(port: int, name: str, request: bytes) -> list[Row]:
    """All numbers of clients with one program."""
    rows: list[Row] = []
    asyncio.run(closed_loop(port, 1, request))
    for clients in CLIENTS:
        case = f"{name}, {clients} client{'s' if clients > 1 else ''}"
        rows.append(row_for(case, *asyncio.run(closed_loop(port, clients, request))))
    rows.append(row_for(f"{name}, {CROWD} at once", *asyncio.run(crowd(port, request))))
    return rows


def measure() -> Report:
    """All numbers of clients and two programs, against one server that believes a proxy on this machine."""
    program = list_examples()[0]
    with serving(trusted_proxies="127.0.0.1") as (_, port):
        rows = rows_on(port, str(REFERENCE["expression"]), request_bytes(REFERENCE, Connection="close"))
        rows += rows_on(port, program.name, source_bytes(program.source))
        strangers = request_bytes(REFERENCE, Connection="close", X_Forwarded_For=STRANGER)
        rows.append(row_for(f"{CROWD} at once, one client's", *asyncio.run(crowd(port, strangers))))
    setting = (
        f"The reference expression and the gallery's first program, {SECONDS} s for each number of clients in a closed "
        "loop, a new connection for each request, against a server on the same machine with its default settings; "
        "the last crowd comes through a proxy that names one client. Each answer is looked at: a 200 has a whole "
        "Document, a 429 and a 503 say when to come back, a failure is a problem. Times are those of Documents, and in "
        "place of a ratio stands how many there were a second."
    )
    return Report("load", "How does a server bear many clients?", setting, tuple(rows))
