"""A lineage: the processes that come of one start. In: the socket of the first. Out: word that the last has ended.

They are one process group: a zygote, those that stand by for it, and their children. None of them stays a zombie.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Self

from backlight.sandbox.handle import Handle

ZYGOTE = "import gc; gc.disable(); from backlight.sandbox.zygote import main; main({descriptor})"
"""Torch loads sooner where nobody looks for garbage meanwhile, of which there is hardly any."""


class Lineage:
    """Processes of one group, of which the first is a child of this process. ``gone`` is done when all have ended.

    Where this process adopts orphans, those that the first leaves behind are its children too.
    """

    def __init__(self, first: subprocess.Popen[bytes]) -> None:
        loop = asyncio.get_running_loop()
        self._first = first
        self.gone: asyncio.Future[None] = loop.create_future()
        threading.Thread(target=self._bury, args=(loop,), name="backlight-lineage", daemon=True).start()

    @classmethod
    def begin(cls, descriptor: int) -> Self:
        """Start a zygote that talks over ``descriptor``."""
        return cls(
            subprocess.Popen(
                (sys.executable, "-P", "-c", ZYGOTE.format(descriptor=descriptor)),
                stdin=subprocess.DEVNULL,
                env=scrubbed_environment(),
                pass_fds=[descriptor],
                start_new_session=True,
            )
        )

    def handle(self) -> Handle:
        """A hold on the first."""
        return Handle.of_child(self._first.pid)

    async def close(self, patience: float) -> None:
        """Wait so many seconds until all have ended by themselves; then end those that have not."""
        try:
            await asyncio.wait_for(asyncio.shield(self.gone), patience)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._first.pid, signal.SIGKILL)
            await self.gone

    def _bury(self, loop: asyncio.AbstractEventLoop) -> None:
        """Reap, in a thread of its own, the first and then whatever it left behind."""
        self._first.wait()
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-self._first.pid, 0)
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(self.gone.set_result, None)


MALLOC = "glibc.malloc.hugetlb=1:glibc.malloc.perturb=255:glibc.malloc.tcache_count=0"
"""Memory lies in huge pages where that can be, and comes cleared: what ``torch.empty`` gives is the same each time, and
tells nothing of what lay there."""


def scrubbed_environment() -> dict[str, str]:
    """The environment of a zygote: one thread, no accelerator, a fixed hash seed, none of the server's secrets."""
    environment = {
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC0",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "GLIBC_TUNABLES": MALLOC,
    }
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
    return environment | {name: os.environ[name] for name in kept if name in os.environ}
