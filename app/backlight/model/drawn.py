"""Drawn: which calls of a recording have a place in the picture, and which flows are edges of autograd's own.

In: calls, in their order. Out: the indices of those that are drawn; of the others no value is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from backlight.model.trace import Flow


class Made(Protocol):
    """What is asked of a call: see `model.trace.Call`."""

    @property
    def index(self) -> int:
        """Its place among the calls."""
        ...

    @property
    def op(self) -> str | None:
        """Its operator; None where a tensor was only seen."""
        ...

    @property
    def role(self) -> Literal["forward", "update"]:
        """Whether it is part of the picture, or works on gradients and parameters."""
        ...

    @property
    def inputs(self) -> Sequence[Flow]:
        """What flows into it."""
        ...

    @property
    def shown(self) -> bool:
        """Whether the program named or printed it."""
        ...

    @property
    def is_leaf(self) -> bool:
        """Whether it stands for a leaf."""
        ...

    @property
    def grad_enabled(self) -> bool:
        """Whether autograd saw it."""
        ...

    @property
    def has_node(self) -> bool:
        """Whether an autograd node made one of its outputs."""
        ...

    @property
    def is_blank(self) -> bool:
        """Whether no output has a value: all are memory as it was found."""
        ...


def drawn_calls(calls: Sequence[Made]) -> frozenset[int]:
    """The calls that have a place in the picture."""
    drawn: set[int] = set()
    leaving = exits_from_graph(calls)
    for call in reversed(calls):
        wanted = (call.shown and call.role == "forward") or call.index in leaving
        if call.has_node or call.is_leaf or wanted or call.index in drawn:
            drawn.add(call.index)
            sources = (calls[flow.call] for flow in call.inputs if not is_link(calls, call, flow))
            drawn.update(source.index for source in sources if not is_scratch(source))
    return frozenset(drawn)


def exits_from_graph(calls: Sequence[Made]) -> set[int]:
    """The exits of what was made from a leaf, along whatever way: there the program leaves the graph."""
    made: set[int] = set()
    for call in calls:
        if call.is_leaf or any(flow.requires_grad or flow.call in made for flow in call.inputs):
            made.add(call.index)
    return {index for index in made if is_exit(calls[index]) and calls[index].role == "forward"}


def is_exit(call: Made) -> bool:
    """Whether the program took a number, a list or an array out of the graph here."""
    return call.op is not None and call.op.startswith("python.")


def is_link(calls: Sequence[Made], call: Made, flow: Flow) -> bool:
    """Whether a flow into a call is an edge of autograd's own.

    It is not where something was written outside of the graph (``with no_grad: h.mul_(2)``, ``h.data.mul_(2)``): then
    the data came from that write, and the gradient passes it by.
    """
    is_outside = flow.written_aside or is_written_outside(calls[flow.call])
    return call.has_node and flow.requires_grad and not is_outside


def is_written_outside(call: Made) -> bool:
    """Whether a call without a node of its own wrote to a tensor that the graph goes on with."""
    return call.op is not None and not (call.has_node or call.grad_enabled or call.is_leaf or call.role == "update")


def is_scratch(call: Made) -> bool:
    """Memory that torch takes for itself before it writes a result into it."""
    return not call.shown and not call.is_leaf and call.is_blank
