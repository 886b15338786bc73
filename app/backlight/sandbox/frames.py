"""Frames: how the server and a child talk over their socket. A frame is one kind byte, a length and a body.

Both sides read with a limit that they set themselves: a length beyond it is refused before a byte of the
body is taken. The child's side blocks; the server's side awaits on a non-blocking socket.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from socket import socket


class Kind(IntEnum):
    """What a frame is. All but START, COMING, AHEAD, STAY and REQUEST comes from a child, and is taken to be hostile.

    FINISHING comes before the answer to a program that ran for long: it is over, and its Document is being made.
    """

    START = 1
    READY = 2
    REQUEST = 3
    ANSWER = 4
    FAILURE = 5
    CRASH = 6
    COMING = 7
    STAY = 8
    FINISHING = 9
    AHEAD = 10


@dataclass(frozen=True, slots=True)
class Frame:
    """One message, whole."""

    kind: Kind
    body: bytes


class BadFrame(Exception):
    """The other side sent what is no frame, or one that is too large."""


HEADER = struct.Struct("!BI")
AT_ONCE_BYTES = 65_536
"""What is sent and received in one go."""


def pack_frame(kind: Kind, body: bytes) -> bytes:
    """The bytes of a frame."""
    return HEADER.pack(kind, len(body)) + body


def send_frame(connection: socket, kind: Kind, body: bytes = b"") -> None:
    """Send a frame on a blocking socket; a small one at once, so that the other side wakes up but once."""
    if len(body) <= AT_ONCE_BYTES:
        connection.sendall(pack_frame(kind, body))
    else:  # there may be no memory for a copy
        connection.sendall(HEADER.pack(kind, len(body)))
        connection.sendall(body)


def receive_frame(connection: socket, limit: int) -> Frame:
    """Take one frame from a blocking socket. Raises EOFError at its end, BadFrame beyond ``limit`` bytes."""
    kind, length = _header(_receive_exactly(connection, HEADER.size), limit)
    return Frame(kind, bytes(_receive_exactly(connection, length)))


async def send_frame_async(connection: socket, kind: Kind, body: bytes) -> None:
    """Send a frame on a non-blocking socket."""
    await asyncio.get_running_loop().sock_sendall(connection, pack_frame(kind, body))


async def receive_frame_async(connection: socket, limit: int, on_finishing: Callable[[], None] | None = None) -> Frame:
    """Take one frame from a non-blocking socket. Raises EOFError at its end, BadFrame beyond ``limit`` bytes.

    Where ``on_finishing`` is given, one FINISHING that comes first is told to it, and not taken for the frame.
    """
    kind, length, body = await _receive_start_async(connection, limit)
    if on_finishing is not None and kind is Kind.FINISHING and not length:
        on_finishing()
        kind, length, body = await _receive_start_async(connection, limit, body)
    if len(body) > length:
        raise BadFrame(f"{len(body) - length} bytes after the end of a frame")
    if len(body) < length:
        body += await _receive_exactly_async(connection, length - len(body))
    return Frame(kind, body)


async def _receive_start_async(connection: socket, limit: int, start: bytes = b"") -> tuple[Kind, int, bytes]:
    """What a header says, and what came with it; ``start`` is what came of it already."""
    loop = asyncio.get_running_loop()
    while len(start) < HEADER.size:
        if not (data := await loop.sock_recv(connection, AT_ONCE_BYTES)):
            raise EOFError
        start += data
    return *_header(start[: HEADER.size], limit), start[HEADER.size :]


def _header(data: bytes | bytearray, limit: int) -> tuple[Kind, int]:
    number, length = HEADER.unpack(data)
    if length > limit:
        raise BadFrame(f"a frame of {length} bytes, where {limit} are allowed")
    try:
        return Kind(number), length
    except ValueError as error:
        raise BadFrame(f"no frame is of kind {number}") from error


def _receive_exactly(connection: socket, size: int) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = connection.recv_into(rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return data


async def _receive_exactly_async(connection: socket, size: int) -> bytearray:
    loop = asyncio.get_running_loop()
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = await loop.sock_recv_into(connection, rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return data
