"""The server's side of the sandbox: a hold on a zygote, which is asked for children, and on each child.

Nothing here imports torch or looks into a program. A child is asked once, or for one series, then ended and forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from backlight.errors import WorkerDied
from backlight.sandbox.frames import BadFrame, Frame, Kind, pack_frame, receive_frame_async, send_frame_async
from backlight.sandbox.handle import Handle
from backlight.sandbox.lineage import Lineage
from backlight.sandbox.whereabouts import ASKING
from backlight.sandbox.wire import COLD_ORDER, NOTICE, STANDBY_ORDER, WARM_ORDER, News, Start, encode_start

START_SECONDS = 180.0
"""Time in which a zygote must have imported torch; reading it from a cold disk can take a minute."""
BIRTH_SECONDS = 10.0
"""Time in which a zygote must have forked; one that has not is stuck, and is killed. It takes milliseconds."""
READY_SECONDS = 30.0
"""Time in which a child must be ready for its request."""
_LAST_WORDS_SECONDS = 1.0
_RECEIVE_FLAGS = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: its wait status, the processor seconds that it used, the line where its program was.

    ``line`` is 0 where that is not known.
    """

    status: int
    cpu_seconds: float
    line: int = 0

    @property
    def killed(self) -> bool:
        """Whether it was ended by SIGKILL, as the kernel does for memory and for processor time."""
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL

    @property
    def crashed(self) -> bool:
        """Whether it touched memory that is none."""
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGSEGV

    def __str__(self) -> str:
        """For the log: the signal that ended it, or its exit status. SIGSYS is the seal's answer to an attack."""
        if os.WIFSIGNALED(self.status):
            return f"signal {signal.Signals(os.WTERMSIG(self.status)).name}"
        return f"exit status {os.waitstatus_to_exitcode(self.status)}"


