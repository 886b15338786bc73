"""The zygote: a process that has torch loaded and warm, and forks a child for each order. It reads no user code.

In: a start order, then one byte for each child wanted. Out: notices of openings in the seal, of births (with the
child's socket) and of deaths. On another order it forks a stand-by: a zygote like itself, which outlives it.
It stays single-threaded, because a fork copies only the thread that forks.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from backlight.sandbox import kernel
from backlight.sandbox.child import Entry, Task, serve
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.frames import receive_frame
from backlight.sandbox.pages import copy_pages, rehearse, use_huge_pages
from backlight.sandbox.probe import find_openings
from backlight.sandbox.ready_made import compute_with_ready_made_code
from backlight.sandbox.seal import prepare_seal
from backlight.sandbox.whereabouts import open_pipe, take_line
from backlight.sandbox.wire import NOTICE, STANDBY_ORDER, WARM_ORDER, News, Start, decode_start

_START_BYTES = 65_536


WARM_UPS = 16
"""How often the zygote runs what warms it up: Python makes a function's code quicker when it has run it eight times."""

LATE = ("torch._dynamo", "torch._decomp.decompositions_for_jvp", "torch.nested._internal.ops", "numpy.ma")
"""What torch and NumPy import in the middle of a call."""


def main(descriptor: int) -> NoReturn:
    """Serve the server that holds the other end of ``descriptor``, until that end is closed.

    It begins with the garbage collector off; garbage is collected once, when all is loaded. Children switch it on.
    """
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    task = load_task(decode_start(receive_frame(control, _START_BYTES).body))
    gc.collect()
    gc.freeze()
    nursery: Nursery | None = Nursery(control, task)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        nursery.announce()
    while nursery is not None:
        nursery = nursery.serve()
    os._exit(0)


def import_late() -> None:
    """Import what a sealed process could not."""
    for late in LATE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(late)


def load_task(start: Start) -> Task:
    """Import torch and the entry point, and run a small program so that whatever is imported late is there."""
    import_late()
    compute_with_ready_made_code()
    module, _, function = start.entry.partition(":")
    loaded = importlib.import_module(module)
    entry: Entry = getattr(loaded, function)
    residue, prepare = (getattr(loaded, name, None) for name in ("find_residue", "Prepared"))
    namespace = build_namespace(for_good=True)
    task = Task(entry, start.settings, namespace, prepare_seal(), find_residue=residue, prepare=prepare)
    for _ in range(WARM_UPS):
        task.warm_up()
    task.warm_up_notebook()
    if sys.platform == "linux":
        kernel.set_dumpable(False)
        if (threads := len(list(Path("/proc/self/task").iterdir()))) != 1:
            raise RuntimeError(f"the zygote has {threads} threads, and must have one")
    return task


@dataclass(slots=True)
class Nursery:
    """Forks children on the server's orders, and tells it of each one's end.

    ``living`` holds, for each child, where to read at which line its program was.
    """

    control: socket.socket
    task: Task
    living: dict[int, int] = field(default_factory=dict[int, int])

    def announce(self) -> None:
        """Tell the server what the seal lets through, and then that it can order."""
        for opening in find_openings(self.task.seal, self.task.settings):
            self.tell(News.OPENING, opening)
        self.tell(News.READY)

    def serve(self) -> Nursery | None:
        """Work until the server closes its end. In a process that was forked to stand by: what it is to serve then."""
        wakened, waker = socket.socketpair()
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        with self.control, wakened, waker:
            signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
            try:
                return self.work(wakened)
            except (BrokenPipeError, ConnectionResetError):
                self.clear()
            finally:
                signal.set_wakeup_fd(-1)
        return None

    def work(self, wakened: socket.socket) -> Nursery | None:
        """Obey orders, and bury children whenever a byte on ``wakened`` says that one may have ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(wakened, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if wakened in ready:
                    wakened.recv(4_096)
                    self.bury()
                if self.control in ready and (heir := self.obey(self.control.recv(1))):
                    return heir

    def obey(self, order: bytes) -> Nursery | None:
        """Carry out an order. In the process that is forked to stand by: what it is to serve."""
        if not order:
            raise BrokenPipeError
        if order == STANDBY_ORDER:
            return self.bear_standby()
        show_as("zygote")  # also where it stood by until now
        self.bear(warm=order == WARM_ORDER)
        return None

    def bear(self, warm: bool) -> None:
        """Fork a child and pass its socket to the server."""
        ours, theirs = socket.socketpair()
        reading, writing = open_pipe()
        with ours, theirs:
            try:
                child = os.fork()
            except OSError:
                child = None
            if child == 0:
                become_child(theirs, writing, self.task, warm)
            os.close(writing)
            if child is None:
                os.close(reading)
                self.tell(News.NO_BIRTH)
                return
            self.living[child] = reading
            self.present(News.BIRTH, child, ours)

    def bear_standby(self) -> Nursery | None:
        """Fork a zygote like this one, whose children its own children are, and pass its socket to the server."""
        self.settle()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                heir = os.fork()
            except OSError:
                self.tell(News.NO_STANDBY)
                return None
            if heir == 0:
                show_as("zygote-standby")
                for reading in self.living.values():
                    os.close(reading)
                seal = replace(self.task.seal, parent=os.getpid())
                return Nursery(socket.socket(fileno=theirs.detach()), replace(self.task, seal=seal))
            self.present(News.STANDBY, heir, ours)
        return None

    def settle(self) -> None:
        """Lay out the memory so that children cost less, once: a third of a second that one which lasts makes good."""
        if self.task.pages is None and kernel.machine() is not None:
            pages: tuple[bytes, ...] = ()
            with contextlib.suppress(OSError):  # it is for speed alone
                use_huge_pages()
                pages = rehearse(self.task.rehearse)
            self.task = replace(self.task, pages=pages)

    def present(self, news: News, process: int, connection: socket.socket) -> None:
        """Pass the server what it needs to talk to a new process, and to end it."""
        handles = [connection.fileno()]
        if hasattr(os, "pidfd_open"):
            handles.append(os.pidfd_open(process))
        socket.send_fds(self.control, [NOTICE.pack(news, process, 0, 0.0, 0)], handles)
        for handle in handles[1:]:
            os.close(handle)

    def bury(self) -> None:
        """Reap the children that ended, and tell the server how each did."""
        with contextlib.suppress(ChildProcessError):
            while True:
                child, status, usage = os.wait4(-1, os.WNOHANG)
                if child == 0:
                    return
                reading = self.living.pop(child, None)
                line = 0 if reading is None else take_line(reading)
                seconds = usage.ru_utime + usage.ru_stime
                self.control.sendall(NOTICE.pack(News.DEATH, child, status, seconds, line))

    def clear(self) -> None:
        """End every child that is left; a stand-by ends by itself."""
        for child in self.living:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def tell(self, news: News, number: int = 0) -> None:
        """Send a notice of something that is no birth and no death."""
        self.control.sendall(NOTICE.pack(news, number, 0, 0.0, 0))


def become_child(connection: socket.socket, whereabouts: int, task: Task, warm: bool) -> NoReturn:
    """Leave the zygote's life behind, in the forked process; whatever happens, it ends here."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if warm and task.pages:
            copy_pages(task.pages)  # the seal would not let it
        show_as("sandboxed")
        serve(connection, whereabouts, task, warm)
    finally:
        os._exit(1)


def show_as(name: str) -> None:
    """Have ``ps`` and its like tell what this process is."""
    if sys.platform == "linux":
        kernel.set_name(name)
