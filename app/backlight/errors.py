"""One error tree. Each error has a stable ``code``, a message for people and, where there is one, a place.

BacklightError
├── RequestError            invalid-request
│   ├── SyntaxFailure       syntax-error
│   └── NotAllowed          not-allowed
├── LimitExceeded           limit-exceeded    (a hard limit: no Document)
├── Busy                    busy
├── TooLarge                too-large
├── NotFound                not-found
└── WorkerDied              worker-died

The HTTP status of each is decided in ``api/`` alone; the prose is in ``messages/``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from backlight.model.document import Place


class BacklightError(Exception):
    """Anything that Backlight itself has to say no to. ``details`` are extra fields for the answer (a limit's value, say)."""

    code: ClassVar[str] = "internal-error"

    def __init__(self, message: str, place: Place | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.details = details


class RequestError(BacklightError):
    """The request itself is at fault."""

    code = "invalid-request"


class SyntaxFailure(RequestError):
    """The program does not parse."""

    code = "syntax-error"


class NotAllowed(RequestError):
    """The program uses what is not allowed here; the message says what, why, and what instead."""

    code = "not-allowed"


class LimitExceeded(BacklightError):
    """A hard limit ended the run; ``details`` hold ``limit`` and ``value``."""

    code = "limit-exceeded"


class Busy(BacklightError):
    """Every worker is taken and the queue is full."""

    code = "busy"


class TooLarge(BacklightError):
    """The request body is over its limit."""

    code = "too-large"


class NotFound(BacklightError):
    """There is nothing under that name."""

    code = "not-found"


class WorkerDied(BacklightError):
    """The sandboxed process ended without an answer."""

    code = "worker-died"
