"""Exposure: tensors whose memory changes where no dispatch mode sees it: shared with numpy, or put in by ``.data =``.

In: the conversions and assignments of the program. Out: word to the store, which holds on to what there was.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch

from backlight.record.replaced import replaced
from backlight.record.tape import Tape
from backlight.record.torch_private import aside
from backlight.record.updates import LeafChanges

CONVERSIONS = ("numpy", "__array__", "__dlpack__")


@contextmanager
def noticing_exposure(tape: Tape, changes: LeafChanges) -> Generator[None]:
    """Tell the store of every tensor that hands out its memory, and ``changes`` of other memory for one."""
    data = vars(torch.Tensor).get("data")
    torch.Tensor.data = _data(tape, changes)  # type: ignore[assignment]
    try:
        with replaced(torch.Tensor, dict.fromkeys(CONVERSIONS, partial(_telling, tape))):
            yield
    finally:
        del torch.Tensor.data  # what is inherited comes back
        if data is not None:
            torch.Tensor.data = data


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


def _data(tape: Tape, changes: LeafChanges) -> Any:
    """``Tensor.data``, with word before an assignment to it, and after."""
    original: Any = torch.Tensor.data

    def assign(tensor: torch.Tensor, value: torch.Tensor) -> None:
        if not tape.is_off():
            tape.store.before_replaced(tensor)
        original.__set__(tensor, value)
        if not (tape.is_off() or changes.in_optimizer):
            with aside():
                tape.settle()
                changes.look_for_replaced(tensor)
                changes.note_replaced(tensor, value)

    replaced: Any = property(original.__get__, assign)
    replaced.__set_name__(torch.Tensor, "data")  # from Python 3.13 on, properties have names
    return replaced
