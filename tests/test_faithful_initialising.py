"""Views taken without grad and written to, as one initialises weights: the program runs, and each write is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from plain_torch import run_plain
from recorded import run_recorded
from sample_programs import trace

USED = "import torch\nx = torch.arange(1.0, 5.0, requires_grad=True)\n(x * x).sum().backward()\n"
"""Three lines, in which ``x`` is used; the rows' own begin in line 4."""
END = "(x * x).sum().backward()\n"

WAYS: list[Callable[[str], dict[str, Any]]] = [trace, partial(run_recorded, "initialising")]
each_way = pytest.mark.parametrize("by", WAYS, ids=["playground", "record"])

WRITES: dict[str, tuple[str, list[int]]] = {
    "a slice": ("with torch.no_grad():\n    v = x[:2]\n    v.mul_(3)\n", [6]),
    "gates": ("with torch.no_grad():\n    i, f = x.chunk(2)\n    f.fill_(1)\n    i[0] = 7\n", [6, 7]),
    "rows": ("with torch.no_grad():\n    for r in x.view(2, 2): r.div_(2)\n", [5, 5]),
    "a row": ("with torch.no_grad():\n    r = x.view(2, 2)[1]; r.zero_()\n", [5]),
    "a flat view": ("with torch.no_grad():\n    f = x.view(-1); f[0] = 5\n", [5]),
    "a transposed view": ("with torch.no_grad():\n    t = x.view(2, 2).t(); t.copy_(torch.eye(2))\n", [5]),
    "a diagonal": ("with torch.no_grad():\n    d = x.view(2, 2).diagonal(); d.fill_(7)\n", [5]),
    "by its own norm": ("with torch.no_grad():\n    d = x.view(2, 2); d.div_(d.norm(dim=1, keepdim=True))\n", [5]),
}
"""By what is written to: the program, and the lines of its writes."""


@each_way
@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("end", [END, ""], ids=["used again", "last of all"])
def test_a_write_through_a_view_without_grad_is_told(what: str, end: str, by: Callable[[str], dict[str, Any]]) -> None:
    writes, lines = WRITES[what]
    program = USED + writes + end
    plain, document = run_plain(program), by(program)
    assert plain.errors == []
    assert document["error"] is None
    (leaf,), values = document["leaves"], document["values"]
    assert values[leaf["value"]]["data"] == plain.names["x"].tolist()
    assert values[leaf["grad"]]["data"] == plain.names["x"].grad.tolist()
    updates = [event for event in document["events"] if event["kind"] == "update"]
    assert [event["line"] for event in updates] == lines
    held = [(values[event["before"]]["data"], values[event["after"]]["data"]) for event in updates]
    assert held[0][0] == [1, 2, 3, 4]
    assert [before for before, _ in held[1:]] == [after for _, after in held[:-1]]
    assert held[-1][1] == plain.names["x"].tolist()


@each_way
def test_weights_are_initialised_before_they_are_used(by: Callable[[str], dict[str, Any]]) -> None:
    program = (
        "import torch\nm = torch.nn.LSTMCell(2, 2)\nwith torch.no_grad():\n    i, f, g, o = m.bias_ih.chunk(4)\n"
        "    f.fill_(1.0)\nh, c = m(torch.ones(1, 2))\nh.sum().backward()\n"
    )
    plain, document = run_plain(program), by(program)
    assert document["error"] is None
    found = {leaf["name"]: leaf for leaf in document["leaves"]}["m.bias_ih"]
    assert document["values"][found["value"]]["data"] == plain.names["m"].bias_ih.tolist()


@each_way
def test_a_write_to_a_result_through_such_a_view_is_a_node(by: Callable[[str], dict[str, Any]]) -> None:
    program = f"{USED}h = x * 2\nwith torch.no_grad():\n    v = h[:2]\n    v.mul_(2)\n(h * h).sum().backward()\n"
    plain, document = run_plain(program), by(program)
    assert document["error"] is None
    values, nodes = document["values"], document["nodes"]
    (written,) = [node for node in nodes if node["label"] == "mul_"]
    assert values[written["value"]]["data"] == [4, 8, 6, 8]
    square = next(node for node in nodes if node["line"] == 8 and node["label"] == "mul")
    arriving = {edge["source"] for edge in document["edges"] if edge["target"] == square["id"]}
    assert written["id"] in arriving
    assert values[document["leaves"][0]["grad"]]["data"] == plain.names["x"].grad.tolist()


@each_way
def test_to_use_such_a_view_with_grad_is_the_error_that_torch_makes_of_it(by: Callable[[str], dict[str, Any]]) -> None:
    program = f"{USED}with torch.no_grad():\n    v = x[:2]\n    v.mul_(3)\nprint(v.requires_grad)\n"
    assert by(program)["cells"][0]["output"] in ("True\n", "")  # a recording of one's own code catches no output
    (error,) = run_plain(f"{program}y = v * 2\n").errors
    document = trace(f"{program}y = v * 2\n")
    assert document["error"]["message"] == str(error)
    assert document["error"]["line"] == 8
