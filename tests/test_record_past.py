"""``keep="statistics"``: of passes before the last fifty there are the losses and the norms of gradients, no more."""

from __future__ import annotations

import json
import math

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint  # pyright: ignore[reportUnknownVariableType]

import backlight
from backlight.load import load_document
from backlight.model.document import Document, PastPass
from backlight.model.text import document_to_text
from backlight.record.keep import STATISTICS_PASSES

OLDER = 30
STEPS = STATISTICS_PASSES + OLDER


def leaf_norms(document: Document, past: PastPass) -> dict[str, float]:
    """The norms by the leaves' names."""
    labels = {each.node: document.nodes[each.node].label for each in past.gradients}
    return {labels[each.node]: each.norm for each in past.gradients}  # type: ignore[misc]


def test_what_is_left_of_older_passes_is_what_plain_pytorch_says() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizer = torch.optim.Adam(model.parameters())
    plain: list[tuple[float, dict[str, float]]] = []
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(torch.randn(8, 3)), torch.zeros(8, 1))
            loss.backward()
            norms = {name: float(leaf.grad.double().norm()) for name, leaf in model.named_parameters()}  # type: ignore[union-attr]
            plain.append((loss.item(), norms))
            optimizer.step()
    document = tape.document
    iterations = [
        (each.number, each.name) for each in document.groups if each.kind == "loop" and each.number is not None
    ]
    assert iterations == [(number, f"iteration {number}") for number in range(STATISTICS_PASSES)]
    assert (len(document.past), len(document.passes)) == (OLDER, STATISTICS_PASSES)
    assert [(each.what, each.limit, each.count) for each in document.truncated] == [("passes", "keep", OLDER)]
    for past, (loss_then, norms) in zip(document.past, plain, strict=False):
        assert past.roots == [loss_then]
        found = leaf_norms(document, past)
        assert found.keys() == {f"model.{name}" for name in norms}
        for name, norm in norms.items():
            assert found[f"model.{name}"] == pytest.approx(norm, rel=1e-6)
        text = document.sources[past.source].text.splitlines()[(past.line or 0) - 1]
        assert text.strip() == "loss.backward()"


def test_a_run_of_no_more_passes_is_whole() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STATISTICS_PASSES):
            (w * 2).sum().backward()
    assert (tape.document.past, len(tape.document.passes)) == ([], STATISTICS_PASSES)
    assert tape.document.truncated == []


def test_what_a_pass_added_counts_and_not_what_had_gathered() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            (w * 3).sum().backward()
    norms = [each.norm for past in tape.document.past for each in past.gradients]
    assert norms == [pytest.approx(3 * math.sqrt(2))] * OLDER


def test_numbers_that_are_not_finite_are_told_as_such() -> None:
    w = torch.ones(2, requires_grad=True)
    factors = [1.0, math.nan, math.inf, *[1.0] * STEPS]
    with backlight.record(keep="statistics") as tape:
        for factor in factors:
            (w * factor).sum().backward()
    past = tape.document.past
    assert [each.roots for each in past[:2]] == [[2.0], ["NaN"]]
    assert past[2].roots in ([None], ["Infinity"])
    assert [each.gradients[0].norm for each in past[:3]] == [pytest.approx(math.sqrt(2)), "NaN", "Infinity"]


def test_roots_that_are_no_single_number_are_left_open() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            torch.autograd.backward([(w * 2).sum(), w * 3], [None, torch.ones(2)])  # pyright: ignore[reportArgumentType]
    assert {tuple(each.roots) for each in tape.document.past} == {(4.0, None)}


def test_passes_inside_of_others_are_not_told_by_themselves() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            hidden: torch.Tensor | None = checkpoint(torch.sin, w, use_reentrant=True)  # pyright: ignore[reportUnknownVariableType]
            assert hidden is not None
            hidden.sum().backward()
    assert len(tape.document.past) == OLDER
    norms = [leaf_norms(tape.document, past) for past in tape.document.past]
    assert norms == [{"w": pytest.approx(math.sqrt(2) * math.cos(1))}] * OLDER


@pytest.mark.parametrize(("outside", "norms"), [(False, [pytest.approx(math.sqrt(2))]), (True, [])])
def test_what_a_pass_inside_gave_counts_and_what_came_in_parts_does_not(outside: bool, norms: list[float]) -> None:
    """A reentrant checkpoint runs a pass of its own, which reaches what the function holds."""
    w, x = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            hidden: torch.Tensor | None = checkpoint(w.mul, x, use_reentrant=True)  # pyright: ignore[reportUnknownVariableType]
            assert hidden is not None
            (hidden.sum() + w.sum() if outside else hidden.sum()).backward()
    node = tape.node(w).id
    found = [[each.norm for each in past.gradients if each.node == node] for past in tape.document.past]
    assert found == [norms] * OLDER


def test_a_leaf_that_is_gone_leaves_no_gradient_behind() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            fresh = torch.ones(2, requires_grad=True)
            (w * fresh).sum().backward()
            del fresh
    document = tape.document
    assert {tuple(leaf_norms(document, past)) for past in document.past} == {("w",)}


def test_it_survives_being_saved_and_is_told_in_words() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record(keep="statistics") as tape:
        for _ in range(STEPS):
            (w * 2).sum().backward()
    document = tape.document
    assert load_document(document.to_json()).past == document.past
    told = document_to_text(document.model_dump()).split("\npast\n")[1].splitlines()[0]
    assert told.endswith("from 4 to 0: |2.82843|")


def test_a_document_from_before_there_was_a_past_can_be_read() -> None:
    with backlight.record() as tape:
        (torch.ones(2, requires_grad=True) * 2).sum().backward()
    older = tape.document.model_dump()
    del older["past"]
    assert load_document(json.dumps(older)) == tape.document


def test_what_was_summed_up_and_not_written_to_is_the_same_value_still() -> None:
    w, other = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    data = torch.tensor([1.0, 2.0])
    with backlight.record(keep="statistics") as tape:
        (other * 2).sum().backward()
        for _ in range(4):
            w.grad = None
            (w * data).sum().backward()
    document = tape.document
    assert [event.kind for event in document.events if event.kind == "grad-changed"] == []
    assert [each.kind for each in document.nodes if each.names == ["data"]] == ["input"]


def test_what_was_summed_up_and_written_to_is_another_value() -> None:
    w = torch.ones(2, requires_grad=True)
    data = torch.tensor([1.0, 2.0])
    with backlight.record(keep="statistics") as tape:
        for step in range(4):
            (w * data).sum().backward()
            data.add_(1)
            w.grad = torch.full((2,), float(step))
    document = tape.document
    changed = [
        document.values[event.after] for event in document.events if event.kind == "grad-changed" and event.after
    ]
    assert [each.stats and each.stats.max for each in changed] == [0.0, 1.0, 2.0, 3.0]
    made = [each for each in document.nodes if each.op == "MulBackward0"]
    assert [document.values[each.value or 0].stats.max for each in made] == [2.0, 3.0, 4.0, 5.0]  # type: ignore[union-attr]
