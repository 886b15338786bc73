"""Passes: one run of the engine, node by node, in the engine's own order.

In: the nodes that the run starts from. Out: a `RawPass` and its steps on the tape. The hooks that it puts
on the nodes look and give nothing back, and are gone when the pass ends.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.function import BackwardCFunction

from backlight.record.store import storage_of
from backlight.record.tape import LoggedStep, RawPass, RawStep, Tape
from backlight.record.torch_private import AccumulateGrad, EngineOptions, aside

Tensor = torch.Tensor
Gradients = tuple[Tensor | None, ...]


class PassWatch:
    """Watches one run of the engine, from ``roots``.

    A gradient on its way to a leaf's ``.grad`` that nothing else contributes to is noted when it has
    arrived: a reference held before that would make the engine copy it instead of keeping it.
    """

    def __init__(self, tape: Tape, roots: list[Any], options: EngineOptions) -> None:
        self._tape = tape
        parent = tape.running[-1].index if tape.running else None
        starts = [tape.node(root) for root in dict.fromkeys(roots)]
        flags = (options.create_graph, options.retain_graph)
        self.run = RawPass(len(tape.passes), parent, tape.places.now(), tape.cell, starts, *flags, [])
        self._nodes, arrivals = explore(roots)
        custom = any(isinstance(node, BackwardCFunction) for node in self._nodes)
        self.runs_python = options.create_graph or parent is not None or tape.hooked or custom or tape.replayable
        """Whether calls inside matter: the pass builds a graph or runs the user's code. Else it runs at full speed."""
        self._late: dict[Any, int] = {}  # node -> slot whose gradient is noted at the leaf
        self._waiting: dict[Any, tuple[RawStep, int]] = {}  # leaf's node -> where its gradient is to be noted
        self._lone: set[Any] = set()
        if options.accumulates and not self.runs_python:
            self._find_lone(arrivals)
        self._hooks: list[Any] = []

    def _find_lone(self, arrivals: dict[Any, list[tuple[Any, int]]]) -> None:
        for leaf, edges in arrivals.items():
            node, slot = edges[0]
            if len(edges) == 1 and node not in self._late:
                self._late[node] = slot
                self._lone.add(leaf)

    def begin(self) -> None:
        """Put the hooks on the nodes, and the pass on the tape."""
        self._tape.passes.append(self.run)
        for node in self._nodes:
            index = self._tape.node(node)
            self._hooks += self._watch_leaf(node, index) if type(node) is AccumulateGrad else self._watch(node, index)
        self._tape.running.append(self.run)

    def end(self) -> None:
        """Take the hooks off again."""
        self._tape.settle()
        self._tape.running.pop()
        for hook in self._hooks:
            hook.remove()

    def _watch(self, node: Any, index: int) -> list[Any]:
        value, late = self._tape.store.value, self._late.get(node, -1)

        def ran(grad_inputs: Gradients, grad_outputs: Gradients) -> None:
            arrived = [value(grad) for grad in grad_outputs]
            left = [None if slot == late else value(grad) for slot, grad in enumerate(grad_inputs)]
            step = self._step(index, arrived, left, None)
            if late >= 0 and grad_inputs[late] is not None:
                self._waiting[node.next_functions[late][0]] = (step, late)

        return [node.register_hook(ran)]

    def _watch_leaf(self, node: Any, index: int) -> list[Any]:
        tape, store = self._tape, self._tape.store
        variable: Tensor = node.variable
        leaf = tape.origin(variable, self.run.place)
        if leaf not in tape.leaves:
            with aside():
                tape.leaf(leaf)
        is_lone = node in self._lone
        found: list[int | None] = [None, None]  # .grad before, and what is added to it

        def arriving(grad_outputs: Gradients) -> None:
            found[:] = store.value(variable.grad), store.value(grad_outputs[0])
            if variable.grad is not None:
                with aside():
                    store.before_write(variable.grad)

        def accumulated(_grad_inputs: Gradients, grad_outputs: Gradients) -> None:
            after = store.value(variable.grad)
            if variable.grad is not None and after is not None:
                tape.grad_on[storage_of(variable.grad)] = leaf
                tape.grads[leaf] = after
            before, added = found
            if added is None:
                added = after if is_lone else store.value(grad_outputs[0])
            self._step(index, [added], [], (before, after))
            if is_lone and node in self._waiting:
                step, slot = self._waiting.pop(node)
                step.grad_inputs[slot] = added

        hooks = [node.register_hook(accumulated)]
        if variable.grad is not None or self.runs_python:
            hooks.append(node.register_prehook(arriving))
        return hooks

    def _step(
        self,
        node: int,
        grad_outputs: list[int | None],
        grad_inputs: list[int | None],
        accumulated: tuple[int | None, int | None] | None,
    ) -> RawStep:
        self._tape.log.append(LoggedStep(self.run.index, len(self.run.steps), accumulated))
        step = RawStep(node, grad_outputs, grad_inputs)
        self.run.steps.append(step)
        return step


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
