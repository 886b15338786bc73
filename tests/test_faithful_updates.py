"""Optimizers: one update for each parameter with a gradient and each step, with the numbers of plain torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import backlight
from backlight.record import Recorder
from plain_torch import run_plain
from sample_programs import trace

OPTIMIZERS = [
    "SGD(p, lr=0.1)",
    "SGD(p, lr=0.1, momentum=0.9)",
    "SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)",
    "SGD(p, lr=0.1, foreach=True)",
    "SGD(p, lr=0.1, fused=True)",
    "Adam(p, lr=0.1)",
    "Adam(p, lr=0.1, foreach=True, amsgrad=True)",
    "Adam(p, lr=0.1, fused=True)",
    "AdamW(p, lr=0.1)",
    "AdamW(p, lr=0.1, foreach=True)",
    "RMSprop(p, lr=0.1, momentum=0.5, centered=True)",
    "RMSprop(p, lr=0.1, foreach=True)",
    "Adagrad(p, lr=0.1)",
    "Adagrad(p, lr=0.1, fused=True)",
    "Adamax(p, lr=0.1)",
    "NAdam(p, lr=0.1)",
    "Adadelta(p)",
    "LBFGS(p, lr=0.1, max_iter=3)",
]

PROGRAM = """\
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([0.5], requires_grad=True)
frozen = torch.tensor([3.0], requires_grad=True)
p = [w, b]{unused}
opt = torch.optim.{optimizer}
schedule = torch.optim.lr_scheduler.StepLR(opt, step_size=1, gamma=0.5)
def closure():
    opt.zero_grad()
    loss = ((w * b) ** 2).sum() + w.exp().sum()
    loss.backward()
    return loss
history = []
for _ in range(3):
    {step}
    schedule.step()
    history.append([each.detach().tolist() for each in (w, b, frozen)])
