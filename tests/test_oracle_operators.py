"""PyTorch's own operator database as an oracle: every differentiable operator, every sample, in double precision.

A recording must change nothing, its contributions must add up, and its replay must give the same, bit for bit.
`operators.txt` lists the operators with the number of their samples; what is excepted stands here, with its reason.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from torch.utils._pytree import tree_leaves, tree_map

from backlight.record import Recorder
from backlight.record.entries import RawPass
from backlight.record.replay import Replayed, replay
from backlight.record.tape import Tape
from device import DEVICE, ON_CPU, seed_device
from operator_database import op_db

Tensor = torch.Tensor
LIST = Path(__file__).parent / "operators.txt"
PAGE = Path(__file__).parent.parent / "docs" / "faithfulness.md"

TAKES_ANOTHER_WAY = "its derivative asks whether a dispatch mode is on, and then uses a formula with the same value"
ROUNDED = {
    "masked_fill": TAKES_ANOTHER_WAY,
    "prod": TAKES_ANOTHER_WAY,
    "masked.prod": TAKES_ANOTHER_WAY,
}
"""Operators whose gradients agree to rounding only, where a dispatch mode watches the engine, and why."""

UNSTEADY = {
    "linalg.lstsq": "the driver gelsy starts from pivots that it does not initialise; plain runs differ",
    "linalg.lstsq.grad_oriented": "the same",
}
"""Operators that give not even plain PyTorch the same twice: all is compared to rounding only."""

BESIDE_ITS_LEAF = {
    "as_strided.partial_views": "it reads memory beside its leaf, which is not there for a leaf with other values",
}
"""Operators whose replay cannot be compared with a plain run for other leaves, and why."""

of_the_cpu = pytest.mark.skipif(not ON_CPU, reason="the lists are about the CPU")

OTHER = 0.9921875
"""Other values of the leaves are theirs, times this: what is symmetric, positive, sorted or within a range stays so."""


def name_of(op: Any) -> str:
    """The name that tells an operator from all others, ``linalg.norm.subgradients_at_zero`` for a variant."""
    return f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name


OF_THE_CPU = {"sparse.mm.reduce"}
"""Operators with no kernel for any other device."""

OPERATORS = {
    name_of(op): op
    for op in op_db
    if op.supports_autograd and torch.float64 in op.supported_backward_dtypes(DEVICE)
    if ON_CPU or name_of(op) not in OF_THE_CPU
}


def listed() -> dict[str, int]:
    """The operators of the checked-in list, and how many samples each has."""
    return {name: int(count) for name, count in (line.split() for line in LIST.read_text().splitlines())}


def samples_of(op: Any) -> Iterator[Any]:
    """The samples of an operator, the same ones each time."""
    seed()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from op.sample_inputs(DEVICE, torch.float64, requires_grad=True)


def seed() -> None:
    random.seed(0)
    numpy.random.seed(0)
    torch.default_generator.manual_seed(0)  # the other generators are not drawn from, and take long to seed
    seed_device()


@dataclass(frozen=True)
class Ran:
    """The leaves that an operator was called with, and what it gave; the leaves have their gradients."""

    leaves: list[Tensor]
    outputs: list[Tensor]


def run(op: Any, sample: Any, factor: float = 1) -> Ran:
    """Call an operator with leaves of its own, and run the engine with a random gradient for each output."""
    arguments = tree_map(partial(own, factor=factor), (sample.input, sample.args, sample.kwargs))
    seed()
    result = sample.output_process_fn_grad(op(arguments[0], *arguments[1], **arguments[2]))
    outputs = [each for each in tree_leaves(result) if isinstance(each, Tensor)]
    roots = [each if each.layout is torch.strided else each.to_dense() for each in outputs if each.requires_grad]
    if roots:
        torch.autograd.backward(
            roots, [torch.randn(root.shape, dtype=root.dtype, device=root.device) for root in roots]
        )
    leaves = [each for each in tree_leaves(arguments) if isinstance(each, Tensor) and each.requires_grad]
    return Ran(leaves, outputs)


def own(argument: Any, factor: float) -> Any:
    if not isinstance(argument, Tensor):
        return argument
    value = argument.detach() * factor if argument.requires_grad and factor != 1 else argument.detach()
    return value.requires_grad_(argument.requires_grad)


def same(one: Tensor | None, other: Tensor | None) -> bool:
    """Bit for bit the same, a NaN where the other has one."""
    if one is None or other is None:
        return one is other
    if (one.shape, one.dtype, one.layout) != (other.shape, other.dtype, other.layout):
        return False
    a, b = numbers(one), numbers(other)
    return bool(((a == b) | (a.isnan() & b.isnan())).all())


def close(one: Tensor | None, other: Tensor | None) -> bool:
    """The same up to rounding in double precision."""
    if one is None or other is None:
        return one is other
    return torch.allclose(numbers(one), numbers(other), rtol=1e-10, atol=1e-12, equal_nan=True)


def numbers(tensor: Tensor) -> Tensor:
    dense = tensor.detach() if tensor.layout is torch.strided else tensor.detach().to_dense()
    return dense.to(torch.complex64) if dense.dtype is torch.complex32 else dense


@dataclass(frozen=True)
class Recorded:
    """A recording of the same, and the values that it has of the outputs and of the leaves' gradients."""

    ran: Ran
    recorder: Recorder
    outputs: list[int | None]
    gradients: list[int | None]

    @property
    def tape(self) -> Tape:
        return self.recorder.tape

    def held(self, values: list[int | None]) -> list[Tensor | None]:
        return [None if value is None else self.tape.store.held[value] for value in values]


