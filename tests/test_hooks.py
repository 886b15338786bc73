"""Hooks of the program: they run as in plain torch, and the Document tells which gradients they changed."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

import backlight
from backlight.model.document import Document
from backlight.record import Recorder
from plain_torch import run_plain
from recorded import text_at
from sample_programs import trace

HEAD = "import torch\nfrom torch import nn\nx = torch.tensor(3.0, requires_grad=True)\n"

PROGRAMS = {
    "a tensor hook": "h = x * 2\nh.register_hook(lambda g: g * 10)\n(h * h).backward()",
    "two hooks in a row": "x.register_hook(lambda g: g + 1)\nx.register_hook(lambda g: g * 2)\n(x * x).backward()",
    "a hook that only looks": "x.register_hook(lambda g: print(g))\n(x * x).backward()",
    "a hook that writes": "h = x * 2\nh.register_hook(lambda g: g.mul_(5) and None)\n(h * h).backward()",
    "a hook that was removed": "handle = x.register_hook(lambda g: g * 9)\nhandle.remove()\n(x * x).backward()",
    "a hook that removes itself": (
        "def once(g):\n    handle.remove()\n    return g * 4\n"
        "handle = x.register_hook(once)\n(x * x).backward()\n(x * x).backward()"
    ),
    "a node's prehook": "y = x * x\ny.grad_fn.register_prehook(lambda g: (g[0] * 3,))\ny.backward()",
    "a node's hook": "y = x * x\ny.grad_fn.register_hook(lambda i, o: (i[0] * 3, i[1]))\ny.backward()",
    "a leaf's node": (
        "n = (x * 1).grad_fn.next_functions[0][0]\nn.register_prehook(lambda g: (g[0] * 3,))\n(x * x).backward()"
    ),
    "several tensors": (
        "h = x * 2\nk = x * 3\n"
        "torch.autograd.graph.register_multi_grad_hook((h, k), lambda grads: print(grads))\n(h * k).backward()"
    ),
    "a module": (
        "m = nn.Linear(1, 1)\nm.register_full_backward_hook(lambda m, i, o: (i[0] * 7,))\n"
        "m(x.reshape(1, 1)).sum().backward()\nprint(m.weight.grad)"
    ),
    "a module, before": (
        "m = nn.Linear(1, 1)\nm.register_full_backward_pre_hook(lambda m, o: (o[0] * 7,))\n"
        "m(x.reshape(1, 1)).sum().backward()\nprint(m.weight.grad)"
    ),
    "after accumulation": (
        "def update(p):\n    with torch.no_grad():\n        p -= 0.1 * p.grad\n    p.grad = None\n"
        "x.register_post_accumulate_grad_hook(update)\n(x * x).backward()\n(x * x).backward()\nprint(x)"
    ),
    "an optimizer after accumulation": (
        "o = torch.optim.SGD([x], lr=0.1)\n"
        "def update(p):\n    o.step()\n    o.zero_grad()\n"
        "x.register_post_accumulate_grad_hook(update)\n(x * x).backward()\nprint(x)"
    ),
    "a pass inside a hook": (
        "h = x * 2\ny = h * h\nbusy = []\n"
        "def hook(g):\n    if busy:\n        return None\n    busy.append(1)\n"
        "    (inner,) = torch.autograd.grad(y, x, retain_graph=True)\n    busy.clear()\n    return g * inner\n"
        "h.register_hook(hook)\ny.backward(retain_graph=True)"
    ),
    "a hook from a hook": (
        "h = x * 2\ny = h.sin()\n"
        "def hook(g):\n    h.register_hook(lambda g: g * 10)\n    x.register_hook(lambda g: g * 3)\n"
        "y.register_hook(hook)\ny.backward()"
    ),
    "a node's hooks from a hook": (
        "h = x * 2\nk = h.sin()\nn = h.grad_fn\n"
        "def hook(g):\n    n.register_prehook(lambda g: (g[0] * 10,))\n"
        "    n.register_hook(lambda i, o: (i[0] * 3, i[1]))\n"
        "k.register_hook(hook)\nk.backward()"
    ),
    "a leaf's node, from a node's hook": (
        "h = x * 2\nleaf = h.grad_fn.next_functions[0][0]\n"
        "h.grad_fn.register_prehook(lambda g: leaf.register_prehook(lambda g: (g[0] * 10,)) and None)\nh.backward()"
    ),
    "a node's prehook from its own tensor's hook": (
        "h = x * 2\nh.register_hook(lambda g: h.grad_fn.register_prehook(lambda g: (g[0] * 10,)) and None)\n"
        "h.backward()"
    ),
    "a node's hooks from a custom backward": (
        "class Twice(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a):\n        return a * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n"
        "        n.register_prehook(lambda g: (g[0] * 10,))\n        return g * 2\n"
        "h = x * 1\nn = h.grad_fn\nTwice.apply(h).backward()"
    ),
    "a node's hook after accumulation": (
        "y = torch.tensor(2.0, requires_grad=True)\nn = (y * 1).grad_fn.next_functions[0][0]\nh = y * 5\n"
        "x.register_post_accumulate_grad_hook(lambda p: n.register_prehook(lambda g: (g[0] * 10,)) and None)\n"
        "(h * x.exp()).backward()\nprint(y.grad)"
    ),
    "an outer pass's hooks from an inner one": (
        "h = x * 2\ny = h.sin()\nz = x * 4\nn = h.grad_fn\n"
        "def inner(g):\n    h.register_hook(lambda g: g * 7)\n    n.register_prehook(lambda g: (g[0] * 10,))\n"
        "    n.register_hook(lambda i, o: (i[0] * 3, i[1]))\n"
        "z.register_hook(inner)\n"
        "y.register_hook(lambda g: torch.autograd.grad(z, x, retain_graph=True) and None)\ny.backward()"
    ),
    "a gradient asked for": "x.register_hook(lambda g: g * 2)\nprint(torch.autograd.grad(x * x, x))",
    "a hook that raises": "x.register_hook(lambda g: 1 / 0)\n(x * x).backward()",
    "a hook of the wrong size": "x.register_hook(lambda g: torch.ones(7))\n(x * x).backward()",
    "a kept gradient": (
        "h = x * 2\nh.retain_grad()\ny = h * h\ny.backward(retain_graph=True)\ny.backward()\nprint(h.grad)"
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_with_hooks_runs_as_in_plain_torch(name: str) -> None:
    source = HEAD + PROGRAMS[name] + "\n"
    plain, document = run_plain(source), trace(source)
    assert document["cells"][0]["output"] == plain.output
    wanted = [(type(error).__name__, str(error)) for error in plain.errors]
    found = [(c["error"]["type"], c["error"]["message"]) for c in document["cells"] if c["error"]]
    assert found == wanted
    (grad,) = [leaf["grad"] for leaf in document["leaves"] if leaf["name"] == "x"]
    expected = plain.names["x"].grad
    assert (None if grad is None else document["values"][grad]["data"]) == (
        None if expected is None else expected.item()
    )


def hooked(document: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Kind, side, slot, before, after and line of each change, in order."""

    def number(value: int) -> Any:
        return document["values"][value]["data"]

    return [
        (each["kind"], each["where"], each["slot"], number(each["before"]), number(each["after"]), each["line"])
        for run in document["passes"]
        for step in (*run["steps"], *run["captured"])
        for each in step["hooked"]
    ]


