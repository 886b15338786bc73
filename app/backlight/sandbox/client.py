"""The server's side of the sandbox: a hold on the zygote, which is asked for children, and on each child.

Nothing here imports torch or looks into a program. Every child is asked once, then ended and forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from backlight.errors import WorkerDied
from backlight.sandbox.frames import BadFrame, Frame, Kind, pack_frame, receive_frame_async, send_frame_async
from backlight.sandbox.wire import COLD_ORDER, NOTICE, WARM_ORDER, News, Start, encode_start

START_SECONDS = 180.0
"""Time in which a zygote must have imported torch; reading it from a cold disk can take a minute."""
READY_SECONDS = 30.0
"""Time in which a child must be ready for its request."""
CLOSE_SECONDS = 3.0
"""Time in which a zygote must have ended after the server let go of it."""
_LAST_WORDS_SECONDS = 1.0
_RECEIVE_FLAGS = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: its wait status, and the processor seconds that it used."""

    status: int
    cpu_seconds: float

    @property
    def killed(self) -> bool:
        """Whether it was ended by SIGKILL, as the kernel does for memory and for processor time."""
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL

    def __str__(self) -> str:
        """For the log: the signal that ended it, or its exit status. SIGSYS is the seal's answer to an attack."""
        if os.WIFSIGNALED(self.status):
            return f"signal {signal.Signals(os.WTERMSIG(self.status)).name}"
        return f"exit status {os.waitstatus_to_exitcode(self.status)}"


class Worker:
    """One child. ``ended`` gives its Ending, or None where the zygote went first and nobody saw it."""

    def __init__(self, process: int, connection: socket.socket, handle: int | None) -> None:
        connection.setblocking(False)
        self._process = process
        self._connection = connection
        self._handle = handle
        self.ended: asyncio.Future[Ending | None] = asyncio.get_running_loop().create_future()

    async def ready(self) -> None:
        """Wait until the child says that it is confined. Raises WorkerDied where it does not."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                frame = await receive_frame_async(self._connection, 0)
        except (TimeoutError, EOFError, OSError, BadFrame) as error:
            raise WorkerDied("A sandboxed process could not be made ready.") from error
        if frame.kind is not Kind.READY:
            raise WorkerDied("A sandboxed process could not be made ready.")

    async def ask(self, request: bytes, limit: int) -> Frame:
        """Send a request and take the reply. Raises EOFError where the child ended first, BadFrame for no reply."""
        try:
            await send_frame_async(self._connection, Kind.REQUEST, request)
            return await receive_frame_async(self._connection, limit)
        except ConnectionError as error:
            raise EOFError from error

    async def last_words(self) -> Ending | None:
        """How the child ended, as far as it becomes known within a moment."""
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self.ended), _LAST_WORDS_SECONDS)
        return None

    def end(self) -> None:
        """Kill the child if it still lives, and let go of it."""
        self._connection.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            elif not self.ended.done():
                os.kill(self._process, signal.SIGKILL)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Zygote:
    """A running zygote: `fork` gives children until it is ``lost``, of which ``on_lost`` is told once.

    ``openings`` are the numbers of the probe's attempts that the seal did not stop.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, control: socket.socket, on_lost: Callable[[], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        self._process = process
        self._control = control
        self._on_lost = on_lost
        self._loop = loop
        self._started: asyncio.Future[None] = loop.create_future()
        self._orders: deque[asyncio.Future[Worker]] = deque()
        self._workers: dict[int, Worker] = {}
        self.lost = False
        self.openings: list[int] = []
        loop.add_reader(control, self._read_notice)

    @classmethod
    async def start(cls, start: Start, on_lost: Callable[[], None]) -> Zygote:
        """Start a zygote and wait until it can fork. Raises WorkerDied where it cannot be brought up."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "backlight.sandbox.zygote", str(theirs.fileno())),
                stdin=asyncio.subprocess.DEVNULL,
                env=scrubbed_environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        ours.setblocking(False)
        zygote = cls(process, ours, on_lost)
        try:
            ours.sendall(pack_frame(Kind.START, encode_start(start)))
            async with asyncio.timeout(START_SECONDS):
                await zygote._started
        except BaseException as error:
            await zygote.close()
            if isinstance(error, TimeoutError | OSError):
                raise WorkerDied("The sandbox could not be started.") from error
            raise
        return zygote

    async def fork(self, warm: bool) -> Worker:
        """A new child, ready for its request. Raises WorkerDied where there can be none."""
        if self.lost:
            raise WorkerDied("The sandbox is being restarted.")
        order: asyncio.Future[Worker] = self._loop.create_future()
        self._orders.append(order)
        with contextlib.suppress(OSError):
            self._control.send(WARM_ORDER if warm else COLD_ORDER)
        try:
            worker = await order
        except asyncio.CancelledError:
            if order.done() and not order.cancelled() and order.exception() is None:
                order.result().end()  # it was born in the moment in which nobody wanted it any more
            raise
        try:
            await worker.ready()
        except BaseException:
            worker.end()
            raise
        return worker

    async def close(self) -> None:
        """End the zygote, and with it every child. One that has started ends by itself, after burying its children."""
        started = self._started
        is_serving = started.done() and not started.cancelled() and started.exception() is None
        self._lose()
        try:
            await asyncio.wait_for(self._process.wait(), CLOSE_SECONDS if is_serving else 0)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def _read_notice(self) -> None:
        try:
            data, handles, _, _ = socket.recv_fds(self._control, NOTICE.size, 2, _RECEIVE_FLAGS)
        except BlockingIOError:
            return
        except OSError:
            data, handles = b"", []
        if len(data) != NOTICE.size:
            self._lose()
            return
        number, child, status, seconds = NOTICE.unpack(data)
        self._hear(News(number), child, handles, Ending(status, seconds))

    def _hear(self, news: News, child: int, handles: list[int], ending: Ending) -> None:
        if news is News.READY:
            if not self._started.done():
                self._started.set_result(None)
        elif news is News.OPENING:
            self.openings.append(child)
        elif news is News.BIRTH:
            self._welcome(child, handles)
        elif news is News.NO_BIRTH:
            _refuse(self._orders.popleft(), "A sandboxed process could not be made.")
        elif worker := self._workers.pop(child, None):
            worker.ended.set_result(ending)

    def _welcome(self, child: int, handles: list[int]) -> None:
        order = self._orders.popleft()
        if not handles:
            _refuse(order, "A sandboxed process could not be reached.")
            return
        worker = Worker(child, socket.socket(fileno=handles[0]), handles[1] if len(handles) > 1 else None)
        self._workers[child] = worker
        if order.done():
            worker.end()
        else:
            order.set_result(worker)

    def _lose(self) -> None:
        if self.lost:
            return
        self.lost = True
        self._loop.remove_reader(self._control)
        self._control.close()
        if not self._started.done():
            self._started.set_exception(WorkerDied("The sandbox could not be started."))
        for order in self._orders:
            _refuse(order, "The sandbox is being restarted.")
        for worker in self._workers.values():
            worker.ended.set_result(None)
        self._orders.clear()
        self._workers.clear()
        self._on_lost()


def scrubbed_environment() -> dict[str, str]:
    """The environment of a zygote: one thread, no accelerator, a fixed hash seed, none of the server's secrets."""
    environment = {
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
    return environment | {name: os.environ[name] for name in kept if name in os.environ}


def _refuse(order: asyncio.Future[Worker], message: str) -> None:
    if not order.done():
        order.set_exception(WorkerDied(message))
