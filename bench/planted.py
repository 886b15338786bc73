"""What runs in the sandbox while faults are made: the pipeline, and one program that answers with garbage.

It stands for a program that has broken out of Python, and does with its process what it likes.
"""

from __future__ import annotations

import os
from itertools import cycle

from backlight import pipeline
from backlight.model.program import Namespace
from backlight.model.request import TraceRequest
from backlight.sandbox.frames import HEADER, Kind
from backlight.settings import Settings

GARBAGE = "# garbage "
"""A program that opens with this, and a number, is answered with that kind of garbage."""
KINDS = (
    b"\xff" * 64,
    HEADER.pack(Kind.ANSWER, 2**32 - 1),
    HEADER.pack(Kind.ANSWER, 1_000) + b"short",
    HEADER.pack(Kind.FAILURE, 2) + b"{}",
    HEADER.pack(Kind.READY, 0),
    HEADER.pack(Kind.CRASH, 5) + b"\0\n\x1b[2J",
    b"\x00" * 5,
)
_DESCRIPTORS = range(3, 64)


def run(request: TraceRequest, settings: Settings, namespace: Namespace) -> bytes:
    """The Document of a request, or no answer but garbage."""
    source = request.source or ""
    if not source.startswith(GARBAGE):
        return pipeline.run(request, settings, namespace)
    for descriptor, kind in zip(_DESCRIPTORS, cycle([KINDS[int(source.removeprefix(GARBAGE)) % len(KINDS)]])):
        try:
            os.write(descriptor, kind)
        except OSError:
            continue
    os._exit(0)
