"""A Program: what `parse` makes of a request and `record` runs. Instrumented code, and the places that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from backlight.model.document import Place

FILENAME = "<program>"
"""``co_filename`` of all of a program's code: how the recorder tells the user's frames from torch's."""

IMPORT = "<import>"
"""Global called for an import: ``f(module, name)`` gives the module, or its attribute ``name`` unless that is None."""
BIND = "<bind>"
"""Global called for an assignment: ``f(value, site)`` notes the names at ``sites[site]``, and returns ``value``."""
SHOW = "<show>"
"""Global called with the value of a cell's last expression, to show its ``repr`` unless it is None."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place where values get names: an assignment's targets, in the order in which Python binds them."""

    names: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ProgramCell:
    """The lines of one cell (1-based, inclusive), and its code, ready to ``exec``."""

    index: int
    start_line: int
    end_line: int
    code: CodeType


@dataclass(frozen=True, slots=True)
class Program:
    """``text`` is what the Document shows as source.

    ``wholes`` corrects CPython's positions: it maps (line, column, end_line, end_column) as
    ``co_positions`` reports them, columns in UTF-8 bytes, to the place of the whole expression;
    a position that is not in it is looked up with `place_of`.
    ``hint`` is added to the message of an error that the program raises: expression mode names the missing inputs so.
    """

    text: str
    cells: tuple[ProgramCell, ...]
    sites: tuple[Site, ...]
    wholes: Mapping[tuple[int, int, int, int], Place]
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Namespace:
    """What a program can see: modules to import, by dotted name, and builtins (``print`` is the recorder's)."""

    modules: Mapping[str, Any]
    builtins: Mapping[str, Any]
