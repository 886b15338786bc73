"""Ahead: a lone request is read while the server still checks it, by the process that will run it and by no other."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest

from backlight import pipeline
from backlight.api.schemas import TraceBody
from backlight.errors import BacklightError, NotAllowed
from backlight.model.request import TraceRequest
from backlight.sandbox import ahead as ahead_module
from backlight.sandbox.ahead import ASKED_SECONDS, BODY_BYTES, Ahead
from backlight.sandbox.child import Task, answer, take_request
from backlight.sandbox.client import Worker
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.frames import Kind, pack_frame
from backlight.sandbox.once import Runner
from backlight.sandbox.pool import PIPELINE, Pool
from backlight.sandbox.seal import Seal
from backlight.sandbox.wire import decode_request, encode_ahead, encode_request
from backlight.settings import Settings
from conftest import OBEY
from processes import eventually

SIN = {"expression": "sin(x**2)", "inputs": {"x": 3}}
BODIES: list[dict[str, Any]] = [
    SIN,
    {"expression": "a * b", "inputs": {"a": 0.1, "b": [[1, -2.5e-30], [3, 4]]}, "seed": -7},
    {"source": "x = 'ü \ud83d\ude00'\n", "expression": None, "inputs": None, "seed": None},
    {"notebook": {"nbformat": 4, "cells": [{"source": ["a\n", "b"]}]}},
]
JUNK = [
    b"",
    b"[1]",
    b"nonsense",
    b'{"source": 3',
    b'{"file": "x"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"seed": ' + b"9" * 5_000,
]


@pytest.mark.parametrize("body", BODIES, ids=["numbers", "lists", "nulls", "notebook"])
def test_what_is_read_ahead_is_what_is_asked_for(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    assert encode_ahead(raw) == encode_request(TraceBody.model_validate_json(raw).to_request())


@pytest.mark.parametrize("body", JUNK, ids=lambda body: body[:12].decode("latin-1"))
def test_what_is_no_request_is_left_to_the_server(body: bytes) -> None:
    assert encode_ahead(body) is None


# ── the child ─────────────────────────────────────────────────────────────────────────────────────


class Reader:
    """A prepared pipeline that notes what it read and what it ran."""

    def __init__(self) -> None:
        self.seen: list[TraceRequest] = []
        self.ran: list[TraceRequest] = []

    def read(self, request: TraceRequest) -> None:
        self.seen.append(request)
        if request.source == "refused":
            raise NotAllowed("no")
        if not isinstance(request.source, str):
            raise TypeError("no text")

    def run(self, request: TraceRequest) -> bytes:
        self.ran.append(request)
        return b"{}"

    def close(self) -> None:
        raise AssertionError("it goes on")


def _woken(_request: TraceRequest, _settings: Settings, _namespace: object) -> bytes:
    return b"{}"


NAMESPACE = build_namespace()
TASK = Task(_woken, Settings(), NAMESPACE, cast("Seal", None))


def taken(*frames: bytes) -> tuple[Reader, bytes | TraceRequest]:
    """What a child takes for its request when these frames come."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"".join(frames))
        reader = Reader()
        return reader, take_request(theirs, TASK, reader)[0]


@pytest.mark.parametrize("source", ["x = 1", "refused"])
def test_a_child_runs_the_very_request_that_it_has_read(source: str) -> None:
    body = encode_request(TraceRequest(source=source))
    reader, request = taken(
        pack_frame(Kind.AHEAD, b'{"source": "%s"}' % source.encode()), pack_frame(Kind.REQUEST, body)
    )
    assert reader.seen == [TraceRequest(source=source)]
    assert request is reader.seen[0]
    assert answer(request, TASK, reader).kind is Kind.ANSWER
    assert reader.ran == [request]


@pytest.mark.parametrize("draft", [b'{"source": "y"}', b'{"source": 3}', b'{"source": "x", "seed": 1}', b"nonsense"])
def test_what_a_child_was_given_to_read_counts_for_nothing_where_it_is_asked_for_something_else(draft: bytes) -> None:
    body = encode_request(TraceRequest(source="x"))
    reader, request = taken(pack_frame(Kind.AHEAD, draft), pack_frame(Kind.REQUEST, body))
    assert request == body
    answer(request, TASK, reader)
    assert reader.ran == [TraceRequest(source="x")]
    assert all(each is not reader.ran[0] for each in reader.seen)


@pytest.mark.parametrize(
    "request_", [TraceRequest(expression="sin(x)"), TraceRequest(source="import os"), TraceRequest(source="(")]
)
@pytest.mark.parametrize("other", [None, TraceRequest(expression="cos(y)")])
def test_the_pipeline_answers_as_ever_whatever_was_read_ahead(
    request_: TraceRequest, other: TraceRequest | None
) -> None:
    def told(run: Any) -> object:
        try:
            return json.loads(run(request_)) | {"timing": None}
        except BacklightError as error:
            return str(error), error.place

    prepared = pipeline.Prepared(Settings(), NAMESPACE)
    try:
        prepared.read(other or request_)
    except BacklightError:
        assert other is None
    ahead = told(prepared.run)
    prepared.close()
    assert ahead == told(lambda request: pipeline.run(request, Settings(), NAMESPACE))


