"""Happenings: the timeline of a Trace while `finish` is still reading the log.

In: what happened, with values as the tape numbers them. Out: Happenings, with those of the Trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backlight.model.document import Place
from backlight.model.trace import CallWrite, Happening
from backlight.record.entries import LoggedMessage


class Happenings:
    """Everything so far, in order."""

    def __init__(self, places: list[tuple[Place, ...]]) -> None:
        self._places = places
        self._all: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._all)

    def add(self, kind: str, place: int, cell: int | None, **what: Any) -> None:
        """Something happened at a place, which is the innermost one of a key."""
        self._all.append({"kind": kind, "place": next(iter(self._places[place]), None), "cell": cell, **what})

    def message(self, entry: LoggedMessage, writes: tuple[CallWrite, ...]) -> None:
        """The program printed something, was warned or failed, the latter perhaps because of these writes."""
        what = {"place": entry.place, "cell": entry.cell, "text": entry.text, "type": entry.type}
        self._all.append({"kind": entry.kind, "writes": writes, **what})

    def finished(self, value: Callable[[int | None], int | None]) -> tuple[Happening, ...]:
        """All of them; ``value`` gives the Trace's number of one of the tape's values."""
        for each in self._all:
            each.update({field: value(each.get(field)) for field in ("before", "added", "after")})
        return tuple(Happening(**each) for each in self._all)
