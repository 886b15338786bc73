"""What server and child tell each other: it survives the journey, and nonsense from a child does no harm."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from backlight.errors import BacklightError, LimitExceeded, NotAllowed, RequestError, SyntaxFailure, WorkerDied
from backlight.model.document import Place
from backlight.model.request import TraceRequest
from backlight.sandbox.frames import BadFrame, Frame, Kind, pack_frame, receive_frame, send_frame
from backlight.sandbox.wire import (
    Start,
    decode_failure,
    decode_request,
    decode_start,
    encode_failure,
    encode_request,
    encode_start,
)
from backlight.settings import Settings

FAILURE: dict[str, Any] = {"code": "not-allowed", "message": "No.", "place": None, "details": {}}
PLACE = {"line": 1, "column": 0, "end_line": 1, "end_column": 1, "source": 0}


@pytest.mark.parametrize(
    "request_",
    [
        TraceRequest(source="x = 'é \ud800 \0'"),
        TraceRequest(expression="x", inputs={"x": [[1, 2.5], [True, None]]}, seed=-(2**63)),
        TraceRequest(notebook={"cells": [{"source": ["a", "b"]}]}),
    ],
)
def test_requests_come_back_as_they_were(request_: TraceRequest) -> None:
    assert decode_request(encode_request(request_)) == request_


def test_start_orders_come_back_as_they_were() -> None:
    start = Start("package.module:function", Settings(cpu_seconds=1, wall_seconds=2.5))
    assert decode_start(encode_start(start)) == start


@pytest.mark.parametrize(
    "error",
    [
        RequestError("Wrong."),
        SyntaxFailure("Wrong.", Place(1, 2, 3, 4, 0)),
        NotAllowed("Wrong.", Place(1, 2, 3, 4, 1), instead="right"),
        LimitExceeded("Wrong.", limit="graph_nodes", value=2.5),
    ],
)
def test_refusals_come_back_as_they_were(error: BacklightError) -> None:
    came = decode_failure(encode_failure(error))
    assert type(came) is type(error)
    assert (came.message, came.place, came.details) == (error.message, error.place, error.details)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        json.dumps(FAILURE | {"code": "busy"}).encode(),
        json.dumps(FAILURE | {"code": ["not-allowed"]}).encode(),
        json.dumps(FAILURE | {"message": 3}).encode(),
        json.dumps(FAILURE | {"place": 3}).encode(),
        json.dumps(FAILURE | {"place": PLACE | {"line": "1"}}).encode(),
        json.dumps(FAILURE | {"place": PLACE | {"line": True}}).encode(),
        json.dumps(FAILURE | {"place": PLACE | {"line": -1}}).encode(),
        json.dumps(FAILURE | {"details": []}).encode(),
        json.dumps(FAILURE | {"details": {"value": float("inf")}}).encode(),
        json.dumps(FAILURE | {"details": {"value": {}}}).encode(),
        b'{"code": "not-allowed", "message": "", "place": null, "details": {"value": 1e999}}',
    ],
)
def test_nonsense_from_a_child_is_a_dead_worker(body: bytes) -> None:
    assert type(decode_failure(body)) is WorkerDied


def test_what_a_child_says_is_cut_to_size() -> None:
    details = {"self": 1, "message": 2, "place": 3} | {f"name {each}": "y" * 10_000 for each in range(100)}
    error = decode_failure(json.dumps(FAILURE | {"message": "\ud800" + "x" * 10_000, "details": details}).encode())
    assert error.message.startswith("?xxx")
    assert len(error.message) <= 4_096
    assert len(error.details) <= 16
    assert all(len(each) <= 4_096 for each in error.details.values())


def test_frames_cross_a_socket_whole() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_frame(ours, Kind.ANSWER, b"x" * 50_000)
        send_frame(ours, Kind.READY)
        ours.close()
        assert receive_frame(theirs, 50_000) == Frame(Kind.ANSWER, b"x" * 50_000)
        assert receive_frame(theirs, 0) == Frame(Kind.READY, b"")
        with pytest.raises(EOFError):
            receive_frame(theirs, 0)


@pytest.mark.parametrize("sent", [pack_frame(Kind.ANSWER, b"123"), b"\x63\0\0\0\0"], ids=["too long", "unknown kind"])
def test_bad_frames_are_refused(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(sent)
        with pytest.raises(BadFrame):
            receive_frame(theirs, 2)
