"""Saved tensors: what a Document says that nodes keep, against what the nodes of a plain run do keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.autograd.function import BackwardCFunction

import backlight
from backlight.record import Recorder
from backlight.record.execute import Execution
from backlight.record.finish import finish
from backlight.record.torch_private import aside
from backlight.settings import Settings
from operator_database import op_db
from plain_torch import run_plain
from sample_programs import Sample, list_samples, trace, trace_sample
from test_oracle_gradients import content, same

each_sample = pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)

Kept = dict[str, Any]


def plainly_saved(node: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Name and tensor of all that a node of a plain run keeps, read as torchviz reads it: by unpacking."""
    for name in dir(node):
        if name.startswith("_saved_"):
            held = getattr(node, name)
            members = enumerate(held) if isinstance(held, tuple) else [(None, held)]
            for position, each in members:
                if isinstance(each, torch.Tensor):
                    yield name.removeprefix("_saved_") + ("" if position is None else f"[{position}]"), each


def reach(roots: list[Any]) -> list[Any]:
    found: dict[Any, None] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting += [linked for linked, _ in node.next_functions if linked is not None]
    return list(found)


# ── torch's own database of operators ─────────────────────────────────────────────────────────────

OF_ITS_OWN = ("nn.functional.rrelu", "_native_batch_norm_legit", "_batch_norm_with_update")
"""Operators whose nodes keep an argument that the call wrote to, or a tensor that is neither argument nor result."""
OPERATORS = [
    op
    for op in op_db
    if op.supports_autograd and torch.float64 in op.supported_backward_dtypes("cpu") and not op.name.startswith("_")
][::4]
OPERATORS += [op for op in op_db if op.name in OF_ITS_OWN and op not in OPERATORS]


def first_sample(op: Any) -> Any:
    torch.manual_seed(0)
    return next(iter(op.sample_inputs("cpu", torch.float64, requires_grad=True)))


def results_of(op: Any, sample: Any) -> list[Any]:
    result = op(sample.input, *sample.args, **sample.kwargs)
    given = result if isinstance(result, (list, tuple)) else [result]
    return [each for each in given if isinstance(each, torch.Tensor) and each.grad_fn is not None]


@pytest.mark.filterwarnings("ignore:.*(in beta|deprecated):UserWarning")
@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: f"{op.name}-{op.variant_test_name}")
def test_every_node_of_an_operator_keeps_what_is_told(op: Any) -> None:
    sample = first_sample(op)
    torch.manual_seed(1)
    with Recorder(lambda _: True) as recorder:
        nodes = reach([result.grad_fn for result in results_of(op, sample)])
    tape = recorder.tape
    recorded = finish(tape, Execution(), lambda code, at: None, Settings())
    for node in nodes:
        number = tape.node_index.get(node)
        with aside():
            plain = dict(plainly_saved(node))
        ours = {each.name: each for each in (() if number is None else recorded.nodes[number].saved)}
        if number is not None and recorded.nodes[number].calls:
            assert ours.keys() == plain.keys(), node
        for name, kept in ours.items() if number is not None and recorded.nodes[number].calls else ():
            assert kept.value is not None, (node, name)
            if kept.value is not None and plain[name].layout is torch.strided:
                found = recorded.values[kept.value]
                told = found.shape, found.dtype, found.data
                assert same(told, content(plain[name])), (node, name)
    tape.release()


# ── programs ──────────────────────────────────────────────────────────────────────────────────────


def kept_by(document: dict[str, Any], op: str) -> list[tuple[str, Any, int, int | None, bool]]:
    """Name, data, version, event of release and whether packed, of what the node of an operation keeps."""
    (node,) = [each for each in document["nodes"] if each["op"] == op]
    return [
        (s["name"], document["values"][s["value"]]["data"], s["version"], s["freed"], s["packed"])
        for s in node["saved"]
    ]


def test_the_version_tells_the_story_of_a_write_after_saving() -> None:
    source = (
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\nh = x * 1\nh.add_(1)\ny = h.exp()\nz = y.sin()\n"
        "y.add_(1)\nz.backward()\n"
    )
    document, plain = trace(source), run_plain(source)
    (error,) = plain.errors
    assert "modified by an inplace operation" in document["error"]["message"]
    assert document["error"]["message"] == str(error)
    assert [each[0] for each in kept_by(document, "SinBackward0")] == ["self"]
    ((_, data, version, freed, _),) = kept_by(document, "SinBackward0")
    assert (data, version, freed) == (pytest.approx(torch.tensor(3.0).exp().item()), 0, None)


def test_a_version_counts_the_writes_before_saving() -> None:
    document = trace(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\nh = x * 1\nh.add_(1)\nh.mul_(2)\ny = h.sin()\n"
    )
    assert kept_by(document, "SinBackward0") == [("self", 6, 2, None, False)]


