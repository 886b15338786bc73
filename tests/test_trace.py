"""The Trace: the seam between torch and everything else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from backlight import pipeline
from backlight.model.request import TraceRequest
from backlight.parse import parse_program
from backlight.record import record_program, trace_to_text
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
c2 aten.ones_like.default() -> v2:float32[] line 4
c3 origin() -> v3:float32[] line 6 update
c4 aten.mul.Tensor(c3.0) -> v4:float32[] line 6 update
c5 aten.sub_.Tensor(c0.0*, c4.0) -> v5:float32[] line 6 update
a0 MulBackward0(0: a1.0, 1: a1.0) c1
a1 AccumulateGrad() leaf c0
pass 0 from a0
  a0: v6 -> v7 v8
  a1: v9 ->
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
