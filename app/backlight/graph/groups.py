"""Groups: the boxes around nodes, from the scopes of a Trace and its cells; ``docs/trace-format.md`` has the rules.

In: a Trace, its nodes and edges. Out: the nodes with their groups, and the groups, parents first, in the order in
which operations ran in them. A scope in which nothing drawn was made gives no group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backlight.graph.edges import Edges
from backlight.graph.nodes import Chosen, place_fields
from backlight.model.document import Group, Node
from backlight.model.trace import Call, Scope, Trace

Chain = tuple[int, ...]
"""The scopes that something is in, outermost first; a cell is the negative of its ordinal, counted from 1."""


def build_groups(trace: Trace, chosen: Chosen, edges: Edges) -> list[Group]:
    """The groups; each of the chosen nodes gets the numbers of those that it is in."""
    chains = _Chains(trace, chosen, edges)
    homes = [chains.of_node(node) for node in chosen.nodes]
    groups: list[Group] = []
    number_of: dict[int, int] = {}
    for node in sorted(chosen.nodes, key=lambda node: (cell_of(homes[node.id]), node.kind != "op")):
        parent: int | None = None
        for key in homes[node.id]:
            if key not in number_of:
                number_of[key] = len(groups)
                groups.append(group_of(len(groups), key, parent, trace))
            parent = number_of[key]
    for node in chosen.nodes:
        node.groups[:] = (number_of[key] for key in homes[node.id])
    was_cut = any(each.limit == "keep" for each in trace.truncated)
    return counted_from_the_first(groups) if was_cut else groups


def counted_from_the_first(groups: list[Group]) -> list[Group]:
    """The groups, the iterations of each loop numbered from the first that the recording has kept."""
    first: dict[int | None, int] = {}
    for each in groups:
        if each.kind == "loop" and each.number is not None:
            first[each.parent] = min(each.number, first.get(each.parent, each.number))
    return [_renumbered(each, first[each.parent]) if each.kind == "loop" and each.number else each for each in groups]


def _renumbered(iteration: Group, first: int) -> Group:
    number = (iteration.number or 0) - first
    return replace(iteration, number=number, name=f"iteration {number}")


def cell_of(chain: Chain) -> int:
    """The ordinal of a chain's cell, counted from 1; 0 where it is in none."""
    return -min(chain[0], 0) if chain else 0


def group_of(number: int, key: int, parent: int | None, trace: Trace) -> Group:
    """The group of a scope or a cell."""
    if key < 0:
        cell = trace.cells[-key - 1]
        return Group(number, "cell", f"cell {cell.index}", None, None, None, cell.index, **place_fields(None))
    scope = trace.scopes[key]
    kind = "loop" if scope.kind == "iteration" else scope.kind
    return Group(number, kind, scope.name, parent, scope.type, scope.subject, scope.number, **place_fields(scope.place))


def common(chains: Iterable[Chain]) -> Chain | None:
    """What all of them begin with; None where there are none."""
    shared: Chain | None = None
    for chain in chains:
        if shared is None:
            shared = chain
        length = 0
        while length < min(len(shared), len(chain)) and shared[length] == chain[length]:
            length += 1
        shared = shared[:length]
    return shared


class _Chains:
    """Where each node stands. Operations stand where they ran; the others are placed after them."""

    def __init__(self, trace: Trace, chosen: Chosen, edges: Edges) -> None:
        self._trace = trace
        self._cells = self._cells_of_scopes() if len(trace.cells) > 1 else None
        self._of_scope: dict[int, Chain] = {}
        self._calls: dict[int, Call] = {node: trace.calls[call] for call, node in chosen.of_call.items()}
        self._calls_of_module: dict[int, list[int]] = {}
        for index, scope in enumerate(trace.scopes):
            if scope.kind == "module" and scope.subject is not None:
                self._calls_of_module.setdefault(scope.subject, []).append(index)
        self._consumers: dict[int, list[int]] = {}
        for edge in edges.edges:
            self._consumers.setdefault(edge.source, []).append(edge.target)
        ran = [node for node in chosen.nodes if node.kind == "op" and node.id in self._calls]
        self._placed = {node.id: self._of_call(self._calls[node.id]) for node in ran}
        self._used = {key for chain in self._placed.values() for key in chain}

    def of_node(self, node: Node) -> Chain:
        """Where a node stands."""
        placed = self._placed.get(node.id)
        if placed is not None:
            return placed
        consumers = [self._placed[each] for each in self._consumers.get(node.id, ()) if each in self._placed]
        call = self._calls.get(node.id)
        if call is None:
            return common(consumers) or ()
        owned = self._of_owners(call, consumers)
        if owned is not None:
            return owned
        if call.is_known:
            return self._of_call(call)
        return self._outside_modules(common(consumers) or self._of_call(call))

    def _of_owners(self, call: Call, consumers: list[Chain]) -> Chain | None:
        """What the calls of the modules that own a parameter have in common: those that use it, else all that ran."""
        calls = [each for owner in call.owners for each in self._calls_of_module[owner] if each in self._used]
        around = {key for chain in consumers for key in chain}
        using = [each for each in calls if each in around]
        return common(self._chain(each) for each in using or calls)

    def _outside_modules(self, chain: Chain) -> Chain:
        """What is around the outermost module of a chain."""
        modules = [at for at, key in enumerate(chain) if key >= 0 and self._trace.scopes[key].kind == "module"]
        return chain[: modules[0]] if modules else chain

    def _of_call(self, call: Call) -> Chain:
        if call.scope is not None:
            return self._chain(call.scope)
        return () if self._cells is None or call.cell is None else (-call.cell - 1,)

    def _chain(self, scope: int) -> Chain:
        """A scope and those around it; a module's own ``forward`` is one with its call."""
        waiting: list[int] = []
        around: int | None = scope
        while around is not None and around not in self._of_scope:
            waiting.append(around)
            around = self._trace.scopes[around].parent
        for each in reversed(waiting):
            told = self._trace.scopes[each]
            outside = self._root(each) if told.parent is None else self._of_scope[told.parent]
            self._of_scope[each] = outside if told.is_forward else (*outside, each)
        return self._of_scope[scope]

    def _root(self, scope: int) -> Chain:
        cell = None if self._cells is None else self._cells.get(scope)
        return () if cell is None else (-cell - 1,)

    def _cells_of_scopes(self) -> dict[int, int]:
        """The cell in which a scope that is in no other was first seen."""
        scopes: tuple[Scope, ...] = self._trace.scopes
        roots: list[int] = []
        for index, scope in enumerate(scopes):
            roots.append(index if scope.parent is None else roots[scope.parent])
        cells: dict[int, int] = {}
        for call in self._trace.calls:
            if call.scope is not None and call.cell is not None:
                cells.setdefault(roots[call.scope], call.cell)
        return cells
