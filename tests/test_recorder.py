"""The recorder: it changes nothing of what runs, leaves torch as it found it, and records what flowed then."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy
import pytest
import torch
from torch.utils._python_dispatch import _get_current_dispatch_mode

from backlight.errors import SoftLimit
from backlight.record import Recorder
from backlight.record.encode import Summary, large_stats
from backlight.record.entries import LoggedCall, LoggedChange
from backlight.record.hooks import HookBook
from backlight.record.passes import explore
from backlight.record.tape import Limits, Tape
from backlight.settings import Settings


def here(filename: str) -> bool:
    """Whether a frame is of this file."""
    return filename == __file__


def net() -> tuple[torch.nn.Module, torch.Tensor]:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1))
    return model, torch.randn(16, 4)


def train(steps: int = 3) -> tuple[list[float], list[torch.Tensor], torch.Tensor]:
    """Losses, parameters and random state after a few steps."""
    model, x = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses: list[float] = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    state = [tensor.detach().clone() for parameter in model.parameters() for tensor in (parameter, parameter.grad)]
    return losses, state, torch.get_rng_state()


def calls(tape: Tape) -> list[str]:
    return [str(entry.func) for entry in tape.log if isinstance(entry, LoggedCall)]


def test_recording_changes_nothing() -> None:
    plain = train()
    with Recorder(here):
        recorded = train()
    assert recorded[0] == plain[0]
    assert all(torch.equal(one, other) for one, other in zip(recorded[1], plain[1], strict=True))
    assert torch.equal(recorded[2], plain[2])


optimizer_module = sys.modules["torch.optim.optimizer"]
PATCHED: list[Callable[[], object]] = [
    lambda: torch.autograd._engine_run_backward,
    lambda: torch.autograd.graph._engine_run_backward,
    lambda: torch.Tensor.register_hook,
    lambda: torch.Tensor.register_post_accumulate_grad_hook,
    lambda: torch.Tensor.retain_grad,
    lambda: vars(torch.autograd.Function)["apply"],
    lambda: torch.Tensor.numpy,
    lambda: torch.Tensor.__array__,
    lambda: "numpy" in vars(torch.Tensor),
    lambda: "data" in vars(torch.Tensor),
    lambda: torch.optim.Optimizer.zero_grad,
    lambda: torch.nn.Module.zero_grad,
    lambda: vars(torch.nn.Module)["__call__"],
    _get_current_dispatch_mode,
    lambda: dict(optimizer_module._global_optimizer_pre_hooks),
    lambda: dict(optimizer_module._global_optimizer_post_hooks),
    gc.get_threshold,
]


@pytest.mark.parametrize("raises", [False, True])
def test_torch_is_left_as_it_was_found(raises: bool) -> None:
    before = [look() for look in PATCHED]
    leaf = torch.ones(2, requires_grad=True)
    try:
        with Recorder(here):
            loss = (leaf * 2).sum()
            loss.backward()
            if raises:
                loss.backward()
    except RuntimeError:
        assert raises
    assert [look() for look in PATCHED] == before


def test_recordings_nest() -> None:
    with Recorder(here) as outer:
        x = torch.ones(2, requires_grad=True)
        with Recorder(here) as inner:
            (x * 2).sum().backward()
        (x * 3).sum().backward()
    assert calls(inner.tape)[:2] == ["aten.mul.Tensor", "aten.sum.default"]
    assert calls(outer.tape).count("aten.sum.default") == 2
    assert [len(run.steps) for run in outer.tape.passes] == [3, 3]


def test_a_value_is_what_flowed_then() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with Recorder(here) as recorder:
        y = x * 2
        first = recorder.tape.store.value(y)
        y.add_(1)
        second = recorder.tape.store.value(y)
    held = recorder.tape.store.held
    assert first is not None
    assert second is not None
    assert held[first].tolist() == [2.0, 4.0]
    assert held[second].tolist() == [3.0, 5.0]


def test_what_numpy_writes_changes_no_recorded_value() -> None:
    array = numpy.array([1.0, 2.0])
    with Recorder(here) as recorder:
        value = recorder.tape.store.value
        shared = torch.from_numpy(array)
        (shared * 2).sum()
        before = value(shared)
        y = torch.ones(2) * 3
        first = value(y)
        y.numpy()[0] = 7.0
        array[0] = 9.0
        second = value(y)
        (y * shared).sum()
    held = recorder.tape.store.held
    assert [held[each].tolist() for each in (before, first)] == [[1.0, 2.0], [3.0, 3.0]]
    assert held[second].tolist() in ([3.0, 3.0], [7.0, 3.0])


def test_large_values_are_summed_up_when_the_recording_holds_too_much() -> None:
    settings = replace(Settings(), held_bytes=2**20)
    w = (torch.randn(100, 100) / 20).requires_grad_()
    with Recorder(here, settings) as recorder:
        x = torch.ones(100, 100)
        kept = [x]
        for step in range(200):
            x = (x @ w).tanh()
            if step % 50 == 0:
                kept.append(x)
        x.sum().backward()
    held = recorder.tape.store.held
    tensors = [holder for holder in held if isinstance(holder, torch.Tensor)]
    assert sum(tensor.nbytes for tensor in tensors if tensor.numel() > 1_024) < 8 * 2**20
    summaries = [holder for holder in held if isinstance(holder, Summary)]
    assert len(summaries) > 200
    assert all(summary.stats is not None and summary.stats.nan == 0 for summary in summaries)
    assert [len(run.steps) for run in recorder.tape.passes] == [402]


def test_few_values_are_held_where_each_is_large() -> None:
    settings = replace(Settings(), held_bytes=4 * 2**20)
    held: list[int] = []
    with Recorder(here, settings) as recorder:
        x = torch.ones(512, 512)
        for _ in range(40):
            x = x + 1
            tensors = {each.data_ptr(): each for each in recorder.tape.store.held if isinstance(each, torch.Tensor)}
            held.append(sum(each.nbytes for each in tensors.values()))
    assert max(held) <= 12 * 2**20
    told = [each.stats.max for each in recorder.tape.store.held if isinstance(each, Summary) and each.stats]
    assert told[-20:] == [told[-1] - number for number in reversed(range(20))]


@pytest.mark.parametrize("offset", [0.0, 1e8])
@pytest.mark.parametrize("strange", [(), (math.nan,), (math.inf, -math.inf, math.nan)])
def test_statistics_in_parts_are_those_of_the_whole(offset: float, strange: tuple[float, ...]) -> None:
    x = torch.randn(300_001, dtype=torch.float64) + offset
    x[[150_000 + number for number in range(len(strange))]] = torch.tensor(strange, dtype=torch.float64)
    finite = x[x.isfinite()]
    stats = large_stats(x)
    assert (stats.nan, stats.inf, stats.zero) == (strange.count(math.nan), sum(map(math.isinf, strange)), 0)
    assert (stats.min, stats.max) == (finite.min().item(), finite.max().item())
    for told, exact in (
        (stats.mean, math.fsum(finite.tolist()) / len(finite)),
        (stats.std, finite.std(correction=0).item()),
        (stats.norm, finite.norm().item()),
    ):
        assert told == pytest.approx(exact, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("dtype", [torch.float16, torch.int64, torch.bool, torch.complex64])
def test_statistics_know_every_kind_of_number(dtype: torch.dtype) -> None:
    x = (torch.arange(300_000) % 3).to(dtype)
    stats = large_stats(x)
    ends = (None, None) if dtype.is_complex else (0.0, 1.0 if dtype is torch.bool else 2.0)
    assert (stats.min, stats.max, stats.zero) == (*ends, 100_000)
    assert stats.norm == pytest.approx(math.sqrt(x.to(torch.complex128).abs().square().sum().item()))


def test_nothing_is_copied_that_nothing_writes_to() -> None:
    x = torch.randn(100, 100, requires_grad=True)
    with Recorder(here) as recorder:
        y = x @ x
        loss = y.sum()
        loss.backward()
    storages = {tensor.untyped_storage().data_ptr() for tensor in recorder.tape.store.held}
    assert y.untyped_storage().data_ptr() in storages
    assert x.untyped_storage().data_ptr() in storages
    assert x.grad is not None
    assert x.grad.untyped_storage().data_ptr() in storages


def test_a_gradient_that_arrives_alone_is_kept_as_it_arrived() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with Recorder(here) as recorder:
        (x * 3).sum().backward()
        (x * 5).sum().backward()
    tape = recorder.tape
    products = [run.steps[-2] for run in tape.passes]
    arrived = [run.steps[-1] for run in tape.passes]
    assert [tape.store.held[step.grad_inputs[0]].tolist() for step in products] == [[3.0, 3.0], [5.0, 5.0]]
    assert [tape.store.held[step.grad_outputs[0]].tolist() for step in arrived] == [[3.0, 3.0], [5.0, 5.0]]
    assert x.grad is not None
    assert x.grad.tolist() == [8.0, 8.0]


class Swap(torch.autograd.Function):
    """Two results, each made in two calls."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, ...]:
        del ctx
        return (b * 2).clone(), (a * 3).clone()

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, da: torch.Tensor, db: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        del ctx
        return db * 3, da * 2


