"""The text twin of a Document: every part is told, with six digits, and nothing that differs between machines."""

from __future__ import annotations

from dataclasses import replace

from backlight.model import document as d
from backlight.model.text import document_to_text

NOWHERE = {"line": None, "column": None, "end_line": None, "end_column": None, "source": 0}
LINE_1 = {"line": 1, "column": 4, "end_line": 1, "end_column": 9, "source": 0}


def scalar(number: int, data: d.Number) -> d.Value:
    return d.Value(number, [], "float32", data, None, None)


def node(number: int, kind: str, op: str | None, names: list[str]) -> d.Node:
    output = d.Output([], "float32", number, [])
    return d.Node(
        id=number, kind=kind, op=op, label=op or names[0], names=names, **LINE_1, calls=[], groups=[],
        requires_grad=True, outputs=[output], shape=[], dtype="float32", value=number, saved=[],
        arguments={"exponent": "2"} if op else {}, made_in=None, backward_of=None,
    )  # fmt: skip


EMPTY = d.Document(
    source="", seed=0, torch_version="2.13.0", sources=[], cells=[], error=None, stopped=None, values=[], nodes=[],
    edges=[], groups=[], passes=[], events=[], leaves=[], diagnostics=[], truncated=[], unseen=[],
    timing=d.Timing(1, 2, 3, 6),
)  # fmt: skip

HOOKED = d.Hooked(before=4, after=3, kind="tensor", where="grad_outputs", slot=0, **LINE_1)
NOTE = d.CellNote("`!ls` is left out.", 1)

DOUBLE = replace(
    EMPTY,
    cells=[d.Cell(0, 1, 3, "6.0\n", [d.CellWarning("Mind the gap. It is wide.", 2)], None, [NOTE])],
    values=[scalar(0, 3.0), scalar(1, 6.0), scalar(2, 1.0), scalar(3, 2.0000000123), scalar(4, "NaN")],
    nodes=[node(0, "leaf", None, ["x"]), node(1, "op", "PowBackward0", ["y", "z"])],
    edges=[d.Edge(0, 0, 1, 0, 0, True, None), d.Edge(1, 0, 1, 0, 1, False, "detach")],
    passes=[
        d.Pass(
            index=0, parent=None, **LINE_1, roots=[1], create_graph=False, retain_graph=True,
            steps=[d.Step(1, [2], [3, None], [d.Contribution(0, 3)], [HOOKED])],
            captured=[d.Captured(0, 0, 3, [])],
        )
    ],
    events=[
        d.ForwardEvent(0, **LINE_1, cell=0, node=1, values=[1]),
        d.BackwardEvent(1, **LINE_1, cell=0, node=1, pass_index=0, step=0),
        d.AccumulateEvent(2, **NOWHERE, cell=0, node=0, pass_index=0, before=None, added=3, after=3),
        d.PrintEvent(3, **NOWHERE, cell=0, text="6.0\n"),
    ],
    leaves=[d.Leaf("x", 0, 0, 3, None)],
    truncated=[d.Truncated("element data", "value_bytes", 8388608, 3)],
    unseen=[d.Unseen("thread", "A thread.", **LINE_1, node=None), d.Unseen("earlier", "A node.", **NOWHERE, node=1)],
)  # fmt: skip

DOUBLE_TEXT = """\
cells
  0 lines 1-3
    > 6.0
    note in line 1: `!ls` is left out.
    warning in line 2: Mind the gap

nodes
  0 leaf 'x' x at 1:4-9
    = 3 float32[]
  1 op PowBackward0 'PowBackward0' exponent=2 y, z at 1:4-9
    = 6 float32[]

edges
  0.0 -> 1.0
  0.0 -> 1.1 cut: detach

passes
  0 at 1:4-9 from [1] retain_graph
    1: 1 -> 2, none
      to 0.0: 2
      tensor hook on grad_outputs[0] at 1:4-9: NaN -> 2
    gives 0.0: 2

events
  0 forward at 1:4-9 node 1
  1 backward at 1:4-9 node 1, pass 0, step 0
  2 accumulate node 0: none + 2 -> 2
  3 print '6.0\\n'

leaves
  x (node 0) = 3, grad 2

truncated
  element data: 3 by value_bytes 8.38861e+06

unseen
  thread at 1:4-9: A thread.
  earlier node 1: A node.
"""


def test_an_empty_document_has_no_text() -> None:
    assert document_to_text(EMPTY.model_dump()) == ""


def test_every_part_is_told() -> None:
    assert document_to_text(DOUBLE.model_dump()) == DOUBLE_TEXT


def test_large_values_are_told_by_their_statistics() -> None:
    stats = d.Stats(0.0, 9.0, 4.5, 2.87, 16.88, 0, 0, 1)
    large = replace(DOUBLE, values=[d.Value(0, [10], "float32", None, None, stats), *DOUBLE.values[1:]])
    assert "x (node 0) = 10 elements, mean 4.5, norm 16.88, grad 2" in document_to_text(large.model_dump())


def test_complex_numbers_and_lists_are_written_out() -> None:
    pair = d.Value(0, [2], "complex64", [{"re": 1.0, "im": -2.0}, {"re": "NaN", "im": 0.0}], None, None)
    text = document_to_text(replace(DOUBLE, values=[pair, *DOUBLE.values[1:]]).model_dump())
    assert "= [1-2j, NaN+0j], grad 2" in text


def test_errors_and_limits_are_told() -> None:
    failed = d.CellError("ValueError", "enough. More is less.", 2, 0, 2, 5)
    stopped = d.Stopped("cpu_seconds", 5, 7, "The program ran for 5 seconds.")
    cells = [d.Cell(0, 1, 2, "", [], failed, [])]
    text = document_to_text(replace(EMPTY, cells=cells, error=failed, stopped=stopped).model_dump())
    assert "  ValueError at 2:0-5: enough\n" in text
    assert "cpu_seconds 5 in line 7: The program ran for 5 seconds." in text


def test_half_a_character_in_a_name_is_a_question_mark() -> None:
    document = replace(DOUBLE, nodes=[node(0, "leaf", None, ["x\ud800", "é"])])
    assert document.model_dump()["nodes"][0]["names"] == ["x?", "é"]
    assert document.model_dump() == replace(DOUBLE, nodes=[node(0, "leaf", None, ["x?", "é"])]).model_dump()
