"""Histories that are gone before the next call of torch: the recording has them nevertheless, however it is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

Run = Callable[[str], dict[str, Any]]
BOTH = pytest.mark.parametrize("run", [trace, partial(run_recorded, "histories")], ids=["playground", "record"])
DETACHED = """import torch
x = torch.ones(2, requires_grad=True)
h = x * 2
h.detach_()
k = (x * 3).detach_()
(h * k * x).sum().backward()
"""
WITHIN = """import torch
class Outer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            y = x.detach().requires_grad_()
            z = (y**3).sum()
        ctx.save_for_backward(y, z)
        return {result}
    @staticmethod
    def backward(ctx, g):
        y, z = ctx.saved_tensors
        with torch.enable_grad():
            (gy,) = torch.autograd.grad(z, y)
        return g * gy
x = torch.tensor([1.0, 2.0], requires_grad=True)
o = Outer.apply(x * 2)
o.sum().backward()
"""


@BOTH
def test_what_is_detached_in_place_keeps_the_node_that_made_it(run: Run) -> None:
    document = run(DETACHED)
    nodes = {name: node for node in document["nodes"] for name in node["names"]}
    assert [nodes[name]["op"] for name in ("h", "k")] == ["MulBackward0", "MulBackward0"]
    made = {nodes[name]["id"] for name in ("h", "k")}
    assert {edge["cut"] for edge in document["edges"] if edge["source"] in made} == {"detach"}
    assert all(edge["differentiable"] for edge in document["edges"] if edge["target"] in made)


@BOTH
@pytest.mark.parametrize("result", ["z.detach()", "x.view_as(x)", "ctx.needs_input_grad and x"])
def test_a_graph_that_a_custom_function_builds_for_itself_is_whole(run: Run, result: str) -> None:
    document = run(WITHIN.format(result=result))
    assert document["error"] is None
    inner = next(node for node in document["nodes"] if node["op"] == "SumBackward0" and "z" in node["names"])
    assert (inner["line"], inner["value"] is None) == (7, False)
    assert all(node["line"] is not None for node in document["nodes"])
    assert [node["line"] for node in document["nodes"] if "y" in node["names"]] == [6, 6]
