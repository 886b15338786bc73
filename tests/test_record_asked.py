"""A class of tensors may answer as it likes: what is shown is what torch computes with."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

import backlight
from backlight import pipeline
from backlight.model.request import TraceRequest
from backlight.record import asked
from backlight.sandbox.facade import build_namespace
from backlight.settings import Settings


class Plain(torch.Tensor):
    """A subclass without anything of its own."""


class Liar(torch.Tensor):
    """A tensor that has an untrue answer for each question."""

    def detach(self) -> Any:
        return torch.full((3,), 99.0)

    def clone(self, **_: Any) -> Any:
        return torch.full((3,), 98.0)

    def numel(self) -> int:
        return 10**9

    def dim(self) -> int:
        return 7

    def stride(self, *_: Any) -> Any:
        return (7, 7)

    def storage_offset(self) -> int:
        return 5

    def untyped_storage(self) -> Any:
        return torch.zeros(1).untyped_storage()

    def data_ptr(self) -> int:
        return 4

    def tolist(self) -> Any:
        return [97.0]

    shape = property(lambda self: torch.Size([5, 5]))  # type: ignore[assignment]
    is_leaf = property(lambda self: False)  # type: ignore[assignment]
    is_nested = property(lambda self: True)  # type: ignore[assignment]
    layout = property(lambda self: torch.sparse_coo)  # type: ignore[assignment]
    _version = property(lambda self: 3)  # type: ignore[assignment]


def recorded(kind: type[torch.Tensor]) -> dict[str, Any]:
    with backlight.record() as tape:
        x: Any = torch.Tensor._make_subclass(kind, torch.tensor([1.0, 2.0]), True)
        y = x * 3
        y.as_subclass(torch.Tensor).sum().backward()
        with torch.no_grad():
            x.mul_(2)
    document = json.loads(tape.document.to_json())
    parts = ("values", "nodes", "edges", "events", "leaves", "passes")
    return {name: without_lines(document[name]) for name in parts}


def without_lines(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: without_lines(each) for name, each in part.items() if "line" not in name and "column" not in name}
    return [without_lines(each) for each in part] if isinstance(part, list) else part


def test_a_subclass_that_lies_has_the_picture_of_one_that_does_not() -> None:
    honest = recorded(Plain)
    assert recorded(Liar) == honest
    assert [1.0, 2.0] in [value["data"] for value in honest["values"]]


@pytest.mark.parametrize(
    "source",
    [
        "print(nn.LazyLinear(2))",
        "m = nn.Sequential(nn.LazyConv1d(2, 1), nn.LazyLinear(1))\nprint(m)",
        "p = nn.UninitializedParameter()\nprint(p)",
        "m = nn.LazyLinear(2)\nx = torch.ones(1, 3, requires_grad=True)\nx.sum().backward()\nprint(x.grad)",
        "class A(nn.LazyLinear):\n    def initialize_parameters(self, x): 1 / 0\ntry: A(1)(x)\nexcept: print('no')",
    ],
)
def test_a_parameter_that_has_no_shape_yet_is_shown(source: str) -> None:
    request = TraceRequest(source=f"import torch\nfrom torch import nn\nx = torch.ones(2, 3)\n{source}")
    document = json.loads(pipeline.run(request, Settings(), build_namespace()))
    assert document["error"] is None
    assert document["cells"][0]["output"]


def test_what_is_asked_is_what_torch_has() -> None:
    x = torch.ones(2, 3)[:, 1:]
    assert (asked.sizes(x), asked.strides(x), asked.offset(x)) == ((2, 2), (3, 1), 1)
    assert (asked.element_count(x), asked.dimensions(x), asked.version(x)) == (4, 2, 0)
    assert type(asked.detached(torch.nn.Parameter(x))) is torch.Tensor
