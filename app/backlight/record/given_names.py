"""Given names: every name that a tensor ever got, and where it got the first. `finish` reads them off the tape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backlight.record.entries import LoggedNames


class GivenNames:
    """The names of tensors, by index, also of those that no call of the program made: gradients of the engine's."""

    def __init__(self) -> None:
        self._names: dict[int, list[str]] = {}
        self._places: dict[int, int] = {}

    def __iter__(self) -> Iterator[int]:
        """The tensors that have a name, in the order in which they got it."""
        return (tensor for tensor, names in self._names.items() if names)

    def note(self, entry: LoggedNames) -> None:
        """Add the names of an entry."""
        self._places.setdefault(entry.tensor, entry.place)
        add_names(self._names.setdefault(entry.tensor, []), entry.names)

    def of(self, tensor: int) -> list[str]:
        """The names of a tensor, in order."""
        return self._names.get(tensor, [])

    def place_of(self, tensor: int, nowhere: int) -> int:
        """Where a tensor was first named or shown; ``nowhere`` where it never was."""
        return self._places.get(tensor, nowhere)


def add_names(names: list[str], more: Sequence[str]) -> None:
    """Add to a list those that are not in it."""
    names += [name for name in more if name not in names]