class Worker:
    """One child, which waits for its end once it has answered.

    ``ended`` gives its Ending, or None where the zygote went first and nobody saw it. ``asked`` tells whether the child
    was asked where its program is, ``may_stay`` whether it has answered a request of a series and may serve the next,
    ``is_used`` whether it had done so before it was asked last, ``is_finishing`` whether it has said that a long run is
    over.
    """

    def __init__(self, connection: socket.socket, handle: Handle) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._handle = handle
        self.ended: asyncio.Future[Ending | None] = asyncio.get_running_loop().create_future()
        self.has_answered = False
        self.is_used = False
        self.may_stay = False
        self.asked = False
        self.is_finishing = False
        self._expects = False

    async def ready(self) -> None:
        """Wait until the child says that it is confined. Raises WorkerDied where it does not."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                frame = await receive_frame_async(self._connection, 0)
        except (TimeoutError, EOFError, OSError, BadFrame) as error:
            raise WorkerDied("A sandboxed process could not be made ready.") from error
        if frame.kind is not Kind.READY:
            raise WorkerDied("A sandboxed process could not be made ready.")

    def expect(self) -> None:
        """Tell the child that a request is on its way, if it was not told before."""
        if not self._expects:
            self._wake(Kind.COMING)

    def read_ahead(self, body: bytes) -> None:
        """Give the child a request to read that was not checked yet, of few bytes; it runs it only once it is asked."""
        self._wake(Kind.AHEAD, body)

    def _wake(self, kind: Kind, body: bytes = b"") -> None:
        self._expects = True
        if not self.ended.done():
            with self._handle.woken_elsewhere(), contextlib.suppress(OSError):
                self._connection.send(pack_frame(kind, body))

    async def ask(
        self, request: bytes, limit: int, stay: bool = False, on_finishing: Callable[[], None] | None = None
    ) -> Frame:
        """Send a request and take the reply. Raises EOFError where the child ended first, BadFrame for no reply.

        ``on_finishing`` is called where the child says that a long run is over and its Document is being made.

        A child that is to ``stay`` takes another request afterwards, or ends where it is no longer as it was.
        """
        self.is_used = self.has_answered
        self.has_answered = self.may_stay = self.is_finishing = False
        try:
            if stay:
                await send_frame_async(self._connection, Kind.STAY, b"")
            await send_frame_async(self._connection, Kind.REQUEST, request)
            frame = await receive_frame_async(self._connection, limit, on_finishing)
        except ConnectionError as error:
            raise EOFError from error
        self.has_answered = True
        self.may_stay = stay and frame.kind is Kind.ANSWER and not self.asked
        return frame

    async def last_words(self) -> Ending | None:
        """How the child ended, as far as it becomes known within a moment."""
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self.ended), _LAST_WORDS_SECONDS)
        return None

    def ask_where(self) -> None:
        """Have the child write down where its program is; its Ending tells. It may crash of it."""
        self.asked = True
        self._handle.send(ASKING, has_ended=self.ended.done())

    def kill(self) -> None:
        """Kill the child if it still lives."""
        self._handle.kill(has_ended=self.ended.done())

    def end(self) -> None:
        """Kill the child if it still lives, and let go of it."""
        self._connection.close()
        self.kill()
        self._handle.close()


class Zygote:
    """A running zygote: `fork` gives children until it is ``lost``, of which ``on_lost`` is told once.

    ``openings`` are the numbers of the probe's attempts that the seal did not stop; they are given for one that need
    not find out, and is started already.
    """

    def __init__(
        self,
        control: socket.socket,
        handle: Handle,
        on_lost: Callable[[], None],
        openings: Iterable[int] | None = None,
    ) -> None:
        control.setblocking(False)
        loop = asyncio.get_running_loop()
        self._control = control
        self._handle = handle
        self._on_lost = on_lost
        self._loop = loop
        self._started: asyncio.Future[None] = loop.create_future()
        self._orders: deque[asyncio.Future[Worker]] = deque()
        self._standby_orders: deque[asyncio.Future[Zygote]] = deque()
        self._workers: dict[int, Worker] = {}
        self.lost = False
        self.openings = list(openings or ())
        if openings is not None:
            self._started.set_result(None)
        loop.add_reader(control, self._read_notice)

    async def start(self, start: Start) -> None:
        """Tell it what to load, and wait until it can fork. Raises WorkerDied where it cannot be brought up."""
        try:
            self._control.sendall(pack_frame(Kind.START, encode_start(start)))
            async with asyncio.timeout(START_SECONDS):
                await self._started
        except (TimeoutError, OSError) as error:
            raise WorkerDied("The sandbox could not be started.") from error

    async def fork(self, warm: bool) -> Worker:
        """A new child, ready for its request. Raises WorkerDied where there can be none."""
        worker = await self._obtain(WARM_ORDER if warm else COLD_ORDER, self._orders, lambda worker: worker.end())
        try:
            await worker.ready()
        except BaseException:
            worker.end()
            raise
        return worker

    async def fork_standby(self) -> Zygote:
        """A copy of this zygote, which can take its place. Raises WorkerDied where there can be none."""
        return await self._obtain(STANDBY_ORDER, self._standby_orders, lambda heir: heir.close())

    def close(self) -> None:
        """Let go of it. It ends by itself, after burying its children."""
        if self.lost:
            return
        self.lost = True
        self._loop.remove_reader(self._control)
        self._control.close()
        self._handle.close()
        if not self._started.done():
            self._started.set_exception(WorkerDied("The sandbox could not be started."))
        for order in (*self._orders, *self._standby_orders):
            _refuse(order, "The sandbox is being restarted.")
        for worker in self._workers.values():
            worker.ended.set_result(None)
        self._orders.clear()
        self._standby_orders.clear()
        self._workers.clear()
        self._on_lost()

    async def _obtain(self, kind: bytes, orders: deque[asyncio.Future[_Born]], end: Callable[[_Born], None]) -> _Born:
        """What is born on an order; ``end`` is for one that is born in the moment in which nobody wants it any more."""
        if self.lost:
            raise WorkerDied("The sandbox is being restarted.")
        order: asyncio.Future[_Born] = self._loop.create_future()
        orders.append(order)
        with contextlib.suppress(OSError):
            self._control.send(kind)
        try:
            async with asyncio.timeout(BIRTH_SECONDS):
                return await order
        except TimeoutError as error:
            self._handle.kill()  # and with it end all that it forked
            self.close()
            raise WorkerDied("A sandboxed process could not be made in time.") from error
        except asyncio.CancelledError:
            if order.done() and not order.cancelled() and order.exception() is None:
                end(order.result())
            raise

    def _read_notice(self) -> None:
        try:
            data, handles, _, _ = socket.recv_fds(self._control, NOTICE.size, 2, _RECEIVE_FLAGS)
        except BlockingIOError:
            return
        except OSError:
            data, handles = b"", []
        if len(data) != NOTICE.size:
            self.close()
            return
        number, child, *ending = NOTICE.unpack(data)
        self._hear(News(number), child, handles, Ending(*ending))

    def _hear(self, news: News, child: int, handles: list[int], ending: Ending) -> None:
        if news is News.READY:
            if not self._started.done():
                self._started.set_result(None)
        elif news is News.OPENING:
            self.openings.append(child)
        elif news is News.BIRTH:
            self._welcome(child, handles)
        elif news is News.STANDBY:
            self._welcome_standby(child, handles)
        elif news is News.NO_BIRTH:
            _refuse(self._orders.popleft(), "A sandboxed process could not be made.")
        elif news is News.NO_STANDBY:
            _refuse(self._standby_orders.popleft(), "No zygote could be made to stand by.")
        elif worker := self._workers.pop(child, None):
            worker.ended.set_result(ending)

    def _welcome(self, child: int, handles: list[int]) -> None:
        order = self._orders.popleft()
        if not handles:
            _refuse(order, "A sandboxed process could not be reached.")
            return
        worker = Worker(*_hold(child, handles))
        self._workers[child] = worker
        if order.done():
            worker.end()
        else:
            order.set_result(worker)

    def _welcome_standby(self, child: int, handles: list[int]) -> None:
        order = self._standby_orders.popleft()
        if not handles:
            _refuse(order, "The zygote that stands by could not be reached.")
            return
        standby = Zygote(*_hold(child, handles), self._on_lost, self.openings)
        if order.done():
            standby.close()
        else:
            order.set_result(standby)


async def start_zygote(start: Start, on_lost: Callable[[], None]) -> tuple[Lineage, Zygote]:
    """Start the first zygote of a lineage, and wait until it can fork. Raises WorkerDied where that does not work."""
    ours, theirs = socket.socketpair()
    with theirs:
        lineage = Lineage.begin(theirs.fileno())
    zygote = Zygote(ours, lineage.handle(), on_lost)
    try:
        await zygote.start(start)
    except BaseException:
        zygote.close()
        await lineage.close(0)
        raise
    return lineage, zygote


_Born = TypeVar("_Born", Worker, Zygote)


def _hold(child: int, handles: list[int]) -> tuple[socket.socket, Handle]:
    return socket.socket(fileno=handles[0]), Handle(child, handles[1] if len(handles) > 1 else None)


def _refuse(order: asyncio.Future[Worker] | asyncio.Future[Zygote], message: str) -> None:
    if not order.done():
        order.set_exception(WorkerDied(message))
