"""Replay: the calls of a recording, made again as a pure function of the leaves.

In: a `ReplayProgram`, and values for some of its leaves. Out: every value that the recording knows, and the leaves'
gradients, as they come out now. It leaves no trace: generators stand where they stood, no graph is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch

from backlight.errors import ReplayFailed
from backlight.messages import message
from backlight.record.chance import Chance, generator_at, generators_as_found, restore
from backlight.record.replay_program import (
    Alias,
    Constant,
    Escape,
    Frozen,
    Geometry,
    Note,
    Ref,
    ReplayCall,
    ReplayLeaf,
    ReplayProgram,
    answer_of,
    tensors_within,
)
from backlight.record.torch_private import aside, below_autograd

Tensor = torch.Tensor


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out: values by the tape's value ids; for each leaf, by the tape's index, its ``.grad`` at the end.

    ``changed`` tells what the replay took over from the recording although it came out otherwise now: a program
    that reads it might have done other things with these leaves.
    """

    values: Mapping[int, Tensor]
    gradients: Mapping[int, Tensor | None]
    changed: tuple[Frozen, ...]


def replay(program: ReplayProgram, leaves: Mapping[int, Tensor] | None = None) -> Replayed:
    """Make all calls again. ``leaves`` gives, by the tape's index, what a leaf holds when it is first used as one.

    Raises ReplayFailed for a leaf that does not fit, and for a call that cannot be made with these leaves.
    """
    run = _Run(program, _given(program, leaves or {}))
    devices = {entry.chance.device for entry in program.entries if isinstance(entry, ReplayCall) and entry.chance}
    with aside(), below_autograd(), generators_as_found(devices):
        run.run()
        gradients = {
            leaf.index: None if leaf.grad is None else run.tensors[leaf.grad].detach() for leaf in program.leaves
        }
    return Replayed(run.values, gradients, tuple(run.changed))


def _given(program: ReplayProgram, leaves: Mapping[int, Tensor]) -> dict[int, tuple[ReplayLeaf, Tensor]]:
    """The leaves that are given, by the value id of their first use."""
    known = {leaf.index: leaf for leaf in program.leaves}
    for index in leaves:
        if index not in known:
            raise ReplayFailed(message(ReplayFailed.code, "unknown-leaf", index=index))
    return {known[index].value: (known[index], value.detach()) for index, value in leaves.items()}


class _Run:
    """One replay under way. ``tensors`` holds each of the program's tensors once it is there."""

    def __init__(self, program: ReplayProgram, given: dict[int, tuple[ReplayLeaf, Tensor]]) -> None:
        self._program = program
        self._given = given
        self._outside = {leaf.tensor: (leaf, value) for leaf, value in given.values()}
        self.tensors: list[Any] = [None] * program.tensors
        self.values: dict[int, Tensor] = {}
        self.changed: list[Frozen] = []

    def run(self) -> None:
        """Go through the program, from its first entry to its last."""
        handlers: dict[type, Callable[[Any, int], None]] = {
            Constant: self._constant,
            Alias: self._alias,
            ReplayCall: self._call,
            Note: self._note,
            Escape: self._escape,
        }
        for number, entry in enumerate(self._program.entries):
            handlers[type(entry)](entry, number)

    def _constant(self, entry: Constant, number: int) -> None:
        content = entry.content.clone()
        if entry.geometry is not None:
            content = laid_out(cast("torch.UntypedStorage", content), entry.geometry)
        self.tensors[entry.tensor] = content
        if entry.tensor in self._outside:
            leaf, value = self._outside[entry.tensor]
            self._fill(leaf, entry.tensor, value)

    def _alias(self, entry: Alias, number: int) -> None:
        base: Tensor = self.tensors[entry.base]
        self.tensors[entry.tensor] = (
            base.detach() if entry.geometry is None else laid_out(base.untyped_storage(), entry.geometry)
        )

    def _note(self, entry: Note, number: int) -> None:
        if entry.value in self._given:
            leaf, value = self._given[entry.value]
            self._fill(leaf, entry.tensor, value)
        tensor: Tensor = self.tensors[entry.tensor]
        self.values[entry.value] = tensor.clone() if entry.value in self._program.overwritten else tensor.detach()

    def _fill(self, leaf: ReplayLeaf, tensor: int, value: Tensor) -> None:
        into: Tensor = self.tensors[tensor]
        if (into.shape, into.dtype) != (value.shape, value.dtype):
            fields = {"shape": list(into.shape), "dtype": into.dtype}
            given = {"given_shape": list(value.shape), "given_dtype": value.dtype}
            raise ReplayFailed(message(ReplayFailed.code, "unfit-leaf", index=leaf.index, **fields, **given))
        into.copy_(value)

    def _escape(self, entry: Escape, number: int) -> None:
        if not same_elements(self.tensors[entry.tensor], entry.content):
            self.changed.append(self._program.frozen(number))

    def _call(self, entry: ReplayCall, number: int) -> None:
        if entry.chance is not None:
            restore(entry.chance)
        try:
            args, kwargs = self._filled(entry.args), self._filled(entry.kwargs)
            with torch.set_grad_enabled(entry.grad_enabled):
                result = entry.op(*args, **kwargs)
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            told = message(ReplayFailed.code, "impossible-call", op=entry.op, reason=error)
            raise ReplayFailed(told, self._program.place(entry)) from error
        outputs = tensors_within(result)
        for index, output in zip(entry.outputs, outputs, strict=True):
            self.tensors[index] = output
        if entry.answer is not None and not same_answer(answer_of(entry.op, result), entry.answer):
            self.changed.append(self._program.frozen(number))

    def _filled(self, arguments: Any) -> Any:
        """Arguments with the tensors and generators that they name."""
        if isinstance(arguments, Ref):
            return self.tensors[arguments.tensor].requires_grad_(arguments.requires_grad)
        if isinstance(arguments, Chance):
            return generator_at(arguments)
        if isinstance(arguments, Mapping):
            named = cast("Mapping[str, Any]", arguments)
            return {name: self._filled(argument) for name, argument in named.items()}
        if type(arguments) in (list, tuple):
            return type(arguments)(self._filled(argument) for argument in arguments)
        return arguments


def laid_out(storage: torch.UntypedStorage, geometry: Geometry) -> Tensor:
    """The tensor that lies on a storage in this way."""
    tensor = torch.empty(0, dtype=geometry.dtype, device=storage.device)
    tensor.set_(cast("Any", storage), geometry.offset, geometry.shape, geometry.stride)
    if geometry.conj:
        tensor = tensor.conj()
    return torch.ops.aten._neg_view.default(tensor) if geometry.neg else tensor


def same_answer(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two answers are the same; a NaN is the same as a NaN."""
    return len(one) == len(other) and all(
        a == b or (a != a and b != b)  # noqa: PLR0124 - only a NaN differs from itself
        for a, b in zip(one, other, strict=True)
    )


def same_elements(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors hold the same, a NaN where the other has one."""
    return one.shape == other.shape and bool(((one == other) | ((one != one) & (other != other))).all())  # noqa: PLR0124
