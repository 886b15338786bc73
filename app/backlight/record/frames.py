"""Frames: places and names in code that runs as it stands, from the user's own frames.

In: the stack, at every recorded call. Out: place keys, and name entries on the tape. A name is never guessed: after a
statement that assigns, the frame itself is asked what the name holds. Frames are held until the next call,
so that those of a function that has returned can be asked too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any, cast

import torch

from backlight.record.entries import PASSING
from backlight.record.modules import buffers_in, is_a, parameters_in
from backlight.record.names import Naming, content, is_container, is_known_by, items_of, note_items, note_tensor
from backlight.record.places import DEPTH, RESUMED, PlaceKeys, Resolve
from backlight.record.stands import Stand, Stands, Suspended
from backlight.record.store import is_leaf
from backlight.record.torch_private import COMPILED_CALL, unnoticed
from backlight.record.within import attributes_of

if TYPE_CHECKING:
    from backlight.record.exits import Exits
    from backlight.record.registered import Registered
    from backlight.record.tape import Tape


KEPT = (dict, list)
"""What has items that are names."""
GIVEN = (torch.Tensor, torch.nn.Module)
"""What has its parameter's name when a function is given it."""


SEARCHES = 50
"""How often what variables hold is looked through for leaves, which a loop may make anew in each turn."""


@dataclass(frozen=True, slots=True)
class UserCode:
    """What is known of the user's files: whose frames count, which names a value gets, where an instruction is.

    ``passing`` tells which names in a code's file are loops' variables.
    """

    is_mine: Callable[[str], bool]
    bound: Callable[[CodeType, int], tuple[str, ...]]
    resolve: Resolve
    passing: Callable[[CodeType], frozenset[str]]


