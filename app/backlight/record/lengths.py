"""Lengths: the lengths of `ctc_loss`, given in tensors, are handed on as numbers while a recording is on.

Torch does that by itself, unless a dispatch mode is on: it then takes another operator, with another node. A recording
that is to be replayed keeps that operator, which can be called again with the same tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

import torch

from backlight.record.torch_private import aside, other_modes

PLAIN = frozenset({torch.Tensor, torch.nn.Parameter})
INTEGERS = frozenset({torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8})


@contextmanager
def numbers_for_lengths(mode: type) -> Generator[None]:
    """Give `ctc_loss` its lengths as plain torch would, for a while; not where another kind of mode is on."""
    owner = cast("Any", torch)
    original: Callable[..., torch.Tensor] = owner.ctc_loss

    @wraps(original)
    def ctc_loss(log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, *rest: Any, **more: Any) -> Any:
        given = (log_probs, targets, input_lengths, target_lengths)
        is_plain = {type(each) for each in given} <= PLAIN and not other_modes(mode)
        if is_plain and {input_lengths.dtype, target_lengths.dtype} <= INTEGERS:
            with aside():
                lengths = [each.reshape(-1).tolist() for each in given[2:]]
            return original(log_probs, targets, *lengths, *rest, **more)
        return original(*given, *rest, **more)

    owner.ctc_loss = ctc_loss
    try:
        yield
    finally:
        owner.ctc_loss = original
