"""Two oracles for every number: plain PyTorch, bit for bit, and finite differences in double precision."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
import torch

from plain_torch import run_plain
from sample_programs import Sample, list_samples, trace, trace_sample

Document = dict[str, Any]

each_sample = pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)


def as_json(data: Any) -> Any:
    """Numbers as a Document writes them."""
    if isinstance(data, list):
        return [as_json(each) for each in data]
    if isinstance(data, complex):
        return {"re": as_json(data.real), "im": as_json(data.imag)}
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if math.isnan(data) else "Infinity" if data > 0 else "-Infinity"
    return data


def content(tensor: torch.Tensor | None) -> tuple[list[int], str, Any] | None:
    """Shape, dtype and elements of a tensor, as a Document writes them."""
    if tensor is None:
        return None
    plain = tensor.detach().cpu()
    if plain._is_zerotensor():
        plain = plain.clone()  # zeros that autograd did not write out, and that lists cannot be made of
    if plain.is_sparse:  # filled in by hand: torch's own to_dense makes zeros of expanded values
        plain = torch.zeros(plain.shape).index_put_(tuple(plain._indices()), plain._values(), accumulate=True)
    return list(plain.shape), str(plain.dtype).removeprefix("torch."), as_json(plain.tolist())


def value(document: Document, number: int | None) -> tuple[list[int], str, Any] | None:
    """The same of a value in a Document; elements are null where the Document does not hold them."""
    if number is None:
        return None
    found = document["values"][number]
    return found["shape"], found["dtype"], found["data"]


def same(ours: tuple[list[int], str, Any] | None, plain: tuple[list[int], str, Any] | None) -> bool:
    """Bit for bit, elements only where we hold them."""
    if ours is None or plain is None:
        return ours is plain
    return ours[:2] == plain[:2] and (ours[2] == plain[2] or ours[2] is None)


def tensors(names: dict[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors that a program left behind, with the names that reach them; parameters of modules too."""
    for name, held in list(names.items()):
        if isinstance(held, torch.Tensor):
            yield name, held
        elif isinstance(held, torch.nn.Module):
            yield from ((f"{name}.{inner}", parameter) for inner, parameter in held.named_parameters())


def gradient_of(tensor: torch.Tensor) -> torch.Tensor | None:
    return tensor.grad if tensor.is_leaf or tensor.retains_grad else None


@each_sample
def test_every_leaf_ends_with_pytorchs_value_and_gradient(sample: Sample) -> None:
    document = trace_sample(sample)
    plain = [
        (content(each), content(each.grad))
        for each in {id(t): t for _, t in tensors(run_plain(sample.source).names)}.values()
        if each.is_leaf and each.requires_grad
    ]
    ours = [(value(document, leaf["value"]), value(document, leaf["grad"])) for leaf in document["leaves"]]
    for wanted in plain:
        if wanted[1] is not None:
            assert any(same(v, wanted[0]) and same(g, wanted[1]) for v, g in ours), f"{wanted} is none of {ours}"


@each_sample
def test_every_named_tensor_has_pytorchs_value(sample: Sample) -> None:
    document = trace_sample(sample)
    last = {leaf["node"]: leaf["value"] for leaf in document["leaves"]}
    for name, tensor in run_plain(sample.source).names.items():
        if not isinstance(tensor, torch.Tensor):
            continue
        ours = [
            value(document, number)
            for node in document["nodes"]
            if name in node["names"]
            for number in (last.get(node["id"]), *(output["value"] for output in node["outputs"]))
        ]
        if tensor._version:  # written in place: the last writer has the value, and not always the name
            ours = [value(document, each["id"]) for each in document["values"]]
        if tensor.requires_grad:
            assert ours, f"{name} is no node"
        assert not ours or any(same(each, content(tensor)) for each in ours), f"{name}: {content(tensor)} not in {ours}"


@each_sample
def test_contributions_add_up_to_the_gradient_that_a_node_receives(sample: Sample) -> None:
    document = trace_sample(sample)
    for each in document["passes"]:
        arrived: dict[tuple[int, int], list[Any]] = {}
        for step in each["steps"]:
            for slot, used in enumerate(step["grad_outputs"]):
                parts = arrived.get((step["node"], slot), [])
                changed = [each for each in step["hooked"] if each["where"] == "grad_outputs" and each["slot"] == slot]
                received = changed[0]["before"] if changed else used
                if parts and step["node"] not in each["roots"] and None not in (received, *parts):
                    _assert_sum(document, parts, received)
            for contribution in step["contributions"]:
                edge = document["edges"][contribution["edge"]]
                arrived.setdefault((edge["source"], edge["output_nr"]), []).append(contribution["value"])


def _tensor(document: Document, number: int) -> torch.Tensor | None:
    found = document["values"][number]
    if found["data"] is None or found["dtype"].startswith("complex"):
        return None
    return torch.tensor(_numbers(found["data"]), dtype=torch.float64)


