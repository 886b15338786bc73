"""What hooks write to: leaves, and tensors in which the program keeps count."""

from __future__ import annotations

import pytest

from sample_programs import trace

HEAD = "import torch\nfrom torch import nn\nx = torch.tensor(3.0, requires_grad=True)\n"
WRITES = {
    "after accumulation": "def hook(p):\n    p.data.mul_(0.5)\nx.register_post_accumulate_grad_hook(hook)",
    "through .data": "def hook(g):\n    x.data.mul_(0.5)\nx.register_hook(hook)",
    "through a view": "def hook(g):\n    with torch.no_grad():\n        x.view(1).mul_(0.5)\nx.register_hook(hook)",
}


@pytest.mark.parametrize("hook", WRITES.values(), ids=WRITES.keys())
def test_what_a_hook_writes_to_a_leaf_is_an_update_at_its_line(hook: str) -> None:
    document = trace(f"{HEAD}{hook}\n(3 * x).backward()\n")
    data = [value["data"] for value in document["values"]]
    (update,) = [event for event in document["events"] if event["kind"] == "update"]
    assert document["source"].split("\n")[update["line"] - 1].strip().endswith("mul_(0.5)")
    assert (data[update["before"]], data[update["after"]], data[document["leaves"][0]["value"]]) == (3, 1.5, 1.5)


def test_what_a_hook_keeps_count_in_holds_it_afterwards() -> None:
    document = trace(
        f"{HEAD}s = torch.zeros(2)\nx.register_hook(lambda g: print(s[0].add_(g.abs())))\n"
        "(3 * x).backward()\n(3 * x).backward()\ny = (x * s).sum()\n"
    )
    data = [value["data"] for value in document["values"]]
    kept = [data[node["value"]] for node in document["nodes"] if "s" in node["names"]]
    assert kept == [[0, 0], [3, 0], [6, 0]]
    (product,) = [node for node in document["nodes"] if node["label"] == "mul" and data[node["value"]] == [18, 0]]
    sources = [document["nodes"][edge["source"]] for edge in document["edges"] if edge["target"] == product["id"]]
    assert [data[node["value"]] for node in sources] == [3, [6, 0]]
