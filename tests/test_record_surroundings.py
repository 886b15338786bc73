"""``backlight.record()`` wherever it is used: in other modes, threads, devices; torch is left as it was found."""

from __future__ import annotations

import gc
import multiprocessing.process
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import _get_current_dispatch_mode

import backlight
from recorded import mlp, op_names, text_at

# ── torch as it was found ─────────────────────────────────────────────────────────────────────────

optimizer_module = sys.modules["torch.optim.optimizer"]


def everything_patched() -> list[object]:
    owners = (torch.Tensor, torch.autograd.Function, torch.optim.Optimizer, nn.Module, torch.autograd)
    owners += (torch.autograd.graph, threading.Thread, multiprocessing.process.BaseProcess)
    return [
        *({name: each for name, each in vars(owner).items() if callable(each)} for owner in owners),
        _get_current_dispatch_mode(),
        dict(optimizer_module._global_optimizer_pre_hooks),
        dict(optimizer_module._global_optimizer_post_hooks),
        gc.get_threshold(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
    ]


def train_a_little(raises: type[BaseException] | None = None) -> None:
    model = mlp()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    if raises is not None:
        raise raises


@pytest.mark.parametrize("keep", [None, "last 1 pass", "statistics", "until non-finite"])
@pytest.mark.parametrize("raises", [None, ValueError, KeyboardInterrupt, SystemExit])
def test_torch_is_left_as_it_was_found(raises: type[BaseException] | None, keep: str | None) -> None:
    train_a_little()
    before = everything_patched()
    tape = backlight.record(keep)
    try:
        with tape:
            train_a_little(raises)
    except BaseException as error:
        assert type(error) is raises
    assert everything_patched() == before
    error = tape.document.error
    assert (error and error.type) == (raises and raises.__name__)


def test_an_error_has_its_place_and_what_came_before_stays() -> None:
    tape = backlight.record()
    failure = ValueError("enough")
    raised, x = None, torch.ones(2, requires_grad=True)
    try:
        with tape:
            x = x * 2
            raise failure
    except ValueError as error:
        raised = error
    assert raised is failure
    error = tape.document.error
    assert error is not None
    assert text_at(tape.document, error) == "raise failure"
    assert tape.document.cells[0].error == error
    assert tape.document.events[-1].kind == "error"
    assert tape.node(x).op == "MulBackward0"


def test_a_generator_that_is_closed_leaves_torch_as_it_was_found() -> None:
    before = everything_patched()
    tapes: list[backlight.live.Recording] = []

    def numbers() -> Iterator[torch.Tensor]:
        with backlight.record() as tape:
            tapes.append(tape)
            yield torch.ones(1, requires_grad=True) * 2

    running = numbers()
    next(running)
    running.close()
    assert everything_patched() == before
    assert tapes[0].document.error is None
    assert op_names(tapes[0].document) == ["MulBackward0"]


def test_recordings_nest_and_both_see_the_inner_part() -> None:
    before = everything_patched()
    with backlight.record() as outer:
        x = torch.ones(2, requires_grad=True)
        with backlight.record() as inner:
            y = (x * 2).exp().detach()
            (x * 3).sum().backward()
        z = x * 4
    assert everything_patched() == before
    assert op_names(inner.document) == ["MulBackward0", "ExpBackward0", None, "MulBackward0", "SumBackward0"]
    assert op_names(outer.document) == [*op_names(inner.document), "MulBackward0"]
    assert len(inner.document.passes) == len(outer.document.passes) == 1
    assert outer.node(y).label == inner.node(y).label == "detach"
    assert outer.node(z).names == ["z"]


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_it_works_where_no_gradient_is(mode: Any) -> None:
    model = mlp()
    with mode(), backlight.record() as tape:
        y = model(torch.ones(2, 3))
        y.add_(1)
    assert tape.node(y).label == "add_"
    assert tape.document.passes == []


def test_it_works_inside_of_a_hook() -> None:
    tapes: list[backlight.live.Recording] = []

    def hook(grad: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad(), backlight.record() as tape:
            w = torch.ones(2, requires_grad=True)
            (w * grad).sum().backward()
        tapes.append(tape)
        return grad

    x = torch.ones(2, requires_grad=True)
    x.register_hook(hook)
    (x * 2).sum().backward()
    assert op_names(tapes[0].document) == ["MulBackward0", "SumBackward0"]


def test_it_works_in_another_thread() -> None:
    tapes: list[backlight.live.Recording] = []

    def work() -> None:
        with backlight.record() as tape:
            (torch.ones(2, requires_grad=True) * 2).sum().backward()
        tapes.append(tape)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert op_names(tapes[0].document) == ["MulBackward0", "SumBackward0"]
    assert tapes[0].document.unseen == []


def test_hooks_from_before_the_recording_count() -> None:
    x = torch.ones(2, requires_grad=True)
    x.register_hook(lambda grad: grad * 10)
    with backlight.record() as tape:
        (x * 2).sum().backward()
    values = tape.document.values
    (leaf,) = tape.document.leaves
    assert leaf.grad is not None
    assert values[leaf.grad].data == [20.0, 20.0]
    product = next(step for step in tape.document.passes[0].steps if tape.document.nodes[step.node].label == "mul")
    assert [values[each].data for each in product.grad_inputs if each is not None] == [[2.0, 2.0]]


def test_what_no_call_shows_is_found_by_looking() -> None:
    p = torch.ones(2, requires_grad=True)
    with backlight.record() as tape:
        (p * 2).sum().backward()
        p.grad = None
        (p * 3).sum().backward()
        p.data = torch.full((2,), 5.0)
        p.grad = torch.full((2,), 7.0)
    kinds = [event.kind for event in tape.document.events if event.kind in {"update", "grad-cleared", "grad-changed"}]
    assert kinds == ["grad-cleared", "update", "grad-changed"]
    (leaf,) = tape.document.leaves
    assert leaf.grad is not None
    assert leaf.value is not None
    assert [tape.document.values[each].data for each in (leaf.value, leaf.grad)] == [[5.0, 5.0], [7.0, 7.0]]


# ── devices and dtypes ────────────────────────────────────────────────────────────────────────────


def test_the_meta_device_has_a_graph_without_values() -> None:
    model = mlp().to("meta")
    with backlight.record() as tape:
        loss = model(torch.ones(2, 3, device="meta")).sum()
        loss.backward()
    document = tape.document
    assert tape.node(loss).shape == []
    assert len(document.leaves) == 4
    assert len(document.passes[0].steps) == 10
    assert all(value.data is None and value.stats is None for value in document.values)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.complex64, torch.float64])
