"""The system call filter, run here as the kernel runs it: what it says of every call, on both architectures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backlight.sandbox.filter import (
    ALLOW,
    AND,
    IF_AT_LEAST,
    IF_EQUAL,
    INSTRUCTION,
    KILL,
    LOAD,
    REFUSE,
    RETURN,
    X32_BIT,
    build_filter,
)
from backlight.sandbox.syscalls import ALLOWED, KILLED, MACHINES, NUMBERS, Machine, number_of

HEADERS = {
    "x86_64": (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), {}),
    "aarch64": (Path("/usr/include/asm-generic/unistd.h"), {"fstatat": "newfstatat"}),
}
"""Where the kernel's own numbers are found, and what they are called there."""

everywhere = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)


def verdict(machine: Machine, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the filter answers, by the rules of the kernel's machine."""
    data = [number, machine.audit if audit is None else audit, 0, 0]
    for each in (*arguments, *[0] * (6 - len(arguments))):
        data += [each & 0xFFFF_FFFF, each >> 32 & 0xFFFF_FFFF]
    program = list(INSTRUCTION.iter_unpack(build_filter(machine)))
    at = accumulator = 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == LOAD:
            accumulator = data[operand // 4]
        elif code == AND:
            accumulator &= operand
        elif code == RETURN:
            return operand
        else:
            holds = {IF_EQUAL: accumulator == operand, IF_AT_LEAST: accumulator >= operand}[code]
            at += if_true if holds else if_false


def judged(machine: Machine, name: str, *arguments: int) -> int:
    number = number_of(name, machine)
    assert number is not None
    return verdict(machine, number, *arguments)


@everywhere
def test_each_call_is_allowed_fatal_or_refused_as_the_lists_say(machine: Machine) -> None:
    for name in NUMBERS:
        if (number := number_of(name, machine)) is not None:
            expected = ALLOW if name in ALLOWED else KILL if name in KILLED else REFUSE
            assert verdict(machine, number) == expected, name


@everywhere
def test_a_call_that_nobody_named_is_refused(machine: Machine) -> None:
    named = {number_of(name, machine) for name in NUMBERS}
    assert {verdict(machine, number) for number in range(1024) if number not in named} == {REFUSE}


@everywhere
def test_another_architecture_is_fatal(machine: Machine) -> None:
    read = number_of("read", machine)
    assert read is not None
    others = [0x4000_0003, 0x4000_0028, *(each.audit for each in MACHINES.values() if each != machine)]
    assert {verdict(machine, read, audit=each) for each in others} == {KILL}


@everywhere
def test_x32_is_fatal(machine: Machine) -> None:
    assert {verdict(machine, X32_BIT | number) for number in (0, 1, 59, 512, 545)} == {KILL}
    assert verdict(machine, 0xFFFF_FFFF) == KILL


@everywhere
@pytest.mark.parametrize("name", ["mmap", "mprotect"])
def test_memory_may_be_anything_but_executable(machine: Machine, name: str) -> None:
    assert {judged(machine, name, 0, 4096, protection) for protection in (0, 1, 2, 3)} == {ALLOW}
    assert {judged(machine, name, 0, 4096, protection) for protection in (4, 5, 6, 7, 2**32 + 4)} == {REFUSE}


@everywhere
def test_advice_and_waiting_are_the_plain_kinds_only(machine: Machine) -> None:
    poison, collapse, mergeable = 100, 25, 12
    assert {judged(machine, "madvise", 0, 0, each) for each in (4, 14)} == {ALLOW}
    assert {judged(machine, "madvise", 0, 0, each) for each in (poison, collapse, mergeable)} == {REFUSE}
    private, clock = 128, 256
    assert {judged(machine, "futex", 0, each) for each in (0, 1 | private, 9 | private | clock)} == {ALLOW}
    lock_with_priority, requeue_with_priority = 6, 12
    assert {judged(machine, "futex", 0, each) for each in (lock_with_priority, requeue_with_priority)} == {REFUSE}


@everywhere
def test_the_numbers_are_the_kernels(machine: Machine) -> None:
    path, renamed = HEADERS[machine.name]
    if not path.exists():
        pytest.skip(f"the kernel's headers for {machine.name} are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())
    real = {renamed.get(name, name): int(number) for name, number in found}
    ours = {name: number_of(name, machine) for name in NUMBERS}
    missing = {name: number for name, number in ours.items() if number is not None and name not in real}
    assert {name: number for name, number in ours.items() if name in real} == {
        name: real[name] for name in ours if name in real
    }
    assert all(number > 434 for number in missing.values() if number), "newer than the headers, or misspelt"


def test_the_filter_fits_and_every_jump_stays_inside() -> None:
    for machine in MACHINES.values():
        program = list(INSTRUCTION.iter_unpack(build_filter(machine)))
        assert len(program) <= 4096
        jumps = [(at, yes, no) for at, (code, yes, no, _) in enumerate(program) if code in (IF_EQUAL, IF_AT_LEAST)]
        assert all(at + 1 + max(yes, no) < len(program) for at, yes, no in jumps)
        assert program[-1][0] == RETURN
