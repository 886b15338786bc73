"""Turn: which thread records. What a recording changes in torch is the whole process's, and comes off in reverse.

In: recordings that begin. Out: word of refusal, before anything is changed, where another thread's is still open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from backlight.errors import RequestError
from backlight.messages import message

_lock = threading.Lock()
_open: list[Turn] = []


class Turn:
    """One recording's. ``end`` ends it at once.

    Its thread is kept as an object and no number, since numbers are used again when a thread has ended.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._thread: threading.Thread | None = None

    @contextmanager
    def taken(self) -> Generator[None]:
        """This thread records until the context ends. Raises RequestError while another thread does."""
        self._thread = threading.current_thread()
        with _lock:
            if _open and _open[-1]._thread is not self._thread:
                raise RequestError(message("invalid-request", "recording-elsewhere"))
            _open.append(self)
        try:
            yield
        finally:
            with _lock:
                _open.remove(self)

    def end_inner(self) -> None:
        """End the recordings that have begun since this one and are still open, the latest first."""
        while self in _open and not self.is_innermost():
            _open[-1]._end()

    def is_elsewhere(self) -> bool:
        """Whether it is still taken, by another thread than this."""
        return self in _open and self._thread is not threading.current_thread()

    def is_innermost(self) -> bool:
        """Whether no recording has begun since that is still open."""
        return _open[-1:] == [self]
