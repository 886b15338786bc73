"""What a pool counts over its life: processes started, and how they ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts that only grow.

    The reasons for an end: ``answered`` (a refusal is an answer), ``cancelled`` (nobody wanted it any more), the
    name of a limit, ``died`` (it ended by itself), ``nonsense`` (its answer was none), ``unused`` (never asked).
    """

    started: int = 0
    ended: Counter[str] = field(default_factory=Counter[str])
