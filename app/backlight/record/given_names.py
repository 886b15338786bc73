"""Given names: every name that a tensor ever got, and where it got the first. `finish` reads them off the tape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backlight.record.entries import PASSING, LoggedNames


class GivenNames:
    """The names of tensors, by index, also of those that no call of the program made: gradients of the engine's."""

    def __init__(self) -> None:
        self._names: dict[int, list[str]] = {}
        self._places: dict[int, int] = {}
        self._in_passing: set[int] = set()  # tensors whose first name is a loop's variable or a function's parameter
        self._outermost: dict[int, tuple[int, bool, str]] = {}  # depth, whether it is an attribute's of ``self``, name

    def __iter__(self) -> Iterator[int]:
        """The tensors that have a name, in the order in which they got it."""
        return (tensor for tensor, names in self._names.items() if names)

    def note(self, entry: LoggedNames) -> None:
        """Add the names of an entry."""
        self._places.setdefault(entry.tensor, entry.place)
        if entry.depth >= PASSING and not self.of(entry.tensor):
            self._in_passing.add(entry.tensor)
        add_names(self._names.setdefault(entry.tensor, []), entry.names)
        for name in entry.names:
            found = entry.depth, name.startswith("self."), name
            known = self._outermost.get(entry.tensor)
            if known is None or found[:2] < known[:2]:
                self._outermost[entry.tensor] = found

    def of(self, tensor: int) -> list[str]:
        """The names of a tensor, in order."""
        return self._names.get(tensor, [])

    def called(self, tensor: int) -> str | None:
        """What a reader knows a tensor by: its first name, unless that is in a module or object or only passes.

        Then it is the one that the outermost function gave it.
        """
        first = next(iter(self.of(tensor)), None)
        is_other = first is not None and ("." in first or tensor in self._in_passing)
        return self._outermost[tensor][2] if is_other else first

    def place_of(self, tensor: int, nowhere: int) -> int:
        """Where a tensor was first named or shown; ``nowhere`` where it never was."""
        return self._places.get(tensor, nowhere)


def add_names(names: list[str], more: Sequence[str]) -> None:
    """Add to a list those that are not in it."""
    names += [name for name in more if name not in names]
