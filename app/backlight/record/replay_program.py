"""Replay program: a recording as a list of ATen calls that can be made again, with other leaves.

In: entries, in the order of the recording; tensors are numbers, and a number stands for one tensor on one storage.
Out: the same as data and as text, a line for each entry. `replayable` writes it, `replay` runs it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, cast

import torch

from backlight.model.document import Place
from backlight.record.chance import Chance


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor among the arguments of a call. Some kernels ask whether it requires grad."""

    tensor: int
    requires_grad: bool

    def __repr__(self) -> str:
        return f"t{self.tensor}"


class Geometry(NamedTuple):
    """How a strided tensor lies on its storage: strides and offset in elements."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    dtype: torch.dtype
    conj: bool
    neg: bool


@dataclass(frozen=True, slots=True)
class Constant:
    """First sight of a tensor that no call made: its storage as it was then.

    ``geometry`` is None where the tensor is not strided (sparse, say); ``content`` is then the tensor itself.
    """

    tensor: int
    content: torch.UntypedStorage | torch.Tensor
    geometry: Geometry | None
    place: int


@dataclass(frozen=True, slots=True)
class Alias:
    """First sight of a tensor that no call made, on the storage of a known one.

    An unpacked saved tensor, ``.data``, or a leaf whose ``.data`` was assigned. Without a geometry it is all of it.
    """

    tensor: int
    base: int
    geometry: Geometry | None


@dataclass(frozen=True, slots=True)
class ReplayCall:
    """An ATen call with its complete arguments.

    ``outputs`` are the tensors of its result, in order; ``answer`` is what else Python got to know by it: numbers,
    or shapes that depend on elements. ``chance`` is where the default generator stood, for a random call. Inside of a
    pass, ``node`` is the autograd node that ran; None where the engine itself summed contributions up.
    """

    op: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: tuple[int, ...]
    answer: Any
    chance: Chance | None
    grad_enabled: bool
    place: int
    pass_index: int | None
    node: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """Here the recording took note of what a tensor holds, under the tape's value id."""

    value: int
    tensor: int


@dataclass(frozen=True, slots=True)
class Escape:
    """The program read the elements of a tensor where no call sees it: ``tolist``, ``numpy``."""

    tensor: int
    reason: str
    content: torch.Tensor
    place: int


Entry: TypeAlias = Constant | Alias | ReplayCall | Note | Escape


@dataclass(frozen=True, slots=True)
class ReplayLeaf:
    """A leaf: index and value id of its first use, both the tape's; its tensor here, and its ``.grad`` at the end."""

    index: int
    value: int
    tensor: int
    grad: int | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """Where elements became something that a replay cannot follow; it goes on with what it was in the recording.

    ``reason`` is ``item`` (numbers and conditions too), ``tolist``, ``numpy``, ``shape``, or, for a tensor that
    came from outside or from Python's data, ``data``. ``entry`` is its position in the program.
    """

    reason: str
    entry: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class ReplayProgram:
    """All that it takes to make the calls of a recording again. Its constants are its own copies.

    ``overwritten`` are the value ids whose memory is written to later; ``places`` are the user's frames by key.
    """

    entries: tuple[Entry, ...]
    leaves: tuple[ReplayLeaf, ...]
    tensors: int
    overwritten: frozenset[int]
    places: tuple[tuple[Place, ...], ...]

    @property
    def constants(self) -> tuple[Frozen, ...]:
        """What a replay takes over from the recording as it was, in order; leaves are none."""
        given = {leaf.tensor for leaf in self.leaves}
        return tuple(
            self.frozen(number)
            for number, entry in enumerate(self.entries)
            if reason_of(entry) is not None and not (isinstance(entry, Constant) and entry.tensor in given)
        )

    def frozen(self, number: int) -> Frozen:
        """What the entry at this position froze, and where."""
        entry = self.entries[number]
        return Frozen(reason_of(entry) or "", number, self.place(entry))

    def place(self, entry: Entry) -> Place | None:
        """The innermost of the user's places at which an entry was made."""
        places = () if isinstance(entry, Alias | Note) else self.places[entry.place]
        return places[0] if places else None


def reason_of(entry: Entry) -> str | None:
    """Why a replay does not follow what came of an entry; None where it does."""
    if isinstance(entry, ReplayCall) and entry.answer is not None:
        return "shape" if is_shaped_by_elements(entry.op) else "item"
    if isinstance(entry, Escape):
        return entry.reason
    return "data" if isinstance(entry, Constant) else None


@functools.cache
def is_shaped_by_elements(op: Any) -> bool:
    """Whether the shape of an operator's result depends on elements of its arguments, as that of ``nonzero`` does."""
    return torch.Tag.dynamic_output_shape in op.tags


def tensors_within(result: Any) -> list[torch.Tensor]:
    """The tensors of a call's result, in order, those in lists included."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, list | tuple):
        return [tensor for member in cast("list[Any]", result) for tensor in tensors_within(member)]
    return []


def answer_of(op: Any, result: Any) -> Any:
    """What Python gets to know of elements by a call, beside tensors; None where that is nothing."""
    if is_shaped_by_elements(op):
        return tuple(tuple(tensor.shape) for tensor in tensors_within(result))
    return (result,) if tells_elements(op) else None


@functools.cache
def tells_elements(op: Any) -> bool:
    """Whether the result of an operator is made of elements and is no tensor, as that of ``item`` and ``equal``."""
    return torch.Tag.data_dependent_output in op.tags


def program_to_text(program: ReplayProgram) -> str:
    """One line for each entry; a leaf is marked where it gets the value that is given for it."""
    leaves = {leaf.value: leaf.index for leaf in program.leaves}
    lines = [_entry(entry, program.place(entry), leaves) for entry in program.entries]
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, place: Place | None, leaves: Mapping[int, int]) -> str:
    line = f"  line {place.line}" if place else ""
    if isinstance(entry, Constant):
        shape = entry.geometry.shape if entry.geometry else tuple(entry.content.shape)  # type: ignore[union-attr]
        return f"t{entry.tensor} = constant {list(shape)}{line}"
    if isinstance(entry, Alias):
        lies = entry.geometry and f" as_strided({list(entry.geometry.shape)}, {list(entry.geometry.stride)})"
        return f"t{entry.tensor} = alias of t{entry.base}{lies or ''}"
    if isinstance(entry, Note):
        return f"v{entry.value} = t{entry.tensor}" + (" leaf" if entry.value in leaves else "")
    if isinstance(entry, Escape):
        return f"{entry.reason}(t{entry.tensor}){line}"
    return _call(entry) + line


def _call(call: ReplayCall) -> str:
    arguments = ", ".join(_arguments(call))
    results = ", ".join(f"t{tensor}" for tensor in call.outputs)
    given = f"{results} = " if results else "" if call.answer is None else f"{call.answer!r} = "
    node = "" if call.node is None else f" a{call.node}"
    ran = "" if call.pass_index is None else f"  pass {call.pass_index}{node}"
    return f"{given}{call.op}({arguments}){ran}"


def _arguments(call: ReplayCall) -> Iterator[str]:
    yield from map(repr, call.args)
    yield from (f"{name}={value!r}" for name, value in call.kwargs.items())
