"""Tensors and modules inside of a list, tuple or dictionary: they have their way as a name, however recorded."""

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
    "a tuple": ("h = w * 1, w * 2\ny = h[1]", ["h[0]", "h[1]"]),
    "a comprehension": ("e = [w * i for i in range(2)]\ny = e[1] * 1", ["e[0]", "e[1]"]),
    "a comprehension's dictionary": (
        "d = {i: w * i for i in range(2)}\ne = {f'h{i}': w + i for i in range(2)}\ny = d[1] + e['h0']",
        ["d[0]", "d[1]", 'e["h0"]'],
    ),
    "what a function gives": (
        "def f(v):\n    return {'a': v * 1, 'b': (v * 2, v * 3)}\nout = f(w)\ny = out['b'][1]",
        ['out["a"]', 'out["b"][0]', 'out["b"][1]'],
    ),
    "what torch gives": ("top = (w * 2).topk(1)\ny = top.values", ["top.values", "y"]),
    "parts": ("s = w.split(1)\ny = s[1] * 2", ["s[0]", "s[1]"]),
    "gradients": ("y = w.prod()\ng = torch.autograd.grad(y, [w], create_graph=True)\nz = g[0] * 2", ["g[0]"]),
    "no more than some": ("e = [w * i for i in range(40)]\ny = sum(e)", ["e[15]"]),
    "what has a name": ("u = w * 2\nv = [u]\ny = v[0] * 1", ["u"]),
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


def test_an_items_way_is_no_name_beyond_the_first_sixteen_and_beside_another() -> None:
    many = names(trace(f"{HEAD}e = [w * i for i in range(40)]\ny = sum(e)\n"))
    assert ["e[16]"] not in many
    assert ["u"] in names(trace(f"{HEAD}u = w * 2\nv = [u]\ny = v[0] * 1\n"))


def test_a_container_of_the_programs_own_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    program = (
        "class M(type):\n    def __hash__(self):\n        print('hashed')\n        return hash(list)\n"
        "    def __eq__(self, other):\n        print('compared')\n        return True\n"
        "class L(list, metaclass=M):\n    def __iter__(self):\n        print('asked')\nl = L([w * 2])\ny = l[0] * 1\n"
        "class K(metaclass=M): pass\nd = {K(): w * 3}\n"
    )
    document = run_recorded("containers", HEAD + program)
    assert capsys.readouterr().out == ""
    assert [] in names(document)
