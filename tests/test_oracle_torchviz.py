"""torchviz as oracle: it draws each graph before the engine runs; the Document must have the same nodes and edges."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
import torch
import torchviz

from plain_torch import run_plain
from sample_programs import Sample, list_samples, trace_sample

Graph = tuple[Counter[str], Counter[tuple[str, str]]]

NODE = re.compile(r"^\t(\d+) \[label=\"?(\w+)\"?[^\n]*\]$", re.MULTILINE)
EDGE = re.compile(r"^\t(\d+) -> (\d+)", re.MULTILINE)


def drawn(roots: tuple[torch.Tensor, ...]) -> Graph:
    """The autograd nodes and edges that torchviz draws for these roots, by name; tensors have a shape below theirs."""
    dot = torchviz.make_dot(roots).source
    names = {number: label for number, label in NODE.findall(dot) if label not in ("\\n", "")}
    ends = [(names.get(source), names.get(target)) for source, target in EDGE.findall(dot)]
    return Counter(names.values()), Counter((a, b) for a, b in ends if a and b)


@contextmanager
def drawing_passes() -> Iterator[list[Graph]]:
    """Has torchviz draw the graph before each run of the engine that has one."""
    drawings: list[Graph] = []
    run_engine = torch.autograd.graph._engine_run_backward

    def drawn_and_run(roots: Any, *args: Any, **kwargs: Any) -> Any:
        if all(root.grad_fn is not None for root in roots):
            drawings.append(drawn(tuple(roots)))
        return run_engine(roots, *args, **kwargs)

    with mock.patch("torch.autograd._engine_run_backward", drawn_and_run):
        yield drawings


def reached(document: dict[str, Any], roots: list[int]) -> Graph:
    """The part of the Document's graph that gradients from these roots can reach, by autograd's names."""
    feeding: dict[int, list[int]] = {}
    for edge in document["edges"]:
        if edge["differentiable"]:
            feeding.setdefault(edge["target"], []).append(edge["source"])
    found, waiting = set(roots), list(roots)
    while waiting:
        new = [source for source in feeding.get(waiting.pop(), []) if source not in found]
        found.update(new)
        waiting.extend(new)
    name = {node["id"]: node["op"] or "AccumulateGrad" for node in document["nodes"]}
    edges = Counter((name[source], name[target]) for target in found for source in feeding.get(target, []))
    return Counter(name[node] for node in found), edges


@pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)
def test_each_pass_has_the_nodes_and_edges_that_torchviz_draws(sample: Sample) -> None:
    with drawing_passes() as drawings:
        run_plain(sample.source)
    document = trace_sample(sample)
    ours = [reached(document, each["roots"]) for each in document["passes"] if each["roots"]]
    assert len(ours) == len(drawings)
    for (our_nodes, our_edges), (nodes, edges) in zip(ours, drawings, strict=True):
        assert our_nodes == nodes
        assert our_edges == edges
