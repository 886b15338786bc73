"""The names of torch that are not public and that recording rests on: here, and nowhere else.

``tests/test_torch_private.py`` says what broke when an upgrade of torch changes one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.autograd
from torch.utils._python_dispatch import (
    _disable_current_modes,  # pyright: ignore[reportPrivateUsage]
    _get_current_dispatch_mode,  # pyright: ignore[reportPrivateUsage]
)


@contextmanager
def unrecorded() -> Generator[None]:
    """A context in which no dispatch mode sees the calls; autograd is as it was."""
    with _disable_current_modes():
        yield


@contextmanager
def aside() -> Generator[None]:
    """A context for what the recorder itself computes: no dispatch mode sees it, autograd builds no graph for it."""
    with _disable_current_modes(), torch.no_grad():
        yield


@contextmanager
def below_autograd() -> Generator[None]:
    """A context in which calls go straight to the kernels, as they do below a dispatch mode; also those that write."""
    with cast("Any", torch._C)._AutoDispatchBelowAutograd():  # pyright: ignore[reportPrivateUsage]
        yield


def modes_are_off() -> bool:
    """Whether no dispatch mode sees the calls now: torch prints a tensor, or the recorder looks at one."""
    return _get_current_dispatch_mode() is None


current_node: Callable[[], Any] = cast("Any", torch._C)._current_autograd_node  # pyright: ignore[reportPrivateUsage]
"""The autograd node that the engine runs in this thread, or None."""

AccumulateGrad: Any = cast("Any", torch._C)._functions.AccumulateGrad  # pyright: ignore[reportPrivateUsage]
"""The type of the nodes that add a gradient to a leaf's ``.grad``."""

is_transformed: Callable[[torch.Tensor], bool] = cast("Any", torch._C)._functorch.is_functorch_wrapped_tensor  # pyright: ignore[reportPrivateUsage]
"""Whether a tensor exists only inside of a function transform (``vmap``, ``torch.func.grad``)."""


def output_shapes(node: Any) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Shape and dtype of each output of the forward call that an autograd node belongs to."""
    metadata = [(of, ()) if of.is_nested_tensor else (of, tuple(of.shape)) for of in node._input_metadata]
    return tuple((shape, str(of.dtype).removeprefix("torch.")) for of, shape in metadata)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a run of the engine was asked for; ``accumulates`` where it adds to every leaf's ``.grad``."""

    retain_graph: bool
    create_graph: bool
    accumulates: bool


def engine_options(args: tuple[Any, ...], kwargs: dict[str, Any]) -> EngineOptions:
    """The options among the arguments of the engine's door, after the outputs that the run starts from."""
    names = ("grad_tensors", "retain_graph", "create_graph", "inputs", "allow_unreachable", "accumulate_grad")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    everywhere = bool(given["accumulate_grad"]) and not given["inputs"]
    return EngineOptions(bool(given["retain_graph"]), bool(given["create_graph"]), everywhere)


_ENGINE = "_engine_run_backward"


@contextmanager
def engine_replaced(wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Generator[None]:
    """Put ``wrap(original)`` in the place of the function that every backward pass goes through, for a while."""
    modules = (torch.autograd, torch.autograd.graph)
    originals = [getattr(module, _ENGINE) for module in modules]
    try:
        for module, original in zip(modules, originals, strict=True):
            setattr(module, _ENGINE, wrap(original))
        yield
    finally:
        for module, original in zip(modules, originals, strict=True):
            setattr(module, _ENGINE, original)
