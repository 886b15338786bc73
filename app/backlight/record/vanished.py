"""Vanished: gradients that a hook has changed which nobody can find, for the tensor that it was put on is gone.

In: a pass that is over. Out: in its steps, what such hooks changed: where a node from before the recording got
something else than all that was sent to it, and than what its other hooks gave. It needs the values whole.
"""

from __future__ import annotations

from typing import Any

import torch

from backlight.record.earlier import Earlier
from backlight.record.entries import RawHooked, RawPass, RawStep
from backlight.record.store import TensorStore
from backlight.record.tape import Tape

Tensor = torch.Tensor


def note_vanished(tape: Tape, run: RawPass, earlier: Earlier) -> None:
    """Add to the steps of a pass what hooks changed that cannot be found. Called where nothing sees the calls."""
    sent: dict[tuple[Any, int], list[int]] = {}  # node and output -> the gradients that were sent there, in order
    for step in run.steps:
        node = tape.nodes[step.node]
        if step.node not in run.roots and earlier.is_earlier(node):
            for slot, received in enumerate(step.grad_outputs):
                parts = sent.pop((node, slot), [])
                if parts and received is not None:
                    step.hooked[:] = _with_gaps(tape, step, slot, parts)
        for (linked, output_nr), gradient in zip(node.next_functions, step.grad_inputs, strict=False):
            if linked is not None and gradient is not None:
                sent.setdefault((linked, output_nr), []).append(gradient)


def _with_gaps(tape: Tape, step: RawStep, slot: int, parts: list[int]) -> list[RawHooked]:
    """The changes of a step, and between them those that nobody is known for."""
    store, received = tape.store, step.grad_outputs[slot]
    assert received is not None
    now, found = _sum(store, parts, received), list[RawHooked]()
    end = RawHooked("tensor", "grad_outputs", slot, tape.places.nowhere, received, received)
    for each in (*step.hooked, end):
        if (each.where, each.slot) == ("grad_outputs", slot) and each.before is not None:
            if now is not None and _is_other(store, now, each.before):
                found.append(RawHooked("tensor", "grad_outputs", slot, tape.places.nowhere, now, each.before))
            now = each.after
        if each is not end:
            found.append(each)
    return found


def _sum(store: TensorStore, parts: list[int], received: int) -> int | None:
    """What the engine adds these gradients up to, in its own order; None where they are not whole any more."""
    tensors = [_whole(store, part) for part in parts]
    like = _whole(store, received)
    if like is None or any(each is None or each.is_complex() != like.is_complex() for each in tensors):
        return None
    if len(parts) == 1:
        return parts[0]
    shaped = [each.sum_to_size(like.shape).to(like.dtype) for each in tensors if each is not None]
    total = shaped[0]
    for each in shaped[1:]:
        total = total + each
    size = torch.stack([each.abs() for each in shaped]).sum(0)
    rounding = torch.finfo(like.dtype).eps * len(parts)
    is_rounded = len(parts) > 2 and bool(((total - like).abs() <= rounding * size).all())
    return received if is_rounded else store.add(total)


def _is_other(store: TensorStore, one: int, other: int) -> bool:
    """Whether two values differ in an element, as far as both are whole."""
    if one == other:
        return False
    first, second = _whole(store, one), _whole(store, other)
    if first is None or second is None or first.is_complex() != second.is_complex():
        return False
    first = first.sum_to_size(second.shape).to(second.dtype)
    return not torch.allclose(first, second, rtol=0, atol=0, equal_nan=True)


def _whole(store: TensorStore, value: int) -> Tensor | None:
    """The elements of a value, where they are those of an ordinary dense tensor."""
    held = store.held[value]
    if type(held) is not Tensor or held.layout is not torch.strided or held.is_nested:
        return None
    if not (held.is_floating_point() or held.is_complex()):
        return None
    return held.clone() if held._is_zerotensor() else held
