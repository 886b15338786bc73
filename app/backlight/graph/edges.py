"""Edges: how data flowed from node to node, and where no gradient can flow back.

Autograd's own edges come first: each with its slot, so that ``a * a`` has two. What else went into a
call is an edge that is not differentiable, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backlight.graph.nodes import Chosen
from backlight.model.document import Cut, Edge, Node
from backlight.model.drawn import is_exit, is_link
from backlight.model.trace import Call, CallOutput, Flow, Trace


@dataclass(slots=True)
class Edges:
    """The edges, and which edge stands for which slot of which autograd node."""

    edges: list[Edge] = field(default_factory=list[Edge])
    of_slot: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    taken: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def free_slot(self, target: int, wanted: int) -> int:
        """The slot of ``target`` that a flow takes: its argument's position, or the next that no other edge has."""
        while (target, wanted) in self.taken:
            wanted += 1
        self.taken.add((target, wanted))
        return wanted


def build_edges(trace: Trace, chosen: Chosen) -> Edges:
    """All edges, ordered by their target."""
    calls_of: dict[int, list[Call]] = {}
    for call in trace.calls:
        target = chosen.of_call.get(call.index)
        if target is not None:
            calls_of.setdefault(target, []).append(call)
    autograd_of = {node: autograd for autograd, node in chosen.of_autograd.items()}
    built = Edges()
    for node in chosen.nodes:
        autograd = autograd_of.get(node.id)
        if autograd is not None:
            _add_links(built, trace, chosen, autograd)
        for call in calls_of.get(node.id, ()):
            _add_flows(built, trace, chosen, call)
    return built


def _add_links(built: Edges, trace: Trace, chosen: Chosen, autograd: int) -> None:
    target = chosen.of_autograd[autograd]
    for link in trace.nodes[autograd].links:
        source = chosen.of_autograd[link.node]
        built.of_slot[autograd, link.input_nr] = len(built.edges)
        built.taken.add((target, link.input_nr))
        built.edges.append(Edge(len(built.edges), source, target, link.output_nr, link.input_nr, True, None))


def _add_flows(built: Edges, trace: Trace, chosen: Chosen, call: Call) -> None:
    """The edges of a call that autograd does not have."""
    target = chosen.of_call[call.index]
    for input_nr, flow in enumerate(call.inputs):
        found = chosen.source(flow)
        if found is None or found[0] == target or is_link(trace.calls, call, flow):
            continue
        source, output_nr = found
        cut = cut_of(call, flow, trace.calls[flow.call].outputs[flow.output_nr], chosen.nodes[source])
        slot = built.free_slot(target, input_nr)
        built.edges.append(Edge(len(built.edges), source, target, output_nr, slot, False, cut))


def cut_of(call: Call, flow: Flow, made: CallOutput, source: Node) -> Cut:
    """Why no gradient flows back along this flow of ``made`` into a call; ``source`` is the node that stands for it."""
    if is_exit(call) or (flow.as_number and is_real(made.dtype)):
        return "item"
    passes_by = flow.requires_grad and call.has_node
    if passes_by and flow.written_aside:
        return "detach"
    if call.op == "torch.tensor" or (call.op is None and (flow.requires_grad or is_array(source))):
        return "copy"
    if passes_by:
        return "no_grad"
    was_detached = made.node is not None and not flow.requires_grad  # in place, since it was made
    if was_detached or (call.op is not None and call.op.startswith("aten.detach")):
        return "detach"
    if not any(is_real(output.dtype) for output in call.outputs) or not is_real(made.dtype):
        return "integer"
    if not call.grad_enabled:
        return "no_grad"
    return "non-differentiable"


def is_array(node: Node) -> bool:
    """Whether a node is an array of numpy's, or of another library."""
    return node.kind == "op" and node.op is None and node.label in {"numpy", "dlpack"}


def is_real(dtype: str) -> bool:
    """Whether gradients exist for this dtype: real or complex floating point."""
    return dtype.startswith(("float", "bfloat", "complex"))
