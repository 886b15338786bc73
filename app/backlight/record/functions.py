"""Functions: a custom ``autograd.Function`` is one call, as autograd has one node for it.

In: calls of ``apply``. Out: one entry on the tape for each, with the Function's own arguments and results. What its
``forward`` calls to get there runs without grad, is saved by no one's node, and is no part of the graph.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import torch
from torch.autograd import Function

from backlight.record.tape import LoggedCall, Tape
from backlight.record.torch_private import aside
from backlight.record.writes import tensors_in

Tensor = torch.Tensor


@contextmanager
def noticing_functions(tape: Tape) -> Generator[None]:
    """Log every custom Function that is applied, until the context ends."""
    original = vars(Function)["apply"]

    def apply(cls: type[Function], *args: Any, **kwargs: Any) -> Any:
        run: Callable[..., Any] = original.__get__(None, cls)
        if not torch.is_grad_enabled() or tape.inside_function or tape.is_off():
            return run(*args, **kwargs)
        tape.settle()
        if tape.stopped:
            return run(*args, **kwargs)
        place = tape.places.of(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        scope = tape.scopes.current()
        inputs, requires_grad = _arguments(tape, (*args, *kwargs.values()), place)
        tape.inside_function = True
        try:
            result: Any = run(*args, **kwargs)
        finally:
            tape.inside_function = False
        outputs = [tape.store.know(tensor) for tensor in tensors_in(result)]
        values = [tape.store.current[index] for index in outputs]
        call = LoggedCall(f"autograd.{cls.__name__}", inputs, requires_grad, [], outputs, values)
        call.place, call.cell, call.scope = place, tape.cell, scope
        tape.unsettled(call)
        return result

    Function.apply = classmethod(apply)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Function.apply = original


def _arguments(tape: Tape, arguments: tuple[Any, ...], place: int) -> tuple[list[int], list[bool]]:
    """The tensors among the arguments of a Function, by index, and whether each requires grad."""
    tensors = [argument for argument in arguments if isinstance(argument, Tensor)]
    with aside():
        inputs = [tape.origin(tensor, place) for tensor in tensors]
        for index, tensor in zip(inputs, tensors, strict=True):
            if tensor.requires_grad and tensor._is_view() and tensor._version:
                tape.look_at_history(index, tensor)
            if tensor.requires_grad and index not in tape.node_of:
                tape.leaf(index)
    return inputs, [tensor.requires_grad for tensor in tensors]
