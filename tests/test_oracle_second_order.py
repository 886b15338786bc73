"""PyTorch's own operator database once more: gradients of gradients, and the graph that the engine builds for them.

A recording must change neither, though some formulas of the engine ask whether a dispatch mode is on.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
import torch
from torch.utils._pytree import tree_leaves, tree_map

from autograd_walk import walk
from backlight.record import Recorder
from test_oracle_operators import OPERATORS, of_the_cpu, own, same, samples_of, seed

Tensor = torch.Tensor

MOST_SAMPLES = 40
"""Of each operator so many samples are tried."""
TWICE = sorted(name for name, op in OPERATORS.items() if op.supports_gradgrad)


def differentiate_twice(op: Any, sample: Any) -> tuple[list[str], list[Tensor | None]]:
    """The nodes behind the first gradients by name, in order of discovery; these gradients, and the second ones."""
    arguments = tree_map(lambda each: own(each, 1), (sample.input, sample.args, sample.kwargs))
    seed()
    result = sample.output_process_fn_grad(op(arguments[0], *arguments[1], **arguments[2]))
    outputs = [each for each in tree_leaves(result) if isinstance(each, Tensor) and each.requires_grad]
    leaves = [each for each in tree_leaves(arguments) if isinstance(each, Tensor) and each.requires_grad]
    roots = [each if each.layout is torch.strided else each.to_dense() for each in outputs]
    arriving = random_for(roots, requires_grad=True)  # else what is linear gives gradients without a graph
    first = gradients_of(roots, leaves, arriving)
    known = [each for each in first if each is not None and each.grad_fn is not None and each.layout is torch.strided]
    return names_behind(known), [*known, *gradients_of(known, [*leaves, *arriving], random_for(known))]


def random_for(roots: list[Tensor], requires_grad: bool = False) -> list[Tensor]:
    return [torch.randn(root.shape, dtype=root.dtype, requires_grad=requires_grad) for root in roots]


def gradients_of(roots: list[Tensor], leaves: list[Tensor], arriving: list[Tensor]) -> list[Tensor | None]:
    if not roots or not leaves:
        return []
    create_graph = any(each.requires_grad for each in arriving)
    return [*torch.autograd.grad(roots, leaves, arriving, create_graph=create_graph, allow_unused=True)]


def names_behind(roots: list[Tensor]) -> list[str]:
    return list(walk([root.grad_fn for root in roots]).names) if roots else []


@of_the_cpu
@pytest.mark.parametrize("name", TWICE)
def test_gradients_of_gradients_and_their_graph_are_as_in_a_plain_run(name: str) -> None:
    op = OPERATORS[name]
    differ: list[str] = []
    for number, sample in enumerate(islice(samples_of(op), MOST_SAMPLES)):
        try:
            nodes, values = differentiate_twice(op, sample)
        except RuntimeError:
            continue  # torch has no second derivative for these arguments
        with Recorder(lambda filename: False):
            recorded_nodes, recorded = differentiate_twice(op, sample)
        if not all(map(same, values, recorded)):
            differ.append(f"values of sample {number}")
        if nodes != recorded_nodes:
            differ.append(f"graph of sample {number}")
    assert differ == []
