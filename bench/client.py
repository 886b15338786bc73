"""Clients of a server: one that many can be of at once, in asyncio, and one that keeps its connection open."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import dataclass

LOST = 0
"""Stands for the status of a request that was not answered."""
BROKEN = -1
"""Stands for the status of an answer that is not what its status promises."""
PATIENCE = 120
"""Seconds after which an answer counts as lost."""
_TO_COME_BACK = frozenset({429, 503})
_READ_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, LOST or BROKEN; after how many seconds it came, whole; and the code of a failure."""

    status: int
    seconds: float
    code: str = ""


def request_bytes(body: object, **headers: str) -> bytes:
    """A program as a request, for a connection that ends with the answer. Headers have underscores for hyphens."""
    content = json.dumps(body).encode()
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = (
        f"POST /api/v1/trace HTTP/1.1\r\nHost: localhost\r\n{more}"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def source_bytes(source: str) -> bytes:
    """A program's text as a request."""
    return request_bytes({"source": source}, Connection="close")


async def ask(port: int, request: bytes) -> Answer:
    """Send a request and wait for its whole answer."""
    started = time.perf_counter()
    status, code = LOST, ""
    try:
        async with asyncio.timeout(PATIENCE):
            status, code = judge(await _exchange(port, request))
    except (OSError, EOFError, TimeoutError):
        pass
    return Answer(status, time.perf_counter() - started, code)


def judge(answer: bytes) -> tuple[int, str]:
    """Status and code of a whole answer. Raises EOFError where it is not whole."""
    head, found, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    if not found or len(body) != int(headers.get(b"content-length", b"-1")):
        raise EOFError
    status = int(first.split(b" ", 2)[1])
    if status == 200:
        return (200, "") if body.startswith(b'{"source":') and body.endswith(b"}") else (BROKEN, "no Document")
    if headers.get(b"content-type") != b"application/problem+json":
        return BROKEN, "no problem"
    if status in _TO_COME_BACK and not headers.get(b"retry-after", b"").isdigit():
        return BROKEN, "no Retry-After"
    return status, str(json.loads(body)["code"])


async def _exchange(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()


class OpenLine:
    """A connection that stays open, and does nothing in Python that a browser would do in native code."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for an answer other than 200, EOFError where none comes."""
        self._socket.sendall(request)
        answer = self._receive()
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive()
        head, body = answer[:end], answer[end + 4 :]
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{head[:40]!r}: {body[:200]!r}")
        return body

    def _receive(self) -> bytes:
        if part := self._socket.recv(_READ_BYTES):
            return part
        raise EOFError("the server hung up")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
