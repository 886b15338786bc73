"""``backlight.record()`` in several threads: one is recorded at a time, and torch is left as it was found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch

import backlight
from backlight.errors import RequestError
from backlight.record import Recorder
from backlight.record.entries import LoggedHeld
from backlight.record.places import DEPTH as FRAMES
from recorded import op_names, text_at
from test_record_surroundings import everything_patched, train_a_little


def in_a_thread(work: Callable[[], object]) -> list[BaseException]:
    """What ``work`` raised in a thread of its own."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    return raised


def record_a_little() -> None:
    with backlight.record() as tape:
        x = torch.ones(2, requires_grad=True)
        (x * 2).sum().backward()
    assert op_names(tape.document) == ["MulBackward0", "SumBackward0"]


def test_a_second_thread_is_refused_and_the_first_goes_on() -> None:
    before = everything_patched()
    with backlight.record() as tape:
        x = torch.ones(2, requires_grad=True)
        (refusal,) = in_a_thread(record_a_little)
        assert in_a_thread(train_a_little) == []
        (x * 2).sum().backward()
    assert isinstance(refusal, RequestError)
    assert "Another thread is being recorded" in refusal.message
    assert op_names(tape.document) == ["MulBackward0", "SumBackward0"]
    assert everything_patched() == before
    assert in_a_thread(record_a_little) == []


def test_what_was_refused_can_be_tried_again_while_others_train() -> None:
    before, tape, ended = everything_patched(), backlight.record(), threading.Event()
    failures: list[BaseException] = []

    def train() -> None:
        while not ended.is_set():
            failures.extend(in_a_thread(train_a_little))

    training = threading.Thread(target=train)
    training.start()
    with backlight.record():
        assert isinstance(in_a_thread(tape.__enter__)[0], RequestError)
    with tape:
        (torch.ones(2, requires_grad=True) * 2).sum().backward()
    ended.set()
    training.join(60)
    assert failures == []
    assert op_names(tape.document) == ["MulBackward0", "SumBackward0"]
    assert everything_patched() == before


def test_a_recording_that_is_left_in_another_thread_says_so_and_lets_go_of_torch() -> None:
    before, tape = everything_patched(), backlight.record()
    assert in_a_thread(tape.__enter__) == []
    with pytest.raises(RequestError, match="begun in another thread"):
        tape.__exit__(None, None, None)
    assert everything_patched() == before
    record_a_little()


def test_one_that_another_is_nested_in_is_not_taken_away_by_another_thread() -> None:
    before = everything_patched()
    x = torch.ones(2, requires_grad=True)
    with backlight.record() as outer, backlight.record():
        (error,) = in_a_thread(lambda: outer.__exit__(None, None, None))
        x = x * 2
    assert isinstance(error, RequestError)
    assert op_names(outer.document) == ["MulBackward0"]
    assert everything_patched() == before


def test_recordings_that_are_left_out_of_order_end_from_the_inside_out() -> None:
    before, outer, inner = everything_patched(), backlight.record(), backlight.record()
    x = torch.ones(2, requires_grad=True)
    outer.__enter__()
    y = x * 2
    inner.__enter__()
    z = y + 1
    outer.__exit__(None, None, None)
    assert everything_patched() == before
    with pytest.raises(RequestError, match="still"):
        _ = inner.document
    z.sum().backward()
    inner.__exit__(None, None, None)
    assert op_names(outer.document) == ["MulBackward0", "AddBackward0"]
    assert op_names(inner.document) == ["MulBackward0", "AddBackward0"]
    assert everything_patched() == before
    record_a_little()


# ── the engine's own threads ──────────────────────────────────────────────────────────────────────

DEPTH = 90
"""Passes inside of each other. From the 60th on, the engine gives one to a thread of its own, as it does on a GPU."""


class Scale(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor(1.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


class Nested(torch.autograd.Function):
    """Its backward runs a pass of its own through a module, ``depth`` times over."""

    scale: Scale
    threads: set[int]

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, depth: int) -> torch.Tensor:
        ctx.depth = depth
        return x.clone()

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        Nested.threads.add(threading.get_ident())
        if ctx.depth:
            with torch.enable_grad():
                x = gradient.detach().requires_grad_()
                Nested.apply(Nested.scale(x), ctx.depth - 1).exp().sum().backward()
        return gradient, None


def test_what_the_engine_does_on_threads_of_its_own_is_told_as_on_ours() -> None:
    Nested.scale, Nested.threads = Scale(), set()
    with backlight.record() as tape:
        Nested.apply(torch.ones(2, requires_grad=True) * 2, DEPTH).sum().backward()
    document = tape.document
    assert len(Nested.threads) > 1
    assert document.unseen == []
    assert [run.parent for run in document.passes] == [None, *range(DEPTH)]
    assert len({len(run.steps) for run in document.passes[1:-1]}) == 1
    products = [node for node in document.nodes if node.label == "mul"][1:]
    assert len(products) == DEPTH
    inner = "Nested.apply(Nested.scale(x), ctx.depth - 1).exp().sum().backward()"
    outer = "Nested.apply(torch.ones(2, requires_grad=True) * 2, DEPTH).sum().backward()"
    for depth, product in enumerate(products):
        assert text_at(document, product) == "x * self.factor"
        called_from = [text_at(document, place) for place in product.calls]
        assert called_from == ["Nested.scale(x)", *[inner] * depth, outer][: FRAMES - 1]
        assert any(document.groups[number].kind == "module" for number in product.groups)


def test_nodes_that_the_engine_makes_on_a_thread_of_its_own_are_none_of_before() -> None:
    """Each thread counts its nodes by itself, and the engine's begins at none."""
    x = torch.ones(2, requires_grad=True)
    for _ in range(5_000):
        _ = x * 1  # this thread's count is high
    Nested.scale, Nested.threads = Scale(), set()
    with Recorder(__file__.__eq__) as recorder:
        Nested.apply(x * 2, DEPTH).sum().backward()
    assert len(Nested.threads) > 1
    assert [entry for entry in recorder.tape.log if isinstance(entry, LoggedHeld)] == []
