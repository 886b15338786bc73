"""Engine: the door that every run of autograd's backward goes through, whoever starts it.

In: the arguments of torch's own entry to the engine. Out: a `PassWatch` around each run.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from backlight.record.passes import PassWatch
from backlight.record.store import grad_of
from backlight.record.tape import Tape
from backlight.record.torch_private import engine_options, is_transformed, unrecorded

Tensor = torch.Tensor


class EngineWatch:
    """Wraps the engine: ``wrap(run_backward)`` is what takes its place while a recording is on."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._retained: list[Tensor] = []

    @contextmanager
    def noticing_hooks(self) -> Generator[None]:
        """Notice the hooks that the program puts on tensors, and the tensors whose gradients it keeps."""
        names = ("register_hook", "register_post_accumulate_grad_hook", "retain_grad")
        register_hook, after_accumulation, retain_grad = originals = [getattr(Tensor, name) for name in names]

        @functools.wraps(register_hook)
        def hooked(tensor: Tensor, hook: Callable[[Tensor], Any]) -> Any:
            self._tape.hooked = True
            return register_hook(tensor, hook)

        @functools.wraps(after_accumulation)
        def hooked_after(tensor: Tensor, hook: Callable[[Tensor], None]) -> Any:
            self._tape.hooked = True
            return after_accumulation(tensor, hook)

        @functools.wraps(retain_grad)
        def retained(tensor: Tensor) -> None:
            retain_grad(tensor)
            self._retained.append(tensor)

        for name, replacement in zip(names, (hooked, hooked_after, retained), strict=True):
            setattr(Tensor, name, replacement)
        try:
            yield
        finally:
            for name, original in zip(names, originals, strict=True):
                setattr(Tensor, name, original)

    def wrap(self, run_backward: Callable[..., Any]) -> Callable[..., Any]:
        """The engine's entry, with each pass written to the tape: same arguments, result and errors."""

        def recorded(outputs: Iterable[Tensor | GradientEdge], *args: Any, **kwargs: Any) -> Any:
            outputs = tuple(outputs)
            self._tape.settle()
            if any(isinstance(output, Tensor) and is_transformed(output) for output in outputs):
                self._tape.unseen.append(self._tape.places.now())
                return run_backward(outputs, *args, **kwargs)
            for output in outputs:
                self._look_at_history(output)
            roots = [root for output in outputs if (root := root_node(output)) is not None]
            if not roots:
                return run_backward(outputs, *args, **kwargs)
            watch = PassWatch(self._tape, roots, engine_options(args, kwargs))
            watch.begin()
            try:
                with nullcontext() if watch.runs_python else unrecorded():
                    result = run_backward(outputs, *args, **kwargs)
            finally:
                watch.end()
            self._note_results(result)
            return result

        return recorded

    def _look_at_history(self, output: Tensor | GradientEdge) -> None:
        """A view whose base was written to may get its node now, as the pass starts at it."""
        if isinstance(output, Tensor) and output.requires_grad and output._is_view() and output._version:
            index = self._tape.store.find(output)
            if index is not None:
                self._tape.look_at_history(index, output)

    def _note_results(self, result: Any) -> None:
        """Know the gradients that ``torch.autograd.grad`` returns, or that were retained, for what they are."""
        retained = [grad_of(tensor) for tensor in self._retained]
        for gradient in (*(result or ()), *retained):
            if isinstance(gradient, Tensor) and gradient.grad_fn is None:
                self._tape.origin(gradient, self._tape.places.now(), is_gradient=True)


def root_node(output: Tensor | GradientEdge) -> Any:
    """The autograd node that a pass starts at for this output; None where it has none (the engine will say so)."""
    if isinstance(output, GradientEdge):
        return output.node
    with unrecorded():  # for a leaf, torch finds the node by taking a view
        return get_gradient_edge(output).node if output.requires_grad else None
