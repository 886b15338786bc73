"""Entries: what the log of a tape is made of, and the passes beside it; raw: tensors, values and nodes by number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from backlight.model.document import GradientSide, HookKind
from backlight.record.scopes import Scope
from backlight.record.stands import Stand
from backlight.record.store import UNKNOWN


@dataclass(frozen=True, slots=True)
class Keeping:
    """A name under which a node keeps a tensor, and which one of its call that is.

    ``what``: ``input`` and ``output`` by position; ``copy``, one of an input that the call then overwrites;
    ``number``, the argument at a position of the schema; ``other``, a tensor of the operator's own, or an argument that
    the call wrote to.
    """

    name: str
    what: Literal["input", "output", "copy", "number", "other"]
    position: int


Pattern = tuple[Keeping, ...]
PASSING = 1_000_000
"""What is added to the depth of names in passing: any other is better known."""


@dataclass(slots=True)
class LoggedCall:
    """An ATen call. Tensors by index; ``nodes`` holds an autograd node for each output, filled in by `Tape.settle`.

    ``output_nrs`` says which output of that node each of them is.
    A write to a view counts as a write to its base, whose history autograd rebases: ``outputs`` then holds the
    base, and ``views`` what was written through. The same goes for what was detached of a part (``h[0].detach()``),
    where ``whole`` is the base. The last ``numbers`` of the inputs went in as Python numbers.
    """

    func: Any
    inputs: list[int]
    requires_grad: list[bool]
    constants: list[tuple[int | str, Any]]
    outputs: list[int]
    output_values: list[int]
    nodes: list[int] | None = None
    place: int = 0
    cell: int | None = None
    grad_enabled: bool = True
    updates_leaf: bool = False
    views: list[int] | None = None
    numbers: int = 0
    scope: Scope | None = None
    made_in: tuple[int, Any] | None = None  # the pass that runs, and the node whose backward makes the call
    first_node: int | None = None  # the nodes that it made are this one and those after it
    saves: list[Pattern] | None = None  # what each of them keeps
    saved_values: list[tuple[int, int, int]] | None = None  # of a custom Function's: position, tensor, value
    output_nrs: list[int] | None = None
    faces: list[int] | None = None  # others on the elements that it wrote to, or of the whole, past their own history
    parts: list[int] | None = None  # those that have some of these elements
    whole: int | None = None
    version: int | None = None  # of what it wrote to in place, before it did
    own_values: list[tuple[int, int, int, int]] | None = None  # of ``other`` ones: node, which of it, tensor, value
    stand: Stand | None = None


@dataclass(slots=True)
class LoggedOrigin:
    """First sight of a tensor that no logged call made. ``base`` is a known tensor on the same storage.

    ``node`` is the autograd node that made it, where it was made before the recording began or out of its sight.
    """

    tensor: int
    value: int
    base: int | None
    is_gradient: bool
    place: int
    cell: int | None
    node: int = UNKNOWN
    scope: Scope | None = None
    stand: Stand | None = None


@dataclass(slots=True)
class LoggedView:
    """Autograd made a view's history anew, as ``node``, after a write (at ``place``) to what it is a view of."""

    tensor: int
    value: int
    node: int
    place: int
    cell: int | None


@dataclass(slots=True)
class LoggedStatistics:
    """The last call wrote running mean and variance, which its schema does not say: tensors and value ids."""

    statistics: list[tuple[int, int]]
    place: int
    cell: int | None


@dataclass(slots=True)
class LoggedExit:
    """The program took a tensor's content out of the graph, as a number, a list or an array: ``how`` says by what."""

    how: str
    tensor: int
    value: int
    requires_grad: bool
    place: int
    cell: int | None
    names: list[str]
    scope: Scope | None = None
    stand: Stand | None = None


@dataclass(slots=True)
class LoggedLeaf:
    """First use of a tensor as a leaf: what autograd will accumulate a gradient for."""

    tensor: int
    value: int


@dataclass(slots=True)
class LoggedNames:
    """The tensor got these names (or was shown: ``names`` is then empty).

    ``shown`` is false where the names are a buffer's, which the program did not ask for; ``depth`` is how many of the
    user's functions ran where it got them, and `PASSING` more for a loop's variable or a function's parameter.
    """

    tensor: int
    names: tuple[str, ...]
    place: int
    shown: bool = True
    depth: int = 0


@dataclass(slots=True)
class LoggedStep:
    """The engine ran ``node``: value ids of the gradients that came in and that it gave; ``accumulated`` for a leaf."""

    pass_index: int
    step: int
    accumulated: tuple[int | None, int | None] | None


@dataclass(slots=True)
class LoggedRetain:
    """A tensor that is no leaf kept its gradient: value ids of ``.grad`` before, of what arrived, and of ``.grad``."""

    tensor: int
    output_nr: int
    pass_index: int
    before: int | None
    added: int | None
    after: int | None


@dataclass(slots=True)
class LoggedHeld:
    """What a node from before the recording keeps under a name when a pass comes to it; ``tensor`` only if known."""

    node: int
    name: str
    tensor: int | None
    value: int | None
    is_packed: bool


@dataclass(slots=True)
class LoggedUnseen:
    """The nodes that were made where no call was seen, and in which pass, by whose backward: see `passes.UNLIKE`."""

    nodes: list[int]
    made_in: tuple[int, Any]


@dataclass(slots=True)
class LoggedPacking:
    """From here on saved-tensor hooks take in what nodes save, or do no longer."""

    is_on: bool


@dataclass(slots=True)
class LoggedChange:
    """A leaf changed outside the graph: ``kind`` is that of the event; before and after are value ids."""

    kind: str
    tensor: int
    before: int | None
    after: int | None
    place: int
    cell: int | None


@dataclass(slots=True)
class LoggedMessage:
    """The program printed, warned or raised."""

    kind: str
    text: str
    type: str
    place: Any
    cell: int | None


@dataclass(slots=True)
class RawHooked:
    """A gradient, in a slot on one side of a node, for which a hook of the user's gave another; value ids."""

    kind: HookKind
    where: GradientSide
    slot: int
    place: int
    before: int | None = None
    after: int | None = None


@dataclass(slots=True)
class RawStep:
    """One node's turn in the engine, gradients as value ids."""

    node: int
    grad_outputs: list[int | None]
    grad_inputs: list[int | None]
    hooked: list[RawHooked]


@dataclass(slots=True)
class RawCaptured:
    """A gradient that a pass hands to its caller."""

    node: int
    output_nr: int
    value: int | None
    hooked: list[RawHooked]


@dataclass(slots=True)
class RawPass:
    """One run of the engine, while it is being recorded."""

    index: int
    parent: int | None
    place: int
    cell: int | None
    roots: list[int]
    create_graph: bool
    retain_graph: bool
    steps: list[RawStep]
    captured: list[RawCaptured] = field(default_factory=list[RawCaptured])
