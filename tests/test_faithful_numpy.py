"""What numpy writes into memory that it shares with a tensor is told at its line, as the same write of torch's is."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import backlight
from backlight.record import Recorder
from backlight.record.shared_memory import LOOKED_AT, TENSORS
from plain_torch import run_plain
from sample_programs import trace

HEAD = "import torch\nimport numpy as np\nw = torch.tensor([1.0, 2.0], requires_grad=True)\n"

LEAVES = {
    "an item": ("a = w.detach().numpy()\na[0] = 5", [("update", 5, [1, 2], [5, 2])]),
    "all of it": (
        "a = w.detach().numpy()\na[:] = 0\na[1] = 7",
        [("update", 5, [1, 2], [0, 0]), ("update", 6, [0, 0], [0, 7])],
    ),
    "in the statement that shares it": ("w.detach().numpy()[0] = 5", [("update", 4, [1, 2], [5, 2])]),
    "a function of numpy's": ("a = w.data.numpy()\nnp.add(a, 1, out=a)", [("update", 5, [1, 2], [2, 3])]),
    "a method": ("a = np.asarray(w.detach())\na.fill(3)", [("update", 5, [1, 2], [3, 3])]),
    "an operator": ("a = w.detach().numpy()\na *= 2", [("update", 5, [1, 2], [2, 4])]),
    "a function of the program's": (
        "a = w.detach().numpy()\ndef f(b):\n    b[0] = 4\n    return b\nf(a)",
        [("update", 6, [1, 2], [4, 2])],
    ),
    "beside torch": (
        "a = w.detach().numpy()\na += 1\nwith torch.no_grad():\n    w += 1\n    w.data.add_(1)\na += 1",
        [("update", line, [n, n + 1], [n + 1, n + 2]) for n, line in enumerate((5, 7, 8, 9), 1)],
    ),
    "a tensor of the same memory": (
        "x = torch.from_numpy(w.detach().numpy())\nx.mul_(2)\nw.detach()",
        [("update", 5, [1, 2], [2, 4])],
    ),
    "the same again": ("a = w.detach().numpy()\na[:] = [1, 2]", []),
    "a gradient": ("(w * 3).sum().backward()\nw.grad.numpy()[0] = 1", [("grad-changed", 5, [3, 3], [1, 3])]),
    "a gradient to nothing": ("(w * 3).sum().backward()\nw.grad.numpy()[:] = 0", [("grad-cleared", 5, [3, 3], [0, 0])]),
}


def changes(document: dict[str, Any]) -> list[tuple[str, int, Any, Any]]:
    values = document["values"]
    told = [each for each in document["events"] if each["kind"] in {"update", "grad-changed", "grad-cleared"}]
    return [(each["kind"], each["line"], *(values[each[key]]["data"] for key in ("before", "after"))) for each in told]


@pytest.mark.parametrize(("source", "expected"), LEAVES.values(), ids=LEAVES.keys())
def test_what_numpy_does_to_a_leaf_is_told_at_its_line(source: str, expected: list[Any]) -> None:
    source = f"{HEAD}{source}\ny = (w * w).sum()\n"
    document, plain = trace(source), run_plain(source)
    assert document["error"] is None
    assert changes(document) == expected
    (leaf,) = document["leaves"]
    assert document["values"][leaf["value"]]["data"] == plain.names["w"].tolist()


INPUTS = {
    "an array": "a = np.array([1.0, 2.0], dtype=np.float32)\nx = torch.from_numpy(a)\ny = (w * x).sum()\na += 1\n",
    "a tensor": "x = torch.tensor([1.0, 2.0])\na = x.numpy()\ny = (w * x).sum()\na += 1\n",
    "a result": "x = torch.tensor([0.0, 1.0]) + 1\na = x.numpy()\ny = (w * x).sum()\na += 1\n",
}


@pytest.mark.parametrize("source", INPUTS.values(), ids=INPUTS.keys())
def test_another_tensor_that_numpy_writes_to_is_copied_into_at_that_line(source: str) -> None:
    source = HEAD + source + "z = (w * x).sum()\nz.backward()\n"
    document, plain = trace(source), run_plain(source)
    (written,) = [node for node in document["nodes"] if node["label"] == "copy_"]
    assert (written["line"], written["names"]) == (7, ["x"])
    assert document["values"][written["value"]]["data"] == plain.names["x"].tolist() == [2.0, 3.0]
    onward = {
        document["nodes"][edge["target"]]["line"] for edge in document["edges"] if edge["source"] == written["id"]
    }
    assert onward == {8}
    assert document["values"][document["leaves"][0]["grad"]]["data"] == plain.names["w"].grad.tolist()


def test_the_same_is_seen_in_a_recording_when_torch_is_called_next() -> None:
    w = torch.ones(2, requires_grad=True)
    array = w.detach().numpy()
    with backlight.record() as tape:
        (w * 2).sum()
        shared = w.detach().numpy()
        shared[0] = 5
        (w * 2).sum()
    assert array[0] == 5
    document = tape.document.model_dump()
    assert [(kind, before, after) for kind, _, before, after in changes(document)] == [("update", [1, 1], [5, 1])]


def test_what_nobody_can_write_to_any_more_is_not_looked_at() -> None:
    with Recorder(lambda filename: filename == __file__) as recorder:
        for _ in range(3 * TENSORS):
            torch.ones(2).numpy().sum()
        kept = torch.ones(2)
        part = kept.numpy()[1:]
        part[0] = 5
        (kept * 2).sum()
    (call,) = [each for each in recorder.tape.log if getattr(each, "func", None) is torch.ops.aten.copy_.default]
    assert recorder.tape.store.held[call.output_values[0]].tolist() == [1, 5]


def test_much_memory_is_not_looked_at() -> None:
    size = LOOKED_AT // 4 + 1
    document = trace(f"{HEAD}x = torch.zeros({size})\nx.numpy()[0] = 1\ny = x.sum()\n")
    assert [node["label"] for node in document["nodes"] if node["label"] == "copy_"] == []
    (total,) = [node for node in document["nodes"] if "y" in node["names"]]
    assert document["values"][total["value"]]["data"] == 1.0
