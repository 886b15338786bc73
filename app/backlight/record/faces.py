"""Faces: the other tensors on memory that a call is about to write to, which autograd does not tell of the write.

In: the tensors that are written to. Out: those that hold something else afterwards and have a history of their own, as
a result ``h`` has beside ``h.data`` and ``h[0].detach()``. Leaves are none of them: their changes are told as updates.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

import torch

from backlight.record import asked
from backlight.record.store import TensorStore, is_leaf
from backlight.record.torch_private import aside

Tensor = torch.Tensor


class Faces(NamedTuple):
    """Tensors by index: on the same elements as what is written to, or as the ``whole`` it is a part of; the others."""

    same: list[int] | None = None
    parts: list[int] | None = None
    whole: int | None = None


def find_faces(store: TensorStore, written: list[Tensor]) -> Faces:
    """What else has elements that are written to. Views that share a history with what is written to are left out."""
    same, parts = list[int](), list[int]()
    whole: int | None = None
    for tensor in written:
        like = base = tensor if tensor._base is None else tensor._base  # pyright: ignore[reportPrivateUsage]
        found = {index: other for index, other in _others(store, tensor) if other is not base}
        if found and len(written) == 1 and not tensor.requires_grad:
            widest = max(found, key=lambda index: asked.byte_count(found[index]))
            if asked.byte_count(found[widest]) > asked.byte_count(base):
                whole, like = widest, found[widest]
        for index, other in found.items():
            (same if are_same_elements(like, other) else parts).append(index)
    return Faces(same or None, parts or None, whole)


def _others(store: TensorStore, tensor: Tensor) -> Iterator[tuple[int, Tensor]]:
    for index in store.others_on(tensor):
        other = store.tensor(index)
        if (
            other is None
            or not is_shared(store, index, other)
            or is_leaf(other)
            or (tensor.requires_grad and other.requires_grad)
        ):
            continue
        if share_elements(other, tensor):
            yield index, other


def is_shared(store: TensorStore, index: int, tensor: Tensor) -> bool:
    """Whether somebody beside the store and our caller holds a tensor: of a loop's past turns many may be left."""
    own = (not store.is_let_go(index)) + (store.held[store.current[index]] is tensor)
    return sys.getrefcount(tensor) > UNSHARED + own


def references_of_one() -> int:
    """What Python counts, in a function that was given a thing, where it and its caller hold that alone."""

    def count(thing: object) -> int:
        return sys.getrefcount(thing)

    thing = object()
    return count(thing)


UNSHARED = references_of_one()


def are_same_elements(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors that have elements in common have all of them so, in another shape perhaps."""
    return extent(one) == extent(other) and asked.byte_count(one) == asked.byte_count(other)


def extent(tensor: Tensor) -> tuple[int, int]:
    """Where on its storage a tensor begins and ends, in bytes."""
    steps = sum((size - 1) * stride for size, stride in zip(asked.sizes(tensor), asked.strides(tensor), strict=True))
    start, size = asked.offset(tensor), tensor.element_size()
    return start * size, (start + steps + 1) * size


def has_elements(leaf: Tensor, written: Tensor) -> bool:
    """Whether a leaf has elements of what is written to on its storage."""
    return leaf is written or asked.is_nested(leaf) or share_elements(leaf, written)


def share_elements(one: Tensor, other: Tensor) -> bool:
    """Whether two dense tensors on one storage have an element in common: columns side by side have none."""
    pair = (one, other)
    if any(each.layout is not torch.strided or asked.is_nested(each) or not asked.element_count(each) for each in pair):
        return False
    extents = [extent(each) for each in pair]
    if max(start for start, _ in extents) >= min(end for _, end in extents):
        return False
    if all(end - start == asked.byte_count(each) for each, (start, end) in zip(pair, extents, strict=True)):
        return True  # neither has gaps
    unit = min(each.element_size() for each in pair)
    first, last = min(start for start, _ in extents) // unit, max(end for _, end in extents) // unit
    with aside():
        marks = torch.zeros(last - first, dtype=torch.bool, device="cpu")
        cells(marks, one, unit, first).fill_(True)
        return bool(cells(marks, other, unit, first).any())


def cells(marks: Tensor, tensor: Tensor, unit: int, first: int) -> Tensor:
    """Of marks for each ``unit`` bytes of a storage those of a tensor: a complex number has two beside real ones."""
    each = tensor.element_size() // unit
    strides = [each * stride for stride in asked.strides(tensor)]
    return marks.as_strided((*asked.sizes(tensor), each), (*strides, 1), asked.offset(tensor) * each - first)
