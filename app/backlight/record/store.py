"""The store: the tensors that a recording knows, and what each of them held when it flowed.

In: tensors. Out: an index for each tensor, a value id for each content. It copies nothing until something is about to
write (`TensorStore.before_write`), and sums large values up when they take more memory than the recording may hold.
A tensor is held, so that no ``id()`` is used twice; one that was let go leaves the books as it dies.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Sequence

import torch

from backlight.record import asked
from backlight.record.encode import BYTES_PER_ELEMENT, SMALLER, Summary, cells_in, summarise
from backlight.record.torch_private import aside, is_being_captured
from backlight.settings import Settings

UNKNOWN = -1
"""Stands for: the content of this tensor has no value id now."""
RECENT, FEWEST = 64, 8
"""Values that are not summed up, lest the calls under way need them: so many, or fewer where they are large."""


class TensorStore:
    """Knows tensors by index and contents by value id."""

    def __init__(self, settings: Settings | None) -> None:
        self.current: list[int] = []  # tensor -> value id of what it holds now, or UNKNOWN
        self.held: list[torch.Tensor | Summary] = []  # value id -> a tensor that holds that value still, or its summary
        self._settings = settings  # None: hold everything
        self._tensors: list[torch.Tensor | weakref.ref[torch.Tensor]] = []
        self.owner: list[int] = []  # value id -> tensor
        self._kept: set[int] = set()  # tensors that are never let go
        self._versions: dict[int, int] = {}  # value id -> its tensor's version, where no tensor holds it any more
        self._exposed: set[int] = set()  # storages that may be written to unseen
        self.overwritten: set[int] = set()  # those of them that torch has written to, until somebody has looked
        self.unlogged: set[int] = set()  # tensors that hold what the engine made: no entry of the log says so yet
        self._index: dict[int, int] = {}  # id() -> tensor
        self._live: dict[int, list[int]] = {}  # storage -> values that are held on it
        self._home: dict[int, int] = {}  # storage -> first tensor seen on it
        self._bytes = 0  # memory first held since values were last summed up
        self._summed_up = 0  # values before this one hold no large tensor any more
        self._last: dict[int, int] | None = None  # tensor -> its last value, where that was asked for
        self._cells = 0  # of all summaries' pictures
        self._picture_cells = 0 if settings is None else settings.picture_cells  # that one of them may have

    # ── tensors ───────────────────────────────────────────────────────────────────────────────────

    def tensor(self, index: int) -> torch.Tensor | None:
        """The tensor of an index; None where it was let go and has died."""
        tensor = self._tensors[index]
        return tensor() if isinstance(tensor, weakref.ref) else tensor

    def keep(self, index: int) -> torch.Tensor:
        """The tensor of an index that was just seen, never to be let go from now on."""
        tensor = self.tensor(index)
        assert tensor is not None
        self._tensors[index] = tensor
        self._kept.add(index)
        return tensor

    def kept(self, index: int) -> torch.Tensor:
        """The tensor of an index that `keep` was called for."""
        tensor = self._tensors[index]
        assert isinstance(tensor, torch.Tensor)
        return tensor

    def find(self, tensor: torch.Tensor) -> int | None:
        """The index of a tensor that is known, with its present content held; None where it is not known."""
        index = self._index.get(id(tensor))
        if index is not None and self.current[index] < 0:
            self._hold(index, tensor)
        return index

    def know(self, tensor: torch.Tensor) -> int:
        """The index of a tensor, known from now on if it was not."""
        index = self._index.get(id(tensor))
        if index is None:
            return self._add(tensor)
        if self.current[index] < 0:
            self._hold(index, tensor)
        return index

    def base_of(self, tensor: torch.Tensor) -> int | None:
        """The first tensor seen on the storage of this one."""
        return self._home.get(storage_of(tensor))

    def all_on(self, tensor: torch.Tensor) -> set[int]:
        """The tensors whose present content is known, and lies on the storage of this one."""
        live = self._live.get(storage_of(tensor), ())
        return {self.owner[value] for value in live if self.current[self.owner[value]] == value}

    def others_on(self, tensor: torch.Tensor) -> list[int]:
        """The same but for this one."""
        return sorted(self.all_on(tensor) - {self._index.get(id(tensor))})

    def is_let_go(self, index: int) -> bool:
        """Whether the books no longer keep a tensor alive; a value that is held by it may."""
        return isinstance(self._tensors[index], weakref.ref)

    def release(self) -> None:
        """Let go of everything."""
        self._tensors.clear()
        self.held.clear()

    # ── values ────────────────────────────────────────────────────────────────────────────────────

    def value(self, tensor: torch.Tensor | None) -> int | None:
        """The value id of what a gradient holds now."""
        if tensor is not None and id(tensor) not in self._index:
            self.unlogged.add(len(self._tensors))
        return None if tensor is None else self.current[self.know(tensor)]

    def present(self, index: int) -> int:
        """The value id of what a kept tensor has now. Called where no mode and no autograd sees the calls."""
        value = self.current[index]
        return self.refresh(index) if value == UNKNOWN else value

    def last(self, index: int) -> int:
        """The value id of what a tensor had when it was last seen. Called where no mode and no autograd sees it."""
        if self.current[index] != UNKNOWN or self.tensor(index) is not None:
            return self.present(index)
        if self._last is None:  # the recording is over: no more values come
            self._last = {owner: value for value, owner in enumerate(self.owner)}
        return self._last[index]

    def refresh(self, index: int) -> int:
        """A new value id for what a leaf has now, held by an alias: ``leaf.data = …`` takes its own storage away.

        Called where no mode and no autograd sees the calls.
        """
        self._hold(index, asked.detached(self.keep(index)))
        return self.current[index]

    def add(self, tensor: torch.Tensor | Summary) -> int:
        """A value id for a tensor that the program does not have."""
        self.owner.append(UNKNOWN)
        self.held.append(tensor)
        return len(self.held) - 1

    def snapshot(self, tensor: torch.Tensor) -> int:
        """A value id for what a tensor has now, which does not make it a known one.

        Called where no mode and no autograd sees the calls.
        """
        index = self.find(tensor)
        if index is not None:
            return self.current[index]
        is_large = self._settings is not None and asked.element_count(tensor) > self._settings.element_count
        value = self.add(summarise(tensor, self._picture_cells) if is_large else asked.detached(tensor).clone())
        self._versions[value] = version_of(tensor)
        return value

    def version(self, value: int) -> int:
        """The version of a value's tensor while it had that value."""
        holder, known = self.held[value], self._versions.get(value)
        return known if known is not None else version_of(holder) if isinstance(holder, torch.Tensor) else 0

    def values_by_tensor(self) -> dict[int, list[int]]:
        """The ids of all values that each tensor has had, in order."""
        values: dict[int, list[int]] = {}
        for value, index in enumerate(self.owner):
            values.setdefault(index, []).append(value)
        return values

    def is_value(self, value: int, tensor: torch.Tensor) -> bool:
        """Whether a tensor holds just what a value held. Called where no mode and no autograd sees the calls."""
        holder = self.held[value]
        return isinstance(holder, torch.Tensor) and torch.equal(holder, tensor)

    def before_write(self, tensor: torch.Tensor, replaces: bool = False) -> None:
        """Copy every value on the storage that is about to be written. Called where no mode and no autograd sees it.

        ``replaces``: the tensor gets another storage then.
        """
        storage = storage_of(tensor)
        self.overwritten.update({storage} & self._exposed)
        live = self._live.pop(storage, None)
        if replaces:
            self._leave_home(self._index.get(id(tensor)), storage)
        if live is None:
            return
        for value in live:
            holder, index = self.held[value], self.owner[value]
            if isinstance(holder, torch.Tensor):
                self._versions.setdefault(value, version_of(holder))
                self.held[value] = copy = asked.detached(holder).clone()
                self._bytes += asked.byte_count(copy)
            if self.current[index] == value:
                self.current[index] = UNKNOWN

    def before_replaced(self, tensor: torch.Tensor) -> None:
        """Hold by an alias what is held by this tensor: ``tensor.data = …`` is about to take its storage away."""
        index = self._index.get(id(tensor))
        if index is None:
            return
        with aside():
            alias, storage = asked.detached(tensor), storage_of(tensor)
        self._leave_home(index, storage)
        for value in self._live.get(storage, ()):
            if self.held[value] is tensor:
                self.held[value] = alias
                if self.current[index] == value:
                    self.current[index] = UNKNOWN

    def expose(self, tensor: torch.Tensor) -> None:
        """From now on this tensor's storage may be written to unseen: copy what it has, now and whenever it flows."""
        with aside():
            self._exposed.add(storage_of(tensor))
            self.know(tensor)
            self.before_write(tensor)

    # ── forgetting ────────────────────────────────────────────────────────────────────────────────

    def only(self, tensors: Sequence[int], values: Sequence[int]) -> None:
        """Forget all but these tensors and values, ascending, and number them anew, in order.

        The owners of the values, and the values that the tensors have now, must be among them.
        """
        tensor_at = {old: new for new, old in enumerate(tensors)}
        value_at = {old: new for new, old in enumerate(values)}
        self.current = [value_at.get(self.current[old], UNKNOWN) for old in tensors]
        self.held = [self.held[old] for old in values]
        self.owner = [tensor_at[self.owner[old]] for old in values]
        self._tensors = [self._tensors[old] for old in tensors]
        self._versions = {value_at[old]: version for old, version in self._versions.items() if old in value_at}
        self._kept = {tensor_at[old] for old in self._kept if old in tensor_at}
        self.unlogged = {tensor_at[old] for old in self.unlogged if old in tensor_at}
        index = {key: tensor_at[old] for key, old in self._index.items() if old in tensor_at}
        self._index.clear()  # the books that dying tensors strike themselves out of
        self._index.update(index)
        live = {storage: [value_at[old] for old in held if old in value_at] for storage, held in self._live.items()}
        self._live = {storage: held for storage, held in live.items() if held}
        self._home = {storage: tensor_at[old] for storage, old in self._home.items() if old in tensor_at}
        self._exposed &= {storage_of(each) for old in range(len(tensors)) if (each := self.tensor(old)) is not None}
        self._summed_up = sum(old < self._summed_up for old in values)
        self._cells = cells_in(self.held)

    def has_storage(self, storage: int) -> bool:
        """Whether a tensor on this storage is known."""
        return storage in self._home or storage in self._live

    def with_owners(self, tensors: set[int], values: set[int]) -> None:
        """Add to both what `only` asks for."""
        tensors.update(self.owner[value] for value in values)
        values.update(self.current[tensor] for tensor in tensors if self.current[tensor] >= 0)

    def is_alone(self, index: int) -> bool:
        """Whether nobody but the store holds a tensor any more. Called where no mode and no autograd sees the calls."""
        tensor = self.tensor(index)
        if tensor is None:
            return True
        key = id(tensor)
        for value in self._live.get(storage_of(tensor), ()):
            if self.held[value] is tensor:
                self.held[value] = asked.detached(tensor)
        self._tensors[index] = alive = weakref.ref(tensor)
        del tensor
        tensor = alive()
        if tensor is None:
            self._index.pop(key, None)
            self._kept.discard(index)
            return True
        self._tensors[index] = tensor
        return False

    # ── inside ────────────────────────────────────────────────────────────────────────────────────

    def _add(self, tensor: torch.Tensor) -> int:
        index = len(self._tensors)
        self._tensors.append(tensor)
        self.current.append(UNKNOWN)
        self._index[id(tensor)] = index
        storage = self._hold(index, tensor)
        if storage not in self._home:
            self._home[storage] = index
            self._bytes += asked.byte_count(tensor)
            settings = self._settings
            if settings is not None and self._bytes > settings.held_bytes and not is_being_captured(tensor):
                self._sum_up(settings)
        return index

    def _hold(self, index: int, holder: torch.Tensor) -> int:
        """Give the content of a tensor a value id; ``holder`` is on its storage, which is returned."""
        storage = storage_of(holder)
        self.current[index] = value = len(self.held)
        if storage in self._exposed:
            self._versions[value] = version_of(holder)
            with aside():
                holder = asked.detached(holder).clone()
        self.held.append(holder)
        self.owner.append(index)
        self._live.setdefault(storage, []).append(value)
        return storage

    def _sum_up(self, settings: Settings) -> None:
        """Keep of all but the most recent large values a summary, and let go of their tensors."""
        last, self._bytes = self._first_recent(settings.held_bytes // 2)
        with aside():
            for value in range(self._summed_up, last):
                self._sum_up_value(value, settings)
        self._summed_up = last
        self._afford_pictures(settings)

    def _first_recent(self, most: int) -> tuple[int, int]:
        """The first of the values that count as recent, and the bytes of all: ``most``, beyond `FEWEST` values."""
        end, taken, storages = len(self.held), 0, set[int]()
        for value in range(end - 1, max(self._summed_up, end - RECENT) - 1, -1):
            holder = self.held[value]
            if isinstance(holder, torch.Tensor) and storage_of(holder) not in storages:
                taken += asked.byte_count(holder)
                if taken > most and end - value > FEWEST:
                    return value + 1, taken - asked.byte_count(holder)
                storages.add(storage_of(holder))
        return max(self._summed_up, end - RECENT), taken

    def _afford_pictures(self, settings: Settings) -> None:
        """Hold no more cells of pictures than a Document can: make them all smaller where there are too many."""
        while self._cells > settings.value_bytes // BYTES_PER_ELEMENT and self._picture_cells:
            self._picture_cells = max(cells for _, cells in SMALLER if cells < self._picture_cells)
            for value, holder in enumerate(self.held):
                if isinstance(holder, Summary):
                    self.held[value] = holder.with_fewer(self._picture_cells)
            self._cells = cells_in(self.held)

    def _sum_up_value(self, value: int, settings: Settings) -> None:
        holder, index = self.held[value], self.owner[value]
        is_own = index in self._kept and self.current[index] == value  # the program holds this memory itself
        if is_own or not isinstance(holder, torch.Tensor):
            return
        self._versions.setdefault(value, version_of(holder))
        if asked.element_count(holder) > settings.element_count:
            self.held[value] = summary = summarise(holder, self._picture_cells)
            self._cells += summary.held()
        else:
            self.held[value] = asked.detached(holder).clone()
        if index not in self._kept:
            self._let_go(index)

    def _let_go(self, index: int) -> None:
        tensor = self._tensors[index]
        if isinstance(tensor, torch.Tensor):
            key = id(tensor)
            self._leave_home(index, storage_of(tensor))
            self._tensors[index] = weakref.ref(tensor, lambda _: self._died(key))

    def _leave_home(self, index: int | None, storage: int) -> None:
        """A tensor is on this storage no longer, whose address may be another's soon."""
        if index is not None and self._home.get(storage) == index:
            del self._home[storage]

    def _died(self, key: int) -> None:
        """A tensor that was let go is no more: the next with its ``id()``, or on its storage, is another."""
        index = self._index.pop(key, None)
        if index is not None and index < len(self.current):
            self.current[index] = UNKNOWN


def storage_of(tensor: torch.Tensor) -> int:
    """What tells a tensor's storage from all others alive; a tensor without one (sparse) stands for itself."""
    try:
        return asked.storage(tensor)._cdata  # pyright: ignore[reportPrivateUsage]
    except (NotImplementedError, RuntimeError):
        return -id(tensor)


def address_of(tensor: torch.Tensor) -> int:
    """Where a tensor's elements begin in memory; 0 for one that does not say."""
    try:
        return asked.pointer(tensor)
    except (NotImplementedError, RuntimeError):
        return 0


def version_of(tensor: torch.Tensor) -> int:
    """How often a tensor was written to; one made in inference mode does not count."""
    return 0 if tensor.is_inference() else asked.version(tensor)


def grad_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """``tensor.grad``, without torch's warning where it is asked for of what is no leaf, or is none any more."""
    if asked.has_no_maker(tensor) or asked.retains_grad(tensor):
        return asked.grad(tensor)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return asked.grad(tensor)


def is_leaf(tensor: torch.Tensor) -> bool:
    """Whether a tensor requires grad and no node made it."""
    return asked.requires_grad(tensor) and asked.has_no_maker(tensor)
