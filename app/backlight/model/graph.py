"""The Graph: a Trace told in nodes and edges, forward and backward joined, in the Document's own terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backlight.model.document import AnyEvent, Diagnostic, Edge, Group, Leaf, Node, Pass, PastPass, Unseen


@dataclass(frozen=True, slots=True)
class Graph:
    """What `graph` makes of a Trace; ids are ordinal, as in the Document.

    ``node_of(call, output_nr)`` is the node that stands for an output of one of the Trace's calls, or None.
    """

    nodes: list[Node]
    edges: list[Edge]
    groups: list[Group]
    past: list[PastPass]
    passes: list[Pass]
    events: list[AnyEvent]
    leaves: list[Leaf]
    diagnostics: list[Diagnostic]
    unseen: list[Unseen]
    node_of: Callable[[int, int], int | None]
