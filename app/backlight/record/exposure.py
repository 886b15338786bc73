"""Exposure: tensors whose memory changes where no dispatch mode sees it: shared with numpy, or put in by ``.data =``.

In: the conversions and assignments of the program. Out: word to the store, which holds on to what there was.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch

from backlight.record.replaced import Assignments, assignments_replaced, replaced
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, unnoticed
from backlight.record.updates import LeafChanges

CONVERSIONS = ("numpy", "__array__", "__dlpack__")


@contextmanager
def noticing_exposure(tape: Tape, changes: LeafChanges) -> Generator[None]:
    """Tell the store of every tensor that hands out its memory, and ``changes`` of other memory for one."""
    with (
        assignments_replaced(torch.Tensor, "data", partial(_data, tape, changes)),
        replaced(
            torch.Tensor, dict.fromkeys(CONVERSIONS, partial(_telling, tape)) | {"detach_": partial(_first, tape)}
        ),
    ):
        yield


def _telling(tape: Tape, original: Callable[..., Any]) -> Callable[..., Any]:
    def convert(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if not tape.is_off():
            if tape.shared_memory is not None:
                tape.shared_memory.look()
            tape.store.expose(tensor)
        given = original(tensor, *args, **kwargs)
        if not tape.is_off() and tape.shared_memory is not None:
            tape.shared_memory.note(tensor, given)
        return given

    return convert


def _first(tape: Tape, original: Callable[..., Any]) -> Callable[..., Any]:
    """A tensor is about to lose its history, of which no mode is told: what made it is noted before.

    From then on no node made it: where it requires grad again, it is a leaf.
    """

    def detach_(tensor: torch.Tensor) -> torch.Tensor:
        if not tape.is_off():
            _lose_history(tape, tensor)
        return original(tensor)

    return detach_


@unnoticed
def _lose_history(tape: Tape, tensor: torch.Tensor) -> None:
    tape.settle()
    index = tape.store.find(tensor)
    if index is not None:
        tape.node_of.pop(index, None)


def _data(tape: Tape, changes: LeafChanges, original: Any) -> Assignments:
    """Assignments to ``Tensor.data``, with word before each, and after."""

    def assign(tensor: torch.Tensor, value: torch.Tensor) -> None:
        if not tape.is_off():
            tape.store.before_replaced(tensor)
        original.__set__(tensor, value)
        if not (tape.is_off() or changes.in_optimizer):
            with aside():
                tape.settle()
                changes.look_for_replaced(tensor)
                changes.note_replaced(tensor, value)

    return Assignments(assign, original.__delete__)
