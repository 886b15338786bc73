"""Operators: what an ATen operator is called, what it was given that is no tensor, and what sort of call it was.

In: calls as they were logged. Out: text and answers; nothing here knows of other calls or of the tape.
"""

from __future__ import annotations

from typing import Any

import torch

from backlight.record.entries import LoggedCall
from backlight.record.writes import operator_of

CLONE = torch.ops.aten.clone.default
CONVERSION = torch.ops.aten._to_copy.default
DETACH = torch.ops.aten.detach.default
LIFT = torch.ops.aten.lift_fresh.default
WRITE = torch.ops.aten.copy_.default

BOOKKEEPING = frozenset({"pin_memory", "non_blocking"})
"""Arguments of factory functions that say nothing of the result."""


def short_name(func: Any) -> str:
    """``mul`` of ``aten.mul.Tensor``; what stands for a call of the user's own Function is a text already."""
    return func.split(".")[1] if isinstance(func, str) else operator_of(func).short_name


def operator_name(func: Any) -> str:
    """``aten.mul.Tensor`` as torch writes it."""
    return func if isinstance(func, str) else operator_of(func).name


FILLS = frozenset({"zero_", "fill_", "normal_", "uniform_", "random_", "bernoulli_", "exponential_"})
"""Operators that take nothing from the tensor that they write to."""


def constants_of(entry: LoggedCall) -> tuple[tuple[str, str], ...]:
    """The arguments that are no tensors, by their names in the operator's schema, where they are short and plain."""
    found: list[tuple[str, str]] = []
    for position, value in entry.constants:
        name = operator_of(entry.func).arguments[position].name if isinstance(position, int) else position
        text = repr(value)
        if name not in BOOKKEEPING and isinstance(value, (bool, int, float, list, tuple)) and len(text) <= 40:
            found.append((name, text))
    return tuple(found)


def looks_at_shapes_only(entry: LoggedCall) -> bool:
    """A call that takes no data from the tensors that it is given, such as ``ones_like``."""
    name = short_name(entry.func)
    return name.endswith("_like") or name.startswith("new_")


def overwrites(entry: LoggedCall) -> bool:
    """A call that fills all of a tensor anew, whatever it held."""
    return short_name(entry.func) in FILLS and len(entry.inputs) == 1 and entry.views is None


def is_whole_copy(entry: LoggedCall) -> bool:
    """A ``copy_`` to all of a tensor, of which nothing then is left."""
    return entry.func is WRITE and entry.views is None


def is_detach(entry: LoggedCall) -> bool:
    """Whether this is a ``detach`` of a tensor."""
    return entry.func is DETACH and bool(entry.inputs)


def is_unpacking(entry: LoggedCall) -> bool:
    """Whether this is a ``detach`` by which a node takes out its own result, which it has saved: that has a node."""
    return is_detach(entry) and any(node >= 0 for node in entry.nodes or ())


def is_copy(func: Any) -> bool:
    """Whether an operator copies a tensor as it is, to another dtype perhaps."""
    return func in (CLONE, CONVERSION)


def is_unseen_copy(entry: LoggedCall) -> bool:
    """A copy that torch made below autograd, to write a lazily conjugated or negated tensor out for a kernel."""
    made_no_node = all(node < 0 for node in entry.nodes or ())
    is_clone = entry.func is CLONE
    return is_clone and entry.grad_enabled and any(entry.requires_grad) and made_no_node
