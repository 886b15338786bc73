"""Odd tensors, keys and names, as programs can make them: each has its Document, and runs as in plain torch."""

from __future__ import annotations

from typing import Any

import pytest

from plain_torch import run_plain
from sample_programs import trace

HEAD = "import torch\nx = torch.ones(1, requires_grad=True)\n"
PROGRAMS = {
    "a thousand dimensions": "y = torch.ones([1] * 1000)\nprint((y * x).dim())",
    "nothing, in many lists": "y = torch.ones((2**40, 0)) * x\nprint(y.shape)",
    "indices that lead nowhere": (
        "where = torch.tensor([0, 1]), torch.tensor([10**9])\n"
        "y = torch.sparse_csr_tensor(*where, torch.ones(1), (1, 2), check_invariants=False) * 1\nprint(y.layout)"
    ),
    "a number too long to be written": "d = {}\nd[10**5000] = x * 2\nd[10**5000].backward()\nprint(x.grad)",
    "half a character": 'd = torch.nn.ParameterDict({"\\ud800": x})\n(d["\\ud800"] * 2).backward()\nprint(x.grad)',
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_odd_is_recorded(name: str) -> None:
    source = HEAD + PROGRAMS[name]
    document, plain = trace(source), run_plain(source)
    assert document["error"] is None and plain.errors == []
    assert document["cells"][0]["output"] == plain.output


def value_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The value of the node with this name."""
    (node,) = (node for node in document["nodes"] if name in node["names"])
    return document["values"][node["value"]]


def test_what_cannot_be_told_as_lists_has_statistics() -> None:
    deep = value_of(trace(HEAD + "y = torch.ones([1] * 65) * x\ny.backward(torch.ones_like(y))"), "y")
    assert (deep["data"], deep["stats"]["mean"], deep["picture"]["cells"]) == (None, 1.0, [[1.0]])
    shallow = value_of(trace(HEAD + "y = torch.ones([1] * 64) * x\ny.backward(torch.ones_like(y))"), "y")
    assert str(shallow["data"]).count("[") == 64
    lists = value_of(trace(HEAD + "y = torch.ones((2000, 0)) * x\ny.sum().backward()"), "y")
    assert (lists["data"], lists["stats"]["zero"]) == (None, 0)


def test_what_torch_lists_of_its_sources_is_left_out() -> None:
    document = trace("import torch\ntorch.nested.nested_tensor([torch.ones(2)]).sum()")
    message = document["error"]["message"]
    assert message.startswith("Could not run 'aten::sum' with arguments from the 'NestedTensorCPU' backend.")
    assert "registered at" not in message and ".cpp" not in message
