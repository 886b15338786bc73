"""Writes and views: each history that autograd makes anew has its value, its names and the line of the write."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

X = "import torch\nx = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\nh = x * 2\n"
"""Three lines; the rows' own begin in line 4."""

Anew = tuple[list[str], Any, int]
"""Names, value and line of a node that no call made."""

ROWS: list[tuple[str, list[Anew]]] = [
    ("v = h[:2]\nh.mul_(3)\nv.sum().backward()", [(["v"], [6.0, 12.0], 5)]),
    ("v = h[:2]\nv.mul_(3)\nv.sum().backward()", [(["v"], [6.0, 12.0], 5)]),
    (
        "v = h[:2]\nu = v[1:]\nh.add_(1)\n(v.sum() * u).sum().backward()",
        [(["v"], [3.0, 5.0], 6), (["u"], [5.0], 6)],
    ),
    (
        "v = h[:2]\nh.add_(1)\na = v.sum()\nh.add_(1)\nb = v.sum()\n(a + b).backward()",
        [(["v"], [3.0, 5.0], 5), (["v"], [4.0, 6.0], 7)],
    ),
    ("v = h[0]\nh[0] = 7.0\nv.backward()", [(["v"], 7.0, 5)]),
    ("v = h.view(3)\nh.zero_()\nv.sum().backward()", [(["v"], [0.0, 0.0, 0.0], 5)]),
    ("b = torch.zeros(3)\nv = b[:2]\nb[0] = x[1]\nv.sum().backward()", [(["v"], [2.0, 0.0], 6)]),
    ("v = x[:2]\nwith torch.no_grad():\n    x.add_(1)\nv.sum().backward()", [(["v"], [2.0, 3.0], 6)]),
    ("v = x[:2]\nwith torch.no_grad():\n    v.add_(1)\nv.sum().backward()", [(["v"], [2.0, 3.0], 6)]),
    (
        "v = x[:2]\nx.sum().backward()\ntorch.optim.SGD([x], lr=1.0).step()\nv.sum().backward()",
        [(["v"], [0.0, 1.0], 6)],
    ),
    (
        "v = x[:2]\nx.sum().backward()\ntorch.optim.SGD([x], lr=1.0, foreach=True).step()\nv.sum().backward()",
        [(["v"], [0.0, 1.0], 6)],
    ),
    ("h.add_(1)\nv = h[:2]\nv.sum().backward()", []),
]


