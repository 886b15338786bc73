"""Forget: a long run keeps its last passes; what only older ones needed goes, and the rest gets new numbers.

In: a tape at rest, between passes. Out: the same tape, shorter. Leaves stay, with their names; a tensor
that is used still and whose call is forgotten becomes an origin. Every field of the log that holds a number
is a row of `FIELDS`; a test sees to it that none is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backlight.record.digest import Digest
from backlight.record.entries import (
    LoggedCall,
    LoggedChange,
    LoggedExit,
    LoggedHeld,
    LoggedLeaf,
    LoggedMessage,
    LoggedNames,
    LoggedOrigin,
    LoggedPacking,
    LoggedRetain,
    LoggedStatistics,
    LoggedStep,
    LoggedUnseen,
    LoggedView,
    RawCaptured,
    RawHooked,
    RawPass,
    RawStep,
)
from backlight.record.store import UNKNOWN
from backlight.record.tape import Tape
from backlight.record.torch_private import aside

FIELDS: dict[type, dict[str, str]] = {
    LoggedCall: {
        "inputs": "tensor",
        "outputs": "tensor",
        "views": "tensor",
        "faces": "tensor",
        "parts": "tensor",
        "whole": "tensor",
        "output_values": "value",
        "nodes": "node",
        "first_node": "node",
        "made_in": "pass, -",
        "saved_values": "-, tensor, value",
        "own_values": "node, -, tensor, value",
    },
    LoggedOrigin: {"tensor": "tensor", "base": "tensor", "value": "value", "node": "node"},
    LoggedView: {"tensor": "tensor", "value": "value", "node": "node"},
    LoggedStatistics: {"statistics": "tensor, value"},
    LoggedExit: {"tensor": "tensor", "value": "value"},
    LoggedLeaf: {"tensor": "tensor", "value": "value"},
    LoggedNames: {"tensor": "tensor"},
    LoggedStep: {"pass_index": "pass", "accumulated": "value"},
    LoggedChange: {"tensor": "tensor", "before": "value", "after": "value"},
    LoggedRetain: {"tensor": "tensor", "pass_index": "pass", "before": "value", "added": "value", "after": "value"},
    LoggedHeld: {"node": "node", "tensor": "tensor", "value": "value"},
    LoggedUnseen: {"nodes": "node", "made_in": "pass, -"},
    LoggedPacking: {},
    LoggedMessage: {},
    RawPass: {"index": "pass", "parent": "pass", "roots": "node"},
    RawStep: {"node": "node", "grad_outputs": "value", "grad_inputs": "value"},
    RawCaptured: {"node": "node", "value": "value"},
    RawHooked: {"before": "value", "after": "value"},
}
"""For each entry, its fields that hold a number or several, and what these count; of tuples, what each part does."""
PLAIN: dict[type, set[str]] = {
    LoggedCall: {
        *("func", "requires_grad", "constants", "place", "cell", "grad_enabled", "updates_leaf", "numbers"),
        *("scope", "stand", "saves", "output_nrs", "version"),
    },
    LoggedOrigin: {"is_gradient", "place", "cell", "scope", "stand"},
    LoggedView: {"place", "cell"},
    LoggedStatistics: {"place", "cell"},
    LoggedExit: {"how", "requires_grad", "place", "cell", "names", "scope", "stand"},
    LoggedNames: {"names", "place", "shown", "depth"},
    LoggedStep: {"step"},
    LoggedChange: {"kind", "place", "cell"},
    LoggedRetain: {"output_nr"},
    LoggedHeld: {"name", "is_packed"},
    LoggedUnseen: set(),
    LoggedPacking: {"is_on"},
    LoggedMessage: {"kind", "text", "type", "place", "cell"},
    RawPass: {"place", "cell", "create_graph", "retain_graph", "steps", "captured"},
    RawStep: {"hooked"},
    RawCaptured: {"output_nr", "hooked"},
    RawHooked: {"kind", "where", "slot", "place"},
}
"""The other fields: they mean the same whatever is forgotten."""


Numbers = int | None | list[int | None] | tuple[int | None, ...]
"""What a field may hold."""
Numbered = tuple[Any, ...]
"""Several parts in one, some of them numbers."""


class Forgetting:
    """Counts passes, and keeps the last ``passes`` of them, at most twice as many on the way.

    ``digest`` takes note of the others, where there is one.
    """

    def __init__(self, tape: Tape, passes: int, digest: Digest | None = None) -> None:
        self._tape = tape
        self._passes = passes
        self._digest = digest
        self._ends: list[int] = []  # where on the log each outermost pass ended
        self._carried = 0  # entries at the start of the log that stand for what was forgotten
        self.forgotten = 0

    def pass_ended(self) -> None:
        """Note the end of an outermost pass."""
        self._ends.append(len(self._tape.log))

    def cut_now_and_then(self) -> dict[int, int]:
        """Forget the older passes where that is worth the while; see `cut`."""
        return self.cut() if len(self._ends) >= 2 * self._passes else {}

    def cut(self) -> dict[int, int]:
        """Forget all but the last passes. Gives the new number of each tensor; none where nothing was forgotten."""
        if len(self._ends) <= self._passes:
            return {}
        tape = self._tape
        end = _after(tape.log, self._ends[-self._passes - 1])
        outermost = [run.index for run in tape.passes if run.parent is None]
        first = outermost[-self._passes]
        self.forgotten += first
        at = self._cut(end, first)
        self._ends = [self._carried + each - end for each in self._ends[-self._passes :]]
        return at

    def cut_for_good(self) -> None:
        """The same when the recording is over; then again, since the nodes that went may have held leaves alive."""
        self.cut()
        if self._carried:
            self._cut(self._carried, 0)

    def _cut(self, end: int, first: int) -> dict[int, int]:
        with aside():
            if self._digest is not None:
                self._digest.take(first)
            self._carried, at = _cut(self._tape, end, first)
        if self._digest is not None:
            self._digest.renumber(at)
        return at


def _after(log: list[Any], end: int) -> int:
    """Where on the log what follows a pass begins: behind updates, and behind what was made of the pass's own graph."""
    made: set[int] = set()
    for position in range(end, len(log)):
        entry = log[position]
        match entry:
            case LoggedStep():
                break
            case LoggedCall(nodes=nodes) if any(node >= 0 for node in nodes or ()):
                break
            case LoggedCall(requires_grad=required, outputs=outputs) if not any(required):
                made.update(outputs)
            case LoggedOrigin(tensor=tensor):
                made.add(tensor)
            case LoggedCall() | LoggedChange():
                end = position + 1
            case LoggedNames(tensor=tensor) | LoggedExit(tensor=tensor) if tensor not in made:
                end = position + 1
            case _:
                pass
    return end


