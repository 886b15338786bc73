"""In place: the calls that wrote to memory of what came before, for an error that torch raises because of it.

In: calls that wrote, as `finish` reads them, and the message of an error. Out: of those calls the ones that made the
versions which the message tells of, with the calls whose results lie on the same memory and count the same versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from backlight.model.trace import CallWrite
from backlight.record.draft import Draft
from backlight.record.entries import LoggedCall, LoggedMessage
from backlight.record.operators import is_detach, short_name
from backlight.record.store import UNKNOWN, TensorStore, storage_of, version_of

MODIFIED = re.compile(r"modified by an inplace operation: .* is at version (\d+); expected version (\d+) ", re.DOTALL)
"""How torch says that a tensor which a backward needs was written to since it was saved."""


class InPlace:
    """The writes that were read so far."""

    def __init__(self, store: TensorStore) -> None:
        self._store = store
        self._writes: list[tuple[LoggedCall, Draft, int]] = []
        self._aliases: dict[int, int] = {}  # what was detached -> what from: `x.detach()`, or `x.data`

    def note(self, entry: LoggedCall, draft: Draft, moment: int) -> None:
        """A call was read; ``moment`` is how many happenings came before it. An update of a leaf tells of itself."""
        if is_detach(entry) and entry.outputs:
            self._aliases[entry.outputs[0]] = entry.inputs[0]
        if entry.version is not None and entry.outputs and not entry.updates_leaf:
            self._writes.append((entry, draft, moment))

    def told(self, error: LoggedMessage, drafts: Iterable[Draft]) -> tuple[CallWrite, ...]:
        """The writes that an error is about; ``drafts`` are the calls before it."""
        found = MODIFIED.search(error.text) if error.kind == "error" else None
        if found is None:
            return ()
        now, then = map(int, found.groups())
        by_memory: dict[tuple[int, int] | None, dict[int, CallWrite]] = {}
        for entry, draft, moment in sorted(self._writes, key=self._is_aside):
            known = by_memory.setdefault(self._memory_of(written_by(entry)), {})
            version = (entry.version or 0) + 1
            known.setdefault(version, CallWrite(draft.index, short_name(entry.func), version, moment, ()))
        return tuple(
            replace(write, on=on)
            for memory, writes in by_memory.items()
            if max(writes) == now and (on := self._on(memory, drafts))
            for _, write in sorted(writes.items())
            if then < write.version
        )

    def _is_aside(self, written: tuple[LoggedCall, Draft, int]) -> bool:
        """Whether a write was to another face of a tensor: ``x.data`` may have counted versions of its own."""
        return written_by(written[0]) in self._aliases

    def _on(self, memory: tuple[int, int] | None, drafts: Iterable[Draft]) -> tuple[int, ...]:
        """The calls whose results lie on this memory, and count its versions."""
        if memory is None:
            return ()
        return tuple(
            draft.index for draft in drafts if any(self._memory_of(tensor) == memory for tensor, _, _ in draft.outputs)
        )

    def _memory_of(self, index: int) -> tuple[int, int] | None:
        """What tells memory, and who counts the writes to it; None for a tensor that is gone."""
        tensor = None if index == UNKNOWN else self._store.tensor(index)
        if tensor is None or (storage := storage_of(tensor)) < 0:
            return None
        source = self._store.tensor(self._aliases.get(index, index))
        if source is not None and version_of(source) != version_of(tensor):
            return None
        return storage, version_of(tensor)


def written_by(entry: LoggedCall) -> int:
    """The tensor whose versions a write counts: the base of a view, and what was detached itself."""
    return entry.outputs[0] if entry.whole is None or entry.views is None else entry.views[0]
