"""Gradients that flow into the graph: each use shows what the gradient was then, whatever is added to it later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

DOUBLED = """
x = torch.tensor(3.0, requires_grad=True)
(x ** 2).backward()
y = x * x.grad
y.backward()
"""
RETURNED = """
x = torch.tensor([1.0, 2.0], requires_grad=True)
g, = torch.autograd.grad((x ** 3).sum(), x)
y = (x + g).sum()
g.mul_(0)
k = (x + g).sum()
(k + y).backward()
"""
ZEROED = """
w = torch.tensor(2.0, requires_grad=True)
v = torch.tensor(0.0)
for i in range(2):
    ((i + 1) * w ** 2).backward()
    v = 0.9 * v + w.grad
    w.grad.zero_()
y = w * v
y.backward()
"""
GIVEN = """
w = torch.tensor([1.0, 1.0], requires_grad=True)
w.grad = torch.zeros(2)
(w * 2).sum().backward()
(w * 2).sum().backward()
u = (w + w.grad).sum()
torch.mul(w.grad, 0.5, out=w.grad)
v = (w + w.grad).sum()
v.backward()
u.backward()
"""
RETAINED = """
x = torch.tensor(1.0, requires_grad=True)
h = x * 2
h.retain_grad()
(h ** 2).backward(retain_graph=True)
y = x + h.grad
(h * 3).backward()
z = x * h.grad
(y + z).backward()
"""

USED = {
    "doubled": (DOUBLED, [6.0]),
    "returned": (RETURNED, [[3.0, 12.0]]),
    "zeroed": (ZEROED, [0.0, 4.0, 8.0]),
    "given": (GIVEN, [[0.0, 0.0], [4.0, 4.0], [2.0, 2.0]]),
    "retained": (RETAINED, [4.0, 7.0]),
}


def held_by(document: dict[str, Any], node: dict[str, Any]) -> Any:
    """What the only output of a node holds."""
    return document["values"][node["outputs"][0]["value"]]["data"]


@pytest.mark.parametrize(("source", "used"), USED.values(), ids=USED.keys())
def test_a_gradient_that_is_used_is_what_it_was_then(source: str, used: list[Any]) -> None:
    document = trace("import torch\n" + source)
    assert document["error"] is None
    inputs = [held_by(document, node) for node in document["nodes"] if node["kind"] == "input"]
    assert [pytest.approx(each) for each in inputs] == used


@pytest.mark.parametrize("source", [source for source, _ in USED.values()], ids=USED.keys())
def test_what_is_made_of_a_gradient_follows_from_what_it_shows(source: str) -> None:
    document = trace("import torch\n" + source)
    flowing = {(edge["target"], edge["input_nr"]): edge["source"] for edge in document["edges"]}
    nodes = document["nodes"]
    checked = 0
    for node in nodes:
        pair = [flowing.get((node["id"], slot)) for slot in (0, 1)]
        if node["label"] not in ("mul", "add") or None in pair:
            continue
        first, second = (held_by(document, nodes[source]) for source in pair)
        parts = zip(first, second, strict=True) if isinstance(first, list) else [(first, second)]
        made = [a * b if node["label"] == "mul" else a + b for a, b in parts]
        held = held_by(document, node)
        assert held == pytest.approx(made if isinstance(held, list) else made[0])
        checked += 1
    assert checked


PLACED = {
    "returned, without a name": ("z = x * torch.autograd.grad(y, x)[0]", (5, 8)),
    "returned, with one": ("g, = torch.autograd.grad(y, x)\nz = x * g", (5, 5)),
    "accumulated": ("y.backward()\nz = x * x.grad", (6, 4)),
    "accumulated, and detached": ("y.backward()\nz = x * x.grad.detach()", (6, 8)),
}


@pytest.mark.parametrize(("source", "place"), PLACED.values(), ids=PLACED.keys())
def test_a_gradient_stands_where_it_was_returned_or_first_used(source: str, place: tuple[int, int]) -> None:
    program = f"import torch\n\nx = torch.tensor(3.0, requires_grad=True)\ny = x**2\n{source}\nz.backward()\n"
    for document in (trace(program), run_recorded("gradients", program)):
        (gradient,) = [node for node in document["nodes"] if node["kind"] == "input"]
        assert (gradient["line"], gradient["column"]) == place
        (event,) = [each for each in document["events"] if each.get("node") == gradient["id"]]
        assert (event["kind"], event["line"], event["column"]) == ("forward", *place)


STEP = """
x = torch.tensor(3.0, requires_grad=True)
g, = torch.autograd.grad((x - 1) ** 2, x)
with torch.no_grad():
    step = 0.1 * g
    moved = x - step
    again = moved - step
last = (again - 1) ** 2
print(last, g.norm().item())
"""


def ways(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The edges from `step` on: what each leads from and to, and why no gradient passes it."""
    called = {node["id"]: (node["names"] or [node["label"]])[0] for node in document["nodes"]}
    edges = [(called[edge["source"]], called[edge["target"]], edge["cut"]) for edge in document["edges"]]
    return [edge for edge in edges if {"step", "moved", "again"} & {*edge[:2]}]


@pytest.mark.parametrize("by", [trace, partial(run_recorded, "step")], ids=["playground", "record"])
def test_a_step_from_a_leaf_along_its_gradient_is_drawn_with_all_that_is_made_of_it(
    by: Callable[[str], dict[str, Any]],
) -> None:
    document = by("import torch\n" + STEP)
    assert document["error"] is None
    assert ways(document) == [
        ("g", "step", "no_grad"),
        ("x", "moved", "no_grad"),
        ("step", "moved", "no_grad"),
        ("moved", "again", "no_grad"),
        ("step", "again", "no_grad"),
        ("again", "sub", "non-differentiable"),
    ]
    assert {"norm", "item"} & {node["label"] for node in document["nodes"]} == set()
    told = [event["node"] for event in document["events"] if event["kind"] == "forward"]
    assert sorted(told) == [node["id"] for node in document["nodes"]]


def test_a_leaf_that_was_computed_is_a_node_of_its_own_used_or_not() -> None:
    document = trace("import torch\nw = torch.ones(2) * 3\nw.requires_grad_()\n")
    assert [(node["kind"], node["label"]) for node in document["nodes"]] == [
        ("input", "ones"),
        ("op", "mul"),
        ("leaf", "w"),
    ]


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        (DOUBLED, ["x.grad"]),
        ("x = torch.tensor(2.0, requires_grad=True)\ny = x + torch.autograd.grad(x**3, x)[0]", ["tensor"]),
        (RETAINED, ["h.grad", "h.grad"]),
        ("w = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\nw.data = w.data - 0.1 * w.grad", ["w.grad"]),
        ("m = nn.Linear(1, 1)\nm(torch.ones(1)).backward()\ny = m.weight * m.weight.grad", ["m.weight.grad"]),
        ("w = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\ng = w.grad\ny = w * g", ["g"]),
    ],
)
def test_a_gradient_without_a_name_is_called_after_the_tensor_that_keeps_it(source: str, labels: list[str]) -> None:
    document = trace("import torch\nfrom torch import nn\n" + source)
    assert document["error"] is None
    inputs = [node for node in document["nodes"] if node["kind"] == "input"]
    assert [node["label"] for node in inputs if node["op"] is None and node["label"] != "ones"] == labels
