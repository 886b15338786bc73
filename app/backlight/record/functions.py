"""Functions: a custom ``autograd.Function`` is one call, as autograd has one node for it.

In: calls of ``apply``. Out: one entry on the tape for each, with the Function's own arguments and results. What its
``forward`` calls to get there runs without grad, is saved by no one's node, and is no part of the graph.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

import torch
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

from backlight.record import asked
from backlight.record.entries import LoggedCall
from backlight.record.replaced import replaced
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, unnoticed
from backlight.record.writes import tensors_in

Tensor = torch.Tensor


@contextmanager
def noticing_functions(tape: Tape) -> Generator[None]:
    """Log every custom Function that is applied, until the context ends."""
    original = vars(Function)["apply"]
    savings: list[Saving] = []

    def apply(cls: type[Function], *args: Any, **kwargs: Any) -> Any:
        run: Callable[..., Any] = original.__get__(None, cls)
        if not torch.is_grad_enabled() or tape.inside_function or tape.is_off():
            return run(*args, **kwargs)
        frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        call = _begun(tape, cls, (*args, *kwargs.values()), frame)
        if call is None:
            return run(*args, **kwargs)
        tape.inside_function = True
        saved: Saving = []
        savings.append(saved)
        try:
            result: Any = run(*args, **kwargs)
        finally:
            savings.pop()
            tape.inside_function = False
        _ended(tape, call, saved, tensors_in(result))
        return result

    Function.apply = classmethod(apply)  # type: ignore[method-assign, assignment]
    try:
        with noting_saved(savings):
            yield
    finally:
        Function.apply = original


@unnoticed
def _begun(tape: Tape, cls: type[Function], arguments: tuple[Any, ...], frame: FrameType) -> LoggedCall | None:
    """The entry of a Function that is about to run; None where nothing is recorded any more."""
    tape.settle()
    if tape.stopped:
        return None
    place = tape.places.of(frame)
    scope = tape.scopes.current()
    call = LoggedCall(f"autograd.{cls.__name__}", *_arguments(tape, arguments, place), [], [], [])
    call.place, call.cell, call.scope, call.stand = place, tape.cell, scope, tape.places.stand
    return call


@unnoticed
def _ended(tape: Tape, call: LoggedCall, saved: Saving, results: list[Tensor]) -> None:
    """Log a Function that has run."""
    call.outputs = [tape.store.know(tensor) for tensor in results]
    call.output_values = [tape.store.current[index] for index in call.outputs]
    call.saved_values = _saved_values(tape, saved, results)
    tape.settle_before(call)
    tape.unsettled(call)


Saving = list[tuple[Any, tuple[Tensor | None, ...]]]
"""Contexts of Functions, each with the tensors that it was given to save."""


def noting_saved(savings: Sequence[Saving]) -> AbstractContextManager[None]:
    """Note what Functions save for their backward in the last of ``savings``, until the context ends."""

    def noting(original: Callable[..., None]) -> Callable[..., None]:
        def save_for_backward(ctx: FunctionCtx, *tensors: Tensor | None) -> None:
            original(ctx, *tensors)
            if savings:
                savings[-1].append((ctx, tensors))

        return save_for_backward

    return replaced(FunctionCtx, {"save_for_backward": noting})


def _saved_values(tape: Tape, saved: Saving, outputs: list[Tensor]) -> list[tuple[int, int, int]]:
    """What the Function that gave these outputs saves: position, tensor and value of each."""
    nodes = [asked.maker(output) for output in outputs]
    return [
        (position, tape.store.know(tensor), tape.store.current[tape.store.know(tensor)])
        for ctx, tensors in saved
        if any(ctx is node for node in nodes)
        for position, tensor in enumerate(tensors)
        if tensor is not None
    ]


def _arguments(tape: Tape, arguments: tuple[Any, ...], place: int) -> tuple[list[int], list[bool]]:
    """The tensors among the arguments of a Function, by index, and whether each requires grad."""
    tensors = [argument for argument in arguments if isinstance(argument, Tensor)]
    with aside():
        inputs = [tape.origin(tensor, place) for tensor in tensors]
        for index, tensor in zip(inputs, tensors, strict=True):
            if tensor.requires_grad and tensor._is_view() and asked.version(tensor):
                tape.look_at_history(index, tensor)
            if tensor.requires_grad and index not in tape.node_of:
                tape.leaf(index)
    return inputs, [tensor.requires_grad for tensor in tensors]