def _cut(tape: Tape, end: int, first: int) -> tuple[int, dict[int, int]]:
    """Forget the log before ``end`` and the passes before ``first``.

    Gives the number of entries that replace what was forgotten, and the new numbers of tensors.
    """
    before, after = tape.log[:end], tape.log[end:]
    passes = tape.passes[first:]
    records = [*after, *_parts(passes)]
    used = {kind: set(_numbers(records, kind)) for kind in ("tensor", "value", "node")}
    persistent = {leaf for leaf in tape.leaves if leaf in used["tensor"] or not tape.store.is_alone(leaf)}
    carried = _carried(before, _entering(after) | persistent)
    for kind, numbers in used.items():
        numbers.update(_numbers(carried, kind))
    tape.log = [*carried, *after]
    tape.passes = passes
    return len(carried), _renumber(tape, used, first)


def _entering(entries: list[Any]) -> set[int]:
    """The tensors that entries use and that none of them has made before."""
    made: set[int] = set()
    entering: set[int] = set()
    for entry in entries:
        tensors = set(_numbers([entry], "tensor"))
        match entry:
            case LoggedOrigin(tensor=tensor):
                fresh = {tensor}
            case LoggedCall(outputs=outputs, inputs=inputs, views=views):
                fresh = set(outputs) - set(inputs) - set(views or ())
            case _:
                fresh = set[int]()
        entering |= tensors - made - fresh
        made |= tensors
    return entering


