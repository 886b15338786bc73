"""What the seal asks of the Linux kernel, each in a function: process controls, capabilities, Landlock, seccomp.

They raise OSError where the kernel says no. `machine` says whether there is anything to ask.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable

from backlight.sandbox.filter import INSTRUCTION, KILL
from backlight.sandbox.syscalls import MACHINES, Machine, number_of

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x2008_0522
_LANDLOCK_CREATE_RULESET_VERSION = 1
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_GET_ACTION_AVAIL = 2
_MADV_POPULATE_WRITE = 23
_MADV_COLLAPSE = 25
_VECTOR_ENTRY = 2 * struct.calcsize("P")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def machine() -> Machine | None:
    """The machine that this process runs on, where it is a Linux whose system calls are known here."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    return MACHINES.get(platform.machine())


def call(name: str, *arguments: int | bytes | None) -> int:
    """Make a system call by name, with numbers and buffers. Raises OSError where it is refused."""
    here = machine()
    number = None if here is None else number_of(name, here)
    if number is None:
        raise NotImplementedError(f"{name} is not known on this machine")
    passed = [ctypes.c_long(each) if isinstance(each, int) else ctypes.c_char_p(each) for each in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *passed), name)


def die_with_parent(signal: int) -> None:
    """Be sent ``signal`` when the parent ends. A change of user clears this: set it again after one."""
    _control(_PR_SET_PDEATHSIG, signal)


def adopt_orphans() -> None:
    """Have the descendants whose parents end become children of this process, instead of the system's first."""
    _control(_PR_SET_CHILD_SUBREAPER, 1)


def set_name(name: str) -> None:
    """Have ``ps`` and its like show this process under a name of at most 15 characters."""
    buffer = ctypes.create_string_buffer(name.encode("ascii"))
    _control(_PR_SET_NAME, ctypes.addressof(buffer))


def set_dumpable(value: bool) -> None:
    """Whether processes of the same user may look into this one."""
    _control(_PR_SET_DUMPABLE, int(value))


def forgo_new_privileges() -> None:
    """Gain nothing from here on by running a program that its file gives more to."""
    _control(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every capability, also where the process has some without being root."""
    _checked(_libc.capset(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), bytes(24)), "capset")


def landlock_version() -> int:
    """The version of Landlock's interface; 0 where the kernel has none, or has it switched off."""
    try:
        return call("landlock_create_ruleset", None, 0, _LANDLOCK_CREATE_RULESET_VERSION)
    except OSError:
        return 0


def landlock_rules(version: int) -> bytes:
    """Every right that this version can take away, with nothing given back; later versions know these too."""
    files = 2**13 - 1  # execute, read, write, list, remove and make, of every kind
    files |= sum(1 << bit for bit, since in ((13, 2), (14, 3), (15, 5)) if version >= since)  # refer, truncate, ioctl
    attributes = [files]
    if version >= 4:
        attributes.append(0b11)  # bind and connect TCP
    if version >= 6:
        attributes.append(0b11)  # abstract sockets of others, signals to others
    return struct.pack(f"={len(attributes)}Q", *attributes)


def restrict_by_landlock(rules: bytes) -> None:
    """Lose what the rules name, for good. Needs `forgo_new_privileges`."""
    ruleset = call("landlock_create_ruleset", rules, len(rules), 0)
    call("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def can_filter() -> bool:
    """Whether the kernel filters system calls, and can end a process for one."""
    try:
        call("seccomp", _SECCOMP_GET_ACTION_AVAIL, 0, KILL.to_bytes(4, sys.byteorder))
    except OSError:
        return False
    return True


def filter_calls(instructions: bytes) -> None:
    """Have every system call of this process judged by the filter, for good. Needs `forgo_new_privileges`."""
    program = _FilterProgram(len(instructions) // INSTRUCTION.size, instructions)
    call("seccomp", _SECCOMP_SET_MODE_FILTER, 0, bytes(program))


def collapse(start: int, length: int) -> None:
    """Put memory of this process into huge pages, now. Linux 6.1."""
    call("madvise", start, length, _MADV_COLLAPSE)


def populate(start: int, length: int) -> None:
    """Make pages of this process ready to be written to. Linux 5.14."""
    call("madvise", start, length, _MADV_POPULATE_WRITE)


def populate_all(vectors: Iterable[bytes]) -> None:
    """The same for many spans at once: pairs of address and length, at most 1,024 in a vector. Linux 6.13."""
    process = os.pidfd_open(os.getpid())
    try:
        for vector in vectors:
            call("process_madvise", process, vector, len(vector) // _VECTOR_ENTRY, _MADV_POPULATE_WRITE, 0)
    finally:
        os.close(process)


def _control(option: int, value: int) -> None:
    zeros = (ctypes.c_ulong(0),) * 3
    _checked(_libc.prctl(option, ctypes.c_ulong(value), *zeros), f"prctl {option}")


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result
