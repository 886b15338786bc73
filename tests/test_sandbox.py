"""The sandbox with real processes: what a program can do to its child stays the child's own affair."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any, cast

import pytest

from backlight.errors import BacklightError, Busy, LimitExceeded, NotAllowed, WorkerDied
from backlight.model.document import Place
from backlight.model.request import TraceRequest
from backlight.sandbox import Pool, run_once
from backlight.sandbox.client import Worker, Zygote
from backlight.sandbox.frames import HEADER, Kind
from backlight.sandbox.once import Runner
from backlight.sandbox.succession import Succession
from backlight.settings import Settings
from conftest import OBEY
from processes import children_of, eventually, exists, has_settled, is_running, open_descriptors


def run(sandbox: Runner, source: str) -> Any:
    return json.loads(sandbox.run(TraceRequest(source=source)))


def refusal(sandbox: Runner, source: str) -> BacklightError:
    with pytest.raises(BacklightError) as caught:
        sandbox.run(TraceRequest(source=source))
    return caught.value


@contextmanager
def own_sandbox(settings: Settings) -> Iterator[tuple[Runner, int]]:
    """A sandbox of the test's own, and its zygote's process id, once its children are ready."""
    before = children_of(os.getpid())
    runner = Runner(settings, OBEY)
    try:
        run(runner, "sleep 0")
        (zygote,) = children_of(os.getpid()).keys() - before.keys()
        assert eventually(lambda: has_settled(zygote, settings.idle_workers))
        yield runner, zygote
    finally:
        runner.close()


@pytest.fixture(scope="module")
def shared_pair() -> Iterator[tuple[Runner, int]]:
    """A sandbox for the tests of this module alone, with two children that wait, and its zygote."""
    with own_sandbox(Settings(idle_workers=2)) as sandbox:
        yield sandbox


@pytest.fixture
def pair(shared_pair: tuple[Runner, int]) -> tuple[Runner, int]:
    """The same; what a test before this did to it has settled."""
    assert eventually(lambda: has_settled(shared_pair[1], 2))
    return shared_pair


def test_the_request_arrives_and_the_answer_comes_back_whole() -> None:
    request = TraceRequest(source="x = '\ud800 ∂ \0'", seed=2**62, inputs={"x": [[1.5, float("inf")]]})
    answer = json.loads(run_once(request, Settings(), entry="entries:echo"))
    assert answer == {"source": request.source, "seed": request.seed, "inputs": request.inputs}


def test_a_program_runs_and_its_process_is_new_each_time(sandbox: Runner) -> None:
    first, second = run(sandbox, "where"), run(sandbox, "where")
    assert first["process"] != second["process"]
    assert os.getpid() not in (first["process"], second["process"])


def test_the_environment_holds_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    with own_sandbox(Settings(idle_workers=1)) as (runner, _):
        environment = run(runner, "where")["environment"]
    assert "SECRET_TOKEN" not in environment
    assert environment["OMP_NUM_THREADS"] == "1"


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open('backlight-was-here', 'w')",
        "__import__('socket').socket()",
        "__import__('os').pipe()",
        "__import__('threading').Thread(target=print).start()",
    ],
)
def test_no_file_socket_or_thread_can_be_made(sandbox: Runner, attempt: str) -> None:
    program = f"try:\n    {attempt}\n    result = 'done'\nexcept Exception as error:\n    result = type(error).__name__"
    assert run(sandbox, "exec " + program)["result"] in {"OSError", "RuntimeError", "PermissionError"}


def test_only_the_socket_the_pipe_for_its_place_and_the_null_streams_are_open(sandbox: Runner) -> None:
    program = (
        "import errno, os\nresult = []\n"
        "for each in range(1000):\n"
        "    try:\n        os.lseek(each, 0, os.SEEK_CUR)\n        result.append(each)\n"
        "    except OSError as error:\n        result += [each] * (error.errno != errno.EBADF)"
    )
    descriptors = run(sandbox, "exec " + program)["result"]
    assert descriptors[:3] == [0, 1, 2]
    assert len(descriptors) == 5


def test_a_spinning_program_is_stopped_softly(sandbox: Runner) -> None:
    assert run(sandbox, "exec while True: pass") == {"stopped": "cpu_seconds", "value": 1}


def test_except_exception_does_not_swallow_the_soft_limit(sandbox: Runner) -> None:
    program = "while True:\n    try:\n        while True: abs(1)\n    except Exception:\n        pass"
    assert run(sandbox, "exec " + program)["stopped"] == "cpu_seconds"


def test_a_program_that_swallows_the_soft_limit_meets_the_hard_one(sandbox: Runner) -> None:
    spin = "def spin():\n    while True: abs(1)\n"  # the jump of a loop in `try` itself is not covered
    error = refusal(sandbox, f"exec {spin}while True:\n    try: spin()\n    except BaseException: pass")
    assert isinstance(error, LimitExceeded)
    assert error.details["limit"] == "cpu_seconds"
    assert error.details["line"] in {2, 3, 4}


def test_a_soft_limit_that_nobody_caught_is_a_refusal(sandbox: Runner) -> None:
    error = refusal(sandbox, "soften")
    assert isinstance(error, LimitExceeded)
    assert error.details == {"limit": "graph_nodes", "value": 5}


def test_memory_is_refused_to_the_program_itself(sandbox: Runner) -> None:
    program = "try:\n    bytearray(2**30)\nexcept MemoryError:\n    result = 'refused'"
    assert run(sandbox, "exec " + program) == {"result": "refused"}


def test_running_out_of_memory_names_the_limit(sandbox: Runner) -> None:
    error = refusal(sandbox, "exec hog = []\nwhile True: hog.append(bytes(2**24))")
    assert isinstance(error, LimitExceeded)
    assert error.details == {"limit": "memory_bytes", "value": 256 * 2**20}


def test_a_process_that_the_kernel_killed_counts_as_out_of_memory(pair: tuple[Runner, int]) -> None:
    runner, zygote = pair
    before = children_of(zygote)
    answer = runner.submit(TraceRequest(source="sleep 60"))
    assert eventually(lambda: len(children_of(zygote)) == 3)
    for child in before:  # the one that runs the program is among them
        os.kill(child, signal.SIGKILL)
    error = answer.exception()
    assert isinstance(error, LimitExceeded)
    assert error.details["limit"] == "memory_bytes"


def test_a_process_that_exits_is_a_dead_worker_and_the_next_request_is_served(sandbox: Runner) -> None:
    assert isinstance(refusal(sandbox, "exit"), WorkerDied)
    assert run(sandbox, "exec result = 1 + 1") == {"result": 2}


def test_a_refusal_keeps_its_message_place_and_details(sandbox: Runner) -> None:
    error = refusal(sandbox, "refuse")
    assert isinstance(error, NotAllowed)
    assert (error.message, error.place) == ("Not here.", Place(2, 3, 2, 7))
    assert error.details == {"instead": "something else"}


def test_a_fault_of_our_own_is_logged_and_not_told(sandbox: Runner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        error = refusal(sandbox, "fail")
    assert isinstance(error, WorkerDied)
    assert "/some/path" not in error.message
    assert "/some/path" in caplog.text


def test_a_document_that_is_too_large_names_the_limit(sandbox: Runner) -> None:
    error = refusal(sandbox, f"large {2**20 + 1}")
    assert isinstance(error, LimitExceeded)
    assert error.details == {"limit": "document_bytes", "value": 2**20}


@pytest.mark.parametrize(
    "reply",
    [
        b"\xff" * 64,
        HEADER.pack(Kind.ANSWER, 2**32 - 1),
        HEADER.pack(Kind.ANSWER, 10) + b"short",
        HEADER.pack(Kind.READY, 0),
        HEADER.pack(Kind.FAILURE, 2) + b"{}",
        HEADER.pack(Kind.FAILURE, 15) + b'{"code": "busy"',
    ],
    ids=["noise", "endless", "short", "wrong kind", "empty failure", "broken failure"],
)
def test_a_hostile_reply_is_a_dead_worker(sandbox: Runner, reply: bytes) -> None:
    assert isinstance(refusal(sandbox, "write " + reply.hex()), WorkerDied)


def test_the_deadline_ends_a_sleeping_program() -> None:
    with own_sandbox(Settings(idle_workers=2, wall_seconds=0.5)) as (runner, zygote):
        before = children_of(zygote).keys()
        error = refusal(runner, "sleep 60")
        assert isinstance(error, LimitExceeded)
        assert error.details == {"limit": "wall_seconds", "value": 0.5}, "it sleeps, but not in a line of the program"
        assert eventually(lambda: not before <= children_of(zygote).keys())


def test_one_that_crashes_when_it_is_asked_where_it_is_took_too_long() -> None:
    with own_sandbox(Settings(idle_workers=1, wall_seconds=4)) as (runner, _):
        late = refusal(runner, "crash 3.7")  # it is asked after 3.5
        assert late.details == {"limit": "wall_seconds", "value": 4}
        assert isinstance(refusal(runner, "crash 0"), WorkerDied)


def test_eight_at_once_are_all_answered(sandbox: Runner) -> None:
    answers = [sandbox.submit(TraceRequest(source=f"exec result = {each}")) for each in range(8)]
    assert [json.loads(each.result())["result"] for each in answers] == list(range(8))


def test_a_cancelled_request_takes_its_child_with_it(pair: tuple[Runner, int]) -> None:
    runner, zygote = pair
    before = children_of(zygote).keys()
    answer = runner.submit(TraceRequest(source="sleep 60"))
    assert eventually(lambda: len(children_of(zygote)) == 3)
    answer.cancel()
    with pytest.raises(CancelledError):
        answer.result()
    assert eventually(lambda: has_settled(zygote, 2))
    assert len(before & children_of(zygote).keys()) == 1


def test_a_full_queue_is_busy_and_a_place_in_it_is_served() -> None:
    with own_sandbox(Settings(idle_workers=1, queue_length=1)) as (runner, zygote):
        running = runner.submit(TraceRequest(source="sleep 60"))
        assert eventually(lambda: len(children_of(zygote)) == 2)
        waiting = runner.submit(TraceRequest(source="exec result = 'served'"))
        with pytest.raises(Busy):
            runner.run(TraceRequest(source="sleep 0"))
        running.cancel()
        assert json.loads(waiting.result()) == {"result": "served"}


def test_a_killed_zygote_is_replaced() -> None:
    with own_sandbox(Settings(idle_workers=2)) as (runner, zygote):
        orphans = children_of(zygote).keys()
        answer = runner.submit(TraceRequest(source="sleep 60"))
        assert eventually(lambda: len(children_of(zygote)) == 3)
        os.kill(zygote, signal.SIGKILL)
        assert isinstance(answer.exception(), WorkerDied)
        assert eventually(lambda: run(runner, "exec result = 'served'") == {"result": "served"})
        assert zygote not in children_of(os.getpid())
        assert eventually(lambda: not any(map(is_running, orphans)))


def test_an_entry_point_that_cannot_be_loaded_is_told_and_does_not_hang(capfd: pytest.CaptureFixture[str]) -> None:
    runner = Runner(Settings(idle_workers=1), "entries:missing")
    try:
        with pytest.raises(WorkerDied, match="could not be started"):
            runner.run(TraceRequest(source=""))
    finally:
        runner.close()
    assert "missing" in capfd.readouterr().err


def test_nothing_is_left_behind() -> None:
    descriptors, processes = open_descriptors(), children_of(os.getpid()).keys()
    with own_sandbox(Settings(idle_workers=2)) as (runner, zygote):
        for source in ["exit", "trace", "fail", "sleep 0", "refuse"] * 3:
            (refusal if source != "sleep 0" else run)(runner, source)
        assert eventually(lambda: has_settled(zygote, 2))
        assert "Z" not in children_of(zygote).values()
        children = children_of(zygote).keys()
    assert eventually(lambda: open_descriptors() == descriptors)
    assert children_of(os.getpid()).keys() == processes
    assert not any(map(exists, children))


def test_the_server_side_loads_no_torch() -> None:
    code = "import sys, backlight.sandbox, backlight.sandbox.facade; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": os.pathsep.join(sys.path)}, check=True)


def test_the_sandbox_of_run_once_ends_with_its_process() -> None:
    code = (
        "from backlight.sandbox import run_once\n"
        "from backlight.model.request import TraceRequest\n"
        "from backlight.settings import Settings\n"
        "import os, processes\n"
        "print(run_once(TraceRequest(source='where'), Settings(), entry='entries:obey').decode())\n"
        "print(*processes.children_of(os.getpid()))"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    zygote = int(done.stdout.splitlines()[1])
    assert done.stderr == ""
    assert not exists(zygote)


class Newborn:
    """Stands for a worker; knows whether it was ended."""

    def __init__(self) -> None:
        self.is_ended = False

    def end(self) -> None:
        self.is_ended = True


def test_a_child_that_is_born_as_its_order_is_cancelled_is_ended() -> None:
    newborn = Newborn()

    async def cancel_at_birth() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            zygote = Zygote(ours, cast("Any", None), lambda: None)
            forking = asyncio.create_task(zygote.fork(warm=False))
            await asyncio.sleep(0)
            (order,) = zygote._orders
            order.set_result(cast("Any", newborn))
            forking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await forking
            asyncio.get_running_loop().remove_reader(ours)

    asyncio.run(cancel_at_birth())
    assert newborn.is_ended


@pytest.mark.parametrize("turns", range(6))
def test_a_pool_that_is_closed_as_a_lull_begins_ends_all_the_same(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_anything: object) -> None: ...

    monkeypatch.setattr(Succession, "serving", nothing)
    monkeypatch.setattr(Pool, "_fill", nothing)

    async def close_in_the_lull() -> None:
        pool = Pool(Settings(), OBEY)
        async with asyncio.timeout(5) as limit, pool:
            await asyncio.sleep(0)
            pool._wanted.set()
            await asyncio.sleep(0.01)
            pool._lull.set()
            for _ in range(turns):
                await asyncio.sleep(0)
        assert not limit.expired()

    asyncio.run(close_in_the_lull())


def test_processes_warm_up_but_not_while_a_queue_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, orders = Zygote.fork, list[tuple[bool, int]]()

    async def noting(zygote: Zygote, warm: bool) -> Worker:
        orders.append((warm, runner._pool.waiting))
        return await fork(zygote, warm)

    with own_sandbox(Settings(idle_workers=1, queue_length=8)) as (runner, _):
        monkeypatch.setattr(Zygote, "fork", noting)
        for each in [runner.submit(TraceRequest(source="sleep 0.2")) for _ in range(5)]:
            each.result()
        assert eventually(lambda: runner._pool.idle == 1)
    assert (False, 1) in [(warm, min(waiting, 1)) for warm, waiting in orders]
    assert (True, 1) not in [(warm, min(waiting, 1)) for warm, waiting in orders]
    assert orders[-1] == (True, 0)


@pytest.mark.parametrize("times", [0, 1, 50])
def test_the_process_that_runs_next_is_told_once_that_a_request_comes(times: int, pair: tuple[Runner, int]) -> None:
    """However often a request is announced that never comes: a flood of them keeps nobody busy."""
    runner, _ = pair
    for _ in range(times):
        runner._loop.call_soon_threadsafe(runner._pool.expect)
    time.sleep(0.05)  # one that is asked at once does not need to be woken first
    assert run(runner, "woken") == min(times, 1)
    assert run(runner, "woken") == 0


def test_processes_that_died_meanwhile_are_told_in_vain(pair: tuple[Runner, int]) -> None:
    runner, zygote = pair
    before = children_of(zygote).keys()
    for child in before:
        os.kill(child, signal.SIGKILL)
    runner._loop.call_soon_threadsafe(runner._pool.expect)
    assert eventually(lambda: not before & children_of(zygote).keys() and has_settled(zygote, 2))
    assert run(runner, "sleep 0") == {}
