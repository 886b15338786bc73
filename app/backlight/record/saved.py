"""Saved: which tensors an autograd node keeps for its backward.

In: calls, right after they made their nodes. Out: for each name under which a node keeps a tensor, which argument or
result of the call that is, and the value of what is neither. It asks one node of each kind what it holds, and each that
holds something of its own, runs no hook of the user's and unpacks nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

import torch

from backlight.record import asked
from backlight.record.entries import Keeping, LoggedCall, LoggedPacking, Pattern
from backlight.record.store import TensorStore, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import HeldTensor, is_packing, saved_slots, unnoticed
from backlight.record.writes import operator_of

Tensor = torch.Tensor


class SavedPatterns:
    """Knows what nodes keep: the same for all calls of one operator with the same arguments that require grad."""

    def __init__(self, store: TensorStore) -> None:
        self._store = store
        self._known: dict[Any, list[Pattern]] = {}  # of the nodes of one call, in order
        self._with_own: set[Any] = set()  # the calls whose nodes keep tensors that are neither arguments nor results
        self._waiting: list[tuple[LoggedCall, list[Any]]] = []
        self._is_packing = False

    def of(self, call: LoggedCall, nodes: list[Any]) -> list[Pattern]:
        """What each of the nodes that a call has just made keeps.

        While saved-tensor hooks are active a node may not be through with saving: what is new then is looked at later.
        """
        key = self._key(call)
        known = self._known.get(key)
        if known is not None and len(known) >= len(nodes):
            if key in self._with_own:
                self._note_own(call, [saved_by(node) for node in nodes], known)
            return known if len(known) == len(nodes) else known[: len(nodes)]
        if self._is_packing:
            self._waiting.append((call, nodes))
            return []
        return self._look(call, nodes)

    @unnoticed
    def packing(self, is_on: bool) -> None:
        """Saved-tensor hooks are active from here on, or are not."""
        self.catch_up()
        self._is_packing = is_on

    def catch_up(self) -> None:
        """Look at the nodes that were made while saved-tensor hooks were active: before a pass empties them."""
        for call, nodes in self._waiting:
            call.saves = self._look(call, nodes)
        self._waiting.clear()

    def _key(self, call: LoggedCall) -> Any:
        inputs = call.inputs
        if len(inputs) <= 2:
            same: Any = len(inputs) == 2 and inputs[0] == inputs[1]
        else:
            first: dict[int, int] = {}  # tensor -> the first place that it stands at; a stack may have thousands
            same = tuple([first.setdefault(each, at) for at, each in enumerate(inputs)])
        absent = tuple([position for position, _ in call.constants]) if call.constants else ()
        return id(call.func), tuple(call.requires_grad), absent, same

    def _look(self, call: LoggedCall, nodes: list[Any]) -> list[Pattern]:
        held = [saved_by(node) for node in nodes]
        found = [tuple(self._keeping(call, each) for each in of_node) for of_node in held]
        self._note_own(call, held, found)
        if not any(each.is_packed for of_node in held for each in of_node):
            key = self._key(call)
            self._known[key] = found
            if call.own_values:
                self._with_own.add(key)
        return found

    def _note_own(self, call: LoggedCall, held: list[list[HeldTensor]], patterns: list[Pattern]) -> None:
        """Note the values of what nodes keep that is neither argument nor result as it went in or came out."""
        assert call.first_node is not None
        found: list[tuple[int, int, int, int]] = []
        for number, (of_node, pattern) in enumerate(zip(held, patterns, strict=False), start=call.first_node):
            by_name = {each.name: each.tensor for each in of_node}
            for position, keeping in enumerate(pattern):
                tensor = by_name.get(keeping.name) if keeping.what == "other" else None
                if tensor is not None:
                    index = self._store.know(tensor)
                    found.append((number, position, index, self._store.current[index]))
        call.own_values = found or None

    def _keeping(self, call: LoggedCall, held: HeldTensor) -> Keeping:
        if held.tensor is None:
            return self._by_name(call, held.name)
        inputs = [self._store.tensor(index) for index in call.inputs]
        outputs = [self._store.tensor(index) for index in call.outputs]
        by_name = self._by_name(call, held.name)
        is_written = by_name.what == "copy" or any(name == held.name for _, name in operator_of(call.func).writes)
        for position, tensor in enumerate(inputs):
            if tensor is held.tensor:  # or, where the call wrote to it, what it held is known to the call alone
                return Keeping(held.name, "other" if is_written else "input", position)
        kinds: tuple[Literal["output", "input"], ...] = ("output", "input")
        for what, tensors in zip(kinds, (outputs, inputs), strict=True):
            for position, tensor in enumerate(tensors):
                if tensor is not None and is_same_memory(tensor, held.tensor):
                    return Keeping(held.name, what, position)
        is_resolved = asked.is_conjugate(held.tensor) or asked.is_negative(held.tensor)  # and then went into the call
        return by_name if is_resolved or by_name.what in ("copy", "number") else Keeping(held.name, "other", 0)

    def _by_name(self, call: LoggedCall, name: str) -> Keeping:
        """What a name stands for, from the operator's schema; ``other`` where that is not certain."""
        if name.startswith("result") and name[6:] in ("", *map(str, range(len(call.outputs)))):
            return Keeping(name, "output", int(name[6:] or 0))
        constants = dict(call.constants)
        position = 0
        for number, argument in enumerate(operator_of(call.func).arguments):
            given = number if number in constants else argument.name
            if argument.name == name and given in constants:
                is_number = isinstance(constants[given], (bool, int, float, complex))
                return Keeping(name, "number" if is_number else "other", number)
            if argument.name == name and position < len(call.inputs):
                return Keeping(name, "copy" if argument.is_written else "input", position)
            position = len(call.inputs) if argument.holds_many else position + (given not in constants)
        return Keeping(name, "other", 0)


