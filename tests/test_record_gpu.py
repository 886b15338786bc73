"""``backlight.record()`` on a GPU, where the engine works on a thread of its own: the picture is the CPU's.

No GPU, nothing to run: ``BACKLIGHT_TEST_DEVICE=cuda python -m pytest`` has the oracles run there, too.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

import backlight
from backlight.model.document import Document
from recorded import op_names
from sample_programs import Sample
from test_record import SAME, run_recorded

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
    pytest.mark.filterwarnings("ignore:.*deterministic.*:UserWarning"),
]
GPU = torch.device("cuda")


@pytest.fixture(autouse=True)
def the_same_twice() -> Iterator[None]:
    torch.use_deterministic_algorithms(True, warn_only=True)
    yield
    torch.use_deterministic_algorithms(False)


def picture(document: dict[str, Any]) -> dict[str, Any]:
    """All that a Document says but for the numbers in its values."""
    places = ("source", "line", "column", "end_line", "end_column")
    node = (*("kind", "op", "label", "names", "shape", "dtype", "groups", "made_in", "backward_of", "calls"), *places)
    group = ("kind", "name", "parent", "type", "number", *places)
    return {
        "nodes": [{name: each[name] for name in node} for each in document["nodes"]],
        "edges": document["edges"],
        "groups": [{name: each[name] for name in group} for each in document["groups"]],
        "passes": [
            {
                "place": [run[name] for name in places],
                "roots": run["roots"],
                "steps": [
                    (step["node"], [each["edge"] for each in step["contributions"]], len(step["hooked"]))
                    for step in run["steps"]
                ],
            }
            for run in document["passes"]
        ],
        "events": [{name: each.get(name) for name in ("kind", "node", "leaf", *places)} for each in document["events"]],
        "unseen": document["unseen"],
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Where two pictures differ, in a few words."""
    found = []
    for part, ours in one.items():
        theirs = other[part]
        if len(ours) != len(theirs):
            found.append(f"{part}: {len(ours)} and {len(theirs)}")
        found += [f"{part} {i}: {a} and {b}" for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b]
    return found


def both(program: Callable[[torch.device], Document]) -> list[str]:
    """Where the pictures of one program on the GPU and on the CPU differ."""
    on_gpu, on_cpu = (picture(program(torch.device(each)).model_dump()) for each in ("cuda", "cpu"))
    return differences(on_gpu, on_cpu)


def recorded_on(device: str, sample: Sample) -> dict[str, Any] | Exception:
    with torch.device(device):
        try:
            return run_recorded(sample)
        except Exception as error:
            return error


OTHERWISE = {
    "exits": "it asks for an array without going to the CPU first, which torch refuses",
    "numpy": "it mixes tensors from arrays, which are on the CPU, with others",
    "convolution": "cudnn has an operation of its own for a batch norm",
    "lstm-cell-steps": "one kernel does a whole cell",
    "sequential-adam": "one kernel does a whole dropout",
    "hessian-by-rows": "the engine's thread counts the nodes that it makes by itself, and runs them in another order",
}
"""Samples that PyTorch itself does otherwise on a GPU, and why."""


@pytest.mark.parametrize(
    "sample", [each for each in SAME if each.name not in OTHERWISE], ids=lambda sample: sample.name
)
def test_a_sample_gives_the_picture_that_it_gives_on_the_cpu(sample: Sample, capsys, recwarn) -> None:
    on_gpu, on_cpu = (recorded_on(device, sample) for device in ("cuda", "cpu"))
    if isinstance(on_gpu, Exception) or isinstance(on_cpu, Exception):
        if isinstance(on_cpu, Exception) and isinstance(on_gpu, Exception):
            assert type(on_gpu) is type(on_cpu)
            return
        pytest.fail(f"{on_gpu!r}"[:400])
    found = differences(picture(on_gpu), picture(on_cpu))
    assert not found, "\n".join(found)[:4000]


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.inner(x))


@pytest.mark.parametrize("reentrant", [False, True])
def test_what_a_checkpoint_computes_again_stands_in_its_modules(reentrant: bool) -> None:
    def program(device: torch.device) -> Document:
        torch.manual_seed(0)
        block, x = Block().to(device), torch.ones(2, 3, device=device, requires_grad=True)
        with backlight.record() as tape:
            y = checkpoint(block, x, use_reentrant=reentrant)
            y.sum().backward()
        return tape.document

    assert both(program) == []


