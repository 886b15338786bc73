"""Who is woken up by a process that works on wakes up on another processor, and may run on every one afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from backlight.sandbox import elsewhere as module
from backlight.sandbox.elsewhere import elsewhere
from backlight.sandbox.handle import Handle

TELL = """
import ctypes, socket, sys
where = ctypes.CDLL(None).sched_getcpu
line = socket.socket(fileno=int(sys.argv[1]))
while line.recv(1):
    line.sendall(bytes([where()]))
"""
needs_two = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="there is one processor here"
)


@needs_two
def test_a_process_wakes_up_on_another_processor_than_the_one_that_stays_busy() -> None:
    ours, theirs = socket.socketpair()
    processor = module._processor
    assert processor is not None
    with ours, theirs:
        descriptor = theirs.fileno()
        with subprocess.Popen([sys.executable, "-c", TELL, str(descriptor)], pass_fds=[descriptor]) as process:
            for _ in range(20):
                time.sleep(0.02)  # it falls asleep
                with elsewhere(process.pid):
                    here = processor()
                    ours.sendall(b"x")
                assert ours.recv(1) != bytes([here])
                assert os.sched_getaffinity(process.pid) == os.sched_getaffinity(0)
            ours.shutdown(socket.SHUT_WR)


@needs_two
def test_one_that_is_gone_and_one_that_was_let_go_are_let_be() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        mine = os.sched_getaffinity(0)
        with elsewhere(process.pid):
            pass
        handle = Handle(process.pid, None)
        with handle.woken_elsewhere():
            pass
        assert os.sched_getaffinity(0) == mine


def test_where_nobody_can_tell_the_processor_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_processor", None)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    with elsewhere(os.getpid()):
        done = True
    assert done
