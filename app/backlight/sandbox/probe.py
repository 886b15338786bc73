"""The probe: processes under the same seal try what must fail. In: a seal. Out: what did not fail, by name.

Each attempt would go well without the seal, and has a process of its own, as some are fatal under it.
The zygote probes its own children; the command, which does without torch, probes those of a process of its own.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from backlight.errors import WorkerDied
from backlight.sandbox import kernel
from backlight.sandbox.lineage import scrubbed_environment
from backlight.sandbox.seal import Seal, prepare_seal
from backlight.settings import Settings

PROBE_SECONDS = 60.0
"""Time in which the attempts must be over; they take a fraction of a second."""

_PROBE_CODE = "from backlight.sandbox.probe import main; main()"
_OWN_PATH = Path(tempfile.gettempdir(), f"backlight-probe-{os.getpid()}")  # looked up now: under the seal it cannot be
_PTRACE_SEIZE = 0x4206
_CLONE_NEWUSER = 0x1000_0000
_IPC_PRIVATE = _IPC_REMOVE = 0
_SECRET = b"what the zygote has in memory"
_SECRET_BYTES = 8
_SUCCEEDED, _REFUSED = 0, 1


def _write_file() -> None:
    _OWN_PATH.write_bytes(b"")
    _OWN_PATH.unlink()


def _make_directory() -> None:
    _OWN_PATH.mkdir()
    _OWN_PATH.rmdir()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _map_code() -> None:
    mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_EXEC).close()


def _turn_data_into_code() -> None:
    with mmap.mmap(-1, mmap.PAGESIZE) as page:
        first = ctypes.c_char.from_buffer(page)
        address = ctypes.addressof(first)
        del first
        kernel.call("mprotect", address, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC)


def _read_parent() -> None:
    with open(f"/proc/{os.getppid()}/mem", "rb"):
        pass


def _copy_from_parent() -> None:
    """Read what lies at the same address in the zygote, of which this process is a copy."""
    buffer = ctypes.create_string_buffer(_SECRET_BYTES)
    here, there = _vector(ctypes.addressof(buffer)), _vector(id(_SECRET))
    kernel.call("process_vm_readv", os.getppid(), here, 1, there, 1, 0)


def _vector(address: int) -> bytes:
    return struct.pack("=QQ", address, _SECRET_BYTES)


def _share_memory() -> None:
    shared = kernel.call("shmget", _IPC_PRIVATE, mmap.PAGESIZE, 0o600)
    kernel.call("shmctl", shared, _IPC_REMOVE, None)


def _raise_limit() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


ATTEMPTS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("read a file", lambda: open(os.devnull, "rb").close()),
    ("write a file", _write_file),
    ("make a directory", _make_directory),
    ("look at a file", Path("/").stat),
    ("list a directory", lambda: os.listdir("/")),
    ("copy a descriptor", lambda: os.dup(0)),
    ("make a pipe", os.pipe),
    ("make a file in memory", lambda: kernel.call("memfd_create", b"backlight", 0)),
    ("open a socket", lambda: socket.socket().close()),
    ("pair sockets", socket.socketpair),
    ("start a process", _fork),
    ("run another program", lambda: os.execv(sys.executable, [sys.executable, "-c", ""])),
    ("signal its parent", lambda: os.kill(os.getppid(), 0)),
    ("signal itself", lambda: os.kill(os.getpid(), 0)),
    ("read its parent's memory", _read_parent),
    ("copy from its parent's memory", _copy_from_parent),
    ("trace its parent", lambda: kernel.call("ptrace", _PTRACE_SEIZE, os.getppid(), 0, 0)),
    ("map executable memory", _map_code),
    ("make memory executable", _turn_data_into_code),
    ("set its limits", _raise_limit),
    ("change its user", lambda: os.setuid(os.getuid())),
    ("let others look into it", lambda: kernel.set_dumpable(True)),
    ("enter a namespace", lambda: kernel.call("unshare", _CLONE_NEWUSER)),
    ("share memory", _share_memory),
    ("ask for a key", lambda: kernel.call("keyctl", 0, -2, 1)),
    ("set up io_uring", lambda: kernel.call("io_uring_setup", 1, bytes(120))),
)
"""What must fail, in words that complete "a program can …", and how it is tried."""


@dataclass(frozen=True, slots=True)
class SealReport:
    """What programs can do here although they must not, in words that complete "a program can …"."""

    openings: tuple[str, ...]

    @classmethod
    def of(cls, numbers: Iterable[int]) -> SealReport:
        """The report of the attempts with these numbers."""
        return cls(tuple(ATTEMPTS[number][0] for number in numbers))

    @property
    def is_tight(self) -> bool:
        """Whether everything failed that must."""
        return not self.openings

    def __str__(self) -> str:
        """One sentence for people."""
        if self.is_tight:
            return "Programs are sealed off from this machine."
        return f"Programs are not sealed off from this machine; a program can {', '.join(self.openings)}."


def find_openings(seal: Seal, settings: Settings) -> list[int]:
    """The numbers of the attempts that succeed in a child of this process under the seal.

    Where the kernel's calls are not known, nothing is tried and everything counts as open.
    """
    if kernel.machine() is None:
        return list(range(len(ATTEMPTS)))
    return [number for number, (_, attempt) in enumerate(ATTEMPTS) if _succeeds(attempt, seal, settings)]


def main() -> None:
    """Print the openings for children of this process."""
    sys.stdout.write(json.dumps(find_openings(prepare_seal(), Settings())))


def probe_machine() -> SealReport:
    """How tight the seal is here, found out by a process of its own. Raises WorkerDied where that does not work."""
    command = (sys.executable, "-P", "-c", _PROBE_CODE)
    try:
        done = subprocess.run(
            command, env=scrubbed_environment(), stdout=subprocess.PIPE, timeout=PROBE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise WorkerDied("It could not be found out whether programs are sealed off here.") from error
    return SealReport.of(json.loads(done.stdout))


def _succeeds(attempt: Callable[[], object], seal: Seal, settings: Settings) -> bool:
    child = os.fork()
    if child == 0:
        _try(attempt, seal, settings)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) != signal.SIGSYS
    return os.WEXITSTATUS(status) != _REFUSED


def _try(attempt: Callable[[], object], seal: Seal, settings: Settings) -> NoReturn:
    status = _SUCCEEDED  # so counts a seal that cannot be applied
    try:
        null = os.open(os.devnull, os.O_RDWR)
        seal.apply(settings, null)
        status = _REFUSED
        attempt()
        status = _SUCCEEDED
    finally:
        os._exit(status)
