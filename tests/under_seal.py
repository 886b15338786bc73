"""What a process of its own does for the tests of the seal, without torch: ``python -m under_seal landlock|orphan``."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from backlight.sandbox import kernel
from backlight.sandbox.seal import prepare_seal
from backlight.settings import Settings


def landlock() -> Iterator[str]:
    """With Landlock as the only layer: the names of what is possible all the same."""
    rules = prepare_seal().landlock_rules
    assert rules is not None
    attempts = {
        "read": Path(__file__).read_bytes,
        "list": lambda: os.listdir("/"),
        "write": partial(Path(os.devnull).write_bytes, b""),
        "make": Path(tempfile.gettempdir(), f"backlight-{os.getpid()}").mkdir,
    }
    if kernel.landlock_version() >= 4:
        attempts["listen"] = lambda: socket.create_server(("127.0.0.1", 0))
    if kernel.landlock_version() >= 6:
        attempts["signal"] = lambda: os.kill(os.getppid(), 0)
    kernel.forgo_new_privileges()
    kernel.restrict_by_landlock(rules)
    yield "restricted"
    for name, attempt in attempts.items():
        try:
            attempt()
        except PermissionError:
            continue
        yield name


def orphan() -> Iterator[str]:
    """Apply a seal for the children of another process; there is no way back from it."""
    seal = replace(prepare_seal(), parent=1 if os.getppid() != 1 else 2)
    seal.apply(Settings(), os.open(os.devnull, os.O_RDWR))
    time.sleep(60)
    yield "still alive"


if __name__ == "__main__":
    sys.stdout.write(" ".join({"landlock": landlock, "orphan": orphan}[sys.argv[1]]()))
