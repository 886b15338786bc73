"""What a request costs: the whole way through HTTP and the sandbox, beside a bare answer and the bare pipeline."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from backlight import pipeline
from backlight.gallery import list_examples
from backlight.model.request import TraceRequest
from backlight.sandbox.facade import build_namespace
from backlight.settings import Settings
from bench.report import Report, Row
from bench.timing import TimedRun, interleave, ratio, timed

ROUNDS = 100
PAUSE = 0.05
"""Seconds between requests: a person types; the next sandboxed process is made ready meanwhile."""
START_SECONDS = 60
EXAMPLES = 3
"""How many of the gallery's programs, from the first."""


@contextmanager
def serving() -> Generator[tuple[subprocess.Popen[bytes], int]]:
    """A server of our own on a free port, which answers: its process and the port. It is ended afterwards."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "backlight", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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


def rested(run: TimedRun) -> TimedRun:
    """The same run after a short pause, which does not count."""

    def after_pause() -> float:
        time.sleep(PAUSE)
        return run()

    return after_pause


def rows_for(name: str, source: str, connection: HTTPConnection) -> list[Row]:
    """One program, all three ways."""
    namespace, settings, request = build_namespace(), Settings(), TraceRequest(source=source)
    body = json.dumps({"source": source}).encode()
    samples = interleave(
        {
            "pipeline": rested(lambda: timed(lambda: pipeline.run(request, settings, namespace))),
            "request": rested(lambda: timed(lambda: ask(connection, "/api/v1/trace", body))),
            "health": rested(lambda: timed(lambda: ask(connection, "/healthz"))),
        },
        ROUNDS,
    )
    floor = samples["pipeline"]
    return [
        Row.of(name, "pipeline in this process", floor),
        Row.of(name, "POST /api/v1/trace", samples["request"], ratio(samples["request"], floor)),
        Row.of(name, "GET /healthz", samples["health"], ratio(samples["health"], floor)),
    ]


def measure() -> Report:
    """The first programs of the gallery, against a server started for the purpose."""
    with server() as connection:
        rows = [row for each in list_examples()[:EXAMPLES] for row in rows_for(each.name, each.source, connection)]
    setting = (
        f"{ROUNDS} rounds, interleaved, {PAUSE * 1e3:.0f} ms apart, over one open connection to a server on the same "
        "machine with its default settings; each request runs in a fresh process. Ratios to the pipeline alone."
    )
    return Report("request", "What does a request cost?", setting, tuple(rows))
