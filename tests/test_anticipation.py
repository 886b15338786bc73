"""Anticipation: who runs programs hears of a request as soon as it comes, with its body if that is there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from backlight.api.anticipation import Anticipation, Headers
from backlight.api.connection import connection_classes
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
    happened: list[bytes | None] = []
    Anticipation(b"/run", happened.append, b"apart")(method, target, [(b"host", b"here")], b"{}")
    assert happened == [b"{}"] * expected


def test_the_body_of_a_request_that_may_go_elsewhere_is_kept_back() -> None:
    happened: list[bytes | None] = []
    anticipation = Anticipation(b"/run", happened.append, b"apart")
    anticipation(b"POST", b"/run", [(b"host", b"here"), (b"apart", b"x")], b"{}")
    anticipation(b"POST", b"/run", [], None)
    assert happened == [None, None]


Said = tuple[bytes, bytes, bytes | None]


@pytest.fixture
def heard() -> Iterator[tuple[int, list[Said], threading.Event]]:
    """The port of a server, what its connections have heard, and what is set when something was."""
    said: list[Said] = []
    was_heard = threading.Event()

    def hear(method: bytes, target: bytes, _headers: Headers, body: bytes | None) -> None:
        said.append((method, target, body))
        was_heard.set()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    listener = socket.create_server(("127.0.0.1", 0))
    connection, _ = connection_classes(5, hear, "/talk")
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
        assert said == [(b"POST", b"/api/v1/trace", None)]
        client.sendall(b"ngth: 0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204")
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204")
    assert said == [(b"POST", b"/api/v1/trace", None), (b"GET", b"/healthz", None), (b"GET", b"/healthz", b"")]


@pytest.mark.parametrize(
    "sent",
    [
        b'Content-Length: 7\r\n\r\n{"a":1}',
        b'Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
    ],
    ids=["whole", "chunked"],
)
def test_a_body_that_comes_with_its_head_is_told_of_with_it(sent: bytes, heard: Any) -> None:
    port, said, _ = heard
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for _ in range(2):
            client.sendall(b"POST /api/v1/trace HTTP/1.1\r\nHost: localhost\r\n" + sent)
            assert client.recv(100).startswith(b"HTTP/1.1 204")
    assert said == [(b"POST", b"/api/v1/trace", None), (b"POST", b"/api/v1/trace", b'{"a":1}')] * 2


def test_a_path_that_comes_in_pieces_is_told_of_as_it_grows(heard: Any) -> None:
    port, said, was_heard = heard
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST /api/v1")
        assert was_heard.wait(10)
        client.sendall(b"/trace HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 204")
    assert said[-2:] == [(b"POST", b"/api/v1/trace", None), (b"POST", b"/api/v1/trace", b"")]


def test_of_two_requests_at_once_the_body_of_one_is_not_taken_for_the_others(heard: Any) -> None:
    port, said, _ = heard
    one = b"POST /one HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\none"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(one + b"POST /two HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nt")
        assert client.recv(1_000).startswith(b"HTTP/1.1 204")
    assert said == [(b"POST", b"/one", None), (b"POST", b"/two", None)]


def test_what_wakes_a_process_is_read_and_never_run() -> None:
    with pytest.raises(NotAllowed):
        parse_program(TraceRequest(expression=WAKING_EXPRESSION), Settings())
