"""Scopes: which module call, function and loop iteration the program is in, while it runs.

In: calls of modules, and the marks that `parse` put into a program where functions and iterations begin. Out: the Scope
of what is logged. No mark says that something ends: a frame's scope is looked up by the frame, and `nesting` leaves
out iterations that a later place in the same frame is not in.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, Literal, cast

import torch

from backlight.model.program import COMPREHENSIONS
from backlight.record.loops import LoopPlaces
from backlight.record.places import PlaceKeys

FRAMED = frozenset(COMPREHENSIONS.values())
OPTIMIZED = 0x1
"""The flag of a function's code: a module's and a class's body do not have it."""


class Scope:
    """A call of a module, an activation of a function, an execution of a loop, or one of its iterations.

    ``subject`` is the module, the function's code, or what stands for the loop; ``number`` which iteration it
    is; ``caller`` where in the user's code it was called (None: where its parent was); ``module`` the innermost call
    of a module around it, which for a module call is itself.
    """

    __slots__ = ("_around", "caller", "kind", "number", "parent", "subject")

    def __init__(
        self, kind: Literal["module", "function", "loop", "iteration"], parent: Scope | None, subject: Any, number: int
    ) -> None:
        self.kind: Literal["module", "function", "loop", "iteration"] = kind
        self.parent = parent
        self.subject = subject
        self.number = number
        self.caller: tuple[CodeType, int] | None = None
        self._around = None if parent is None else parent.module

    @property
    def module(self) -> Scope | None:
        """Of a module's call this; it does not hold itself, so that what it holds is gone as soon as it is."""
        return self if self.kind == "module" else self._around


def without_iterations(scope: Scope | None, inside: frozenset[int]) -> Scope | None:
    """The innermost scope that still holds for a frame that is inside these loops."""
    while scope is not None and scope.kind == "iteration" and scope.subject not in inside:
        assert scope.parent is not None
        scope = scope.parent.parent
    return scope


