"""Memory as it was found: what holds it has no value until all of it is written, and then it has one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from recorded import run_recorded
from sample_programs import trace

Run = Callable[[str], dict[str, Any]]
BOTH = pytest.mark.parametrize("run", [trace, partial(run_recorded, "found")], ids=["playground", "record"])
HEAD = "import torch\nimport torch.nn.functional as F\nx = torch.arange(9.0).view(1, 1, 3, 3).requires_grad_()\n"
PROGRAMS = {
    "padding in a circle": "y = F.pad(x, (1, 1, 1, 1), mode='circular')\nz = y.sum()\nz.backward()\n",
    "rows one by one": "y = torch.empty(2, 3)\ny[0] = x[0, 0, 0]\ny[1] = 7\nz = y.sum()\nz.backward()\n",
    "columns": "y = torch.empty(2, 2)\nfor k in range(2):\n    y[:, k] = x[0, 0, 0, k]\nz = y.sum()\nz.backward()\n",
    "out": "e = torch.empty(4)\ntorch.add(torch.ones(2), 1, out=e[:2])\ne[2:].fill_(3)\ny = e * 1\nz = y.sum()\n",
    "a write that nobody sees": "y = torch.empty(3)\ny.numpy()[:] = 5\nz = (y * x).sum()\n",
}
"""By how memory is filled: programs that make of all of it ``y`` and ``z``."""


def values(document: dict[str, Any], name: str) -> list[Any]:
    assert document["error"] is None
    numbers = [node["value"] for node in document["nodes"] if name in node["names"]]
    return [None if number is None else document["values"][number]["data"] for number in numbers]


@BOTH
@pytest.mark.parametrize("how", PROGRAMS)
def test_what_is_written_whole_has_its_value_and_nothing_else_is_shown(how: str, run: Run) -> None:
    plain: dict[str, Any] = {}
    exec(HEAD + PROGRAMS[how], plain)
    document = run(HEAD + PROGRAMS[how])
    assert values(document, "y")[-1] == plain["y"].tolist()
    assert values(document, "z") == [plain["z"].item()]
    shown = [torch.tensor(each["data"]).flatten().tolist() for each in document["values"] if each["dtype"] == "float32"]
    assert all(number.is_integer() and 0 <= number <= 200 for each in shown for number in each)


@BOTH
def test_a_tensor_that_is_written_in_part_has_no_value(run: Run) -> None:
    document = run("import torch\ny = torch.empty(3)\ny[0] = 1\nu = y[:1]\nv = y[1:]\n")
    assert values(document, "y") == [None, None]
    assert (values(document, "u"), values(document, "v")) == ([[1.0]], [None])