def test_a_custom_function_is_one_call() -> None:
    a, b = (torch.tensor(value, requires_grad=True) for value in (1.0, 5.0))
    with Recorder(here) as recorder:
        first, second = Swap.apply(a, b)
        (first * second).backward()
    store = recorder.tape.store
    (swap, product, *_) = [entry for entry in recorder.tape.log if isinstance(entry, LoggedCall)]
    assert (swap.func, str(product.func)) == ("autograd.Swap", "aten.mul.Tensor")
    assert [store.held[value].tolist() for value in swap.output_values] == [10.0, 3.0]
    assert len(set(swap.nodes or ())) == 1
    assert (a.grad, b.grad) == (30.0, 6.0)


def test_an_optimizer_step_is_one_update_for_each_parameter() -> None:
    with Recorder(here) as recorder:
        model, x = net()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()
    changes = [entry.kind for entry in recorder.tape.log if isinstance(entry, LoggedChange)]
    assert changes == ["update"] * 4 + ["grad-cleared"] * 4 + ["update"] * 4


def test_too_many_nodes_end_the_program() -> None:
    def grow() -> None:
        y = torch.ones((), requires_grad=True)
        while True:
            y = y * 2

    with Recorder(here, limits=Limits(50, 1_000)), pytest.raises(SoftLimit) as stopped:
        grow()
    assert (stopped.value.limit, stopped.value.value) == ("graph_nodes", 50)


