"""What the operating system says about processes: who is whose child, and who is a zombie."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

STANDBY = "zygote-standby"


def children_of(parent: int) -> dict[int, str]:
    """The living and dead children of a process, with their states (Z is a zombie)."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found[int(entry.name)] = fields[0]
    return found


def name_of(process: int) -> str:
    """What the process is shown as; nothing where there is none."""
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def sandboxed_of(zygote: int) -> dict[int, str]:
    """The children of a zygote with their states, without the one that stands by for it."""
    return {child: state for child, state in children_of(zygote).items() if name_of(child) != STANDBY}


def standby_of(zygote: int) -> int | None:
    """The process that stands by for a zygote, if there is one."""
    return next((child for child in children_of(zygote) if name_of(child) == STANDBY), None)


def exists(process: int) -> bool:
    """Whether there is such a process, dead or alive."""
    return Path(f"/proc/{process}").exists()


def is_running(process: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def what_is_open() -> set[tuple[int, int]]:
    """Device and inode of all that this process has open."""
    found: set[tuple[int, int]] = set()
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            status = os.fstat(int(name))
            found.add((status.st_dev, status.st_ino))
    return found


def open_descriptors() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))


def has_settled(zygote: int, count: int) -> bool:
    """Whether a zygote has so many children, and they stay the same for a while."""
    children = children_of(zygote).keys()
    time.sleep(0.3)
    return len(children) == count and children_of(zygote).keys() == children


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
