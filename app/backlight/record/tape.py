"""The tape: what the hooks and handlers write down while the program runs, raw and quick.

In: calls, leaves, names, passes, as they happen. Out: a log of entries that know tensors, values and nodes by index.
`finish` makes a Trace of it, when the program is over.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import torch

from backlight.errors import SoftLimit
from backlight.record import asked
from backlight.record.entries import LoggedCall, LoggedLeaf, LoggedOrigin, LoggedView, Pattern, RawPass
from backlight.record.places import PlaceKeys
from backlight.record.scopes import Scopes
from backlight.record.store import UNKNOWN, TensorStore, address_of, is_leaf, storage_of
from backlight.record.torch_private import node_at_work


class NodePatterns(Protocol):
    """Tells what the nodes that a call has just made keep; `backlight.record.saved` has the one that there is."""

    def of(self, call: LoggedCall, nodes: list[Any]) -> list[Pattern]:
        """What each of the nodes keeps."""
        ...

    def catch_up(self) -> None:
        """See to what had to wait."""
        ...


class MemoryWatch(Protocol):
    """Sees what numpy writes; `backlight.record.shared_memory` has the one that there is."""

    def note(self, tensor: torch.Tensor, array: Any = None) -> None:
        """Numpy has the memory of a tensor, as this array."""
        ...

    def note_origin(self, tensor: torch.Tensor) -> None:
        """Numpy may have the memory of a tensor that no logged call made."""
        ...

    def look(self, place: int | None = None) -> None:
        """Log what numpy has written."""
        ...


NESTED_PASSES = 59
"""How deep passes may stand in each other where there are limits. Deeper ones get threads of the engine's own
(``MAX_DEPTH`` in torch's ``engine.cpp``), and a sandbox lets none be made."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many nodes a graph may have, and how many steps a run may take."""

    graph_nodes: int
    steps: int


class Tape:
    """Everything written down in one recording. Not safe for threads: a recording sees its own thread only."""

    def __init__(self, places: PlaceKeys, store: TensorStore, limits: Limits | None = None) -> None:
        self.places = places
        self.scopes = Scopes(places)
        self.log: list[Any] = []
        self.cell: int | None = None
        self.store = store
        self.node_of: dict[int, int] = {}  # tensor -> autograd node that made it
        self.nodes: list[Any] = []
        self.node_index: dict[Any, int] = {}
        self.made_inside: set[int] = set()  # nodes that calls inside of the engine made
        self.passes: list[RawPass] = []
        self.running: list[RawPass] = []
        self.packed = False  # saved-tensor hooks have been active
        self.inside_function = False  # the forward of a custom Function runs
        self.stopped = False  # nothing is recorded any more
        self.replayable = False  # the calls inside of the engine matter too
        self.leaves: dict[int, int] = {}  # leaf -> the storage that it stands on
        self.leaf_on: dict[int, int] = {}  # storage -> leaf, the latest
        self.others_on: dict[int, list[int]] = {}  # storage -> leaves that were there before that one
        self.may_be_leaf_on: dict[int, list[int]] = {}  # storage -> tensors that require grad and that no node made
        self.grad_on: dict[int, int] = {}  # storage of a .grad -> leaf
        self.grads: dict[int, int | None] = {}  # leaf -> value id of its .grad when it was last seen
        self.written_at: dict[int, int] = {}  # storage -> place of the last write to it
        self.named: set[int] = set()  # tensors that have a name
        self.unseen: list[int] = []  # places of the passes inside of function transforms
        self.shared: dict[int, int] = {}  # address of memory -> tensor that handed it out as an array
        self.shared_memory: MemoryWatch | None = None  # what is looked at for what numpy writes
        self.made: dict[int, tuple[int, int]] = {}  # tensor -> call of the Trace, and which output; `finish` fills it
        self._thread = threading.get_ident()
        self.patterns: NodePatterns | None = None  # asked what new nodes keep
        self._limits = limits
        self._calls = 0
        self._steps = 0
        self.reached: SoftLimit | None = None  # the limit that this recording ended at
        self._unsettled: LoggedCall | None = None

    def is_off(self) -> bool:
        """Whether what happens now is not recorded: recording has stopped, or another thread than its own is at work.

        The engine's threads, one for each device, run passes on behalf of the recording's own, which waits for them.
        """
        if self.stopped or threading.get_ident() == self._thread:
            return self.stopped
        return not (self.running and threading.current_thread().name.startswith("Dummy-"))

    # ── tensors ───────────────────────────────────────────────────────────────────────────────────

    def origin(self, tensor: torch.Tensor, place: int, is_gradient: bool = False) -> int:
        """The index of a tensor; one that holds what no logged call made is logged as an origin.

        Where it came from is then not known, so that its memory may be numpy's too, unless the engine made it.
        """
        index = self.store.find(tensor)
        if index is not None:
            if index in self.store.unlogged and not tensor.requires_grad:
                self._gradient(index, place)
            return index
        base = self.store.base_of(tensor)
        if base is None and self.shared:
            base = self.shared.get(address_of(tensor))
        index = self.store.know(tensor)
        self.may_become_leaf(index, tensor)
        if base is None and not (is_gradient or tensor.requires_grad) and tensor.device.type == "cpu":
            self.store.expose(tensor)
            self.store.know(tensor)
            if self.shared_memory is not None:
                self.shared_memory.note_origin(tensor)
        value = self.store.current[index]
        node = asked.maker(tensor) if tensor.requires_grad else None
        if node is not None:
            self.node_of[index] = self.node(node)
        number, scope = self.node_of.get(index, UNKNOWN), self.scopes.current()
        self.log.append(
            LoggedOrigin(index, value, base, is_gradient, place, self.cell, number, scope, self.places.stand)
        )
        return index

    def _gradient(self, index: int, place: int) -> None:
        """Log that a tensor is used, at a place, which holds what a pass made, or added to: as it is now."""
        self.store.unlogged.discard(index)
        value, scope = self.store.current[index], self.scopes.current()
        self.log.append(LoggedOrigin(index, value, None, True, place, self.cell, UNKNOWN, scope, self.places.stand))

    def look_at_history(self, index: int, tensor: torch.Tensor) -> None:
        """Log the history that autograd made anew for a view that requires grad, when the view was last used.

        Called when autograd has asked for it itself: asking earlier would make the node before its time.
        """
        node = asked.maker(tensor)
        if node is None:
            return
        number = self.node(node)
        if self.node_of.get(index) != number:
            self.node_of[index] = number
            place = self.written_at.get(storage_of(tensor), self.places.nowhere)
            self.log.append(LoggedView(index, self.store.current[index], number, place, self.cell))

    def is_leaf(self, index: int) -> bool:
        """Whether a tensor that no node made requires grad; one that is gone was no leaf, since leaves are kept."""
        return index != UNKNOWN and (tensor := self.store.tensor(index)) is not None and is_leaf(tensor)

    def may_become_leaf(self, index: int, tensor: torch.Tensor) -> None:
        """Remember that a write to this tensor initialises a parameter, where it requires grad and no node made it.

        A view that was taken without grad of what requires it looks like a leaf, and one writes to its base by it.
        """
        if is_leaf(tensor) and not tensor._is_view():
            self.store.keep(index)
            self._may_stand(index, storage_of(tensor))

    def _may_stand(self, index: int, storage: int) -> None:
        there = self.may_be_leaf_on.setdefault(storage, [])
        if index not in there:
            there.append(index)

    def leaf(self, index: int) -> None:
        """Log the first use of a tensor as a leaf. Called where no mode and no autograd sees the calls."""
        if index in self.leaves:
            return
        self.stand(index, storage_of(self.store.keep(index)))
        self.log.append(LoggedLeaf(index, self.store.refresh(index)))

    def stand(self, leaf: int, storage: int) -> None:
        """Note on which storage a leaf stands now."""
        before = self.leaf_on.get(storage, leaf)
        if before != leaf:
            self.others_on.setdefault(storage, []).append(before)
        self.leaves[leaf] = storage
        self.leaf_on[storage] = leaf
        self._may_stand(leaf, storage)

    def leaves_on(self, storage: int) -> list[int]:
        """The leaves that stand on a storage, as ``x`` does beside ``x.detach().requires_grad_()``."""
        latest = self.leaf_on.get(storage)
        if latest is None:
            return []
        found = dict.fromkeys((*self.others_on.get(storage, ()), latest))
        return [leaf for leaf in found if self.leaves.get(leaf) == storage]

    def release(self) -> None:
        """Let go of everything, nodes from last to first: torch frees a chain of them recursively from its deep end."""
        self.store.release()
        self.node_index.clear()
        while self.nodes:
            self.nodes.pop()

    # ── autograd nodes ────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Ask the outputs of the last call for their autograd nodes: when the handler saw them they had none yet."""
        call = self._unsettled
        if call is None:
            return
        self._unsettled = None
        store = self.store
        if call.views is not None:
            call.outputs = self._written_whole(call, call.views)
            call.output_values = [store.current[index] for index in call.outputs]
        for index in (*(call.faces or ()), *(call.parts or ())):
            self._know_again(index)
        nodes: list[int] = []
        first = len(self.nodes)
        output_nrs: list[int] = []
        for index in call.outputs:
            tensor = store.tensor(index)
            node = None if tensor is None or index == call.whole else asked.maker(tensor)
            if tensor is None or node is None:
                if index != call.whole:
                    self.node_of.pop(index, None)
                nodes.append(UNKNOWN)
                output_nrs.append(0)
            else:
                self.node_of[index] = number = self.node(node)
                nodes.append(number)
                output_nrs.append(tensor.output_nr)
        call.nodes, call.output_nrs = nodes, output_nrs
        if len(self.nodes) > first:
            call.first_node = first
            if call.made_in is not None:
                self.made_inside.update(range(first, len(self.nodes)))
            if call.saved_values is None and self.patterns is not None:
                call.saves = self.patterns.of(call, self.nodes[first:])

    def settle_before(self, call: LoggedCall) -> None:
        """Finish the last call where it gave something else than this one: what both gave has this one's node now."""
        last = self._unsettled
        if last is not None and set(last.outputs).isdisjoint(call.outputs):
            self.settle()

    def _written_whole(self, call: LoggedCall, views: list[int]) -> list[int]:
        """The bases of the views that a call wrote to, whole."""
        store = self.store
        if call.whole is not None:
            whole = store.tensor(call.whole)
            return [] if whole is None else [store.know(whole)]
        bases = (view._base for index in views if (view := store.tensor(index)) is not None)
        return list(dict.fromkeys(store.know(base) for base in bases if base is not None))

    def _know_again(self, index: int) -> None:
        """Note what a tensor with a history or a name holds since it was written to as another's; others when used.

        Those may be many: each turn of a loop over ``h.data[i]`` leaves an ``h.data`` behind.
        """
        tensor = self.store.tensor(index)
        if tensor is not None and (tensor.requires_grad or index in self.named):
            self.store.know(tensor)

    def unsettled(self, call: LoggedCall) -> None:
        """Log a call whose outputs get their autograd nodes only after the handler has returned."""
        self.step()
        if self._limits is not None:
            self._check("graph_nodes", self._calls, self._limits.graph_nodes, "The graph grew beyond {:,} nodes.")
        self._calls += 1
        self.log.append(call)
        self._unsettled = call
        if self.running:
            call.made_in = (self.running[-1].index, node_at_work())

    def node(self, node: Any) -> int:
        """The index of an autograd node, known from now on. Raises SoftLimit where there are too many."""
        index = self.node_index.get(node)
        if index is None:
            index = len(self.nodes)
            if self._limits is not None:
                self._check("graph_nodes", index, self._limits.graph_nodes, "The graph grew beyond {:,} nodes.")
            self.node_index[node] = index
            self.nodes.append(node)
        return index

    # ── limits ────────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Count a step of the run. Raises SoftLimit where there are too many."""
        if self._limits is not None:
            self._check("steps", self._steps, self._limits.steps, "The run took more than {:,} steps.")
            self._steps += 1

    def nest(self) -> None:
        """A pass is about to begin. Raises RecursionError where torch's engine would need a thread for it."""
        if self._limits is not None and len(self.running) >= NESTED_PASSES:
            raise RecursionError(f"backward passes stand in each other more than {NESTED_PASSES} deep")

    def lift_limits(self) -> None:
        """Let what is left be written down: the program is over."""
        self._limits = None

    def _check(self, name: str, count: int, limit: int, message: str) -> None:
        """Raise SoftLimit at ``limit``, and whenever the program goes on nevertheless."""
        if count >= limit:
            self.stop(SoftLimit(name, limit, message.format(limit)))

    def stop(self, limit: SoftLimit) -> NoReturn:
        """End the program at a limit, which is known for one that goes on."""
        self.reached = limit
        raise limit
