"""Zygotes that stand by: when the one that serves dies, the next serves at once, and nothing is left of the dead."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from backlight.errors import WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox import Pool, client, succession
from backlight.sandbox.client import Zygote
from backlight.sandbox.succession import Succession
from backlight.sandbox.wire import Start
from backlight.settings import Settings
from conftest import OBEY
from processes import children_of, eventually, is_running, name_of, sandboxed_of, standby_of
from servers import Server, descriptors_of, server

WORKERS = 2


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server(idle_workers=WORKERS) as started:
        yield started


def is_at_rest(running: Server) -> bool:
    """Whether one zygote serves, one stands by, and all children wait."""
    family = children_of(running.process.pid)
    if len(family) != 1 or "Z" in family.values():
        return False
    (zygote,) = family
    is_complete = standby_of(zygote) is not None and len(sandboxed_of(zygote)) == WORKERS
    figures = {"backlight_idle_workers": WORKERS, "backlight_standby_zygotes": 1}
    return is_complete and all(figure(running, name) == value for name, value in figures.items())


def figure(running: Server, name: str) -> float:
    """What ``/metrics`` says."""
    lines = running.client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(name + " ")).split()[1])


@pytest.fixture
def generations(running: Server) -> tuple[int, int]:
    """The zygote that serves and the one that stands by."""
    assert eventually(lambda: is_at_rest(running))
    zygote = running.zygote()
    standby = standby_of(zygote)
    assert standby is not None
    return zygote, standby


@pytest.fixture(autouse=True)
def _as_usual_afterwards(running: Server) -> Iterator[None]:
    """Whatever was killed, nothing of it is left: no zombie, and no descriptor more than before."""
    assert eventually(lambda: is_at_rest(running))
    before = descriptors_of(running.process.pid)
    yield
    assert eventually(lambda: running.trace("exec result = 1").json() == {"result": 1})
    assert eventually(lambda: is_at_rest(running), 60)
    assert eventually(lambda: descriptors_of(running.process.pid) <= before)


def outcome(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json().get("code", answer.json().get("result")))


def test_the_standby_takes_over_and_has_one_of_its_own(running: Server, generations: tuple[int, int]) -> None:
    zygote, standby = generations
    with ThreadPoolExecutor(WORKERS + 1) as clients:
        hit = [clients.submit(running.trace, "sleep 60") for _ in range(WORKERS)]
        assert eventually(lambda: len(sandboxed_of(zygote)) == 2 * WORKERS)
        waiting = clients.submit(running.trace, "exec result = 'served'")
        assert eventually(lambda: "backlight_queue_length 1.0" in running.client.get("/metrics").text)
        orphans = sandboxed_of(zygote)
        os.kill(zygote, signal.SIGKILL)
        assert [outcome(each.result()) for each in hit] == [(500, "worker-died")] * WORKERS
        assert outcome(waiting.result()) == (200, "served")
    assert running.zygote() == standby
    assert name_of(standby) == "zygote"
    assert not any(map(is_running, orphans))
    assert eventually(lambda: standby_of(standby) is not None)


def test_one_generation_after_the_other_leaves_nothing_behind(running: Server, generations: tuple[int, int]) -> None:
    descriptors = descriptors_of(running.process.pid)
    dead = {generations[0]}
    for _ in range(3):
        zygote = running.zygote()
        os.kill(zygote, signal.SIGKILL)
        dead.add(zygote)
        assert eventually(lambda: running.trace("exec result = 2").status_code == 200)
        assert eventually(lambda: is_at_rest(running))
        assert running.zygote() not in dead
    assert "No sandboxed process could be started" not in "".join(running.lines), "nobody waits where one stands by"
    assert eventually(lambda: descriptors_of(running.process.pid) == descriptors)


def test_a_killed_standby_is_replaced_and_nobody_notices(running: Server, generations: tuple[int, int]) -> None:
    zygote, standby = generations
    with ThreadPoolExecutor(1) as clients:
        spared = clients.submit(running.trace, "sleep 1")
        assert eventually(lambda: len(sandboxed_of(zygote)) == WORKERS + 1)
        os.kill(standby, signal.SIGKILL)
        assert spared.result().status_code == 200
    assert eventually(lambda: standby_of(zygote) not in {None, standby})
    assert running.zygote() == zygote


def test_where_both_are_killed_torch_is_loaded_anew(running: Server, generations: tuple[int, int]) -> None:
    zygote, standby = generations
    with ThreadPoolExecutor(1) as clients:
        hit = clients.submit(running.trace, "sleep 60")
        assert eventually(lambda: len(sandboxed_of(zygote)) == WORKERS + 1)
        os.kill(standby, signal.SIGKILL)
        os.kill(zygote, signal.SIGKILL)
        assert outcome(hit.result()) == (500, "worker-died")
    assert outcome(running.trace("exec result = 'served'")) == (200, "served")
    assert running.zygote() not in {zygote, standby}


def test_children_of_a_successor_are_sealed_and_die_with_it(running: Server, generations: tuple[int, int]) -> None:
    zygote, standby = generations
    os.kill(zygote, signal.SIGKILL)
    assert eventually(lambda: len(sandboxed_of(standby)) == WORKERS)

    def all_have(what: str) -> bool:
        """They have it once they are ready: a child is named before it is sealed."""
        return all(what in Path(f"/proc/{child}/status").read_text() for child in sandboxed_of(standby))

    assert eventually(lambda: all_have("NoNewPrivs:\t1") and all_have("Seccomp:\t2"))
    assert [name_of(child) for child in sandboxed_of(standby)] == ["sandboxed"] * WORKERS
    orphans = sandboxed_of(standby)
    os.kill(standby, signal.SIGKILL)
    assert eventually(lambda: not any(map(is_running, orphans)), 5)


@pytest.mark.skipif(os.getuid() != 0, reason="a zygote is not dumpable: only root may look")
def test_a_standby_has_one_thread_and_holds_nothing_but_its_socket(
    running: Server, generations: tuple[int, int]
) -> None:
    zygote, standby = generations
    assert len(list(Path(f"/proc/{standby}/task").iterdir())) == 1
    assert eventually(lambda: descriptors_of(zygote) == descriptors_of(standby) + WORKERS), "but for one pipe a child"


def test_how_many_stand_by_and_took_over_is_told(running: Server, generations: tuple[int, int]) -> None:
    assert eventually(lambda: figure(running, "backlight_standby_zygotes") == 1)
    before = figure(running, "backlight_zygote_restarts_total")
    os.kill(generations[0], signal.SIGKILL)
    assert eventually(lambda: figure(running, "backlight_zygote_restarts_total") == before + 1)


def test_a_zygote_that_hangs_is_killed_and_the_standby_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> bytes:
        async with Pool(Settings(idle_workers=1), OBEY) as pool:
            while not pool.succession.standing_by or not pool.idle:
                await asyncio.sleep(0.05)
            monkeypatch.setattr(client, "BIRTH_SECONDS", 5.0)
            (process,) = children_of(os.getpid()).keys() - before
            os.kill(process, signal.SIGSTOP)
            await pool.run(TraceRequest(source="sleep 0"))
            return await pool.run(TraceRequest(source="exec result = 'served'"))

    before = children_of(os.getpid()).keys()
    assert asyncio.run(hang()) == b'{"result": "served"}'
    assert children_of(os.getpid()).keys() == before


class Dying:
    """Stands for a zygote that is lost as soon as it is asked for anything."""

    def __init__(self) -> None:
        self.lost = False
        self.openings: list[int] = []

    async def fork_standby(self) -> Zygote:
        raise WorkerDied("No room.")

    def close(self) -> None:
        self.lost = True


class Nothing:
    """Stands for a lineage that has ended."""

    async def close(self, _patience: float) -> None: ...


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Succession:
    """A succession of zygotes that die, of which two may follow at once and then ten a second."""

    async def start(*_anything: Any) -> tuple[Any, Any]:
        return Nothing(), Dying()

    monkeypatch.setattr(succession, "start_zygote", start)
    monkeypatch.setattr(succession, "PROMPT_SUCCESSIONS", 2)
    monkeypatch.setattr(succession, "SUCCESSION_SECONDS", 0.1)
    return Succession(Start(OBEY, Settings()), Settings(), lambda: None)


def test_zygotes_that_keep_dying_are_replaced_ever_more_slowly(dying: Succession) -> None:
    async def bury(count: int) -> float:
        started = time.monotonic()
        for _ in range(count):
            (await dying.serving()).close()
        return time.monotonic() - started

    assert asyncio.run(bury(7)) >= 0.45


def test_where_there_is_no_room_for_a_standby_the_service_goes_on(
    dying: Succession, caplog: pytest.LogCaptureFixture
) -> None:
    async def fill() -> None:
        zygote = await dying.serving()
        for _ in range(3):
            await dying.fill(zygote)

    asyncio.run(fill())
    assert dying.standing_by == 0
    assert caplog.text.count("No zygote stands by: No room.") == 1
