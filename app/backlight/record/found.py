"""Found: memory that was taken as it was found, of which no element may be shown before it is written to.

In: the calls of a tape, in their order. Out: which of their results have elements that nobody has written. It looks at
no element: where a tensor lies on its memory is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from backlight.record import asked
from backlight.record.entries import LoggedCall
from backlight.record.faces import cells
from backlight.record.operators import operator_name
from backlight.record.store import TensorStore, storage_of
from backlight.record.writes import operator_of

TAKING = ("aten.empty", "aten.new_empty")
"""How the operators begin that give memory as it was found."""
LOOKED_AT = 1 << 22
"""Bytes of the largest memory that is followed."""


@dataclass(slots=True)
class _Memory:
    """For each ``unit`` bytes of some memory whether it was written to, and how many calls wrote to any."""

    written: torch.Tensor
    unit: int
    writes: int = 0


class FoundMemory:
    """Follows all memory that calls took."""

    def __init__(self, store: TensorStore) -> None:
        self._store = store
        self.known: dict[int, _Memory] = {}  # by storage; what is written whole is let go

    def after(self, entry: LoggedCall) -> list[int]:
        """The positions of those results of a call that are not written whole yet. Its own writes count.

        Those of one that takes memory are known to hold nothing.
        """
        if operator_name(entry.func).startswith(TAKING):
            self._take(entry.outputs)
            return []
        if not isinstance(entry.func, str) and operator_of(entry.func).writes:
            for index in entry.outputs if entry.views is None else entry.views:
                self._write(index)
        pairs = enumerate(zip(entry.outputs, entry.output_values, strict=True))
        return [position for position, (index, value) in pairs if self.is_found(index, value)]

    def is_found(self, index: int, value: int) -> bool:
        """Whether a tensor has elements that nobody has written, as far as the calls tell."""
        tensor, memory = self._on(index)
        if tensor is None or memory is None:
            return False
        if self._store.version(value) > memory.writes:  # somebody has written to it whom nobody saw
            del self.known[storage_of(tensor)]
            return False
        return not bool(cells(memory.written, tensor, memory.unit, 0).all())

    def _take(self, tensors: Sequence[int]) -> None:
        for index in tensors:
            tensor = self._store.tensor(index)
            storage = -1 if tensor is None else storage_of(tensor)
            if tensor is not None and storage >= 0 and 0 < asked.storage(tensor).nbytes() <= LOOKED_AT:
                unit = tensor.element_size()
                count = asked.storage(tensor).nbytes() // unit
                self.known[storage] = _Memory(torch.zeros(count, dtype=torch.bool, device="cpu"), unit)

    def _write(self, index: int) -> None:
        tensor, memory = self._on(index)
        if tensor is not None and memory is not None:
            memory.writes += 1
            cells(memory.written, tensor, memory.unit, 0).fill_(True)
            if memory.written.all():
                del self.known[storage_of(tensor)]

    def _on(self, index: int) -> tuple[torch.Tensor | None, _Memory | None]:
        """A tensor and the memory that it lies on, where that is followed."""
        tensor = None if index < 0 else self._store.tensor(index)
        if tensor is None or tensor.layout is not torch.strided or asked.is_nested(tensor):
            return None, None
        memory = self.known.get(storage_of(tensor))
        return (None, None) if memory is None or tensor.element_size() % memory.unit else (tensor, memory)
