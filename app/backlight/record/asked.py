"""Asked: what the recorder asks a program's tensors, by torch's own methods, whatever a class or an object says.

A subclass may have a ``detach`` or a ``shape`` of its own, and some of torch's do: what is shown is what torch computes
with. Called where no ``__torch_function__`` is told of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch

_own: Any = torch.Tensor

detached: Callable[[torch.Tensor], torch.Tensor] = _own.detach
"""An alias that has no history and is of torch's own class."""
cloned: Callable[[torch.Tensor], torch.Tensor] = _own.clone
"""A copy, whose node leads to the tensor's own."""
element_count: Callable[[torch.Tensor], int] = _own.numel
"""How many elements there are."""
dimensions: Callable[[torch.Tensor], int] = _own.dim
"""How many dimensions there are."""
strides: Callable[[torch.Tensor], tuple[int, ...]] = _own.stride
offset: Callable[[torch.Tensor], int] = _own.storage_offset
storage: Callable[[torch.Tensor], torch.UntypedStorage] = _own.untyped_storage
pointer: Callable[[torch.Tensor], int] = _own.data_ptr
"""Where on what storage it lies."""
sizes: Callable[[torch.Tensor], torch.Size] = _own.shape.__get__
layout: Callable[[torch.Tensor], torch.layout] = _own.layout.__get__
is_nested: Callable[[torch.Tensor], bool] = _own.is_nested.__get__
requires_grad: Callable[[torch.Tensor], bool] = _own.requires_grad.__get__
retains_grad: Callable[[torch.Tensor], bool] = _own.retains_grad.__get__
grad: Callable[[torch.Tensor], torch.Tensor | None] = _own.grad.__get__
"""``.grad``, and whether one that is no leaf keeps it."""
is_conjugate: Callable[[torch.Tensor], bool] = _own.is_conj
is_negative: Callable[[torch.Tensor], bool] = _own.is_neg
"""Whether its elements are the conjugates, or the opposites, of those on its storage."""
version: Callable[[torch.Tensor], int] = cast("Any", torch.Tensor)._version.__get__
"""How often it was written to."""

_maker: Callable[[torch.Tensor], Any] = _own.grad_fn.__get__
_is_leaf: Callable[[torch.Tensor], bool] = _own.is_leaf.__get__


def maker(tensor: torch.Tensor) -> Any:
    """The node that made a tensor, ``grad_fn``; None where torch refuses to tell.

    It does so of a view taken without grad whose memory was written to since: nobody may use it where grad counts.
    """
    try:
        return _maker(tensor)
    except RuntimeError:
        return None


def has_no_maker(tensor: torch.Tensor) -> bool:
    """``is_leaf``, of tensors that need no grad, too; false where torch refuses to tell."""
    try:
        return _is_leaf(tensor)
    except RuntimeError:
        return False


def byte_count(tensor: torch.Tensor) -> int:
    """About how much memory a tensor takes; a sparse one does not say, and counts its values."""
    if layout(tensor) is torch.strided:
        return tensor.nbytes
    return tensor.element_size() * tensor._nnz() if tensor.is_sparse else 0  # pyright: ignore[reportPrivateUsage]
