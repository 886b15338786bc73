"""Hooked: what the user's hooks do to the gradients of one pass.

In: the nodes that the pass can reach. Out: with each step, the gradients for which a hook gave others. The hooks are
wrapped when the pass begins, and are themselves again when it ends; what they get, give and raise is as ever.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import torch

from backlight.model.document import GradientSide, HookKind
from backlight.record import asked
from backlight.record.entries import RawHooked, RawPass
from backlight.record.hooks import Hook, HookBook, Hooks, module_hooks
from backlight.record.tape import Tape
from backlight.record.torch_private import AccumulateGrad, unnoticed

Tensor = torch.Tensor
Gradients = tuple[Tensor | None, ...]


class PassHooks:
    """The user's hooks on the nodes of one pass."""

    def __init__(self, tape: Tape, book: HookBook, run: RawPass) -> None:
        self._tape = tape
        self._book = book
        self._run = run
        self._wrapped: list[tuple[Hooks, int, Hook, Hook]] = []
        self._nodes: set[Any] = set()
        self._on_leaves: dict[int, Any] = {}  # id() of a leaf -> its node
        self._changes: dict[Any, list[RawHooked]] = {}  # node -> what its hooks changed, until its step is over
        self._dicts: dict[int, tuple[Hooks, Any, GradientSide]] = {}  # id() of hooks -> they, and whose; if asked for
        self._firsts: list[tuple[Hooks, int]] = []  # hooks whose nodes are not known yet

    def wrap(self, nodes: list[Any]) -> bool:
        """Wrap the hooks on these nodes, and from now on those that come to them; whether there are any."""
        book = self._book
        book.late.append(self)
        self._nodes = set(nodes)
        self._on_leaves = {id(node.variable): node for node in nodes if type(node) is AccumulateGrad}
        for node in nodes:
            for slot, hooks in book.on_tensors(node):
                for number, hook in book.theirs(hooks):
                    self._put(hooks, number, self._tensor_hook(node, slot, hook, book.place(number, hook)))
            for hooks, side in self._sides(node):
                for number, hook in book.theirs(hooks):
                    self._put(hooks, number, self._node_hook(node, side, hook, book.place(number, hook)))
        return bool(self._wrapped)

    def wrap_after_accumulation(self, leaf: Tensor, around: Callable[[Hook, Tensor, int], Any]) -> bool:
        """Have ``around(hook, leaf, place)`` call the hooks that a leaf has for when a gradient was added."""
        hooks = self._book.after_accumulation(leaf)
        theirs = self._book.theirs(hooks)
        for number, hook in theirs:
            self._put(hooks, number, self._leaf_hook(hook, self._book.place(number, hook), around))
        return bool(theirs)

    def unwrap(self) -> None:
        """Put the user's own hooks back where they are still registered."""
        self._book.late.remove(self)
        for book in (self._nodes, self._on_leaves, self._dicts, self._firsts):
            book.clear()
        for hooks, number, hook, watching in reversed(self._wrapped):
            if hooks.get(number) is watching:
                hooks[number] = hook

    def changes(self, node: Any) -> list[RawHooked]:
        """What the hooks on a node changed since this was last asked."""
        self._put_firsts()
        return self._changes.pop(node, []) if self._changes else []

    # ── the hooks in their wrapping ───────────────────────────────────────────────────────────────

    def _put(self, hooks: Hooks, number: int, watching: Hook) -> None:
        self._wrapped.append((hooks, number, hooks[number], watching))
        hooks[number] = watching

    # ── hooks that the user's own hooks put while the pass runs ───────────────────────────────────

    def put_on_tensor(self, tensor: Tensor, hooks: Hooks, number: int) -> None:
        """Wrap a hook that comes to a tensor."""
        node = asked.maker(tensor) or self._on_leaves.get(id(tensor))
        if node in self._nodes:
            hook = hooks[number]
            self._put(hooks, number, self._tensor_hook(node, tensor.output_nr, hook, self._book.place(number, hook)))

    def put_on_node(self, hooks: Hooks, number: int, is_first: bool) -> None:
        """Wrap a hook that comes to a node. Autograd does not say to which: only the node's own dict tells."""
        if is_first and not self._dicts:
            self._firsts.append((hooks, number))
            return
        if not self._dicts:  # from now on each node of the pass has its dicts
            sides = [(node, *each) for node in self._nodes for each in self._sides(node)]
            self._dicts.update({id(of_node): (of_node, node, side) for node, of_node, side in sides})
        known = self._dicts.get(id(hooks))
        if known is not None and number in hooks:
            _, node, side = known
            hook = hooks[number]
            self._put(hooks, number, self._node_hook(node, side, hook, self._book.place(number, hook)))

    def _put_firsts(self) -> None:
        """Wrap the hooks that were the first on their nodes, now that they are there; before they are called."""
        while self._firsts:
            self.put_on_node(*self._firsts.pop(), is_first=False)

    def _sides(self, node: Any) -> list[tuple[Hooks, GradientSide]]:
        """The hooks before and after a node, each with the gradients that it may change."""
        before, after = self._book.on_node(node) or ({}, {})
        return [(before, "grad_outputs"), (after, "grad_inputs")]

    def _is_running(self) -> bool:
        """Whether it is this pass that calls a hook, and not one that runs inside it."""
        return self._tape.running[-1] is self._run

    def _tensor_hook(self, node: Any, slot: int, hook: Hook, place: int) -> Hook:
        @functools.wraps(hook)
        def watched(gradient: Tensor) -> Any:
            if not self._is_running():
                return hook(gradient)
            before = self._values((gradient,))
            result = hook(gradient)
            self._compare(node, RawHooked("tensor", "grad_outputs", slot, place), before, result, (gradient,))
            return result

        return watched

    def _node_hook(self, node: Any, side: GradientSide, hook: Hook, place: int) -> Hook:
        kind: HookKind = "node-prehook" if side == "grad_outputs" else "node"
        kind = "module" if module_hooks(hook) else kind

        @functools.wraps(hook)
        def watched(gradients: Gradients, *rest: Gradients) -> Any:
            if not self._is_running():
                return hook(gradients, *rest)
            before = self._values(gradients)
            result = hook(gradients, *rest)
            self._compare(node, RawHooked(kind, side, 0, place), before, result, gradients)
            return result

        return watched

    def _leaf_hook(self, hook: Hook, place: int, around: Callable[[Hook, Tensor, int], Any]) -> Hook:
        @functools.wraps(hook)
        def watched(leaf: Tensor) -> Any:
            if not self._is_running():
                return hook(leaf)
            result = around(hook, leaf, place)
            self._put_firsts()
            return result

        return watched

    @unnoticed
    def _values(self, gradients: Gradients) -> list[int | None]:
        return [self._tape.store.value(gradient) for gradient in gradients]

    @unnoticed
    def _compare(self, node: Any, about: RawHooked, before: list[int | None], result: Any, given: Gradients) -> None:
        """Note each gradient for which a hook gave another one, or that it wrote to."""
        self._put_firsts()
        self._tape.settle()
        after: tuple[Any, ...] = given
        if result is not None:
            after = cast("tuple[Any, ...]", result) if isinstance(result, tuple) else (result,)
        if len(after) != len(before) or not all(each is None or isinstance(each, Tensor) for each in after):
            return  # the engine will refuse it
        for slot, (old, tensor) in enumerate(zip(before, after, strict=True)):
            new = self._tape.store.value(tensor)
            if new != old:
                changed = RawHooked(about.kind, about.where, about.slot + slot, about.place, old, new)
                self._changes.setdefault(node, []).append(changed)
