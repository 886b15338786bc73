"""Others that watch torch while a recording does: they see what they would see without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

import backlight
from recorded import op_names

seen: list[str] = []


def name_of(func: Any) -> str:
    owner = getattr(getattr(func, "__self__", None), "__name__", "")
    return f"{owner}.{func.__name__}" if owner else func.__name__


class Watched(torch.Tensor):
    """A subclass that writes down what is done with it."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        seen.append(name_of(func))
        return super().__torch_function__(func, types, args, kwargs or {})


class Watching(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        seen.append(name_of(func))
        return func(*args, **(kwargs or {}))


class Below(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        seen.append(str(func))
        return func(*args, **(kwargs or {}))


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x * 2

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        return gradient * 2


def busy(x: torch.Tensor) -> None:
    """Something of everything that a recording has to look at."""
    y = Doubled.apply(x)
    h = y[0]
    y.register_hook(lambda gradient: gradient * 2)
    h.retain_grad()
    z = (y.sin() * h).sum()
    z.backward(retain_graph=True)
    (g,) = torch.autograd.grad(z, x, create_graph=True)
    g.sum().backward()
    optimizer = torch.optim.SGD([x], 0.1)
    optimizer.step()
    optimizer.zero_grad()
    x.data = x.data * 1
    (x * 2).sum().item()
    x.detach().numpy()
    (x**2).sum().backward()
    x.grad = None


def of_a_subclass() -> None:
    busy(torch.ones(3).as_subclass(Watched).requires_grad_())


def in_a_mode() -> None:
    with Watching():
        busy(torch.ones(3, requires_grad=True))


@pytest.mark.parametrize("program", [of_a_subclass, in_a_mode])
def test_torch_functions_are_told_of_nothing_more(program: Callable[[], None]) -> None:
    seen.clear()
    program()
    plain = list(seen)
    seen.clear()
    with backlight.record():
        program()
    assert seen == plain
    assert len(plain) > 20


def test_flops_of_a_backward_pass_are_counted() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    loss = model(torch.ones(2, 4)).sum()
    with FlopCounterMode(display=False) as plain:
        loss.backward()
    with backlight.record() as tape:
        loss = model(torch.ones(2, 4)).sum()
        with FlopCounterMode(display=False) as counted:
            loss.backward()
    assert counted.get_total_flops() == plain.get_total_flops() > 0
    assert len(tape.document.passes[0].steps) == 9


def test_a_dispatch_mode_of_the_users_sees_the_engine_at_work() -> None:
    x = torch.ones(2, requires_grad=True)
    seen.clear()
    with backlight.record() as tape, Below():
        (x * 3).sum().backward()
    assert seen[-3:] == ["aten.expand.default", "aten.mul.Tensor", "aten.detach.default"]
    assert op_names(tape.document) == ["MulBackward0", "SumBackward0"]
    assert [len(each.steps) for each in tape.document.passes] == [3]


def test_a_lazy_module_gets_its_parameters() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
    with backlight.record() as tape:
        model(torch.randn(4, 5)).sum().backward()
    assert [leaf.name for leaf in tape.document.leaves] == [
        "model.0.weight",
        "model.0.bias",
        "model.1.weight",
        "model.1.bias",
    ]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_function_is_traced_by_torch_out_of_sight() -> None:
    x = torch.ones(3, requires_grad=True)
    with backlight.record() as tape:
        tripled = torch.jit.trace(lambda y: y * 3, torch.ones(3))
        tripled(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0, 3.0, 3.0]
    assert "traced" in tape.document.unseen[0].message
    assert tape.document.unseen[0].kind == "scripted"