"""


def updates(document: dict[str, Any], name: str) -> list[tuple[Any, Any]]:
    """Before and after of each update of a leaf."""
    (leaf,) = [leaf for leaf in document["leaves"] if leaf["name"] == name]
    return [
        (document["values"][event["before"]]["data"], document["values"][event["after"]]["data"])
        for event in document["events"]
        if event["kind"] == "update" and event["node"] == leaf["node"]
    ]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_is_one_update_of_each_parameter_that_has_a_gradient(optimizer: str) -> None:
    unused, step = " + [frozen]", "closure(); opt.step()"
    if optimizer.startswith("LBFGS"):
        unused, step = "", "opt.step(closure)"
    program = PROGRAM.format(optimizer=optimizer, unused=unused, step=step)
    history = run_plain(program).names["history"]
    document = trace(program)
    assert document["error"] is None
    for position, (name, start) in enumerate([("w", [1.0, 2.0]), ("b", [0.5])]):
        after = [moment[position] for moment in history]
        assert updates(document, name) == list(zip([start, *after], after, strict=False)), name
    assert updates(document, "frozen") == []


FOREACH = ["_foreach_add_([t], 1.0)", "_foreach_mul_([t], [t])", "_foreach_zero_([t])", "_foreach_copy_([t], [t * 2])"]


@pytest.mark.parametrize("call", [*FOREACH, "add(t, 1.0, out=t)"])
def test_versions_count_up_as_in_plain_torch(call: str) -> None:
    program = f"import torch\nt = torch.ones(2)\ntorch.{call}\n"
    plain = run_plain(program)
    assert plain.errors == []
    t = torch.ones(2)
    with Recorder(__file__.__eq__):
        exec(f"import torch\ntorch.{call}", {"t": t})
    assert t._version == plain.names["t"]._version


def test_a_write_to_memory_that_a_leaf_has_just_been_given_is_an_update() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record() as tape:
        (w * 2).sum().backward()
        w.data = torch.zeros(2)
        with torch.no_grad():
            w.fill_(5.0)
        (w * 2).sum().backward()
    document = tape.document
    updates = [event for event in document.events if event.kind == "update"]
    assert [document.values[update.after].data for update in updates] == [[0.0, 0.0], [5.0, 5.0]]
    assert [node.op for node in document.nodes] == ["AccumulateGrad", *["MulBackward0", "SumBackward0"] * 2]


@pytest.mark.parametrize("use", ["h.flatten()", "h * 1", "h.data"])
def test_memory_given_to_a_tensor_that_is_no_leaf_is_a_copy_that_autograd_passes_by(use: str) -> None:
    document = trace(
        f"""\
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 3
h.data = h.data + 10
k = {use}
h.sum().backward()
"""
    )
    values = document["values"]
    held = {node["label"]: values[node["value"]]["data"] for node in document["nodes"] if "h" in node["names"]}
    assert held == {"mul": [3.0, 6.0], "copy_": [13.0, 16.0]}
    (used,) = [node for node in document["nodes"] if "k" in node["names"]]
    assert values[used["value"]]["data"] == [13.0, 16.0]
    (leaf,) = document["leaves"]
    assert values[leaf["grad"]]["data"] == [3.0, 3.0]


FIRST_USED_WITHOUT_GRAD = {
    "read": "    m = w * 3\n    w.sub_(m)\n",
    "kept": "    best = w.clone()\n    w += 1\n    w.copy_(best)\n    w -= 3\n",
    "through a view": "    m = w[:1] * 3\n    w.sub_(m)\n",
}


@pytest.mark.parametrize("way", FIRST_USED_WITHOUT_GRAD)
def test_what_is_read_without_grad_has_its_value_from_then_and_updates_after_it(way: str) -> None:
    source = (
        "import torch\nw = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n" + FIRST_USED_WITHOUT_GRAD[way]
    )
    document = trace(source + "(w * 2).sum().backward()\n")
    values = document["values"]
    (node,) = [each for each in document["nodes"] if each["kind"] == "leaf"]
    assert values[node["value"]]["data"] == [1.0, 1.0]
    updates = [event for event in document["events"] if event["kind"] == "update"]
    assert values[updates[0]["before"]]["data"] == [1.0, 1.0]
    assert values[updates[-1]["after"]]["data"] == [-2.0, -2.0]
    assert values[document["leaves"][0]["value"]]["data"] == [-2.0, -2.0]


@pytest.mark.parametrize(
    "setting_up",
    [
        "m = torch.nn.LSTM(2, 2)",
        "m = torch.nn.Embedding(3, 2, padding_idx=0)",
        "m = torch.nn.Linear(2, 2).double()",
        "m = torch.nn.Linear(2, 2)\ntorch.nn.init.trunc_normal_(m.weight)\ntorch.nn.init.xavier_normal_(m.weight)",
    ],
)
def test_setting_a_module_up_updates_nothing(setting_up: str) -> None:
    document = trace(f"import torch\n{setting_up}\nsum(p.sum() for p in m.parameters()).backward()\n")
    assert [event["kind"] for event in document["events"] if event["kind"] == "update"] == []


def test_a_gradient_that_is_assigned_to_a_leaf_without_one_is_a_change() -> None:
    document = trace(
        "import torch\nx = torch.ones(2, requires_grad=True)\nx.grad = torch.ones(2)\nx.grad.mul_(2)\n"
        "(x * 3).sum().backward()\nx.grad = None\nx.grad = torch.zeros(2)\nx.grad = torch.full((2,), 3.0)\n"
    )
    value = lambda number: None if number is None else document["values"][number]["data"][0]  # noqa: E731
    kinds = ("accumulate", "grad-changed", "grad-cleared")
    told = [
        (each["kind"], value(each["before"]), value(each["after"]))
        for each in document["events"]
        if each["kind"] in kinds
    ]
    assert told == [
        ("grad-changed", None, 1.0),
        ("grad-changed", 1.0, 2.0),
        ("accumulate", 2.0, 5.0),
        ("grad-cleared", 5.0, None),
        ("grad-changed", None, 0.0),
        ("grad-changed", 0.0, 3.0),
    ]


@pytest.mark.parametrize("given", ["x.grad = torch.full((2,), 9.0)", "g = torch.full((2,), 9.0)\nx.grad = g"])
def test_what_is_given_as_a_gradient_keeps_its_value_where_the_gradient_is_written_to(given: str) -> None:
    document = trace(f"import torch\nx = torch.ones(2, requires_grad=True)\n{given}\nx.grad *= 2\n")
    (data,) = [node for node in document["nodes"] if node["kind"] == "input"]
    assert document["values"][data["value"]]["data"] == [9.0, 9.0]
    (leaf,) = document["leaves"]
    assert document["values"][leaf["grad"]]["data"] == [18.0, 18.0]


def test_gradients_are_cleared_in_the_order_of_their_leaves() -> None:
    document = trace(
        "import torch\nx, w = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)\n"
        "(x.sum() + w.sum()).backward()\ntorch.optim.SGD([x, w]).zero_grad()\n"
    )
    names = {leaf["node"]: leaf["name"] for leaf in document["leaves"]}
    cleared = [names[event["node"]] for event in document["events"] if event["kind"] == "grad-cleared"]
    assert cleared == ["x", "w"]


LEAVES = {
    "a view": "torch.arange(4.0).view(2, 2).requires_grad_()",
    "a slice": "torch.arange(6.0)[:4].requires_grad_()",
    "a part": "torch.arange(8.0).view(2, 4).unbind()[1].requires_grad_()",
    "a transposed": "torch.arange(4.0).reshape(2, 2).T.requires_grad_()",
    "an own class": "torch.arange(4.0).as_subclass(Own).requires_grad_()",
    "a parameter": "torch.nn.Parameter(torch.arange(6.0)[:4])",
}
WRITES = [
    "x -= 0.1 * x.grad",
    "x[0] = 5.0",
    "x[0].mul_(2)",
    "x.copy_(torch.ones_like(x))",
    "torch.nn.init.zeros_(x)",
    "torch.optim.SGD([x], lr=0.1).step()",
]


@pytest.mark.parametrize("made", LEAVES.values(), ids=LEAVES)
@pytest.mark.parametrize("write", WRITES)
def test_a_leaf_that_is_a_view_of_other_memory_is_updated_as_any_other(made: str, write: str) -> None:
    source = (
        f"import torch\nclass Own(torch.Tensor): pass\nx = {made}\nfor _ in range(2):\n    (x * x).sum().backward()\n"
        f"    with torch.no_grad():\n        {write}\n(x * 3).sum().backward()\n"
    )
    x = run_plain(source).names["x"]
    document = trace(source)
    assert document["error"] is None
    values = [value["data"] for value in document["values"]]
    (leaf,) = [leaf for leaf in document["leaves"] if leaf["grad"] is not None]
    assert (values[leaf["value"]], values[leaf["grad"]]) == (x.detach().tolist(), x.grad.tolist())
    assert [node["label"] for node in document["nodes"] if node["kind"] == "leaf"] == ["x"]
    assert len(updates(document, "x")) == 2


def test_what_a_leaf_was_made_of_requires_no_grad_and_so_has_none_to_lose() -> None:
    document = trace("import torch\nx = torch.arange(4.0).reshape(2, 2).requires_grad_()\n(x * x).sum().backward()\n")
    assert [(node["label"], node["requires_grad"]) for node in document["nodes"]] == [
        ("arange", False),
        ("view", False),
        ("x", True),
        ("mul", True),
        ("sum", True),
    ]


def test_a_leaf_that_then_holds_what_an_operation_gave_is_still_there_in_the_graph_of_before() -> None:
    with backlight.record() as tape:
        x = torch.ones(2).clone().requires_grad_()
        y = x * 2
        x.detach_()
        x.set_(y)
        x.set_(y)
    document = tape.document
    mul = next(node.id for node in document.nodes if node.op == "MulBackward0")
    (edge,) = [edge for edge in document.edges if edge.target == mul and edge.differentiable]
    source = document.nodes[edge.source]
    assert (source.op, source.value) == ("AccumulateGrad", None)