class Scopes:
    """The scopes of one recording. ``is_marked``: the program tells where functions and iterations begin."""

    def __init__(self, places: PlaceKeys) -> None:
        self.module: Scope | None = None  # the call of a module that runs
        self.is_marked = False
        self.loops = LoopPlaces()
        self.started_at = places.nowhere
        # id() of a module -> it, its name, how many functions deep it got that, and whether as an attribute of `self`
        self._names: dict[int, tuple[weakref.ref[torch.nn.Module], str, tuple[int, bool]]] = {}
        self._places = places
        self._at: dict[int, Scope | None] = {}  # id() of a frame of the user's -> the scope that it is in
        self._codes: dict[int, CodeType] = {}  # id() of a comprehension's frame -> its code
        self._pending: set[int] = set()  # comprehension loops that have started and not begun an iteration

    def current(self) -> Scope | None:
        """The scope at the stack that was last given a key."""
        inner = self._at.get(self._places.innermost) if self._at else None
        return inner if inner is not None and inner.module is self.module else self.module

    def name(self, module: torch.nn.Module, names: tuple[str, ...], depth: int) -> None:
        """The program calls a module so: the outermost function's name stays, its first that is none of ``self``'s."""
        book, key = self._names, id(module)

        def forget(_: object) -> None:
            book.pop(key, None)

        for name in names:
            rank = depth, name.startswith("self.")
            if name != "self" and (key not in book or rank < book[key][2]):
                book[key] = weakref.ref(module, forget), name.removeprefix("self."), rank

    def name_of(self, module: torch.nn.Module) -> str | None:
        """What the program calls a module. By identity: a module's class may say what it likes of equality."""
        known = self._names.get(id(module))
        return None if known is None else known[1]

    # ── what a marked program tells ───────────────────────────────────────────────────────────────

    def expect_marks(self, loops: LoopPlaces) -> None:
        """The program is marked, and these are its loops."""
        self.is_marked, self.loops = True, loops

    def forget_frames(self) -> None:
        """A new cell begins: no frame of the ones before runs any more."""
        self._at.clear()
        self._codes.clear()
        self._pending.clear()

    def enter(self, frame: FrameType) -> Literal[True]:
        """A function's frame begins, or that of a class's body, which is no scope of its own."""
        caller = self._places.innermost_from(self._places.outside(frame))
        scope = self._around(caller)
        if frame.f_code.co_flags & OPTIMIZED:
            scope = Scope("function", scope, frame.f_code, 0)
            scope.caller = None if caller is None else (caller.f_code, caller.f_lasti)
        self._codes.pop(id(frame), None)
        self._at[id(frame)] = scope
        return True

    def start(self, loop: int) -> None:
        """A comprehension's loop starts: its next iteration is its first."""
        self._pending.add(loop)

    def iterate(self, loop: int, frame: FrameType) -> Literal[True]:
        """The next iteration of a loop begins in this frame."""
        key = id(frame)
        scope = self._at.get(key)
        starts = loop in self._pending
        if not starts and scope is not None and scope.subject == loop and scope.kind == "iteration":
            self._at[key] = Scope("iteration", scope.parent, loop, scope.number + 1)
            return True
        self._pending.discard(loop)
        own_frame = frame.f_code.co_name == self.loops[loop].frame
        if own_frame and (starts or not self._has_begun(frame)):
            scope = self._around(self._places.innermost_from(self._places.outside(frame)))
            self._codes[key] = frame.f_code
        scope = without_iterations(scope, self.loops.around(loop) | {loop})
        if scope is not None and scope.kind == "iteration" and scope.subject == loop:
            execution, number = scope.parent, scope.number + 1
            if starts and execution is not None:
                execution, number = Scope("loop", execution.parent, loop, 0), 0
        else:
            execution, number = Scope("loop", scope, loop, 0), 0
        self._at[key] = Scope("iteration", execution, loop, number)
        return True

    def _around(self, frame: FrameType | None) -> Scope | None:
        """The scope of what a frame of the user's calls now."""
        while frame is not None and frame.f_code.co_name in FRAMED and not self._has_begun(frame):
            frame = self._places.innermost_from(self._places.outside(frame))
        if frame is None:
            return self.module
        scope = without_iterations(self._at.get(id(frame)), self.loops.at(frame.f_code, frame.f_lasti))
        return scope if scope is not None and scope.module is self.module else self.module

    def _has_begun(self, frame: FrameType) -> bool:
        """Whether a comprehension's frame has begun an iteration: one of before may have had the same ``id()``."""
        scope = self._at.get(id(frame))
        if scope is None or self._codes.get(id(frame)) is not frame.f_code:
            return False
        return scope.kind != "iteration" or scope.subject not in self._pending

    # ── modules ───────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def noticing_modules(self, is_off: Callable[[], bool]) -> Generator[None]:
        """See every call of a module until the context ends, but for those that another thread makes: ``is_off``.

        What ``__call__`` calls is replaced, for to replace ``__call__`` has Python renew it in each of the some
        hundred classes of modules, which takes longer than recording a small program.
        """
        self.started_at = self._places.now()
        owner = cast("Any", torch.nn.Module)
        original: Callable[..., Any] = cast("Any", vars(owner)["_call_impl"])

        def called(module: torch.nn.Module, *args: Any, **kwargs: Any) -> Any:
            if is_off():
                return original(module, *args, **kwargs)
            outer = self.module
            self.module = self._call(module, sys._getframe(2), called.__code__)  # pyright: ignore[reportPrivateUsage]
            try:
                return original(module, *args, **kwargs)
            finally:
                self.module = outer

        owner._call_impl = called
        try:
            yield
        finally:
            owner._call_impl = original

    def _call(self, module: torch.nn.Module, frame: FrameType | None, boundary: CodeType) -> Scope:
        """The scope of a call of a module, made in ``frame``; ``boundary`` is the code through which modules go."""
        outer, is_of_user = self.module, self._places.is_of_user
        if outer is not None and frame is not None and frame.f_code is forward_of(outer.subject):
            frame = frame if is_of_user(frame) else None
        else:
            while frame is not None and not is_of_user(frame):
                frame = None if frame.f_code is boundary else self._places.outside(frame)
        scope = Scope("module", self._around(frame) if self.is_marked else outer, module, 0)
        if frame is not None:
            scope.caller = (frame.f_code, frame.f_lasti)
        return scope


def forward_of(module: torch.nn.Module) -> CodeType | None:
    """The code of a module's ``forward``, where it is Python's."""
    return getattr(getattr(type(module), "forward", None), "__code__", None)
