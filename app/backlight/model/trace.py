"""The Trace: what torch did, forward and backward, in order. The seam between torch and everything else.

`record` fills it, `graph` reads it. No tensors: values by id, calls and autograd nodes by their
index. All that a later stage knows of torch, it knows from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backlight.model.document import (
    Cell,
    CellError,
    GradientSide,
    HookKind,
    Number,
    Place,
    Stopped,
    Truncated,
    UnseenKind,
    Value,
)


@dataclass(frozen=True, slots=True)
class Flow:
    """Where an argument came from: output ``output_nr`` of ``calls[call]``; ``requires_grad`` as it was at the time.

    ``as_number`` says that torch took the tensor's one element out, and used that; ``written_aside`` that the tensor
    holds what was written to another one on its memory (``h.data``), past its own history.
    """

    call: int
    output_nr: int
    requires_grad: bool
    as_number: bool = False
    written_aside: bool = False


@dataclass(frozen=True, slots=True)
class CallOutput:
    """A tensor that a call gave, with the autograd node that made it (None: no gradient flows through it).

    ``output_nr`` is which output of that node it is: what no gradient flows through is not always counted.
    ``value`` is None where the tensor is memory as it was found (``torch.empty``). ``names`` are its names as long as
    the call is what made what it holds.
    """

    value: int | None
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    node: int | None
    output_nr: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One ATen call, or the first sight of a tensor that no recorded call made (``op`` is then None).

    ``op`` is ``python.item`` and the like where the program took the content of its input out of the graph,
    ``torch.tensor`` where it copied a tensor so.

    ``role``: ``forward`` (part of the picture), or ``update`` (works on gradients and parameters, outside the graph).
    ``places`` are the user's frames, innermost first; ``names`` every name ever bound to the result,
    of which a reader knows it by ``called``;
    ``shown`` says that the program named or printed it; ``constants`` are the arguments that are no tensors.
    ``scope`` is the innermost that it was made in; ``is_known`` says that the program was seen making it there, and
    ``owners`` are the modules whose parameter or buffer it is, by their numbers.
    """

    index: int
    op: str | None
    role: Literal["forward", "update"]
    places: tuple[Place, ...]
    inputs: tuple[Flow, ...]
    outputs: tuple[CallOutput, ...]
    constants: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    called: str | None
    shown: bool
    is_leaf: bool
    grad_enabled: bool
    cell: int | None
    scope: int | None
    is_known: bool
    owners: tuple[int, ...]

    @property
    def has_node(self) -> bool:
        """Whether an autograd node made one of its outputs."""
        return any(output.node is not None for output in self.outputs)

    @property
    def is_blank(self) -> bool:
        """Whether no output has a value that is told."""
        return all(output.value is None for output in self.outputs)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a call was made in: a call of a module, an activation of a function, a loop, or an iteration of one.

    ``name`` is a module's path from the outermost module called, whose own is that in the program or its class;
    ``type`` is a module's class;
    ``subject`` numbers the modules, ``number`` is which call of its module it is, or which iteration of its loop.
    ``is_forward``: the module's own ``forward``, right inside its call.
    """

    kind: Literal["module", "function", "loop", "iteration"]
    name: str
    type: str | None
    parent: int | None
    subject: int | None
    number: int | None
    place: Place | None
    is_forward: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of ``next_functions``: gradient ``input_nr`` flows to output ``output_nr`` of node ``node``."""

    input_nr: int
    node: int
    output_nr: int


@dataclass(frozen=True, slots=True)
class SavedTensor:
    """A tensor that an autograd node keeps: its value (an id) and version when it was saved.

    ``call`` and ``output_nr`` tell what made it; ``packed``, that a saved-tensor hook took it in.
    """

    name: str
    value: int | None
    version: int
    call: int | None
    output_nr: int | None
    packed: bool


@dataclass(frozen=True, slots=True)
class AutogradNode:
    """One ``grad_fn``. ``calls`` are the calls that gave it; ``leaf`` is the leaf's call, for an AccumulateGrad.

    ``outputs`` are shape and dtype of each output that its forward call had. ``made_in`` is the pass during which
    it was made, ``backward_of`` the node whose backward made it: both None for a node of the forward pass.
    """

    index: int
    name: str
    links: tuple[Link, ...]
    calls: tuple[int, ...]
    leaf: int | None
    outputs: tuple[tuple[tuple[int, ...], str], ...]
    saved: tuple[SavedTensor, ...] = ()
    made_in: int | None = None
    backward_of: int | None = None


