"""The seal: what a process gives up before it sees a program. In: the server's socket. Out: nothing, for good.

Made ready once, in the zygote (`prepare_seal`), and applied in every child (`Seal.apply`). What the kernel lacks is
left out, and the probe finds the opening; whatever else fails ends the process.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backlight.sandbox import kernel
from backlight.sandbox.filter import build_filter
from backlight.settings import Settings

_NOBODY = 65_534
_MOST_DESCRIPTORS = 2**20
_NOTHING = ("FSIZE", "CORE", "NPROC", "MEMLOCK", "MSGQUEUE")


@dataclass(frozen=True, slots=True)
class Seal:
    """What this kernel can do to lock a process up; None for what it cannot. ``parent`` is whose child it must be."""

    parent: int
    is_linux: bool
    landlock_rules: bytes | None
    call_filter: bytes | None

    def apply(self, settings: Settings, *kept: int) -> None:
        """Seal this process, in this order; of its descriptors those that are ``kept`` and the null streams stay.

        Nothing can be opened, imported or started afterwards, and nothing of this can be taken back.
        """
        silence_streams()
        self._die_with_parent()
        limit_resources(settings)
        if self.is_linux:
            limit_memory(settings.memory_bytes)
            offer_to_the_kernel()
        become_nobody()
        self._die_with_parent()
        close_others(kept)
        if self.is_linux:
            kernel.drop_capabilities()
            kernel.set_dumpable(False)
            kernel.forgo_new_privileges()
        if self.landlock_rules is not None:
            kernel.restrict_by_landlock(self.landlock_rules)
        refuse_new_descriptors()
        if self.call_filter is not None:
            kernel.filter_calls(self.call_filter)

    def _die_with_parent(self) -> None:
        if self.is_linux:
            kernel.die_with_parent(signal.SIGKILL)
        if os.getppid() != self.parent:  # it went before the kernel was told
            os._exit(1)


def prepare_seal() -> Seal:
    """The strongest seal that this kernel has, for children of this process."""
    machine = kernel.machine()
    if machine is None:
        return Seal(os.getpid(), os.uname().sysname == "Linux", None, None)
    version = kernel.landlock_version()
    return Seal(
        parent=os.getpid(),
        is_linux=True,
        landlock_rules=kernel.landlock_rules(version) if version else None,
        call_filter=build_filter(machine) if kernel.can_filter() else None,
    )


def silence_streams() -> None:
    """Point descriptors 0 to 2 at nothing."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def limit_resources(settings: Settings) -> None:
    """Limit processor time, with a signal a second before the end; allow no file, core dump, process, locked memory."""
    seconds = math.ceil(settings.cpu_seconds + settings.finishing_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (max(seconds - 1, 1), seconds))
    for name in _NOTHING:
        if (limit := getattr(resource, f"RLIMIT_{name}", None)) is not None:
            resource.setrlimit(limit, (0, 0))


def limit_memory(more: int) -> None:
    """Allow so many bytes of address space beyond what is mapped already."""
    mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + more, mapped + more))


def offer_to_the_kernel() -> None:
    """Where memory runs out all the same, have the kernel take this process first."""
    kernel.set_dumpable(True)  # the files of one that is not belong to root; no program is here yet to be looked at
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    kernel.set_dumpable(False)


def become_nobody() -> None:
    """Leave root, if this is root. Where the user does not exist (a user namespace may lack it), stay."""
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def close_others(kept: Iterable[int]) -> None:
    """Close every descriptor but the null streams and those that are ``kept``."""
    first = 3
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = max(first, descriptor + 1)
    os.closerange(first, _MOST_DESCRIPTORS)


def refuse_new_descriptors() -> None:
    """Let no descriptor be opened from here on; whatever is imported later must have been imported before."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
