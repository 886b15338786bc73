"""Inference: functions and loop iterations of a program that carries no marks, from the stacks of what was logged.

In: entries of the tape in their order, each with its stack of the user's frames, their stands, and its module call.
Out: scopes. An iteration begins where a loop's variables hold something else, or a frame moves backward in the loop.
Best effort: iterations in which torch was not called, or two of a ``while`` that call torch alike, cannot be told.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from backlight.model.program import COMPREHENSIONS
from backlight.record.entries import LoggedCall, LoggedExit, LoggedOrigin
from backlight.record.places import RESUMED, PlaceKeys
from backlight.record.repetition import Repeated
from backlight.record.scopes import OPTIMIZED, Scope, Scopes
from backlight.record.stands import Stand

Item = Scope | tuple[CodeType, int]
"""A step of the way from the outside to a call: a call of a module, or a frame and its instruction."""


@dataclass(slots=True)
class Level:
    """One step of the way to the last entry: what it is, the scope that it makes, and a frame's open iterations.

    ``head`` is the innermost of their loops where the frame goes on to the next one: it is in none of them then.
    ``waiting`` is the generator expression that it called last and that has given something since: ``sum(f(x) for …)``.
    """

    item: Item
    scope: Scope | None
    stand: Stand | None = None
    iterations: list[Scope] = field(default_factory=list[Scope])
    waiting: Level | None = None
    head: Repeated | None = None

    @property
    def inner(self) -> Scope | None:
        """The scope of what is called from here."""
        within = self.iterations
        if within and within[-1].subject is self.head:
            within = within[:-1]
        return within[-1] if within else self.scope


class Inference:
    """Follows the way to each entry and compares it with that to the one before."""

    def __init__(self, scopes: Scopes, places: PlaceKeys) -> None:
        stacks = places.stacks()
        self._stacks = stacks
        self._before = [code for code, _ in stacks[scopes.started_at]]
        self._levels: list[Level] = []
        self._first: Any = None  # the operator first called since the innermost frame moved
        self._repetition = places.repetition
        self._modules: dict[Scope, Scope] = {}
        self._generators: dict[int, Level] = {}  # activation -> what it was when it last ran

    def scope_of(self, entry: LoggedCall | LoggedOrigin | LoggedExit) -> Scope | None:
        """The innermost scope of an entry."""
        stack = self._stacks[entry.place]
        if not stack:
            return self._levels[-1].inner if self._levels else entry.scope
        way = way_to(stack, entry.scope)
        stands = stands_of(way, entry.stand)
        func = entry.func if isinstance(entry, LoggedCall) else None
        same = self._common(way, stands)
        if same == len(way) == len(self._levels):
            if func is not None and self._first is None:
                self._first = func
            elif func is not None and func == self._first and not isinstance(way[-1], Scope):
                self._again(way, stands, same)
        else:
            self._move(way, stands, same)
            self._first = func
        return self._levels[-1].inner

    def _common(self, way: list[Item], stands: list[Stand | None]) -> int:
        same, levels = 0, self._levels
        while same < min(len(way), len(levels)) and way[same] == levels[same].item:
            if stands[same] is not levels[same].stand:
                break
            same += 1
        return same

    def _move(self, way: list[Item], stands: list[Stand | None], same: int) -> None:
        """The way differs from step ``same`` on."""
        levels = self._levels
        if same == len(way) or same == len(levels):
            self._build(way, stands, same)
            return
        new, level, stand = way[same], levels[same], stands[same]
        old = level.item
        if isinstance(new, tuple) and isinstance(old, tuple) and new[0] is old[0] and is_of_one(stand, level.stand):
            if self._go_on(level, new, stand):
                self._build(way, stands, same + 1)
            else:
                self._again(way, stands, same)
        elif isinstance(new, tuple) or new.caller is not None:
            self._again(way, stands, same)
        else:
            self._build(way, stands, same)

    def _go_on(self, level: Level, item: tuple[CodeType, int], stand: Stand | None) -> bool:
        """A frame is elsewhere, or in another turn; whether that is all that there is to it."""
        entered, was_at = level.head, level.item
        assert not isinstance(was_at, Scope)
        heads = self._repetition.head(*item)
        if entered is not None and entered is not heads and entered in self._repetition.inside(*item):
            self._next(level, entered, item)
        elif not self._turned(level, item, stand):
            is_headed = heads is not None and any(each.subject is heads for each in level.iterations)
            if is_headed or item[1] > was_at[1]:
                self._forward(level, item)
            elif not self._iterate(level, item):
                return False
        level.stand = stand
        return True

    def _next(self, level: Level, loop: Repeated, item: tuple[CodeType, int]) -> None:
        """Begin the next iteration of an open loop."""
        position = next(at for at, each in enumerate(level.iterations) if each.subject is loop)
        last = level.iterations[position]
        level.iterations[position:] = [Scope("iteration", last.parent, loop, last.number + 1)]
        self._forward(level, item)

    def _turned(self, level: Level, item: tuple[CodeType, int], stand: Stand | None) -> bool:
        """Begin the next iteration of the outermost loop whose variables hold something else than before, if any."""
        before = level.stand
        if stand is None or before is None or stand is before:
            return False
        held = dict(zip(before.loops, before.signature, strict=False))
        turned = next(
            (loop for loop, now in zip(stand.loops, stand.signature, strict=False) if held.get(loop, now) != now), None
        )
        if turned is None or all(each.subject is not turned for each in level.iterations):
            return False
        self._next(level, turned, item)
        return True

    def _again(self, way: list[Item], stands: list[Stand | None], same: int) -> None:
        """An instruction on the common way ran anew: the innermost that is in a loop, within the same module call.

        Not of a loop with variables, which would tell of a turn where it is known what they hold.
        """
        for position in range(same - 1, -1, -1):
            item, level = way[position], self._levels[position]
            if isinstance(item, Scope) or (level.stand and level.iterations and level.iterations[-1].subject.variables):
                break
            if self._iterate(level, item):
                self._build(way, stands, position + 1)
                return
        self._build(way, stands, same)

    def _forward(self, level: Level, item: tuple[CodeType, int]) -> None:
        """The frame went on: it left loops, and entered others."""
        level.item, level.waiting = item, None
        inside, level.head = self._repetition.inside(*item), self._repetition.head(*item)
        level.iterations = [each for each in level.iterations if each.subject in inside]
        for loop in inside[len(level.iterations) :]:
            execution = Scope("loop", level.inner, loop, 0)
            level.iterations.append(Scope("iteration", execution, loop, -1 if loop is level.head else 0))

    def _iterate(self, level: Level, item: tuple[CodeType, int]) -> bool:
        """Begin the next iteration of the innermost open loop that the frame is still in, if there is one."""
        inside = self._repetition.inside(*item)
        common = [each for each in level.iterations if each.subject in inside]
        if not common:
            return False
        self._next(level, common[-1].subject, item)
        return True

    def _build(self, way: list[Item], stands: list[Stand | None], start: int) -> None:
        """New levels from ``start`` on."""
        if 0 < start < len(self._levels) and is_generator_expression(self._levels[start].item):
            self._levels[start - 1].waiting = self._levels[start]
        del self._levels[start:]
        for position in range(start, len(way)):
            item = way[position]
            around = self._levels[-1].inner if self._levels else None
            if isinstance(item, Scope):
                self._levels.append(Level(item, self._module(item, around)))
                continue
            stand = stands[position]
            if self._resumed(item, stand) or (position == start and self._went_on(item, stand)):
                continue
            level = Level(item, self._function(way, position, around), stand)
            self._levels.append(level)
            self._forward(level, item)
            if stand is not None and item[0].co_flags & RESUMED:
                self._generators[stand.activation] = level

    def _resumed(self, item: tuple[CodeType, int], stand: Stand | None) -> bool:
        """Whether this is a generator that ran before, and goes on in the scope that it had."""
        level = None if stand is None else self._generators.get(stand.activation)
        if level is None:
            return False
        if not self._go_on(level, item, stand):
            self._forward(level, item)
        level.stand = stand
        self._levels.append(level)
        return True

    def _went_on(self, item: tuple[CodeType, int], stand: Stand | None) -> bool:
        """Whether this is a generator expression that was waiting for its caller to go on with it."""
        waiting = self._levels[-1].waiting if self._levels else None
        if waiting is None or isinstance(waiting.item, Scope) or waiting.item[0] is not item[0]:
            return False
        if not self._turned(waiting, item, stand) and not self._iterate(waiting, item):
            return False
        waiting.stand = stand
        self._levels.append(waiting)
        return True

    def _module(self, call: Scope, around: Scope | None) -> Scope:
        """The scope of a module call, at its place among the functions and loops."""
        known = self._modules.get(call)
        if known is None:
            known = self._modules[call] = Scope("module", around, call.subject, 0)
            known.caller = call.caller
        return known

    def _function(self, way: list[Item], position: int, around: Scope | None) -> Scope | None:
        item = way[position]
        assert not isinstance(item, Scope)
        code = item[0]
        frames = [each[0] for each in way[: position + 1] if not isinstance(each, Scope)]
        began_before = len(frames) <= len(self._before) and frames == self._before[: len(frames)]
        if began_before or code.co_name in COMPREHENSIONS.values() or not code.co_flags & OPTIMIZED:
            return around
        scope = Scope("function", around, code, 0)
        caller = way[position - 1] if position else None
        scope.caller = caller if isinstance(caller, tuple) else None
        return scope


def is_generator_expression(item: Item) -> bool:
    """Whether a step of a way is the frame of a generator expression."""
    return not isinstance(item, Scope) and item[0].co_name == COMPREHENSIONS[ast.GeneratorExp]


def is_of_one(stand: Stand | None, other: Stand | None) -> bool:
    """Whether two stands are of one activation of a function, as far as is known."""
    return stand is None or other is None or stand.activation == other.activation


def stands_of(way: list[Item], innermost: Stand | None) -> list[Stand | None]:
    """For each step of a way that is a frame its stand, where those are known that the entry was logged in."""
    chain = [] if innermost is None else innermost.chain()
    frames = [position for position, item in enumerate(way) if not isinstance(item, Scope)]
    stands: list[Stand | None] = [None] * len(way)
    if len(chain) >= len(frames):
        for position, stand in zip(frames, chain[len(chain) - len(frames) :], strict=True):
            stands[position] = stand
    return stands


def way_to(stack: list[tuple[CodeType, int]], scope: Scope | None) -> list[Item]:
    """The frames of a stack, outermost first, and the module calls among them: each after the frame that made it."""
    calls: list[Scope] = []
    while scope is not None:
        calls.append(scope)
        scope = scope.parent
    way: list[Item] = []
    taken = 0
    for call in reversed(calls):
        if call.caller is not None and call.caller in stack[taken:]:
            after = stack.index(call.caller, taken) + 1
            way += stack[taken:after]
            taken = after
        way.append(call)
    return [*way, *stack[taken:]]
