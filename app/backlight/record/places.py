"""Places: which frames of the user's code are running now, and where that is in the source.

In: frames. Out: a small number for each distinct stack, resolved to line and column only when the
recording is over: that is what keeps recording quick.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

from backlight.model.document import Place
from backlight.model.program import COMPREHENSIONS, Program
from backlight.record.repetition import Repetition
from backlight.record.stands import Stand

DEPTH = 32
"""How many of the user's frames are kept, innermost first."""
RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""The flags of code whose frames may be entered again, from elsewhere."""

RUN_IN_PLACE = frozenset(COMPREHENSIONS.values()) - {COMPREHENSIONS[ast.GeneratorExp]}
"""Code that is a frame of its own until Python 3.11."""

Resolve = Callable[[CodeType, int], Place | None]


class PlaceKeys:
    """Numbers stacks of the user's frames. ``is_mine(filename)`` tells the user's code from all other.

    ``innermost`` is the ``id()`` of the innermost of the user's frames on the stack that was last given a key, or 0.
    """

    def __init__(self, is_mine: Callable[[str], bool]) -> None:
        self.repetition = Repetition()
        self.stand: Stand | None = None  # of the innermost of the user's frames, where the program carries no marks
        self._is_mine = is_mine
        self._mine: dict[str, bool] = {}
        self._codes: dict[int, CodeType] = {}
        self._keys: dict[tuple[int, ...], int] = {}
        self._fixed: dict[int, tuple[Place, ...]] = {}
        self._depths: list[int] = []
        self.nowhere = self._number(())
        self.innermost = 0
        self._last: tuple[FrameType | None, int] = (None, 0)  # a frame that is none of the user's, and its stack's key
        self._waiting: list[tuple[FrameType, FrameType]] = []  # frames that wait for the engine, and the ends of stacks

    @contextmanager
    def waiting(self) -> Generator[None]:
        """The caller of this waits for the engine, which may work on threads of its own, until the context ends."""
        frame = end = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
        while end.f_back is not None:
            end = end.f_back
        self._waiting.append((frame, end))
        try:
            yield
        finally:
            self._waiting.pop()

    def beyond(self, end: FrameType | None) -> FrameType | None:
        """The frame that waits for a thread of the engine's whose stack ends so: with a frame, or, None, without any.

        None for the thread that is recorded, which waits for nobody.
        """
        known = (number for number, (_, last) in enumerate(self._waiting) if last is end)
        number = next(known, len(self._waiting))
        return self._waiting[number - 1][0] if number else None

    def outside(self, frame: FrameType) -> FrameType | None:
        """The frame outside of this one; a stack of the engine's goes on where it was called."""
        return frame.f_back or (self.beyond(frame) if self._waiting else None)

    def now(self) -> int:
        """The key of the stack of the user's frames that is running."""
        return self.of(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]

    def of_call(self, frame: FrameType) -> int:
        """The key of the stack that ends in ``frame``, which makes an ATen call, and often makes the next one, too.

        As long as it is the same frame, those outside of it have not moved. It is held until the next call.
        """
        last, number = self._last
        if last is frame:
            return number
        number = self.of(frame)
        if not (self.is_of_user(frame) or frame.f_code.co_flags & RESUMED):
            self._last = frame, number
        return number

    def depth(self, number: int) -> int:
        """How many of the user's frames are on the stack with this key."""
        return self._depths[number]

    def let_go(self) -> None:
        """Hold no frame any more."""
        self._last = None, 0

    def of(self, frame: FrameType | None) -> int:
        """The key of the stack that ends in ``frame``."""
        self._last = None, 0
        mine, codes = self._mine, self._codes
        key: list[int] = []
        self.innermost = 0
        while frame is not None:
            code = frame.f_code
            known = mine.get(code.co_filename)
            if known is None:
                known = self.is_of_user(frame)
            if known:
                if not key:
                    self.innermost = id(frame)
                codes[id(code)] = code
                key += (id(code), frame.f_lasti)
                if len(key) >= 2 * DEPTH:
                    break
            frame = frame.f_back or (self.beyond(frame) if self._waiting else None)
        return self._number(tuple(key))

    def is_of_user(self, frame: FrameType) -> bool:
        """Whether this very frame is of the user's code."""
        filename = frame.f_code.co_filename
        known = self._mine.get(filename)
        if known is None:
            known = self._mine[filename] = self._is_mine(filename)
        return known

    def innermost_from(self, frame: FrameType | None) -> FrameType | None:
        """The first of the user's frames on the way from ``frame`` outwards."""
        while frame is not None and not self.is_of_user(frame):
            frame = self.outside(frame)
        return frame

    def stacks(self) -> list[list[tuple[CodeType, int]]]:
        """Code and instruction of the frames of every key, outermost first; none for a place that was known already."""
        return [
            []
            if number in self._fixed
            else [(self._codes[code], at) for code, at in zip(key[-2::-2], key[::-2], strict=True)]
            for number, key in enumerate(self._keys)
        ]

    def inside(self, code: CodeType) -> int:
        """The key of the first expression in a function of the user's; of nowhere for any other function."""
        if not self._is_mine(code.co_filename):
            return self.nowhere
        self._codes[id(code)] = code
        spans = enumerate(code.co_positions())
        start = next((number for number, (_, _, column, end) in spans if column is not None and column != end), 0)
        return self._number((id(code), 2 * start))

    def at(self, place: Place) -> int:
        """A key for a place that is known already."""
        number = self._number((-place.line, place.column, -place.end_line, place.end_column, place.source))
        self._fixed[number] = (place,)
        return number

    def resolve(self, resolve: Resolve) -> list[tuple[Place, ...]]:
        """The places of every key, innermost first."""
        found: list[tuple[Place, ...]] = []
        memo: dict[tuple[int, int], Place | None] = {}
        for number, key in enumerate(self._keys):
            if number in self._fixed:
                found.append(self._fixed[number])
                continue
            pairs = [*self._told(key)]
            for pair in pairs:
                if pair not in memo:
                    memo[pair] = resolve(self._codes[pair[0]], pair[1])
            found.append(tuple(place for pair in pairs if (place := memo[pair]) is not None))
        return found

    def _told(self, key: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        """Codes and instructions of a key, but for where a comprehension runs: from Python 3.12 on, that is no call."""
        is_call = True
        for code, lasti in zip(key[::2], key[1::2], strict=True):
            if is_call:
                yield code, lasti
            is_call = self._codes[code].co_name not in RUN_IN_PLACE

    def _number(self, key: tuple[int, ...]) -> int:
        number = self._keys.get(key)
        if number is None:
            number = self._keys[key] = len(self._keys)
            self._depths.append(len(key) // 2)
        return number


def program_places(program: Program) -> Resolve:
    """Resolves instructions of a Program's code to places in its text."""
    positions: dict[int, tuple[CodeType, list[tuple[int | None, int | None, int | None, int | None]]]] = {}

    def resolve(code: CodeType, lasti: int) -> Place | None:
        known = positions.get(id(code))
        if known is None:
            known = positions[id(code)] = (code, list(code.co_positions()))
        return program.place(known[1][lasti // 2]) if lasti >= 0 else None

    return resolve
