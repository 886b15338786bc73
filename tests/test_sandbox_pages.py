"""Pages: a rehearsal finds those that a program writes to, and a child that has them copied meets no fault there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backlight.model.program import Namespace
from backlight.model.request import TraceRequest
from backlight.sandbox.child import WAKING_EXPRESSION, Task
from backlight.sandbox.seal import Seal
from backlight.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")

SET_UP = """
import ctypes, json, mmap, os, resource, struct
from backlight.sandbox import kernel, pages
from backlight.sandbox.pages import PAGE, copy_pages, rehearse

COUNT = 400
memory = mmap.mmap(-1, COUNT * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory[:] = bytes([1]) * len(memory)
first = ctypes.addressof(ctypes.c_char.from_buffer(memory))
WRITTEN = [*range(10, 20), *range(100, 390, 2)]


def program():
    for page in WRITTEN:
        memory[page * PAGE] = 2


def faults_of(prepare):
    '''The faults of the program in a process of its own that was prepared so.'''
    reading, writing = os.pipe()
    if os.fork() == 0:
        prepare()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        program()
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        os.write(writing, struct.pack("=I", faults))
        os._exit(0)
    os.wait()
    return struct.unpack("=I", os.read(reading, 4))[0]
"""
"""A process of one thread, since it forks, with memory of which a program writes to some pages."""


def told(script: str) -> Any:
    """The JSON that a script prints after the set-up."""
    done = subprocess.run([sys.executable, "-c", SET_UP + script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_rehearsal_finds_just_the_pages_that_are_written_to() -> None:
    found, written = told(
        "spans = [span for vector in rehearse(program) for span in struct.iter_unpack('=QQ', vector)]\n"
        "pages = sorted(page for start, length in spans for page in range((start - first) // PAGE,"
        " (start - first + length) // PAGE) if 0 <= page < COUNT)\n"
        "print(json.dumps([pages, WRITTEN]))"
    )
    assert found == written


def test_a_rehearsal_changes_nothing() -> None:
    assert told("rehearse(program)\nprint(json.dumps(memory[10 * PAGE]))") == 1


def test_a_program_that_fails_is_not_prepared_for() -> None:
    assert told("print(json.dumps(len(rehearse(lambda: 1 / 0))))") == 0


@pytest.mark.parametrize("refusing", ["", "def refuse(vectors): raise OSError\nkernel.populate_all = refuse\n"])
def test_pages_that_were_copied_cost_no_fault(refusing: str) -> None:
    """At once, or one by one where the kernel takes no more."""
    unprepared, prepared, count = told(
        f"{refusing}vectors = rehearse(program)\n"
        "print(json.dumps([faults_of(int), faults_of(lambda: copy_pages(vectors)), len(WRITTEN)]))"
    )
    assert unprepared >= count
    assert prepared < count / 4


def test_where_the_kernel_copies_nothing_beforehand_nothing_breaks() -> None:
    script = (
        "def refuse(*_): raise OSError\nkernel.populate_all = kernel.populate = refuse\n"
        "vectors = rehearse(program)\ncopy_pages(vectors)\nprint(json.dumps(memory[10 * PAGE]))"
    )
    assert told(script) == 1


@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").is_dir(), reason="this kernel has no huge pages")
def test_memory_is_put_into_huge_pages_and_keeps_what_it_held() -> None:
    before, after, same = told(
        "def huge():\n"
        "    lines = open('/proc/self/smaps_rollup').read().splitlines()\n"
        "    return next(int(line.split()[1]) for line in lines if line.startswith('AnonHugePages'))\n"
        "large = mmap.mmap(-1, 2**23, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "large[:] = bytes([7]) * len(large)\n"
        "before = huge()\npages.use_huge_pages()\n"
        "print(json.dumps([before, huge(), large[:] == bytes([7]) * len(large)]))"
    )
    assert after >= before + 2**12
    assert same


@pytest.mark.parametrize(
    ("pages", "programs"),
    [(None, ["program", "waking", "expression"]), ((), ["program", "waking", "expression"]), ((b"",), ["expression"])],
)
def test_a_child_runs_the_warm_up_program_only_where_its_pages_are_not_known(
    pages: tuple[bytes, ...] | None, programs: list[str]
) -> None:
    ran: list[str] = []

    def entry(request: TraceRequest, settings: Settings, namespace: Namespace) -> bytes:
        kind = "waking" if request.expression == WAKING_EXPRESSION else "expression"
        ran.append(kind if request.source is None else "program")
        return b""

    task = Task(entry, Settings(), Namespace({}, {}, {}, lambda _seed: None), Seal(0, True, None, None), pages)
    task.get_ready()
    assert ran == programs