@pytest.mark.parametrize(("program", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_history_made_anew_tells_what_the_view_held(program: str, expected: list[Anew]) -> None:
    document = trace(f"{X}{program}\n")
    assert document["error"] is None
    anew = [node for node in document["nodes"] if node["op"] == "AsStridedBackward0"]
    found = [(node["names"], document["values"][node["value"]]["data"], node["line"]) for node in anew]
    assert found == expected
    assert all(node["value"] is not None for node in document["nodes"])


ERRORS = [
    (  # a view that requires grad all the same, and leads nowhere
        "s = torch.tensor(2.0, requires_grad=True)\nwith torch.no_grad():\n    v = s.squeeze()\nv.backward()",
        "does not require grad and does not have a grad_fn",
        7,
    ),
    ("x += 1", "a leaf Variable that requires grad", 4),
    ("x[0] = 1.0", "a view of a leaf Variable", 4),
    ("a, b = h.unbind()[:2]\na.mul_(2)", "Output 0 of Unbind is a view", 5),
    ("y = h.exp()\nz = y.sum()\ny.add_(1)\nz.backward()", "modified by an inplace operation", 7),
    (
        (
            "y = (h * x).sum()\ny.backward(retain_graph=True)\n"
            "torch.optim.SGD([x], lr=1.0, foreach=True).step()\ny.backward()"
        ),
        "modified by an inplace operation",
        7,
    ),
    ("torch.mul(x, 2, out=torch.empty(3))", "don't support automatic differentiation", 4),
]


@pytest.mark.parametrize(("program", "message", "line"), ERRORS, ids=[row[0] for row in ERRORS])
def test_a_write_that_may_not_be_is_an_error_with_all_before_it(program: str, message: str, line: int) -> None:
    document = trace(f"{X}{program}\n")
    error = document["error"]
    assert message in error["message"]
    assert error["line"] == line
    assert [node["names"] for node in document["nodes"][:2]] == [["x"], ["h"]]
    (told,) = [event for event in document["events"] if event["kind"] == "error"]
    assert told["index"] == len(document["events"]) - 1


def test_what_is_filled_anew_comes_from_nothing() -> None:
    document = trace(
        "import torch\nb = torch.randn(2) * 2\nb.zero_()\nx = torch.ones(2, requires_grad=True)\ny = x * b\n"
    )
    (b,) = [node for node in document["nodes"] if node["label"] == "b"]
    assert (b["kind"], b["line"], document["values"][b["value"]]["data"]) == ("input", 3, [0.0, 0.0])


@pytest.mark.parametrize("use", ["", "(v * 2).backward()\n"])
def test_a_view_that_was_written_through_and_becomes_a_leaf_has_its_own_name(use: str) -> None:
    document = trace(f"{X}h = h.detach()\nv = h[0]\nv.add_(1)\nv.requires_grad_()\n{use}")
    (leaf,) = [each for each in document["leaves"] if each["name"] != "x"]
    assert (leaf["name"], document["values"][leaf["value"]]["data"]) == ("v", 3)
    (write,) = [node for node in document["nodes"] if node["label"] == "add_"]
    assert (write["names"], document["values"][write["value"]]["data"]) == (["h"], [3, 4, 6])


@pytest.mark.parametrize("use", ["", "y = (b * 2).sum()\n"])
def test_views_of_one_call_that_become_leaves_are_leaves_each(use: str) -> None:
    """A quirk of torch: what ``split`` gives under ``no_grad`` requires grad."""
    document = trace(f"{X}with torch.no_grad():\n    a, b, c = x.split(1)\nprint(a.requires_grad)\n{use}")
    assert document["cells"][0]["output"] == "True\n"
    leaves = [(leaf["name"], document["values"][leaf["value"]]["data"]) for leaf in document["leaves"]]
    assert sorted(leaves) == [("a", [1]), ("b", [2]), ("c", [3]), ("x", [1, 2, 3])]


def test_a_named_face_has_what_it_holds_after_each_write_through_another() -> None:
    document = trace(f"{X}d = h.data\nh.data[0] = 7\nh.detach()[1] = 8\n")
    held = [document["values"][node["value"]]["data"][:2] for node in document["nodes"] if "d" in node["names"]]
    assert held == [[2, 4], [7, 4], [7, 8]]


def given(row: str) -> str:
    return f"import torch\nx = torch.ones(2, 2, requires_grad=True)\nh = x * 2\n{row}(h * h).sum().backward()\n"


THROUGH = {
    "a view that is added to": (given("v = h.view(-1)\nv += 1\nv += 1\n"), [["h"], ["v"], ["h"], ["v"], ["h"]]),
    "an item that is added to": (given("h[0] += 1\n"), [["h"], ["h"], ["h"]]),
    "one without gradient": ("import torch\nw = torch.zeros(4)\nv = w.view(-1)\nv += 1\n", [["w"], ["v"], ["w"]]),
    "one of what has no name": (
        "import torch\nv = torch.zeros(4).view(2, 2)\nv += 1\nv += 1\n",
        [["v"], ["v"], ["v"]],
    ),
    "one that a function is given": (
        f"def f(row):\n    row += 1\n{given('f(h[0])' + chr(10))}",
        [["h"], ["row"], ["h"]],
    ),
}
"""By what is written through: a program, and the names of its nodes that have any, but for ``x``."""


@pytest.mark.parametrize("run", [trace, partial(run_recorded, "through")], ids=["playground", "record"])
@pytest.mark.parametrize("how", THROUGH)
def test_a_write_through_a_view_is_named_as_what_it_is_a_view_of(how: str, run: Callable[[str], Any]) -> None:
    program, expected = THROUGH[how]
    document = run(program)
    assert document["error"] is None
    assert [node["names"] for node in document["nodes"] if node["names"] and node["names"] != ["x"]] == expected
