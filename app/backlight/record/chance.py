"""Chance: where the random generators stood, so that a call that drew from one can draw the same again.

In: devices, generators. Out: their states, and contexts that put them back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Chance:
    """Where a generator stood. As an argument of a call it stands for the generator itself."""

    device: torch.device
    state: torch.Tensor

    def __repr__(self) -> str:
        return f"generator({self.device})"


def chance_on(device: torch.device) -> Chance:
    """Where the default generator of a device stands."""
    if device.type == "cpu":
        return Chance(device, torch.default_generator.get_state())
    return Chance(device, torch.get_device_module(device).get_rng_state(device))


def restore(chance: Chance) -> None:
    """Put the default generator of a device where it stood."""
    if chance.device.type == "cpu":
        torch.default_generator.set_state(chance.state)
    else:
        torch.get_device_module(chance.device).set_rng_state(chance.state, chance.device)


def generator_at(chance: Chance) -> torch.Generator:
    """A generator of its own that stands there."""
    generator = torch.Generator(chance.device)
    generator.set_state(chance.state)
    return generator


@contextmanager
def generators_as_found(devices: Iterable[torch.device]) -> Generator[None]:
    """The default generators of these devices stand where they stood when the context ends."""
    found = [chance_on(device) for device in devices]
    try:
        yield
    finally:
        for chance in found:
            restore(chance)
