"""A program that ran for long and is over has time of its own for its Document, whatever the wall clock says."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from backlight.errors import LimitExceeded, WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox.frames import BadFrame, Frame, Kind, pack_frame, receive_frame_async
from backlight.sandbox.once import Runner
from backlight.settings import Settings
from conftest import OBEY

FINISHING, ANSWER = pack_frame(Kind.FINISHING, b""), pack_frame(Kind.ANSWER, b"{}")


@pytest.fixture(scope="module")
def hurried() -> Iterator[Runner]:
    """A sandbox with little time for programs, and some for their Documents."""
    runner = Runner(Settings(idle_workers=1, wall_seconds=1, finishing_seconds=2), OBEY)
    yield runner
    runner.close()


def ask(sandbox: Runner, source: str) -> bytes:
    return sandbox.run(TraceRequest(source=source))


def test_a_long_run_that_is_over_is_told(hurried: Runner) -> None:
    assert ask(hurried, "finish 0.5 1.5") == b"{}"


def test_a_short_run_is_told_in_the_time_that_there_is(hurried: Runner) -> None:
    assert ask(hurried, "finish 0 0.5") == b"{}"
    with pytest.raises(LimitExceeded, match="still running after 1 seconds"):
        ask(hurried, "finish 0 3")


def test_no_document_takes_more_than_its_time(hurried: Runner) -> None:
    with pytest.raises(LimitExceeded, match="its Document took more than 2 seconds"):
        ask(hurried, "finish 0.5 60")


def test_a_program_that_goes_on_is_ended_as_before(hurried: Runner) -> None:
    with pytest.raises(LimitExceeded, match="still running"):
        ask(hurried, "finish 1.5 0")


def test_one_word_of_finishing_is_taken_and_no_more(hurried: Runner) -> None:
    with pytest.raises(WorkerDied):
        ask(hurried, f"write {(FINISHING * 2 + ANSWER).hex()}")


@pytest.mark.parametrize("parts", [(FINISHING + ANSWER,), (FINISHING, ANSWER), (FINISHING[:2], FINISHING[2:] + ANSWER)])
def test_a_frame_may_come_together_with_the_word_before_it(parts: tuple[bytes, ...]) -> None:
    heard: list[str] = []
    assert asyncio.run(received(parts, heard)) == Frame(Kind.ANSWER, b"{}")
    assert heard == ["finishing"]


def test_the_word_has_no_body() -> None:
    with pytest.raises(BadFrame):
        asyncio.run(received((pack_frame(Kind.FINISHING, b"x") + ANSWER,), []))


async def received(parts: tuple[bytes, ...], heard: list[str]) -> Frame:
    """The frame that is taken of what comes in ``parts``."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        taken = asyncio.create_task(receive_frame_async(ours, 100, lambda: heard.append("finishing")))
        for part in parts:
            theirs.sendall(part)
            await asyncio.sleep(0.01)
        return await taken