def cosines(number: int) -> Any:
    """About so many times cos(6)."""
    return pytest.approx(number * math.cos(6))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a tensor hook", [("tensor", "grad_outputs", 0, 12, 120, 5)]),
        ("two hooks in a row", [("tensor", "grad_outputs", 0, 6, 7, 4), ("tensor", "grad_outputs", 0, 7, 14, 5)]),
        ("a hook that only looks", []),
        ("a hook that writes", [("tensor", "grad_outputs", 0, 12, 60, 5)]),
        ("a hook that was removed", []),
        ("a hook that removes itself", [("tensor", "grad_outputs", 0, 6, 24, 7)]),
        ("a node's prehook", [("node-prehook", "grad_outputs", 0, 1, 3, 5)]),
        ("a node's hook", [("node", "grad_inputs", 0, 3, 9, 5)]),
        ("a leaf's node", [("node-prehook", "grad_outputs", 0, 6, 18, 5)]),
        ("several tensors", []),
        (
            "a hook from a hook",
            [
                ("tensor", "grad_outputs", 0, cosines(1), cosines(10), 7),
                ("tensor", "grad_outputs", 0, cosines(20), cosines(60), 8),
            ],
        ),
        (
            "a node's hooks from a hook",
            [
                ("node-prehook", "grad_outputs", 0, cosines(1), cosines(10), 8),
                ("node", "grad_inputs", 0, cosines(20), cosines(60), 9),
            ],
        ),
        ("a leaf's node, from a node's hook", [("node-prehook", "grad_outputs", 0, 2, 20, 6)]),
        ("a node's prehook from its own tensor's hook", [("node-prehook", "grad_outputs", 0, 1, 10, 5)]),
        ("a node's hooks from a custom backward", [("node-prehook", "grad_outputs", 0, 2, 20, 10)]),
        (
            "a node's hook after accumulation",
            [("node-prehook", "grad_outputs", 0, pytest.approx(5 * math.exp(3)), pytest.approx(50 * math.exp(3)), 7)],
        ),
        (
            "an outer pass's hooks from an inner one",
            [
                ("tensor", "grad_outputs", 0, cosines(1), cosines(7), 9),
                ("node-prehook", "grad_outputs", 0, cosines(7), cosines(70), 10),
                ("node", "grad_inputs", 0, cosines(140), cosines(420), 11),
            ],
        ),
        ("a gradient asked for", [("tensor", "grad_outputs", 0, 6, 12, 4)]),
    ],
)
def test_what_a_hook_changed_is_told(name: str, changes: list[Any]) -> None:
    assert hooked(trace(HEAD + PROGRAMS[name] + "\n")) == changes


