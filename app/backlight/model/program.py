"""A Program: what `parse` makes of a request and `record` runs. Instrumented code, and the places that it came from."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import CodeType, FunctionType, MethodType
from typing import Any

from backlight.model.document import CellNote, Place

FILENAME = "<program>"
"""``co_filename`` of all of a program's code: how the recorder tells the user's frames from torch's."""

IMPORT = "<import>"
"""Global called for an import: ``f(module, name)`` gives what is found under the dotted name ``module`` itself (never
its top package), or its attribute ``name`` (else its submodule of that name) unless that is None.

``import a.b as c`` is ``c = f("a.b", None)``; ``from a import b`` is ``b = f("a", "b")``; and the plain ``import a.b``,
which binds the top package, is ``f("a.b", None)`` for the check followed by ``a = f("a", None)``. ``f("a", "*")``
binds what ``a`` gives. What is not there and may be lacking is ``f("a", None, why)``, which raises.
"""
BIND = "<bind>"
"""Global called for an assignment: ``f(value, site)`` notes that ``value`` got the names of a site; gives it."""
UNNAMING = frozenset({"grad", "data"})
"""Attributes that give what they hold no name where it is written in place, or where their own name is computed."""
KEEP = "<keep>"
"""Global around what a computed name is made of: ``f(part, site, first)`` keeps it for ``sites[site]``; gives it.

Of ``a[k] = v`` these are ``a``, which comes first, and ``k``; of ``setattr(a, k, v)`` it is ``k`` alone.
"""
ITEM = "<item>"
"""Global called after ``a[k] = v``: ``f(site)`` notes that what ``a`` has at ``k`` got the name of ``sites[site]``."""
LOOK = "<look>"
"""Global called where a statement ends that may have had numpy write to memory of a tensor's: ``f(site)``."""
ENTER = "<enter>"
"""Global called first in the body of a function, a lambda or a class: ``f()`` notes that a frame begins; True."""
ITERATE = "<iterate>"
"""Global called where an iteration begins: ``f(loop)`` notes that the next one of ``loops[loop]`` does; gives True."""
START = "<start>"
"""Global called for what a comprehension runs over: ``f(iterable, loop)`` notes that it starts; gives ``iterable``."""
OWN = "<own>"
"""Global around what a private attribute is asked of: ``f(value, name)`` gives a ``value`` of the program's own."""
WRITE = "<write>"
"""Global around what an attribute is written to: ``f(value, name)`` gives ``value`` where the program may do so."""
FORMAT = "<format>"
"""Global around what ``format`` is asked of: ``f(value, name)`` gives what has that method for the program."""
VIEW = "<view>"
"""Global around what ``__class__`` or ``__dict__`` is asked of: ``f(value, name)`` gives what has that to show."""
SETTER = "<setter>"
"""Global around what ``__setattr__`` is asked of: ``f(value, name)`` gives what writes where the program may do so."""
OVERDUE = "<overdue>"
"""Global that holds the SoftLimit of a program whose time was up while it ran; else there is none."""
SOURCE = "<source>"
"""Global that holds the text of the program."""
SHOW = "<show>"
"""Global called with the value of a cell's last expression, to show its ``repr`` unless it is None."""


Position = tuple[int, int, int, int]
"""Line, column, end line, end column of an expression's code, columns in UTF-8 bytes."""
CodePosition = tuple[int | None, int | None, int | None, int | None]
"""An entry of ``co_positions()``: line, end line, column, end column; None where CPython does not know."""


def place_in(lines: Sequence[str], wholes: Mapping[Position, Place], position: CodePosition) -> Place | None:
    """The place of a position in a text; see `Program.place`."""
    line, end_line, column, end_column = position
    if line is None or not 1 <= line <= len(lines):
        return None
    if end_line is None or column is None or end_column is None or not line <= end_line <= len(lines):
        return Place(line, 0, line, len(lines[line - 1]))
    whole = wholes.get((line, column, end_line, end_column))
    start, end = code_point_column(lines[line - 1], column), code_point_column(lines[end_line - 1], end_column)
    return whole or Place(line, start, end_line, end)


def code_point_column(line: str, byte_column: int) -> int:
    """The column in code points for one in UTF-8 bytes, kept within ``line``."""
    if line.isascii():
        return min(max(byte_column, 0), len(line))
    return len(line.encode()[: max(byte_column, 0)].decode(errors="ignore"))


def known_as(name: str, function: Any, module: str = "builtins") -> Any:
    """A method of ours as a function that the program knows by ``name``, in its ``repr`` and in messages of errors."""
    method = function.__func__
    own = FunctionType(method.__code__, method.__globals__, name, method.__defaults__, method.__closure__)
    own.__kwdefaults__ = method.__kwdefaults__
    bound = MethodType(own, function.__self__)

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        return bound(*args, **kwargs)

    for each in (stand_in, own):
        each.__name__ = each.__qualname__ = name
        each.__module__ = module
    return stand_in


