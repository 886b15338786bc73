"""The zygote: a process that has torch loaded and warm, and forks a child for each order. It reads no user code.

In: a start order, then one byte for each child wanted. Out: notices of openings in the seal, of births (with the
child's socket) and of deaths.
It stays single-threaded, because a fork copies only the thread that forks.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from backlight.sandbox import kernel
from backlight.sandbox.child import Entry, Task, serve_one
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.frames import receive_frame
from backlight.sandbox.probe import find_openings
from backlight.sandbox.seal import prepare_seal
from backlight.sandbox.wire import NOTICE, WARM_ORDER, News, Start, decode_start

_START_BYTES = 65_536


def main(descriptor: int) -> NoReturn:
    """Serve the server that holds the other end of ``descriptor``, until that end is closed."""
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    task = load_task(decode_start(receive_frame(control, _START_BYTES).body))
    gc.collect()
    gc.freeze()
    gc.disable()
    nursery = Nursery(control, task)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        nursery.serve()
    nursery.clear()
    os._exit(0)


def load_task(start: Start) -> Task:
    """Import torch and the entry point, and run a small program so that whatever is imported late is there."""
    for late in ("torch._dynamo", "torch._decomp.decompositions_for_jvp"):  # what torch imports in the middle of a call
        importlib.import_module(late)
    importlib.import_module("torch").backends.mkldnn.enabled = False
    module, _, function = start.entry.partition(":")
    entry: Entry = getattr(importlib.import_module(module), function)
    task = Task(entry, start.settings, build_namespace(), prepare_seal())
    for _ in range(3):
        task.warm_up()
    task.warm_up_notebook()
    if sys.platform == "linux":
        kernel.set_dumpable(False)
        if (threads := len(list(Path("/proc/self/task").iterdir()))) != 1:
            raise RuntimeError(f"the zygote has {threads} threads, and must have one")
    return task


@dataclass(frozen=True, slots=True)
class Nursery:
    """Forks children on the server's orders, and tells it of each one's end."""

    control: socket.socket
    task: Task
    living: set[int] = field(default_factory=set[int])

    def serve(self) -> None:
        """Work until the server closes its end."""
        wakened, waker = socket.socketpair()
        waker.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            for opening in find_openings(self.task.seal, self.task.settings):
                self.tell(News.OPENING, opening)
            self.tell(News.READY)
            self.work(wakened)
        finally:
            signal.set_wakeup_fd(-1)

    def work(self, wakened: socket.socket) -> None:
        """Obey orders, and bury children whenever a byte on ``wakened`` says that one may have ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(wakened, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if wakened in ready:
                    wakened.recv(4_096)
                    self.bury()
                if self.control in ready and not self.obey():
                    return

    def obey(self) -> bool:
        """Carry out one order; false when there will be no more."""
        order = self.control.recv(1)
        if order:
            self.bear(warm=order == WARM_ORDER)
        return bool(order)

    def bear(self, warm: bool) -> None:
        """Fork a child and pass its socket to the server."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                child = os.fork()
            except OSError:
                self.tell(News.NO_BIRTH)
                return
            if child == 0:
                become_child(theirs, self.task, warm)
            self.living.add(child)
            handles = [ours.fileno()]
            if hasattr(os, "pidfd_open"):
                handles.append(os.pidfd_open(child))
            socket.send_fds(self.control, [NOTICE.pack(News.BIRTH, child, 0, 0.0)], handles)
            for handle in handles[1:]:
                os.close(handle)

    def bury(self) -> None:
        """Reap the children that ended, and tell the server how each did."""
        with contextlib.suppress(ChildProcessError):
            while True:
                child, status, usage = os.wait4(-1, os.WNOHANG)
                if child == 0:
                    return
                self.living.discard(child)
                self.tell(News.DEATH, child, status, usage)

    def clear(self) -> None:
        """End every child that is left."""
        for child in self.living:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def tell(self, news: News, child: int = 0, status: int = 0, usage: resource.struct_rusage | None = None) -> None:
        """Send a notice."""
        seconds = usage.ru_utime + usage.ru_stime if usage is not None else 0.0
        self.control.sendall(NOTICE.pack(news, child, status, seconds))


def become_child(connection: socket.socket, task: Task, warm: bool) -> NoReturn:
    """Leave the zygote's life behind, in the forked process; whatever happens, it ends here."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        serve_one(connection, task, warm)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
