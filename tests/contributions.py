"""Checks a Document's passes: the gradients along all edges that leave a node add up to what the node receives."""

from __future__ import annotations

from typing import Any

import torch

EXACT = {"float64": torch.float64, "complex64": torch.complex128, "complex128": torch.complex128}
"""What sums are taken in; double precision for all other dtypes."""


def tensor(document: dict[str, Any], number: int) -> torch.Tensor | None:
    """A value of a Document in double precision; None where its elements were not kept."""
    found = document["values"][number]
    if found["data"] is None:
        return None
    return torch.tensor(_numbers(found["data"]), dtype=EXACT.get(found["dtype"], torch.float64)).reshape(found["shape"])


def _numbers(data: Any) -> Any:
    if isinstance(data, list):
        return [_numbers(each) for each in data]
    if isinstance(data, dict):
        return complex(float(data["re"]), float(data["im"]))
    return float(data)


def check_contributions(document: dict[str, Any]) -> int:
    """How many sums were checked. A root's is not, since what the pass was started with is no contribution."""
    checked = 0
    for each in document["passes"]:
        arrived: dict[tuple[int, int], list[int]] = {}
        for step in each["steps"]:
            for slot, received in enumerate(step["grad_outputs"]):
                parts = arrived.pop((step["node"], slot), [])
                if step["node"] in each["roots"] or step["hooked"]:
                    continue
                assert (received is None) <= (not parts), f"pass {each['index']}: gradients got lost at {step}"
                if received is not None:
                    assert parts, f"pass {each['index']}: a gradient from nowhere at {step}"
                    checked += check_sum(document, parts, received)
            for contribution in step["contributions"]:
                edge = document["edges"][contribution["edge"]]
                arrived.setdefault((edge["source"], edge["output_nr"]), []).append(contribution["value"])
    return checked


def check_sum(document: dict[str, Any], parts: list[int], received: int) -> int:
    """Within what rounding in the gradient's own dtype may do to a sum of so many parts."""
    expected, tensors = tensor(document, received), [tensor(document, part) for part in parts]
    found = [each for each in tensors if each is not None]
    if expected is None or len(found) < len(tensors) or not expected.numel():
        return 0
    rounding = torch.finfo(getattr(torch, document["values"][received]["dtype"])).eps * len(parts)
    given = sum(each.sum_to_size(expected.shape) for each in found)
    size = sum(each.abs().sum_to_size(expected.shape) for each in found)
    if not expected.is_complex():
        given = given.real
    off = (given - expected).abs() > rounding * size
    assert not bool((off & expected.isfinite() & given.isfinite()).any()), f"{parts} add up to {given}, not {expected}"
    assert torch.equal(torch.isnan(given), torch.isnan(expected)), f"{parts} add up to {given}, not {expected}"
    return 1