def _carried(entries: list[Any], wanted: set[int]) -> list[Any]:
    """What the entries that are about to be forgotten leave behind of these tensors."""
    origins: dict[int, LoggedOrigin] = {}
    names: dict[int, dict[str, int]] = {}
    leaves: set[int] = set()
    packing = LoggedPacking(is_on=False)
    for entry in entries:
        _follow(origins, entry)
        if isinstance(entry, LoggedNames):
            known = names.setdefault(entry.tensor, {})
            known.update((name, min(entry.depth, known.get(name, entry.depth))) for name in entry.names)
        elif isinstance(entry, LoggedLeaf):
            leaves.add(entry.tensor)
        elif isinstance(entry, LoggedPacking):
            packing = entry
    left: list[Any] = [packing] if packing.is_on else []
    for tensor in sorted(wanted & origins.keys()):
        origin = origins[tensor]
        origin.base = None
        left.append(origin)
        for name, depth in names.get(tensor, {}).items():
            left.append(LoggedNames(tensor, (name,), origin.place, depth=depth))
        if tensor in leaves:
            left.append(LoggedLeaf(tensor, origin.value))
    return left


def _follow(origins: dict[int, LoggedOrigin], entry: Any) -> None:
    """Keep for each tensor an origin that says what it holds after this entry, and which node made that."""
    match entry:
        case LoggedOrigin(tensor=tensor):
            origins[tensor] = entry
        case LoggedCall(outputs=outputs, output_values=values):
            faces = entry.faces or []
            nodes = [*(entry.nodes or [UNKNOWN] * len(outputs)), *[UNKNOWN] * len(faces)]
            held = [*values, *values[:1] * len(faces)]
            for tensor, value, node in zip([*outputs, *faces], held, nodes, strict=True):
                if tensor in origins and entry.updates_leaf:
                    origins[tensor].value = value
                else:
                    origins[tensor] = LoggedOrigin(tensor, value, None, False, entry.place, entry.cell, node)
        case LoggedView(tensor=tensor):
            origins[tensor] = LoggedOrigin(tensor, entry.value, None, False, entry.place, entry.cell, entry.node)
        case LoggedStatistics(statistics=statistics):
            for tensor, value in statistics:
                origins[tensor] = LoggedOrigin(tensor, value, None, False, entry.place, entry.cell)
        case LoggedLeaf(tensor=tensor, value=value) if tensor in origins:
            origins[tensor].value = value
        case LoggedChange(kind="update", tensor=tensor, after=int() as value) if tensor in origins:
            origins[tensor].value = value
        case _:
            pass


def _renumber(tape: Tape, used: dict[str, set[int]], first: int) -> dict[int, int]:
    store = tape.store
    tensors, values = used["tensor"], used["value"]
    values.update(grad for leaf, grad in tape.grads.items() if leaf in tensors and grad is not None)
    store.with_owners(tensors, values)
    nodes = used["node"] | {node for tensor, node in tape.node_of.items() if tensor in tensors}
    kept = {"tensor": sorted(tensors), "value": sorted(values), "node": sorted(nodes)}
    at = {kind: {old: new for new, old in enumerate(numbers)} for kind, numbers in kept.items()}
    at["pass"] = {run.index: run.index - first for run in tape.passes}
    for record in (*tape.log, *_parts(tape.passes)):
        for name, kind in FIELDS[type(record)].items():
            setattr(record, name, _mapped(getattr(record, name), [at.get(each) for each in kind.split(", ")]))
    store.only(kept["tensor"], kept["value"])
    tape.written_at = {storage: place for storage, place in tape.written_at.items() if store.has_storage(storage)}
    tape.unseen = list(dict.fromkeys(tape.unseen))
    _renumber_nodes(tape, kept["node"])
    tape.made_inside = {at["node"][old] for old in tape.made_inside if old in at["node"]}
    _renumber_books(tape, at)
    return at["tensor"]


