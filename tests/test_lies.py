"""The picture cannot be falsified: a lie is refused, or changes what runs, and then the picture shows what ran.

Each lie is a cell before the same ordinary one. What is then drawn must be what torch itself says, of the whole
program where the lie ran, of the ordinary cell alone where it was refused.
"""

from __future__ import annotations

import json
import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from backlight.errors import NotAllowed
from backlight.model.request import TraceRequest
from backlight.sandbox.once import Runner
from plain_torch import run_plain

HEAD = "import torch\nimport torch.nn as nn\n# %%\n"
BODY = """
# %%
x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
w = nn.Parameter(torch.tensor([0.5, 0.25, -1.0]))
h = torch.sin(x) * w
loss = (h ** 2).sum()
loss.backward()
optimizer = torch.optim.SGD([w], lr=0.5)
optimizer.step()
after = w * 1
print(loss, x.grad, w)
"""


def lies() -> list[tuple[str, str, str]]:
    sections = (Path(__file__).parent / "lies.txt").read_text("utf-8").split("\n== ")[1:]
    heads = [section.split("\n", 1) for section in sections]
    return [(name, expected, lie) for head, lie in heads for name, _, expected in [head.partition(": ")]]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ProcessPoolExecutor]:
    """A new process for each call, forked by one that has no threads and has loaded what programs need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["plain_torch", "torch._dynamo"])  # optimizers import the latter late
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as processes:
        yield processes


def plainly(source: str) -> dict[str, Any]:
    """What plain torch says: output, and value and gradient of each tensor by name."""
    torch.set_num_threads(1)
    run = run_plain(source)
    said = {name: _numbers(value) for name, value in run.names.items() if isinstance(value, torch.Tensor)}
    return {"output": run.output, "tensors": said, "errors": list(map(str, run.errors))}


def _numbers(tensor: torch.Tensor) -> tuple[Any, Any]:
    grad = tensor.grad if tensor.is_leaf else None
    return tensor.detach().numpy().tolist(), None if grad is None else grad.detach().numpy().tolist()


def drawn(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of named nodes, and the gradients of leaves, by name."""
    data = [value["data"] for value in document["values"]]
    values = {name: data[node["value"]] for node in document["nodes"] for name in node["names"]}
    grads = {leaf["name"]: None if leaf["grad"] is None else data[leaf["grad"]] for leaf in document["leaves"]}
    return values, grads


def without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", text)


@pytest.mark.parametrize(("name", "expected", "lie"), lies(), ids=[name for name, _, _ in lies()])
def test_a_lie_is_refused_or_told(
    product: Runner, elsewhere: ProcessPoolExecutor, name: str, expected: str, lie: str
) -> None:
    source = HEAD + lie + BODY
    if expected == "not-allowed":
        with pytest.raises(NotAllowed):
            product.run(TraceRequest(source=source))
        return
    document: dict[str, Any] = json.loads(product.run(TraceRequest(source=source)))
    assert document["stopped"] is None
    error = document["cells"][1]["error"]
    assert (error is not None) == (expected == "refused"), error
    if error is not None:
        assert " not available" in error["message"] or "not the program's own" in error["message"]
        assert error["line"]
    plain = elsewhere.submit(plainly, source if expected == "" else HEAD + BODY).result()
    values, grads = drawn(document)
    for named, (value, grad) in plain["tensors"].items():
        if named in ("h", "loss", "after", "told", "twice", "doubled"):
            assert values[named] == value
        if named in ("x", "w", "probe") and grad is not None:
            assert grads[named] == grad
    printed = "".join(cell["output"] for cell in document["cells"])
    assert without_addresses(printed) == without_addresses(plain["output"])
    assert [each["error"] for each in document["cells"][2:]] == [None]
    assert plain["errors"] == []
