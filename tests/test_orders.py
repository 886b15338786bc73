"""Passes over graphs that passes made, several roots, checkpoints: each pass and node knows where it belongs."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from plain_torch import run_plain
from sample_programs import trace
from test_oracle_gradients import content, same, value

HEAD = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n"

PROGRAMS = {
    "third order": (
        "y = (x**4).sum()\n"
        "(a,) = torch.autograd.grad(y, x, create_graph=True)\n"
        "(b,) = torch.autograd.grad(a.sum(), x, create_graph=True)\n"
        "b.sum().backward()"
    ),
    "hessian": "print(torch.autograd.functional.hessian(lambda v: (v**3).sum(), x))",
    "jacobian": "print(torch.autograd.functional.jacobian(lambda v: v**2, x))",
    "several roots": "torch.autograd.backward([(x * 2).sum(), (x * 3).sum()])",
    "a gradient given": "(x * x).backward(gradient=torch.tensor([1.0, 10.0]))",
    "twice over one graph": "y = (x * x).sum()\ny.backward(retain_graph=True)\ny.backward()",
    "checkpoint": "torch.utils.checkpoint.checkpoint(lambda v: (v.sin() * v).sum(), x, use_reentrant=False).backward()",
    "reentrant checkpoint": (
        "h = x * 1\ntorch.utils.checkpoint.checkpoint(lambda v: (v.sin() * v).sum(), h, use_reentrant=True).backward()"
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_runs_as_in_plain_torch(name: str) -> None:
    source = HEAD + PROGRAMS[name] + "\n"
    plain, document = run_plain(source), trace(source)
    assert not plain.errors and document["error"] is None
    assert document["cells"][0]["output"] == plain.output
    (grad,) = [leaf["grad"] for leaf in document["leaves"] if leaf["name"] == "x"]
    assert same(value(document, grad), content(plain.names["x"].grad))


@pytest.mark.parametrize("name", PROGRAMS)
def test_contributions_add_up_in_every_pass(name: str) -> None:
    document = trace(HEAD + PROGRAMS[name] + "\n")
    assert document["passes"]
    for run in document["passes"]:
        arrived: dict[tuple[int, int], list[int]] = {}
        for step in run["steps"]:
            for slot, received in enumerate(step["grad_outputs"]):
                parts = arrived.get((step["node"], slot), [])
                if parts and step["node"] not in run["roots"]:
                    total = sum(torch.tensor(document["values"][part]["data"]) for part in parts)
                    torch.testing.assert_close(total, torch.tensor(document["values"][received]["data"]))
            for each in step["contributions"]:
                edge = document["edges"][each["edge"]]
                assert edge["target"] == step["node"]
                arrived.setdefault((edge["source"], edge["output_nr"]), []).append(each["value"])


def made_in(document: dict[str, Any]) -> set[int | None]:
    return {node["made_in"] for node in document["nodes"] if node["op"] and node["kind"] == "op"}


@pytest.mark.parametrize(
    ("name", "orders"),
    [
        ("third order", {None, 0, 1}),
        ("several roots", {None}),
        ("twice over one graph", {None}),
        ("checkpoint", {None, 0}),
        ("reentrant checkpoint", {None, 0}),
    ],
)
def test_a_node_knows_the_pass_that_made_it(name: str, orders: set[int | None]) -> None:
    assert made_in(trace(HEAD + PROGRAMS[name] + "\n")) == orders


def test_a_node_knows_whose_backward_it_is() -> None:
    document = trace(HEAD + PROGRAMS["third order"] + "\n")
    order = {None: 0}
    for node in document["nodes"]:
        if node["backward_of"] is not None:
            maker = document["nodes"][node["backward_of"]]
            ran = [step["node"] for step in document["passes"][node["made_in"]]["steps"]]
            assert maker["id"] in ran
            assert (maker["made_in"] is None) == (node["made_in"] == 0) or maker["made_in"] is None
    assert order


def test_a_pass_inside_a_checkpoints_pass_has_a_parent() -> None:
    outer, inner = trace(HEAD + PROGRAMS["reentrant checkpoint"] + "\n")["passes"]
    assert (outer["parent"], inner["parent"]) == (None, 0)


def test_what_a_pass_returned_is_told() -> None:
    document = trace(HEAD + "h = x * 2\nprint(torch.autograd.grad((h * h).sum(), (h, x)))\n")
    (run,) = document["passes"]
    names = [document["nodes"][each["node"]]["names"] for each in run["captured"]]
    assert names == [["h"], ["x"]]
    assert [document["values"][each["value"]]["data"] for each in run["captured"]] == [[4, 8], [8, 16]]


@pytest.mark.parametrize("use", ["", "h = g.sin()\n"], ids=["unused", "used"])
@pytest.mark.parametrize("more", ["", ", allow_unused=True, materialize_grads=True"])
def test_a_returned_gradient_that_becomes_a_leaf_keeps_its_name(use: str, more: str) -> None:
    source = HEAD + f"g = torch.autograd.grad((x * 2).sum(), [x]{more})[0]\ng.requires_grad_()\n{use}print(x.grad)\n"
    plain, document = run_plain(source), trace(source)
    leaves = {leaf["name"]: leaf for leaf in document["leaves"]}
    assert set(leaves) == {"x", "g"}
    assert same(value(document, leaves["g"]["value"]), content(plain.names["g"]))
    assert document["nodes"][leaves["g"]["node"]]["line"] == 3
