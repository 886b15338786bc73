"""Anticipation: who runs programs hears of a request as soon as its first line is read, and of no other."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from backlight.api.anticipation import Anticipation
from backlight.api.connection import connection_class
from backlight.errors import NotAllowed
from backlight.model.request import TraceRequest
from backlight.parse import parse_program
from backlight.sandbox.child import WAKING_EXPRESSION
from backlight.settings import Settings


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        (b"POST", b"/run", 1),
        (b"GET", b"/run", 0),
        (b"POST", b"/run/", 0),
        (b"POST", b"/ru", 0),
        (b"POST", b"/run?twice", 0),
    ],
)
def test_a_program_that_comes_is_told_of(method: bytes, target: bytes, expected: int) -> None:
    happened: list[str] = []
    Anticipation(b"/run", lambda: happened.append("expected"))(method, target)
    assert len(happened) == expected


@pytest.fixture
def heard() -> Iterator[tuple[int, list[tuple[bytes, bytes]], threading.Event]]:
    """The port of a server, what its connections have heard, and what is set when something was."""
    said: list[tuple[bytes, bytes]] = []
    was_heard = threading.Event()

    def hear(method: bytes, target: bytes) -> None:
        said.append((method, target))
        was_heard.set()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    listener = socket.create_server(("127.0.0.1", 0))
    connection = connection_class(5, hear)
    server = uvicorn.Server(uvicorn.Config(app, http=connection, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()[1], said, was_heard
    server.should_exit = True
    thread.join()
    listener.close()


def test_a_connection_tells_of_a_request_before_its_head_is_whole(heard: Any) -> None:
    port, said, was_heard = heard
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST /api/v1/trace HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        assert was_heard.wait(10)
        assert said == [(b"POST", b"/api/v1/trace")]
        client.sendall(b"ngth: 0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204")
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204")
    assert said == [(b"POST", b"/api/v1/trace"), (b"GET", b"/healthz")]


def test_a_path_that_comes_in_pieces_is_told_of_as_it_grows(heard: Any) -> None:
    port, said, was_heard = heard
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST /api/v1")
        assert was_heard.wait(10)
        client.sendall(b"/trace HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204")
    assert said[-1] == (b"POST", b"/api/v1/trace")


def test_what_wakes_a_process_is_read_and_never_run() -> None:
    with pytest.raises(NotAllowed):
        parse_program(TraceRequest(expression=WAKING_EXPRESSION), Settings())
