"""Writes: the tensors that a call is about to write to, and the call itself, which counts versions as plain torch does.

In: operators and their arguments. Out: tensors, by the operator's schema, or by the table below where the schema
keeps silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch.autograd.graph import increment_version

from backlight.record import asked

Tensor = torch.Tensor

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


TENSORS = frozenset({"List[Tensor]", "List[Optional[Tensor]]"})
"""Types of arguments that are lists of tensors, as schemas write them."""
FACTORIES = ("aten::new_", "aten::_to_copy")
"""Beginnings of the names of operators that take from a tensor what it is like, or give the same in another type."""


class Argument(NamedTuple):
    """What a schema tells of an argument: whether it is written to, and whether it is a list of tensors."""

    name: str
    is_written: bool
    holds_many: bool

    @classmethod
    def of(cls, argument: Any) -> Argument:
        """What torch's schema says."""
        alias = argument.alias_info
        return cls(argument.name, alias is not None and alias.is_write, str(argument.type) in TENSORS)


@dataclass(frozen=True, slots=True)
class Operator:
    """What an operator's schema tells, or the tables above.

    ``name`` is ``aten.mul.Tensor``, as torch writes it, and ``short_name`` its ``mul``.
    ``writes``: position and name of the arguments that it may write to. ``switch``: position of the argument without
    which it leaves its running statistics alone, for those that keep silent about them. ``reads``: whether it makes
    something of what its arguments hold, which a view, ``zeros_like`` and the conversion of a module do not.
    ``replaces``: whether what it writes to lies on other memory afterwards.
    """

    func: Any
    name: str
    short_name: str
    arguments: tuple[Argument, ...]
    is_question: bool
    reads: bool
    writes: tuple[tuple[int, str], ...]
    switch: int | None
    is_foreach: bool
    replaces: bool

    @classmethod
    def of(cls, func: Any) -> Operator:
        """What is to be known of ``func``."""
        schema, name = func._schema, str(func)
        silent = STATISTICS.get(schema.name, ())
        arguments = tuple([Argument.of(each) for each in schema.arguments])
        writes = tuple(
            (position, argument.name)
            for position, argument in enumerate(arguments)
            if position in silent[:2] or argument.is_written
        )
        switch = silent[2] if silent else None
        is_view = any(each.alias_info is not None for each in schema.returns)
        reads = not (is_view or schema.name.startswith(FACTORIES) or schema.name.endswith("_like"))
        is_foreach, replaces = schema.name.startswith("aten::_foreach_"), schema.name == "aten::set_"
        rest = (arguments, func in QUESTIONS, reads, writes, switch, is_foreach, replaces)
        return cls(func, name, name.split(".")[1], *rest)

    def written(self, args: Any, kwargs: Any) -> list[Tensor]:
        """The tensors that a call with these arguments is about to write to."""
        if self.switch is not None and not args[self.switch]:
            return []
        return [
            tensor
            for position, name in self.writes
            for tensor in tensors_in(args[position] if position < len(args) else (kwargs or {}).get(name))
        ]


_known: dict[int, Operator] = {}
"""By the id of what is called, which its Operator keeps alive; its own hash is Python code, and slow."""


def operator_of(func: Any) -> Operator:
    """What is to be known of ``func``; its schema is read once, since programs call few operators often."""
    operator = _known.get(id(func))
    if operator is None:
        operator = _known[id(func)] = Operator.of(func)
    return operator


def call(operator: Operator, args: Any, kwargs: Any, written: list[Tensor]) -> Any:
    """Make the call. Below autograd ``_foreach_`` operators leave versions as they are, which plain ones count up."""
    func = operator.func
    if not (written and operator.is_foreach):
        return func(*args, **kwargs) if kwargs else func(*args)
    versions = [asked.version(tensor) for tensor in written]
    result = func(*args, **kwargs) if kwargs else func(*args)
    for tensor, version in zip(written, versions, strict=True):
        if asked.version(tensor) == version:
            increment_version(tensor)
    return result
