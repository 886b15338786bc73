"""Kept: what each autograd node saved, and what made the node, in the Trace's terms.

In: the calls of a tape, in their order, with what made their arguments. Out: the saved tensors of each node, with the
value and version that they had then. It looks at no node and at no tensor's present content.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from backlight.model.trace import AutogradNode, SavedTensor
from backlight.record.draft import Draft, is_workspace
from backlight.record.entries import Keeping, LoggedCall, LoggedHeld, LoggedPacking, LoggedUnseen
from backlight.record.operators import operator_name
from backlight.record.tape import Tape
from backlight.record.writes import operator_of

Maker = tuple[int, int]
"""The call that made a tensor, and which of its outputs the tensor is."""

MadeBy = Callable[[int], tuple[Draft, int] | None]

WRAPPED = {bool: torch.bool, int: torch.int64, float: torch.float64, complex: torch.complex128}
"""The dtype of the tensor that torch makes of a number among the arguments."""


@dataclass(slots=True)
class _Made:
    """A call that made nodes: what made its arguments, its own number, and whether saved-tensor hooks were active."""

    call: LoggedCall
    number: int
    inputs: list[Maker]
    saved: list[Maker | None]
    is_packed: bool


class KeptTensors:
    """Reads the calls of a tape, then tells what each node keeps."""

    def __init__(self, tape: Tape, value: Callable[[int | None], int | None], made_by: MadeBy) -> None:
        self._tape = tape
        self._made_by = made_by  # tells what made a tensor, as far as the log was read
        self._value = value  # the tape's value id -> the Trace's
        self._made: dict[int, _Made] = {}  # node -> the call that made it
        self._held: dict[int, list[tuple[LoggedHeld, Maker | None]]] = {}  # node of before -> what it keeps
        self._unseen: dict[int, tuple[int, Any]] = {}  # node -> what made it out of sight
        self._values: dict[int, list[int]] = {}
        self._is_packing = False

    @property
    def handlers(self) -> dict[type, Any]:
        """What takes in which entries, beside `call`."""
        return {LoggedPacking: self.packing, LoggedHeld: self.held, LoggedUnseen: self.unseen}

    def packing(self, entry: LoggedPacking) -> None:
        """From here on saved-tensor hooks are active, or are not."""
        self._is_packing = entry.is_on

    def call(self, entry: LoggedCall, number: int) -> None:
        """Note a call before its outputs are known as made by it."""
        if entry.first_node is None or not (entry.saves or entry.saved_values or entry.made_in):
            return
        own = {tensor: (number, position) for position, tensor in enumerate(entry.outputs)}
        inputs = [self._maker(tensor) or (number, 0) for tensor in entry.inputs]
        saved = [own.get(tensor) or self._maker(tensor) for _, tensor, _ in entry.saved_values or ()]
        made = _Made(entry, number, inputs, saved, self._is_packing)
        for node in entry.nodes or ():
            if node >= entry.first_node:
                self._made[node] = made

    def held(self, entry: LoggedHeld) -> None:
        """Note what a node from before the recording keeps."""
        maker = None if entry.tensor is None else self._maker(entry.tensor)
        self._held.setdefault(entry.node, []).append((entry, maker))

    def unseen(self, entry: LoggedUnseen) -> None:
        """Note which pass made nodes out of sight."""
        self._unseen.update(dict.fromkeys(entry.nodes, entry.made_in))

    def _maker(self, tensor: int) -> Maker | None:
        known = self._made_by(tensor)
        return None if known is None else (known[0].index, known[1])

    def told(self, nodes: tuple[AutogradNode, ...]) -> tuple[AutogradNode, ...]:
        """The nodes with what they keep, and with the pass and the node that made them."""
        self._values = self._tape.store.values_by_tensor()
        return tuple(self._told(node) for node in nodes)

    def _told(self, node: AutogradNode) -> AutogradNode:
        made = self._made.get(node.index)
        if made is None:
            held, made_in = self._held.get(node.index, ()), self._unseen.get(node.index)
            saved = tuple(self._of_earlier(*each) for each in held)
        else:
            made_in = made.call.made_in
            of_function = made.call.saved_values is not None
            saved = self._of_function(made) if of_function else self._of_operator(node.index, made)
        if not saved and made_in is None:
            return node
        run, maker = made_in or (None, None)
        return replace(
            node, saved=saved, made_in=run, backward_of=None if maker is None else self._tape.node_index.get(maker)
        )

    def _of_operator(self, node: int, made: _Made) -> tuple[SavedTensor, ...]:
        call = made.call
        assert call.first_node is not None
        patterns = call.saves or []
        number = node - call.first_node
        pattern = patterns[number] if number < len(patterns) else ()
        makers = dict(zip(call.inputs, made.inputs, strict=True))  # of arguments that the call wrote to
        own = {position: (value, makers.get(of)) for at, position, of, value in call.own_values or () if at == node}
        return tuple(
            self._saved_tensor(keeping.name, *own[position], made.is_packed)
            if position in own
            else self._saved(keeping, made)
            for position, keeping in enumerate(pattern)
        )

    def _of_earlier(self, entry: LoggedHeld, maker: Maker | None) -> SavedTensor:
        if entry.value is None:
            return SavedTensor(entry.name, None, 0, *(maker or (None, None)), entry.is_packed)
        return self._saved_tensor(entry.name, entry.value, maker, entry.is_packed)

    def _of_function(self, made: _Made) -> tuple[SavedTensor, ...]:
        return tuple(
            self._saved_tensor(f"saved_tensors[{position}]", value, maker, made.is_packed)
            for (position, _, value), maker in zip(made.call.saved_values or (), made.saved, strict=True)
        )

    def _saved(self, keeping: Keeping, made: _Made) -> SavedTensor:
        call, position = made.call, keeping.position
        if keeping.what == "output":
            maker = made.number, position
            if is_workspace(operator_name(call.func), position):
                return SavedTensor(keeping.name, None, 0, *maker, made.is_packed)
            return self._saved_tensor(keeping.name, call.output_values[position], maker, made.is_packed)
        if keeping.what in ("input", "copy"):
            values = self._values[call.inputs[position]]
            before = bisect_left(values, max(call.output_values)) - 1
            found = self._saved_tensor(keeping.name, values[max(before, 0)], made.inputs[position], made.is_packed)
            return replace(found, version=0) if keeping.what == "copy" else found
        value = self._number(call, position) if keeping.what == "number" else None
        return SavedTensor(keeping.name, self._value(value), 0, None, None, made.is_packed)

    def _saved_tensor(self, name: str, value: int, maker: Maker | None, is_packed: bool) -> SavedTensor:
        call, output_nr = maker or (None, None)
        return SavedTensor(name, self._value(value), self._tape.store.version(value), call, output_nr, is_packed)

    def _number(self, call: LoggedCall, position: int) -> int:
        """A value for a number among the arguments, which torch keeps as a tensor."""
        constants = dict(call.constants)
        number: Any = constants.get(position, constants.get(operator_of(call.func).arguments[position].name))
        return self._tape.store.add(torch.tensor(number, dtype=WRAPPED[number.__class__]))
