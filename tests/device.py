"""The device that the oracles of recording run on: the CPU, or the one that ``BACKLIGHT_TEST_DEVICE`` names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

DEVICE = os.environ.get("BACKLIGHT_TEST_DEVICE", "cpu")
ON_CPU = DEVICE == "cpu"


def seed_device() -> None:
    """Have the device's own generator, where it has one, start where it always starts."""
    if not ON_CPU:
        torch.get_device_module(DEVICE).manual_seed_all(0)


def device_state() -> bytes:
    """Where the generators stand, the CPU's and the device's."""
    states = [torch.get_rng_state(), *([] if ON_CPU else [torch.get_device_module(DEVICE).get_rng_state()])]
    return b"".join(state.numpy().tobytes() for state in states)


@contextmanager
def by_default() -> Iterator[None]:
    """Tensors are made on the device unless they are told otherwise, and it adds up in the same order each time.

    On the CPU nothing is set.
    """
    if ON_CPU:
        yield
        return
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        with torch.device(DEVICE):
            yield
    finally:
        torch.use_deterministic_algorithms(False)
