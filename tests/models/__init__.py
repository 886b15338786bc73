"""Real models, built from code and small: each is a function that builds, runs and trains one, and gives what is left.

In: nothing; the caller seeds. Out: names and the tensors and modules behind them, as a program's namespace at its end.
They are plain PyTorch and know nothing of Backlight: the oracles run them with and without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models import convolution, generative, learning, numerics, recurrent, reinforcement, transformer

Model = Callable[[], dict[str, Any]]

FAMILIES = (convolution, recurrent, transformer, generative, learning, numerics, reinforcement)


def list_models() -> tuple[tuple[str, Model], ...]:
    """Every model with its name, family by family."""
    return tuple((model.__name__.replace("_", "-"), model) for family in FAMILIES for model in family.MODELS)
