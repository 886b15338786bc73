"""Stands: which activations of the user's functions an entry was logged in, and which turns of their loops.

In: frames, as a recording without marks meets them. Out: a Stand for each, the same one as long as the function has not
been called anew and its loops have not turned. A turn is told by the loop's variables, which hold something else then.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from backlight.record.repetition import Repeated, Repetition

PLAIN = (int, str, float, bool)
"""What loops count in: told by value, too, since an identity may come again."""
Signature = tuple[tuple[Any, ...], ...]
"""For each loop around an instruction, outermost first, what its variables hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """An activation of a function, told apart by ``activation``, in certain turns of the ``loops`` it is inside of."""

    outer: Stand | None
    activation: int
    loops: tuple[Repeated, ...]
    signature: Signature

    def chain(self) -> list[Stand]:
        """All that it is in, outermost first, and itself."""
        found: list[Stand] = []
        stand: Stand | None = self
        while stand is not None:
            found.append(stand)
            stand = stand.outer
        return found[::-1]


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """The loops around an instruction, the names of what they are about, and whether a turn may begin anywhere."""

    loops: tuple[Repeated, ...]
    names: tuple[str, ...]
    has_branches: bool

    def may_turn(self, old: Stand) -> bool:
        """Whether a frame that went on to here from where it stood may be in another turn, or in other loops."""
        return self.has_branches or self.loops is not old.loops


NOWHERE = Around((), (), has_branches=False)


class Suspended:
    """The frames of generators that wait to be gone on with, each as it stood; no longer than they may be.

    Nothing tells of the end of one. But its frame is then held by nobody but us, and is let go at the next look.
    """

    def __init__(self) -> None:
        self.held: dict[int, tuple[FrameType, int, Stand | None]] = {}

    def keep(self, frame: FrameType, lasti: int, stand: Stand | None) -> None:
        """A frame is off the stack, and may come back."""
        self.held[id(frame)] = frame, lasti, stand

    def resumed(self, frame: FrameType) -> tuple[int, Stand | None]:
        """Where a frame stood that is on the stack again; -1 and None where it is new."""
        _, lasti, stand = self.held.pop(id(frame), (frame, -1, None))
        return lasti, stand

    def drop_ended(self) -> None:
        """Let go of those that nobody else holds."""
        for key in [key for key, held in self.held.items() if sys.getrefcount(held[0]) <= ENDED]:
            del self.held[key]

    def counts(self) -> list[int]:
        """How often Python counts each of the frames as held, asked as `drop_ended` does."""
        return [sys.getrefcount(held[0]) for held in self.held.values()]


def references_of_ended() -> int:
    """What Python counts for the frame of a generator that has ended."""

    def generate() -> Generator[FrameType]:
        yield sys._getframe()  # pyright: ignore[reportPrivateUsage]

    suspended, generator = Suspended(), generate()
    suspended.keep(next(generator), 0, None)
    generator.close()
    return suspended.counts()[0]


ENDED = references_of_ended()


class Stands:
    """Makes the stands of one recording."""

    def __init__(self, repetition: Repetition) -> None:
        self._repetition = repetition
        self.known: dict[tuple[int, int], Around] = {}  # code's id() and instruction -> its loops
        self._alike: dict[tuple[int, ...], Around] = {}  # id() of each of some loops -> one for all inside or ahead
        self._activations = 0

    def around(self, frame: FrameType, lasti: int) -> Around:
        """The loops around an instruction of a frame; the same object for all instructions in the same loops."""
        code = frame.f_code
        known = self.known.get((id(code), lasti))
        if known is None:
            loops = tuple(self._repetition.inside(code, lasti))
            names = tuple(dict.fromkeys(name for loop in loops for name in loop.targets))
            made = Around(loops, names, any(loop.has_branches for loop in loops)) if loops else NOWHERE
            is_head = self._repetition.head(code, lasti) is not None  # from there to its body a loop has turned
            known = self.known[id(code), lasti] = self._alike.setdefault((is_head, *map(id, loops)), made)
        return known

    def stand(self, outer: Stand | None, around: Around, held: dict[str, Any] | None, old: Stand | None) -> Stand:
        """That of a frame; ``held`` are its variables, or None where its loops have not turned since ``old``."""
        if held is None:
            signature = () if old is None or not around.loops else old.signature
        else:
            signature = tuple([signed(loop, held) for loop in around.loops])
        if old is not None and old.outer is outer and old.signature == signature and old.loops is around.loops:
            return old
        self._activations += old is None
        activation = self._activations if old is None else old.activation
        return Stand(outer, activation, around.loops, signature)


def signed(loop: Repeated, held: dict[str, Any]) -> tuple[Any, ...]:
    """What tells this turn of a loop from the one before."""
    values = [held.get(name) for name in loop.variables]
    return tuple([(id(value), value if type(value) in PLAIN else None) for value in values])