def saved_by(node: Any) -> list[HeldTensor]:
    """What a node holds, less the names under which it could hold something and does not."""
    return [each for each in saved_slots(node) if each.is_packed or each.tensor is not None]


def is_same_memory(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same elements of the same storage."""
    if one is other:
        return True
    if any(each.layout is not torch.strided or asked.is_nested(each) for each in (one, other)):
        return False
    if asked.is_conjugate(one) != asked.is_conjugate(other) or asked.is_negative(one) != asked.is_negative(other):
        return False
    return (storage_of(one), asked.offset(one), asked.sizes(one), asked.strides(one)) == (
        storage_of(other),
        asked.offset(other),
        asked.sizes(other),
        asked.strides(other),
    )


def is_unpacked(tape: Tape, index: int, known: tuple[int, int, int | None]) -> bool:
    """Whether a tensor is a result that its node had saved, as autograd hands it out again.

    ``known`` is the output of a call on the same storage: tensor, value and node.
    """
    tensor, result = tape.store.tensor(index), tape.store.tensor(known[0])
    if known[2] is None or tensor is None or result is None or (node := asked.maker(tensor)) is None:
        return False
    return tape.node_index.get(node) == known[2] and is_same_memory(tensor, result)


@contextmanager
def noticing_packing(tape: Tape, patterns: SavedPatterns) -> Generator[None]:
    """Log when saved-tensor hooks begin and cease to take in what nodes save, until the context ends."""
    kind: Any = torch.autograd.graph.saved_tensors_hooks
    enter, leave = kind.__enter__, kind.__exit__

    def log() -> None:
        tape.log.append(LoggedPacking(is_packing()))
        patterns.packing(is_packing())
        tape.packed = tape.packed or is_packing()

    settle = unnoticed(tape.settle)

    def entered(hooks: Any) -> None:
        settle()
        enter(hooks)
        log()

    def left(hooks: Any, *exception: object) -> None:
        settle()
        leave(hooks, *exception)
        log()

    kind.__enter__, kind.__exit__ = entered, left
    log()
    try:
        yield
    finally:
        kind.__enter__, kind.__exit__ = enter, leave
