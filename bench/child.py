"""What a sandboxed process costs from fork to end, with and without the memory laid out for it (`sandbox/pages.py`)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench.drag import PROGRAM
from bench.report import Report, Row
from bench.request import REFERENCE, ask, connect, serving
from bench.timing import TimedRun, interleave, ratio, timed

ROUNDS = 100
PAUSE = 0.08
"""Seconds after a request, in which the process that replaces the used one is made ready."""
TICK_MS = 10.0
WAYS = ("as it comes", "laid out")
"""Without and with a zygote that stands by: only before one is made is the memory laid out."""


def processor_ms(zygote: int) -> float:
    """What a zygote and those of its children that have ended used of the processor until now."""
    fields = Path(f"/proc/{zygote}/stat").read_text().rpartition(") ")[2].split()
    return TICK_MS * sum(int(each) for each in fields[11:15])


def zygote_of(server: int) -> int:
    """The process that forks a server's children: of its own children the one that has some."""
    parents = [int(path.read_text().rpartition(") ")[2].split()[1]) for path in Path("/proc").glob("[0-9]*/stat")]
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return next(int(child) for child in children if int(child) in parents)


def rows_for(case: str, body: bytes, servers: Mapping[str, tuple[int, int]]) -> list[Row]:
    """Both ways in turn: the processor time of all that a request makes them do, and the answer's time."""
    zygotes = {way: zygote_of(server) for way, (server, _) in servers.items()}
    lines = {way: connect(port) for way, (_, port) in servers.items()}
    used: dict[str, float] = dict.fromkeys(WAYS, 0.0)

    def asked(way: str) -> TimedRun:
        def run() -> float:
            before = processor_ms(zygotes[way])
            took = timed(lambda: ask(lines[way], "/api/v1/trace", body))
            time.sleep(PAUSE)
            used[way] += processor_ms(zygotes[way]) - before
            return took

        return run

    samples = interleave({way: asked(way) for way in WAYS}, ROUNDS, warm_up=0)
    first, second = (samples[way] for way in WAYS)
    before, after = (used[way] / ROUNDS for way in WAYS)
    return [
        Row(case, f"processor time, {WAYS[0]}", before, None, "1"),
        Row(case, f"processor time, {WAYS[1]}", after, None, f"{after / before:.2f}"),
        Row.of(case, f"POST /api/v1/trace, {WAYS[0]}", first),
        Row.of(case, f"POST /api/v1/trace, {WAYS[1]}", second, ratio(second, first)),
    ]


def measure() -> Report:
    """The reference expression and a program of the gallery, against two servers started for the purpose."""
    bodies = {
        str(REFERENCE["expression"]): json.dumps(REFERENCE).encode(),
        PROGRAM.stem: json.dumps({"source": PROGRAM.read_text(encoding="utf-8")}).encode(),
    }
    rows: list[Row] = []
    with ExitStack() as stack:
        servers: dict[str, tuple[int, int]] = {}
        for way, standby in zip(WAYS, (0, 1), strict=True):
            process, port = stack.enter_context(serving(standby_zygotes=standby))
            ask(connect(port), "/api/v1/trace", next(iter(bodies.values())))  # waits until it is warm
            time.sleep(2)  # and stood by
            servers[way] = process.pid, port
        for case, body in bodies.items():
            rows += rows_for(case, body, servers)
    setting = (
        f"{ROUNDS} requests to each of two servers, in turn, each followed by {PAUSE * 1e3:.0f} ms of rest. Processor "
        "time is that of the zygote and of its children, from fork to end, for each request on average. As it comes: "
        "a child runs two small programs to be ready. Laid out: memory in huge pages, the pages that such programs "
        "write to copied at once, and one small program."
    )
    return Report("child", "What does a sandboxed process cost?", setting, tuple(rows))