def test_the_time_that_reading_took_is_told_though_it_was_ahead() -> None:
    request = TraceRequest(expression="sin(x)")
    prepared = pipeline.Prepared(Settings(), NAMESPACE)
    prepared.read(request)
    timing = json.loads(prepared.run(request))["timing"]
    prepared.close()
    assert timing["parse"] > 0
    assert timing["total"] >= timing["parse"] + timing["record"]


# ── who holds it ──────────────────────────────────────────────────────────────────────────────────


class Reading:
    """A worker that was given something to read."""

    def __init__(self) -> None:
        self.given: list[bytes] = []

    def read_ahead(self, body: bytes) -> None:
        self.given.append(body)


def test_only_who_asks_for_what_was_read_gets_the_process() -> None:
    async def begin() -> None:
        lost: list[Worker] = []
        ahead, worker = Ahead(lost.append), cast("Worker", Reading())
        assert ahead.may_begin(b"one")
        assert not ahead.may_begin(b"x" * (BODY_BYTES + 1))
        ahead.begin(worker, b"one")
        assert cast("Reading", worker).given == [b"one"]
        assert not ahead.may_begin(b"two")  # one at a time
        assert ahead.take(b"two") is None
        assert ahead.take(None) is None
        assert ahead.take(b"one") is worker
        assert ahead.take(b"one") is None
        assert ahead.may_begin(b"two")
        assert not lost

    asyncio.run(begin())


def test_a_process_that_nobody_asks_is_ended_and_none_reads_ahead_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead_module, "ASKED_SECONDS", 0.01)

    async def wait() -> None:
        lost: list[Worker] = []
        ahead, worker = Ahead(lost.append), cast("Worker", Reading())
        ahead.begin(worker, b"one")
        while not lost:
            await asyncio.sleep(0.01)
        assert lost == [worker]
        assert ahead.take(b"one") is None
        monkeypatch.setattr(ahead_module, "REST_SECONDS", 600)
        assert not ahead.may_begin(b"two")
        monkeypatch.setattr(ahead_module, "REST_SECONDS", 0)
        assert ahead.may_begin(b"two")

    asyncio.run(wait())


# ── the pool ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The workers that were asked to run something, in order."""
    seen: list[Worker] = []
    ask = Pool._ask

    async def noting(pool: Pool, worker: Worker, body: bytes, stay: bool) -> bytes:
        seen.append(worker)
        return await ask(pool, worker, body, stay)

    monkeypatch.setattr(Pool, "_ask", noting)
    return seen


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Runner]:
    """The sandbox as it is for users, with two processes."""
    runner = Runner(Settings(idle_workers=2), PIPELINE)
    yield runner
    runner.close()


def begin(runner: Runner, body: bytes) -> Worker:
    """Have a process of the pool read this ahead."""
    pool = runner._pool
    assert eventually(lambda: pool.idle == 2)

    async def expect() -> Worker:
        first = pool._idle[0]
        pool.expect(body)
        assert pool._ahead._held is not None
        assert pool._ahead._held[1] is first
        return first

    return asyncio.run_coroutine_threadsafe(expect(), runner._loop).result()


def run(runner: Runner, body: bytes) -> Any:
    work = runner._pool.run(decode_request(encode_ahead(body) or b""), None, body)
    return json.loads(asyncio.run_coroutine_threadsafe(work, runner._loop).result())


def test_the_process_that_has_read_a_request_runs_it_and_nothing_else(sandbox: Runner, asked: list[Worker]) -> None:
    body = json.dumps(SIN).encode()
    reader = begin(sandbox, body)
    other = run(sandbox, json.dumps({"expression": "cos(y)"}).encode())
    assert asked[-1] is not reader
    assert "cos(y)" in other["source"]
    document = run(sandbox, body)
    assert asked[-1] is reader
    assert "sin(x**2)" in document["source"]
    assert document["leaves"] and document["error"] is None


def test_a_process_that_read_what_was_then_refused_is_ended(sandbox: Runner, asked: list[Worker]) -> None:
    pool = sandbox._pool
    unused = pool.tally.ended["unused"]
    reader = begin(sandbox, b'{"source": "never asked for"}')
    assert eventually(lambda: pool.tally.ended["unused"] == unused + 1, ASKED_SECONDS + 5)
    assert eventually(lambda: pool.idle == 2)
    assert run(sandbox, json.dumps(SIN).encode())["error"] is None
    assert reader not in asked


def test_nobody_is_told_where_no_process_waits() -> None:
    async def expect_too_early() -> None:
        async with Pool(Settings(idle_workers=1), OBEY) as pool:
            pool.expect()
            assert json.loads(await pool.run(TraceRequest(source="woken"))) == 0

    asyncio.run(expect_too_early())
