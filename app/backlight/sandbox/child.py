"""The child: one process for one request. It seals itself, warms up, takes a request, answers, and is gone.

It never returns to the zygote's code. The seal is complete before the first byte of a request is read. Of a series it
may serve more than one request: all of them are the same client's, and see `backlight.sandbox.stay`.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from socket import MSG_DONTWAIT, MSG_PEEK, socket
from types import FrameType
from typing import Any, NoReturn, Protocol

from backlight.errors import BacklightError, LimitExceeded, RequestError, SoftLimit
from backlight.model.program import FILENAME, OVERDUE, Namespace
from backlight.model.request import TraceRequest
from backlight.sandbox.frames import Frame, Kind, receive_frame, send_frame
from backlight.sandbox.seal import Seal
from backlight.sandbox.stay import Stay
from backlight.sandbox.whereabouts import tell_when_asked
from backlight.sandbox.wire import FAILURE_BYTES, decode_request, encode_ahead, encode_failure, encode_request
from backlight.settings import Settings

Entry = Callable[[TraceRequest, Settings, Namespace], bytes]


class Prepared(Protocol):
    """An entry point's work for one request, begun before the request is there."""

    def run(self, request: TraceRequest) -> bytes:
        """The rest of the work, once; what it answers is as from the entry point. It leaves open what was begun."""
        ...

    def read(self, request: TraceRequest) -> None:
        """Read a request that `run` may be asked for; that very object, else it counts for nothing."""
        ...

    def close(self) -> None:
        """Undo what was begun, in a process that goes on."""
        ...


REMINDER_SECONDS = 0.5
"""Processor time after which a program that its soft limit did not stop is told again."""

LONG_SHARE = 0.2
"""The share of its time after which a program has run for long."""

WARM_UP = """\
import torch
import torch.nn as nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss = nn.functional.mse_loss(model(torch.rand(4, 2)), torch.ones(4, 1))
optimizer.zero_grad()
loss.backward()
optimizer.step()
print(loss.item(), loss)
loss
"""
"""What a process runs so that everything a program needs is imported and touched."""

WARM_UP_EXPRESSION = "(sin(x ** 2) + exp(-x)).sum()"
"""The same for expressions, which other code reads."""

WAKING_EXPRESSION = "sin(x.__globals__ ** 2)"
"""An expression that is read, and then refused."""
WAKING_REQUEST = encode_request(TraceRequest(expression=WAKING_EXPRESSION, inputs={"x": 1.0}))
"""The same as a child is asked for it."""

WARM_UP_NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [{"cell_type": "code", "metadata": {"tags": [1]}, "source": "1"}],
}
"""A notebook that is refused for its tags: reading it imports all that reading notebooks needs."""


AT_ONCE_SECONDS = 0.0003
"""How long a child that was told of a request looks out for its body, before it does anything else."""
SOON_SECONDS = 0.001
"""How long it then looks out for the request itself, without a break."""

YOUNG_OBJECTS = 100_000
"""After so many new objects garbage is looked for; with 10,000 it was looked for twice in every short program."""


