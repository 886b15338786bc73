"""A running server, as those see it who run it: shares of clients, headers, the log, figures, and who leaves early."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from processes import eventually, sandboxed_of
from servers import Server, is_held, request_bytes, server

SECRET = "hunter2"
STRANGER = {"X-Forwarded-For": "198.51.100.7"}
NEIGHBOUR = {"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    limits = {"rate_per_second": 0.01, "rate_burst": 3, "body_bytes": 2_000, "request_seconds": 1}
    with server(idle_workers=1, queue_length=2, trusted_proxies="127.0.0.1", **limits) as started:
        yield started


def figure(running: Server, name: str) -> float:
    lines = running.client.get("/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name + " ")), 0.0)


def ask(running: Server, headers: dict[str, str], path: str = "/api/v1/examples") -> httpx.Response:
    return running.client.get(path, headers=headers)


def test_each_client_behind_the_proxy_has_a_share_and_cannot_pass_for_another(running: Server) -> None:
    answers = [ask(running, STRANGER) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[3].json()["code"] == "rate-limited"
    assert int(answers[3].headers["retry-after"]) >= 1
    assert answers[3].headers["content-security-policy"]
    assert ask(running, NEIGHBOUR).status_code == 200, "the proxy wrote the last address, the client the first"
    assert ask(running, {}).status_code == 200, "whoever is on this machine has no limit"
    assert ask(running, STRANGER, "/healthz").status_code == 200


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_large_body_is_refused_before_it_is_read(running: Server, is_chunked: bool) -> None:
    kind = "Transfer-Encoding: chunked" if is_chunked else "Content-Length: 1000000000"
    with running.connect() as connection:
        connection.sendall(f"POST /api/v1/trace HTTP/1.1\r\nHost: x\r\n{kind}\r\n\r\n".encode())
        if is_chunked:
            connection.sendall(b"7d1\r\n" + b" " * 2_001 + b"\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"too-large"' in answer


def test_nobody_is_let_in_from_elsewhere_unless_the_settings_say_so(running: Server) -> None:
    origin = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answers = [running.client.options("/api/v1/trace", headers=origin), ask(running, origin)]
    assert not [name for each in answers for name in each.headers if name.startswith("access-control-")]
    policy = answers[1].headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy.split("; ")


def test_the_log_has_the_requests_id_and_nothing_of_its_program(running: Server) -> None:
    headers = {"X-Request-ID": "mine-1"}
    for source in (f"exec result = '{SECRET}'", f"exit {SECRET}", "write 00"):
        running.client.post("/api/v1/trace", json={"source": source}, headers=headers)
    running.client.post("/api/v1/trace", content=SECRET, headers=headers)
    assert eventually(lambda: sum(each["request_id"] == "mine-1" for each in running.log("request")) == 4)
    logged = [each for each in running.log("request") if each["request_id"] == "mine-1"]
    assert [each["status"] for each in logged] == [200, 500, 500, 422]
    assert SECRET not in "".join(running.lines)


def test_a_client_that_leaves_the_queue_is_never_served(running: Server) -> None:
    assert eventually(lambda: figure(running, "backlight_idle_workers") == 1)
    zygote = running.zygote()
    earlier = set(sandboxed_of(zygote))
    with ThreadPoolExecutor(1) as clients:
        first = clients.submit(running.trace, "sleep 2")
        assert eventually(lambda: set(sandboxed_of(zygote)) - earlier), "one follows the idle one, which runs by then"
        before = figure(running, 'backlight_requests_total{method="POST",route="/api/v1/trace",status="499"}')
        with running.connect() as connection:
            connection.sendall(request_bytes("sleep 60"))
            assert eventually(lambda: figure(running, "backlight_queue_length") == 1)
        assert eventually(lambda: figure(running, "backlight_queue_length") == 0)
        assert not first.done(), "it left the queue before its turn came"
        assert first.result().status_code == 200
    name = 'backlight_requests_total{method="POST",route="/api/v1/trace",status="499"}'
    assert figure(running, name) == before + 1
    assert figure(running, 'backlight_workers_ended_total{reason="cancelled"}') == 0


def test_a_client_that_takes_nothing_of_its_answer_is_let_go(running: Server) -> None:
    with running.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(request_bytes("large 20000000"))
        assert eventually(lambda: running.log("request")[-1]["path"] == "/api/v1/trace")
        assert eventually(lambda: not is_held(connection)), "no more than the second that it has to take some of it"


def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(running: Server) -> None:
    with running.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.sendall(request_bytes("large 12000000").replace(b"Host: x", b"Host: x\r\nConnection: close"))
        received = 0
        while data := connection.recv(1_000_000):
            received += len(data)
            time.sleep(0.02)
    assert received > 12_000_000
