"""Saved: what each node keeps for its backward, and until when; and which node's backward made it."""

from __future__ import annotations

from dataclasses import replace

from backlight.graph.nodes import Chosen
from backlight.model.document import AnyEvent, BackwardEvent, Pass, Saved
from backlight.model.trace import SavedTensor, Trace


def add_saved(trace: Trace, chosen: Chosen, passes: list[Pass], events: list[AnyEvent]) -> None:
    """Complete the chosen nodes, which are all known now, with what they say of other nodes and of events."""
    freed = freeing_events(passes, events)
    for autograd in trace.nodes:
        if autograd.saved or autograd.backward_of is not None:
            number = chosen.of_autograd[autograd.index]
            node = chosen.nodes[number]
            node.saved[:] = (_saved(each, chosen, freed.get(number)) for each in autograd.saved)
            if autograd.backward_of is not None:
                chosen.nodes[number] = replace(node, backward_of=chosen.of_autograd[autograd.backward_of])


def _saved(saved: SavedTensor, chosen: Chosen, freed: int | None) -> Saved:
    node = None if saved.call is None else chosen.of_call.get(saved.call)
    output_nr = None if node is None else saved.output_nr
    return Saved(saved.name, saved.value, saved.version, node, output_nr, freed, saved.packed)


def freeing_events(passes: list[Pass], events: list[AnyEvent]) -> dict[int, int]:
    """For each node the event after which it kept nothing: its first step in a pass that retains no graph."""
    freed: dict[int, int] = {}
    for event in events:
        if isinstance(event, BackwardEvent) and not passes[event.pass_index].retain_graph:
            freed.setdefault(event.node, event.index)
    return freed
