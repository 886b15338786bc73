"""Updates: what happens to leaves and their gradients outside the graph.

In: writes that the dispatch mode is about to let through, optimizer steps, calls of ``zero_grad``.
Out: ``update`` and ``grad-cleared`` entries on the tape, one for each parameter and optimizer step.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from backlight.record import asked
from backlight.record.entries import LoggedCall, LoggedChange
from backlight.record.faces import has_elements
from backlight.record.replaced import Assignments, assignments_replaced, replaced
from backlight.record.store import grad_of, is_leaf, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, is_transformed, unnoticed

Tensor = torch.Tensor


@dataclass(slots=True)
class Change:
    """A write to leaves or to their gradients that is under way: indices of leaves, with value ids from before."""

    leaves: list[tuple[int, int]]
    gradients: list[tuple[int, int]]
    updates: bool


class LeafChanges:
    """Notes what changes leaves. ``in_optimizer`` is true while an optimizer's step runs."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._step: list[tuple[int, int, int]] = []  # leaf, value id and version before an optimizer's step
        self.touched: set[int] = set()  # storages that the step has written to
        self.in_optimizer = False

    # ── single writes ─────────────────────────────────────────────────────────────────────────────

    def before(self, written: list[Tensor]) -> Change | None:
        """What a write to these tensors is going to change; None where that is no leaf and no leaf's gradient."""
        tape, store = self._tape, self._tape.store
        storages = dict.fromkeys(map(storage_of, written))  # in the order of the arguments
        leaves = [] if tape.leaf_on.keys().isdisjoint(storages) else self._leaves_with(written)
        gradients = [leaf for storage in storages if (leaf := self._leaf_of_gradient(storage)) is not None]
        may_be = not tape.may_be_leaf_on.keys().isdisjoint(storages)
        updates = bool(leaves) or (may_be and any(map(self._may_be_leaf, written)))
        if not leaves and not gradients and not updates:
            return None
        return Change(
            [(leaf, store.present(leaf)) for leaf in leaves],
            [(leaf, value) for leaf in gradients if (value := store.value(grad_of(store.kept(leaf)))) is not None],
            updates or bool(gradients),
        )

    def before_aside(self, written: list[Tensor]) -> Change | None:
        """What leaves a hook or a custom Function is about to write to; an optimizer's step is told as a whole."""
        leaves = [] if self.in_optimizer else self._leaves_with(written)
        return Change([(leaf, self._tape.store.present(leaf)) for leaf in leaves], [], True) if leaves else None

    def _leaves_with(self, written: list[Tensor]) -> list[int]:
        """The leaves that have elements of these tensors."""
        tape = self._tape
        on = [(leaf, each) for each in written for leaf in tape.leaves_on(storage_of(each))]
        return list(dict.fromkeys(leaf for leaf, each in on if has_elements(tape.store.kept(leaf), each)))

    def _may_be_leaf(self, tensor: Tensor) -> bool:
        """Whether one with the elements of this was used as a leaf, or may be: after ``detach_()`` it no more may."""
        tape, storage = self._tape, storage_of(tensor)
        kept = [(index, tape.store.kept(index)) for index in tape.may_be_leaf_on.get(storage, ())]
        return any(
            (index in tape.leaves or is_leaf(each)) and storage_of(each) == storage and has_elements(each, tensor)
            for index, each in kept
        )

    def is_known_leaf(self, index: int) -> bool:
        """Whether a tensor was used as a leaf or may be, for all that is known: a view may be asked nothing now."""
        tensor = self._tape.store.tensor(index)
        may_be = () if tensor is None else self._tape.may_be_leaf_on.get(storage_of(tensor), ())
        return index in self._tape.leaves or index in may_be

    def _leaf_of_gradient(self, storage: int) -> int | None:
        """The leaf whose ``.grad`` is on this storage still."""
        leaf = self._tape.grad_on.get(storage)
        grad = None if leaf is None else grad_of(self._tape.store.kept(leaf))
        return leaf if grad is not None and storage_of(grad) == storage else None

    def after(self, change: Change, place: int) -> None:
        """Log what the write changed."""
        tape = self._tape
        for leaf, before in change.leaves:
            if is_leaf(tensor := tape.store.kept(leaf)):
                self._stand(leaf, storage_of(tensor))  # on another, after `set_`
            self._log("update", leaf, before, tape.store.refresh(leaf), place)
        for leaf, before in change.gradients:
            grad = grad_of(tape.store.kept(leaf))
            if grad is not None:
                tape.grads[leaf] = after = tape.store.value(grad)
                if not torch.count_nonzero(grad):
                    self._log("grad-cleared", leaf, before, after, place)
                elif not tape.store.is_value(before, grad):
                    self._log("grad-changed", leaf, before, after, place)

    @unnoticed
    def look_for_gradients(self) -> None:
        """Log the leaves whose ``.grad`` is None now, or another tensor than when it was last seen."""
        for leaf in sorted(self._tape.grads):
            self._look_for_gradient(leaf)

    def _look_for_gradient(self, leaf: int) -> None:
        tape = self._tape
        before, grad = tape.grads[leaf], grad_of(tape.store.kept(leaf))
        after = tape.store.value(grad)
        if after is None or grad is None:
            del tape.grads[leaf]
            self._log("grad-cleared", leaf, before, None, tape.places.now())
        elif after != before:
            tape.grads[leaf] = after
            is_same = tape.grad_on.get(storage_of(grad)) == leaf and self._is_still(before, grad)
            tape.grad_on[storage_of(grad)] = leaf
            if not is_same:
                self._log("grad-changed", leaf, before, after, tape.places.now())

    def _is_still(self, before: int | None, grad: Tensor) -> bool:
        """Whether a gradient is what it was, though its value has another number since numpy has got its memory."""
        with aside():
            return before is not None and self._tape.store.is_value(before, grad)

    @unnoticed
    def look_for_given(self, tensor: Tensor) -> None:
        """Log a gradient that was assigned to a leaf that had none."""
        tape, grad = self._tape, grad_of(tensor)
        if grad is None or not is_leaf(tensor):
            return
        place = tape.places.now()
        leaf = tape.origin(tensor, place)
        is_known = leaf in tape.grads
        with aside():
            tape.leaf(leaf)
        if not is_known:
            tape.grads[leaf] = after = tape.store.value(grad)
            tape.grad_on[storage_of(grad)] = leaf
            self._log("grad-changed", leaf, None, after, place)

    @unnoticed
    def look_for_replaced(self, tensor: Tensor) -> None:
        """Log an assignment to ``leaf.data``: the leaf now stands on another storage."""
        tape = self._tape
        leaf = tape.store.find(tensor)
        if leaf is None or leaf not in tape.leaves:
            return
        before, storage = tape.store.current[leaf], storage_of(tensor)
        if storage != tape.leaves[leaf]:
            self._stand(leaf, storage)
            with aside():
                self._log("update", leaf, before, tape.store.refresh(leaf), tape.places.now())

    def _stand(self, leaf: int, storage: int) -> None:
        """Note on which storage a leaf stands, where that is another now."""
        if self._tape.leaves.get(leaf, storage) != storage:
            self._tape.stand(leaf, storage)

    def note_replaced(self, tensor: Tensor, source: Tensor, place: int | None = None) -> None:
        """Log an assignment to the ``.data`` of a tensor that is no leaf: it now holds what ``source`` does.

        It is a copy that autograd does not see. Called where no mode and no autograd sees the calls.
        """
        tape, place = self._tape, self._tape.places.now() if place is None else place
        index = tape.store.find(tensor)
        if index is None or index in tape.leaves or is_leaf(tensor) or (tape.running and not torch.is_grad_enabled()):
            return
        call = LoggedCall(
            func=torch.ops.aten.copy_.default,
            inputs=[index, tape.origin(source, place)],
            requires_grad=[False, False],
            constants=[],
            outputs=[index],
            output_values=[tape.store.current[index]],
            place=place,
            cell=tape.cell,
            grad_enabled=False,
            scope=tape.scopes.current(),
            stand=tape.places.stand,
        )
        tape.unsettled(call)

    def _log(self, kind: str, leaf: int, before: int | None, after: int | None, place: int) -> None:
        self._tape.step()
        self._tape.log.append(LoggedChange(kind, leaf, before, after, place, self._tape.cell))

    # ── assignments by hand ───────────────────────────────────────────────────────────────────────

    def watching_assigned(self) -> AbstractContextManager[None]:
        """See what is assigned to the ``.grad`` of tensors until the context ends: no dispatch mode does."""
        return assignments_replaced(Tensor, "grad", self._then_look_at)

    def _then_look_at(self, original: Any) -> Assignments:
        def assign(tensor: Tensor, value: Tensor | None) -> None:
            had_none = self._has_no_gradient(tensor)
            original.__set__(tensor, value)
            self._assigned(tensor, had_none)

        def delete(tensor: Tensor) -> None:
            original.__delete__(tensor)
            self._assigned(tensor, False)

        return Assignments(assign, delete)

    @unnoticed
    def _has_no_gradient(self, tensor: Tensor) -> bool:
        return not (self._tape.is_off() or is_transformed(tensor)) and grad_of(tensor) is None

    @unnoticed
    def _assigned(self, tensor: Tensor, had_none: bool) -> None:
        tape = self._tape
        if tape.is_off() or is_transformed(tensor):
            return
        tape.settle()
        leaf = tape.store.find(tensor)
        if tape.stopped:
            return
        if leaf in tape.grads:
            self._look_for_gradient(leaf)
        elif had_none and tensor.requires_grad:
            self.look_for_given(tensor)

    # ── optimizers ────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def watching(self) -> Generator[None]:
        """See optimizer steps and calls of ``zero_grad`` until the context ends."""
        hooks = (
            register_optimizer_step_pre_hook(self._before_step),
            register_optimizer_step_post_hook(self._after_step),
        )
        looking = {"zero_grad": self._then_look}
        try:
            with replaced(Optimizer, looking), replaced(torch.nn.Module, looking):
                yield
        finally:
            for hook in hooks:
                hook.remove()

    def _then_look(self, original: Callable[..., None]) -> Callable[..., None]:
        def zero_grad(*args: Any, **kwargs: Any) -> None:
            original(*args, **kwargs)
            if not self._tape.is_off():
                self.look_for_gradients()

        return zero_grad

    @unnoticed
    def _before_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        tape = self._tape
        if tape.is_off():
            return
        tape.settle()
        if tape.stopped:
            return
        self.look_for_gradients()
        held = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        parameters = [parameter for parameter in held if isinstance(parameter, Tensor)]
        place = tape.places.now()
        with aside():
            leaves = [tape.origin(parameter, place) for parameter in parameters]
            for leaf, parameter in zip(leaves, parameters, strict=True):
                tape.may_become_leaf(leaf, parameter)
            beside = [leaf for each in parameters if tape.others_on for leaf in tape.leaves_on(storage_of(each))]
            self._step = [
                (leaf, tape.store.present(leaf), asked.version(tape.store.keep(leaf)))
                for leaf in dict.fromkeys((*leaves, *beside))
            ]
        self.touched.clear()
        self.in_optimizer = True

    @unnoticed
    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        tape = self._tape
        if tape.is_off():
            return
        self.in_optimizer = False
        for leaf, before, version in self._step:
            storage = storage_of(tape.store.keep(leaf))
            written = storage in self.touched or asked.version(tape.store.kept(leaf)) != version
            if written and leaf in tape.leaves and not self._is_as_it_was(leaf, before, storage):
                with aside():
                    place = tape.written_at[storage] = tape.places.now()
                    self._log("update", leaf, before, tape.store.refresh(leaf), place)
        self._step = []

    def _is_as_it_was(self, leaf: int, before: int, storage: int) -> bool:
        """Whether an optimizer wrote to the storage of a leaf, but to another's elements."""
        if storage not in self._tape.others_on:
            return False
        with aside():
            return self._tape.store.is_value(before, self._tape.store.kept(leaf))
