"""Loops: which of a program's loops a place or an instruction is inside of.

In: the loops of a Program. Out: loops, by number.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from types import CodeType

from backlight.model.document import Place
from backlight.model.program import Loop
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
