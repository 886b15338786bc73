"""Shared memory: what numpy writes into tensors, found by looking at the memory that a program shares with it.

In: tensors whose memory numpy has. Out: for those whose content is another than it was, and no call of torch's wrote
to it, the same entries on the tape that such a call gives. Only little memory is looked at: ``LOOKED_AT`` bytes of
``TENSORS`` tensors, and none that nobody can write to any more.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import torch

from backlight.record import asked
from backlight.record.store import storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, unnoticed
from backlight.record.updates import LeafChanges

LOOKED_AT = 2**18
"""Bytes that are looked at: of what is shared beyond them a change is seen when the tensor is used next, or never."""
TENSORS = 64
_numpy: Any = torch.Tensor.numpy


@dataclass(slots=True)
class _Shared:
    """Memory as an array of bytes, what it held when it was last looked at, and who has it.

    ``arrays`` are those that the program got; None where they are not known.
    """

    memory: Any
    content: bytes
    tensor: weakref.ref[torch.Tensor]
    arrays: list[weakref.ref[Any]] | None


class SharedMemory:
    """The memory that numpy may write to."""

    def __init__(self, tape: Tape, changes: LeafChanges) -> None:
        self._tape = tape
        self._changes = changes
        self._shared: dict[int, _Shared] = {}  # by storage
        self._bytes = 0
        tape.shared_memory = self

    @unnoticed
    def note(self, tensor: torch.Tensor, array: Any = None) -> None:
        """From now on look at the memory of a tensor, which the store was just told of, as long as ``array`` lives."""
        storage, store = storage_of(tensor), self._tape.store
        if storage not in self._shared and not self._begin(storage, tensor):
            return
        shared = self._shared[storage]
        if shared.arrays is not None:
            try:
                shared.arrays.append(weakref.ref(array))
            except TypeError:  # None, or what tells nobody of its end
                shared.arrays = None
        leaf = self._tape.leaf_on.get(storage)
        if leaf is not None:
            with aside():
                store.present(leaf)  # so that what it had before is known when it is another
        store.overwritten.discard(storage)

    def _begin(self, storage: int, tensor: torch.Tensor) -> bool:
        if storage < 0 or tensor.device.type != "cpu":
            return False
        memory = asked.storage(tensor)
        if not memory.nbytes() or self._bytes + memory.nbytes() > LOOKED_AT or len(self._shared) >= TENSORS:
            return False
        self._bytes += memory.nbytes()
        with aside():
            whole = _numpy(torch.empty(0, dtype=torch.uint8).set_(memory))
        self._shared[storage] = _Shared(whole, whole.tobytes(), weakref.ref(tensor), [])
        return True

    def note_origin(self, tensor: torch.Tensor) -> None:
        """The same of a tensor that no logged call made, where its memory is not torch's own: of ``from_numpy``."""
        if storage_of(tensor) >= 0 and not asked.storage(tensor).resizable():
            self.note(tensor)

    def look(self, place: int | None = None) -> None:
        """Log what numpy has written since the last look; at ``place``, else where the program is."""
        overwritten = self._tape.store.overwritten
        for storage, shared in list(self._shared.items()):
            content, tensor = shared.memory.tobytes(), self._tensor(storage, shared)
            if content != shared.content and tensor is not None and storage not in overwritten:
                self._log(storage, tensor, self._tape.places.now() if place is None else place)
            shared.content = content
            if tensor is None or (shared.arrays is not None and all(array() is None for array in shared.arrays)):
                self._bytes -= len(content)
                del self._shared[storage]
        overwritten.clear()

    def _tensor(self, storage: int, shared: _Shared) -> torch.Tensor | None:
        """A tensor that has this memory still."""
        tensor, leaf = shared.tensor(), self._tape.leaf_on.get(storage)
        return self._tape.store.tensor(leaf) if tensor is None and leaf is not None else tensor

    def _log(self, storage: int, tensor: torch.Tensor, place: int) -> None:
        tape = self._tape
        tape.settle()
        with aside():
            change = self._changes.before([tensor])
            tape.store.before_write(tensor)
            tape.written_at[storage] = place
            if change is not None:
                self._changes.after(change, place)
            else:
                self._changes.note_replaced(tensor, asked.detached(tensor).clone(), place)
