"""The tape: what the hooks and handlers write down while the program runs, raw and quick.

In: tensors, as they flow. Out: a log of entries that know tensors, values and nodes by index.
It holds on to every tensor, so that no ``id()`` is used twice, and copies nothing until something
is about to write (see `Tape.before_write`). `finish` makes a Trace of it, when the program is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from backlight.errors import SoftLimit
from backlight.record.places import PlaceKeys

UNKNOWN = -1
"""Stands for: the content of this tensor has no value id now; or: this tensor has no autograd node."""


@dataclass(slots=True)
class LoggedCall:
    """An ATen call. Tensors by index; ``nodes`` holds an autograd node for each output, filled in by `Tape.settle`.

    A write to a view counts as a write to its base, whose history autograd rebases: ``outputs`` then holds the
    base, and ``views`` what was written through.
    """

    func: Any
    inputs: list[int]
    requires_grad: list[bool]
    constants: list[tuple[int | str, Any]]
    outputs: list[int]
    output_values: list[int]
    nodes: list[int] | None = None
    place: int = 0
    cell: int | None = None
    grad_enabled: bool = True
    updates_leaf: bool = False
    views: list[int] | None = None


@dataclass(slots=True)
class LoggedOrigin:
    """First sight of a tensor that no logged call made. ``base`` is a known tensor on the same storage."""

    tensor: int
    value: int
    base: int | None
    is_gradient: bool
    place: int
    cell: int | None


@dataclass(slots=True)
class LoggedLeaf:
    """First use of a tensor as a leaf: what autograd will accumulate a gradient for."""

    tensor: int
    value: int


@dataclass(slots=True)
class LoggedNames:
    """The tensor got these names (or was shown: ``names`` is then empty)."""

    tensor: int
    names: tuple[str, ...]
    place: int


@dataclass(slots=True)
class LoggedStep:
    """The engine ran ``node``: value ids of the gradients that came in and that it gave; ``accumulated`` for a leaf."""

    pass_index: int
    step: int
    accumulated: tuple[int | None, int | None] | None


@dataclass(slots=True)
class LoggedChange:
    """A leaf changed outside the graph: ``kind`` is ``update`` or ``grad-cleared``; before and after are value ids."""

    kind: str
    tensor: int
    before: int | None
    after: int | None
    place: int
    cell: int | None


@dataclass(slots=True)
class LoggedMessage:
    """The program printed, warned or raised."""

    kind: str
    text: str
    type: str
    place: Any
    cell: int | None


@dataclass(slots=True)
class RawStep:
    """One node's turn in the engine, gradients as value ids."""

    node: int
    grad_outputs: list[int | None]
    grad_inputs: list[int | None]


@dataclass(slots=True)
class RawPass:
    """One run of the engine, while it is being recorded."""

    index: int
    parent: int | None
    place: int
    cell: int | None
    roots: list[int]
    create_graph: bool
    retain_graph: bool
    steps: list[RawStep]