class FramePlaces(PlaceKeys):
    """Numbers the stacks of the user's frames, and notes on the tape what names the values on the way got."""

    def __init__(self, code: UserCode) -> None:
        super().__init__(code.is_mine)
        self.compiled: dict[int, int] = {}  # place inside of a compiled function -> how many of its frames are in it
        self._code = code
        self._names: dict[tuple[int, int], tuple[tuple[str, ...], int]] = {}  # instruction -> its value's names, place
        self._parameters: dict[int, tuple[str, ...]] = {}  # id() of a function's code -> what it is given
        self._stands = Stands(self.repetition)
        self._suspended = Suspended()
        self._standing: list[Stand] = []  # of each of the frames of the last call
        self._before: list[tuple[FrameType, int]] = []  # the frames of the last call, innermost first
        self._given: list[tuple[Any, Naming]] = []  # what a function was given for the call that is about to run
        self._noted: set[tuple[int | None, str]] = set()  # tensor and name
        self._known: set[int] = set()  # tensors that a reader knows by a name
        self._sought: set[int] = set()  # leaves that no variable was found to hold, in whatever
        self._searches = 0  # how often such were looked for
        self._registered: Registered | None = None
        self._tape: Tape | None = None
        self._exits: Exits | None = None

    def attach(self, tape: Tape, exits: Exits, registered: Registered) -> None:
        """From now on names go to this tape, those of numbers by way of ``exits``."""
        self._tape, self._exits, self._registered = tape, exits, registered

    def detach(self) -> None:
        """Note the last names, and let go of every frame."""
        self.now()
        self.let_go()
        self._before, self._standing, self._given, self._tape = [], [], [], None
        self._suspended = Suspended()

    def renumber(self, at: dict[int, int]) -> None:
        """Tensors have new numbers, and those that have none are forgotten."""
        self._noted = {(at[index], name) for index, name in self._noted if index in at}
        self._known = {at[index] for index in self._known if index in at}
        self._sought = {at[index] for index in self._sought if index in at}

    def of(self, frame: FrameType | None) -> int:
        """The key of the stack that ends in ``frame``; see `PlaceKeys.of`."""
        self._last = None, 0
        mine, codes = self._mine, self._codes
        key: list[int] = []
        frames: list[tuple[FrameType, int]] = []
        compiled: int | None = None
        while frame is not None:
            code = frame.f_code
            known = mine.get(code.co_filename)
            if known is None:
                known = mine[code.co_filename] = self._is_mine(code.co_filename)
            if known:
                codes[id(code)] = code
                key += (id(code), frame.f_lasti)
                frames.append((frame, frame.f_lasti))
                if len(frames) >= DEPTH:
                    break
            elif code.co_name == COMPILED_CALL[1] and code.co_filename.endswith(COMPILED_CALL[0]):
                compiled = len(frames)
            frame = frame.f_back or (self.beyond(frame) if self._waiting else None)
        number = self._number(tuple(key))
        if compiled is not None:
            self.compiled[number] = compiled
        if self._tape is not None:
            self._note_assigned(frames)
            self._before = frames
        return number

    # ── names ─────────────────────────────────────────────────────────────────────────────────────

    def _note_assigned(self, frames: list[tuple[FrameType, int]]) -> None:
        """Ask the frames of the last call for what they have assigned since, and new ones for what they were given."""
        before = self._before
        shared = 0  # outermost frames that stand where they stood
        while shared < min(len(before) - 1, len(frames)) and before[-1 - shared] == frames[-1 - shared]:
            shared += 1
        moved, new = before[: len(before) - shared], len(frames) - shared
        if shared and not (new and frames[new - 1][0] is moved[-1][0]):
            moved = before[: len(moved) + 1]  # what called the one before has called another, as in the turn of a loop
            new += 1
        if self._given:
            self._note_given()
        for inside, (frame, lasti) in enumerate(moved):
            names, place = self._names_at(frame.f_code, lasti)
            if names:
                self._ask(frame, Naming(names, place, len(before) - inside))
        self._stand_anew(frames, new)

    def _stand_anew(self, frames: list[tuple[FrameType, int]], new: int) -> None:
        """See which of the innermost frames are of functions that begin to run, and which are in the turn of a loop."""
        same, known, suspended = len(frames) - new, self._stands.known, self._suspended
        if suspended.held:
            suspended.drop_ended()
        stands = self._standing[len(self._standing) - same :]
        before = {id(frame): (lasti, stand) for (frame, lasti), stand in zip(self._before, self._standing, strict=True)}
        for inside in range(new - 1, -1, -1):
            frame, lasti = frames[inside]
            around = known.get((id(frame.f_code), lasti)) or self._stands.around(frame, lasti)
            was, old = before.pop(id(frame), None) or suspended.resumed(frame)
            held: dict[str, Any] | None = None
            if old is None:
                self._entered(frame, len(frames) - inside)
            if around.loops and (old is None or lasti <= was or around.may_turn(old)):
                held = frame.f_locals
            outer = stands[0] if stands else None
            if old is None or held is not None or old.outer is not outer or old.loops is not around.loops:
                stand = self._stands.stand(outer, around, held, old)
            else:
                stand = old
            if held is not None and around.names and stand is not old:
                self._turned(held, around.names, len(frames) - inside)
            stands = [stand, *stands]
        for frame, lasti in self._before[: len(self._before) - same]:
            if frame.f_code.co_flags & RESUMED and id(frame) in before:
                suspended.keep(frame, lasti, before[id(frame)][1])
        self._standing = stands
        self.stand = stands[0] if stands else None

    def _names_at(self, code: CodeType, lasti: int) -> tuple[tuple[str, ...], int]:
        known = self._names.get((id(code), lasti))
        if known is None:
            names = self._code.bound(code, lasti)
            place = self._code.resolve(code, lasti) if names else None
            known = names, self.nowhere if place is None else self.at(place)
            self._names[id(code), lasti] = known
        return known

    @unnoticed
    def _ask(self, frame: FrameType, naming: Naming) -> None:
        held = frame.f_locals
        containers: list[tuple[Any, str]] = []
        for name in naming.names:
            owner, steps = way_of(name.removeprefix("*"))
            value = held.get(owner, frame.f_globals.get(owner))
            for is_item, part in steps:
                if not is_item:
                    value = attributes_of(value).get(part)
                else:
                    value = content(value, part) if issubclass(type(value), KEPT) else None
            for each, called in named_by(name, value):
                self._note(each, naming._replace(names=(called,)))
                if is_container(each):
                    containers.append((each, called))
        if self._tape is not None and not self._tape.stopped:
            for container, name in containers:
                note_items(self._tape, items_of(container, name), naming)

    def _entered(self, frame: FrameType, depth: int) -> None:
        """A function runs: what it was given has its parameters' names."""
        code = frame.f_code
        names = self._parameters.get(id(code))
        if names is None:
            every = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            names = self._parameters[id(code)] = tuple(name for name in every if name.isidentifier() and name != "self")
        if names:
            held = frame.f_locals
            self._passed([(each, name) for name in names if issubclass(type(each := held.get(name)), GIVEN)], depth)

    def _turned(self, held: dict[str, Any], names: tuple[str, ...], depth: int) -> None:
        """A loop is in another turn: what its variables hold has their names."""
        for name in names:
            named = [*named_by(name, held.get(name.removeprefix("*")))]
            self._passed([each for each in named if issubclass(type(each[0]), GIVEN)], depth)

    @unnoticed
    def _passed(self, named: list[tuple[Any, str]], depth: int) -> None:
        """These have names in passing, at once or when torch is to use them."""
        for each, name in named:
            naming = Naming((name,), self.nowhere, depth + PASSING)
            if self._is_known(each):
                self._note(each, naming)
            else:
                self._given.append((each, naming))

    @unnoticed
    def _note_given(self) -> None:
        given, self._given = self._given, []
        for value, naming in given:
            if self._is_known(value):
                self._note(value, naming)

    def _note(self, value: Any, naming: Naming) -> None:
        if is_a(value, torch.Tensor):
            self._note_tensor(value, naming)
        elif is_a(value, torch.nn.Module) and "_parameters" in vars(value):
            if self._tape is not None:
                self._tape.scopes.name(value, naming.names, naming.depth)
            for inner, parameter in parameters_in(value):
                self._note_tensor(parameter, naming.inside(inner))
            for inner, buffer in buffers_in(value):
                self._note_tensor(buffer, naming.inside(inner)._replace(shown=False))
        elif value is not None and self._exits is not None:
            self._exits.name(value, naming.names, None)

    def _note_tensor(self, tensor: torch.Tensor, naming: Naming) -> None:
        tape, (name,) = self._tape, naming.names
        if tape is None or tape.stopped:
            return
        index = tape.store.find(tensor)
        if (index, name) in self._noted or (index is None and not is_leaf(tensor)):
            return
        note_tensor(tape, tensor, naming)
        index = tape.store.find(tensor)
        if index is not None:
            self._noted.add((index, name))
            self._known.update((index,) if is_known_by(naming) else ())

    # ── all names at once ─────────────────────────────────────────────────────────────────────────

    @unnoticed
    def look_around(self) -> None:
        """Note the names under which the frames of the last call hold tensors that are known, outermost first."""
        if self._tape is None or self._tape.stopped:
            return
        found: dict[int, tuple[int, FrameType, dict[str, Any]]] = {}
        for depth, (frame, _) in enumerate(reversed(self._before), start=1):
            found.setdefault(id(frame.f_globals), (1, frame, frame.f_globals))
            found.setdefault(id(frame.f_locals), (depth, frame, frame.f_locals))
        for depth, frame, held in found.values():
            passing = self._code.passing(frame.f_code)
            for name, value in list(held.items()):
                if not (issubclass(type(value), (ModuleType, type)) or name.startswith("__")):
                    self._note_known(value, Naming((name,), self.nowhere, depth + PASSING * (name in passing)))
        unnamed = self._tape.leaves.keys() - self._known
        if not unnamed <= self._sought and self._searches < SEARCHES:
            self._sought = unnamed
            self._searches += 1
            wanted = map(self._tape.store.kept, sorted(unnamed))
            variables = [each for _, _, held in found.values() for each in held.items()]
            for tensor, name in self._registered.look_for(wanted, variables) if self._registered is not None else ():
                self._note_tensor(tensor, Naming((name,), self.nowhere))

    def _note_known(self, value: Any, naming: Naming) -> None:
        if self._is_known(value):
            self._note(value, naming)
        elif naming.names == ("self",):
            self._note_attributes(value, naming)
        elif is_a(value, torch.nn.Module) and self._tape is not None:
            self._tape.scopes.name(value, naming.names, naming.depth)

    def _note_attributes(self, owner: Any, naming: Naming) -> None:
        for attribute, each in list(attributes_of(owner).items()):
            inner = naming.inside(attribute)
            if self._is_known(each):
                self._note(each, inner)
            elif is_a(each, torch.nn.Module) and self._tape is not None:
                self._tape.scopes.name(each, inner.names, naming.depth)

    def _is_known(self, value: Any) -> bool:
        """Whether it is a tensor that has been seen, or a module with a parameter that has."""
        if self._tape is None:
            return False
        find = self._tape.store.find
        if is_a(value, torch.Tensor):
            return find(value) is not None
        if is_a(value, torch.nn.Module) and "_parameters" in vars(value):
            return any(find(parameter) is not None for _, parameter in parameters_in(value))
        return False


@lru_cache(maxsize=4096)
def way_of(name: str) -> tuple[str, tuple[tuple[bool, Any], ...]]:
    """What a name is about, and which attribute and item of it, each with whether it is one: ``self.h``, ``d["h"]``."""
    steps: list[tuple[bool, Any]] = []
    node = None if name.isidentifier() else ast.parse(name, mode="eval").body
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            steps.append((False, node.attr))
        else:
            steps.append((True, ast.literal_eval(node.slice)))
        node = node.value
    return node.id if isinstance(node, ast.Name) else name, tuple(reversed(steps))


def named_by(name: str, value: Any) -> Iterator[tuple[Any, str]]:
    """What an assignment to ``name`` names: the value, or each member of the list that a ``*name`` gets."""
    if not name.startswith("*"):
        yield value, name
    elif type(value) is list:
        yield from ((each, f"{name[1:]}[{index}]") for index, each in enumerate(cast("list[Any]", value)))
