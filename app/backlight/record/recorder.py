"""Recorder: a recording from its first call to its last. The one place that puts the pieces together.

In: nothing but the code that runs inside the context. Out: a `Tape`. When the context ends, torch is
as it was found, also after an exception.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

import torch
from torch.autograd.function import FunctionCtx

from backlight.errors import ReplayFailed
from backlight.messages import message
from backlight.record.engine import EngineWatch
from backlight.record.exits import Exits
from backlight.record.exposure import noticing_exposure
from backlight.record.forward import ForwardMode
from backlight.record.functions import noticing_functions
from backlight.record.hooks import HookBook
from backlight.record.lengths import numbers_for_lengths
from backlight.record.places import PlaceKeys, Resolve
from backlight.record.registered import Registered
from backlight.record.replay_program import ReplayProgram
from backlight.record.replayable import CallLog, NotedStore, ReplayableMode
from backlight.record.reshaping import reshaping_as_ever
from backlight.record.saved import SavedPatterns, noticing_packing
from backlight.record.shared_memory import SharedMemory
from backlight.record.store import TensorStore
from backlight.record.tape import Limits, Tape
from backlight.record.torch_private import NODE_HOOKS, current_mode, engine_replaced, unnoticed
from backlight.record.updates import LeafChanges
from backlight.settings import Settings

CHANGED: tuple[type, ...] = (
    *(torch.Tensor, torch.nn.Module, torch.optim.Optimizer, torch.autograd.Function, FunctionCtx),
    *(torch.autograd.graph.saved_tensors_hooks, NODE_HOOKS),
)
"""The classes of torch that have other methods while a recording lasts, from its first moment to its last."""

YOUNG_OBJECTS = 100_000
"""Allocations between garbage collections while recording: the tape only grows, collecting often finds nothing."""


@contextmanager
def rare_collections() -> Generator[None]:
    """Collect garbage less often until the context ends."""
    thresholds = gc.get_threshold()
    if thresholds[0]:
        gc.set_threshold(max(thresholds[0], YOUNG_OBJECTS), *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


@contextmanager
def nothing_collected() -> Generator[None]:
    """No garbage is collected until the context ends."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def seeing_calls(mode: ForwardMode) -> Generator[None]:
    """Let a mode see this thread's calls until the context ends. No other thread can take it off this one's stack."""
    thread = threading.current_thread()
    mode.__enter__()
    try:
        yield
    finally:
        if threading.current_thread() is thread:
            mode.__exit__(None, None, None)


class Recorder:
    """``with Recorder(is_mine) as recorder:`` records what torch does in this thread.

    ``settings`` limit the memory that it holds; without them it holds all values until it is let go.
    A ``replayable`` one holds them anyway, and knows the calls inside of the engine too: see `program`.
    ``is_mine(filename)`` tells whose frames give places; ``limits`` end the program with a SoftLimit. ``onto`` is a
    tape to write to instead of a new one.
    """

    def __init__(
        self,
        is_mine: Callable[[str], bool],
        settings: Settings | None = None,
        limits: Limits | None = None,
        replayable: bool = False,
        onto: Tape | None = None,
    ) -> None:
        places = PlaceKeys(is_mine)
        self._calls = CallLog(places) if replayable else None
        store = TensorStore(settings) if self._calls is None else NotedStore(settings, self._calls)
        self.tape = onto or Tape(places, store, limits)
        self.tape.replayable = replayable
        self._patterns = self.tape.patterns = SavedPatterns(self.tape.store)
        self.changes = LeafChanges(self.tape)
        self.exits = Exits(self.tape)
        self.registered = Registered()
        self.shared_memory = SharedMemory(self.tape, self.changes)
        self._mode = (
            ForwardMode(self.tape, self.changes)
            if self._calls is None
            else ReplayableMode(self.tape, self.changes, self._calls)
        )
        self._seeing, self._exit = ExitStack(), ExitStack()

    def __enter__(self) -> Recorder:
        hooks = HookBook(self.tape)
        engine = EngineWatch(self.tape, hooks)
        self._exit.enter_context(rare_collections())
        self._exit.enter_context(engine_replaced(engine.wrap))
        self._exit.enter_context(hooks.noticing())
        self._exit.enter_context(engine.noticing_retained())
        self._exit.enter_context(noticing_packing(self.tape, self._patterns))
        self._exit.enter_context(self.changes.watching())
        self._exit.enter_context(self.changes.watching_assigned())
        self._exit.enter_context(noticing_exposure(self.tape, self.changes))
        if self._calls is None:
            self._exit.enter_context(numbers_for_lengths(ForwardMode))
        else:
            self._exit.enter_context(self._calls.noticing_readers())
        self._exit.enter_context(reshaping_as_ever(ForwardMode))
        self._exit.enter_context(self.exits.watching())
        self._exit.enter_context(self.registered.noticing())
        self._exit.enter_context(noticing_functions(self.tape))
        self._exit.enter_context(self.tape.scopes.noticing_modules(self.tape.is_off))
        self._seeing.enter_context(seeing_calls(self._mode))
        return self

    def is_innermost(self) -> bool:
        """Whether nothing was entered since that watches torch's calls too, and must end before this."""
        return current_mode() is self._mode

    def program(self, resolve: Resolve) -> ReplayProgram:
        """The calls of a ``replayable`` recording that has ended; ``resolve`` turns instructions into places.

        Raises ReplayFailed where the recording is none.
        """
        if self._calls is None:
            raise ReplayFailed(message(ReplayFailed.code, "not-replayable"))
        return self._calls.program(self.tape, resolve)

    def __exit__(self, *exception: object) -> None:
        self.stop()
        self._exit.close()

    @unnoticed
    def stop(self) -> None:
        """See nothing more: the tape is as it will be read. Torch is as it was found only when the context ends."""
        self._seeing.close()
        self.tape.lift_limits()
        self.tape.settle()
        self.tape.places.let_go()
        self._patterns.catch_up()
