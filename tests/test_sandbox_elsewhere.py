"""Who is woken up by a process that works on wakes up on another processor, and may run on every one afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import pytest

from backlight.sandbox import elsewhere as module
from backlight.sandbox.elsewhere import elsewhere
from backlight.sandbox.handle import Handle

needs_two = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="there is one processor here"
)


@needs_two
def test_a_process_may_run_on_the_other_processors_alone_while_it_is_woken_up() -> None:
    every = os.sched_getaffinity(0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            with elsewhere(process.pid):
                during = os.sched_getaffinity(process.pid)
            after = os.sched_getaffinity(process.pid)
        finally:
            process.kill()
    assert during < every
    assert len(during) == len(every) - 1
    assert after == every


@needs_two
def test_it_is_this_ones_processor_that_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    processor = module._processor
    assert processor is not None
    every = os.sched_getaffinity(0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            for mine in every:
                os.sched_setaffinity(0, {mine})
                assert processor() == mine
                os.sched_setaffinity(0, every)
                monkeypatch.setattr(module, "_processor", partial(int, mine))
                with elsewhere(process.pid):
                    assert every - os.sched_getaffinity(process.pid) == {mine}
        finally:
            os.sched_setaffinity(0, every)
            process.kill()


@needs_two
def test_one_that_may_run_on_a_single_processor_wakes_others_where_they_are() -> None:
    every = os.sched_getaffinity(0)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            os.sched_setaffinity(0, {min(every)})
            with elsewhere(process.pid):
                assert os.sched_getaffinity(process.pid) == every
        finally:
            os.sched_setaffinity(0, every)
            process.kill()


@needs_two
def test_one_that_is_gone_and_one_that_was_let_go_are_let_be() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        mine = os.sched_getaffinity(0)
        handle = Handle(process.pid, os.pidfd_open(process.pid))
        handle.close()
        with handle.woken_elsewhere():
            assert os.sched_getaffinity(process.pid) == mine
        process.kill()
        process.wait()
        with elsewhere(process.pid):
            assert os.sched_getaffinity(0) == mine


def test_where_nobody_can_tell_the_processor_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_processor", None)
    changed: list[int] = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda process, _where: changed.append(process))
    with elsewhere(os.getpid()):
        assert not changed
    assert not changed
