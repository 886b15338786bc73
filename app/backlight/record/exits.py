"""Exits: where the program takes numbers and arrays out of the graph, by ``item()``, ``float(x)``, ``tolist()``, ….

In: the conversions that the user's own frames ask for; torch's printing and the like pass unnoticed. Out: exit
entries on the tape. A number is known again by its identity when it gets a name right after.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

import torch

from backlight.record import asked, exposure
from backlight.record.entries import LoggedExit, LoggedNames
from backlight.record.replaced import replaced
from backlight.record.store import address_of
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, is_transformed, unnoticed

EXITS = {
    "item": "item",
    "tolist": "tolist",
    "numpy": "numpy",
    "__array__": "numpy",
    "__dlpack__": "dlpack",
    "__float__": "float",
    "__int__": "int",
    "__index__": "int",
    "__complex__": "complex",
    "__bool__": "bool",
}
"""The conversions of a tensor, and what people call them."""
ARRAYS = {"numpy", "dlpack"}
"""Those that share the tensor's memory."""
NUMBERS = {bool: torch.bool, int: torch.int64, float: torch.float64, complex: torch.complex128}
"""The dtypes that hold Python's own numbers."""
OWN = {__file__, exposure.__file__}
"""Files whose frames stand between the user's and the conversion, also those of a recording around this one."""
REMEMBERED = 16
"""Results that may still get a name."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What a conversion gave, its entry on the tape, and the line that asked for it."""

    given: Any
    entry: LoggedExit
    line: int | None


class Exits:
    """Notes what leaves the graph, and the names that it gets."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._recent: deque[_Result] = deque(maxlen=REMEMBERED)

    def watching(self) -> AbstractContextManager[None]:
        """See the conversions until the context ends."""
        return replaced(torch.Tensor, {name: partial(self._noting, how) for name, how in EXITS.items()})

    def name(self, value: Any, names: tuple[str, ...], line: int | None) -> None:
        """Note that ``value`` got names in ``line``, where it is what a conversion has just given.

        Small integers and booleans are one object wherever they come from, so that they count in their line alone.
        """
        for result in self._recent:
            if result.given is value and (result.line == line or not isinstance(value, int)):
                result.entry.names += [name for name in names if name not in result.entry.names]

    def _noting(self, how: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def convert(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
            while frame is not None and frame.f_code.co_filename in OWN:
                frame = self._tape.places.outside(frame)
            if frame is None or not self._is_noted(tensor, frame):
                return original(tensor, *args, **kwargs)
            given = original(tensor, *args, **kwargs)
            self._note(how, tensor, given, frame)
            return given

        return convert

    def _is_noted(self, tensor: torch.Tensor, frame: FrameType) -> bool:
        tape = self._tape
        if tape.is_off() or not tape.places.is_of_user(frame) or is_transformed(tensor):
            return False
        return torch.is_grad_enabled() or not (tape.running or tape.inside_function)

    @unnoticed
    def _note(self, how: str, tensor: torch.Tensor, given: Any, frame: FrameType) -> None:
        tape = self._tape
        tape.settle()
        if tape.stopped:
            return
        place = tape.places.of(frame)
        scope = tape.scopes.current()
        index = tape.origin(tensor, place)
        if how == "bool" and tensor.dtype is torch.bool:
            tape.log.append(LoggedNames(index, (), place))  # the comparison that is asked for stands for the question
            return
        value = self._value(index, tensor, given)
        entry = LoggedExit(how, index, value, tensor.requires_grad, place, tape.cell, [], scope, tape.places.stand)
        tape.log.append(entry)
        self._recent.append(_Result(given, entry, frame.f_lineno))
        if how in ARRAYS and asked.element_count(tensor):
            tape.shared[address_of(tensor)] = index

    def _value(self, index: int, tensor: torch.Tensor, given: Any) -> int:
        """The value id of what the conversion gave: that of the tensor, unless it is another number, as by ``int``."""
        store = self._tape.store
        dtype = next((dtype for kind, dtype in NUMBERS.items() if type(given) is kind), None)
        if dtype is not None and (asked.dimensions(tensor) or not isinstance(given, kind_of(tensor.dtype))):
            with aside():
                index = store.know(torch.tensor(given, dtype=dtype))
        return store.current[index]


def kind_of(dtype: torch.dtype) -> type:
    """Python's type for the numbers of a dtype."""
    if dtype is torch.bool:
        return bool
    return complex if dtype.is_complex else float if dtype.is_floating_point else int
