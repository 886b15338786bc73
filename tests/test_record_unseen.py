"""What a recording cannot see it says, and what it can see stays right."""

from __future__ import annotations

import multiprocessing.process
import threading

import pytest
import torch

import backlight
from backlight.model.document import Document
from recorded import text_at

# ── what cannot be seen ───────────────────────────────────────────────────────────────────────────


def unseen(document: Document) -> list[tuple[str, str]]:
    return [(each.kind, text_at(document, each) if each.line else "") for each in document.unseen]


def test_threads_are_told_of_and_their_gradients_are_seen() -> None:
    w = torch.ones(2, requires_grad=True)

    def work() -> None:
        (w * 5).sum().backward()

    with backlight.record() as tape:
        (w * 2).sum().backward()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        (w * 3).sum().backward()
    document = tape.document
    assert unseen(document) == [("thread", "thread.start()"), ("thread", "")]
    assert len(document.passes) == 2
    values = document.values
    arrivals = [event for event in document.events if event.kind in {"accumulate", "grad-changed"}]
    befores = [values[event.before].data if event.before is not None else None for event in arrivals]
    afters = [values[event.after].data for event in arrivals if event.after is not None]
    assert befores == [None, [2.0, 2.0], [7.0, 7.0]]
    assert afters == [[2.0, 2.0], [7.0, 7.0], [10.0, 10.0]]


def test_a_tensor_of_another_thread_is_an_operation_with_its_value() -> None:
    made: list[torch.Tensor] = []
    w = torch.ones(2, requires_grad=True)
    thread = threading.Thread(target=lambda: made.append((w * 5).exp()))
    with backlight.record() as tape:
        thread.start()
        thread.join()
        loss = (made[0] * 2).sum()
        loss.backward()
    node = tape.node(made[0])
    assert (node.kind, node.op) == ("op", "ExpBackward0")
    assert node.value is not None
    assert tape.document.values[node.value].data == pytest.approx(made[0].tolist())
    assert [leaf.grad is not None for leaf in tape.document.leaves] == [True]
    assert [each.kind for each in tape.document.unseen] == ["thread", "earlier"]


def test_a_process_is_told_of() -> None:
    with backlight.record() as tape:
        process = multiprocessing.get_context("spawn").Process(target=print)
        process.start()
        process.join()
    assert unseen(tape.document) == [("process", "process.start()")]


def test_a_graph_from_before_the_recording() -> None:
    w = torch.ones(2, requires_grad=True)
    h = (w * 2).exp()
    with backlight.record() as tape:
        h.sum().backward()
    assert [node.op for node in tape.document.nodes if node.kind == "op"] == [
        "MulBackward0",
        "ExpBackward0",
        "SumBackward0",
    ]
    (told,) = tape.document.unseen
    assert told.kind == "earlier"
    assert told.node is not None
    assert tape.document.nodes[told.node].op == "MulBackward0"
    assert "1 node" in told.message
    assert w.grad is not None


def squares(x: torch.Tensor) -> torch.Tensor:
    return (x.sin() * 2).sum()


def test_compiled_functions() -> None:
    x = torch.ones(3, requires_grad=True)
    compiled = torch.compile(squares, backend="aot_eager")
    before = compiled(x)
    with backlight.record() as tape:
        inside = compiled(x)
        fresh = torch.compile(lambda t: t.cos().sum(), backend="aot_eager")(x)
        (before + inside + fresh).backward()
    document = tape.document
    assert tape.node(inside).op == tape.node(fresh).op == "SumBackward0"
    assert tape.node(before).op == "CompiledFunctionBackward"
    assert [each.kind for each in document.unseen] == ["compiled", "compiled", "compiled"]
    assert document.unseen[-1].node == tape.node(before).id
    (leaf,) = document.leaves
    assert leaf.grad is not None
    expected = (4 * x.cos() - x.sin()).tolist()
    assert document.values[leaf.grad].data == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_scripted_functions() -> None:
    x = torch.ones(3, requires_grad=True)
    scripted = torch.jit.script(squares)
    for _ in range(3):
        scripted(x)
    with backlight.record() as tape:
        y = scripted(x)
        y.backward()
    assert "scripted" in [each.kind for each in tape.document.unseen]
    (leaf,) = tape.document.leaves
    assert leaf.grad is not None
    assert tape.document.values[leaf.grad].data == pytest.approx((2 * x.cos()).tolist())