def test_hooks_and_functions_that_the_engine_calls_have_their_places() -> None:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors
            return 3 * x**2 * gradient

    def program(device: torch.device) -> Document:
        x = torch.ones(3, device=device, requires_grad=True)
        with backlight.record() as tape:
            y = Cube.apply(x)
            y.register_hook(lambda gradient: gradient * 2)
            y.sum().backward(create_graph=True)
            x.grad.square().sum().backward()
        return tape.document

    assert both(program) == []


def test_a_second_derivative_and_a_penalty() -> None:
    def program(device: torch.device) -> Document:
        torch.manual_seed(0)
        block, x = Block().to(device), torch.ones(2, 3, device=device, requires_grad=True)
        with backlight.record() as tape:
            (slope,) = torch.autograd.grad(block(x).sum(), x, create_graph=True)
            (slope.norm() - 1).square().backward()
        return tape.document

    assert both(program) == []


@pytest.mark.parametrize("options", [{"foreach": True}, {"fused": True}, {"capturable": True}, {}])
@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_training_gives_the_numbers_of_plain_pytorch(optimizer: Any, options: dict[str, bool]) -> None:
    if optimizer is torch.optim.SGD and "capturable" in options:
        return

    def train(watch: Any) -> tuple[list[Tensor], Any]:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(8, 8), nn.Dropout(), nn.ReLU(), nn.Linear(8, 1)).to(GPU)
        stepper = optimizer(model.parameters(), lr=0.1, **options)
        x = torch.randn(16, 8, device=GPU)
        with watch as tape:
            for _ in range(3):
                stepper.zero_grad()
                model(x).square().mean().backward()
                stepper.step()
        return [each.detach().cpu() for each in model.parameters()], tape

    plain, _ = train(nullcontext())
    ours, tape = train(backlight.record())
    assert all(torch.equal(one, other) for one, other in zip(plain, ours, strict=True))
    kinds = [event.kind for event in tape.document.events]
    assert kinds.count("update") == 4 * 3
    values = tape.document.values
    finals = {leaf.name: values[leaf.value].data for leaf in tape.document.leaves if leaf.value is not None}
    assert [finals[f"model.{name}"] for name in ("0.weight", "0.bias", "3.weight", "3.bias")] == [
        each.tolist() for each in plain
    ]


def test_mixed_precision_with_a_scaler() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1)).to(GPU)
    stepper, scaler = torch.optim.SGD(model.parameters(), lr=0.1), torch.amp.GradScaler("cuda")
    with backlight.record() as tape:
        for _ in range(2):
            stepper.zero_grad()
            with torch.autocast("cuda", dtype=torch.float16):
                loss = model(torch.ones(4, 8, device=GPU)).square().mean()
            scaler.scale(loss).backward()
            scaler.step(stepper)
            scaler.update()
    document = tape.document
    assert len(document.passes) == 2
    assert {node.dtype for node in document.nodes if node.kind == "op"} >= {"float16", "float32"}
    assert [event.kind for event in document.events].count("update") == 4 * 2


def test_a_graph_over_cpu_and_gpu_is_one_pass() -> None:
    a, b = torch.ones(3, requires_grad=True), torch.full((3,), 2.0, device=GPU, requires_grad=True)
    with backlight.record() as tape:
        c = (a * 3).cuda() * b
        d = c.cpu().exp()
        d.sum().backward()
    document = tape.document
    assert op_names(document) == [
        *("MulBackward0", "ToCopyBackward0", "MulBackward0", "ToCopyBackward0", "ExpBackward0", "SumBackward0"),
    ]
    (run,) = document.passes
    assert len(run.steps) == 8
    grads = {leaf.name: document.values[leaf.grad].data for leaf in document.leaves if leaf.grad is not None}
    assert grads == {"a": a.grad.tolist(), "b": b.grad.cpu().tolist()}
    assert document.unseen == []


