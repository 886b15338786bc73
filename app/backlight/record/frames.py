"""Frames: places and names in code that runs as it stands, from the user's own frames.

In: the stack, at every recorded call. Out: place keys, and name entries on the tape. A name is never guessed: after a
statement that assigns, the frame itself is asked what the name holds. Frames are held until the next call,
so that those of a function that has returned can be asked too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import CodeType, FrameType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, Any

import torch

from backlight.record.modules import buffers_in, parameters_in
from backlight.record.names import note_tensor
from backlight.record.places import DEPTH, PlaceKeys, Resolve
from backlight.record.store import is_leaf
from backlight.record.torch_private import COMPILED_CALL, unnoticed

if TYPE_CHECKING:
    from backlight.record.exits import Exits
    from backlight.record.tape import Tape


@dataclass(frozen=True, slots=True)
class UserCode:
    """What is known of the user's files: whose frames count, which names a value gets, where an instruction is."""

    is_mine: Callable[[str], bool]
    bound: Callable[[CodeType, int], tuple[str, ...]]
    resolve: Resolve


class FramePlaces(PlaceKeys):
    """Numbers the stacks of the user's frames, and notes on the tape what names the values on the way got."""

    def __init__(self, code: UserCode) -> None:
        super().__init__(code.is_mine)
        self.compiled: dict[int, int] = {}  # place inside of a compiled function -> how many of its frames are in it
        self._bound = code.bound
        self._names: dict[tuple[int, int], tuple[str, ...]] = {}  # instruction -> names that its value gets
        self._before: list[tuple[FrameType, int]] = []  # the frames of the last call, innermost first
        self._noted: set[tuple[int | None, str]] = set()  # tensor and name
        self._tape: Tape | None = None
        self._exits: Exits | None = None

    def attach(self, tape: Tape, exits: Exits) -> None:
        """From now on names go to this tape, those of numbers by way of ``exits``."""
        self._tape, self._exits = tape, exits

    def detach(self) -> None:
        """Note the last names, and let go of every frame."""
        self.now()
        self.let_go()
        self._before, self._tape = [], None

    def renumber(self, at: dict[int, int]) -> None:
        """Tensors have new numbers, and those that have none are forgotten."""
        self._noted = {(at[index], name) for index, name in self._noted if index in at}

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
        """Ask the frames of the last call for what they have assigned since."""
        before = self._before
        shared = 0  # outermost frames that stand where they stood
        while shared < min(len(before) - 1, len(frames)) and before[-1 - shared] == frames[-1 - shared]:
            shared += 1
        for frame, lasti in before[: len(before) - shared]:
            names = self._names_at(frame.f_code, lasti)
            if names:
                self._ask(frame, names)

    def _names_at(self, code: CodeType, lasti: int) -> tuple[str, ...]:
        names = self._names.get((id(code), lasti))
        if names is None:
            names = self._names[id(code), lasti] = self._bound(code, lasti)
        return names

    @unnoticed
    def _ask(self, frame: FrameType, names: tuple[str, ...]) -> None:
        held = frame.f_locals
        for name in names:
            owner, _, attribute = name.partition(".")
            value = held.get(owner, frame.f_globals.get(owner))
            if attribute:
                value = attributes_of(value).get(attribute)
            self._note(value, name)

    def _note(self, value: Any, name: str) -> None:
        if isinstance(value, torch.Tensor):
            self._note_tensor(value, name)
        elif isinstance(value, torch.nn.Module) and self._is_known(value):
            if self._tape is not None:
                self._tape.scopes.name(value, (name,))
            for inner, parameter in parameters_in(value):
                self._note_tensor(parameter, f"{name}.{inner}")
            for inner, buffer in buffers_in(value):
                self._note_tensor(buffer, f"{name}.{inner}", shown=False)
        elif value is not None and self._exits is not None:
            self._exits.name(value, (name,), None)

    def _note_tensor(self, tensor: torch.Tensor, name: str, shown: bool = True) -> None:
        tape = self._tape
        if tape is None or tape.stopped:
            return
        index = tape.store.find(tensor)
        if (index, name) in self._noted or (index is None and not is_leaf(tensor)):
            return
        note_tensor(tape, tensor, (name,), self.nowhere, shown)
        index = tape.store.find(tensor)
        if index is not None:
            self._noted.add((index, name))

    # ── all names at once ─────────────────────────────────────────────────────────────────────────

    @unnoticed
    def look_around(self) -> None:
        """Note the names under which the frames of the last call hold tensors that are known, outermost first."""
        if self._tape is None or self._tape.stopped:
            return
        seen: set[int] = set()
        for frame, _ in reversed(self._before):
            for held in (frame.f_globals, frame.f_locals):
                if id(held) not in seen:
                    seen.add(id(held))
                    self._note_known(list(held.items()))

    def _note_known(self, held: list[tuple[str, Any]]) -> None:
        for name, value in held:
            if isinstance(value, (ModuleType, type)) or name.startswith("__"):
                continue
            if self._is_known(value):
                self._note(value, name)
            elif name == "self":
                inner = [(attribute, each) for attribute, each in attributes_of(value).items() if self._is_known(each)]
                for attribute, each in inner:
                    self._note(each, f"self.{attribute}")

    def _is_known(self, value: Any) -> bool:
        """Whether it is a tensor that has been seen, or a module with a parameter that has."""
        if self._tape is None:
            return False
        find = self._tape.store.find
        if isinstance(value, torch.Tensor):
            return find(value) is not None
        if isinstance(value, torch.nn.Module) and "_parameters" in vars(value):
            return any(is_leaf(parameter) and find(parameter) is not None for _, parameter in parameters_in(value))
        return False


def attributes_of(owner: Any) -> dict[str, Any]:
    """The attributes that an object itself holds; a module's parameters included. No code of the user's runs."""
    try:
        held: dict[str, Any] = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return in_slots(owner)
    return {**held, **held["_parameters"]} if isinstance(owner, torch.nn.Module) and "_parameters" in held else held


def in_slots(owner: Any) -> dict[str, Any]:
    """What an object without a dict of its own holds in its slots."""
    slots = [each for kind in type(owner).__mro__ for each in vars(kind).items()]
    members = [(name, each) for name, each in slots if isinstance(each, MemberDescriptorType)]
    held: dict[str, Any] = {}
    for name, member in members:
        with suppress(AttributeError):  # nothing was put in there
            held.setdefault(name, member.__get__(owner))
    return held
