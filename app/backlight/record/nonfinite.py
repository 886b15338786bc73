"""Non-finite: the first value or gradient that is not finite, found while the program runs.

In: every content that the store takes up. Out: its value id, once it is clear that an operation produced it: a
mask of infinities that the program made on purpose, and memory that was never written to, are no finding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from backlight.messages import message
from backlight.model.document import Stopped
from backlight.record import asked
from backlight.record.encode import Summary
from backlight.record.entries import LoggedCall, LoggedChange, LoggedNames, LoggedOrigin, LoggedStep
from backlight.record.operators import short_name
from backlight.record.places import Resolve
from backlight.record.store import TensorStore, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, is_being_captured, is_transformed, name_of

UNWRITTEN = ("empty", "new_empty")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was not finite: a value id; the operation that made it, or (``gradient``) the node that it arrived at."""

    value: int
    op: str
    place: int
    gradient: bool
    tensor: int | None


class WatchfulStore(TensorStore):
    """A store that looks at each content it takes up."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.nonfinite: dict[int, bool] = {}  # value id -> whether it has a NaN (else infinities alone)

    def _hold(self, index: int, holder: torch.Tensor) -> int:
        storage = super()._hold(index, holder)
        if not (holder.is_floating_point() or holder.is_complex()) or holder.is_meta or is_transformed(holder):
            return storage
        if is_being_captured(holder):
            return storage
        with aside():
            content = asked.detached(holder)
            if content.is_sparse:
                content = content.coalesce().values()
            if not bool(torch.isfinite(content).all()):
                self.nonfinite[self.current[index]] = bool(torch.isnan(content).any())
        return storage


class NonfiniteWatch:
    """Reads the log behind the recorder, and finds the first value that went wrong."""

    def __init__(self, tape: Tape, store: WatchfulStore) -> None:
        self._tape = tape
        self._store = store
        self._read = 0
        self._unwritten: set[int] = set()  # storages that `torch.empty` gave

    def forget(self) -> None:
        """The log was cut, and read to its end before that."""
        self._read = len(self._tape.log)

    def find(self) -> Finding | None:
        """The first finding among the entries that are new on the log."""
        log, start = self._tape.log, self._read
        self._read = len(log)
        if not self._store.nonfinite:
            return None
        found = (self._judge(entry) for entry in log[start:])
        return next((finding for finding in found if finding is not None), None)

    def _judge(self, entry: Any) -> Finding | None:
        match entry:
            case LoggedCall():
                return self._judge_call(entry)
            case LoggedOrigin() if self._store.nonfinite.get(entry.value) and not self._is_unwritten(entry.tensor):
                return Finding(entry.value, "", entry.place, entry.is_gradient, entry.tensor)
            case LoggedChange(kind="update", after=int() as after) if after in self._store.nonfinite:
                return Finding(after, "", entry.place, False, entry.tensor)
            case LoggedStep():
                return self._judge_step(entry)
            case _:
                return None

    def _judge_call(self, call: LoggedCall) -> Finding | None:
        bad = self._store.nonfinite
        name = short_name(call.func)
        if name.startswith(UNWRITTEN):
            self._unwritten |= self._storages(call.outputs)
            return None
        if self._unwritten:
            self._unwritten -= self._storages([each for each in call.outputs if not self._is_passed_on(call, each)])
        for tensor, value in zip(call.outputs, call.output_values, strict=True):
            if value in bad and (bad[value] or not self._is_meant(call)) and not self._is_passed_on(call, tensor):
                return Finding(value, name, call.place, False, tensor)
        return None

    def _is_unwritten(self, tensor: int) -> bool:
        """Whether a tensor that no call gave, as a parameter, is on memory that nothing was written to yet."""
        return not self._unwritten.isdisjoint(self._storages([tensor]))

    def _storages(self, tensors: list[int]) -> set[int]:
        return {storage_of(tensor) for each in tensors if (tensor := self._store.tensor(each)) is not None}

    def _is_meant(self, call: LoggedCall) -> bool:
        """Whether infinities went into a call: as an argument, or in one of its inputs."""
        if any(isinstance(value, float) and not math.isfinite(value) for _, value in call.constants):
            return True
        return any(self._store.current[tensor] in self._store.nonfinite for tensor in call.inputs)

    def _is_passed_on(self, call: LoggedCall, output: int) -> bool:
        """Whether an output is a view of an input, which held what is in it before: torch itself makes such ones."""
        if output in call.inputs:
            return False
        view, inputs = self._store.tensor(output), [self._store.tensor(each) for each in call.inputs]
        return view is not None and storage_of(view) in {storage_of(each) for each in inputs if each is not None}

    def _judge_step(self, entry: LoggedStep) -> Finding | None:
        run = self._tape.passes[entry.pass_index]
        step = run.steps[entry.step]
        for value in (*step.grad_outputs, *step.grad_inputs):
            if value is not None and value in self._store.nonfinite:
                op = name_of(self._tape.nodes[step.node])
                return Finding(value, op, run.place, True, None)
        return None


def stopped_at(tape: Tape, finding: Finding, resolve: Resolve) -> Stopped:
    """What the Document says of a finding: which value, what is in it, and where."""
    places = tape.places.resolve(resolve)[finding.place]
    names = [
        name
        for entry in tape.log
        if isinstance(entry, LoggedNames) and entry.tensor == finding.tensor
        for name in entry.names
    ]
    nan, infinite, size = counts(tape.store.held[finding.value])
    what = f"`{names[0]}`" if names else f"the result of {finding.op}" if finding.op else "a tensor"
    topic = "nonfinite-gradient" if finding.gradient else "nonfinite-value"
    fields = {"what": what, "op": finding.op, "nan": nan, "infinite": infinite, "size": size}
    return Stopped("keep", 1, places[0].line if places else None, message("unseen", topic, **fields))


def counts(value: torch.Tensor | Summary) -> tuple[int, int, int]:
    """How many elements are NaN, how many infinite, and how many there are."""
    if isinstance(value, torch.Tensor):
        with aside():
            content = asked.detached(value)
            return int(torch.isnan(content).sum()), int(torch.isinf(content).sum()), content.numel()
    stats = value.stats
    return (0, 0, value.numel()) if stats is None else (stats.nan, stats.inf, value.numel())
