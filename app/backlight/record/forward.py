"""Forward: every ATen call that the program makes, seen below autograd.

In: calls, by a dispatch mode. Out: entries on the tape. It changes nothing of what runs: the call is
made as it stands, and the mode sees neither Python's nor torch's own printing.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from backlight.record import asked, reshaping, writes
from backlight.record.entries import LoggedCall, LoggedStatistics
from backlight.record.faces import Faces, find_faces
from backlight.record.store import is_leaf, storage_of, version_of
from backlight.record.tape import Tape
from backlight.record.torch_private import skip_dynamo
from backlight.record.updates import LeafChanges
from backlight.record.writes import Operator, call, operator_of, tensors_in

Tensor = torch.Tensor
DETACH = torch.ops.aten.detach.default
NUMBER = torch.ops.aten._local_scalar_dense.default
_OPERATORS = torch.ops.aten.add.default.__call__.__code__.co_filename
BETWEEN = frozenset({__file__, writes.__file__, reshaping.__file__, _OPERATORS})
"""The files whose frames may stand between a call and this recording: those of one inside of it, which saw it first."""


class ForwardMode(TorchDispatchMode):
    """Writes each call to the tape, and tells the tape what is about to be overwritten."""

    _call = staticmethod(call)

    def __init__(self, tape: Tape, changes: LeafChanges) -> None:
        super().__init__()
        self._tape = tape
        self._changes = changes
        self._made: Any = None  # what the last call gave
        self._spot = (0, 0)  # the frame that made it, and where in its code
        self._numbers: list[tuple[tuple[int, int], int]] = []  # spot and tensor of numbers that torch takes out to use

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep torch from wrapping the handler for torch.compile, which costs more than the handler itself."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        operator = operator_of(func)
        if operator.is_question:
            return func(*args, **kwargs) if kwargs else func(*args)
        tape = self._tape
        frame = sys._getframe().f_back or tape.places.beyond(None)  # pyright: ignore[reportPrivateUsage]
        if frame is None:  # on a thread of the engine's, in a pass that is not recorded
            return func(*args, **kwargs) if kwargs else func(*args)
        while frame.f_code.co_filename in BETWEEN and frame.f_back is not None:
            frame = frame.f_back
        spot = (id(frame), frame.f_lasti)
        if func is DETACH and self._is_autograds(frame, spot, args[0]):
            return self._call(operator, args, kwargs, [])  # it saves the result: the tape must not settle yet
        tape.settle()
        if tape.stopped:
            return func(*args, **kwargs) if kwargs else func(*args)
        written = operator.written(args, kwargs) if operator.writes else []
        aside = tape.running or tape.inside_function or self._changes.in_optimizer
        if aside and not torch.is_grad_enabled() and not (written and self._is_hooks_own(written)):
            return self._run_aside(operator, args, kwargs, written)
        self._spot = spot
        place = tape.places.of_call(frame)
        if tape.shared_memory is not None:
            tape.shared_memory.look(place)
        if func is NUMBER:
            self._numbers.append((spot, tape.origin(args[0], place)))
            return self._call(operator, args, kwargs, [])
        self._made = self._run(operator, args, kwargs, written, place)
        return self._made

    def _is_hooks_own(self, written: list[Tensor]) -> bool:
        """Whether a hook writes to what the program made: a sum that it keeps, say, and no gradient."""
        tape, store = self._tape, self._tape.store
        if tape.inside_function or self._changes.in_optimizer:
            return False
        for tensor in written:
            index = store.find(tensor if tensor._base is None else tensor._base)
            storage = storage_of(tensor)
            if index is None or index in store.unlogged or storage in tape.grad_on or storage in tape.leaf_on:
                return False
        return True

    def _is_autograds(self, frame: FrameType, spot: tuple[int, int], tensor: Tensor) -> bool:
        """Whether a ``detach`` is no call of the program's."""
        if self._tape.inside_function:
            return not self._tape.places.is_of_user(frame)
        return spot == self._spot and self._has_just_made(tensor)

    def _has_just_made(self, tensor: Tensor) -> bool:
        if tensor is self._made:
            return tensor.requires_grad
        made = tensors_in(self._made) if type(self._made) in (list, tuple) else ()
        return any(each is tensor for each in made) and any(each.requires_grad for each in made)

    def _run_aside(self, operator: Operator, args: Any, kwargs: Any, written: list[Tensor]) -> Any:
        """A call that is no part of the forward graph: the engine's, an optimizer's or a custom Function's own."""
        changed = self._changes.before_aside(written) if written else None
        for tensor in written:
            self._tape.store.before_write(tensor, operator.replaces)
            self._changes.touched.add(storage_of(tensor))
        result = self._call(operator, args, kwargs, written)
        if changed is not None:
            self._changes.after(changed, self._tape.places.now())
        return result

    def _run(self, operator: Operator, args: Any, kwargs: Any, written: list[Tensor], place: int) -> Any:
        tape = self._tape
        scope = tape.scopes.current()
        inputs, requires_grad, constants = self._arguments(args, kwargs, place)
        numbers = self._numbers_used(inputs, requires_grad) if self._numbers else 0
        grad_enabled = torch.is_grad_enabled()
        store = tape.store
        used = [index for index, required in zip(inputs, requires_grad, strict=True) if required]
        if grad_enabled:
            self._use_leaves(used, grad_enabled)
        change = self._changes.before(written) if written else None
        updates = change is not None and change.updates
        faces = find_faces(store, written) if written and not updates else Faces()
        version = version_of(written[0]) if written and operator.switch is None else None
        for tensor in written:
            store.before_write(tensor, operator.replaces)
            tape.written_at[storage_of(tensor)] = place
        result = self._call(operator, args, kwargs, written)
        results = tensors_in(result)
        if used and not grad_enabled and operator.reads and any(is_number(each) for each in results):
            self._use_leaves(used, grad_enabled)
        outputs = [store.know(tensor) for tensor in results]
        if outputs:
            output_values = [store.current[index] for index in outputs]
            through = written if operator.switch is None else []  # running statistics are no result
            is_part = faces.whole is not None
            views = [store.know(tensor) for tensor in through if is_part or tensor._base is not None]
            if updates:
                views = [each for each in views if not self._changes.is_known_leaf(each)]
            noted = (operator.func, inputs, requires_grad, constants, outputs, output_values)
            logged = LoggedCall(*noted, None, place, tape.cell, grad_enabled, updates, views or None, numbers, scope)
            logged.version, logged.stand = version, tape.places.stand
            logged.faces, logged.parts, logged.whole = faces
            tape.unsettled(logged)
            if written and operator.switch is not None:
                statistics = [(index := store.know(each), store.current[index]) for each in written]
                tape.log.append(LoggedStatistics(statistics, place, tape.cell))
        if change is not None:
            self._changes.after(change, place)
        return result

    def _use_leaves(self, used: list[int], grad_enabled: bool) -> None:
        """Tensors are used; one that no node made is a leaf. A view that was taken without grad stands for its base."""
        tape = self._tape
        for index in used:
            if index in tape.node_of:
                continue
            tensor = tape.store.tensor(index)
            base = None if tensor is None or grad_enabled else tensor._base  # pyright: ignore[reportPrivateUsage]
            leaf = index if base is None else tape.store.find(base) if is_leaf(base) else None
            if leaf is not None and leaf not in tape.leaves:
                tape.leaf(leaf)
            elif leaf is not None and tape.leaves[leaf] != storage_of(tape.store.kept(leaf)):
                self._changes.look_for_replaced(tape.store.kept(leaf))

    def _numbers_used(self, inputs: list[int], requires_grad: list[bool]) -> int:
        """Add the tensors whose numbers torch took out for this very call (``x[i]``) to its inputs; how many."""
        found = [tensor for spot, tensor in self._numbers if spot == self._spot]
        self._numbers.clear()
        inputs += found
        requires_grad += [False] * len(found)
        return len(found)

    def _arguments(
        self, args: Any, kwargs: Any, place: int
    ) -> tuple[list[int], list[bool], list[tuple[int | str, Any]]]:
        """The tensors among the arguments, by index, whether each requires grad, and the other arguments."""
        tape = self._tape
        inputs: list[int] = []
        requires_grad: list[bool] = []
        constants: list[tuple[int | str, Any]] = []
        named = [*enumerate(args), *kwargs.items()] if kwargs else enumerate(args)
        for name, argument in named:
            members = (argument,) if isinstance(argument, Tensor) else tensors_in(argument)
            for tensor in members:
                index, required = tape.origin(tensor, place), tensor.requires_grad
                if required and tensor._is_view() and asked.version(tensor):
                    tape.look_at_history(index, tensor)
                inputs.append(index)
                requires_grad.append(required)
            if not members:
                constants.append((name, argument))
        return inputs, requires_grad, constants


def is_number(tensor: Tensor) -> bool:
    """Whether it holds real or complex numbers: what is compared or counted is looked at, but not used."""
    return tensor.is_floating_point() or tensor.is_complex()


skip_dynamo(ForwardMode.__torch_dispatch__)