def _renumber_nodes(tape: Tape, kept: list[int]) -> None:
    old = tape.nodes
    tape.nodes = [old[number] for number in kept]
    tape.node_index.clear()
    while old:  # from last to first: torch frees a chain of them recursively
        old.pop()
    tape.node_index.update({node: number for number, node in enumerate(tape.nodes)})


def _renumber_books(tape: Tape, at: dict[str, dict[int, int]]) -> None:
    tensor, value, node = at["tensor"], at["value"], at["node"]
    tape.node_of = {tensor[old]: node[made] for old, made in tape.node_of.items() if old in tensor}
    tape.leaves = {tensor[old]: storage for old, storage in tape.leaves.items() if old in tensor}
    tape.shared = {address: tensor[old] for address, old in tape.shared.items() if old in tensor}
    for books in (tape.leaf_on, tape.grad_on):
        known = {storage: old for storage, old in books.items() if tape.store.has_storage(storage)}
        books.clear()
        books.update({storage: tensor[old] for storage, old in known.items() if old in tensor})
    for lists in (tape.may_be_leaf_on, tape.others_on):
        there = {storage: [tensor[old] for old in held if old in tensor] for storage, held in lists.items()}
        lists.clear()
        lists.update({storage: held for storage, held in there.items() if held and tape.store.has_storage(storage)})
    tape.named = {tensor[old] for old in tape.named if old in tensor}
    grads = {tensor[old]: grad for old, grad in tape.grads.items() if old in tensor}
    tape.grads = {leaf: None if grad is None else value[grad] for leaf, grad in grads.items()}


def _parts(passes: list[RawPass]) -> Iterable[Any]:
    """Passes, and all the records inside of them."""
    for run in passes:
        yield run
        yield from run.captured
        yield from run.steps
        for each in (*run.captured, *run.steps):
            yield from each.hooked


def _numbers(records: Iterable[Any], kind: str) -> Iterable[int]:
    """All numbers of one kind in these records."""
    for record in records:
        for name, counted in FIELDS[type(record)].items():
            if kind not in counted:
                continue
            parts, field = counted.split(", "), getattr(record, name)
            for each in _flat(field) if len(parts) == 1 else _parts_of(field, parts.index(kind)):
                if each is not None and each >= 0:
                    yield each


def _flat(field: Numbers) -> Iterable[int | None]:
    return field if isinstance(field, (list, tuple)) else (field,)


def _parts_of(field: list[Numbered] | Numbered | None, position: int) -> Iterable[int | None]:
    """The part at a position of a tuple, or of each of the tuples in a list."""
    tuples = field if isinstance(field, list) else [] if field is None else [field]
    return [each[position] for each in tuples]


def _mapped(field: Any, at: list[dict[int, int] | None]) -> Any:
    """A field with each number replaced; None and negative ones stand for nothing, and stay."""
    if len(at) > 1:
        tuples: list[Numbered] | Numbered | None = field
        return [_mapped_tuple(each, at) for each in tuples] if isinstance(tuples, list) else _mapped_tuple(tuples, at)
    numbers: Numbers = field
    if isinstance(numbers, list):
        return [_mapped_one(number, at[0]) for number in numbers]
    if isinstance(numbers, tuple):
        return tuple(_mapped_one(number, at[0]) for number in numbers)
    return _mapped_one(numbers, at[0])


def _mapped_tuple(parts: Numbered | None, at: list[dict[int, int] | None]) -> Any:
    return parts and tuple(_mapped_one(part, books) for part, books in zip(parts, at, strict=True))


def _mapped_one(number: Any, at: dict[int, int] | None) -> Any:
    return number if at is None or number is None or number < 0 else at.get(number)
