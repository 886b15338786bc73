"""Registered: the parameters that modules were given, and by what name, also once they hold them no more.

In: registrations, as torch tells of them. Out: for a tensor that nothing names any more the way to where it was: a
weight norm takes the weight out of its layer before it computes anything with it.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.modules.module import register_module_parameter_registration_hook

from backlight.record.modules import is_a, modules_in
from backlight.record.within import find_within

Home = tuple[weakref.ref[torch.Tensor], weakref.ref[torch.nn.Module], str]


class Registered:
    """Knows the first home of each parameter alive that a module was given while `noticing`."""

    def __init__(self) -> None:
        self._homes: dict[int, Home] = {}  # by id()

    @contextmanager
    def noticing(self) -> Generator[None]:
        """See what modules are given until the context ends."""
        handle = register_module_parameter_registration_hook(self._note)
        try:
            yield
        finally:
            handle.remove()

    def _note(self, module: torch.nn.Module, name: str, parameter: Any) -> None:
        homes, key = self._homes, id(parameter)
        if parameter is not None and key not in homes:
            homes[key] = weakref.ref(parameter, lambda _: homes.pop(key, None)), weakref.ref(module), name

    def look_for(
        self, wanted: Iterable[torch.Tensor], variables: Collection[tuple[str, Any]]
    ) -> Iterator[tuple[torch.Tensor, str]]:
        """Those of the tensors that variables hold somewhere, or modules in them once held, each with the way to it."""
        tensors = {id(each): each for each in wanted}
        left = {*tensors}
        yield from find_within(left, variables)
        yield from self._find([each for key, each in tensors.items() if key in left], variables)

    def _find(
        self, wanted: Iterable[torch.Tensor], variables: Iterable[tuple[str, Any]]
    ) -> Iterator[tuple[torch.Tensor, str]]:
        """The tensors whose first home is in a module that a variable holds, each with the way to it."""
        there = [(tensor, home[1](), home[2]) for tensor in wanted if (home := self._homes.get(id(tensor))) is not None]
        if not there:
            return
        held = [(name, each) for name, value in variables if is_a(value, torch.nn.Module) for each in modules_in(value)]
        paths: dict[int, str] = {}
        for name, (path, module) in held:
            paths.setdefault(id(module), f"{name}.{path}" if path else name)
        for tensor, module, name in there:
            if id(module) in paths:
                yield tensor, f"{paths[id(module)]}.{name}"
