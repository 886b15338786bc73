"""Names: what the program calls its tensors.

In: values, from the assignments that `parse` instrumented. Out: name entries on the tape. The
parameters of a module get the module's name and a dot before their own.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import torch

from backlight.model.program import Site
from backlight.record.entries import LoggedNames
from backlight.record.modules import buffers_in, parameters_in
from backlight.record.recorder import Recorder
from backlight.record.tape import Tape
from backlight.record.torch_private import is_transformed, unnoticed


class Names:
    """Notes the names that values get, and which tensors the program showed."""

    def __init__(self, recorder: Recorder, sites: tuple[Site, ...]) -> None:
        self._tape = recorder.tape
        self._changes = recorder.changes
        self._exits = recorder.exits
        self._sites = sites

    def bind(self, value: Any, site: int) -> Any:
        """Note that ``value`` got the names of a site, or (a site without names) that one of its attributes changed."""
        if isinstance(value, torch.Tensor):
            self._tensor(value, self._sites[site])
        elif isinstance(value, torch.nn.Module):
            self._module(value, self._sites[site])
        elif self._sites[site].starred:
            self._members(value, self._sites[site])
        elif value is not None and (names := self._sites[site].names):
            self._exits.name(value, names, sys._getframe(1).f_lineno)  # pyright: ignore[reportPrivateUsage]
        return value

    def _members(self, members: list[Any], site: Site) -> None:
        """Name what a starred target got, by its place in it."""
        for index, member in enumerate(members):
            if isinstance(member, torch.Tensor):
                self._tensor(member, replace(site, names=tuple(f"{name}[{index}]" for name in site.names)))

    def shown(self, value: Any) -> None:
        """Note that the program printed a tensor: it is looked at, though it may have no name."""
        if isinstance(value, torch.Tensor):
            note_tensor(self._tape, value, (), self._tape.places.now())

    def _tensor(self, tensor: torch.Tensor, site: Site) -> None:
        self._tape.settle()
        if site.names:
            self._tape.places.now()
            note_tensor(self._tape, tensor, site.names, self._tape.places.at(site.place))
        else:
            self._changes.look_for_gradients()
            self._changes.look_for_given(tensor)
            self._changes.look_for_replaced(tensor)

    def _module(self, module: torch.nn.Module, site: Site) -> None:
        self._tape.settle()
        self._tape.places.now()
        note_module(self._tape, module, site.names, self._tape.places.at(site.place))


def note_module(tape: Tape, module: torch.nn.Module, owners: tuple[str, ...], place: int) -> None:
    """Name a module that has these names, its parameters and its buffers."""
    if "_parameters" not in vars(module):
        return  # still in the middle of its own __init__
    tape.scopes.name(module, owners)
    for name, parameter in parameters_in(module):
        note_tensor(tape, parameter, tuple(f"{owner}.{name}" for owner in owners), place)
    for name, buffer in buffers_in(module):
        note_tensor(tape, buffer, tuple(f"{owner}.{name}" for owner in owners), place, shown=False)


@unnoticed
def note_tensor(tape: Tape, tensor: torch.Tensor, names: tuple[str, ...], place: int, shown: bool = True) -> None:
    """Note that a tensor got names, or (without names) that the program showed it."""
    if is_transformed(tensor):
        return
    inside = tape.running or tape.inside_function
    if inside and not torch.is_grad_enabled():
        return  # a gradient on its way, or what a custom Function is made of
    tape.settle()
    index = tape.origin(tensor, place)
    tape.may_become_leaf(index, tensor)
    tape.log.append(LoggedNames(index, names, place, shown))
