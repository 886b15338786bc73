"""Loops and functions under ``backlight.record()``, where nothing is marked: the same groups as in the playground."""

from __future__ import annotations

from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

HEAD = "import torch\nfrom torch import nn\nx = torch.ones(2, requires_grad=True)\n"
GENERATOR = "def g(n):\n    for i in range(n):\n        yield torch.ones(2) * i\n"
PROGRAMS = {
    "modules made in a comprehension": (
        "layers = [nn.Linear(2, 2) for _ in range(3)]\ny = x\nfor layer in layers:\n    y = layer(y)\n"
    ),
    "a helper that does other things each time": (
        "def h(i):\n    if i == 0: return x.sin()\n    if i == 1: return x.cos()\n    return x.exp() * 2\n"
        "for i in range(4):\n    y = h(i)\n"
    ),
    "a helper that a function of Python's calls": (
        "def h(a):\n    return a.sin()\nys = list(map(h, [x, x]))\nfor i in range(2):\n    ys = list(map(h, [x, x]))\n"
    ),
    "a closure that an optimizer calls": (
        "o = torch.optim.LBFGS([x], max_iter=3)\ndef c():\n    o.zero_grad()\n    l = (x**2).sum()\n    l.backward()\n"
        "    return l\nfor i in range(2):\n    o.step(c)\n"
    ),
    "branches": "for i in range(5):\n    if i % 2: y = x.sin()\n    else: y = x.cos()\n",
    "one instruction that calls torch alike": (
        "for i in range(2):\n    y = (x * x).sum()\n    y.backward()\n    nn.utils.clip_grad_norm_([x], 1.0)\n"
        "    y = y + 1\n"
    ),
    "a variable that is assigned to": (
        "for u in (x * 1, x * 2):\n    if u.sum() > 0:\n        u = u.view(1, 2)\n    u = u.sin()\n    u = u.cos()\n"
    ),
    "an outer variable that is assigned to": (
        "for u in (x, x * 2):\n    u = u.sin()\n    for k in range(2):\n        u = u * k\n    u = u.cos()\n"
    ),
    "recursion": "def f(n):\n    return x * 1 if n == 0 else f(n - 1) * 2\nfor i in range(2):\n    y = f(2)\n",
    "a loop in a function, called twice": (
        "def f(n):\n    y = x\n    for k in range(n):\n        y = y * k\n    return y\n"
        "for i in range(2):\n    y = f(2) + f(1)\n"
    ),
    "generator expressions": (
        "for e in range(2):\n    t = sum((x * k).sum() for k in range(3))\n"
        "    u = sum(f(x) for f in (torch.sin, torch.cos))\n"
        "v = sum(x.sin() for _ in range(3)) + max((x * k).sum() for k in range(2))\n"
    ),
    "a generator": f"{GENERATOR}for u in g(3):\n    y = u * x\n    y = y.sum()\n",
    "one with branches": f"{GENERATOR}for k, u in enumerate(g(3)):\n    y = u + x if k else u * x\n",
    "one that another goes on with": f"{GENERATOR}def h():\n    yield from g(2)\nfor u in h():\n    y = u * x\n",
    "one inside of another": (
        f"{GENERATOR}def h():\n    for u in g(3):\n        if u.sum() > 0:\n            yield u.sin()\n"
        "for u in h():\n    y = u * x\n"
    ),
    "one that is asked for the next": f"{GENERATOR}i = g(3)\nwhile (u := next(i, None)) is not None:\n    y = u * x\n",
    "two at once": f"{GENERATOR}for u, v in zip(g(2), g(3)):\n    y = u * x * v\n",
    "one in expressions": (
        f"{GENERATOR}for e in range(2):\n    y = sum(u.sum() for u in g(2))\n"
        "    y = y + sum(u.sin() for u in (v * x for v in g(2)))\nz = [u * x for u in g(2)]\n"
    ),
    "one whose loop looks at it": f"{GENERATOR}for u in g(3):\n    if u[0] > 1: y = u * x\n",
    "what an iterator of Python's calls": f"{GENERATOR}for u in map(lambda t: t * 2, g(2)):\n    y = u * x\n",
    "an iterator of a class": (
        "class D:\n    def __iter__(self):\n        for k in range(2): yield x * k\n"
        "for e in range(2):\n    for u in D():\n        y = u.sum()\n        y.backward()\n"
    ),
    "a while loop": "n = 0\nwhile n < 3:\n    y = x * n\n    y = y + 1\n    n += 1\n",
}


def groups(document: dict[str, Any]) -> list[Any]:
    told = ("kind", "name", "parent", "number", "line", "column", "end_line", "end_column")
    return [[group[field] for field in told] for group in document["groups"]]


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_recorded_has_the_groups_of_the_playground(program: str) -> None:
    source = HEAD + PROGRAMS[program]
    recorded, traced = run_recorded("turns", source), trace(source)
    assert groups(recorded) == groups(traced)
    assert [node["groups"] for node in recorded["nodes"]] == [node["groups"] for node in traced["nodes"]]


def test_a_generator_is_called_by_what_goes_through_it_whatever_ended_before() -> None:
    """Frames that have ended leave their ``id()`` to others, also to those of comprehensions."""
    loop = "for e in range(40):\n    k = g(2)\n    y = next(k)\n"
    traced = trace(
        f"{HEAD}{GENERATOR}{loop}    y = x + sum(u.sin() for u in (v * x for v in g(2)))\n    y = y + next(k)\n"
    )
    around = [traced["groups"][each["parent"]] for each in traced["groups"] if each["name"] == "g"]
    assert len(around) == 80
    assert {(each["kind"], each["line"]) for each in around} == {("loop", loop_line(traced))}


def loop_line(document: dict[str, Any]) -> int:
    """The line of the outermost loop."""
    return next(each["line"] for each in document["groups"] if each["parent"] is None)