def _numbers(data: Any) -> Any:
    return [_numbers(each) for each in data] if isinstance(data, list) else float(data)


def _assert_sum(document: Document, parts: list[int], received: int) -> None:
    tensors = [_tensor(document, part) for part in parts]
    expected = _tensor(document, received)
    if expected is not None and all(tensor is not None for tensor in tensors):
        torch.testing.assert_close(sum(tensors), expected, rtol=1e-5, atol=1e-6, equal_nan=True, check_dtype=False)


@each_sample
def test_a_leafs_gradient_is_what_was_there_and_what_arrived(sample: Sample) -> None:
    document = trace_sample(sample)
    for event in document["events"]:
        if event["kind"] != "accumulate":
            continue
        step = document["passes"][event["pass_index"]]["steps"]
        assert any(each["node"] == event["node"] and event["added"] in each["grad_outputs"] for each in step)
        parts = [event["added"]] if event["before"] is None else [event["before"], event["added"]]
        _assert_sum(document, parts, event["after"])


# ── finite differences ────────────────────────────────────────────────────────────────────────────

STEP = 1e-6

NOT_DIFFERENTIATED = {
    "detach": "cut on purpose: the function goes on where the gradient stops",
    "no-grad": "cut on purpose",
    "item-as-constant": "cut on purpose",
    "values-as-they-were": "cut on purpose",
    "hook": "a hook changes the gradient on purpose",
    "hook-changes-gradient": "a hook changes the gradient on purpose",
    "node-hook": "a hook changes the gradient on purpose",
    "nan-gradient": "not differentiable at 0",
    "infinite-value": "not differentiable at 0",
    "nan-begins": "not differentiable at 0",
    "complex": "the leaf is complex",
    "dtypes": "computes in float32, too coarse for a difference",
    "raising-cells": "its first cells raise before they come to a pass",
    "gallery-two-layers": "its inputs sit on the kink of relu",
    "gallery-nan": "not differentiable at 0",
}


class Reached(BaseException):
    """The program has come to its first backward pass; that is as far as it needs to run."""


def nudged(source: str, leaf: str, index: tuple[int, ...], by: float) -> float:
    """The scalar at which the first pass starts, with one element of a leaf moved right after the leaf is made."""
    tree = ast.parse(source)
    for position, statement in enumerate(tree.body):
        if isinstance(statement, ast.Assign) and leaf in {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}:
            tree.body.insert(position + 1, ast.parse(f"nudge({leaf})").body[0])
            break

    def nudge(tensor: torch.Tensor) -> None:
        tensor.data[index] += by

    def stop(roots: Any, *args: Any, **kwargs: Any) -> Any:
        raise Reached(sum(root.item() for root in roots))

    torch.manual_seed(0)
    with mock.patch("torch.autograd._engine_run_backward", stop), pytest.raises(Reached) as reached:
        exec(compile(tree, "<nudged>", "exec"), {"nudge": nudge, "print": lambda *args, **kwargs: None})
    return reached.value.args[0]


@contextmanager
def double_precision() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


def leaves_of_first_pass(document: Document) -> Iterator[tuple[str, torch.Tensor]]:
    """Name of each leaf with a plain name that the first pass reached, and the gradient that it brought."""
    for event in document["events"]:
        if event["kind"] == "accumulate" and event["pass_index"] == 0:
            (name,) = [leaf["name"] for leaf in document["leaves"] if leaf["node"] == event["node"]]
            gradient = _tensor(document, event["added"])
            if name.isidentifier() and gradient is not None:
                yield name, gradient


@pytest.mark.parametrize(
    "sample", [each for each in list_samples() if each.name not in NOT_DIFFERENTIATED], ids=lambda sample: sample.name
)
def test_finite_differences_agree(sample: Sample) -> None:
    """In double precision, where the first pass starts at a scalar and reaches leaves made at the top level."""
    with double_precision():
        document = trace(sample.source)
        if not document["passes"] or not _starts_at_scalar(document):
            pytest.skip("no pass that starts at a scalar")
        for name, gradient in leaves_of_first_pass(document):
            if f"\n{name} = " not in sample.source:
                continue
            for index in list(_indices(gradient))[:6]:
                slope = (nudged(sample.source, name, index, STEP) - nudged(sample.source, name, index, -STEP)) / (
                    2 * STEP
                )
                assert slope == pytest.approx(gradient[index].item(), rel=1e-5, abs=1e-6), f"{name}{list(index)}"


def _starts_at_scalar(document: Document) -> bool:
    (*_, first) = document["passes"][:1]
    return len(first["roots"]) == 1 and document["nodes"][first["roots"][0]]["shape"] == []


def _indices(tensor: torch.Tensor) -> Iterator[tuple[int, ...]]:
    yield from (tuple(each) for each in torch.ones_like(tensor).nonzero().tolist())
