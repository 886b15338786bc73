"""Unseen: what torch did where no recorder can look, said plainly.

In: the Trace's places of such runs, and what a recording of the user's own code had to leave out. Out: a Diagnostic
for each of the former, an Unseen for each of the latter.
"""

from __future__ import annotations

from backlight.graph.nodes import Chosen, place_fields
from backlight.model.document import Diagnostic, Unseen
from backlight.model.trace import Trace

MESSAGE = (
    "A function transform (torch.func.grad, jacrev, hessian, …) runs the engine here on tensors that exist only "
    "inside of it. Its steps cannot be shown; what they computed is in the graph, as operations."
)


def unseen(trace: Trace) -> list[Diagnostic]:
    """A notice for each place at which a function transform ran the engine."""
    return [
        Diagnostic("function-transform", "info", MESSAGE, **place_fields(place), node=None, evidence={}, fix=None)
        for place in dict.fromkeys(trace.unseen)
    ]


def out_of_sight(trace: Trace, chosen: Chosen) -> list[Unseen]:
    """What a recording of the user's own code could not see, in terms of nodes."""
    return [
        Unseen(
            kind=each.kind,
            message=each.message,
            **place_fields(each.place),
            node=None if each.node is None else chosen.of_autograd.get(each.node),
        )
        for each in trace.out_of_sight
    ]