@dataclass(frozen=True, slots=True)
class Task:
    """What every child of a zygote is given."""

    entry: Entry
    settings: Settings
    namespace: Namespace
    seal: Seal
    pages: tuple[bytes, ...] | None = None
    """What of its memory a child is about to write to, once that was looked for; empty where it is not to be seen."""
    find_residue: Callable[[], object] | None = None
    """What programs left behind in the process; without it none serves a second request."""
    prepare: Callable[[Settings, Namespace], Prepared] | None = None
    """Begins the work for a request that has yet to come, where anything can be done before."""

    def what_is_left(self) -> object:
        """What programs left behind, in the process and in what they were lent."""
        return self.find_residue and self.find_residue(), self.namespace.left()

    def warm_up(self) -> None:
        """Run the small program and the expression, and be woken up; whatever is answered is thrown away."""
        self.entry(TraceRequest(source=WARM_UP), self.settings, self.namespace)
        encode_ahead(WAKING_REQUEST)
        self.wake_up()
        self._warm_up_expression()

    def get_ready(self) -> Prepared | None:
        """Warm up as a child, and begin; the expression is enough where it has the pages that programs write to."""
        if self.pages:
            self._warm_up_expression()
        else:
            self.warm_up()
        return self.begin()

    def begin(self) -> Prepared | None:
        """Begin the work for the next request, as far as that can be done before it is there."""
        return self.prepare and self.prepare(self.settings, self.namespace)

    def _warm_up_expression(self) -> None:
        self.entry(TraceRequest(expression=WARM_UP_EXPRESSION), self.settings, self.namespace)

    def wake_up(self) -> None:
        """Run what reads programs, while one is on its way: what was not used for a while is slow at first."""
        with contextlib.suppress(BacklightError):
            self.entry(decode_request(WAKING_REQUEST), self.settings, self.namespace)

    def rehearse(self) -> None:
        """Warm up as a child does that has no pages of its own yet."""
        look_for_garbage_seldom()
        self.warm_up()

    def warm_up_notebook(self) -> None:
        """Have a small notebook refused."""
        with contextlib.suppress(RequestError):
            self.entry(TraceRequest(notebook=WARM_UP_NOTEBOOK), self.settings, self.namespace)


def serve(connection: socket, whereabouts: int, task: Task, warm: bool) -> NoReturn:
    """Serve what comes on ``connection``, and end the process; asked where it is, it writes to ``whereabouts``."""
    try:
        clock = stop_at_cpu_limit(task.settings)
        finishing = Finishing(connection, task.settings)
        task = replace(task, namespace=replace(task.namespace, over=finishing.tell))
        tell_when_asked(whereabouts)
        task.seal.apply(task.settings, connection.fileno(), whereabouts)
        look_for_garbage_seldom()
        prepared = task.get_ready() if warm else None
        send_frame(connection, Kind.READY)
        serve_requests(connection, task, prepared, clock, finishing)
        connection.recv(1)  # nothing comes: the server hangs up when the answer is on its way
    except (EOFError, OSError):
        os._exit(1)
    os._exit(0)


def serve_requests(
    connection: socket, task: Task, prepared: Prepared | None, clock: Clock, finishing: Finishing
) -> None:
    """Answer one request, or those of one series until the process is no longer as it was."""
    stay: Stay | None = None
    while True:
        request, series = take_request(connection, task, prepared)
        if series and stay is None and task.find_residue is not None:
            if prepared:
                prepared.close()  # what is compared is how the process is before anything was begun
                prepared = None
            stay = Stay(task.what_is_left)
        finishing.begin()
        reply = answer(request, task, prepared)
        send_frame(connection, reply.kind, reply.body)
        if not (series and stay and reply.kind is Kind.ANSWER and not clock.has_struck):
            return
        if prepared:
            prepared.close()
        if not stay.may_go_on():
            return
        prepared = task.begin()
        clock.begin()


def take_request(connection: socket, task: Task, prepared: Prepared | None) -> tuple[bytes | TraceRequest, bool]:
    """The next request, and whether it is one of a series; wakes up when told that it comes, or reads it ahead."""
    series, ahead = False, (b"", None)
    while (frame := receive_frame(connection, 2**32 - 1)).kind is not Kind.REQUEST:
        if frame.kind is Kind.STAY:
            series = True
            continue
        if frame.kind is Kind.AHEAD and prepared is not None:
            ahead = read_ahead(frame.body, prepared)
        elif not look_out(connection, AT_ONCE_SECONDS):
            task.wake_up()
        look_out(connection, SOON_SECONDS)
    encoded, request = ahead
    return request if request is not None and encoded == frame.body else frame.body, series


