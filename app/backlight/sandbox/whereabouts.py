"""Where a program is when it must be ended: the line, of one that answers no more and may be inside of a call in C.

The child's side writes its stack into a pipe when a signal asks for it, from the signal handler itself. The other
side reads the line there, and takes what it reads to be hostile: it is a number, or nothing. Where the interpreter was
just about to change the stack, the handler crashes: one process in about a hundred that is asked in a tight loop.
"""

from __future__ import annotations

import faulthandler
import os
import re
import signal

from backlight.model.program import FILENAME

ASKING = signal.SIGUSR1
"""The signal that the server asks with. The kernel asks with SIGXCPU, a second before it ends the process."""

_STACK = b"(most recent call first)"
_FRAME = re.compile(rb'^  File "%b", line (\d{1,7}) in ' % re.escape(FILENAME).encode(), re.MULTILINE)
_PIPE_BYTES = 65_536


def open_pipe() -> tuple[int, int]:
    """The two ends of a pipe that neither side ever waits for: where to read, and where to write."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def tell_when_asked(descriptor: int) -> None:
    """Write the stack of this process to ``descriptor`` whenever it is asked; the seal leaves the handlers in place."""
    for number in (ASKING, signal.SIGXCPU):
        faulthandler.register(number, file=descriptor, all_threads=False)


def take_line(descriptor: int) -> int:
    """The line of the program in the stack that was written last, or 0 where there is none; closes ``descriptor``."""
    try:
        written = os.read(descriptor, _PIPE_BYTES)
    except OSError:
        written = b""
    os.close(descriptor)
    found = _FRAME.search(written.rpartition(_STACK)[2])
    return int(found[1]) if found else 0
