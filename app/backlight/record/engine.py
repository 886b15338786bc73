"""Engine: the door that every run of autograd's backward goes through, whoever starts it.

In: the arguments of torch's own entry to the engine. Out: a `PassWatch` around each run.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch.autograd.graph import GradientEdge

from backlight.record import asked
from backlight.record.hooks import HookBook
from backlight.record.passes import PassWatch, edge_of
from backlight.record.replaced import replaced
from backlight.record.store import grad_of
from backlight.record.tape import Tape
from backlight.record.torch_private import EngineOptions, aside, engine_options, is_transformed, unnoticed, unrecorded

Tensor = torch.Tensor


class EngineWatch:
    """Wraps the engine: ``wrap(run_backward)`` is what takes its place while a recording is on."""

    def __init__(self, tape: Tape, hooks: HookBook) -> None:
        self._tape = tape
        self._hooks = hooks
        self._retained: list[weakref.ref[Tensor]] = []

    def noticing_retained(self) -> AbstractContextManager[None]:
        """Notice the tensors whose gradients the program keeps, until the context ends."""
        return replaced(Tensor, {"retain_grad": self._retaining})

    def _retaining(self, original: Callable[[Tensor], None]) -> Callable[[Tensor], None]:
        def retain_grad(tensor: Tensor) -> None:
            original(tensor)
            if not self._tape.is_off():
                self._note_retained(tensor)

        return retain_grad

    @unnoticed
    def _note_retained(self, tensor: Tensor) -> None:
        if not asked.has_no_maker(tensor) and all(each is not tensor for each in self._alive()):
            self._retained.append(weakref.ref(tensor))

    def _alive(self) -> list[Tensor]:
        """The tensors whose gradients are kept."""
        self._retained = [each for each in self._retained if each() is not None]
        return [tensor for each in self._retained if (tensor := each()) is not None]

    def wrap(self, run_backward: Callable[..., Any]) -> Callable[..., Any]:
        """The engine's entry, with each pass written to the tape: same arguments, result and errors."""

        def recorded(outputs: Iterable[Tensor | GradientEdge], *args: Any, **kwargs: Any) -> Any:
            outputs = tuple(outputs)
            options = engine_options(args, kwargs)
            if self._tape.is_off():
                return run_backward(outputs, *args, **kwargs)
            watch = self._watch(outputs, options)
            with self._tape.places.waiting():
                if watch is None:
                    return run_backward(outputs, *args, **kwargs)
                try:
                    with nullcontext() if watch.is_seen else unrecorded():
                        result = run_backward(outputs, *args, **kwargs)
                finally:
                    watch.end()
            self._note_results(result)
            watch.capture(options.wanted, result)
            return result

        return recorded

    @unnoticed
    def _watch(self, outputs: tuple[Tensor | GradientEdge, ...], options: EngineOptions) -> PassWatch | None:
        """Begin to watch a pass; None where there is none that could be seen."""
        tape = self._tape
        tape.settle()
        if any(isinstance(output, Tensor) and is_transformed(output) for output in outputs):
            tape.unseen.append(tape.places.now())
            return None
        for output in outputs:
            self._look_at_history(output)
        if tape.patterns is not None:
            tape.patterns.catch_up()
        roots = [root for output in outputs if (root := edge_of(output)) is not None]
        if not roots:
            return None
        tape.nest()
        watch = PassWatch(tape, self._hooks, [root.node for root in roots], options)
        while watch.retaining:
            tensor = watch.retaining.pop()
            self._note_retained(tensor)
            with aside():
                tape.origin(tensor, watch.run.place)
        watch.begin(self._alive())
        return watch

    def _look_at_history(self, output: Tensor | GradientEdge) -> None:
        """A view whose base was written to may get its node now, as the pass starts at it."""
        if isinstance(output, Tensor) and output.requires_grad and output._is_view() and output._version:
            index = self._tape.store.find(output)
            if index is not None:
                self._tape.look_at_history(index, output)

    @unnoticed
    def _note_results(self, result: Any) -> None:
        """Know the gradients that ``torch.autograd.grad`` returns, or that were retained, for what they are."""
        for gradient in (*(result or ()), *(grad_of(tensor) for tensor in self._alive())):
            if isinstance(gradient, Tensor) and asked.maker(gradient) is None:
                self._tape.origin(gradient, self._tape.places.now(), is_gradient=True)
