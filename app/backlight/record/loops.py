"""Loops: which loops an instruction is inside of, from the program's syntax or, without that, its bytecode.

In: the loops of a Program, or a code object. Out: loops, by number or by the stretch of instructions that repeats.
"""

from __future__ import annotations

import ast
import dis
import linecache
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType

from backlight.model.document import Place
from backlight.model.program import COMPREHENSIONS, Loop, loop_name
from backlight.record.places import Resolve

Point = tuple[int, int]


class LoopPlaces:
    """The loops of a Program, and which of them a place is inside of. ``resolve`` turns instructions into places."""

    def __init__(self, loops: Sequence[Loop] = (), resolve: Resolve | None = None) -> None:
        self._loops = loops
        self._resolve = resolve
        self._codes: dict[tuple[int, int], tuple[CodeType, frozenset[int]]] = {}
        self._around: dict[int, frozenset[int]] = {}
        spans = [(*ends(span), number) for number, loop in enumerate(loops) for span in loop.spans]
        self._spans = sorted(spans, key=lambda span: (span[0], (-span[1][0], -span[1][1]), span[2]))
        self._starts = [span[0] for span in self._spans]
        self._parents: list[int] = []
        open_spans: list[int] = []
        for index, (_, end, _) in enumerate(self._spans):
            while open_spans and self._spans[open_spans[-1]][1] < end:
                open_spans.pop()
            self._parents.append(open_spans[-1] if open_spans else -1)
            open_spans.append(index)

    def __getitem__(self, loop: int) -> Loop:
        return self._loops[loop]

    def at(self, code: CodeType, lasti: int) -> frozenset[int]:
        """The loops that an instruction is inside of."""
        known = self._codes.get((id(code), lasti))
        if known is None:
            place = self._resolve(code, lasti) if self._resolve is not None else None
            known = self._codes[id(code), lasti] = (code, self.at_place(place))
        return known[1]

    def at_place(self, place: Place | None) -> frozenset[int]:
        """The loops that a place is inside of."""
        if place is None:
            return frozenset()
        point = (place.line, place.column)
        found: list[int] = []
        index = bisect_right(self._starts, point) - 1
        while index >= 0:
            _, end, loop = self._spans[index]
            if point < end:
                found.append(loop)
            index = self._parents[index]
        return frozenset(found)

    def around(self, loop: int) -> frozenset[int]:
        """The loops that a loop is inside of."""
        known = self._around.get(loop)
        if known is None:
            known = self._around[loop] = self.at_place(self._loops[loop].place)
        return known


def ends(place: Place) -> tuple[Point, Point]:
    """Where a place begins and ends."""
    return (place.line, place.column), (place.end_line, place.end_column)


def repeated(code: CodeType) -> list[tuple[int, int]]:
    """The stretches of a code's instructions that repeat, first and last, an outer loop's before the inner ones'.

    Jumps back from one loop (``continue``) overlap and make one stretch.
    """
    jumps = [
        (instruction.argval, instruction.offset)
        for instruction in dis.get_instructions(code)
        if "JUMP_BACKWARD" in instruction.opname and "NO_INTERRUPT" not in instruction.opname
    ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(jumps, key=lambda jump: (jump[0], -jump[1])):
        if merged and merged[-1][0] == start:
            continue
        if merged and merged[-1][0] < start <= merged[-1][1] < end:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def header(code: CodeType, start: int) -> str:
    """What heads the loop whose repeated stretch begins at ``start``, from its file's syntax where that is at hand."""
    line, end_line, column, end_column = list(code.co_positions())[start // 2]
    text = "".join(linecache.getlines(code.co_filename))
    if line is None or end_line is None or column is None or end_column is None:
        return "loop"
    inside = [
        (begin, name)
        for (begin, end), name, is_comprehension in headers(text)
        if is_comprehension == (code.co_name in COMPREHENSIONS.values())
        if begin <= (line, column) and (end_line, end_column) <= end
    ]
    return max(inside, default=((0, 0), "loop"))[1]


@lru_cache(maxsize=16)
def headers(text: str) -> list[tuple[tuple[Point, Point], str, bool]]:
    """The loops of a file, each with its extent in bytes, what heads it, and whether it is a comprehension's."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found: list[tuple[tuple[Point, Point], str, bool]] = []
    for node in ast.walk(tree):
        match node:
            case ast.For() | ast.AsyncFor():
                name, inside = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}", False
            case ast.While():
                name, inside = f"while {ast.unparse(node.test)}", False
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                clauses = (f"for {ast.unparse(each.target)} in {ast.unparse(each.iter)}" for each in node.generators)
                name, inside = " ".join(clauses), True
            case _:
                continue
        end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
        found.append((((node.lineno, node.col_offset), end), loop_name(name), inside))
    return found