def test_a_modules_hook_is_told_at_its_own_line() -> None:
    (change,) = hooked(trace(HEAD + PROGRAMS["a module"] + "\n"))
    assert (change[0], change[1], change[5]) == ("module", "grad_inputs", 5)
    assert change[4][0][0] == pytest.approx(7 * change[3][0][0])


def test_a_hook_after_accumulation_has_its_events() -> None:
    document = trace(HEAD + PROGRAMS["after accumulation"] + "\n")
    kinds = [event["kind"] for event in document["events"] if event["kind"] not in ("forward", "backward", "print")]
    assert kinds == ["accumulate", "update", "grad-cleared"] * 2
    assert [event["line"] for event in document["events"] if event["kind"] == "update"] == [6, 6]


def test_an_optimizers_step_in_a_hook_is_one_update() -> None:
    document = trace(HEAD + PROGRAMS["an optimizer after accumulation"] + "\n")
    kinds = [event["kind"] for event in document["events"] if event["kind"] not in ("forward", "backward", "print")]
    assert kinds == ["accumulate", "update", "grad-cleared"]


def test_a_kept_gradient_has_its_events() -> None:
    document = trace(HEAD + PROGRAMS["a kept gradient"] + "\n")
    kept = [event for event in document["events"] if event["kind"] == "retain"]
    number = [
        [None if e[f] is None else document["values"][e[f]]["data"] for f in ("before", "added", "after")] for e in kept
    ]
    assert number == [[None, 12, 12], [12, 12, 24]]
    assert [document["nodes"][event["node"]]["names"] for event in kept] == [["h"], ["h"]]


def test_hooks_from_before_the_recording_are_seen_and_left_as_they_were() -> None:
    x = torch.tensor(3.0, requires_grad=True)

    def double(gradient: torch.Tensor) -> torch.Tensor:
        return gradient * 2

    handle = x.register_hook(double)
    y = x * x
    y.grad_fn.register_prehook(lambda grads: (grads[0] * 5,))
    with Recorder(lambda name: name == __file__) as recorder:
        y.backward()
    (run,) = recorder.tape.passes
    assert [each.kind for step in run.steps for each in step.hooked] == ["node-prehook", "tensor"]
    assert list(x._backward_hooks.values()) == [double]
    handle.remove()
    assert not x._backward_hooks
    assert x.grad is not None and x.grad.item() == 60
    recorder.tape.release()


def before_the_recording(keep_tensors: bool) -> tuple[Document, torch.Tensor]:
    """A graph with hooks on tensors that are no leaves, and its pass, which alone is recorded."""
    x = torch.tensor(3.0, requires_grad=True)
    h = x * 2
    h.register_hook(lambda gradient: gradient * 10)
    k = h.neg()
    k.retain_grad()
    k.register_hook(lambda gradient: gradient + 1)
    z = k * 4 + h * 6
    if not keep_tensors:
        del h, k
    with backlight.record() as tape:
        z.backward()
    return tape.document, x


def numbers(document: Document, ids: list[int | None]) -> list[Any]:
    return [None if each is None else document.values[each].data for each in ids]


def changes_in(document: Document) -> list[tuple[Any, ...]]:
    """The operation, kind, side, slot, before, after, and the text of the line, where there is one, of each change."""
    (run,) = document.passes
    return [
        (
            *(document.nodes[step.node].op, each.kind, each.where, each.slot),
            *numbers(document, [each.before, each.after]),
            text_at(document, each) if each.line else None,
        )
        for step in run.steps
        for each in step.hooked
    ]


