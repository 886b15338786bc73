"""Long recordings: what ``keep=`` holds on to, and that it holds on to nothing else."""

from __future__ import annotations

import ctypes
import math
import weakref
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
import torch
from torch import nn

import backlight
from backlight.errors import NotRecorded, RequestError
from backlight.model.document import Document
from backlight.record import LiveRecorder, UserCode, entries
from backlight.record.forget import FIELDS, PLAIN
from backlight.record.keep import Keep, parse_keep
from backlight.record.live import LiveTape
from backlight.record.recorder import nothing_collected
from backlight.settings import Settings


def train(steps: int, spoil: int | None = None) -> tuple[nn.Module, list[float]]:
    """A few steps of Adam; at step ``spoil`` the loss is the logarithm of a negative number."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    data = torch.randn(16, 3)
    losses: list[float] = []
    for step in range(steps):
        optimizer.zero_grad()
        prediction = model(data)
        loss = prediction.square().mean()
        if step == spoil:
            loss = torch.log(loss - 100)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


def passes_in_values(document: Document) -> list[Any]:
    """The passes, told in operations and values."""
    values = [value.data for value in document.values]
    held = lambda ids: [None if each is None else values[each] for each in ids]  # noqa: E731
    return [
        [
            (document.nodes[s.node].op, held(s.grad_outputs), held(s.grad_inputs), len(s.contributions))
            for s in run.steps
        ]
        for run in document.passes
    ]


def forward_in_values(document: Document) -> list[Any]:
    values = [value.data for value in document.values]
    return [
        (node.op, node.label, node.names, node.line, None if node.value is None else values[node.value])
        for node in document.nodes
        if node.kind == "op" and node.op
    ]


@pytest.mark.parametrize(
    ("text", "keep"),
    [
        (None, Keep()),
        ("last 1 pass", Keep(passes=1)),
        ("last 25 passes", Keep(passes=25)),
        ("statistics", Keep(passes=50, statistics=True)),
        ("until non-finite", Keep(passes=1, until_nonfinite=True)),
    ],
)
def test_what_one_may_ask_for(text: str | None, keep: Keep) -> None:
    assert parse_keep(text) == keep


@pytest.mark.parametrize("text", ["", "last", "last 0 passes", "last ten passes", "Statistics", "last 1 pass ", 3])
def test_anything_else_is_refused(text: Any) -> None:
    with pytest.raises(RequestError, match="last 10 passes"):
        backlight.record(text)


@pytest.mark.parametrize(("steps", "keep"), [(7, 1), (7, 2), (7, 3), (8, 4), (3, 3), (2, 5)])
def test_the_last_passes_are_those_of_the_whole_run(steps: int, keep: int) -> None:
    with backlight.record() as whole:
        train(steps)
    with backlight.record(f"last {keep} passes") as last:
        train(steps)
    kept = min(steps, keep)
    assert passes_in_values(last.document) == passes_in_values(whole.document)[-kept:]
    forward = forward_in_values(last.document)
    assert forward == forward_in_values(whole.document)[-len(forward) :]
    assert [each.names for each in last.document.nodes if each.kind == "leaf"] == [
        each.names for each in whole.document.nodes if each.kind == "leaf"
    ]
    ends = [
        [document.values[value].data for leaf in document.leaves for value in (leaf.value, leaf.grad or 0)]
        for document in (last.document, whole.document)
    ]
    assert ends[0] == ends[1]
    cut = [(each.what, each.limit, each.value, each.count) for each in last.document.truncated]
    assert cut == ([("passes", "keep", keep, steps - keep)] if steps > keep else [])


def test_edges_and_inputs_are_kept_with_what_uses_them() -> None:
    with backlight.record("last 1 pass") as tape_:
        model, _ = train(5)
    document = tape_.document
    labels = {node.label: node.kind for node in document.nodes}
    assert labels["data"] == "input"
    assert labels["0.weight" if "0.weight" in labels else "model.0.weight"] == "leaf"
    assert tape_.node(model[0].weight).kind == "leaf"  # pyright: ignore[reportIndexIssue]
    targets = {edge.target for edge in document.edges}
    assert all(node.id in targets for node in document.nodes if node.kind == "op")


def test_a_value_from_before_becomes_an_input_or_an_operation() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record("last 1 pass") as tape_:
        scale = torch.full((2,), 3.0)
        shared = w * scale
        for _ in range(4):
            loss = (shared * 2).sum()
            loss.backward(retain_graph=True)
    node = tape_.node(shared)
    assert (node.kind, node.op, node.names) == ("op", "MulBackward0", ["shared"])
    assert node.value is not None
    assert tape_.document.values[node.value].data == [3.0, 3.0]
    assert len(tape_.document.passes) == 1
    with pytest.raises(NotRecorded, match="last 1 pass"):
        tape_.node(scale)


def test_what_is_made_of_a_pass_after_it_belongs_to_it() -> None:
    w = torch.ones(2, requires_grad=True)
    total = torch.zeros(())
    with backlight.record("last 1 pass") as tape_:
        for _ in range(3):
            batch = torch.ones(2) * 2
            loss = (w * batch).sum()
            loss.backward()
            total += loss.detach()
    ops = [node.op for node in tape_.document.nodes if node.op]
    assert ops == ["AccumulateGrad", "MulBackward0", "SumBackward0"]
    assert tape_.node(batch).label == "mul"


def small_recorder(keep: Keep) -> tuple[LiveRecorder, LiveTape]:
    code = UserCode(__file__.__eq__, lambda code, lasti: (), lambda code, lasti: None, lambda code: frozenset())
    recorder = LiveRecorder(code, keep, Settings())
    return recorder, recorder._tape


def test_a_thousand_steps_hold_no_more_than_ten() -> None:
    sizes: list[dict[str, int]] = []
    for steps in (10, 1_000):
        recorder, held = small_recorder(Keep(passes=2))
        recorder.start()
        train(steps)
        books = {**vars(held), **vars(held.store), **vars(held.places)}
        sizes.append({name: len(each) for name, each in books.items() if hasattr(each, "__len__")})
        recorder.end(None)
    exact = ("log", "nodes", "node_of", "held", "current", "leaves", "grads")
    assert [sizes[1][name] for name in exact] == [sizes[0][name] for name in exact]
    assert max(sizes[1].values()) < 100, sizes[1]
    assert sizes[1]["passes"] <= 4


def test_what_is_forgotten_is_freed_at_once() -> None:
    """A recording turns the garbage collector down: what waits for it in a cycle would fill the memory of a GPU."""
    batch = torch.ones(8, 8)
    dead: list[weakref.ref[torch.Tensor]] = []
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
    with backlight.record("last 2 passes"), nothing_collected():
        for _ in range(20):
            hidden = model(batch)
            dead.append(weakref.ref(hidden))
            hidden.square().sum().backward()
    assert [each() is None for each in dead[:10]] == [True] * 10


def test_leaves_that_nobody_holds_are_forgotten() -> None:
    recorder, held = small_recorder(Keep(passes=1))
    recorder.start()
    for _ in range(50):
        fresh = torch.ones(2, requires_grad=True)
        (fresh * 2).sum().backward()
        del fresh
    assert len(held.leaves) < 8
    recorder.end(None)


def test_statistics_hold_no_element_and_the_same_structure() -> None:
    with backlight.record() as whole:
        train(2)
    with backlight.record("statistics") as tape_:
        train(2)
    document = tape_.document
    assert all((value.data is None) == (math.prod(value.shape) > 1) for value in document.values)
    assert all(value.stats is not None for value in document.values)
    assert [(n.op, n.label, n.names, n.line) for n in document.nodes] == [
        (n.op, n.label, n.names, n.line) for n in whole.document.nodes
    ]
    assert document.edges == whole.document.edges
    assert [value.stats and value.stats.nan for value in document.values] == [0] * len(document.values)
    for one, other in zip(document.values, whole.document.values, strict=True):
        assert one.stats is not None
        assert other.stats is not None
        assert one.stats.mean == pytest.approx(other.stats.mean, rel=1e-9, abs=1e-12)
        assert one.stats.std == pytest.approx(other.stats.std, rel=1e-9, abs=1e-9)


def test_it_stops_at_the_first_value_that_is_not_finite() -> None:
    _, plain = train(6, spoil=3)
    with backlight.record("until non-finite") as tape_:
        _, losses = train(6, spoil=3)
    stopped = tape_.document.stopped
    assert stopped is not None
    assert "`loss` holds 1 NaN" in stopped.message
    assert stopped.line is not None
    assert "torch.log(loss - 100)" in tape_.document.sources[0].text.split("\n")[stopped.line - 1]
    assert [node.label for node in tape_.document.nodes][-1] == "log"
    assert len(tape_.document.passes) == 1
    assert [math.isnan(each) for each in losses] == [False] * 3 + [True] + [False] * 2
    assert [losses[step] for step in (0, 1, 2, 4, 5)] == [plain[step] for step in (0, 1, 2, 4, 5)]
    leaf = next(each for each in tape_.document.leaves if tape_.document.nodes[each.node].label.endswith("2.bias"))
    assert leaf.value is not None
    assert tape_.document.values[leaf.value].stats is not None
    assert tape_.document.values[leaf.value].stats.nan == 0


def test_it_stops_after_the_pass_with_the_first_bad_gradient() -> None:
    x = torch.zeros(2, requires_grad=True)
    with backlight.record("until non-finite") as tape_:
        (x + 1).sum().backward()
        x.sqrt().sum().backward()
        (x * 2).sum().backward()
    stopped = tape_.document.stopped
    assert stopped is not None
    assert "gradient" in stopped.message
    assert "SqrtBackward0" in stopped.message
    (run,) = tape_.document.passes
    assert [tape_.document.nodes[step.node].op for step in run.steps] == [
        "SumBackward0",
        "SqrtBackward0",
        "AccumulateGrad",
    ]


def test_memory_that_was_never_written_to_is_no_finding() -> None:
    with backlight.record("until non-finite") as tape_:
        unwritten = torch.empty(1000)
        ctypes.memset(unwritten.data_ptr(), 0xFF, unwritten.nbytes)  # NaN, as it may be
        first = unwritten[:10]
        _ = first.reshape(2, 5).T
        unwritten[:] = 0.0
        (unwritten + 1).sum()
    assert tape_.document.stopped is None
    with backlight.record("until non-finite") as tape_:
        torch.full((3,), 1.0).log_().sub_(1.0).log_()
    assert tape_.document.stopped is not None
    assert "log_" in tape_.document.stopped.message


@pytest.fixture
def memory_full_of_nan() -> Iterator[None]:
    """What ``torch.empty`` gives holds NaN, as it may at any time."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("memory_full_of_nan")