def record(op: Any, sample: Any, replayable: bool) -> Recorded:
    with Recorder(lambda filename: False, replayable=replayable) as recorder:
        ran = run(op, sample)
    value = recorder.tape.store.value
    gradients = [value(leaf.grad) for leaf in ran.leaves]
    return Recorded(ran, recorder, [value(output) for output in ran.outputs], gradients)


def replay_for(recorded: Recorded, leaves: list[Tensor]) -> Replayed:
    """A replay with these leaves; nothing that the recording took for constant comes out otherwise."""
    known = [index_of(recorded.tape, leaf) for leaf in recorded.ran.leaves]
    given = {index: leaf.detach().clone() for index, leaf in zip(known, leaves, strict=True) if index is not None}
    result = replay(recorded.recorder.program(lambda code, instruction: None), given)
    assert result.changed == ()
    return result


def came_out(recorded: Recorded, result: Replayed, ran: Ran) -> Iterator[tuple[Tensor | None, Tensor | None]]:
    """Outputs and gradients of a replay, and those of a run."""
    for value, output in zip(recorded.outputs, ran.outputs, strict=True):
        yield result.values[value], output
    for ours, leaf in zip(recorded.ran.leaves, ran.leaves, strict=True):
        yield result.gradients.get(index_of(recorded.tape, ours)), leaf.grad


def flowed(recorded: Recorded, result: Replayed) -> Iterator[tuple[Tensor | None, Tensor | None]]:
    """All that flowed in the passes of a replay, and of the recording."""
    steps = [step for each in recorded.tape.passes for step in each.steps]
    for value in {value for step in steps for value in (*step.grad_outputs, *step.grad_inputs)} - {None}:
        yield result.values[value], recorded.tape.store.held[value]


def index_of(tape: Tape, leaf: Tensor) -> int | None:
    """The tape's index of a leaf; None where the program never used it as one."""
    index = tape.store.find(leaf)
    return index if index in tape.leaves else None


def sums(tape: Tape, run: RawPass) -> Iterator[tuple[Tensor | None, Tensor | None]]:
    """The contributions to each node of a pass, added up as they came, and what the node received."""
    arrived: dict[tuple[int, int], list[Tensor]] = {}
    held = tape.store.held
    for step in run.steps:
        for slot, received in enumerate(step.grad_outputs):
            parts = arrived.get((step.node, slot), [])
            if step.node not in run.roots:
                total = None if not parts else list(accumulate(parts, add))[-1]
                yield total, None if received is None else held[received]
        for (linked, slot), value in zip(tape.nodes[step.node].next_functions, step.grad_inputs, strict=False):
            if linked is not None and value is not None:
                arrived.setdefault((tape.node(linked), slot), []).append(held[value])


def mismatches(plain: Ran, recorded: Recorded, agree: Any, agree_in_gradients: Any) -> list[str]:
    """Where a recording differs from the plain run, or does not add up."""
    gradients = [leaf.grad for leaf in plain.leaves]
    parts = [
        ("output", agree, zip(plain.outputs, recorded.held(recorded.outputs), strict=True)),
        ("gradient", agree_in_gradients, zip(gradients, recorded.held(recorded.gradients), strict=True)),
        (
            "sum",
            same if ON_CPU else close,
            (pair for each in recorded.tape.passes for pair in sums(recorded.tape, each)),
        ),
    ]
    return [what for what, equal, pairs in parts for one, other in pairs if not equal(one, other)]


