"""Replayable: the calls of a recording with all that it takes to make them again.

In: every call that the forward mode makes, and word of what the store takes note of. Out: a `ReplayProgram`.
On only where it is asked for: it holds every tensor that a call takes or gives, until it is let go.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, cast

import torch

from backlight.record import asked
from backlight.record.chance import Chance, chance_on
from backlight.record.entries import LoggedLeaf
from backlight.record.forward import ForwardMode
from backlight.record.places import PlaceKeys, Resolve
from backlight.record.replaced import replaced
from backlight.record.replay_program import (
    Alias,
    Constant,
    Entry,
    Escape,
    Geometry,
    Note,
    Ref,
    ReplayCall,
    ReplayLeaf,
    ReplayProgram,
    answer_of,
    tensors_within,
)
from backlight.record.store import TensorStore, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, is_transformed, modes_are_off, node_at_work
from backlight.record.updates import LeafChanges
from backlight.record.writes import Operator, call
from backlight.settings import Settings

Tensor = torch.Tensor
READERS = {"tolist": "tolist", "numpy": "numpy", "__array__": "numpy", "__dlpack__": "numpy"}
"""Methods that read a tensor's elements where no call is seen, and what a replay says of them."""


class CallLog:
    """Writes a recording's replay program while it runs."""

    def __init__(self, places: PlaceKeys) -> None:
        self._places = places
        self._entries: list[Entry] = []
        self._tensors: list[Tensor] = []  # held, so that no id() is used twice
        self._index: dict[int, int] = {}  # id() -> the tensor's number
        self._lies: list[tuple[int, Geometry | None]] = []  # tensor -> its storage, and how it lies on it
        self._home: dict[int, int] = {}  # storage -> first tensor seen on it
        self._storages: list[Any] = []  # held, for the same reason
        self._last_write: dict[int, int] = {}  # storage -> position of the last call that wrote to it

    # ── tensors ───────────────────────────────────────────────────────────────────────────────────

    def see(self, tensor: Tensor) -> int:
        """The number of a tensor that is about to be used; one that no call made gets an entry."""
        number = self._index.get(id(tensor))
        lies = lies_on(tensor)
        if number is not None and self._lies[number] == lies:
            return number
        storage, geometry = lies
        home = self._home.get(storage)
        number = self._add(tensor, lies)
        if home is not None:
            self._entries.append(Alias(number, home, geometry))
        else:
            with aside():
                content = asked.detached(tensor).clone() if geometry is None else asked.storage(tensor).clone()
            self._entries.append(Constant(number, content, geometry, self._places.now()))
        return number

    def _add(self, tensor: Tensor, lies: tuple[int, Geometry | None]) -> int:
        number = len(self._tensors)
        self._tensors.append(tensor)
        self._index[id(tensor)] = number
        self._lies.append(lies)
        if lies[0] not in self._home:
            self._home[lies[0]] = number
            if lies[1] is not None:
                self._storages.append(tensor.untyped_storage())
        return number

    def _made(self, tensor: Tensor) -> int:
        """The number of a tensor that a call has given, or has written to."""
        number = self._index.get(id(tensor))
        if number is None:
            return self._add(tensor, lies_on(tensor))
        self._lies[number] = lies_on(tensor)
        return number

    # ── entries ───────────────────────────────────────────────────────────────────────────────────

    def call(self, tape: Tape, operator: Operator, args: Any, kwargs: Any, written: list[Tensor]) -> Any:
        """Make a call that writes to ``written``, and log it once it is made."""
        func = operator.func
        named: dict[str, Any] = kwargs or {}
        logged = self._arguments(args), {name: self._arguments(each) for name, each in named.items()}
        device = device_of(args, kwargs) if draws(func) else None
        chance = None if device is None or device.type == "meta" else chance_on(device)
        result = call(operator, args, kwargs, written)
        outputs = tuple(self._made(tensor) for tensor in tensors_within(result))
        answer = None if picks_by_number(func, args) else answer_of(func, result)
        made = outputs, answer, chance, torch.is_grad_enabled(), self._places.now()
        self._entries.append(ReplayCall(func, *logged, *made, *running(tape)))
        for tensor in written:
            self._last_write[self._lies[self._made(tensor)][0]] = len(self._entries)
        return result

    def _arguments(self, argument: Any) -> Any:
        if isinstance(argument, Tensor):
            return Ref(self.see(argument), argument.requires_grad)
        if isinstance(argument, torch.Generator):
            return Chance(argument.device, argument.get_state())
        if isinstance(argument, list | tuple):
            members = [self._arguments(member) for member in cast("list[Any]", argument)]
            return tuple(members) if isinstance(argument, tuple) else members
        return argument

    def note(self, value: int, tensor: Tensor) -> None:
        """The recording takes note of what a tensor holds."""
        if not is_transformed(tensor):
            self._entries.append(Note(value, self.see(tensor)))

    def noticing_readers(self) -> AbstractContextManager[None]:
        """Log what the program reads elements by, until the context ends."""
        return replaced(Tensor, {name: partial(self._telling, reason) for name, reason in READERS.items()})

    def _telling(self, reason: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def read(tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
            if not (modes_are_off() or is_transformed(tensor)):
                with aside():
                    content = asked.detached(tensor).clone()
                self._entries.append(Escape(self.see(tensor), reason, content, self._places.now()))
            return original(tensor, *args, **kwargs)

        return read

    # ── the end ───────────────────────────────────────────────────────────────────────────────────

    def program(self, tape: Tape, resolve: Resolve) -> ReplayProgram:
        """The replay program of a recording that has ended. ``resolve`` turns instructions into places."""
        noted = {entry.value: entry.tensor for entry in self._entries if isinstance(entry, Note)}
        firsts = [each for each in tape.log if isinstance(each, LoggedLeaf) and each.value in noted]
        gradients = [tape.store.kept(leaf.tensor).grad for leaf in firsts]
        ends = [None if gradient is None else self.see(gradient) for gradient in gradients]
        leaves = tuple(
            ReplayLeaf(leaf.tensor, leaf.value, noted[leaf.value], end) for leaf, end in zip(firsts, ends, strict=True)
        )
        return ReplayProgram(
            tuple(self._entries),
            leaves,
            len(self._tensors),
            frozenset(self._overwritten({leaf.value for leaf in leaves})),
            tuple(self._places.resolve(resolve)),
        )

    def _overwritten(self, leaves: set[int]) -> Generator[int]:
        """The values whose memory is written to later, by a call or because a leaf is given there."""
        last_write = dict(self._last_write)
        for position, entry in reversed(list(enumerate(self._entries))):
            if isinstance(entry, Note):
                storage = self._lies[entry.tensor][0]
                if last_write.get(storage, -1) > position:
                    yield entry.value
                if entry.value in leaves:
                    last_write[storage] = max(position, last_write.get(storage, -1))


class NotedStore(TensorStore):
    """A store that tells a log of each value that it takes note of."""

    def __init__(self, settings: Settings | None, log: CallLog) -> None:
        super().__init__(settings)
        self._log = log

    def _hold(self, index: int, holder: Tensor) -> int:
        storage = super()._hold(index, holder)
        tensor = self.tensor(index)
        assert tensor is not None
        self._log.note(self.current[index], tensor)
        return storage


class ReplayableMode(ForwardMode):
    """A forward mode that makes its calls through a log."""

    def __init__(self, tape: Tape, changes: LeafChanges, log: CallLog) -> None:
        super().__init__(tape, changes)
        self._log = log

    def _call(self, operator: Operator, args: Any, kwargs: Any, written: list[Tensor]) -> Any:
        return self._log.call(self._tape, operator, args, kwargs, written)


def lies_on(tensor: Tensor) -> tuple[int, Geometry | None]:
    """What tells the storage of a tensor from all others, and how it lies on it; None where it is not strided."""
    storage = storage_of(tensor)
    if tensor.layout is not torch.strided or storage < 0:
        return -id(tensor), None
    shape, stride, offset = tuple(asked.sizes(tensor)), asked.strides(tensor), int(asked.offset(tensor))
    return storage, Geometry(shape, stride, offset, tensor.dtype, tensor.is_conj(), tensor.is_neg())


def running(tape: Tape) -> tuple[int | None, int | None]:
    """The pass under way, and the autograd node that runs; none where its step is over and the engine sums up."""
    if not tape.running:
        return None, None
    run = tape.running[-1]
    node = tape.node_index.get(node_at_work())
    return run.index, None if run.steps and run.steps[-1].node == node else node


@functools.cache
def draws(func: Any) -> bool:
    """Whether an operator draws from a random generator."""
    return torch.Tag.nondeterministic_seeded in func.tags


def picks_by_number(func: Any, args: Any) -> bool:
    """Whether a call is an indexing with positions: unlike one with a mask, its shape depends on no elements."""
    if func is not torch.ops.aten.index.Tensor:
        return False
    return not any(index.dtype in (torch.bool, torch.uint8) for index in tensors_within(args[1]))


def device_of(args: Any, kwargs: Any) -> torch.device:
    """The device that a call works on: that of its first tensor, or the one that it names."""
    tensors = [tensor for argument in args for tensor in tensors_within(argument)]
    named: torch.device | None = kwargs.get("device") if kwargs else None
    return tensors[0].device if tensors else named or torch.device("cpu")
