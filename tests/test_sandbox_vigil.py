"""The vigil: the loop does not sleep while a lone request runs, and sleeps again after that."""

from __future__ import annotations

import asyncio
import math
import selectors
from collections.abc import Callable, Coroutine

import pytest

from backlight.sandbox.vigil import QUIET_SECONDS, VIGIL_SECONDS, has_room, vigil, vigil_seconds


class Listening(selectors.DefaultSelector):
    """Asks for events as a loop does, and keeps for how long it was to wait for them."""

    def __init__(self) -> None:
        super().__init__()
        self.timeouts: list[float | None] = []

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.timeouts.append(timeout)
        return super().select(timeout)


def sleeps_of(wait: Callable[[], Coroutine[object, object, None]]) -> int:
    """How often a loop falls asleep while something waits."""
    selector = Listening()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.get_loop()
        selector.timeouts.clear()
        runner.run(wait())
        return sum(timeout is None or timeout > 0 for timeout in selector.timeouts)


@pytest.mark.parametrize(("seconds", "sleeps"), [(60.0, False), (0.0, True), (0.001, True)])
def test_the_loop_sleeps_only_where_no_vigil_is_kept(seconds: float, sleeps: bool) -> None:
    async def wait() -> None:
        with vigil(seconds):
            await asyncio.sleep(0.02)

    assert (sleeps_of(wait) > 0) is sleeps


def test_a_vigil_ends_with_its_context() -> None:
    async def wait() -> None:
        with vigil(60):
            pass
        await asyncio.sleep(0.01)

    assert sleeps_of(wait) > 0


@pytest.mark.parametrize(
    ("running", "since", "kept"),
    [
        (1, math.inf, VIGIL_SECONDS),
        (1, 2 * QUIET_SECONDS, VIGIL_SECONDS),
        (1, QUIET_SECONDS / 2, 0),
        (2, math.inf, 0),
    ],
    ids=["the first", "after a while", "right after another", "beside another"],
)
def test_a_vigil_is_kept_for_a_lone_request(running: int, since: float, kept: float) -> None:
    assert vigil_seconds(running, since) == kept


def test_room_is_told_by_the_processors_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {3}

    def affinity(_process: int) -> set[int]:
        return mine

    monkeypatch.setattr("os.sched_getaffinity", affinity, raising=False)
    assert not has_room()
    mine.add(5)
    assert has_room()