def test_dtypes(dtype: torch.dtype) -> None:
    x = torch.tensor([1.0, 2.0], dtype=dtype, requires_grad=True)
    with backlight.record() as tape:
        y = x * x
        y.abs().sum().backward()
    node = tape.node(y)
    assert node.dtype == str(dtype).removeprefix("torch.")
    assert node.value is not None
    data = tape.document.values[node.value].data
    assert [each["re"] if isinstance(each, dict) else each for each in data] == [1.0, 4.0]
    assert x.grad is not None
    assert torch.view_as_real(x.grad).sum() == 6 if dtype.is_complex else x.grad.sum() == 6


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda leaf: setattr(leaf, "grad", None), ("grad-cleared", 5.0, None)),
        (lambda leaf: torch.optim.SGD([leaf]).zero_grad(), ("grad-cleared", 5.0, None)),
        (lambda leaf: leaf.grad.zero_(), ("grad-cleared", 5.0, 0.0)),
        (lambda leaf: nn.utils.clip_grad_value_([leaf], 2.0), ("grad-changed", 5.0, 2.0)),
    ],
)
def test_what_becomes_of_a_gradient_from_before_is_told(
    act: Callable[[torch.Tensor], object], told: tuple[str, float, float | None]
) -> None:
    leaf = torch.tensor(1.0, requires_grad=True)
    leaf.grad = torch.tensor(5.0)
    with backlight.record() as tape:
        y = leaf * 2
        act(leaf)
        y.backward()
    document = tape.document
    kinds = ("grad-cleared", "grad-changed")
    (event,) = [each for each in document.model_dump()["events"] if each["kind"] in kinds]
    before, after = (None if event[each] is None else document.values[event[each]].data for each in ("before", "after"))
    assert (event["kind"], before, after) == told
