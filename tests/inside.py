"""Code for the inside of a sealed child: what a program leaves there, raw system calls, and whom it could be after."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from backlight.model.request import TraceRequest
from backlight.sandbox.once import Runner
from processes import children_of

RAW = (
    "import ctypes, errno\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "libc.syscall.restype = ctypes.c_long\n"
    "def attempt(number, *arguments):\n"
    "    passed = [ctypes.c_long(each) for each in (*arguments, *[0] * (6 - len(arguments)))]\n"
    "    ctypes.set_errno(0)\n"
    "    answer = libc.syscall(ctypes.c_long(number), *passed)\n"
    "    return 'done' if answer >= 0 else errno.errorcode[ctypes.get_errno()]\n"
)
"""Source of a function that makes a system call by number, and names the error."""


def result(sandbox: Runner, program: str) -> Any:
    """What the program, which is free to use all of Python, leaves in ``result``."""
    return json.loads(sandbox.run(TraceRequest(source="exec " + program)))["result"]


def zygotes() -> list[int]:
    """The zygotes of this process."""
    started = children_of(os.getpid())
    return [each for each in started if b"backlight.sandbox.zygote" in Path(f"/proc/{each}/cmdline").read_bytes()]
