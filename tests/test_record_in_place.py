"""In place: where a saved tensor was written to, the Document tells of the error who wrote, and to which version."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
import torch

import backlight
from sample_programs import trace

START = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\nh = x * 2\ny = (h * h).sum()\n"


def writes_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    (error,) = [event for event in document["events"] if event["kind"] == "error"]
    return error["writes"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("h.detach().add_(1)", [("add_", 1, 1)]),
        ("with torch.no_grad():\n    h.mul_(2)\n    h[0] = 3", [("mul_", 2, 1), ("copy_", 3, 2)]),
        ("with torch.no_grad():\n    torch.add(x, 1, out=h)", [("add", 2, 1)]),
        ("for row in h.detach():\n    row.zero_()", [("zero_", 2, 1), ("zero_", 2, 2)]),
        ("h.data.mul_(2)\nh.add_(1)", [("add_", 2, 1)]),
        ("h.add_(1)\nh.data.mul_(2)", [("add_", 1, 1)]),
        ("other = torch.ones(2)\nother.add_(1)\nh.view(2, 1).relu_()", [("relu_", 3, 1)]),
        ("def scale(t):\n    return t.detach().clamp_(max=1)\nscale(h)", [("clamp_", 2, 1)]),
    ],
)
def test_each_write_since_the_save_has_its_line_and_its_version(
    body: str, expected: list[tuple[str, int, int]]
) -> None:
    document = trace(f"{START}{body}\ny.backward()")
    lines, h = START.count("\n"), next(node["id"] for node in document["nodes"] if "h" in node["names"])
    writes = [each for each in writes_of(document) if h in each["nodes"]]
    assert [(each["op"], each["line"] - lines, each["version"]) for each in writes] == expected


def test_a_write_names_the_nodes_whose_memory_it_changed_and_its_own_where_there_is_one() -> None:
    document = trace(f"{START}v = h.view(2, 1)\nh[0].detach().add_(1)\nh.add_(1)\ny.backward()")
    labels = [node["label"] for node in document["nodes"]]
    aside, own = writes_of(document)
    assert [labels[node] for node in aside["nodes"]][:2] == ["mul", "view"]
    assert [aside["node"], own["node"]] == [number for number, label in enumerate(labels) if label == "add_"]
    assert document["events"][aside["event"] - 1]["node"] == labels.index("detach")


def test_a_write_that_nothing_in_the_graph_is_made_of_has_no_node() -> None:
    source = "import torch\nx = torch.ones(2, requires_grad=True)\nu = x.exp().split(1)\ny = u[0] + u[1]\n"
    (write,) = writes_of(trace(f"{source}u[0].detach().add_(1)\ny.sum().backward()"))
    assert (write["op"], write["line"], write["version"], write["node"]) == ("add_", 5, 1, None)


def test_other_errors_list_no_writes() -> None:
    assert writes_of(trace(f"{START}h.add_(1)\nh @ torch.ones(3)")) == []


def test_writes_before_the_save_are_not_listed() -> None:
    document = trace(
        "import torch\nx = torch.ones(2, requires_grad=True)\nm = torch.zeros(2)\nm.add_(1)\ny = (x * m).sum()\n"
        "m.sub_(1)\ny.backward()"
    )
    assert [(each["op"], each["version"]) for each in writes_of(document)] == [("sub_", 2)]


def test_memory_that_came_from_numpy_counts_too() -> None:
    def spoil(m: torch.Tensor) -> None:
        y = (torch.ones(2, requires_grad=True) * m).sum()
        m.clamp_(max=0)
        m += 1
        y.backward()

    with pytest.raises(RuntimeError, match="version 2"), backlight.record() as tape:
        spoil(torch.from_numpy(np.ones(2, dtype=np.float32)))
    writes = writes_of({"events": [asdict(event) for event in tape.document.events]})
    assert [(each["op"], each["version"]) for each in writes] == [("clamp_", 1), ("add_", 2)]
