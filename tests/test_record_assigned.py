"""Assigned: what code of one's own does to a ``.grad`` by hand is told where and when it happens, as in the sandbox."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import backlight
from recorded import run_recorded
from sample_programs import trace

START = "import torch\nw = torch.tensor([1.0, 2.0], requires_grad=True)\n(w * w).sum().backward()\n"
AFTER = "y = (w * 3).sum()\ny.backward()\n"
PROGRAMS = {
    "none": "w.grad = None\n",
    "deleted": "del w.grad\n",
    "another": "w.grad = torch.ones(2)\n",
    "the same": "w.grad = w.grad\n",
    "none and another": "w.grad = None\nw.grad = torch.ones(2)\n",
    "in a loop": "for p in [w]:\n    p.grad = None\n",
    "in a list": "p = [w]\np[0 + 0].grad = None\n",
    "of what a function gives": "def f():\n    return w\nf().grad = None\ndel f().grad\n",
    "from several": "w.grad, k = None, 1\n",
    "before its first use": "v = torch.ones(2, requires_grad=True)\nv.grad = torch.ones(2)\n(v * w).sum().backward()\n",
    "data too": "w.grad = None\nw.data = torch.zeros(2)\n",
    "in the hook of another": (
        "v = torch.ones(2, requires_grad=True)\nh = v * 2\n"
        "h.register_hook(lambda grad: setattr(w, 'grad', None))\nh.sum().backward()\n"
    ),
}


CHANGES = {"accumulate", "grad-cleared", "grad-changed", "update"}


def changes(document: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What happened to leaves, where, and from which value to which."""
    values = {None: None} | {each["id"]: each["data"] for each in document["values"]}
    return [
        (event["kind"], event["line"], values[event["before"]], values[event["after"]])
        for event in document["events"]
        if event["kind"] in CHANGES
    ]


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_happens_where_and_when_it_does_in_the_sandbox(name: str) -> None:
    source = START + PROGRAMS[name] + AFTER
    assert changes(run_recorded(name, source)) == changes(trace(source))


def test_the_attribute_is_torchs_own_again_afterwards() -> None:
    with backlight.record():
        pass
    assert "grad" not in vars(torch.Tensor)


def test_what_cannot_be_a_gradient_is_refused_by_torch_alone() -> None:
    with backlight.record() as tape:
        w = torch.ones(2, requires_grad=True)
        (w * 2).sum().backward()
        with pytest.raises(RuntimeError, match="size"):
            w.grad = torch.ones(3)
    assert [event.kind for event in tape.document.events].count("grad-changed") == 0
