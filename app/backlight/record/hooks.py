"""Hooks: where the program put hooks on tensors and on autograd nodes.

In: registrations, as they happen, and the nodes of a pass that is about to begin. Out: the dicts in which autograd
finds the hooks of each node. It reads these dicts and changes none of them, but for the recorder's own hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import CellType, CodeType
from typing import Any, Protocol, cast

import torch
from torch.utils.hooks import BackwardHook, RemovableHandle

from backlight.record import asked
from backlight.record.earlier import Earlier
from backlight.record.replaced import replaced
from backlight.record.tape import Tape
from backlight.record.torch_private import (
    AccumulateGrad,
    hook_after,
    hook_before,
    hooks_after_accumulation,
    noticing_node_hooks,
    unnoticed,
)

Tensor = torch.Tensor
Hook = Callable[..., Any]
Hooks = dict[int, Hook]
"""The hooks of one kind on one node or tensor, by the ids of their handles: the very dict that autograd reads."""


class LateHooks(Protocol):
    """Told of hooks that come while a pass runs; `backlight.record.hooked` has the one that there is."""

    def put_on_tensor(self, tensor: Tensor, hooks: Hooks, number: int) -> None:
        """A hook was put on a tensor."""
        ...

    def put_on_node(self, hooks: Hooks, number: int, is_first: bool) -> None:
        """A hook was put on a node; if it is the first of its kind there, its dict is the node's only after that."""
        ...


@unnoticed
def _renew_node(tensor: Tensor) -> None:
    """Have torch renew the node of a view whose base was written to: where it is outdated, a hook crashes torch."""
    _ = tensor.grad_fn


class HookBook:
    """Knows the hooks of a recording; those of before as far as autograd tells of them."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._places: dict[int, int] = {}  # handle -> where it was registered
        self._on_tensors: dict[Any, list[tuple[int, Hooks]]] = {}  # node -> output_nr and hooks of what it made
        self._own: set[int] = set()  # handles of the recorder's own hooks
        self._looking: list[Hooks] | None = None  # the recorder itself is registering hooks
        self.late: list[LateHooks] = []  # the passes that run, the innermost last
        self._on_nodes = False  # the program has put a hook on a node
        self.earlier = Earlier(tape)

    @contextmanager
    def noticing(self) -> Generator[None]:
        """Notice the hooks that the program registers, until the context ends."""
        names = ("register_hook", "register_post_accumulate_grad_hook")
        with replaced(Tensor, dict.fromkeys(names, self._registering)), noticing_node_hooks(self._registered):
            yield

    def _registering(self, original: Callable[..., RemovableHandle]) -> Callable[..., RemovableHandle]:
        def register(tensor: Tensor, hook: Hook) -> RemovableHandle:
            _renew_node(tensor)
            handle = original(tensor, hook)
            self._note(tensor, handle)
            return handle

        return register

    @unnoticed
    def _note(self, tensor: Tensor, handle: RemovableHandle) -> None:
        """A hook was put on a tensor."""
        self._places[handle.id] = self._tape.places.now()
        hooks = cast("Hooks | None", tensor._backward_hooks)
        if hooks and handle.id in hooks:
            for late in self.late:
                late.put_on_tensor(tensor, hooks, handle.id)
        self._know(tensor, hooks)

    def _know(self, tensor: Tensor, hooks: Hooks | None) -> None:
        if hooks and (node := asked.maker(tensor)) is not None:
            known = self._on_tensors.setdefault(node, [])
            if not any(hooks is each for _, each in known):
                known.append((tensor.output_nr, hooks))

    def _registered(self, hooks: Hooks, handle: RemovableHandle, is_first: bool) -> None:
        """A hook was put on a node, by the program or by the recorder."""
        if self._looking is not None:
            self._looking.append(hooks)
            return
        self._on_nodes = True
        self._places[handle.id] = self._tape.places.now()
        for own in [number for number in hooks if number in self._own]:
            hooks[own] = hooks.pop(own)  # the recorder's own hook looks last
        for late in self.late:
            late.put_on_node(hooks, handle.id, is_first)

    def own(self, register: Callable[[Any, Hook], RemovableHandle], node: Any, hook: Hook) -> RemovableHandle:
        """Register one of the recorder's own hooks on a node."""
        self._looking = []
        try:
            handle = register(node, hook)
        finally:
            self._looking = None
        self._own.add(handle.id)
        return handle

    def remove(self, handles: list[RemovableHandle]) -> None:
        """Take hooks of the recorder's own off again."""
        for handle in handles:
            handle.remove()
            self._own.discard(handle.id)

    def find_earlier(self, nodes: list[Any]) -> list[Tensor]:
        """Know the hooks on tensors that these nodes of before made. Gives those that keep their gradients."""
        found = self.earlier.tensors_on(nodes)
        for tensor in found:
            self._know(tensor, cast("Hooks | None", tensor._backward_hooks))
        return [tensor for tensor in found if tensor.retains_grad]

    # ── what is there when a pass begins ──────────────────────────────────────────────────────────

    def on_tensors(self, node: Any) -> list[tuple[int, Hooks]]:
        """The hooks on the tensors that a node made, each with its output; for a leaf's node, those on the leaf."""
        if type(node) is not AccumulateGrad:
            return self._on_tensors.get(node, [])
        hooks = cast("Hooks | None", node.variable._backward_hooks)
        return [(0, hooks)] if hooks else []

    def on_node(self, node: Any) -> tuple[Hooks, Hooks] | None:
        """The hooks before and after a node. To register another is the only way to get at them."""
        if not self._on_nodes and node in self._tape.node_index and not self.earlier.is_earlier(node):
            return None
        found: list[Hooks] = []
        self._looking = found
        try:
            for register in (hook_before, hook_after):
                register(node, _nothing).remove()
        finally:
            self._looking = None
        return found[0], found[1]

    def after_accumulation(self, leaf: Tensor) -> Hooks:
        """The hooks that run when a gradient has been added to a leaf's ``.grad``."""
        return hooks_after_accumulation(leaf)

    def place(self, number: int, hook: Hook) -> int:
        """Where a hook was registered; for a module's, and for one from before the recording, where its code is."""
        modules_own = module_hooks(hook)
        if number in self._places and not modules_own:
            return self._places[number]
        code: CodeType | None = getattr(modules_own[0] if modules_own else hook, "__code__", None)
        return self._tape.places.nowhere if code is None else self._tape.places.inside(code)

    def theirs(self, hooks: Hooks) -> list[tuple[int, Hook]]:
        """The hooks in a dict that are not the recorder's own."""
        return [(number, hook) for number, hook in hooks.items() if number not in self._own]


def module_hooks(hook: Hook) -> list[Hook]:
    """The backward hooks of a module that a hook on a node calls; empty for any other hook."""
    cells: tuple[CellType, ...] = getattr(hook, "__closure__", None) or ()
    owners = [cell.cell_contents for cell in cells if cell != CellType()]
    owners = [owner for owner in owners if isinstance(owner, BackwardHook)]
    return [each for owner in cast("list[Any]", owners) for each in (*owner.user_hooks, *owner.user_pre_hooks)]


def _nothing(*_: Any) -> None:
    """A hook that does nothing."""
