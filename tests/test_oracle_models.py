"""Real models, with and without recording: the same numbers to the last bit, and a Document that tells what ran."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import torch
from torch.nn.modules.module import register_module_forward_hook

import models
from autograd_walk import Variable, Walk, as_counted, walking_passes, walks_of
from backlight.model.document import Place, Source, Timing
from backlight.pipeline import tell
from backlight.record import Recorder
from backlight.record.execute import Execution
from backlight.record.finish import finish
from backlight.settings import Settings
from contributions import check_contributions
from device import ON_CPU, by_default, device_state
from test_oracle_gradients import content, value
from test_oracle_torchviz import Graph, drawing_passes, reached

FOLDER = str(Path(models.__file__).parent)
PAGE = Path(__file__).parent.parent / "docs" / "faithfulness.md"
EVERYTHING = Settings(element_count=2**20, value_bytes=2**40)
"""Values are kept whole, whatever they take."""

pytestmark = pytest.mark.filterwarnings("ignore:distutils Version classes:DeprecationWarning")
"""That is how torchviz asks for torch's version."""

HOOKED = {"deep-equilibrium"}
"""What these models' own hooks change on the way is in no contribution."""

OF_THE_CPU = {"bidirectional-rnn"}
"""What asks for tensors on the CPU, whatever the device: torch packs sequences by lengths that are there."""

NAMES = [name for name, _ in models.list_models() if ON_CPU or name not in OF_THE_CPU]
each_model = pytest.mark.parametrize("name", NAMES)


@dataclass
class Run:
    """What one run of a model left behind: tensors bit for bit, the random state, and the graph of each pass."""

    left: dict[str, tuple[Any, ...]]
    random: bytes
    walks: list[Walk]
    drawings: list[Graph] = field(default_factory=list)
    computed: list[tuple[Any, int, torch.Tensor]] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    text: bytes = b""


def bits(tensor: torch.Tensor | None) -> tuple[Any, ...] | None:
    if tensor is None:
        return None
    dense = tensor.detach().to_dense().cpu().contiguous()
    return tuple(dense.shape), str(dense.dtype), dense.flatten().view(torch.uint8).numpy().tobytes()


def tensors_of(names: dict[str, Any]) -> dict[str, torch.Tensor]:
    """The tensors among what a model left, parameters and buffers of its modules too."""
    found = {name: held for name, held in names.items() if isinstance(held, torch.Tensor)}
    for name, held in names.items():
        if isinstance(held, torch.nn.Module):
            for part in (held.named_parameters(), held.named_buffers()):
                found |= {f"{name}.{inner}": tensor for inner, tensor in part}
    return found


def what_is_left(tensors: dict[str, torch.Tensor]) -> dict[str, tuple[Any, ...]]:
    return {
        name: (bits(tensor), bits(tensor.grad) if tensor.is_leaf else None, tensor.requires_grad)
        for name, tensor in tensors.items()
    }


@contextmanager
def keeping_outputs(computed: list[tuple[Any, int, torch.Tensor]]) -> Iterator[None]:
    """Keeps what every module gave, with the autograd node that made it."""

    def keep(_module: Any, _inputs: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor) and output.grad_fn is not None:
            computed.append((output.grad_fn, output.output_nr, output.detach().clone()))

    hook = register_module_forward_hook(keep)
    try:
        yield
    finally:
        hook.remove()


@cache
def run_plain(name: str) -> Run:
    """The model by plain PyTorch."""
    model, computed = dict(models.list_models())[name], []
    torch.manual_seed(0)
    with by_default(), walking_passes() as walks, drawing_passes() as drawings, keeping_outputs(computed):
        tensors = tensors_of(model())
    computed += [(each.grad_fn, each.output_nr, each.detach()) for each in tensors.values() if each.grad_fn]
    return Run(what_is_left(tensors), device_state(), walks, drawings, computed)