@pytest.mark.parametrize("cell", [nn.LSTM, nn.GRU, nn.RNN])
def test_what_cudnn_fuses_is_one_node_with_its_gradients(cell: Any) -> None:
    torch.manual_seed(0)
    net, x = cell(4, 5, num_layers=2).to(GPU), torch.randn(7, 2, 4, device=GPU, requires_grad=True)
    with backlight.record() as tape:
        net(x)[0].sum().backward()
    document = tape.document
    assert "CudnnRnnBackward0" in [node.op for node in document.nodes]
    grads = {leaf.name: document.values[leaf.grad].data for leaf in document.leaves if leaf.grad is not None}
    assert grads == {"x": x.grad.tolist()} | {f"net.{n}": p.grad.tolist() for n, p in net.named_parameters()}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_attention(dtype: torch.dtype) -> None:
    q, k, v = (torch.randn(1, 2, 16, 64, device=GPU, dtype=dtype, requires_grad=True) for _ in range(3))
    with backlight.record() as tape:
        nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).sum().backward()
    document = tape.document
    assert len(document.leaves) == 3
    assert all(leaf.grad is not None for leaf in document.leaves)
    assert any("Attention" in (node.op or "") for node in document.nodes)


def test_a_stream_beside_the_default_one() -> None:
    stream = torch.cuda.Stream()
    x = torch.randn(512, 512, device=GPU, requires_grad=True)
    stream.wait_stream(torch.cuda.current_stream())
    with backlight.record() as tape, torch.cuda.stream(stream):
        y = x
        for _ in range(20):
            y = torch.tanh(y @ x)
        y.sum().backward()
    torch.cuda.current_stream().wait_stream(stream)
    (leaf,) = tape.document.leaves
    stats = tape.document.values[leaf.grad].stats
    assert stats.norm == pytest.approx(float(x.grad.double().norm()), rel=1e-6)


@pytest.mark.parametrize("keep", [None, "statistics", "until non-finite"])
def test_a_graph_that_is_captured_is_left_alone(keep: str | None) -> None:
    x = torch.ones(4, device=GPU)
    graph = torch.cuda.CUDAGraph()
    with backlight.record(keep) as tape:
        with torch.cuda.graph(graph):
            y = x * 2 + 1
        graph.replay()
        z = y * 1
    assert z.tolist() == [3.0] * 4
    assert tape.document.values[tape.node(z).value].stats.mean == 3.0


@pytest.mark.parametrize("keep", [None, "last 2 passes", "statistics", "until non-finite"])
def test_memory_comes_back(keep: str | None) -> None:
    def allocated() -> int:
        gc.collect()
        torch.cuda.synchronize()
        return torch.cuda.memory_allocated()

    model = nn.Linear(512, 512).to(GPU)
    x = torch.randn(256, 512, device=GPU)
    model(x).sum().backward()
    before = allocated()
    with backlight.record(keep) as tape:
        heights = []
        for _ in range(120):
            model.zero_grad()
            model(x).square().sum().backward()
            heights.append(torch.cuda.memory_allocated())  # no garbage was collected: nothing may lie in cycles
    assert len(tape.document.passes) > 0
    if keep not in (None, "statistics"):
        assert max(heights[-10:]) <= max(heights[:60]) + 2**20
    assert allocated() - before < 2**16


@pytest.mark.parametrize("keep", [None, "until non-finite"])
def test_the_random_state_is_untouched(keep: str | None) -> None:
    def run(watch: Any) -> Tensor:
        torch.manual_seed(0)
        with watch:
            y = nn.functional.dropout(torch.ones(64, device=GPU, requires_grad=True))
            y.sum().backward()
        return torch.cat([y.detach(), torch.randn(8, device=GPU)])

    assert torch.equal(run(nullcontext()), run(backlight.record(keep)))


def test_the_first_nan_on_the_gpu_stops_the_recording() -> None:
    w = torch.tensor([1.0, 2.0], device=GPU, requires_grad=True)
    with backlight.record("until non-finite") as tape:
        torch.log(w - 1.5).sum().backward()
    stopped = tape.document.stopped
    assert stopped is not None
    assert "1 NaN" in stopped.message


def test_compiled_code_is_recorded_as_it_stands() -> None:
    @torch.compile
    def f(x: Tensor) -> Tensor:
        return (x * 2).sin()

    x = torch.ones(3, device=GPU, requires_grad=True)
    with backlight.record() as tape:
        f(x).sum().backward()
    assert op_names(tape.document) == ["MulBackward0", "SinBackward0", "SumBackward0"]
