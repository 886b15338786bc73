"""Unseen: what torch did where no recorder can look, said plainly.

In: the Trace's places of such runs. Out: a Diagnostic for each.
"""

from __future__ import annotations

from backlight.graph.nodes import place_fields
from backlight.model.document import Diagnostic
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
