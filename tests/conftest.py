"""Shared fixtures: servers on ports of their own, and a sandbox. Each is started once for all tests that ask for it."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import torch
import uvicorn
from fastapi import FastAPI

from backlight.api import create_app
from backlight.sandbox.once import Runner
from backlight.sandbox.pool import PIPELINE
from backlight.settings import Settings

# A shell has what runs in the background ignore Ctrl-C, and all that it starts with it; tests send it to servers.
signal.signal(signal.SIGINT, signal.default_int_handler)

# As the sandbox computes; and where the processors have other work, threads that share theirs wait for one another.
torch.set_num_threads(1)

OBEY = "entries:obey"
"""An entry point that does to its process what the source says; see ``entries.py``."""


@contextmanager
def serving(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of ``app``, which is served over HTTP in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=120) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="session")
def obedient() -> Iterator[httpx.Client]:
    """A client of a server whose sandbox obeys the source, word for word."""
    with serving(create_app(Settings(cpu_seconds=2, finishing_seconds=4, wall_seconds=20), entry=OBEY)) as client:
        yield client


@pytest.fixture(scope="session")
def playground() -> Iterator[httpx.Client]:
    """A client of the server as it is for users, with the whole pipeline in its sandbox."""
    with serving(create_app(Settings())) as client:
        yield client


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Runner]:
    """A sandbox that obeys the source, with limits that are quick to reach."""
    runner = Runner(
        Settings(cpu_seconds=1, finishing_seconds=4, wall_seconds=60, memory_bytes=2**28, document_bytes=2**20), OBEY
    )
    yield runner
    runner.close()


@pytest.fixture(scope="session")
def product() -> Iterator[Runner]:
    """The sandbox as it is for users."""
    runner = Runner(Settings(idle_workers=2), PIPELINE)
    yield runner
    runner.close()
