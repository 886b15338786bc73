"""Graph: a Trace becomes nodes, edges, passes and events in the Document's terms.

In: a Trace. Out: a Graph. It knows no torch: a stored Trace gives the same Graph without it.
"""

from __future__ import annotations

from backlight.graph.edges import build_edges
from backlight.graph.events import build_events
from backlight.graph.groups import build_groups
from backlight.graph.nodes import choose_nodes
from backlight.graph.passes import build_passes, build_past
from backlight.graph.saved import add_saved
from backlight.graph.twin import graph_to_text
from backlight.graph.unseen import out_of_sight, unseen
from backlight.model.document import Leaf
from backlight.model.graph import Graph
from backlight.model.trace import Trace

__all__ = ["build_graph", "graph_to_text"]


def build_graph(trace: Trace) -> Graph:
    """The graph of a Trace: every autograd node, and the plain tensors around them."""
    chosen = choose_nodes(trace)
    edges = build_edges(trace, chosen)
    passes = build_passes(trace, chosen, edges)
    events = build_events(trace, chosen)
    add_saved(trace, chosen, passes, events)
    groups = build_groups(trace, chosen, edges)
    leaves: list[Leaf] = []
    for leaf in trace.leaves:
        node = chosen.of_call.get(leaf.call)
        if node is not None:
            leaves.append(Leaf(chosen.nodes[node].label, node, leaf.value, leaf.grad, None))
    hidden = out_of_sight(trace, chosen)

    def node_of(call: int, output_nr: int) -> int | None:
        made = trace.calls[call].outputs[output_nr].node
        return chosen.of_call.get(call) if made is None else chosen.of_autograd[made]

    return Graph(
        chosen.nodes,
        edges.edges,
        groups,
        build_past(trace, chosen),
        passes,
        events,
        leaves,
        unseen(trace),
        hidden,
        node_of,
    )
