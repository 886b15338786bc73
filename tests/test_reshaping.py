"""The node of a reshaped tensor is that of plain torch, wherever torch reshapes, and torch is as it was afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

import backlight
from autograd_walk import walk

Tensor = torch.Tensor


def anew(x: Tensor) -> Tensor:
    return x.transpose(1, 2).reshape(2, 2, 2, 3)


def attend(x: Tensor) -> Tensor:
    heads = x.reshape(2, 3, 2, 2).transpose(1, 2)
    return nn.functional.scaled_dot_product_attention(heads, heads, heads).transpose(1, 2).reshape(2, 3, 4)


RESHAPED: dict[str, Callable[[Tensor], Tensor]] = {
    "in one piece": lambda x: x.reshape(6, 4),
    "seen anew": anew,
    "with a size to find": lambda x: x.transpose(1, 2).reshape(2, 2, -1, 3),
    "copied": lambda x: x.transpose(0, 1).reshape(-1),
    "flattened": lambda x: x.expand(5, 2, 3, 4)[0].transpose(1, 2).flatten(0, 1),
    "einsum": lambda x: torch.einsum("bij,bkj->bik", x, x),
    "attention": attend,
    "empty": lambda x: x[:0].transpose(1, 2).reshape(0, 2, 6),
    "gradient": lambda x: torch.autograd.grad(anew(x).exp().sum(), x, create_graph=True)[0],
}


def names(result: Tensor) -> tuple[str, ...]:
    return walk([result.grad_fn]).names


def leaf() -> Tensor:
    torch.manual_seed(0)
    return torch.randn(2, 3, 4, requires_grad=True)


@pytest.mark.parametrize("name", RESHAPED)
def test_a_node_is_that_of_plain_torch(name: str) -> None:
    plain = RESHAPED[name](leaf())
    with backlight.record() as tape:
        recorded = RESHAPED[name](leaf())
        recorded.sum().backward()
    assert names(recorded) == names(plain)
    assert torch.equal(recorded, plain)
    assert tape.node(recorded).op == names(plain)[0].rpartition("::")[2]


def test_torch_is_as_it_was_after_recordings_within_one_another() -> None:
    kernels = torch._C._dispatch_dump("aten::reshape")
    with backlight.record():
        with backlight.record():
            pass
        assert torch._C._dispatch_dump("aten::reshape") != kernels
        assert names(anew(leaf()))[0] == "ReshapeAliasBackward0"
    assert torch._C._dispatch_dump("aten::reshape") == kernels


def test_a_mode_of_the_users_own_gets_what_it_gets_without_a_recording() -> None:
    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **kwargs or {})

    with Mode():
        plain = anew(leaf())
    with backlight.record(), Mode():
        recorded = anew(leaf())
    assert names(recorded) == names(plain)


def test_transforms_reshape_as_without_a_recording() -> None:
    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        return (
            torch.func.grad(lambda x: anew(x).exp().sum())(x),
            torch.func.vmap(lambda x: x.t().reshape(2, 2, 3))(x),
        )

    plain = both(leaf())
    with backlight.record():
        recorded = both(leaf())
    assert all(map(torch.equal, plain, recorded))
    assert [names(each) for each in plain] == [names(each) for each in recorded]


def test_a_shape_that_cannot_be_says_what_torch_says() -> None:
    def say() -> str:
        with pytest.raises(RuntimeError) as caught:
            leaf().transpose(1, 2).reshape(5, 5)
        return str(caught.value)

    plain = say()
    with backlight.record():
        recorded = say()
    assert recorded == plain
