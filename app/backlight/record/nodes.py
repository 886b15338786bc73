"""Nodes: every autograd node of a recording, with its edges, as the Trace tells of them.

In: a tape that has come to its end, and the calls read from it. Out: AutogradNodes. The walk finds those, too, that no
recorded call made, and goes without recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from backlight.model.trace import AutogradNode, Link
from backlight.record.draft import Draft
from backlight.record.tape import Tape
from backlight.record.torch_private import AccumulateGrad, name_of, output_shapes, sequence_number


def made_since(node: Any, number: int) -> list[Any]:
    """A node and those before it, along its edges, that this thread has made since it was at a sequence number."""
    found: dict[Any, None] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each is None or each in found or type(each) is AccumulateGrad or sequence_number(each) < number:
            continue
        found[each] = None
        waiting += [linked for linked, _ in each.next_functions]
    return [*found]


def walk_nodes(tape: Tape, drafts: Iterable[Draft], leaf_of: Callable[[Any], int | None]) -> tuple[AutogradNode, ...]:
    """Every node that is known, and all that hang on them; ``leaf_of`` tells the call of an AccumulateGrad's leaf."""
    calls: dict[int, list[int]] = {}
    for draft in drafts:
        for node in dict.fromkeys(node for _, _, node in draft.outputs if node is not None):
            calls.setdefault(node, []).append(draft.index)
    found: list[AutogradNode] = []
    while len(found) < len(tape.nodes):
        index = len(found)
        node = tape.nodes[index]
        links = tuple(
            Link(input_nr, tape.node(linked), output_nr)
            for input_nr, (linked, output_nr) in enumerate(node.next_functions)
            if linked is not None
        )
        name, shapes = name_of(node), output_shapes(node)
        found.append(AutogradNode(index, name, links, tuple(calls.get(index, ())), leaf_of(node), shapes))
    return tuple(found)
