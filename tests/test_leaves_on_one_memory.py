"""Leaves on the same memory, or beside each other on one: told is whose elements were written to, and no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

Run = Callable[[str], dict[str, Any]]
BOTH = pytest.mark.parametrize("run", [trace, partial(run_recorded, "memory")], ids=["playground", "record"])
TWO_FACES = """import torch
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = a.detach().requires_grad_()
(a * b).sum().backward()
optimizer = torch.optim.SGD([b], lr=0.5)
optimizer.step()
b.data[0] = 8
"""
SIDE_BY_SIDE = """import torch
flat = torch.zeros(4)
p, q = flat[:2].requires_grad_(), flat[2:].requires_grad_()
(p * 2 + q).sum().backward()
with torch.no_grad():
    p += 1
p.grad = None
optimizer = torch.optim.SGD([p, q], lr=0.5)
optimizer.step()
flat.data[3] = 9
"""


def updates(document: dict[str, Any]) -> list[tuple[int, str, Any]]:
    """Line, leaf and new value of each update."""
    assert document["error"] is None
    nodes, values = document["nodes"], document["values"]
    found = [event for event in document["events"] if event["kind"] == "update"]
    return [(each["line"], nodes[each["node"]]["label"], values[each["after"]]["data"]) for each in found]


@BOTH
def test_a_write_to_one_face_of_memory_changes_the_leaf_that_is_another(run: Run) -> None:
    told = sorted(updates(run(TWO_FACES)))
    assert told == [(6, "a", [0.5, 1]), (6, "b", [0.5, 1]), (7, "a", [8, 1]), (7, "b", [8, 1])]


@BOTH
def test_a_write_changes_no_leaf_that_only_lies_beside_it(run: Run) -> None:
    assert updates(run(SIDE_BY_SIDE)) == [(6, "p", [1, 1]), (9, "q", [-0.5, -0.5]), (10, "q", [-0.5, 9])]
