"""Passes over graphs that passes made, several roots, checkpoints: each pass and node knows where it belongs."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack

from autograd_walk import walking_passes, walks_of
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


ASKS_FOR_A_MODE = {
    "a determinant with equal singular values": (
        "A = torch.eye(3, requires_grad=True)\n"
        "(g,) = torch.autograd.grad(torch.linalg.det(A), A, create_graph=True)\n"
        "g[0, 0].backward()\nprint(A.grad)"
    ),
    "prod": "(g,) = torch.autograd.grad(x.prod(), x, create_graph=True)\n(g * g).sum().backward()\nprint(x.grad)",
    "cumprod": (
        "(g,) = torch.autograd.grad(x.cumprod(0).sum(), x, create_graph=True)\n(g * g).sum().backward()\nprint(x.grad)"
    ),
    "a mask": (
        "(g,) = torch.autograd.grad((x[x > 1] ** 2).sum(), x, create_graph=True)\ng.sum().backward()\nprint(x.grad)"
    ),
}
"""Programs whose second pass goes through what a formula of torch's builds otherwise where a dispatch mode is on."""


@pytest.mark.parametrize("name", ASKS_FOR_A_MODE)
def test_the_graph_of_a_gradient_is_the_one_that_plain_torch_builds(name: str) -> None:
    source = HEAD + ASKS_FOR_A_MODE[name] + "\n"
    with walking_passes() as walks:
        plain = run_plain(source)
    document = trace(source)
    assert document["cells"][0]["output"] == plain.output
    assert [each.names for each in walks_of(document)] == [each.names for each in walks]
    (made,) = [node for node in document["nodes"] if "g" in node["names"]]
    assert same(value(document, made["value"]), content(plain.names["g"]))


@pytest.mark.parametrize("name", ASKS_FOR_A_MODE)
def test_what_such_a_formula_builds_is_known_to_be_made_in_the_pass_and_stands_where_it_came_about(name: str) -> None:
    document = trace(HEAD + ASKS_FOR_A_MODE[name] + "\n")
    (made,) = [node for node in document["nodes"] if "g" in node["names"]]
    owner = document["nodes"][made["backward_of"]]
    assert made["made_in"] == 0 and owner["made_in"] is None
    behind, within = [made["id"]], set[int]()
    while behind:
        node = behind.pop()
        if document["nodes"][node]["backward_of"] == owner["id"] and node not in within:
            within.add(node)
            behind += [edge["source"] for edge in document["edges"] if edge["target"] == node]
    assert {document["nodes"][node]["made_in"] for node in within} == {0}
    assert all(edge["source"] < edge["target"] for edge in document["edges"])


RESULTS_KEPT = ["exp", "tanh", "sigmoid", "sqrt", "reciprocal", "relu", "expm1", "tan", "log_softmax", "softmax"]
"""Operations that keep their own result for backward: a pass that builds a graph takes it out with its node."""


@pytest.mark.parametrize("operation", RESULTS_KEPT)
@pytest.mark.parametrize("twice", ["grad(y.sum(), x, create_graph=True)", "grad(g.sum(), x, create_graph=True)"])
def test_a_result_that_is_taken_out_again_and_again_is_the_same_node(operation: str, twice: str) -> None:
    dim = "0" if "softmax" in operation else ""
    source = (
        f"{HEAD}y = x.{operation}({dim})\n(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)\n"
        f"(h,) = torch.autograd.{twice}\n(k,) = torch.autograd.{twice}\n"
    )
    if operation == "relu":
        source = source.replace("x.relu()", "x.relu() * x.exp()")
    document = trace(source)
    assert document["error"] is None
    (made,) = [node for node in document["nodes"] if "y" in node["names"]]
    assert (made["line"], made["made_in"]) == (3, None)
    assert made["label"] in {operation, "mul", f"_{operation}"}
    assert "detach" not in {node["label"] for node in document["nodes"]}
    assert all(edge["source"] < edge["target"] for edge in document["edges"])


def test_calls_are_seen_again_after_such_a_node_raised() -> None:
    source = (
        "y = x.prod()\ny.grad_fn.register_hook(lambda *gradients: 1 / 0)\n"
        "try:\n    torch.autograd.grad(y, x, create_graph=True)\nexcept ZeroDivisionError:\n    z = x * 3\nz"
    )
    document = trace(HEAD + source + "\n")
    assert _get_current_dispatch_mode_stack() == []
    assert document["error"] is None
    assert [node["op"] for node in document["nodes"] if "z" in node["names"]] == ["MulBackward0"]


@pytest.mark.parametrize("layout", ["to_sparse", "to_sparse_csr", "to_sparse_csc"])
def test_the_gradient_of_a_sparse_leaf_is_what_grad_gives(layout: str) -> None:
    source = (
        f"s = torch.eye(2).{layout}().requires_grad_()\n(g,) = torch.autograd.grad((s.to_dense() * 3).sum(), s)\n"
        "print(g.to_dense())"
    )
    plain, document = run_plain(HEAD + source + "\n"), trace(HEAD + source + "\n")
    assert document["error"] is None
    assert document["cells"][0]["output"] == plain.output