@dataclass(frozen=True, slots=True)
class TraceHooked:
    """A gradient, in slot ``slot`` on side ``where``, for which one of the user's hooks gave another (value ids)."""

    kind: HookKind
    where: GradientSide
    slot: int
    before: int | None
    after: int | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One node's turn in the engine: value ids of the gradients that came in and went out, by slot."""

    node: int
    grad_outputs: tuple[int | None, ...]
    grad_inputs: tuple[int | None, ...]
    hooked: tuple[TraceHooked, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceCaptured:
    """A gradient that a pass hands to its caller: of output ``output_nr`` of node ``node``."""

    node: int
    output_nr: int
    value: int | None
    hooked: tuple[TraceHooked, ...]


@dataclass(frozen=True, slots=True)
class TracePass:
    """One run of the engine, started at ``places``, from the nodes ``roots``."""

    index: int
    parent: int | None
    places: tuple[Place, ...]
    roots: tuple[int, ...]
    create_graph: bool
    retain_graph: bool
    steps: tuple[TraceStep, ...]
    captured: tuple[TraceCaptured, ...] = ()


@dataclass(frozen=True, slots=True)
class CallWrite:
    """A call that wrote in place to memory that the results of the calls ``on`` lie on, and made it ``version``.

    ``moment`` is how many happenings came before it.
    """

    call: int
    op: str
    version: int
    moment: int
    on: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline, before it is told in terms of graph nodes.

    ``call`` is the call of a ``forward``, or the leaf's call of ``grad-…`` and ``update``; ``pass_index`` and
    ``step`` point at the engine's step of ``backward`` and ``accumulate``. A ``retain`` has ``call`` and
    ``output_nr`` of the tensor that keeps its gradient, and the pass.
    ``before``, ``added`` and ``after`` are value ids; ``text`` and ``type`` carry prints, warnings and errors.
    ``writes`` are those of an error about a tensor that was written to.
    """

    kind: Literal[
        "forward",
        "backward",
        "accumulate",
        "retain",
        "grad-cleared",
        "grad-changed",
        "update",
        "print",
        "warning",
        "error",
    ]
    place: Place | None
    cell: int | None
    call: int | None = None
    pass_index: int | None = None
    step: int | None = None
    output_nr: int | None = None
    before: int | None = None
    added: int | None = None
    after: int | None = None
    text: str = ""
    type: str = ""
    writes: tuple[CallWrite, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceLeaf:
    """A leaf at the program's end: its call, its value and its ``.grad`` (value ids)."""

    call: int
    value: int
    grad: int | None


@dataclass(frozen=True, slots=True)
class TracePastGradient:
    """The 2-norm of what a forgotten pass added to the ``.grad`` of a leaf, which is told by its call."""

    call: int
    norm: Number


@dataclass(frozen=True, slots=True)
class TracePast:
    """A forgotten pass: what it began at, where that was a single real number, and the gradients that it gave."""

    place: Place | None
    roots: tuple[Number, ...]
    gradients: tuple[TracePastGradient, ...]


@dataclass(frozen=True, slots=True)
class TraceUnseen:
    """Something of which the recording could not see everything; ``node`` is an autograd node, or None."""

    kind: UnseenKind
    message: str
    place: Place | None
    node: int | None


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything recorded in one run. ``unseen`` are the places of passes inside of function transforms.

    ``drawn`` are the calls that have a place in the picture; of the others no value is told.
    """

    torch_version: str
    values: tuple[Value, ...]
    calls: tuple[Call, ...]
    drawn: frozenset[int]
    nodes: tuple[AutogradNode, ...]
    passes: tuple[TracePass, ...]
    happenings: tuple[Happening, ...]
    leaves: tuple[TraceLeaf, ...]
    cells: tuple[Cell, ...]
    error: CellError | None
    stopped: Stopped | None
    truncated: tuple[Truncated, ...]
    scopes: tuple[Scope, ...]
    unseen: tuple[Place, ...] = ()
    out_of_sight: tuple[TraceUnseen, ...] = ()
    past: tuple[TracePast, ...] = ()
