"""Writes: the tensors that a call is about to write to, and the call itself, which counts versions as plain torch does.

In: operators and their arguments. Out: tensors, by the operator's schema, or by the table below where the schema
keeps silent.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.graph import increment_version

Tensor = torch.Tensor
_writes: dict[Any, tuple[tuple[int, str], ...]] = {}

QUESTIONS = frozenset(
    {
        torch.ops.aten._nested_tensor_size.default,
        torch.ops.aten.sym_size.default,
        torch.ops.aten.sym_stride.default,
        torch.ops.aten.sym_numel.default,
        torch.ops.aten.sym_storage_offset.default,
        torch.ops.aten.is_contiguous.default,
        torch.ops.prim.device.default,
        torch.ops.prim.layout.default,
    }
)
"""Calls that ask for a tensor's shape and the like, some of them in the midst of another call."""
STATISTICS = {
    "aten::native_batch_norm": (3, 4, 5),
    "aten::cudnn_batch_norm": (3, 4, 5),
    "aten::miopen_batch_norm": (3, 4, 5),
}
"""Operators that write to running statistics and do not say so: positions of mean, variance and ``training``."""


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors in an argument or a result: itself, or the members of a list or tuple of them."""
    if isinstance(value, Tensor):
        return [value]
    if type(value) in (list, tuple):
        return [member for member in value if isinstance(member, Tensor)]
    return []


def written_arguments(func: Any) -> tuple[tuple[int, str], ...]:
    """Position and name of the arguments that an operator may write to."""
    known = _writes.get(func)
    if known is None:
        arguments, kept_silent = func._schema.arguments, STATISTICS.get(func._schema.name, ())[:2]
        known = _writes[func] = tuple(
            (position, argument.name)
            for position, argument in enumerate(arguments)
            if position in kept_silent or (argument.alias_info is not None and argument.alias_info.is_write)
        )
    return known


def written_tensors(writes: tuple[tuple[int, str], ...], func: Any, args: Any, kwargs: Any) -> list[Tensor]:
    """The tensors that a call is about to write to; ``writes`` as `written_arguments` gives it."""
    if writes_statistics(func) and not args[STATISTICS[func._schema.name][2]]:
        return []
    return [
        tensor
        for position, name in writes
        for tensor in tensors_in(args[position] if position < len(args) else (kwargs or {}).get(name))
    ]


def writes_statistics(func: Any) -> bool:
    """Whether an operator writes to running statistics in training."""
    return func._schema.name in STATISTICS


def call(func: Any, args: Any, kwargs: Any, written: list[Tensor]) -> Any:
    """Make the call. Below autograd ``_foreach_`` operators leave versions as they are, which plain ones count up."""
    uncounted = written if type(args[0]) is list and func._schema.name.startswith("aten::_foreach_") else []
    versions = [tensor._version for tensor in uncounted]
    result = func(*args, **kwargs) if kwargs else func(*args)
    for tensor, version in zip(uncounted, versions, strict=True):
        if tensor._version == version:
            increment_version(tensor)
    return result
