"""Tensors and modules that are made inside of a list or dictionary: they have their way as a name, however recorded."""

from __future__ import annotations

from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

HEAD = "import torch\nfrom torch import nn\nclass A: pass\na, w = A(), torch.ones(2, requires_grad=True)\n"
PROGRAMS = {
    "a list": ("xs = [torch.ones(2), torch.zeros(2), w]", ["xs[0]", "xs[1]"]),
    "a dictionary": ('d = {"a": w * 1, 2: w.sin(), "c": w}', ['d["a"]', "d[2]"]),
    "members that are no calls": ("xs = [w * 2, (w + 1) * 3, -w, w[0]]", ["xs[0]", "xs[1]"]),
    "up to a star": ("xs = [w * 1, *[w * 2], w * 3]", ["xs[0]"]),
    "an attribute's": ("a.l = [w * 1, w * 2]", ["a.l[0]", "a.l[1]"]),
    "one that is annotated": ("d: dict = {'k': w * 1}", ["d['k']"]),
    "one with two names": ("u = v = [w * 1]", ["u[0]"]),
    "one that is taken apart": ("u, v = [w * 1, w * 2]", ["u", "v"]),
    "one in a function": ("def f():\n    xs = [w * 1, w * 2]\n    return sum(xs)\nf()", ["xs[0]", "xs[1]"]),
    "one in a loop": ("for _ in range(2):\n    xs = [w * 1, w * 2]\n    y = sum(xs)", ["xs[0]", "xs[1]"]),
    "parameters": (
        "p = {'w': torch.randn(2, requires_grad=True), 'b': torch.zeros(2).requires_grad_()}\ny = p['w'] * w",
        ["p['w']", "p['b']"],
    ),
    "modules": ("m = [nn.Linear(2, 1), nn.Linear(1, 1)]\ny = m[1](m[0](w))", ["m[0].weight", "m[1].bias"]),
    "parameters in a call": (
        """
class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.ParameterDict({'a': nn.Parameter(torch.ones(2))})
        self.q = nn.Sequential(*[nn.Linear(2, 1)])
n = N()
y = n.q(n.p['a'])
""",
        ["self.p.a", "n.p.a", "self.q.0.weight", "n.q.0.bias"],
    ),
}
"""By what it is: a program, and some of the names in it."""


def names(document: dict[str, Any]) -> list[list[str]]:
    assert document["error"] is None
    return [node["names"] for node in document["nodes"]]


@pytest.mark.parametrize("what", PROGRAMS)
def test_what_is_made_inside_of_a_display_has_its_name(what: str) -> None:
    program, expected = PROGRAMS[what]
    found = names(run_recorded("displays", f"{HEAD}{program}\n"))
    assert {*expected} <= {name for each in found for name in each}
    assert found == names(trace(f"{HEAD}{program}\n"))