def read_ahead(body: bytes, prepared: Prepared) -> tuple[bytes, TraceRequest | None]:
    """What a body that was not checked may come to, encoded and read; nothing is said of what is wrong with it yet."""
    encoded = encode_ahead(body)
    if encoded is None:
        return b"", None
    request = decode_request(encoded)
    with contextlib.suppress(Exception):  # a source that is a number, say: the server refuses it
        prepared.read(request)
    return encoded, request


def look_out(connection: socket, seconds: float) -> bool:
    """Return once something is there to be taken, or after so long: who does not fall asleep need not be woken."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(BlockingIOError):
            connection.recv(1, MSG_PEEK | MSG_DONTWAIT)
            return True
    return False


def answer(asked: bytes | TraceRequest, task: Task, prepared: Prepared | None = None) -> Frame:
    """What a request is answered with: a Document, a refusal, or the traceback of a fault of our own."""
    try:
        request = decode_request(asked) if isinstance(asked, bytes) else asked
        document = prepared.run(request) if prepared else task.entry(request, task.settings, task.namespace)
        if len(document) <= task.settings.document_bytes:
            return Frame(Kind.ANSWER, document)
        failure = _exceeded("document_bytes", task.settings.document_bytes, "The recording is too large to send.")
    except BacklightError as error:
        failure = error
    except SoftLimit as error:
        failure = _exceeded(error.limit, error.value, error.message)
    except MemoryError:
        failure = _exceeded("memory_bytes", task.settings.memory_bytes, "The program ran out of memory.")
    except BaseException:  # noqa: BLE001 - whatever went wrong, the server must hear of it
        return Frame(Kind.CRASH, traceback.format_exc().encode("utf-8", "replace")[-FAILURE_BYTES:])
    return Frame(Kind.FAILURE, encode_failure(failure))


def look_for_garbage_seldom() -> None:
    """Switch the garbage collector on, for what is made from now on."""
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()


class Finishing:
    """Tells the server that a program is over, where that took so long that making its Document may be late, too."""

    def __init__(self, connection: socket, settings: Settings) -> None:
        self._connection = connection
        self._long = settings.wall_seconds * LONG_SHARE
        self._began = math.inf

    def begin(self) -> None:
        """A request has come."""
        self._began = time.monotonic()

    def tell(self) -> None:
        """The program has run."""
        if time.monotonic() - self._began > self._long:
            send_frame(self._connection, Kind.FINISHING)


class Clock:
    """What a program has used of its processor time."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._began: float | None = None
        self.has_struck = False

    def begin(self) -> None:
        """Another program begins; the first one's time began with the process."""
        self._began = time.process_time()

    def strikes(self) -> bool:
        """Whether the time is up, as one is told who is told every `REMINDER_SECONDS` from the first one's end on."""
        used = self._limit if self._began is None else time.process_time() - self._began
        self.has_struck = self.has_struck or used >= self._limit - REMINDER_SECONDS / 2
        return self.has_struck


def stop_at_cpu_limit(settings: Settings) -> Clock:
    """Raise SoftLimit inside the program when its processor time is up.

    The signal comes again and again, up to the hard limit. One that comes before the program runs or after it was
    stopped is let pass, so that its Document can be finished; one that got lost where Python drops exceptions (a
    finalizer, a callback) is made good by the next. The program's globals hold it, for where the program catches it.
    """
    limit = settings.cpu_seconds
    clock = Clock(limit)

    def on_signal(_number: int, frame: FrameType | None) -> None:
        if clock.strikes() and (program := _program_frame(frame)):
            overdue = SoftLimit("cpu_seconds", limit, f"The program used its {limit:g} seconds of processor time.")
            program.f_globals[OVERDUE] = overdue
            raise overdue

    signal.signal(signal.SIGPROF, on_signal)
    signal.setitimer(signal.ITIMER_PROF, limit, REMINDER_SECONDS)
    return clock


def _program_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost frame of the program on the way to ``frame``."""
    while frame is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back
    return frame


def _exceeded(limit: str, value: float, message: str) -> LimitExceeded:
    return LimitExceeded(message, limit=limit, value=value)
