"""The node of `ctc_loss` is that of plain torch, wherever its lengths are given, and torch is as it was afterwards."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

import backlight

LENGTHS = {
    "tensors": (torch.tensor([4, 4]), torch.tensor([2, 1])),
    "narrow ones": (torch.tensor([4, 4], dtype=torch.int32), torch.tensor([2, 1], dtype=torch.int32)),
    "numbers": ((4, 4), (2, 1)),
}


def loss(lengths: str) -> torch.Tensor:
    torch.manual_seed(0)
    scores = torch.randn(4, 2, 3, requires_grad=True)
    return functional.ctc_loss(
        scores.log_softmax(2), torch.tensor([[1, 2], [2, 1]]), *LENGTHS[lengths], reduction="sum"
    )


def node_of(value: torch.Tensor) -> str:
    assert value.grad_fn is not None
    return value.grad_fn.next_functions[0][0].name()


@pytest.mark.parametrize("lengths", LENGTHS)
def test_the_node_and_the_loss_are_those_of_plain_torch(lengths: str) -> None:
    plain, original = loss(lengths), torch.ctc_loss
    with backlight.record() as tape:
        recorded = loss(lengths)
        recorded.backward()
    assert torch.ctc_loss is original
    assert torch.equal(recorded, plain)
    assert node_of(recorded) == node_of(plain) == "CtcLossBackward0"
    assert "CtcLossBackward0" in {node.op for node in tape.document.nodes}


def test_lengths_that_are_no_integers_are_refused_as_ever() -> None:
    with backlight.record(), pytest.raises(RuntimeError, match="input_lengths must be integral"):
        functional.ctc_loss(torch.zeros(2, 1, 2), torch.tensor([[1]]), torch.tensor([2.0]), torch.tensor([1]))


def test_where_another_mode_is_on_torch_does_as_it_does_with_that() -> None:
    class Onlooker(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {}))

    with Onlooker(), backlight.record():
        assert node_of(loss("tensors")) == "CtcLossBackward1"
