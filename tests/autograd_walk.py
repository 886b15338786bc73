"""A walk over autograd's graph, written for the oracles: what a pass can reach, taken from torch right before it runs.

In: the roots of a pass, or those of a pass in a Document. Out: a Walk, numbered in order of discovery, slot by slot:
two graphs are the same, slots included, where their walks are equal. It shares no code with Backlight, on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import torch
from torch.autograd.graph import GradientEdge
from torch.utils._python_dispatch import _disable_current_modes

Outputs = tuple[tuple[tuple[int, ...], str], ...]
Arrow = tuple[int, int, int, int]
"""Source, output of the source, target, input of the target; nodes by position."""
Links = list[tuple[int, Any, int]]
"""The inputs of a node: slot, the node that it comes from, and which of its outputs."""


@dataclass(frozen=True)
class Walk:
    """Autograd's name for each node and the shapes and dtypes of its outputs; ``found`` is what stands behind each."""

    names: tuple[str, ...]
    outputs: tuple[Outputs, ...]
    arrows: tuple[Arrow, ...]
    found: tuple[Any, ...] = field(compare=False, repr=False)

    @property
    def positions(self) -> dict[Any, int]:
        return {found: position for position, found in enumerate(self.found)}


def discover(roots: list[Any], links: Callable[[Any], Links]) -> tuple[list[Any], list[Arrow]]:
    """What can be reached from the roots, and every way along which: first in, first out, without recursion."""
    place: dict[Hashable, int] = {root: position for position, root in enumerate(dict.fromkeys(roots))}
    queue = list(place)
    arrows: list[Arrow] = []
    for target, node in enumerate(queue):
        for slot, source, output_nr in links(node):
            if source not in place:
                place[source] = len(queue)
                queue.append(source)
            arrows.append((place[source], output_nr, target, slot))
    return queue, arrows


def as_counted(ours: Walk, torchs: Walk) -> Walk:
    """A walk of a Document, less the outputs that no gradient comes back to and that autograd does not count."""
    pairs = zip(ours.outputs, torchs.outputs, strict=False)
    return Walk(ours.names, tuple(outputs[: len(counted)] for outputs, counted in pairs), ours.arrows, ours.found)


# ── in torch ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Variable:
    """A leaf: the same for all AccumulateGrad nodes that torch makes for one tensor, one after the other."""

    tensor: torch.Tensor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Variable) and other.tensor is self.tensor

    def __hash__(self) -> int:
        return id(self.tensor)


def standing_for(node: Any) -> Any:
    """A leaf's node by its leaf, any other by itself."""
    return Variable(node.variable) if node.name().endswith("AccumulateGrad") else node


def root_of(output: Any) -> Any:
    """Where a pass starts for this output; None where the engine will refuse it, or a function transform owns it."""
    if isinstance(output, GradientEdge):
        return standing_for(output.node)
    if not output.requires_grad or torch._C._functorch.is_functorch_wrapped_tensor(output):
        return None
    if output.grad_fn is not None:
        return output.grad_fn
    return Variable(output) if has_edge(output) else None


def has_edge(tensor: Any) -> bool:
    """Whether gradients can come to a tensor without a node: not to a view of a leaf that was taken under `no_grad`."""
    with _disable_current_modes(), torch.enable_grad():
        made = tensor.view_as(tensor).grad_fn
    return made is not None and made.next_functions[0][0] is not None


def links_of(node: Any) -> Links:
    if isinstance(node, Variable):
        return []
    return [(slot, standing_for(linked), nr) for slot, (linked, nr) in enumerate(node.next_functions) if linked]


def described(shape: Any, dtype: Any) -> tuple[tuple[int, ...], str]:
    return tuple(shape), str(dtype).removeprefix("torch.")


def name_and_outputs(node: Any) -> tuple[str, Outputs]:
    if isinstance(node, Variable):
        return "AccumulateGrad", (described(node.tensor.shape, node.tensor.dtype),)
    return node.name().rpartition("::")[2], tuple(described(each.shape, each.dtype) for each in node._input_metadata)


def walk(roots: list[Any]) -> Walk:
    """The graph that a pass from these nodes can reach."""
    found, arrows = discover(roots, links_of)
    names, outputs = zip(*map(name_and_outputs, found), strict=True)
    return Walk(names, outputs, tuple(arrows), tuple(found))


@contextmanager
def walking_passes() -> Iterator[list[Walk]]:
    """Walks the graph before each run of the engine that has one, whoever starts it."""
    walks: list[Walk] = []
    run_engine = torch.autograd.graph._engine_run_backward

    def walked_and_run(outputs: Any, *args: Any, **kwargs: Any) -> Any:
        outputs = tuple(outputs)
        roots = [root for output in outputs if (root := root_of(output)) is not None]
        if roots:
            walks.append(walk(roots))
        return run_engine(outputs, *args, **kwargs)

    with (
        mock.patch("torch.autograd._engine_run_backward", walked_and_run),
        mock.patch("torch.autograd.graph._engine_run_backward", walked_and_run),
    ):
        yield walks


# ── in a Document ─────────────────────────────────────────────────────────────────────────────────


def walks_of(document: dict[str, Any]) -> list[Walk]:
    """The same for each pass of a Document; ``found`` are ids of its nodes."""
    into: dict[int, Links] = {}
    for edge in document["edges"]:
        if edge["differentiable"]:
            into.setdefault(edge["target"], []).append((edge["input_nr"], edge["source"], edge["output_nr"]))
    for links in into.values():
        links.sort()
    return [_walk_of(document, each["roots"], into) for each in document["passes"]]


def _walk_of(document: dict[str, Any], roots: list[int], into: dict[int, Links]) -> Walk:
    found, arrows = discover(roots, lambda node: into.get(node, []))
    nodes = [document["nodes"][each] for each in found]
    names = tuple("AccumulateGrad" if node["kind"] == "leaf" else node["op"] for node in nodes)
    outputs = tuple(tuple((tuple(each["shape"]), each["dtype"]) for each in node["outputs"]) for node in nodes)
    return Walk(names, outputs, tuple(arrows), tuple(found))