class Tape:
    """Everything written down in one recording. Not safe for threads: a recording sees its own thread only."""

    def __init__(self, places: PlaceKeys, node_limit: int | None = None) -> None:
        self.places = places
        self.log: list[Any] = []
        self.cell: int | None = None
        self.tensors: list[torch.Tensor] = []
        self.current: list[int] = []  # tensor -> value id of what it holds now, or UNKNOWN
        self.node_of: list[int] = []  # tensor -> autograd node that made it, or UNKNOWN
        self.held: list[torch.Tensor] = []  # value id -> a tensor that holds that value still
        self.nodes: list[Any] = []
        self.node_index: dict[Any, int] = {}
        self.passes: list[RawPass] = []
        self.running: list[RawPass] = []
        self.hooked = False  # the program has put a hook on a tensor
        self.leaves: dict[int, None] = {}
        self.leaf_on: dict[int, int] = {}  # storage -> leaf
        self.may_be_leaf_on: dict[int, int] = {}  # storage -> tensor that requires grad and that no node made
        self.grad_on: dict[int, int] = {}  # storage of a .grad -> leaf
        self.grads: dict[int, int | None] = {}  # leaf -> value id of its .grad when it was last seen
        self._index: dict[int, int] = {}
        self._live: dict[int, list[int]] = {}  # storage -> tensors on it whose content has a value id
        self._home: dict[int, int] = {}  # storage -> first tensor seen on it
        self._node_limit = node_limit
        self._calls = 0
        self._unsettled: LoggedCall | None = None

    # ── tensors and values ────────────────────────────────────────────────────────────────────────

    def add(self, tensor: torch.Tensor) -> int:
        """Know a tensor from now on, with the value it has now. Its index."""
        index = len(self.tensors)
        self.tensors.append(tensor)
        self.current.append(UNKNOWN)
        self.node_of.append(UNKNOWN)
        self._index[id(tensor)] = index
        self._home.setdefault(self.hold(index, tensor), index)
        return index

    def hold(self, index: int, holder: torch.Tensor) -> int:
        """Give the present content of a tensor a value id; ``holder`` is on its storage, which is returned."""
        self.current[index] = len(self.held)
        self.held.append(holder)
        storage = storage_of(holder)
        live = self._live.get(storage)
        if live is None:
            self._live[storage] = [index]
        else:
            live.append(index)
        return storage

    def find(self, tensor: torch.Tensor) -> int | None:
        """The index of a tensor that is known, with its present content held; None where it is not known."""
        index = self._index.get(id(tensor))
        if index is not None and self.current[index] < 0:
            self.hold(index, tensor)
        return index

    def know(self, tensor: torch.Tensor) -> int:
        """The index of a tensor, known from now on if it was not."""
        index = self._index.get(id(tensor))
        if index is None:
            return self.add(tensor)
        if self.current[index] < 0:
            self.hold(index, tensor)
        return index

    def value(self, tensor: torch.Tensor | None) -> int | None:
        """The value id of what a tensor (a gradient, say) holds now."""
        return None if tensor is None else self.current[self.know(tensor)]

    def origin(self, tensor: torch.Tensor, place: int, is_gradient: bool = False) -> int:
        """The index of a tensor; one that no logged call made is logged as an origin."""
        index = self.find(tensor)
        if index is not None:
            return index
        base = self._home.get(storage_of(tensor))
        index = self.add(tensor)
        self.may_become_leaf(index)
        self.log.append(LoggedOrigin(index, self.current[index], base, is_gradient, place, self.cell))
        return index

    def may_become_leaf(self, index: int) -> None:
        """Remember that a write to this tensor initialises a parameter, where it requires grad and no node made it."""
        tensor = self.tensors[index]
        if tensor.requires_grad and tensor.is_leaf:
            self.may_be_leaf_on[storage_of(tensor)] = index

    def leaf(self, index: int) -> None:
        """Log the first use of a tensor as a leaf. Called where no mode and no autograd sees the calls."""
        if index in self.leaves:
            return
        storage = storage_of(self.tensors[index])
        self.leaves[index] = None
        self.leaf_on[storage] = self.may_be_leaf_on[storage] = index
        self.log.append(LoggedLeaf(index, self.refresh(index)))

    def present(self, index: int) -> int:
        """The value id of what a leaf has now. Called where no mode and no autograd sees the calls."""
        value = self.current[index]
        return self.refresh(index) if value == UNKNOWN else value

    def refresh(self, index: int) -> int:
        """A new value id for what a leaf has now, held by an alias: ``leaf.data = …`` takes its own storage away."""
        self.hold(index, self.tensors[index].detach())
        return self.current[index]

    def before_write(self, tensor: torch.Tensor) -> None:
        """Copy every value on the storage that is about to be written. Called where no mode and no autograd sees it."""
        live = self._live.pop(storage_of(tensor), None)
        if live is None:
            return
        for index in live:
            value = self.current[index]
            if value >= 0:
                self.held[value] = self.held[value].detach().clone()
            self.current[index] = UNKNOWN

    def release(self) -> None:
        """Let go of everything, nodes from last to first: torch frees a chain of them recursively from its deep end."""
        self.tensors.clear()
        self.held.clear()
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
        if call.views is not None:
            bases = (self.tensors[view]._base for view in call.views)
            call.outputs = list(dict.fromkeys(self.know(base) for base in bases if base is not None))
            call.output_values = [self.current[index] for index in call.outputs]
        nodes: list[int] = []
        for index in call.outputs:
            node = self.tensors[index].grad_fn
            number = UNKNOWN if node is None else self.node(node)
            self.node_of[index] = number
            nodes.append(number)
        call.nodes = nodes

    def unsettled(self, call: LoggedCall) -> None:
        """Log a call whose outputs get their autograd nodes only after the handler has returned."""
        self.log.append(call)
        self._unsettled = call
        self._calls += 1
        self._check_limit(self._calls)

    def node(self, node: Any) -> int:
        """The index of an autograd node, known from now on. Raises SoftLimit where there are too many."""
        index = self.node_index.get(node)
        if index is None:
            index = self.node_index[node] = len(self.nodes)
            self.nodes.append(node)
            self._check_limit(index)
        return index

    def _check_limit(self, count: int) -> None:
        """Raise SoftLimit, once, where there are more calls or nodes than a graph may have."""
        limit = self._node_limit
        if limit is not None and count >= limit:
            self._node_limit = None
            raise SoftLimit("graph_nodes", limit, f"The graph grew beyond {limit:,} nodes.")


def storage_of(tensor: torch.Tensor) -> int:
    """What tells a tensor's storage from all others alive; a tensor without one (sparse) stands for itself."""
    try:
        return tensor.untyped_storage()._cdata  # pyright: ignore[reportPrivateUsage]
    except (NotImplementedError, RuntimeError):
        return -id(tensor)
