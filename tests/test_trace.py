"""The Trace: the seam between torch and everything else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from backlight import pipeline
from backlight.errors import BacklightError
from backlight.model.request import TraceRequest
from backlight.parse import parse_program
from backlight.record import OpenRecorder, record_program, trace_to_text
from backlight.settings import Settings
from sample_programs import NAMESPACE

PROGRAM = """\
import torch
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
with torch.no_grad():
    x -= 0.1 * x.grad
"""

EXPECTED = """\
c0 origin() -> v0:float32[] line 2 leaf x
c1 aten.mul.Tensor(c0.0*, c0.0*) -> v1:float32[] line 3 y
c2 aten.ones_like.default() -> -:float32[] line 4
c3 origin() -> -:float32[] line 6 update
c4 aten.mul.Tensor(c3.0) -> -:float32[] line 6 update
c5 aten.sub_.Tensor(c0.0*, c4.0) -> -:float32[] line 6 update
a0 MulBackward0(0: a1.0, 1: a1.0) c1
a1 AccumulateGrad() leaf c0
pass 0 from a0
  a0: v2 -> v3 v4
  a1: v5 ->
"""


def test_a_trace_reads_as_what_torch_did() -> None:
    program = parse_program(TraceRequest(source=PROGRAM), Settings())
    assert trace_to_text(record_program(program, Settings(), NAMESPACE, 0)) == EXPECTED


def test_the_graph_is_built_without_torch() -> None:
    code = "import sys, backlight.graph, backlight.model.trace; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("def f(n):\n    return f(n + 1)\nf(0)", "f(n + 1)"),
        ("class A:\n    def f(self, é): return self.f(é)\nA().f(1)", "self.f(é)"),
        ("def f():\n    for i in range(3):\n        f()\nf()", "f()"),
    ],
)
def test_recursion_without_end_ends_at_a_call(source: str, call: str) -> None:
    error = pipeline.trace_document(TraceRequest(source=source), Settings(), NAMESPACE).error
    assert error is not None
    assert error.type == "RecursionError"
    assert error.line is not None
    assert error.line == error.end_line
    assert source.split("\n")[error.line - 1][error.column : error.end_column] == call


@pytest.mark.parametrize("source", [PROGRAM, "import torch\n1/0", "import torch\n(", "import os"])
def test_a_prepared_pipeline_answers_as_any_and_leaves_torch_as_it_was(source: str) -> None:
    request = TraceRequest(source=source, seed=3)

    def answer(run: Callable[[], bytes]) -> object:
        try:
            return json.loads(run()) | {"timing": None}
        except BacklightError as error:
            return str(error), error.place

    expected = answer(lambda: pipeline.run(request, Settings(), NAMESPACE))
    before = pipeline.find_residue()
    prepared = pipeline.Prepared(Settings(), NAMESPACE)
    assert pipeline.find_residue() != before
    assert answer(lambda: prepared.run(request)) == expected
    prepared.close()
    assert pipeline.find_residue()[1:] == before[1:]


def test_once_a_program_has_run_its_last_code_finds_classes_that_cannot_be_written_to() -> None:
    writable = [False]
    seen: list[bool] = []

    @contextmanager
    def while_they_are(state: bool) -> Generator[None]:
        writable.append(state)
        yield
        writable.pop()

    namespace = replace(
        NAMESPACE,
        opened=lambda _: while_they_are(True),
        fixed=lambda: while_they_are(False),
        over=lambda: seen.append(writable[-1]),  # called once the program has run
        end=lambda: seen.append(writable[-1]),  # and once it is told
    )
    program = parse_program(TraceRequest(source=PROGRAM), Settings())
    opened = OpenRecorder(Settings(), namespace)
    record_program(program, Settings(), namespace, 0, opened)
    assert seen == [False, False]
    assert writable == [False, True, False]  # until its process ends
    opened.close()
    assert writable == [False]


def test_a_pipeline_prepared_in_vain_leaves_torch_as_it_was() -> None:
    before = pipeline.find_residue()
    prepared = pipeline.Prepared(Settings(), NAMESPACE)
    prepared.close()
    prepared.close()
    assert pipeline.find_residue() == before
