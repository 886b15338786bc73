"""Anticipation: what will run a request's program is told that it comes before anything of it is checked.

Reading, checking and routing take the better part of a millisecond. The process that waits wakes up meanwhile; where
the body came with the head, it reads the program already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Headers = Sequence[tuple[bytes, bytes]]
"""Names in small letters, and values."""


@dataclass(frozen=True, slots=True)
class Anticipation:
    """Calls ``expect`` for each POST to ``path``, before anything else is done about it, and again with a whole body.

    Of a request with a header ``apart`` (in small letters) the body is not given.
    """

    path: bytes
    expect: Callable[[bytes | None], None]
    apart: bytes

    def __call__(self, method: bytes, target: bytes, headers: Headers, body: bytes | None) -> None:
        """Hear what a request asks for; ``body`` is None as long as it is not whole."""
        if method == b"POST" and target == self.path:
            self.expect(None if any(name == self.apart for name, _ in headers) else body)
