"""Fixed: the classes of torch, NumPy and Python that programs meet cannot be written to, by whatever way.

In: these classes. Out: each has the mark by which Python knows its own built-in ones, so that setting an attribute of
it is a TypeError: a method of the library that is called with a class as its ``self``, too. What torch itself changes
of classes it still may.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch._lobpcg import LOBPCG  # pyright: ignore[reportPrivateUsage]
from torch.distributions import Distribution
from torch.nn import parameter
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.utils import parametrize
from torch.optim import Optimizer
from torch.utils.checkpoint import DefaultDeviceType
from torch.utils.hooks import RemovableHandle

from backlight.sandbox.lasting import Lasting, classes_of, find_lasting, read_only

IMMUTABLE = 1 << 8
"""``Py_TPFLAGS_IMMUTABLETYPE``, of Python 3.10 and later."""
HEAP = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE``: the others are immutable anyway."""
CHANGED_ANYWAY: tuple[type, ...] = (RemovableHandle, DefaultDeviceType, LOBPCG, weakref.finalize)
"""Classes that torch and Python write to now and then: they cannot be fixed."""
_WORD = ctypes.sizeof(ctypes.c_ulong)
_TRIED = range(8 * _WORD, 48 * _WORD, _WORD)
"""Where in a class its flags may lie."""


class Fixed:
    """The classes that are fixed, in this process and those that are forked from it."""

    def __init__(self, for_good: bool) -> None:
        self._offset = find_flags()
        self._open: list[ctypes.c_ulong] = []  # the flags of those that are fixed and may be written to now
        self._for_good = for_good
        if for_good:
            self._let_torch_change_what_it_must()

    def survey(self, lent: Iterable[Any]) -> Lasting:
        """What of the lent can be written to: for good, after its classes are fixed and their tables read-only."""
        if self._for_good:
            kinds = classes_of(lent, CHANGED_ANYWAY)
            read_only(kinds)
            self.fix(kinds)
        lasting = find_lasting(lent)
        lasting.attributes += map(vars, CHANGED_ANYWAY)
        return lasting

    def fix(self, kinds: Iterable[type]) -> None:
        """From now on these are fixed."""
        for kind in kinds:
            if kind.__flags__ & HEAP:
                self._flags(kind).value |= IMMUTABLE

    def _let_torch_change_what_it_must(self) -> None:
        """Modules and parameters become of another class, and each class of optimizers is changed at its first use."""
        changing: tuple[Any, ...] = LazyModuleMixin, cast("Any", parameter).UninitializedTensorMixin
        for kind in changing:
            kind.__setattr__ = self._becoming(kind)
        _replace(parametrize, "_inject_new_class", self._injecting)
        _replace(Distribution, "set_default_validate_args", lambda original: staticmethod(self._opening(original)))
        for optimizer in subclasses(Optimizer):
            optimizer.__new__(optimizer)._patch_step_function()

    @contextmanager
    def opened(self, kinds: Iterable[type]) -> Generator[None]:
        """Let those of these that are fixed be written to until the context ends."""
        fixed = [self._flags(kind) for kind in kinds if kind.__flags__ & HEAP and kind.__flags__ & IMMUTABLE]
        outer, self._open = self._open, fixed
        _set(fixed, False)
        try:
            yield
        finally:
            _set(fixed, True)
            self._open = outer

    @contextmanager
    def closed(self) -> Generator[None]:
        """Let not even these be written to until the context ends."""
        fixed, self._open = self._open, []
        _set(fixed, True)
        try:
            yield
        finally:
            _set(fixed, False)
            self._open = fixed

    def _flags(self, kind: type) -> ctypes.c_ulong:
        return ctypes.c_ulong.from_address(id(kind) + self._offset)

    def _becoming(self, kind: type) -> Callable[[Any, str, Any], None]:
        """A ``__setattr__`` for a class whose objects become of another one."""

        def set_attribute(self: Any, name: str, value: Any) -> None:
            if name != "__class__":
                cast("Any", super(kind, self)).__setattr__(name, value)
                return
            with opened((kind_of(self), value)):
                object.__setattr__(self, name, value)

        opened = self.opened
        return set_attribute

    def _injecting(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        def inject(module: Any) -> None:
            with self.opened((kind_of(module),)):
                original(module)
            made: Any = kind_of(module)
            made.__setattr__ = self._becoming(made)

        return inject

    def _opening(self, original: Callable[..., None]) -> Callable[..., None]:
        def set_default_validate_args(value: bool) -> None:
            with self.opened((Distribution,)):
                original(value)

        set_default_validate_args.__doc__ = original.__doc__
        set_default_validate_args.__module__ = original.__module__
        return set_default_validate_args


def kind_of(value: Any) -> type[Any]:
    """The type of a value."""
    return cast("type[Any]", type(value))


def _set(flags: Iterable[ctypes.c_ulong], is_fixed: bool) -> None:
    for each in flags:
        each.value = each.value | IMMUTABLE if is_fixed else each.value & ~IMMUTABLE


def find_flags() -> int:
    """Where in a class its flags are: Python tells them of each. Raises RuntimeError where they are not found."""
    known = (int, Exception, Fixed, torch.nn.Module, torch.Tensor, type(torch.Tensor))
    for offset in _TRIED:
        if all(ctypes.c_ulong.from_address(id(kind) + offset).value == kind.__flags__ for kind in known):
            return offset
    raise RuntimeError("the flags of classes are not where this Python should have them")


def subclasses(kind: type) -> Iterable[Any]:
    """A class and all that are derived from it."""
    yield kind
    for each in kind.__subclasses__():
        yield from subclasses(each)


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    setattr(owner, name, make(getattr(owner, name)))
