"""The pool: children that wait ready, one for each request. In: a request. Out: the child's bytes, unread.

At most ``idle_workers`` requests run at once; up to ``queue_length`` more wait their turn, in order.
A request that is cancelled, or over its deadline, takes its child with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import sys
from collections import deque
from types import TracebackType
from typing import Self

from backlight.errors import BacklightError, Busy, LimitExceeded, WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox.ahead import Ahead
from backlight.sandbox.child import WARM_UP
from backlight.sandbox.client import Ending, Worker, Zygote
from backlight.sandbox.frames import BadFrame, Frame, Kind
from backlight.sandbox.kept import Kept
from backlight.sandbox.kernel import adopt_orphans
from backlight.sandbox.probe import SealReport
from backlight.sandbox.succession import Succession
from backlight.sandbox.tally import Tally
from backlight.sandbox.vigil import has_room, vigil, vigil_seconds
from backlight.sandbox.wire import FAILURE_BYTES, Start, decode_failure, encode_request
from backlight.settings import Settings

PIPELINE = "backlight.pipeline:run"
LULL_SECONDS = 0.2
"""Time for which making the next child waits, so as not to take processor time from a request that is running."""
CALM_SECONDS = 0.01
"""Time after a request in which neither the next child is made nor its own is cleared away.

