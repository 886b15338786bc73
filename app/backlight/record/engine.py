"""Engine: every run of autograd's backward, node by node, in the engine's own order.

In: the arguments of the function that all backward passes go through. Out: passes and steps on the
tape. The hooks that it puts on the nodes look and give nothing back, and are gone when the pass ends.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, nullcontext
from typing import Any, cast

import torch
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import GradientEdge, get_gradient_edge

from backlight.record.tape import LoggedStep, RawPass, RawStep, Tape, storage_of
from backlight.record.torch_private import AccumulateGrad, aside, unrecorded

Tensor = torch.Tensor


class EngineWatch:
    """Wraps the engine: ``wrap(run_backward)`` is what takes its place while a recording is on."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._retained: list[Tensor] = []
        self._python_runs = False
        """Whether calls inside the pass matter (it builds a graph or runs user code); else it runs at full speed."""

    @contextmanager
    def noticing_hooks(self) -> Generator[None]:
        """Notice the hooks that the program puts on tensors, and the tensors whose gradients it keeps."""
        register_hook = cast("Callable[..., Any]", Tensor.register_hook)
        retain_grad: Callable[[Tensor], None] = Tensor.retain_grad

        @functools.wraps(register_hook)
        def hooked(tensor: Tensor, hook: Callable[[Tensor], Any]) -> Any:
            self._tape.hooked = True
            return register_hook(tensor, hook)

        @functools.wraps(retain_grad)
        def retained(tensor: Tensor) -> None:
            retain_grad(tensor)
            self._retained.append(tensor)

        Tensor.register_hook, Tensor.retain_grad = hooked, retained  # type: ignore[method-assign]
        try:
            yield
        finally:
            Tensor.register_hook, Tensor.retain_grad = register_hook, retain_grad  # type: ignore[method-assign]

    def wrap(self, run_backward: Callable[..., Any]) -> Callable[..., Any]:
        """The engine's entry, with each pass written to the tape; else just like ``run_backward``."""

        def recorded(outputs: Iterable[Tensor | GradientEdge], *args: Any, **kwargs: Any) -> Any:
            outputs = tuple(outputs)
            self._tape.settle()
            roots = [root for output in outputs if (root := root_node(output)) is not None]
            if not roots:
                return run_backward(outputs, *args, **kwargs)
            nodes = reachable(roots)
            hooks = self._begin(roots, nodes, args)
            try:
                with nullcontext() if self._python_runs else unrecorded():
                    result = run_backward(outputs, *args, **kwargs)
            finally:
                self._end(hooks)
            self._note_results(result)
            return result

        return recorded

    def _begin(self, roots: list[Any], nodes: list[Any], args: tuple[Any, ...]) -> list[Any]:
        tape = self._tape
        retain_graph, create_graph = (bool(flag) for flag in args[1:3])
        run = RawPass(
            index=len(tape.passes),
            parent=tape.running[-1].index if tape.running else None,
            place=tape.places.now(),
            roots=[tape.node(root) for root in dict.fromkeys(roots)],
            create_graph=create_graph,
            retain_graph=retain_graph,
            steps=[],
        )
        tape.passes.append(run)
        self._python_runs = (
            create_graph
            or run.parent is not None
            or tape.hooked
            or any(isinstance(n, BackwardCFunction) for n in nodes)
        )
        hooks: list[Any] = []
        for node in nodes:
            hooks += self._watch(run, node)
        tape.running.append(run)
        return hooks

    def _end(self, hooks: list[Any]) -> None:
        tape = self._tape
        tape.settle()
        tape.running.pop()
        for hook in hooks:
            hook.remove()

    def _watch(self, run: RawPass, node: Any) -> list[Any]:
        tape = self._tape
        index = tape.node(node)
        if type(node) is AccumulateGrad:
            return self._watch_leaf(run, node, index)

        def ran(grad_inputs: tuple[Tensor | None, ...], grad_outputs: tuple[Tensor | None, ...]) -> None:
            tape.log.append(LoggedStep(run.index, len(run.steps), None))
            run.steps.append(
                RawStep(index, [tape.value(grad) for grad in grad_outputs], [tape.value(grad) for grad in grad_inputs])
            )

        return [node.register_hook(ran)]

    def _watch_leaf(self, run: RawPass, node: Any, index: int) -> list[Any]:
        tape = self._tape
        variable: Tensor = node.variable
        leaf = tape.origin(variable, run.place)
        if leaf not in tape.leaves:
            with aside():
                tape.leaf(leaf)
        before: list[int | None] = [None]

        def arriving(_grad_outputs: tuple[Tensor | None, ...]) -> None:
            before[0] = tape.value(variable.grad)
            if variable.grad is not None:
                with aside():
                    tape.before_write(variable.grad)

        def accumulated(_grad_inputs: tuple[Tensor | None, ...], grad_outputs: tuple[Tensor | None, ...]) -> None:
            after = tape.value(variable.grad)
            if variable.grad is not None and after is not None:
                tape.grad_on[storage_of(variable.grad)] = leaf
                tape.grads[leaf] = after
            tape.log.append(LoggedStep(run.index, len(run.steps), (before[0], after)))
            run.steps.append(RawStep(index, [tape.value(grad) for grad in grad_outputs], []))

        hooks = [node.register_hook(accumulated)]
        if variable.grad is not None or self._python_runs:
            hooks.append(node.register_prehook(arriving))
        return hooks

    def _note_results(self, result: Any) -> None:
        """Know gradients that ``torch.autograd.grad`` returns, or that were retained, as such, and not as inputs."""
        retained = [tensor.grad for tensor in self._retained]
        for gradient in (*(result or ()), *retained):
            if isinstance(gradient, Tensor) and gradient.grad_fn is None:
                self._tape.origin(gradient, self._tape.places.now(), is_gradient=True)


def root_node(output: Tensor | GradientEdge) -> Any:
    """The autograd node that a pass starts at for this output; None where it has none (the engine will say so)."""
    if isinstance(output, GradientEdge):
        return output.node
    return get_gradient_edge(output).node if output.requires_grad else None


def reachable(roots: list[Any]) -> list[Any]:
    """All nodes that a pass from ``roots`` can reach, found without recursion, in order of discovery."""
    seen: dict[Any, None] = {}
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen[node] = None
        stack.extend(next_node for next_node, _ in reversed(node.next_functions) if next_node is not None)
    return list(seen)