def test_a_parameter_on_memory_that_was_never_written_to_is_no_finding() -> None:
    with backlight.record("until non-finite") as tape_:
        train(1)
    assert tape_.document.stopped is None
    with backlight.record("until non-finite") as tape_:
        _ = nn.Parameter(torch.empty(8)) + 1
    assert tape_.document.stopped is not None
    assert "`_` holds 8 NaN" in tape_.document.stopped.message


def test_infinities_that_are_meant_are_no_finding() -> None:
    scores = torch.randn(4, 4, requires_grad=True)
    with backlight.record("until non-finite") as tape_:
        mask = torch.full((4, 4), float("-inf")).triu(1)
        weights = torch.softmax(scores + mask, dim=-1)
        kept = scores.masked_fill(torch.ones(4, 4).triu(1) == 1, float("-inf")).softmax(-1)
        torch.empty(1000)
        (weights + kept).sum().backward()
    assert tape_.document.stopped is None
    with backlight.record("until non-finite") as tape_:
        torch.exp(scores * 1e9 + 1e9).sum()
    assert tape_.document.stopped is not None


def test_an_error_after_the_stop_is_in_the_document() -> None:
    tape_ = backlight.record("until non-finite")
    try:
        with tape_:
            torch.log(torch.tensor(-1.0)) + 1
            raise ValueError("late")
    except ValueError:
        pass
    assert tape_.document.error is not None
    assert tape_.document.stopped is not None


