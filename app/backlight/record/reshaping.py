"""Reshaping: ``reshape`` makes the node that it makes without a recording.

Of a tensor that is not contiguous, but can be looked at in the new shape, torch takes a ``ReshapeAliasBackward0``;
with a dispatch mode on it takes a ``ViewBackward0``, also within ``einsum``, attention and the like.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import torch

from backlight.record.lengths import PLAIN
from backlight.record.torch_private import aside, current_mode, is_transformed, other_modes, take_back, unnoticed

DEVICES = ("CPU", "CUDA", "MPS", "XPU")

_reshape = torch.ops.aten.reshape.default
_alias = torch.ops.aten._reshape_alias.default
_lock = threading.Lock()
_libraries: list[torch.library.Library] = []  # one while anything is recorded
_recordings = 0


@contextmanager
def reshaping_as_ever(mode: type) -> Generator[None]:
    """Let ``reshape`` take the way that plain torch takes, for a while; not where another kind of mode is on."""
    _begin(mode)
    try:
        yield
    finally:
        _end()


def _begin(mode: type) -> None:
    global _recordings  # noqa: PLW0603  # what torch's dispatcher calls is the whole process's
    with _lock:
        _recordings += 1
        if _recordings > 1:
            return
        library = torch.library.Library("aten", "IMPL")  # destroyed in `_end`
        _libraries.append(library)

        def reshape(tensor: torch.Tensor, shape: Sequence[int]) -> torch.Tensor:
            strides = _strides(tensor, shape) if _is_taken_for_subclass(tensor, mode) else None
            return _reshape.decompose(tensor, shape) if strides is None else _alias(tensor, *strides)

        for device in DEVICES:
            library.impl(_reshape, reshape, f"Autograd{device}")


def _end() -> None:
    global _recordings  # noqa: PLW0603
    with _lock:
        _recordings -= 1
        if not _recordings:
            take_back(_libraries.pop())


@unnoticed
def _is_taken_for_subclass(tensor: torch.Tensor, mode: type) -> bool:
    """Whether torch would make another node for a tensor only because a mode of the type ``mode`` is on."""
    is_plain = type(tensor) in PLAIN and tensor.layout is torch.strided and not is_transformed(tensor)
    differs = is_plain and torch.is_grad_enabled() and tensor.requires_grad and not tensor.is_contiguous()
    return differs and current_mode() is not None and not other_modes(mode)


def _strides(tensor: torch.Tensor, shape: Sequence[int]) -> tuple[torch.Size, tuple[int, ...]] | None:
    """The shape and the strides of ``tensor`` in this shape, where it can be looked at so without a copy."""
    with aside():
        try:
            seen = tensor.detach().view(shape)
        except RuntimeError:  # it needs a copy
            return None
        return seen.shape, seen.stride()
