"""Leaves that get other memory or another dtype under way: torch makes an AccumulateGrad anew, and the leaf is one."""

from __future__ import annotations

from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

HEAD = "import torch\nfrom torch import nn\n"
DOUBLED = (
    "m = nn.Linear(1, 1, bias=False)\na = m(torch.ones(1))\na.backward()\nm.double()\n"
    "b = m(torch.ones(1).double())\nb.backward()\n"
)
SET = (
    "w = torch.ones(2, requires_grad=True)\na = w.sin()\na.sum().backward()\n"
    "with torch.no_grad():\n    w.set_(torch.zeros(2))\nb = w.cos()\nb.sum().backward()\n"
)
UNPARAMETRIZED = (
    "class Twice(nn.Module):\n    def forward(self, w):\n        return w * 2\n"
    "m = nn.Linear(1, 1, bias=False)\nnn.utils.parametrize.register_parametrization(m, 'weight', Twice())\n"
    "a = m(torch.ones(1))\na.backward()\nnn.utils.parametrize.remove_parametrizations(m, 'weight')\n"
    "b = m(torch.ones(1))\nb.backward()\n"
)


def check(document: dict[str, Any], leaf: str, updates: int) -> None:
    assert document["error"] is None
    accumulators = [node for node in document["nodes"] if node["op"] == "AccumulateGrad"]
    assert [(node["kind"], leaf in node["names"]) for node in accumulators] == [("leaf", True)]
    assert all(node["line"] and node["value"] is not None for node in document["nodes"])
    assert {event["node"] for event in document["events"] if event["kind"] == "accumulate"} == {accumulators[0]["id"]}
    assert sum(event["kind"] == "update" for event in document["events"]) == updates


@pytest.mark.parametrize("program", [DOUBLED, UNPARAMETRIZED], ids=["doubled", "no more parametrized"])
def test_a_leaf_that_moves_is_one_node(program: str) -> None:
    check(trace(HEAD + program), "m.weight", 1)
    check(run_recorded("moved", HEAD + program), "m.weight", 1)


def test_a_leaf_that_is_set_on_other_memory_is_updated_once() -> None:
    check(run_recorded("moved", HEAD + SET), "w", 1)


def test_what_two_accumulators_add_in_one_pass_is_told_one_by_one() -> None:
    program = (
        "m = nn.Linear(1, 1, bias=False)\na = m(torch.ones(1))\nm.double()\nb = m(3 * torch.ones(1).double())\n"
        "(a + b).backward()\n"
    )
    for document in (trace(HEAD + program), run_recorded("moved", HEAD + program)):
        events = [event for event in document["events"] if event["kind"] == "accumulate"]
        data = [value["data"] for value in document["values"]]
        first, second = ([event[part] for part in ("before", "added", "after")] for event in events)
        assert sorted(data[each[1]] for each in (first, second)) == [[[1]], [[3]]]
        assert first[0] is None
        assert [data[each] for each in (first[2], second[0], second[2])] == [data[first[1]], data[first[1]], [[4]]]
