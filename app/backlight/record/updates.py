"""Updates: what happens to leaves and their gradients outside the graph.

In: writes that the dispatch mode is about to let through, optimizer steps, calls of ``zero_grad``.
Out: ``update`` and ``grad-cleared`` entries on the tape, one for each parameter and optimizer step.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from backlight.record.tape import UNKNOWN, LoggedChange, Tape, storage_of
from backlight.record.torch_private import aside

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
        self._step: list[tuple[int, int]] = []
        self.in_optimizer = False

    # ── single writes ─────────────────────────────────────────────────────────────────────────────

    def before(self, written: list[Tensor]) -> Change | None:
        """What a write to these tensors is going to change; None where that is no leaf and no leaf's gradient."""
        tape = self._tape
        storages = {storage_of(tensor) for tensor in written}
        leaves = [leaf for storage in storages if (leaf := tape.leaf_on.get(storage)) is not None]
        gradients = [leaf for storage in storages if (leaf := tape.grad_on.get(storage)) is not None]
        updates = any(storage in tape.may_be_leaf_on for storage in storages)
        if not leaves and not gradients and not updates:
            return None
        return Change(
            [(leaf, tape.present(leaf)) for leaf in leaves],
            [(leaf, value) for leaf in gradients if (value := tape.value(tape.tensors[leaf].grad)) is not None],
            updates or bool(gradients),
        )

    def after(self, change: Change, place: int) -> None:
        """Log what the write changed."""
        tape = self._tape
        for leaf, before in change.leaves:
            self._log("update", leaf, before, tape.refresh(leaf), place)
        for leaf, before in change.gradients:
            grad = tape.tensors[leaf].grad
            if grad is not None and not torch.count_nonzero(grad):
                tape.grads[leaf] = after = tape.value(grad)
                self._log("grad-cleared", leaf, before, after, place)

    def look_for_cleared(self) -> None:
        """Log the leaves whose ``.grad`` has become None since it was last seen."""
        tape = self._tape
        for leaf, before in list(tape.grads.items()):
            if tape.tensors[leaf].grad is None:
                del tape.grads[leaf]
                self._log("grad-cleared", leaf, before, None, tape.places.now())

    def look_for_replaced(self, tensor: Tensor) -> None:
        """Log an assignment to ``leaf.data``: the leaf now stands on another storage."""
        tape = self._tape
        leaf = tape.find(tensor)
        if leaf is None or leaf not in tape.leaves:
            return
        before = tape.current[leaf]
        if storage_of(tensor) != storage_of(tape.held[before]):
            tape.leaf_on[storage_of(tensor)] = leaf
            with aside():
                self._log("update", leaf, before, tape.refresh(leaf), tape.places.now())

    def _log(self, kind: str, leaf: int, before: int | None, after: int | None, place: int) -> None:
        self._tape.log.append(LoggedChange(kind, leaf, before, after, place, self._tape.cell))

    # ── optimizers ────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def watching(self) -> Generator[None]:
        """See optimizer steps and calls of ``zero_grad`` until the context ends."""
        hooks = (
            register_optimizer_step_pre_hook(self._before_step),
            register_optimizer_step_post_hook(self._after_step),
        )
        owners = (Optimizer, torch.nn.Module)
        originals = [owner.zero_grad for owner in owners]
        try:
            for owner, original in zip(owners, originals, strict=True):
                owner.zero_grad = self._then_look(original)  # type: ignore[method-assign]
            yield
        finally:
            for owner, original in zip(owners, originals, strict=True):
                owner.zero_grad = original  # type: ignore[method-assign]
            for hook in hooks:
                hook.remove()

    def _then_look(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def zero_grad(*args: Any, **kwargs: Any) -> None:
            original(*args, **kwargs)
            self.look_for_cleared()

        return zero_grad

    def _before_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        tape = self._tape
        tape.settle()
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        known = [tape.find(parameter) for parameter in parameters]
        with aside():
            self._step = [(leaf, tape.present(leaf)) for leaf in known if leaf is not None and leaf in tape.leaves]
        self.in_optimizer = True

    def _after_step(self, optimizer: Optimizer, args: Any, kwargs: Any) -> None:
        self.in_optimizer = False
        tape = self._tape
        for leaf, before in self._step:
            if tape.current[leaf] == UNKNOWN:
                with aside():
                    self._log("update", leaf, before, tape.refresh(leaf), tape.places.now())
        self._step = []