def test_a_program_that_goes_on_at_its_limit_is_stopped_again_and_adds_nothing() -> None:
    x = torch.ones((), requires_grad=True)
    with Recorder(here, limits=Limits(1_000, 20)) as recorder:
        y = x * 2
        for _ in range(30):
            with suppress(SoftLimit):
                y.backward(retain_graph=True)
    assert recorder.tape.reached is not None
    assert recorder.tape.reached.limit == "steps"
    assert sum(len(run.steps) for run in recorder.tape.passes) < 20


def test_a_deep_chain_is_walked_without_recursion() -> None:
    y = torch.ones((), requires_grad=True)
    for _ in range(20_000):
        y = y + 1
    nodes, arrivals = explore([y.grad_fn])
    assert len(nodes) == 20_001
    assert len(arrivals) == 1


def test_the_users_frames_are_told_from_torchs() -> None:
    model, x = net()
    with Recorder(here) as recorder:
        model(x)
    places = recorder.tape.places.resolve(lambda code, _: None)
    assert all(stack == () for stack in places)
    (first, *_) = [entry for entry in recorder.tape.log if isinstance(entry, LoggedCall)]
    assert recorder.tape.places.now() != first.place


def test_no_more_cells_of_pictures_are_held_than_a_document_can_take() -> None:
    settings = replace(Settings(), element_count=0, held_bytes=0, value_bytes=20 * 4_096)
    x = torch.arange(4_096.0).reshape(64, 64).requires_grad_()
    with Recorder(here, settings) as recorder:
        y = x
        for _ in range(200):
            y = y + 1
    summaries = [each for each in recorder.tape.store.held if isinstance(each, Summary)]
    pictures = [each.cells for each in summaries if each.cells is not None]
    assert len(pictures) > 100
    assert sum(len(each.means) for each in pictures) <= 4_096
    assert {(each.rows, each.columns) for each in pictures} == {(4, 4)}
    first = pictures[0].lines()
    assert first[0][0] == 15 * 64 / 2 + 7.5
    assert first[1][0] - first[0][0] == 16 * 64


def test_the_recorder_forgets_its_own_hooks_when_a_pass_is_over() -> None:
    with Recorder(here) as recorder:
        book = HookBook(recorder.tape)
        y = torch.ones(3, requires_grad=True) * 2
        handle = book.own(lambda node, hook: node.register_hook(hook), y.grad_fn, lambda *_: None)
        hooks = {handle.id: print}
        assert book.theirs(hooks) == []
        book.remove([handle])
        assert book.theirs(hooks) == [(handle.id, print)]


def test_what_a_loop_let_go_of_is_not_looked_at_again() -> None:
    h = torch.ones(8, requires_grad=True) * 2
    with Recorder(here) as recorder:
        for row in range(8):
            h.data[row] = 3
            h.view(2, 4).detach()[0] = 3
        index = recorder.tape.store.find(h)
    written = [entry for entry in recorder.tape.log if isinstance(entry, LoggedCall) and entry.version is not None]
    others = [{*(entry.faces or ()), *(entry.parts or ())} for entry in written]
    assert len(others) == 16
    assert all(index in each and len(each) <= 3 for each in others)  # those of the last turns may be there still