def test_every_field_of_the_log_is_told_of() -> None:
    """A new field of an entry must be in one of the two tables, or it would keep its old numbers."""
    kinds = [each for name, each in vars(entries).items() if name.startswith(("Logged", "Raw"))]
    assert set(FIELDS) == set(kinds)
    for kind in kinds:
        assert set(FIELDS[kind]) | PLAIN.get(kind, set()) == {each.name for each in fields(kind)}, kind


def test_every_book_of_the_tape_is_told_of() -> None:
    """`forget` renumbers each of these, or it holds no number. What is new here must be thought of there."""
    held = small_recorder(Keep())[1]
    assert set(vars(held)) == {
        *("places", "log", "cell", "store", "node_of", "nodes", "node_index", "passes", "running", "made", "stopped"),
        "made_inside",
        *(
            "inside_function",
            "packed",
            "patterns",
            "replayable",
            "scopes",
            "leaves",
            "leaf_on",
            "others_on",
            "may_be_leaf_on",
            "grad_on",
            "grads",
        ),
        *("written_at", "unseen", "shared", "shared_memory", "named"),
        *("_thread", "_limits", "_calls", "_steps", "reached", "_unsettled", "_between", "without_grad"),
    }
    assert set(vars(held.store)) == {
        *("current", "held", "_settings", "_tensors", "owner", "_kept", "_exposed", "_index", "_live", "_home"),
        *("overwritten", "unlogged"),
        *("_bytes", "_summed_up", "_versions", "_cells", "_picture_cells", "_last"),
    }


def test_models_that_are_dropped_are_gone_without_a_look_for_garbage() -> None:
    gone: list[weakref.ref[Any]] = []

    def trial() -> None:
        model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))
        gone.extend((weakref.ref(model), weakref.ref(model[0])))
        model(torch.ones(2, 3)).sum().backward()

    with nothing_collected(), backlight.record(keep="last 2 passes"):
        for _ in range(6):
            trial()
        left = [index for index, each in enumerate(gone) if each() is not None]
    assert left == [8, 9, 10, 11]  # those of the passes that are kept
