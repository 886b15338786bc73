"""The text twin of a Graph: what tests, logs and the command line read."""

from __future__ import annotations

from collections.abc import Sequence

from backlight.model.document import Edge, Group, Node, Pass
from backlight.model.graph import Graph


def graph_to_text(graph: Graph) -> str:
    """One line for each node with its inputs, one for each group with what is right in it, one for each step."""
    into: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        into.setdefault(edge.target, []).append(edge)
    lines = [_node_line(node, into.get(node.id, ())) for node in graph.nodes]
    lines += [_group_line(group, graph) for group in graph.groups]
    for run in graph.passes:
        lines += _pass_lines(run, graph)
    return "\n".join(lines) + "\n"


def _node_line(node: Node, edges: Sequence[Edge]) -> str:
    what = f"{node.kind} {node.op or node.label}"
    names = f" {','.join(node.names)}" if node.names else ""
    shape = "" if node.shape is None else f" {node.dtype}{node.shape}"
    place = "" if node.line is None else f" @{node.line}:{node.column}-{node.end_line}:{node.end_column}"
    inputs = "".join(f" {_edge_text(edge)}" for edge in edges)
    return f"n{node.id} {what}{names}{shape}{place}{inputs}"


def _edge_text(edge: Edge) -> str:
    arrow = "<-" if edge.differentiable else "<~"
    cut = f"({edge.cut})" if edge.cut else ""
    return f"[{edge.input_nr}]{arrow}n{edge.source}.{edge.output_nr}{cut}"


def _group_line(group: Group, graph: Graph) -> str:
    depth, outer = 0, group.parent
    while outer is not None:
        depth, outer = depth + 1, graph.groups[outer].parent
    kind = f" ({group.type})" if group.type not in (None, group.name) else ""
    inside = ",".join(f"n{node.id}" for node in graph.nodes if node.groups[-1:] == [group.id])
    return f"g{group.id} {'  ' * depth}{group.kind} {group.name}{kind}: {inside}".rstrip()


def _pass_lines(run: Pass, graph: Graph) -> list[str]:
    lines = [f"pass {run.index} line {run.line} from {','.join(f'n{root}' for root in run.roots)}"]
    for step in run.steps:
        flows = " ".join(f"n{graph.edges[each.edge].source}" for each in step.contributions)
        lines.append(f"  n{step.node}{' -> ' + flows if flows else ''}")
    return lines