def test_what_an_operator_draws_for_itself_is_told_of_each_call() -> None:
    """The slopes that ``rrelu`` draws are in no argument and no result, and are others each time."""
    source = (
        "import torch\nx = torch.tensor([-1.0, -1.0, 2.0], requires_grad=True)\n"
        "y = torch.nn.functional.rrelu(x, training=True)\nz = torch.nn.functional.rrelu(y, training=True)\n"
        "z.sum().backward()\n"
    )
    document, plain = trace(source), run_plain(source)
    slopes = [
        document["values"][saved["value"]]["data"]
        for node in document["nodes"]
        for saved in node["saved"]
        if saved["name"] == "noise"
    ]
    first, second = slopes
    assert first != second
    torch.testing.assert_close(torch.tensor(first) * torch.tensor(second), plain.names["x"].grad)


def test_what_hooks_packed_is_told_and_they_run_as_ever() -> None:
    source = (
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\n"
        "def pack(t):\n    print('pack', t.item())\n    return t.item()\n"
        "def unpack(n):\n    print('unpack', n)\n    return torch.tensor(n)\n"
        "with torch.autograd.graph.saved_tensors_hooks(pack, unpack):\n    y = x.exp().sin()\n"
        "y.backward()\nprint(x.grad)\n"
    )
    document, plain = trace(source), run_plain(source)
    assert document["cells"][0]["output"] == plain.output
    assert [(each[0], each[4]) for each in kept_by(document, "ExpBackward0")] == [("result", True)]
    assert [(each[0], each[4]) for each in kept_by(document, "SinBackward0")] == [("self", True)]


def test_a_custom_function_keeps_what_it_was_given_to_save() -> None:
    document = trace(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\n"
        "class Cube(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a):\n"
        "        ctx.save_for_backward(a, a * a)\n        return a * a * a\n"
        "    @staticmethod\n    def backward(ctx, g):\n"
        "        a, square = ctx.saved_tensors\n        return 3 * square * g\n"
        "Cube.apply(x).backward()\n"
    )
    kept = kept_by(document, "CubeBackward")
    assert [(name, data, version) for name, data, version, _, _ in kept] == [
        ("saved_tensors[0]", 2, 0),
        ("saved_tensors[1]", 4, 0),
    ]
    assert all(freed is not None for *_, freed, _ in kept)


@each_sample
def test_a_sample_keeps_what_its_plain_run_keeps(sample: Sample) -> None:
    """By operation: the names under which the nodes that the plain run left behind keep tensors."""
    roots = [t.grad_fn for t in run_plain(sample.source).names.values() if isinstance(t, torch.Tensor) and t.grad_fn]
    ours = {
        (node["op"], name)
        for node in trace_sample(sample)["nodes"]
        for name in [tuple(sorted(saved["name"] for saved in node["saved"]))]
    }
    for node in reach(roots):
        name = node.name().rpartition("::")[2]
        if name in ("AccumulateGrad", "CopySlices") or isinstance(node, BackwardCFunction):
            continue
        try:
            plain = tuple(sorted(kept for kept, _ in plainly_saved(node)))
        except RuntimeError:
            continue  # a pass has freed it
        assert (name, plain) in ours


def test_nodes_from_before_the_recording_keep_what_they_keep() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x.exp()
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor):
        y = h.sin()
    z = (y * x).sum()
    sine, exponential = y.tolist(), h.tolist()
    with backlight.record() as tape:
        z.backward()
        with torch.no_grad():
            h.zero_()
            x.mul_(2)
    document = tape.document
    told = {
        (node.op, saved.name): (
            saved.value and document.values[saved.value].data,
            saved.packed,
            saved.freed is not None,
        )
        for node in document.nodes
        for saved in node.saved
    }
    assert told == {
        ("ExpBackward0", "result"): (exponential, False, True),
        ("SinBackward0", "self"): (None, True, True),
        ("MulBackward0", "self"): (sine, False, True),
        ("MulBackward0", "other"): ([1.0, 2.0], False, True),
    }
    (owner,) = [saved.node for node in document.nodes for saved in node.saved if saved.name == "other"]
    assert owner is not None and document.nodes[owner].kind == "leaf"


def test_of_a_number_and_its_conjugate_each_is_kept() -> None:
    """They lie on the same memory; what the operator itself is given is a copy."""
    document = trace("import torch\nz = torch.tensor([1 + 2j], requires_grad=True)\nw = z * z.conj()\nv = w * z.imag\n")
    first, second = [node for node in document["nodes"] if node["op"] == "MulBackward0"]
    kept = {s["name"]: (document["values"][s["value"]]["data"], s["node"]) for s in first["saved"]}
    assert kept == {"self": ([{"re": 1.0, "im": 2.0}], 0), "other": ([{"re": 1.0, "im": -2.0}], 1)}
    (imaginary,) = [document["values"][s["value"]]["data"] for s in second["saved"] if s["name"] == "other"]
    assert imaginary == [2.0]


def test_nested_tensors_are_kept_though_they_have_no_sizes() -> None:
    program = (
        "import torch\nn = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], requires_grad=True)\n"
        "m = n * 2\nm.to_padded_tensor(0.0).sum().backward()\n"
    )
    document = trace(program)
    assert run_plain(program).errors == []
    assert document["error"] is None
    assert [node["names"] for node in document["nodes"] if node["kind"] == "leaf"] == [["n"]]
    assert document["leaves"][0]["grad"] is not None
