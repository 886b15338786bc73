"""Conversations: a WebSocket whose messages are requests, answered as these would be by themselves."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect

from processes import eventually, is_running, sandboxed_of
from servers import Server, is_held, read_all, request_bytes, server

NAME = "conversation-of-a-test-1"
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = (
    b"GET /api/v1/trace HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + b"\r\n\r\n"
)
BODY_BYTES = 65_536


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """A server that obeys, waits two seconds for a message, and lets one other origin in."""
    settings = {"request_seconds": 2, "body_bytes": BODY_BYTES, "rate_per_second": 0.01, "rate_burst": 3}
    with server(idle_workers=2, cors_origins="https://friend.example", trusted_proxies="127.0.0.1", **settings) as each:
        yield each


def talk(running: Server, name: str | None = None, headers: Mapping[str, str] | None = None) -> ClientConnection:
    query = f"?series={name}" if name else ""
    address = f"ws://127.0.0.1:{running.port}/api/v1/trace{query}"
    return connect(address, compression=None, additional_headers=headers)


def say(conversation: ClientConnection, source: str) -> Any:
    conversation.send(json.dumps({"source": source}))
    return hear(conversation)


def hear(conversation: ClientConnection) -> Any:
    return json.loads(conversation.recv(60))


def ending_of(conversation: ClientConnection) -> int:
    """The code with which the server closes it."""
    with pytest.raises(ConnectionClosed) as caught:
        conversation.recv(20)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


def shake_hands(running: Server, query: bytes = b"") -> socket.socket:
    """A bare connection with a conversation on it."""
    connection = running.connect()
    connection.sendall(HANDSHAKE.replace(b" HTTP", query + b" HTTP"))
    assert connection.recv(65_536).startswith(b"HTTP/1.1 101 ")
    return connection


def frame(text: bytes) -> bytes:
    """A message of some hundred bytes as it goes over the wire (RFC 6455, 5.2), masked with zeros."""
    padded = text.ljust(126)
    return b"\x81\xfe" + len(padded).to_bytes(2) + bytes(4) + padded


def refused(running: Server, headers: Mapping[str, str]) -> Response:
    """The answer to a handshake."""
    with pytest.raises(InvalidStatus) as caught:
        talk(running, headers=headers)
    return caught.value.response


# ── what is answered ──────────────────────────────────────────────────────────────────────────────


def test_each_message_gets_the_answer_of_its_request(running: Server) -> None:
    with talk(running) as conversation:
        for source in ("exec result = 1", "refuse", "fail", "exit", "exec result = 2"):
            assert say(conversation, source) == running.trace(source).json()


@pytest.mark.parametrize("body", ["", "{", "[]", '{"source": 1}', '{"source": "where", "more": 1}', '{"seed": 1e999}'])
def test_what_is_no_request_is_refused_like_one(running: Server, body: str) -> None:
    alone = running.client.post("/api/v1/trace", content=body, headers={"Content-Type": "application/json"})
    with talk(running) as conversation:
        for message in (body, body.encode()):
            conversation.send(message)
            assert hear(conversation) == alone.json()
        assert say(conversation, "exec result = 1")["result"] == 1


def test_its_requests_may_be_a_series(running: Server) -> None:
    with talk(running, NAME) as conversation:
        first = say(conversation, "where")["process"]
        assert say(conversation, "where")["process"] == first
        headers = {"Backlight-Series": NAME}
        alone = running.client.post("/api/v1/trace", json={"source": "where"}, headers=headers)
        assert alone.json()["process"] == first
    with talk(running) as conversation:
        assert say(conversation, "where")["process"] != say(conversation, "where")["process"]


def test_a_name_that_may_be_guessed_is_refused(running: Server) -> None:
    with talk(running, "short") as conversation:
        answer = say(conversation, "where")
        assert (answer["status"], answer["code"]) == (422, "invalid-request")
        assert "Backlight-Series" in answer["detail"]


@pytest.mark.parametrize("name", ["%ff%00" * 10, "%F0%9F%92%A1" * 30, "a+b" * 10])
def test_a_name_of_other_signs_is_refused(running: Server, name: str) -> None:
    with shake_hands(running, b"?series=" + name.encode()) as connection:
        connection.sendall(frame(b'{"source": "where"}'))
        assert b'"invalid-request"' in connection.recv(65_536)


def test_who_does_not_wait_is_answered_in_order(running: Server) -> None:
    with talk(running) as conversation:
        for number in range(5):
            sleeps = f"exec import time\ntime.sleep({0.2 - number / 25})\nresult = {number}"
            conversation.send(json.dumps({"source": sleeps}))
        assert [hear(conversation)["result"] for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_message_in_pieces_is_one(running: Server) -> None:
    with talk(running) as conversation:
        conversation.send(iter(['{"source": ', '"exec result', ' = 3"}']))
        assert hear(conversation)["result"] == 3


def test_requests_are_logged_and_counted_one_by_one(running: Server) -> None:
    name = 'backlight_requests_total{method="POST",route="/api/v1/trace",status="200"} '

    def counted() -> float:
        lines = running.client.get("/metrics").text.splitlines()
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    counts, logged = counted(), len(running.log("request"))
    with talk(running) as conversation:
        for _ in range(3):
            say(conversation, "exec result = 1")
    assert counted() == counts + 3
    assert eventually(lambda: len(running.log("request")) >= logged + 4), "the requests, and one for the figures"
    entries = [each for each in running.log("request")[logged:] if each["method"] == "POST"]
    assert [(each["path"], each["status"]) for each in entries] == [("/api/v1/trace", 200)] * 3
    assert len({each["request_id"] for each in entries}) == 3


# ── whom and what it lets in ──────────────────────────────────────────────────────────────────────


def test_a_page_of_another_origin_is_refused(running: Server) -> None:
    logged = len(running.log("request"))
    origins = ["https://elsewhere.example", f"http://127.0.0.1:{running.port + 1}", "null", "", "http://[x"]
    for origin in origins:
        answer = refused(running, {"Origin": origin})
        assert (answer.status_code, json.loads(answer.body or b"")["code"]) == (405, "method-not-allowed"), origin
        assert "content-security-policy" in answer.headers
        assert answer.headers["x-request-id"]
    refusals = lambda: [each for each in running.log("request")[logged:] if each["status"] == 405]  # noqa: E731
    assert eventually(lambda: len(refusals()) == len(origins))


def test_the_page_itself_and_listed_origins_are_let_in(running: Server) -> None:
    for origin in (f"http://127.0.0.1:{running.port}", f"https://127.0.0.1:{running.port}", "https://friend.example"):
        with talk(running, headers={"Origin": origin}) as conversation:
            assert say(conversation, "exec result = 1")["result"] == 1


@pytest.mark.parametrize(
    ("host", "origin"), [("example.org:80", "http://example.org"), ("example.org:443", "https://example.org")]
)
def test_a_port_may_be_left_out(running: Server, host: str, origin: str) -> None:
    more = f"Host: {host}\r\nOrigin: {origin}\r\n".encode()
    with running.connect() as connection:
        connection.sendall(HANDSHAKE.replace(b"Host: x\r\n", more))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 101 ")


def test_all_pages_may_be_let_in() -> None:
    with (
        server(idle_workers=1, cors_origins="*") as running,
        talk(running, headers={"Origin": "https://anybody.example"}) as conversation,
    ):
        assert say(conversation, "exec result = 1")["result"] == 1


def test_each_message_counts_for_the_clients_share(running: Server) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    with talk(running, headers=forwarded) as conversation:
        answers = [say(conversation, "exec result = 1") for _ in range(4)]
    assert [each.get("code") for each in answers] == [None, None, None, "rate-limited"]
    assert answers[-1]["retry_seconds"] >= 1
    assert running.client.get("/api/v1/examples", headers=forwarded).status_code == 429


def test_a_message_that_is_too_large_ends_the_conversation(running: Server) -> None:
    with talk(running) as conversation:
        conversation.send("x" * (BODY_BYTES + 1))
        assert ending_of(conversation) == 1009
    assert running.trace("exec result = 1").status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/api/v1/examples", "/healthz"])
def test_elsewhere_there_are_no_conversations(running: Server, path: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        connect(f"ws://127.0.0.1:{running.port}{path}", compression=None)
    alone = running.client.get(path)
    assert caught.value.response.status_code == alone.status_code


@pytest.mark.parametrize("offer", ["h2c", "websocket2", "TLS/1.0, h2c"])
def test_an_offer_to_go_on_in_something_else_is_ignored(running: Server, offer: str) -> None:
    headers = f"Host: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: {offer}\r\nHTTP2-Settings: AAMAAABk"
    with running.connect() as connection:
        connection.sendall(request_bytes("exec result = 7").replace(b"Host: x", headers.encode()))
        assert b'"result": 7' in read_all(connection)


def test_without_an_upgrade_the_address_is_as_before(running: Server) -> None:
    answer = running.client.get("/api/v1/trace")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


# ── how it ends ───────────────────────────────────────────────────────────────────────────────────


def test_a_client_that_leaves_takes_its_program_along(running: Server) -> None:
    zygote = running.zygote()
    assert eventually(lambda: len(sandboxed_of(zygote)) == 2)
    waiting = set(sandboxed_of(zygote))
    with talk(running) as conversation:
        conversation.send(json.dumps({"source": "sleep 60"}))
        assert eventually(lambda: set(sandboxed_of(zygote)) != waiting), "another waits: one is at work"
    assert eventually(lambda: sum(map(is_running, waiting)) == 1, 10)
    assert eventually(lambda: running.log("request")[-1]["status"] == 499)


def test_who_says_nothing_is_not_waited_for(running: Server) -> None:
    with talk(running) as conversation:
        say(conversation, "exec result = 1")
        assert ending_of(conversation) == 1000


def test_who_goes_on_is_waited_for_longer_than_a_head(running: Server) -> None:
    with talk(running) as conversation:
        for _ in range(4):
            assert say(conversation, "exec import time\ntime.sleep(0.9)\nresult = 1")["result"] == 1


def test_half_a_message_is_not_waited_for(running: Server) -> None:
    with shake_hands(running) as connection:
        connection.sendall(frame(b"x" * 200)[:100])
        assert is_held(connection)
        assert eventually(lambda: not is_held(connection), 20)


@pytest.mark.parametrize("size", [60_000, 20_000_000])
def test_who_takes_nothing_of_an_answer_is_let_go(running: Server, size: int) -> None:
    with shake_hands(running) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        before = len(running.log("request"))
        connection.sendall(frame(f'{{"source": "large {size}"}}'.encode()))
        assert eventually(lambda: [each["status"] for each in running.log("request")[before:]] == [200])
        assert eventually(lambda: not is_held(connection), 20)


def test_a_handshake_before_the_last_answer_is_an_ordinary_request(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(request_bytes("sleep 0.5") + HANDSHAKE.replace(b"Upgrade\r\n", b"Upgrade, close\r\n", 1))
        answers = read_all(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"405"]


def test_a_handshake_after_an_answer_on_the_same_connection_is_one(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(request_bytes("exec result = 1"))
        answer = b""
        while b"result" not in answer:
            answer += connection.recv(65_536)
        connection.sendall(HANDSHAKE)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 101 ")
        for _ in range(3):  # in all longer than the server waits for the head of a request
            time.sleep(1)
            connection.sendall(frame(b'{"source": "exec result = 2"}'))
            assert b'"result": 2' in connection.recv(65_536)


def test_who_says_more_and_leaves_takes_the_program_along(running: Server) -> None:
    before = len(running.log("request"))
    with talk(running) as conversation:
        for _ in range(4):
            conversation.send(json.dumps({"source": "sleep 60"}))
    assert eventually(lambda: [each["status"] for each in running.log("request")[before:]] == [499], 10)


def test_who_says_much_at_once_keeps_nobody_waiting(running: Server) -> None:
    with shake_hands(running) as connection:
        connection.sendall(b"\x82\x81" + bytes(4) + b"{")
        connection.sendall((b"\x82\x81" + bytes(4) + b"{") * 10_000)
        before = len(running.log("request"))
        assert eventually(lambda: len(running.log("request")) > before)
        assert running.client.get("/healthz").status_code == 200
        paths = [each["path"] for each in running.log("request")]
        assert eventually(lambda: any(each["path"] == "/healthz" for each in running.log("request")))
        assert paths.count("/api/v1/trace") < before + 5_000, "it was answered among them"


@pytest.mark.parametrize("more", [b"", b"\x88\x82" + bytes(4) + b"\x03\xe8"], ids=["", "and leaves"])
def test_what_is_no_text_ends_it(running: Server, more: bytes) -> None:
    with shake_hands(running) as connection:
        connection.sendall(b"\x81\x82" + bytes(4) + b"\xff\xfe" + more)
        received = read_all(connection)
        assert received[:1] in {b"\x88", b""}
        assert more or received[2:4] == (1007).to_bytes(2)


def test_pings_are_answered_at_any_time(running: Server) -> None:
    with talk(running) as conversation:
        conversation.send(json.dumps({"source": "exec import time\ntime.sleep(0.5)\nresult = 1"}))
        assert conversation.ping().wait(10)
        assert hear(conversation)["result"] == 1
        assert conversation.ping().wait(10)


@pytest.mark.parametrize(
    "more", ["X-Long: " + "x" * 9_000, "\r\n".join(f"X-{number}: x" for number in range(200))], ids=["long", "many"]
)
def test_a_handshake_that_cannot_be_read_is_answered(running: Server, more: str) -> None:
    with running.connect() as connection:
        connection.sendall(HANDSHAKE.replace(b"Host: x", b"Host: x\r\n" + more.encode()))
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("as_it_is", "otherwise"), [(KEY, b"short"), (KEY, KEY + b"\r\nSec-WebSocket-Key: " + KEY)], ids=["short", "twice"]
)
def test_a_handshake_that_cannot_be_accepted_is_answered(running: Server, as_it_is: bytes, otherwise: bytes) -> None:
    with running.connect() as connection:
        connection.sendall(HANDSHAKE.replace(as_it_is, otherwise))
        answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in answer


@pytest.mark.parametrize("left_out", [b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: " + KEY, b"GET"])
def test_half_a_handshake_is_an_ordinary_request(running: Server, left_out: bytes) -> None:
    instead = b"DELETE" if left_out == b"GET" else b"Connection: close"
    with running.connect() as connection:
        connection.sendall(HANDSHAKE.replace(left_out, instead))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 405 ")


def test_a_server_that_stops_ends_its_conversations() -> None:
    with server(idle_workers=1) as running, talk(running) as conversation:
        assert say(conversation, "exec result = 1")["result"] == 1
        running.process.send_signal(signal.SIGTERM)
        assert ending_of(conversation) == 1012
        assert running.process.wait(30) == -signal.SIGTERM


def test_a_server_that_stops_answers_first() -> None:
    with server(idle_workers=1) as running, talk(running) as conversation:
        conversation.send(json.dumps({"source": "sleep 3"}))
        assert eventually(lambda: len(sandboxed_of(running.zygote())) == 2)
        running.process.send_signal(signal.SIGTERM)
        assert hear(conversation) == {}
        assert ending_of(conversation) == 1012
        assert running.process.wait(30) == -signal.SIGTERM


def test_a_server_stops_also_where_a_client_has_closed_and_does_not_read() -> None:
    with server(idle_workers=1, request_seconds=30, grace_seconds=3) as running, shake_hands(running) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(frame(b'{"source": "large 20000000"}'))
        assert eventually(lambda: "/api/v1/trace" in [each["path"] for each in running.log("request")])
        connection.sendall(b"\x88\x82" + bytes(4) + b"\x03\xe8")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == -signal.SIGTERM
    assert running.log("stopped")


@pytest.fixture(autouse=True)
def _log_without_faults(running: Server) -> Iterator[None]:
    """Whatever a client does, nothing raises."""
    before = len(running.lines)
    yield
    assert not [each for each in running.lines[before:] if "Traceback" in each and "backlight.sandbox" not in each]