def place_of(code: CodeType, lasti: int) -> Place | None:
    """Where an instruction stands, in whatever file."""
    position = list(code.co_positions())[lasti // 2]
    return None if None in position else Place(position[0], position[2], position[1], position[3])  # type: ignore[arg-type]


def record(name: str) -> Run:
    """The model under a recorder, and the Document of what it did."""
    model = dict(models.list_models())[name]
    torch.manual_seed(0)
    watching = Recorder(lambda filename: filename.startswith(FOLDER))
    with by_default(), watching as recorder, walking_passes() as walks:
        tensors = tensors_of(model())
    random = device_state()
    trace = finish(recorder.tape, Execution(), place_of, EVERYTHING)
    document = replace(tell(trace, [Source("model", "")], 0, (0, 0)).document, timing=Timing(0, 0, 0, 0))
    text = document.to_json()
    return Run(what_is_left(tensors), random, walks, document=json.loads(text), text=text)


@cache
def run_recorded(name: str) -> Run:
    """The same, once for all tests."""
    return record(name)


@each_model
def test_recording_changes_no_bit(name: str) -> None:
    plain, recorded = run_plain(name), run_recorded(name)
    assert recorded.left.keys() == plain.left.keys()
    assert [each for each in plain.left if recorded.left[each] != plain.left[each]] == []
    assert recorded.random == plain.random


@each_model
def test_nodes_and_edges_are_those_of_an_independent_walk(name: str) -> None:
    """Slots, shapes and dtypes included; of the run that was recorded, and of the plain one."""
    recorded = run_recorded(name)
    ours = walks_of(recorded.document)
    assert len(ours) > 0
    assert [as_counted(*pair) for pair in zip(ours, recorded.walks, strict=True)] == recorded.walks
    assert recorded.walks == run_plain(name).walks


@each_model
def test_nodes_and_edges_are_those_that_torchviz_draws(name: str) -> None:
    """Of the plain run; it leaves out passes that start at a leaf."""
    document = run_recorded(name).document
    ours = [reached(document, each["roots"]) for each in document["passes"]]
    assert ours == run_plain(name).drawings


@each_model
def test_every_leaf_has_its_value_and_gradient_in_the_document(name: str) -> None:
    document = run_recorded(name).document
    leaves = {leaf["node"]: leaf for leaf in document["leaves"]}
    for ours, walk in zip(walks_of(document), run_recorded(name).walks, strict=True):
        for node, found in zip(ours.found, walk.found, strict=True):
            if isinstance(found, Variable):
                tensor, grad = found.tensor, found.tensor.grad
                assert value(document, leaves[node]["value"]) == content(tensor)
                assert value(document, leaves[node]["grad"]) == content(None if grad is None else grad.to_dense())


@each_model
def test_every_value_is_what_plain_pytorch_computed(name: str) -> None:
    """Of what a module gave or the model kept a name for; every other node is one that has a value at all."""
    plain, document = run_plain(name), run_recorded(name).document
    compared = 0
    for ours, walk in zip(walks_of(document), plain.walks, strict=True):
        positions = walk.positions
        for node, output_nr, tensor in plain.computed:
            if node in positions and not tensor._version:
                output = document["nodes"][ours.found[positions[node]]]["outputs"][output_nr]
                assert value(document, output["value"]) == content(tensor)
                compared += 1
    assert compared > 0


@pytest.mark.parametrize("name", [name for name in NAMES if name not in HOOKED])
def test_contributions_add_up(name: str) -> None:
    assert check_contributions(run_recorded(name).document) > 0


@each_model
def test_the_same_model_twice_is_the_same_document(name: str) -> None:
    assert record(name).text == run_recorded(name).text


def row(name: str) -> str:
    """The model's line in the page's table: its passes, and nodes and edges of the largest."""
    walks = run_recorded(name).walks
    largest = max(walks, key=lambda walk: len(walk.names))
    return f"| `{name}` | {len(walks)} | {len(largest.names)} | {len(largest.arrows)} |"


@pytest.mark.skipif(not ON_CPU, reason="the page is about the CPU")
def test_the_page_lists_every_model() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    expected = [row(name) for name, _ in models.list_models()]
    assert [each for each in rows if each in expected] == expected, "\n".join(expected)
