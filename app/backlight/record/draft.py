"""Draft: a Call of the Trace while `finish` is still reading the log.

In: what the log says of a call. Out: its parts, with tensors and values as the tape numbers them; names and the
mark of a leaf may come later than the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from backlight.model.document import Place
from backlight.model.trace import Call, CallOutput, Flow
from backlight.record.entries import LoggedNames
from backlight.record.given_names import add_names

Role = Literal["forward", "update"]

WORKSPACES = {"mkldnn_rnn_layer": 3, "_cudnn_rnn": 3, "cudnn_batch_norm": 3, "_ctc_loss": 1}
"""Operators that give, at this position, memory for their own backward, which they fill in part or not at all."""


class Draft:
    """A Call while names and the mark of a leaf may still be added to it."""

    def __init__(self, index: int, op: str | None, role: Role, place: int, cell: int | None) -> None:
        self.index = index
        self.op = op
        self.role: Role = role
        self.place = place
        self.cell = cell
        self.inputs: list[Flow] = []
        self.outputs: list[tuple[int, int, int | None]] = []  # tensor, the tape's value id, autograd node
        self.output_nrs: list[int] = []  # which output of that node; where it is none, all are the first
        self.constants: tuple[tuple[str, str], ...] = ()
        self.names: list[str] = []
        self.is_leaf = False
        self.is_of_graph = False  # made of a leaf, along whatever way
        self.shown = False
        self.grad_enabled = True
        self.is_initialised = False
        self.hidden: list[int] = []  # positions of results with elements that nobody has written
        self.scope: int | None = None
        self.is_known = op is not None  # the program was seen making it

    @property
    def has_node(self) -> bool:
        """Whether an autograd node made one of its outputs."""
        return any(node is not None for _, _, node in self.outputs)

    @property
    def is_blank(self) -> bool:
        """Whether no output has a value that may be told."""
        return all(value < 0 or self.is_uninitialised(at) for at, (_, value, _) in enumerate(self.outputs))

    @property
    def is_detach(self) -> bool:
        """Whether this is a ``detach``."""
        return self.op is not None and self.op.startswith("aten.detach")

    def is_uninitialised(self, position: int) -> bool:
        """Whether a result is memory as it was found, which no Document may show."""
        if self.is_leaf or self.is_initialised:
            return False
        if self.op is None or position in self.hidden:
            return position in self.hidden
        return self.op.split(".")[1].startswith(("empty", "new_empty")) or is_workspace(self.op, position)

    def note_write(self, later: Sequence[Draft]) -> bool:
        """Note a write to a leaf, through ``w.data``, say. Tells whether its memory was as it was found until now.

        ``later`` are the calls since: where one used what was there, it counts.
        """
        if not self.is_leaf or self.is_initialised or not (self.op or "").startswith(("aten.empty", "aten.new_empty")):
            return False
        self.is_initialised = True
        used = (flow.call == self.index for each in later if not each.is_detach for flow in each.inputs)
        return not any(used)

    def name(self, entry: LoggedNames, nowhere: int) -> None:
        """Its output got names. A gradient, which has no place, stands where it got the first."""
        self.shown = self.shown or entry.shown
        add_names(self.names, entry.names)
        if self.role == "update" and self.place == nowhere:
            self.place = entry.place

    def name_after(self, names: Iterable[str]) -> None:
        """It is known by the names of what it was written through."""
        add_names(self.names, [*names])
        self.shown = self.shown or bool(self.names)

    def become_leaf(self, tensor: int, value: int) -> None:
        """It stands for a leaf, which holds this value."""
        self.is_leaf = True
        self.outputs[:] = [(tensor, value, None)]

    def initialise(self, tensor: int, value: int) -> None:
        """What its output held at first was nothing: it counts as having this value."""
        self.is_initialised = True
        self.outputs[:] = [(tensor, value, None)]

    @property
    def numbers(self) -> list[int]:
        """Which output of its node each output is; the first, where that is not known of all of them."""
        known = len(self.output_nrs) == len(self.outputs)
        return self.output_nrs if known else [0] * len(self.outputs)

    def own(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of a tensor's names that it had while this was what made what it holds."""
        return tuple([name for name in names if name in self.names])

    def makes_only(self, tensor: int) -> bool:
        """Whether this tensor is its one output: not one of several, nor a view of it."""
        return [each for each, _, _ in self.outputs] == [tensor]

    def finished(
        self,
        places: tuple[Place, ...],
        outputs: tuple[CallOutput, ...],
        owners: dict[int, tuple[int, ...]],
        called: Callable[[int], str | None],
    ) -> Call:
        """The Call, when nothing more will be added. ``owners`` are the modules that tensors belong to.

        ``called`` tells what a reader knows a tensor by.
        """
        name = called(self.outputs[0][0]) if self.outputs else None
        is_given = self.outputs and (self.is_leaf or self.op is None)
        return Call(
            index=self.index,
            op=self.op,
            role=self.role,
            places=places,
            inputs=tuple(self.inputs),
            outputs=outputs,
            constants=self.constants,
            names=tuple(self.names),
            called=name if name in self.names else None,
            shown=self.shown,
            is_leaf=self.is_leaf,
            grad_enabled=self.grad_enabled,
            cell=self.cell,
            scope=self.scope,
            is_known=self.is_known,
            owners=owners.get(self.outputs[0][0], ()) if is_given else (),
        )


def is_workspace(op: str, position: int) -> bool:
    """Whether the output of an operator at this position is memory for its own backward."""
    return WORKSPACES.get(op.split(".")[1]) == position