@dataclass(frozen=True, slots=True)
class Site:
    """A place where values get names: an assignment's targets, in the order in which Python binds them.

    ``starred``: the value is the list that a starred target got. ``owner``: the name is made as the program runs, of
    this text and of what `KEEP` kept: an attribute, or where ``key`` says how it is written, an item. ``passing``: what
    gets the names is a loop's variable or a function's parameter, which are others' soon.
    """

    names: tuple[str, ...]
    place: Place
    starred: bool = False
    owner: str | None = None
    key: str | None = None
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """A ``for`` or ``while`` statement, or a ``for`` of a comprehension: its header's text and place.

    ``spans`` is what runs anew in each iteration: a body, a ``while`` loop's test, a comprehension's element.
    ``frame`` is the name of the code that Python may run it in: that of a comprehension, for the first of its loops.
    """

    name: str
    place: Place
    spans: tuple[Place, ...]
    frame: str | None = None


COMPREHENSIONS: Mapping[type[ast.AST], str] = {
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
    ast.GeneratorExp: "<genexpr>",
}
"""What CPython calls the code of a comprehension, where it does not run in the frame around it."""

LONGEST_LOOP_NAME = 60


def loop_name(header: str) -> str:
    """A loop's header as its name, cut to what can be read."""
    return header if len(header) <= LONGEST_LOOP_NAME else f"{header[: LONGEST_LOOP_NAME - 1]}…"


@dataclass(frozen=True, slots=True)
class ProgramCell:
    """The lines of one cell (1-based, inclusive), its code, ready to ``exec``, and what was left out of it."""

    index: int
    start_line: int
    end_line: int
    code: CodeType
    notes: tuple[CellNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """``text`` is what the Document shows as source.

    ``wholes`` corrects CPython's positions: it maps (line, column, end_line, end_column) as
    ``co_positions`` reports them, columns in UTF-8 bytes, to the place of the whole expression;
    `place` looks a position up.
    ``hint`` is added to the message of an error that the program raises: expression mode names the missing inputs so.
    """

    text: str
    cells: tuple[ProgramCell, ...]
    sites: tuple[Site, ...]
    wholes: Mapping[Position, Place]
    hint: str | None = None
    loops: tuple[Loop, ...] = ()

    def place(self, position: CodePosition) -> Place | None:
        """The place of an entry of ``co_positions()``: line, end line, column, end column, columns in UTF-8 bytes.

        The whole expression, where CPython reports only the end of a chain. The whole line where it knows
        no columns; None where it knows no line of the program.
        """
        return place_in(self.text.split("\n"), self.wholes, position)


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file of the user's own code, which runs as it stands. ``wholes`` is as in `Program`.

    ``bound`` tells which names a value is about to get: by the position of the code that makes the value, as the keys
    of ``wholes``; names are plain (``h``), an attribute or item of one (``self.h``, ``d["h"]``), or what gets the rest
    (``*h``). ``passing`` are the variables of loops that nothing is assigned to elsewhere.
    """

    lines: tuple[str, ...]
    wholes: Mapping[Position, Place]
    bound: Mapping[Position, tuple[str, ...]]
    passing: frozenset[str] = frozenset()

    def place(self, position: CodePosition) -> Place | None:
        """As `Program.place`."""
        return place_in(self.lines, self.wholes, position)


@dataclass(frozen=True, slots=True)
class Namespace:
    """What a program can see: modules to import, by dotted name, and builtins (``print`` is the recorder's).

    ``guards`` are the globals `OWN`, `WRITE`, `FORMAT` and `VIEW`. ``start(seed)`` is called as a run begins, and
    ``end()`` when it is told: nothing here holds on to what is the program's own from then on. ``over()`` is called
    in between, once the program has run, and what it did is about to be told. Inside of ``opened(classes)`` these may
    be written to, but not inside of ``fixed()`` in there.
    ``left()`` is a value that is equal while no program has written to what it was lent.
    ``stream``, where there is one, is what programs write to; ``connect(write)`` says where that goes.
    """

    modules: Mapping[str, Any]
    builtins: Mapping[str, Any]
    guards: Mapping[str, Any]
    start: Callable[[int], None]
    end: Callable[[], None] = lambda: None
    over: Callable[[], None] = lambda: None
    opened: Callable[[Iterable[type]], AbstractContextManager[object]] = nullcontext
    fixed: Callable[[], AbstractContextManager[object]] = nullcontext
    left: Callable[[], object] = lambda: None
    stream: Any = None
    connect: Callable[[Callable[[str], None]], None] | None = None
