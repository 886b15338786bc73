"""The Document: what Backlight answers with, schema ``backlight/1``.

In: nothing; these are the values that `graph` and `explain` fill. Out: one JSON object, described
field by field in ``docs/trace-format.md``. It never holds a tensor, a frame or a path of this machine.
Ids are ordinal: ``document.nodes[i].id == i``, and likewise for values, edges, groups and events.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

import orjson

SCHEMA = "backlight/1"

Number = float | str | dict[str, float | str] | None
"""A number as JSON holds it: non-finite as a string, complex as ``{"re", "im"}``, null where undefined."""


EXACT_INTEGER = 2**53
"""Integers beyond this are strings, since JSON's readers keep numbers as doubles."""


def integer_as_json(value: int) -> int | str:
    """A whole number as the Document holds it."""
    return value if abs(value) <= EXACT_INTEGER else str(value)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of source text. Lines count from 1, columns from 0 in Unicode code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    source: int = 0


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics over the finite elements (population standard deviation, 2-norm), and counts of the others."""

    min: Number
    max: Number
    mean: Number
    std: Number
    norm: Number
    nan: int
    inf: int
    zero: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A value reduced to at most 256 cells: ``cells[row][column]`` is the mean of the block that it stands for."""

    rows: int
    columns: int
    cells: list[list[Number]]


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor as it was at one moment. ``data`` is nested lists of the given shape, or null where too large.

    ``layout`` is torch's: ``strided``, ``sparse_coo``, …; a ragged dimension of a nested tensor has size -1.
    """

    id: int
    shape: list[int]
    dtype: str
    data: Any
    picture: Picture | None
    stats: Stats | None
    layout: str = "strided"


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a node; ``value`` is a value id, ``names`` are those of the node's that are this output's."""

    shape: list[int]
    dtype: str
    value: int | None
    names: list[str]


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor that the forward pass kept for backward, at the version that it had then.

    Output ``output_nr`` of node ``node`` made it; ``freed`` is the event after which autograd let go of it.
    ``packed`` where a saved-tensor hook (a checkpoint's, say) took it in.
    """

    name: str
    value: int | None
    version: int
    node: int | None
    output_nr: int | None
    freed: int | None
    packed: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A leaf, a plain input, or an operation. ``op`` is autograd's own name where there is an autograd node.

    ``arguments`` are the operation's arguments that are no tensors, by their names in its ATen schema.
    ``made_in`` is the pass during which it was made, and ``backward_of`` the node whose backward made it.
    """

    id: int
    kind: Literal["leaf", "input", "op"]
    op: str | None
    label: str
    names: list[str]
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    calls: list[Place]
    groups: list[int]
    requires_grad: bool
    outputs: list[Output]
    shape: list[int] | None
    dtype: str | None
    value: int | None
    saved: list[Saved]
    arguments: dict[str, str]
    made_in: int | None
    backward_of: int | None


Cut = Literal["detach", "no_grad", "item", "copy", "integer", "non-differentiable"]


@dataclass(frozen=True, slots=True)
class Edge:
    """Data flows from ``source`` to ``target``; the gradient flows back, unless ``differentiable`` is false."""

    id: int
    source: int
    target: int
    output_nr: int
    input_nr: int
    differentiable: bool
    cut: Cut | None


@dataclass(frozen=True, slots=True)
class Group:
    """A box around nodes: a call of a module or function, a loop, one of its iterations, a cell; ``parent`` is an id.

    ``type`` is a module's class, and ``module`` the same for all calls of one module. ``number`` is which call of its
    module, iteration of its loop or cell of the program it is; null for a function, and for a loop as a whole.
    """

    id: int
    kind: Literal["module", "function", "loop", "cell"]
    name: str
    parent: int | None
    type: str | None
    module: int | None
    number: int | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """The gradient that flowed back along one edge."""

    edge: int
    value: int


HookKind = Literal["tensor", "node-prehook", "node", "module"]
GradientSide = Literal["grad_outputs", "grad_inputs"]


@dataclass(frozen=True, slots=True)
class Hooked:
    """A gradient that one of the user's hooks changed; both are value ids. It is in slot ``slot`` of ``where``."""

    before: int | None
    after: int | None
    kind: HookKind
    where: GradientSide
    slot: int
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int


@dataclass(frozen=True, slots=True)
class Step:
    """One node's turn in a run of the engine. Gradients are value ids, null where there was none."""

    node: int
    grad_outputs: list[int | None]
    grad_inputs: list[int | None]
    contributions: list[Contribution]
    hooked: list[Hooked]


@dataclass(frozen=True, slots=True)
class Captured:
    """A gradient that the pass gave to its caller: that of output ``output_nr`` of ``node``."""

    node: int
    output_nr: int
    value: int | None
    hooked: list[Hooked]


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of the autograd engine; ``parent`` is the pass that it ran inside."""

    index: int
    parent: int | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    roots: list[int]
    create_graph: bool
    retain_graph: bool
    steps: list[Step]
    captured: list[Captured]


@dataclass(frozen=True, slots=True)
class PastGradient:
    """The 2-norm of what a pass added to the ``.grad`` of a leaf; not finite where one of its elements is not."""

    node: int
    norm: Number


@dataclass(frozen=True, slots=True)
class PastPass:
    """A pass of which a long recording kept no more than this; those in ``passes`` came after all of these.

    ``roots`` are the numbers that it began at, null where one was no single real number.
    """

    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    roots: list[Number]
    gradients: list[PastGradient]


@dataclass(frozen=True, slots=True)
class Event:
    """What every event carries: its index in the timeline and its place in the program, where it has one."""

    index: int
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    cell: int | None


@dataclass(frozen=True, slots=True)
class ForwardEvent(Event):
    """A node's value was computed (or, for a leaf or an input, first seen)."""

    node: int
    values: list[int | None]
    kind: Literal["forward"] = "forward"


@dataclass(frozen=True, slots=True)
class BackwardEvent(Event):
    """The engine ran a node: ``passes[pass_index].steps[step]``."""

    node: int
    pass_index: int
    step: int
    kind: Literal["backward"] = "backward"


@dataclass(frozen=True, slots=True)
class AccumulateEvent(Event):
    """A gradient arrived at a leaf: its ``.grad`` went from ``before`` to ``after`` by ``added`` (value ids)."""

    node: int
    pass_index: int
    before: int | None
    added: int | None
    after: int | None
    kind: Literal["accumulate"] = "accumulate"


@dataclass(frozen=True, slots=True)
class RetainEvent(Event):
    """A tensor that is no leaf kept its gradient (``retain_grad``): its ``.grad`` went from ``before`` to ``after``."""

    node: int
    output_nr: int
    pass_index: int
    before: int | None
    added: int | None
    after: int | None
    kind: Literal["retain"] = "retain"


@dataclass(frozen=True, slots=True)
class GradClearedEvent(Event):
    """A leaf's ``.grad`` was set to zero or to None; ``after`` is null where it became None."""

    node: int
    before: int | None
    after: int | None
    kind: Literal["grad-cleared"] = "grad-cleared"


@dataclass(frozen=True, slots=True)
class GradChangedEvent(Event):
    """A leaf's ``.grad`` changed in another way than by accumulating or clearing: clipped, scaled, assigned."""

    node: int
    before: int | None
    after: int | None
    kind: Literal["grad-changed"] = "grad-changed"


@dataclass(frozen=True, slots=True)
class UpdateEvent(Event):
    """A leaf changed in place: one event for each parameter and optimizer step."""

    node: int
    before: int | None
    after: int | None
    kind: Literal["update"] = "update"


@dataclass(frozen=True, slots=True)
class PrintEvent(Event):
    """The program printed ``text``, or its cell showed its last expression."""

    text: str
    kind: Literal["print"] = "print"


@dataclass(frozen=True, slots=True)
class WarningEvent(Event):
    """Python or torch warned; torch's warnings from C++ included."""

    message: str
    kind: Literal["warning"] = "warning"


@dataclass(frozen=True, slots=True)
class Write:
    """``op`` wrote in place to memory that results of ``nodes`` lie on, and made it ``version``.

    ``node`` is its own, null where the graph has none; ``event`` says how many events came before it.
    """

    op: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    version: int
    node: int | None
    nodes: list[int]
    event: int


@dataclass(frozen=True, slots=True)
class ErrorEvent(Event):
    """A cell raised. ``writes``: where torch says that a saved tensor was written to, the calls that did so."""

    type: str
    message: str
    writes: list[Write] = field(default_factory=list[Write])
    kind: Literal["error"] = "error"


AnyEvent = (
    ForwardEvent
    | BackwardEvent
    | AccumulateEvent
    | RetainEvent
    | GradClearedEvent
    | GradChangedEvent
    | UpdateEvent
    | PrintEvent
    | WarningEvent
    | ErrorEvent
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that places point into; index 0 is the program."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CellWarning:
    """A warning raised while a cell ran."""

    message: str
    line: int | None


@dataclass(frozen=True, slots=True)
class CellError:
    """What a cell raised, and where."""

    type: str
    message: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int = 0


@dataclass(frozen=True, slots=True)
class CellNote:
    """What of a cell was left out because it is no Python (a magic, say), or does otherwise here (a clock)."""

    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of the program between ``# %%`` lines, and what a notebook would show under it."""

    index: int
    start_line: int
    end_line: int
    output: str
    warnings: list[CellWarning]
    error: CellError | None
    notes: list[CellNote]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The soft limit that ended the run, its value, and the line where that happened."""

    limit: str
    value: float
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """A leaf's gradient against finite differences, or the ``reason`` why that was not done."""

    max_error: Number
    ok: bool | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf at the program's end; ``value`` and ``grad`` are value ids."""

    name: str
    node: int
    value: int | None
    grad: int | None
    check: Check | None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something worth knowing about the program, with its numbers and what to do."""

    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    node: int | None
    evidence: dict[str, Any]
    fix: str | None


@dataclass(frozen=True, slots=True)
class Truncated:
    """Something that was cut: what, by which limit, and how many of them."""

    what: str
    limit: str
    value: float
    count: int


UnseenKind = Literal["thread", "process", "compiled", "scripted", "earlier"]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A part of the run of which not everything could be recorded: what it is, and what is missing for that."""

    kind: UnseenKind
    message: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    source: int
    node: int | None


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds spent in each stage; the only part of a Document that two runs do not share."""

    parse: float
    record: float
    graph: float
    total: float


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that one run of a program left behind."""

    source: str
    seed: int | str
    torch_version: str
    sources: list[Source]
    cells: list[Cell]
    error: CellError | None
    stopped: Stopped | None
    values: list[Value]
    nodes: list[Node]
    edges: list[Edge]
    groups: list[Group]
    passes: list[Pass]
    events: list[AnyEvent]
    leaves: list[Leaf]
    diagnostics: list[Diagnostic]
    truncated: list[Truncated]
    unseen: list[Unseen]
    timing: Timing
    past: list[PastPass] = field(default_factory=list[PastPass])
    schema: Literal["backlight/1"] = field(default=SCHEMA)

    def model_dump(self) -> dict[str, Any]:
        """The Document as the plain dict that its JSON holds."""
        return orjson.loads(self.to_json())

    def to_json(self) -> bytes:
        """The Document as UTF-8 JSON, without white space. Half a character in a name is a question mark."""
        try:
            return orjson.dumps(self)
        except TypeError:
            return orjson.dumps(_encodable(asdict(self)))


def _encodable(value: Any) -> Any:
    """The same value, with each text as UTF-8 can hold it: Python's may have lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_encodable(name): _encodable(each) for name, each in cast("dict[str, Any]", value).items()}
    return list(map(_encodable, cast("list[Any]", value))) if isinstance(value, list) else value
