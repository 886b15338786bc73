"""Modules: what is in a module of the program's, as the module itself holds it. No code of the program's runs.

In: a module. Out: the modules, parameters and buffers in it, each once, by its path, in torch's own order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard, TypeVar, cast

import torch

Module = torch.nn.Module
T = TypeVar("T")


def is_a(value: Any, kind: type[T]) -> TypeGuard[T]:
    """Whether a value is of a class, as its own type says: ``isinstance`` asks one that stands for another for that."""
    return issubclass(type(value), kind)


def modules_in(module: Module) -> Iterator[tuple[str, Module]]:
    """A module and all that are inside it, parents first: ``named_modules()``, whatever its class makes of that."""
    seen: set[int] = set()
    pending: list[tuple[str, Any]] = [("", module)]
    while pending:
        path, inner = pending.pop()
        if not is_a(inner, Module) or id(inner) in seen:
            continue
        seen.add(id(inner))
        yield path, inner
        pending += reversed([(_joined(path, name), child) for name, child in _held(inner, "_modules")])


def parameters_in(module: Module) -> Iterator[tuple[str, torch.Tensor]]:
    """``named_parameters()``, alike."""
    return _tensors_in(module, "_parameters")


def buffers_in(module: Module) -> Iterator[tuple[str, torch.Tensor]]:
    """``named_buffers()``, alike."""
    return _tensors_in(module, "_buffers")


def _tensors_in(module: Module, kind: str) -> Iterator[tuple[str, torch.Tensor]]:
    seen: set[int] = set()
    for path, inner in modules_in(module):
        for name, tensor in _held(inner, kind):
            if is_a(tensor, torch.Tensor) and id(tensor) not in seen:
                seen.add(id(tensor))
                yield _joined(path, name), tensor


def _held(module: Module, kind: str) -> list[tuple[str, Any]]:
    held = cast("dict[str, Any]", object.__getattribute__(module, "__dict__")).get(kind)
    return [] if held is None else list(held.items())


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
