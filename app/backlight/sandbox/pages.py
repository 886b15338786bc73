"""Pages: the memory that a forked process shares with its parent, and what of it a first program writes to.

Each page is copied when it is first written to, at the price of a fault: thousands of them in a small program, most of
them for reference counts. Which pages these are is seen once, in a rehearsal; every child then has them copied in two
or three calls. Where the kernel cannot do this, nothing is copied beforehand, and nothing else changes.
"""

from __future__ import annotations

import contextlib
import os
import resource
import struct
from array import array
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from backlight.sandbox import kernel

PAGE = resource.getpagesize()
HUGE_PAGE = 2**21
"""Bytes of a huge page, on machines whose pages have 4 KB."""
_OWN = 1 << 63 | 1 << 56
"""In an entry of ``/proc/self/pagemap``: the page is in memory, and mapped by this process alone."""
_SPAN = struct.Struct("=QQ")
_MOST_SPANS = 1_024
"""As many as one call takes."""

Region = tuple[int, int]
"""First address and the one after the last."""


def use_huge_pages() -> None:
    """Have the kernel put this process's memory into huge pages, so that a fork has a table to copy a 512th as long."""
    for start, end in writable_regions(named=("", "[heap]")):
        for huge in range(-(-start // HUGE_PAGE) * HUGE_PAGE, end - HUGE_PAGE + 1, HUGE_PAGE):
            with contextlib.suppress(OSError):  # none left, or too little of it is in use
                kernel.collapse(huge, HUGE_PAGE)


def rehearse(program: Callable[[], None]) -> tuple[bytes, ...]:
    """Which pages a process forked from this one writes to in ``program``; what else it does there is lost.

    Gives vectors for `copy_pages`: pairs of an address and a length in bytes, as many as one call takes in each. None
    where the kernel does not show them, or the program failed.
    """
    regions = writable_regions()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            program()
            kernel.set_dumpable(True)  # else the file is not its own to read
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(b"".join(_SPAN.pack(*span) for span in own_spans(regions)))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        spans = pipe.read()
    _, status = os.waitpid(child, 0)
    longest = _MOST_SPANS * _SPAN.size
    return tuple(spans[at : at + longest] for at in range(0, len(spans), longest)) if status == 0 else ()


def copy_pages(vectors: tuple[bytes, ...]) -> None:
    """Have the pages copied that `rehearse` found. Those that the kernel does not copy now it copies when needed."""
    try:
        kernel.populate_all(vectors)
    except OSError:  # before Linux 6.13 no process could ask this for several spans at a time
        with contextlib.suppress(OSError):
            for start, length in _SPAN.iter_unpack(b"".join(vectors)):
                kernel.populate(start, length)


def writable_regions(named: tuple[str, ...] | None = None) -> list[Region]:
    """The private memory that this process may write to: all, or what is ``named`` so (memory of no file: ``""``)."""
    regions: list[Region] = []
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        span, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == "rw-p" and (named is None or "".join(name) in named):
            start, end = (int(each, 16) for each in span.split("-"))
            regions.append((start, end))
    return regions


def own_spans(regions: list[Region]) -> Iterator[Region]:
    """Where in these regions this process has pages that it shares with no other: addresses, and lengths in bytes."""
    with Path("/proc/self/pagemap").open("rb", buffering=0) as pagemap:
        for start, end in regions:
            pagemap.seek(start // PAGE * 8)
            entries = array("Q", pagemap.read((end - start) // PAGE * 8))
            at = start
            for is_own, run in groupby(entry & _OWN == _OWN for entry in entries):
                length = PAGE * sum(1 for _ in run)
                if is_own:
                    yield at, length
                at += length
