"""A hold on a process that somebody else may reap: through its descriptor, where the system has such descriptors."""

from __future__ import annotations

import contextlib
import os
import signal
from contextlib import AbstractContextManager, nullcontext

from backlight.sandbox.elsewhere import elsewhere


class Handle:
    """Ends a process, and no other that came to have its number. ``descriptor`` is None where there can be none."""

    def __init__(self, process: int, descriptor: int | None) -> None:
        self._process = process
        self._descriptor = descriptor

    @classmethod
    def of_child(cls, process: int) -> Handle:
        """A hold on a child of this process that was not reaped yet."""
        return cls(process, os.pidfd_open(process) if hasattr(os, "pidfd_open") else None)

    def kill(self, has_ended: bool = False) -> None:
        """End the process."""
        self.send(signal.SIGKILL, has_ended)

    def send(self, number: int, has_ended: bool = False) -> None:
        """Send a signal; by its number, which may be another's by now, only where it ``has_ended`` not."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._descriptor is not None:
                signal.pidfd_send_signal(self._descriptor, number)
            elif self._process and not has_ended:
                os.kill(self._process, number)

    def woken_elsewhere(self) -> AbstractContextManager[None]:
        """What wakes the process up in this context does so on another processor than this one."""
        return elsewhere(self._process) if self._process else nullcontext()

    def close(self) -> None:
        """Let go of the process."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._process = 0
