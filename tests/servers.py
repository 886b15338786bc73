"""Server processes of the tests' own: the real one, as people start it, with a sandbox that obeys the source."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from conftest import OBEY
from processes import children_of, eventually

ESTABLISHED = "01"
"""The state of a connection that neither end has closed, in ``/proc/net/tcp``."""
RUN = (
    "import sys, socket, functools, backlight.api as api\n"
    "from backlight.commands.serve import run_server, settings_for, listen\n"
    f"api.create_app = functools.partial(api.create_app, entry={OBEY!r})\n"
    "settings = settings_for('127.0.0.1', 0, False)\n"
    "run_server(settings, listen(settings.host, settings.port))\n"
)
"""``backlight serve --port 0``, but for what runs in the sandbox."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its process, its address and the lines of its log."""

    process: subprocess.Popen[str]
    client: httpx.Client
    port: int
    lines: list[str] = field(default_factory=list[str])

    def log(self, event: str) -> list[dict[str, Any]]:
        """The events of that name so far."""
        return [entry for line in list(self.lines) if (entry := json.loads(line))["event"] == event]

    def zygote(self) -> int:
        """The process that forks the children."""
        assert eventually(lambda: len(children_of(self.process.pid)) == 1)
        (zygote,) = children_of(self.process.pid)
        return zygote

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def trace(self, source: str) -> httpx.Response:
        """The answer to a program."""
        return self.client.post("/api/v1/trace", json={"source": source})


@contextmanager
def server(**settings: Any) -> Iterator[Server]:
    """A server with these settings, which is ready; it is ended afterwards."""
    variables = {f"BACKLIGHT_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath} | variables
    process = subprocess.Popen(
        [sys.executable, "-c", RUN], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors = process.stderr
    with process.stdout, errors:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None, errors.read()
        with httpx.Client(base_url=found[0], timeout=120, limits=httpx.Limits(max_keepalive_connections=1)) as client:
            running = Server(process, client, int(found[1]))
            reader = Thread(target=lambda: running.lines.extend(iter(errors.readline, "")))
            reader.start()
            try:
                assert eventually(lambda: client.get("/readyz").status_code == 200, 120)
                yield running
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                process.wait(60)
                reader.join()


def request_bytes(source: str, path: str = "/api/v1/trace") -> bytes:
    """A whole request, as it goes over the wire."""
    body = json.dumps({"source": source}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    received = bytearray()
    while data := connection.recv(65_536):
        received += data
    return bytes(received)


def descriptors_of(process: int) -> int:
    """How many descriptors a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def is_held(connection: socket.socket) -> bool:
    """Whether the server at the other end of a connection has it open yet, whatever is under way."""
    ports = connection.getpeername()[1], connection.getsockname()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, near, far, state = line.split()[:4]
        if tuple(int(each.rpartition(":")[2], 16) for each in (near, far)) == ports:
            return state == ESTABLISHED
    return False