def replay_mismatches(recorded: Recorded, agree: Any) -> list[str]:
    """Where a replay with the same leaves differs from the recording."""
    result = replay_for(recorded, recorded.ran.leaves)
    pairs = [*came_out(recorded, result, recorded.ran), *flowed(recorded, result)]
    return ["replay" for one, other in pairs if not agree(one, other)]


def mismatches_for_other_leaves(recorded: Recorded, other: Ran, agree: Any) -> list[str]:
    """Where a replay with the leaves of another run differs from that run."""
    pairs = came_out(recorded, replay_for(recorded, other.leaves), other)
    return ["other leaves" for one, other in pairs if not agree(one, other)]


def disagreements(op: Any, sample: Any, steady: Any) -> list[str]:
    """Where a recording of a sample, or its replay, differs from plain PyTorch."""
    name = name_of(op)
    replayed_as = close if name in ROUNDED else steady
    plain, recorded, replayable = run(op, sample), record(op, sample, False), record(op, sample, True)
    found = mismatches(plain, recorded, steady, steady)
    found += mismatches(plain, replayable, steady, replayed_as)
    found += replay_mismatches(replayable, steady)
    if name not in BESIDE_ITS_LEAF:
        found += mismatches_for_other_leaves(replayable, run(op, sample, OTHER), replayed_as)
    recorded.tape.release()
    replayable.tape.release()
    return found


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.filterwarnings("ignore")
def test_a_recording_and_its_replay_agree_with_plain_pytorch(name: str, record_property: Any) -> None:
    op, count, found = OPERATORS[name], 0, []
    for sample in samples_of(op):
        found += disagreements(op, sample, same if ON_CPU and name not in UNSTEADY else close)
        count += 1
    assert found == []
    if ON_CPU:
        assert count == listed()[name]
    else:
        exact = not any(disagreements(op, sample, same) for sample in samples_of(op))
        record_property("agreement", f"{count} samples, {'bit for bit' if exact else 'to rounding'}")


@of_the_cpu
@pytest.mark.parametrize("name", ROUNDED)
@pytest.mark.filterwarnings("ignore")
def test_what_agrees_to_rounding_only_would_not_agree_bit_for_bit(name: str) -> None:
    op = OPERATORS[name]
    found = (mismatches(run(op, sample), record(op, sample, True), same, same) for sample in samples_of(op))
    assert any(found)


@of_the_cpu
@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone can be told what memory is to hold")
def test_what_is_unsteady_depends_on_what_its_memory_held() -> None:
    zeroed, filled = (outputs_on_memory_of(byte) for byte in (0x00, 0xFE))
    assert outputs_on_memory_of(0x00) == zeroed
    assert [name for name in UNSTEADY if zeroed[name] == filled[name]] == []


def outputs_on_memory_of(byte: int) -> dict[str, list[str]]:
    """What the unsteady give in a process of its own, whose new memory holds this byte everywhere, in hexadecimal."""
    tunables = f"glibc.malloc.tcache_count=0:glibc.malloc.perturb={byte ^ 0xFF}"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import test_oracle_operators as t; t.print_unsteady()"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GLIBC_TUNABLES": tunables},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def print_unsteady() -> None:
    """Print, as JSON, the outputs of all samples of each unsteady operator."""
    ran = {name: [run(OPERATORS[name], sample) for sample in samples_of(OPERATORS[name])] for name in UNSTEADY}
    json.dump(
        {
            name: [numbers(each).contiguous().numpy().tobytes().hex() for one in runs for each in one.outputs]
            for name, runs in ran.items()
        },
        sys.stdout,
    )


@of_the_cpu
@pytest.mark.parametrize("name", BESIDE_ITS_LEAF)
def test_what_reads_beside_its_leaf_gives_something_else_for_a_leaf_alone(name: str) -> None:
    op = OPERATORS[name]
    pairs = (zip(run(op, each).outputs, run(op, each, OTHER).outputs, strict=True) for each in samples_of(op))
    assert any(not close(one * OTHER, other) for outputs in pairs for one, other in outputs)


@of_the_cpu
def test_the_list_names_every_differentiable_operator() -> None:
    assert list(listed()) == sorted(OPERATORS)
    assert {*ROUNDED, *UNSTEADY, *BESIDE_ITS_LEAF} <= set(OPERATORS)


@of_the_cpu
def test_the_page_counts_operators_and_samples() -> None:
    counted = re.search(r"\*\*([\d,]+) operators, ([\d,]+) samples\*\*", PAGE.read_text())
    assert counted is not None
    assert [int(number.replace(",", "")) for number in counted.groups()] == [len(listed()), sum(listed().values())]
