"""Faults on purpose, against a real server: what is hit fails with a clear error, all else is served as usual."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from processes import eventually, sandboxed_of
from servers import Server, descriptors_of, read_all, request_bytes, server

WORKERS = 2
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server(idle_workers=WORKERS, queue_length=4, request_seconds=1) as started:
        yield started


@pytest.fixture(autouse=True)
def _as_usual_afterwards(running: Server) -> Iterator[None]:
    """After each fault the server answers, has its workers, no zombie, and no descriptor more than before."""
    assert eventually(lambda: is_at_rest(running))
    before = descriptors_of(running.process.pid)
    yield
    assert eventually(lambda: running.trace("exec result = 1").json() == {"result": 1})
    assert eventually(lambda: is_at_rest(running))
    assert eventually(lambda: descriptors_of(running.process.pid) <= before)


def is_at_rest(running: Server) -> bool:
    children = sandboxed_of(running.zygote())
    return len(children) == WORKERS and "Z" not in children.values() and is_settled(running)


def is_settled(running: Server) -> bool:
    return f"backlight_idle_workers {WORKERS}.0" in running.client.get("/metrics").text


def code_of(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])


def test_a_killed_child_takes_only_its_own_request_along(running: Server) -> None:
    zygote = running.zygote()
    idle = sandboxed_of(zygote).keys()
    with ThreadPoolExecutor(2) as clients:
        hit = clients.submit(running.trace, "exec import time; time.sleep(60)")
        assert eventually(lambda: len(sandboxed_of(zygote)) == WORKERS + 1)
        spared = clients.submit(running.trace, "where")
        other = spared.result().json()["process"]
        for child in idle & sandboxed_of(zygote).keys() - {other}:
            os.kill(child, signal.SIGKILL)
        assert hit.result().status_code in {422, 500}
        assert code_of(hit.result()) in {"limit-exceeded", "worker-died"}
        assert spared.result().status_code == 200


def test_killed_idle_children_are_replaced(running: Server) -> None:
    zygote = running.zygote()
    killed = sandboxed_of(zygote).keys()
    for child in killed:
        os.kill(child, signal.SIGKILL)
    assert eventually(lambda: not killed & sandboxed_of(zygote).keys())
    assert eventually(lambda: is_at_rest(running))
    assert running.trace("exec result = 2").json() == {"result": 2}


def test_a_killed_zygote_takes_only_what_runs_along(running: Server) -> None:
    zygote = running.zygote()
    with ThreadPoolExecutor(4) as clients:
        hit = [clients.submit(running.trace, "sleep 60") for _ in range(WORKERS)]
        assert eventually(lambda: len(sandboxed_of(zygote)) == 2 * WORKERS)
        waiting = [clients.submit(running.trace, f"exec result = {each}") for each in range(2)]
        assert eventually(lambda: "backlight_queue_length 2.0" in running.client.get("/metrics").text)
        os.kill(zygote, signal.SIGKILL)
        assert [(each.result().status_code, code_of(each.result())) for each in hit] == [(500, "worker-died")] * WORKERS
        assert [each.result().json() for each in waiting] == [{"result": 0}, {"result": 1}]
    assert "backlight_zygote_restarts_total 1.0" in running.client.get("/metrics").text


def test_a_full_queue_is_told_and_nobody_is_forgotten(running: Server) -> None:
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda _: running.trace("sleep 0.5"), range(16)))
    statuses = [each.status_code for each in answers]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= WORKERS + 4
    for answer in answers:
        if answer.status_code == 503:
            assert code_of(answer) == "busy"
            assert answer.headers["retry-after"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_cut_connections_are_let_go(running: Server, share: float) -> None:
    request = request_bytes("sleep 60")
    for _ in range(8):
        with running.connect() as connection:
            connection.sendall(request[: int(len(request) * share)])


def test_a_client_that_resets_takes_its_work_along(running: Server) -> None:
    zygote = running.zygote()
    with running.connect() as connection:
        connection.sendall(request_bytes("sleep 60"))
        assert eventually(lambda: len(sandboxed_of(zygote)) == WORKERS + 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert eventually(lambda: len(sandboxed_of(zygote)) == WORKERS)


def test_a_slow_body_is_refused_in_time(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(request_bytes("sleep 0")[:-5])
        answer = read_all(connection).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert '"code":"too-slow"' in answer
    assert '"limit":"request_seconds"' in answer


@pytest.mark.parametrize("after_a_request", [False, True])
def test_a_slow_head_is_cut_off_in_time(running: Server, after_a_request: bool) -> None:
    with running.connect() as connection:
        if after_a_request:
            connection.sendall(HEALTH)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
        assert eventually(lambda: is_cut_off(connection), 20)


def is_cut_off(connection: socket.socket) -> bool:
    """Whether the other side has closed, after one more byte of a head that has no end."""
    try:
        connection.sendall(b"X")
    except ConnectionError:
        return True
    return is_closed(connection)


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    finally:
        connection.setblocking(True)


@pytest.mark.parametrize(
    "noise",
    [
        b"\0" * 64 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\xff" * 64 + b"\r\n\r\n",
        b"GET / FTP/1.0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nA header: 1\r\n\r\n",
        b"POST /api/v1/trace HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /api/v1/trace HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/trace HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n",
        b"GET /" + b"x" * 100_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 100_000,
    ],
    ids=["zeros", "TLS", "protocol", "no host", "hosts", "name", "lengths", "length", "chunk", "endless", "header"],
)
def test_what_is_no_http_is_a_problem(running: Server, noise: bytes) -> None:
    with running.connect() as connection:
        connection.sendall(noise)
        head, _, body = read_all(connection).decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ")
    assert "application/problem+json" in head
    assert "content-security-policy" in head.lower()
    assert '"code":"invalid-request"' in body


def test_a_body_whose_frames_are_garbage_is_refused(running: Server) -> None:
    with running.connect() as connection:
        head = b"POST /api/v1/trace HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"5\r\nhello\r\nzzz\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("reply", [b"\xff" * 64, b"\x04\xff\xff\xff\xff", b"\x04\0\0\0\x0ashort"])
def test_a_child_that_answers_nonsense_fails_alone(running: Server, reply: bytes) -> None:
    with ThreadPoolExecutor(2) as clients:
        hit = clients.submit(running.trace, "write " + reply.hex())
        spared = clients.submit(running.trace, "exec result = 3")
        assert (hit.result().status_code, code_of(hit.result())) == (500, "worker-died")
        assert spared.result().json() == {"result": 3}


def test_deaths_are_logged_and_no_fault_of_the_server_is(running: Server) -> None:
    running.trace("exit")
    assert eventually(lambda: any("ended without an answer: exit status 3" in each for each in running.lines))
    assert running.log("fault") == []
    assert "Traceback" not in "".join(running.lines)


def test_requests_sent_at_once_are_answered_in_order(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(request_bytes("sleep 0.2") + HEALTH + HEALTH.replace(b"/healthz", b"/nothing"))
        answers = read_until(connection, b"HTTP/1.1 404 ")
    assert [each.split()[0] for each in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"404"]


def test_what_was_asked_before_nonsense_is_answered_still(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(request_bytes("sleep 0.2") + b"\0\0\0\0\r\n\r\n")
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_who_offers_another_protocol_is_answered_in_http(running: Server) -> None:
    with running.connect() as connection:
        for _ in range(2):
            connection.sendall(HEALTH.replace(b"x\r\n", b"x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"))
            assert read_until(connection, b"}").startswith(b"HTTP/1.1 200 ")


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    answer = b""
    while mark not in answer:
        part = connection.recv(65_536)
        assert part, answer
        answer += part
    return answer
