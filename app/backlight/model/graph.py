"""The Graph: a Trace told in nodes and edges, forward and backward joined, in the Document's own terms."""

from __future__ import annotations

from dataclasses import dataclass

from backlight.model.document import AnyEvent, Diagnostic, Edge, Group, Leaf, Node, Pass


@dataclass(frozen=True, slots=True)
class Graph:
    """What `graph` makes of a Trace; ids are ordinal, as in the Document."""

    nodes: list[Node]
    edges: list[Edge]
    groups: list[Group]
    passes: list[Pass]
    events: list[AnyEvent]
    leaves: list[Leaf]
    diagnostics: list[Diagnostic]
