"""Passes: one run of the engine, node by node, in the engine's own order.

In: the nodes that the run starts from. Out: a `RawPass` and its steps on the tape. The hooks that it puts
on the nodes look and give nothing back, and are gone when the pass ends.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import torch
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import GradientEdge, get_gradient_edge

from backlight.record import asked
from backlight.record.entries import LoggedChange, LoggedRetain, LoggedStep, LoggedUnseen, RawCaptured, RawPass, RawStep
from backlight.record.forward import ForwardMode
from backlight.record.hooked import Gradients, PassHooks
from backlight.record.hooks import HookBook
from backlight.record.nodes import made_since
from backlight.record.store import grad_of, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import (
    AccumulateGrad,
    EngineOptions,
    aside,
    hook_after,
    hook_before,
    is_transformed,
    name_of,
    next_sequence_number,
    other_modes,
    unnoticed,
    unrecorded,
)
from backlight.record.vanished import note_vanished

Tensor = torch.Tensor

_FIRST = (
    "LinalgDet LinalgEig LinalgEigh LinalgHouseholderProduct LinalgMatrixExp Ormqr "
    "Prod Cumprod Index MaskedFill Median Nanmedian"
)
_SECOND = "Prod MaskedFill Max Min"
UNLIKE = frozenset(
    {f"{name}Backward0" for name in _FIRST.split()} | {f"{name}Backward1" for name in _SECOND.split()},
)
"""Nodes that build another graph of their gradients where a dispatch mode sees the calls (``areAnyTensorSubclassLike``
in torch's ``FunctionsManual.cpp``); that of a determinant has NaN in it where two singular values are alike."""


class PassWatch:
    """Watches one run of the engine, from ``roots``.

    A gradient on its way to a leaf's ``.grad`` that nothing else contributes to is noted when it has
    arrived: a reference held before that would make the engine copy it instead of keeping it.
    """

    def __init__(self, tape: Tape, book: HookBook, roots: list[Any], options: EngineOptions) -> None:
        self.tape = tape
        parent = tape.running[-1].index if tape.running else None
        flags = (options.create_graph, options.retain_graph)
        self.run = RawPass(len(tape.passes), parent, tape.places.now(), tape.cell, [], *flags, [])
        self._book = book
        self._users = PassHooks(tape, book, self.run)
        self._nodes, arrivals = explore(roots)
        earlier = book.earlier.among(self._nodes)
        self._has_earlier = bool(earlier)
        self._new = book.earlier.meet(earlier)  # of before, and met for the first time
        self.retaining = book.find_earlier(self._new)
        custom = any(isinstance(node, BackwardCFunction) for node in self._nodes)
        hooked = self._users.wrap(self._nodes) | self._wrap_on_leaves()
        self.run.roots += [tape.node(root) for root in dict.fromkeys(roots)]
        is_custom = hooked or custom or tape.packed
        self._matters = options.create_graph or parent is not None or is_custom or tape.replayable
        """Whether calls inside matter: the pass builds a graph or runs the user's code. Else it runs at full speed."""
        self.is_seen = self._matters or other_modes(ForwardMode)
        """Whether dispatch modes see the calls inside: this recording's, or one of the user's own."""
        self._late: dict[Any, int] = {}  # node -> slot whose gradient is noted at the leaf
        self._waiting: dict[Any, tuple[RawStep, int]] = {}  # leaf's node -> where its gradient is to be noted
        self._lone: set[Any] = set()
        if options.accumulates and not self._matters:
            self._find_lone(arrivals)
        self._hooks: list[Any] = []
        self._retaining: dict[Any, list[tuple[Tensor, int, int | None]]] = {}  # node -> tensor, output, .grad before
        self._leaves: dict[Any, LeafWatch] = {}
        self._shared: set[int] = set()  # id() of leaves with several nodes: of more than one dtype, say

    def _find_lone(self, arrivals: dict[Any, list[tuple[Any, int]]]) -> None:
        for leaf, edges in arrivals.items():
            node, slot = edges[0]
            if len(edges) == 1 and node not in self._late:
                self._late[node] = slot
                self._lone.add(leaf)

    def _wrap_on_leaves(self) -> bool:
        leaves = [node for node in self._nodes if type(node) is AccumulateGrad]
        wrap = self._users.wrap_after_accumulation
        return [wrap(node.variable, functools.partial(self._call_on_leaf, node)) for node in leaves].count(True) > 0

    def _call_on_leaf(self, node: Any, hook: Callable[[Tensor], Any], leaf: Tensor, place: int) -> Any:
        return self._leaves[node].call(hook, leaf, place)

    def begin(self, retained: list[Tensor]) -> None:
        """Put the hooks on the nodes, and the pass on the tape. ``retained`` are tensors that keep their gradients."""
        self.tape.passes.append(self.run)
        for tensor in retained:
            edge = edge_of(tensor)
            if edge is not None:
                before = self.tape.store.value(grad_of(tensor))
                self._retaining.setdefault(edge.node, []).append((tensor, edge.output_nr, before))
        added_to = Counter(id(node.variable) for node in self._nodes if type(node) is AccumulateGrad)
        self._shared = {variable for variable, times in added_to.items() if times > 1}
        for node in self._nodes:
            index = self.tape.node(node)
            self._hooks += self._watch_leaf(node, index) if type(node) is AccumulateGrad else self._watch(node, index)
        self._book.earlier.note_held(self._new)
        self.tape.running.append(self.run)

    @unnoticed
    def end(self) -> None:
        """Take the hooks off again."""
        self.tape.settle()
        self.tape.running.pop()
        self._users.unwrap()
        self._book.remove(self._hooks)
        for node in list(self._retaining):
            self._note_retained(node, None)
        if self._has_earlier:
            with aside():
                note_vanished(self.tape, self.run, self._book.earlier)
        for book in (self._hooks, self._leaves, self._nodes, self._late, self._lone, self._waiting, self._new):
            book.clear()  # they hold leaves, and some of them lead back here

    @unnoticed
    def capture(self, wanted: tuple[Any, ...], gradients: Any) -> None:
        """Note the gradients that the engine gave for the inputs that its caller wanted them for."""
        tape = self.tape
        for edge, gradient in zip(map(edge_of, wanted), gradients or (), strict=True):
            if edge is not None and edge.node in tape.node_index:
                changes = self._users.changes(edge.node)
                value = tape.store.value(gradient)
                self.run.captured.append(RawCaptured(tape.node(edge.node), edge.output_nr, value, changes))

    def _watch(self, node: Any, index: int) -> list[Any]:
        late, running, run = self._late.get(node, -1), self.tape.running, self.run

        def ran(grad_inputs: Gradients, grad_outputs: Gradients) -> None:
            if running[-1] is run:  # and not a pass inside this one, which runs the same node
                self._note_step(node, index, late, (grad_inputs, grad_outputs))

        if self.is_seen and not self.tape.replayable and name_of(node) in UNLIKE:
            return self._watch_alone(node, ran)
        return [self._book.own(hook_after, node, ran)]

    def _watch_alone(self, node: Any, ran: Callable[[Gradients, Gradients], None]) -> list[Any]:
        alone, since = unrecorded(), list[int]()

        def runs(_grad_outputs: Gradients) -> None:
            since[:] = [next_sequence_number()]
            alone.__enter__()

        def ran_alone(grad_inputs: Gradients, grad_outputs: Gradients) -> None:
            alone.__exit__()  # where the node raised, the engine has put all of that back
            self._note_made(node, since[0], grad_inputs)
            ran(grad_inputs, grad_outputs)

        return [self._book.own(hook_before, node, runs), self._book.own(hook_after, node, ran_alone)]

    @unnoticed
    def _note_made(self, node: Any, since: int, gradients: Gradients) -> None:
        """Log gradients that have a history, which ``node`` made out of sight, and the nodes of that history."""
        made: list[int] = []
        with aside():
            for gradient in gradients:
                if gradient is not None and (maker := asked.maker(gradient)) is not None:
                    self.tape.origin(gradient, self.run.place)
                    made += [self.tape.node(each) for each in made_since(maker, since)]
        if made:
            self.tape.made_inside.update(made)
            self.tape.log.append(LoggedUnseen(made, (self.run.index, node)))

    @unnoticed
    def _note_step(self, node: Any, index: int, late: int, gradients: tuple[Gradients, Gradients]) -> None:
        """Log the turn of a node that is no leaf's; the gradient in the slot ``late`` is noted when it has arrived."""
        value, (grad_inputs, grad_outputs) = self.tape.store.value, gradients
        arrived = [value(grad) for grad in grad_outputs]
        left = [None if slot == late else value(grad) for slot, grad in enumerate(grad_inputs)]
        step = self._step(node, index, arrived, left, None)
        if self._retaining and node in self._retaining:
            self._note_retained(node, arrived)
        if late >= 0 and grad_inputs[late] is not None:
            self._waiting[node.next_functions[late][0]] = (step, late)

    def _note_retained(self, node: Any, arrived: list[int | None] | None) -> None:
        """Log the gradients that tensors of this node have kept; ``arrived`` is None where the node did not run."""
        for tensor, output_nr, before in self._retaining.pop(node):
            after = self.tape.store.value(grad_of(tensor))
            if after != before:
                added = after if arrived is None else arrived[output_nr]
                index = self.tape.store.know(tensor)
                self.tape.log.append(LoggedRetain(index, output_nr, self.run.index, before, added, after))

    def _watch_leaf(self, node: Any, index: int) -> list[Any]:
        tape = self.tape
        leaf = tape.origin(node.variable, self.run.place)
        if leaf not in tape.leaves:
            with aside():
                tape.leaf(leaf)
        watch = self._leaves[node] = LeafWatch(self, node, index, leaf)
        hooks = [self._book.own(hook_after, node, watch.accumulated)]
        if grad_of(node.variable) is not None or self._matters or id(node.variable) in self._shared:
            hooks.append(self._book.own(hook_before, node, watch.arriving))
        return hooks

    def landed(self, watch: LeafWatch, after: int | None, arrived: Tensor | None) -> None:
        """Note a leaf's step: a gradient has been added to its ``.grad``."""
        before, added = watch.found
        is_lone = watch.node in self._lone
        if added is None and before is not None:
            after = before  # the engine came here with no gradient
        elif added is None:
            added = after if is_lone else self.tape.store.value(arrived)
        self._step(watch.node, watch.index, [added], [], (before, after))
        if is_lone and watch.node in self._waiting:
            step, slot = self._waiting.pop(watch.node)
            step.grad_inputs[slot] = added

    def is_running(self) -> bool:
        """Whether it is this pass that calls a hook, and not one that runs inside it."""
        return self.tape.running[-1] is self.run

    def _step(
        self,
        node: Any,
        index: int,
        grad_outputs: list[int | None],
        grad_inputs: list[int | None],
        accumulated: tuple[int | None, int | None] | None,
    ) -> RawStep:
        self.tape.step()
        self.tape.log.append(LoggedStep(self.run.index, len(self.run.steps), accumulated))
        step = RawStep(index, grad_outputs, grad_inputs, self._users.changes(node))
        self.run.steps.append(step)
        return step


class LeafWatch:
    """Watches gradients being added to the ``.grad`` of one leaf, in one pass."""

    def __init__(self, watch: PassWatch, node: Any, index: int, leaf: int) -> None:
        self.node = node
        self.index = index
        self.found: tuple[int | None, int | None] = (None, None)
        """``.grad`` before, and what is added to it: value ids, where they were looked for."""
        self._watch = watch
        self._tape = watch.tape
        self._variable: Tensor = node.variable
        self._leaf = leaf
        self._is_noted = False

    @unnoticed
    def arriving(self, grad_outputs: Gradients) -> None:
        """Before a gradient is added."""
        if not self._watch.is_running():
            return
        store, grad = self._tape.store, grad_of(self._variable)
        self.found = store.value(grad), store.value(grad_outputs[0])
        if grad is not None:
            with aside():
                store.unlogged |= store.all_on(grad)
                store.before_write(grad)

    @unnoticed
    def accumulated(self, _grad_inputs: Gradients, grad_outputs: Gradients) -> None:
        """After that, and after the user's own hooks for that moment."""
        if self._watch.is_running():
            if not self._is_noted:
                self._land(grad_outputs[0])
            self._is_noted = False

    def _land(self, arrived: Tensor | None) -> None:
        self._is_noted = True
        grad = grad_of(self._variable)
        after = self._tape.store.value(grad)
        if grad is not None and after is not None:
            self._tape.grad_on[storage_of(grad)] = self._leaf
            self._tape.grads[self._leaf] = after
        self._watch.landed(self, after, arrived)

    def call(self, hook: Callable[[Tensor], Any], variable: Tensor, place: int) -> Any:
        """Call a user's hook that runs once a gradient was added, and log what it makes of that."""
        with aside():
            if not self._is_noted:
                self._land(None)
        result = hook(variable)
        with aside():
            self._tape.settle()
            self._note_gradient(place)
        return result

    def _note_gradient(self, place: int) -> None:
        """Log that ``.grad`` is not what it was when a gradient had been added to it."""
        before, grad = self._tape.grads.pop(self._leaf, None), grad_of(self._variable)
        after = self._tape.store.value(grad)
        if grad is not None and after is not None:
            self._tape.grads[self._leaf] = after
            self._tape.grad_on[storage_of(grad)] = self._leaf
        if after != before:
            is_cleared = grad is None or not torch.count_nonzero(grad)
            self._log("grad-cleared" if is_cleared else "grad-changed", before, after, place)

    def _log(self, kind: str, before: int | None, after: int | None, place: int) -> None:
        self._tape.log.append(LoggedChange(kind, self._leaf, before, after, place, self._tape.cell))


def explore(roots: list[Any]) -> tuple[list[Any], dict[Any, list[tuple[Any, int]]]]:
    """All nodes that a pass from ``roots`` can reach, and for each leaf's node the slots of nodes that lead to it.

    Without recursion, in order of discovery: a graph may be a chain of a hundred thousand nodes.
    """
    seen: dict[Any, None] = {}
    arrivals: dict[Any, list[tuple[Any, int]]] = {}
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen[node] = None
        edges: tuple[tuple[Any, int], ...] = node.next_functions
        for slot in reversed(range(len(edges))):
            linked = edges[slot][0]
            if linked is None:
                continue
            stack.append(linked)
            if type(linked) is AccumulateGrad:
                arrivals.setdefault(linked, []).append((node, slot))
    return list(seen), arrivals


def _edge_of(tensor: Tensor) -> GradientEdge:
    if asked.layout(tensor) is torch.strided or not asked.has_no_maker(tensor):
        return get_gradient_edge(tensor)  # for a leaf, by taking a view, which those in other layouts do not have
    return GradientEdge(cast("Any", asked.cloned(tensor).grad_fn).next_functions[0][0], 0)


@unnoticed
def edge_of(tensor: Tensor | GradientEdge) -> GradientEdge | None:
    """The autograd node that a tensor is an output of, and which output; None where no gradient flows to it."""
    if isinstance(tensor, GradientEdge):
        return tensor
    if is_transformed(tensor):
        return None
    try:
        with unrecorded(), torch.enable_grad():
            edge = _edge_of(tensor) if tensor.requires_grad else None
    except AssertionError:  # a view of a leaf, taken under no_grad: it requires grad, and leads nowhere
        return None
    return None if edge is None or cast("Any", edge.node) is None else edge