The answer is on its way meanwhile: on few cores either would delay it.
"""
RETRY_SECONDS = 5.0
"""Pause after a zygote that could not be started, before the next is tried."""
READY_LASTS_SECONDS = 2.0
"""How long after an answer nobody needs to be tried out to know that the pool is ready."""
TRIAL_SECONDS = 5.0
"""Time in which a process that is tried out must have answered."""
ASKED_BEFORE_SECONDS = 0.5
"""How long before its deadline a child is asked where its program is."""
ATTEMPTS = 3
"""How many zygotes a request may see die before it is given a process."""
_NO_ANSWER = "The process that ran the program ended without an answer."
_log = logging.getLogger(__name__)


class HasLeft(Exception):
    """A process that had served a series before takes no more of it."""


class Pool:
    """Runs requests in sandboxed processes; use it as an asynchronous context.

    Where the seal is not tight and the settings let strangers in, no program is run.
    """

    def __init__(self, settings: Settings, entry: str = PIPELINE) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(settings.idle_workers)
        self._waiting = 0
        self._idle: deque[Worker] = deque()
        self._kept = Kept(settings.idle_workers, self._drop_kept)
        self._ahead = Ahead(self._drop_unasked)
        self._parting: deque[Worker] = deque()  # those that have answered, and are to be ended
        self._running = self._in_series = 0
        self._wanted = asyncio.Event()
        self._lull = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._answered_at = self._done_at = -math.inf
        self._trial: asyncio.Task[bool] | None = None
        self._has_room = has_room()
        self.tally = Tally()
        self.succession = Succession(Start(entry, settings), settings, self._on_lost)

    @property
    def seal(self) -> SealReport | None:
        """How tightly programs are sealed off, once the first zygote has found out."""
        return self.succession.seal

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return self._waiting

    @property
    def idle(self) -> int:
        """Processes that wait ready for a request."""
        return len(self._idle)

    @property
    def kept(self) -> int:
        """Processes that wait for the next request of a series."""
        return len(self._kept)

    async def is_ready(self) -> bool:
        """Whether a process answers, or did so within the last seconds; all who ask at once share one trial."""
        if asyncio.get_running_loop().time() - self._answered_at < READY_LASTS_SECONDS:
            return True
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._try_out())
        return await asyncio.shield(self._trial)

    async def _try_out(self) -> bool:
        try:
            async with asyncio.timeout(TRIAL_SECONDS):
                await self.run(TraceRequest(source=WARM_UP))
        except (BacklightError, TimeoutError):
            return False
        return True

    async def __aenter__(self) -> Self:
        """Begin to make children ready, and return at once: the first requests wait for them."""
        if self._settings.standby_zygotes and sys.platform == "linux":
            adopt_orphans()
        self._keeper = asyncio.create_task(self._keep_ready())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process of the pool."""
        for task in (self._trial, self._keeper):
            if task is not None and not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, WorkerDied):
                    await task
        while self._idle:
            self._drop(self._idle.popleft())
        self._kept.clear()
        self._ahead.clear()
        while self._parting:
            self._end_parting()
        await self.succession.close()

    async def run(self, request: TraceRequest, series: str | None = None, body: bytes | None = None) -> bytes:
        """The Document of a request, as bytes of JSON. The process that served a ``series`` last may serve it again.

        ``body`` is what the request was made from, which a process may have read ahead.

        Raises what the child refuses (RequestError, LimitExceeded), Busy where the queue is full, WorkerDied
        where the child ended for a reason that is no limit's.
        """
        encoded = encode_request(request)
        await self._take_turn()
        self._running += 1
        try:
            if series is not None and (kept := self._kept.take(series)):
                with contextlib.suppress(HasLeft):
                    return await self._serve(kept, encoded, series)
            return await self._serve(await self._take_worker(body), encoded, series)
        finally:
            self._running -= 1
            self._done_at = asyncio.get_running_loop().time()
            self._turns.release()
            self._ask_for_more()

    async def _serve(self, worker: Worker, body: bytes, series: str | None) -> bytes:
        self._in_series += series is not None
        try:
            return await self._ask(worker, body, stay=series is not None)
        finally:
            self._in_series -= series is not None
            if series is not None and worker.may_stay:
                self._kept.put(series, worker)
            else:
                self._part_with(worker)

    def expect(self, body: bytes | None = None) -> None:
        """A request is about to come: the process that would run it wakes up; of a lone one, it reads the ``body``."""
        if not self._idle or self._turns.locked():
            return
        if body is None or self._running or not self._ahead.may_begin(body):
            self._idle[0].expect()
        else:
            self._ahead.begin(self._idle.popleft(), body)

    def _part_with(self, worker: Worker) -> None:
        """End a child: at once, or where it has answered, when the answer is on its way; its end takes time."""
        if worker.has_answered:
            self._parting.append(worker)
            asyncio.get_running_loop().call_later(CALM_SECONDS, self._end_parting)
        else:
            worker.end()

    def _end_parting(self) -> None:
        if self._parting:
            self._parting.popleft().end()

    async def _take_turn(self) -> None:
        if self._turns.locked() and self._waiting >= self._settings.queue_length:
            raise Busy("Every worker is taken. Try again in a moment.")
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1

    async def _take_worker(self, body: bytes | None) -> Worker:
        try:
            while worker := self._ahead.take(body) or (self._idle.popleft() if self._idle else None):
                if not worker.ended.done():
                    return worker
                self._drop(worker)
            return await self._fork_now()
        finally:
            self._ask_for_more()

    def _ask_for_more(self) -> None:
        """Have the keeper make children: at once in a lull or where none is left, else when this request is done."""
        if self._running and self._idle:
            self._lull.clear()
        else:
            self._lull.set()
        self._wanted.set()

    def _on_lost(self) -> None:
        """Take note that a zygote is gone: whether a process answers is to be found out anew."""
        self._answered_at = -math.inf
        self._wanted.set()

    async def _fork_now(self) -> Worker:
        for _ in range(ATTEMPTS):
            zygote = await self.succession.serving()
            try:
                return await self._fork(zygote, warm=False)
            except WorkerDied:
                if not zygote.lost:
                    raise  # else nothing of the request was lost with it, and the next can serve it
        raise WorkerDied("The sandbox dies again and again.")

    async def _ask(self, worker: Worker, body: bytes, stay: bool) -> bytes:
        limit, end = self._settings.wall_seconds, "cancelled"
        asking = asyncio.get_running_loop().call_later(max(limit - ASKED_BEFORE_SECONDS, limit / 2), worker.ask_where)
        try:
            since = asyncio.get_running_loop().time() - self._done_at
            with vigil(vigil_seconds(self._running, since) if self._has_room else 0):
                frame = await self._reply(worker, body, stay, asking)
            end = "answered"
        except TimeoutError as error:
            end = "wall_seconds"
            worker.kill()
            raise self._overdue(await worker.last_words(), worker.is_finishing) from error
        except EOFError as error:
            if worker.is_used:  # it did not want to go on, or the program ended it: a new one will tell
                end = "answered"
                raise HasLeft from error
            ending = await worker.last_words()
            crashed_when_asked = worker.asked and ending is not None and ending.crashed
            reason = self._overdue(None) if crashed_when_asked else self._reason(ending)
            end = reason.details.get("limit", "died")
            raise reason from error
        except BadFrame as error:
            end = "nonsense"
            raise WorkerDied("The process that ran the program answered with nonsense.") from error
        finally:
            asking.cancel()
            if not worker.may_stay:
                self.tally.ended[end] += 1
        self._answered_at = asyncio.get_running_loop().time()
        return _open(frame)

    async def _reply(self, worker: Worker, body: bytes, stay: bool, asking: asyncio.TimerHandle) -> Frame:
        """What a request is answered with in its time, to which that for the Document of a long run is added."""
        size = max(self._settings.document_bytes, FAILURE_BYTES)
        end = asyncio.get_running_loop().time() + self._settings.wall_seconds
        async with asyncio.timeout_at(end) as deadline:

            def finish() -> None:
                asking.cancel()
                worker.is_finishing = True
                deadline.reschedule(end + self._settings.finishing_seconds)

            return await worker.ask(body, size, stay, finish)

    def _overdue(self, ending: Ending | None, is_finishing: bool = False) -> LimitExceeded:
        limit = self._settings.wall_seconds
        message = f"The program was still running after {limit:g} seconds."
        if is_finishing:
            message = (
                f"The program is over, but its Document took more than {self._settings.finishing_seconds:g} seconds."
            )
        return _exceeded("wall_seconds", limit, message, ending)

    def _reason(self, ending: Ending | None) -> BacklightError:
        settings = self._settings
        if ending is None or not ending.killed:
            _log.warning("A sandboxed process ended without an answer: %s", ending or "nobody saw how")
            died = WorkerDied(_NO_ANSWER)
            died.add_note(str(ending))  # for those who read the code's own errors; a client is told the message alone
            return died
        if ending.cpu_seconds > settings.cpu_seconds + settings.finishing_seconds / 2:
            message = f"The program did not stop when its {settings.cpu_seconds:g} seconds of processor time were used."
            return _exceeded("cpu_seconds", settings.cpu_seconds, message, ending)
        return _exceeded("memory_bytes", settings.memory_bytes, "The program took more memory than there is.", ending)

    async def _keep_ready(self) -> None:
        while True:
            self._wanted.clear()
            try:
                await self._fill(await self.succession.serving())
            except WorkerDied:
                _log.error("No sandboxed process could be started; trying again in %g seconds", RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await self._wanted.wait()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LULL_SECONDS):  # wait_for may swallow a cancellation
                        await self._calm()

    async def _calm(self) -> None:
        """Wait until no request runs and the last answer is on its way, or no process is left for the next."""
        now = asyncio.get_running_loop().time
        await self._lull.wait()
        while self._idle and (rest := self._done_at + CALM_SECONDS - now()) > 0:
            await asyncio.sleep(rest)
            await self._lull.wait()

    async def _fill(self, zygote: Zygote) -> None:
        for worker in [each for each in self._idle if each.ended.done()]:
            self._idle.remove(worker)
            self._drop(worker)
        await self.succession.fill(zygote)
        while len(self._idle) < self._wished() and not zygote.lost:
            try:
                worker = await self._fork(zygote, warm=not self._waiting)
            except WorkerDied:
                if zygote.lost:
                    return  # the next one is asked at once
                raise
            self._idle.append(worker)
            worker.ended.add_done_callback(lambda _: self._ask_for_more())  # it may end before it is asked

    def _wished(self) -> int:
        """How many processes are to wait: half of them while a series goes on, whose answers their making delays."""
        most = self._settings.idle_workers
        return most - most // 2 if self._in_series or self._kept else most

    async def _fork(self, zygote: Zygote, warm: bool) -> Worker:
        worker = await zygote.fork(warm)
        self.tally.started += 1
        return worker

    def _drop_unasked(self, worker: Worker) -> None:
        """End a process whose request was refused, or left, before it came to it."""
        self._drop(worker)
        self._ask_for_more()

    def _drop_kept(self, worker: Worker) -> None:
        """End a process that served a series."""
        worker.end()
        self.tally.ended["answered"] += 1
        self._ask_for_more()

    def _drop(self, worker: Worker) -> None:
        """End a process that was never asked."""
        worker.end()
        self.tally.ended["unused"] += 1


def _exceeded(limit: str, value: float, message: str, ending: Ending | None) -> LimitExceeded:
    """A hard limit, with the line of the program where that is known."""
    exceeded = LimitExceeded(message, limit=limit, value=value)
    if ending is not None and ending.line:
        exceeded.details["line"] = ending.line
    return exceeded


def _open(frame: Frame) -> bytes:
    if frame.kind is Kind.ANSWER:
        return frame.body
    if frame.kind is Kind.FAILURE:
        raise decode_failure(frame.body)
    if frame.kind is Kind.CRASH:
        _log.error("A stage failed in the sandbox: %s", ascii(frame.body[-FAILURE_BYTES:].decode("utf-8", "replace")))
    raise WorkerDied(_NO_ANSWER)