def test_hooks_from_before_the_recording_on_tensors_that_are_no_leaves() -> None:
    document, x = before_the_recording(keep_tensors=True)
    assert changes_in(document) == [
        ("NegBackward0", "tensor", "grad_outputs", 0, 4, 5, "gradient"),
        ("MulBackward0", "tensor", "grad_outputs", 0, 1, 10, "gradient"),
    ]
    assert [each.kind for each in document.unseen if "a hook" in each.message] == []
    assert x.grad is not None and numbers(document, [document.leaves[0].grad]) == [x.grad.item()]
    (retained,) = [event for event in document.events if event.kind == "retain"]
    assert numbers(document, [retained.before, retained.added, retained.after]) == [None, 5, 5]
    assert retained.node is not None and document.nodes[retained.node].op == "NegBackward0"


def test_hooks_from_before_the_recording_on_tensors_that_are_gone() -> None:
    document, x = before_the_recording(keep_tensors=False)
    assert changes_in(document) == [
        ("NegBackward0", "tensor", "grad_outputs", 0, 4, 5, None),
        ("MulBackward0", "tensor", "grad_outputs", 0, 1, 10, None),
    ]
    (told,) = [each for each in document.unseen if "a hook" in each.message]
    assert told.message.startswith("2 nodes")
    assert x.grad is not None and numbers(document, [document.leaves[0].grad]) == [x.grad.item()]


def test_a_hook_that_is_gone_stands_between_those_that_are_known() -> None:
    """The one that is gone comes first; ``grad_fn`` has another of its own."""
    x = torch.tensor([3.0, float("nan")], requires_grad=True)
    h = x * 2
    h.register_hook(lambda gradient: gradient * 10)
    h.detach_()
    y = x * 5
    y.register_hook(lambda gradient: gradient * 10)
    node = y.grad_fn
    y = y.view(2)
    node.register_prehook(lambda gradients: (gradients[0] + 1,))
    z = (y * y).sum() + y.sum() + (y * 3).sum() + h.sum()
    del y
    with backlight.record() as tape:
        z.backward()
    changes = [(each[1], each[4][0], each[5][0]) for each in changes_in(tape.document)]
    assert changes == [("tensor", 34, 340), ("node-prehook", 340, 341)]
    assert x.grad is not None and x.grad[0] == 5 * 341


def test_without_hooks_nothing_from_before_is_taken_for_changed() -> None:
    torch.manual_seed(0)
    layers = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.LayerNorm(7), torch.nn.Linear(7, 1))
    x = torch.randn(4, 5, requires_grad=True)
    h = x.exp() + layers(x.double().float()) * x.sum()
    loss = h.sin().sum() + (h * h).mean() + h.std() + h.abs().max() + torch.fft.fft(h).abs().sum()
    with backlight.record() as tape:
        loss.backward()
    assert changes_in(tape.document) == []


def test_a_pass_inside_a_hook_has_its_own_steps() -> None:
    document = trace(HEAD + PROGRAMS["a pass inside a hook"] + "\n")
    outer, inner = document["passes"]
    assert (outer["parent"], inner["parent"]) == (None, 0)
    x, h, y = (next(n["id"] for n in document["nodes"] if name in n["names"]) for name in "xhy")
    assert [step["node"] for step in outer["steps"]] == [y, h, x]
    assert [step["node"] for step in inner["steps"]] == [y, h]
    assert hooked(document) == [("tensor", "grad_outputs", 0, 12, 288, 14)]


def test_a_hook_on_a_view_whose_leaf_was_written_to_is_called() -> None:
    document = trace(
        """\
import torch
x = torch.zeros(2, requires_grad=True)
v = x.expand(2, 2)
with torch.no_grad():
    x -= 1
v.register_hook(lambda g: g * 10)
v.sum().backward()
"""
    )
    assert document["error"] is None
    assert [document["values"][leaf["grad"]]["data"] for leaf in document["leaves"]] == [[20.0, 20.0]]


def test_a_function_may_put_any_name_on_its_ctx() -> None:
    program = (
        "class Triple(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x):\n"
        "        ctx.name = 'triple'\n"
        "        ctx.register_hook = ctx.register_prehook = None\n"
        "        return x * 3\n"
        "    @staticmethod\n"
        "    def backward(ctx, g):\n"
        "        return g * 3\n"
        "y = Triple.apply(x)\n"
        "y.backward()\n"
    )
    document = trace(HEAD + program)
    assert document["error"] is None
    assert [node["op"] for node in document["nodes"] if node["kind"] == "op"] == ["TripleBackward"]
    assert [len(step["grad_outputs"]) for step in document["passes"][0]["steps"]] == [1, 1]
    assert document["leaves"][0]["grad"] is not None
