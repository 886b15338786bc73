"""What one run is asked to do, already known to be well formed as a request (nothing of the program is read yet)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """Exactly one of ``source``, ``expression`` or ``notebook`` is given.

    ``inputs`` belongs to ``expression``: name to number or nested lists of numbers.
    """

    source: str | None = None
    expression: str | None = None
    notebook: dict[str, Any] | None = None
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    seed: int = 0
