"""One error tree. Each error has a stable ``code``, a message for people and, where there is one, a place.

BacklightError
├── RequestError            invalid-request
│   ├── SyntaxFailure       syntax-error
│   ├── NotAllowed          not-allowed
│   └── NotRecorded         not-recorded
├── LimitExceeded           limit-exceeded    (a hard limit: no Document)
├── Busy                    busy
├── RateLimited             rate-limited
├── TooLarge                too-large
├── TooSlow                 too-slow
├── NotFound                not-found
├── ReplayFailed            replay-failed
├── NotReady                not-ready
└── WorkerDied              worker-died

SoftLimit stands beside the tree: it is raised *inside* the user's program to end it, is no failure
(the Document holds everything up to there), and derives from BaseException so that ``except Exception`` lets it pass.

The HTTP status of each is decided in ``api/`` alone; the prose is in ``messages/``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from backlight.model.document import Place


class BacklightError(Exception):
    """Anything that Backlight itself has to say no to. ``details`` are extra fields for the answer."""

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


class NotRecorded(RequestError, KeyError):
    """A recording has no node for the tensor that it was asked about."""

    code = "not-recorded"

    def __str__(self) -> str:
        return self.message  # a KeyError's would be the repr of it


class LimitExceeded(BacklightError):
    """A hard limit ended the run; ``details`` hold ``limit`` and ``value``."""

    code = "limit-exceeded"


class Busy(BacklightError):
    """Every worker is taken and the queue is full."""

    code = "busy"


class RateLimited(BacklightError):
    """A client makes more requests than its share; ``details`` hold ``limit``, ``value`` and ``retry_seconds``."""

    code = "rate-limited"


class TooLarge(BacklightError):
    """The request body is over its limit."""

    code = "too-large"


class TooSlow(BacklightError):
    """The request body did not arrive in time."""

    code = "too-slow"


class NotFound(BacklightError):
    """There is nothing under that name."""

    code = "not-found"


class ReplayFailed(BacklightError):
    """A recording cannot be replayed with these leaves; the place is that of the call that failed."""

    code = "replay-failed"


class NotReady(BacklightError):
    """No sandboxed process answers."""

    code = "not-ready"


class WorkerDied(BacklightError):
    """The sandboxed process ended without an answer."""

    code = "worker-died"


class SoftLimit(BaseException):
    """A soft limit was reached: ``limit`` names the field of Settings, ``value`` is what it was set to."""

    def __init__(self, limit: str, value: float, message: str) -> None:
        super().__init__(message)
        self.limit = limit
        self.value = value
        self.message = message
