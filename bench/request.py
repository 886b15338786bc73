"""What a request costs: the whole way through HTTP and the sandbox, beside a bare answer and the bare pipeline."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from backlight import pipeline
from backlight.gallery import list_examples
from backlight.model.request import TraceRequest
from backlight.sandbox.facade import build_namespace
from backlight.settings import Settings
from bench.client import OpenLine, request_bytes
from bench.report import Report, Row
from bench.timing import Samples, TimedRun, interleave, precedence, ratio, timed

ROUNDS = 100
PAUSE = 0.05
"""Seconds between requests: a person types; the next sandboxed process is made ready meanwhile."""
AWAKE = ", awake"
"""Marks a case in which the client waits by counting, so that no processor falls asleep before the request."""
START_SECONDS = 60
EXAMPLES = 2
"""How many of the gallery's programs, from the first."""
REFERENCE: Mapping[str, object] = {"expression": "sin(x**2)", "inputs": {"x": 3.0}}
"""The request that the goals are about."""
WHOLE_MS, MORE_MS = 5.0, 1.5
"""Goals: the whole request's median, and how much more that may be than the pipeline's."""
ROOT = Path(__file__).resolve().parent.parent
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
PLANTED = (
    "import functools, backlight.api as api\n"
    "from backlight.commands.serve import listen, run_server, settings_for\n"
    "api.create_app = functools.partial(api.create_app, entry={entry!r})\n"
    "settings = settings_for('127.0.0.1', {port}, False)\n"
    "run_server(settings, listen(settings.host, settings.port))\n"
)
"""``backlight serve``, but for what runs in the sandbox."""


@contextmanager
def serving(entry: str | None = None, **settings: object) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    """A server of our own on a free port, which answers: its process and the port. It is ended afterwards.

    ``entry`` is run in its sandbox in place of the pipeline.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = (
        ["-c", PLANTED.format(entry=entry, port=port)] if entry else ["-m", "backlight", "serve", f"--port={port}"]
    )
    given = {f"BACKLIGHT_{name.upper()}": str(value) for name, value in settings.items()}
    environment = os.environ | given | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "app")))}
    process = subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        connect(port).close()
        yield process, port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def server() -> Generator[HTTPConnection]:
    """An open connection to a server of our own. Raises RuntimeError if it does not come up."""
    with serving() as (_, port):
        yield connect(port)


def connect(port: int) -> HTTPConnection:
    """A connection that stays open, to a server that answers."""
    deadline = time.monotonic() + START_SECONDS
    connection = HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    while time.monotonic() < deadline:
        try:
            ask(connection, "/healthz")
        except OSError:
            connection.close()
            time.sleep(0.1)
        else:
            return connection
    raise RuntimeError("the server did not come up")


def ask(connection: HTTPConnection, path: str, body: bytes | None = None) -> bytes:
    """One request: POST where there is a body, else GET. Raises RuntimeError for an answer other than 200."""
    headers = {"content-type": "application/json"} if body else {}
    connection.request("POST" if body else "GET", path, body, headers)
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {content[:200]!r}")
    return content


def stay_awake(seconds: float) -> None:
    """Let time pass, and keep a processor busy meanwhile."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def rested(run: TimedRun, rest: Callable[[float], None]) -> TimedRun:
    """The same run after a short pause, which does not count."""

    def after_pause() -> float:
        rest(PAUSE)
        return run()

    return after_pause


def processor_seconds(process: int) -> float:
    """What a process of one thread has used of the processor until now, without its children."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def rows_for(name: str, body: Mapping[str, object], line: OpenLine, server: int) -> list[Row]:
    """One program, all three ways."""
    namespace, settings, request = build_namespace(), Settings(), TraceRequest(**body)  # type: ignore[arg-type]  # as JSON
    asked, used = request_bytes(body), [0.0, 0.0]
    rest = stay_awake if name.endswith(AWAKE) else time.sleep

    def counted(which: int, question: bytes) -> TimedRun:
        def run() -> float:
            before = processor_seconds(server)
            took = timed(lambda: line.ask(question))
            time.sleep(PAUSE)  # what the server does once the answer is out counts too
            used[which] += processor_seconds(server) - before
            return took

        return run

    samples = interleave(
        {
            "pipeline": rested(lambda: timed(lambda: pipeline.run(request, settings, namespace)), rest),
            "request": rested(counted(0, asked), rest),
            "health": rested(counted(1, GET), rest),
        },
        ROUNDS,
    )
    return [
        *compared(name, samples, judged=body is REFERENCE),
        *(processor_row(name, what, each) for what, each in zip(("trace", "healthz"), used, strict=True)),
    ]


def compared(name: str, samples: Mapping[str, Samples], judged: bool) -> list[Row]:
    """The three side by side, against the goals where they are ``judged``."""
    floor, whole = samples["pipeline"], samples["request"]
    row = Row.of(name, "POST /api/v1/trace", whole, ratio(whole, floor))
    rows = [Row.of(name, "pipeline in this process", floor), row]
    if judged:
        more = (whole.median - floor.median) * 1e3
        rows[1] = row.against(f"at most {WHOLE_MS:g} ms", whole.median * 1e3 <= WHOLE_MS)
        less = Row(name, "the same, less the pipeline", more, None, "")
        rows.append(less.against(f"at most {MORE_MS:g} ms", more <= MORE_MS))
    return [*rows, Row.of(name, "GET /healthz", samples["health"], ratio(samples["health"], floor))]


def processor_row(name: str, what: str, seconds: float) -> Row:
    """What the server's own process used for one request, on average, with the log and the next process's making."""
    return Row(name, f"processor time of the server, {what}", seconds / (ROUNDS + 2) * 1e3, None, "")


def measure() -> Report:
    """The reference expression and the first programs of the gallery, against a server started for the purpose."""
    expression = str(REFERENCE["expression"])
    cases: dict[str, Mapping[str, object]] = {expression: REFERENCE, expression + AWAKE: REFERENCE}
    cases |= {each.name: {"source": each.source} for each in list_examples()[:EXAMPLES]}
    rows: list[Row] = []
    with precedence() as is_first, serving() as (process, port), closing(OpenLine(port)) as line:
        line.ask(request_bytes(REFERENCE))
        for name, body in cases.items():
            rows += rows_for(name, body, line, process.pid)
    first = ", with precedence over other processes" if is_first else ""
    setting = (
        f"{ROUNDS} rounds, interleaved, at least {PAUSE * 1e3:.0f} ms apart, over one open connection to a server on "
        f"the same machine with its default settings{first}; each request runs in a fresh process. "
        "Ratios to the pipeline alone. In the pauses caches go cold and processors to sleep, alike; where the name "
        f'of a case ends in "{AWAKE[2:]}", the client counts instead.'
    )
    return Report("request", "What does a request cost?", setting, tuple(rows))
