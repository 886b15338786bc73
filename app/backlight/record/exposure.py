"""Exposure: tensors that share their memory with what no dispatch mode sees, such as an array of numpy's.

In: the conversions that the program asks for. Out: word to the store, which from then on copies what they hold.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import torch

from backlight.record.tape import Tape

CONVERSIONS = ("numpy", "__array__", "__dlpack__")


@contextmanager
def noticing_exposure(tape: Tape) -> Generator[None]:
    """Tell the store of every tensor that hands out its memory, until the context ends."""
    originals = {name: getattr(torch.Tensor, name) for name in CONVERSIONS}
    inherited = [name for name in CONVERSIONS if name not in vars(torch.Tensor)]
    for name, original in originals.items():
        setattr(torch.Tensor, name, _telling(tape, original))
    try:
        yield
    finally:
        for name, original in originals.items():
            if name in inherited:
                delattr(torch.Tensor, name)
            else:
                setattr(torch.Tensor, name, original)


def _telling(tape: Tape, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def convert(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if not tape.is_off():
            tape.store.expose(tensor)
        return original(tensor, *args, **kwargs)

    return convert
