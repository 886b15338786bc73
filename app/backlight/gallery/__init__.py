"""The gallery: small programs of our own, each with one thing to learn.

In: the files ``programs/NN-name.py`` of this package, in the order of their numbers. Each opens with a
comment: its first line is the title, the lines up to the first blank one are the lesson. Out: Examples.
It never runs a program and loads no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Example", "list_examples"]


@dataclass(frozen=True, slots=True)
class Example:
    """One program of the gallery. ``name`` stands in addresses; ``source`` is the whole file."""

    name: str
    title: str
    lesson: str
    source: str


@cache
def list_examples() -> tuple[Example, ...]:
    """All examples, in the gallery's order; the first is the one that the page opens with."""
    found = (entry for entry in (files(__name__) / "programs").iterdir() if entry.name.endswith(".py"))
    programs = sorted(found, key=lambda entry: entry.name)
    return tuple(_read_example(entry.name, entry.read_text(encoding="utf-8")) for entry in programs)


def _read_example(filename: str, source: str) -> Example:
    opening = source.split("\n\n", 1)[0].splitlines()
    title, *lesson = [line.removeprefix("#").strip() for line in opening]
    name = filename.removesuffix(".py").split("-", 1)[1]
    return Example(name, title, " ".join(lesson), source)
