"""The system call filter, as the program that the kernel's classic BPF machine runs before each call.

In: the lists of `syscalls` and a machine. Out: the filter's bytes. Architecture first, then allowed calls by how
often they are made, then those that end the process; whatever is left is refused with EPERM.
See the kernel's Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import errno
import struct

from backlight.sandbox.syscalls import ALLOWED, KILLED, Machine, Only, number_of

ALLOW = 0x7FFF_0000
KILL = 0x8000_0000
REFUSE = 0x0005_0000 | errno.EPERM

INSTRUCTION = struct.Struct("=HBBI")
"""Operation, instructions to skip where it is true and where it is false, operand."""

LOAD, AND, RETURN = 0x20, 0x54, 0x06
IF_EQUAL, IF_AT_LEAST = 0x15, 0x35

NUMBER_OFFSET, ARCHITECTURE_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16
X32_BIT = 0x4000_0000
"""Set in the numbers of x32, a second set of calls on x86-64; on no machine is there a call beyond it."""


def build_filter(machine: Machine) -> bytes:
    """The filter for a machine."""
    parts = [
        _load(ARCHITECTURE_OFFSET),
        *(INSTRUCTION.pack(IF_EQUAL, 1, 0, machine.audit), _return(KILL)),
        _load(NUMBER_OFFSET),
        *(INSTRUCTION.pack(IF_AT_LEAST, 0, 1, X32_BIT), _return(KILL)),
    ]
    for name, condition in ALLOWED.items():
        parts += _rule(number_of(name, machine), _return(ALLOW) if condition is None else _check(condition))
    for name in KILLED:
        parts += _rule(number_of(name, machine), _return(KILL))
    return b"".join([*parts, _return(REFUSE)])


def _rule(number: int | None, then: bytes) -> list[bytes]:
    """``then`` for the call of that number; it always returns. Nothing where there is no such call."""
    if number is None:
        return []
    return [INSTRUCTION.pack(IF_EQUAL, 0, len(then) // INSTRUCTION.size, number), then]


def _check(condition: Only) -> bytes:
    """Look at the low half of an argument, as the kernel does with what is an int there."""
    count = len(condition.values)
    low_half = ARGUMENTS_OFFSET + 8 * condition.argument  # both machines are little-endian
    comparisons = [INSTRUCTION.pack(IF_EQUAL, count - index, 0, value) for index, value in enumerate(condition.values)]
    mask = INSTRUCTION.pack(AND, 0, 0, condition.mask)
    return b"".join([_load(low_half), mask, *comparisons, _return(REFUSE), _return(ALLOW)])


def _load(offset: int) -> bytes:
    return INSTRUCTION.pack(LOAD, 0, 0, offset)


def _return(verdict: int) -> bytes:
    return INSTRUCTION.pack(RETURN, 0, 0, verdict)
