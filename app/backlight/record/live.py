"""Live: a recording of code that runs as it stands, in the user's own process, on any device.

In: what is known of the user's files, and what to keep. Out: a Trace, and which tensor is which call's. Nothing is
instrumented: names come from frames, and what neither a dispatch mode nor a replaced attribute sees is found by
looking before each pass, at optimizer steps and at the end.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, NoReturn

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from backlight.errors import RequestError
from backlight.messages import message
from backlight.model.document import Cell, CellError, Place, Truncated
from backlight.model.trace import Trace, TracePast
from backlight.record import asked
from backlight.record.digest import Digest
from backlight.record.entries import LoggedLeaf, LoggedMessage
from backlight.record.execute import Execution, text_of
from backlight.record.finish import finish
from backlight.record.forget import Forgetting
from backlight.record.frames import FramePlaces, UserCode
from backlight.record.keep import Keep
from backlight.record.names import drop_replaced
from backlight.record.nonfinite import Finding, NonfiniteWatch, WatchfulStore, stopped_at
from backlight.record.recorder import Recorder
from backlight.record.store import TensorStore, grad_of, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import engine_replaced, next_sequence_number, unnoticed, unrecorded
from backlight.record.turn import Turn
from backlight.record.unseen import Unseen
from backlight.settings import Settings

Made = dict[int, tuple[weakref.ref[torch.Tensor], tuple[int, int] | None]]


@dataclass(frozen=True, slots=True)
class LiveTrace:
    """A Trace, and by ``id()`` each tensor alive: the call that made what it holds, and which output of it."""

    trace: Trace
    made: Made
    seed: int


class LiveTape(Tape):
    """A tape that looks behind itself: between calls, recording may come to its end."""

    def __init__(self, places: FramePlaces, settings: Settings, between: Callable[[], None]) -> None:
        super().__init__(places, TensorStore(settings))
        self.cell = 0
        self.without_grad: set[int] = set()  # leaves that had no gradient when they were last looked at
        self._between = between

    def leaf(self, index: int) -> None:
        """Log the first use of a leaf, and note the gradient that it has from before the recording."""
        is_new = index not in self.leaves
        super().leaf(index)
        if is_new:
            self.note_gradient(index)

    def note_gradient(self, leaf: int) -> None:
        """See what gradient a leaf has now, so that a change of it is told."""
        grad = grad_of(self.store.kept(leaf))
        if grad is None:
            self.without_grad.add(leaf)
        elif leaf not in self.grads:
            self.grads[leaf] = self.store.value(grad)
            self.grad_on[storage_of(grad)] = leaf

    def settle(self) -> None:
        """Finish the last call, and look at what it brought."""
        if self.stopped:
            return
        super().settle()
        self._between()


class LiveRecorder:
    """Records between `start` and `end`, in the thread that called `start`."""

    def __init__(self, code: UserCode, keep: Keep, settings: Settings) -> None:
        self._code = code
        self._keep = keep
        self._settings = keep.settings(settings)
        self._places = FramePlaces(code)
        self._tape = LiveTape(self._places, self._settings, self._look_at_content)
        self._watch: NonfiniteWatch | None = None
        if keep.until_nonfinite:
            store = WatchfulStore(self._settings)
            self._tape.store, self._watch = store, NonfiniteWatch(self._tape, store)
        self._recorder = Recorder(code.is_mine, onto=self._tape)
        self._digest = Digest(self._tape)
        noting = self._digest if keep.statistics else None
        self._forgetting = None if keep.passes is None else Forgetting(self._tape, keep.passes, noting)
        self._unseen = Unseen(self._tape, self._places, next_sequence_number())
        self._turn = Turn(self._end_early)
        self._exit = ExitStack()
        self._done: LiveTrace | None = None

    def start(self) -> None:
        """Begin to record. Raises RequestError while another thread does."""
        with ExitStack() as stack:
            stack.enter_context(self._turn.taken())
            self._places.attach(self._tape, self._recorder.exits, self._recorder.registered)
            stack.callback(register_optimizer_step_pre_hook(self._before_step).remove)
            stack.enter_context(self._recorder)
            stack.enter_context(engine_replaced(self._around_passes))
            stack.enter_context(self._unseen.noticing_starts())
            stack.enter_context(self._unseen.letting_trace())
            self._exit = stack.pop_all()

    @unnoticed
    def end(self, error: BaseException | None) -> LiveTrace:
        """Record no more, and tell what there is. ``error`` is what the recorded code raised."""
        if self._turn.is_elsewhere():
            self._give_up()
        self._turn.end_inner()
        self._leave()
        if self._done is None:
            return self._finish(error, None)
        if error is not None:  # after recording had stopped
            raised = self._failure(error)
            trace = replace(self._done.trace, cells=(whole_cell(raised),), error=raised)
            return replace(self._done, trace=trace)
        return self._done

    @unnoticed
    def _end_early(self) -> None:
        """The recording around this one ends, and what it changed in torch comes off in reverse."""
        self._leave()
        if self._done is None:
            self._done = self._finish(None, None)
            self._tape.stopped = True

    def _leave(self) -> None:
        try:
            if not self._tape.stopped:
                with unrecorded():
                    self._tape.settle()
                    if not self._tape.stopped:  # as it may be now, by what the last call gave
                        self._look(at_names=True)
        finally:
            self._exit.close()

    def _give_up(self) -> NoReturn:
        """Another thread than the one that began this ends it: take from torch what can be taken, and say so."""
        if self._turn.is_innermost():
            self._tape.stopped = True
            self._exit.close()
            self._tape.release()
        raise RequestError(message("invalid-request", "recording-left-elsewhere"))

    # ── while it runs ─────────────────────────────────────────────────────────────────────────────

    def _around_passes(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*args: Any, **kwargs: Any) -> Any:
            tape = self._tape
            if tape.is_off():
                self._run_unseen()
                return run(*args, **kwargs)
            self._before_pass()
            known = len(tape.passes)
            try:
                return run(*args, **kwargs)
            finally:
                self._after_pass(len(tape.passes) > known)

        return recorded

    @unnoticed
    def _before_pass(self) -> None:
        self._tape.settle()
        if not self._tape.stopped:
            self._look(at_names=True)

    def _run_unseen(self) -> None:
        """A pass begins that is not recorded, in another thread, or since recording has stopped."""
        if not self._tape.stopped:
            self._unseen.pass_elsewhere()
        elif self._recorder.is_innermost():
            self._exit.close()

    @unnoticed
    def _before_step(self, *_: Any) -> None:
        if not self._tape.is_off():
            self._tape.settle()
            self._look(at_names=False)

    @unnoticed
    def _after_pass(self, is_new: bool) -> None:
        tape = self._tape
        if tape.stopped or tape.running or not is_new:
            return
        if self._forgetting is not None:
            self._forgetting.pass_ended()
        tape.settle()
        at_rest = not (tape.stopped or tape.inside_function or self._recorder.changes.in_optimizer)
        at = self._forgetting.cut_now_and_then() if at_rest and self._forgetting is not None else {}
        if at:
            self._places.renumber(at)
            self._tape.without_grad = {at[leaf] for leaf in self._tape.without_grad if leaf in at}
            if self._watch is not None:
                self._watch.forget()

    @unnoticed
    def _look(self, at_names: bool) -> None:
        """Find what no mode has seen: names that frames hold, and leaves and gradients that were replaced."""
        tape, changes = self._tape, self._recorder.changes
        tape.places.now()
        self._recorder.shared_memory.look()
        if at_names:
            with unrecorded():
                self._places.look_around()
        changes.look_for_gradients()
        self._drop_former_leaves()
        for leaf in list(tape.leaves):
            changes.look_for_replaced(tape.store.kept(leaf))
            self._look_for_given(leaf)

    def _drop_former_leaves(self) -> None:
        """Forget as leaves what torch.jit has given a history since: a tensor inside of a scripted function."""
        tape = self._tape
        former = {leaf for leaf in tape.leaves if not asked.has_no_maker(tape.store.kept(leaf))}
        if former:
            tape.log = [each for each in tape.log if not (isinstance(each, LoggedLeaf) and each.tensor in former)]
            for leaf in former:
                del tape.leaves[leaf]
                tape.grads.pop(leaf, None)

    def _look_for_given(self, leaf: int) -> None:
        """A gradient that was assigned to a leaf that had none, or that a leaf had before the recording."""
        tensor = self._tape.store.kept(leaf)
        if tensor.grad is not None and leaf in self._tape.without_grad:
            self._recorder.changes.look_for_given(tensor)
        else:
            self._tape.note_gradient(leaf)

    def _look_at_content(self) -> None:
        """Stop where a value was not finite; not in the middle of a pass."""
        if self._watch is None or self._tape.running:
            return
        finding = self._watch.find()
        if finding is not None:
            self._watch = None
            self._done = self._finish(None, finding)
            self._tape.stopped = True

    # ── when it is over ───────────────────────────────────────────────────────────────────────────

    def _finish(self, error: BaseException | None, finding: Finding | None) -> LiveTrace:
        tape = self._tape
        self._places.detach()
        drop_replaced(tape)
        raised = None if error is None else self._failure(error)
        stopped = None if finding is None else stopped_at(tape, finding, self._code.resolve)
        if self._forgetting is not None:
            self._forgetting.cut_for_good()
        try:
            done = Execution([whole_cell(raised)], raised, stopped)
            trace = finish(tape, done, self._code.resolve, self._settings)
            unseen = self._unseen.told(trace, tape.places.resolve(self._code.resolve))
            forgotten = [] if self._forgetting is None else self._forgotten(self._forgetting.forgotten)
            truncated = (*trace.truncated, *forgotten)
            trace = replace(trace, out_of_sight=unseen, truncated=truncated, past=self._past())
            return LiveTrace(trace, self._tensors_alive(), torch.initial_seed())
        finally:
            tape.release()

    def _past(self) -> tuple[TracePast, ...]:
        """What is left of the passes that were forgotten."""
        places, made = self._tape.places.resolve(self._code.resolve), self._tape.made
        return self._digest.told(
            lambda place: next(iter(places[place]), None), lambda leaf: made[leaf][0] if leaf in made else None
        )

    def _forgotten(self, passes: int) -> list[Truncated]:
        return [Truncated("passes", "keep", self._keep.passes or 0, passes)] if passes else []

    def _tensors_alive(self) -> Made:
        store, made = self._tape.store, self._tape.made
        tensors = ((number, store.tensor(number)) for number in range(len(store.current)))
        return {id(each): (weakref.ref(each), made.get(number)) for number, each in tensors if each is not None}

    def _failure(self, error: BaseException) -> CellError:
        place = self._place_of(error.__traceback__)
        kind, text = type(error).__name__, text_of(error)
        self._tape.log.append(LoggedMessage("error", text, kind, place, self._tape.cell))
        if place is None:
            return CellError(kind, text, None, None, None, None)
        return CellError(kind, text, place.line, place.column, place.end_line, place.end_column, place.source)

    def _place_of(self, trace: TracebackType | None) -> Place | None:
        """The innermost place in the user's files on the way to where something was raised."""
        found: Place | None = None
        while trace is not None:
            code = trace.tb_frame.f_code
            if self._code.is_mine(code.co_filename):
                found = self._code.resolve(code, trace.tb_lasti) or found
            trace = trace.tb_next
        return found


def whole_cell(raised: CellError | None) -> Cell:
    """The one cell of such a recording; where it ends, only its files' texts tell."""
    return Cell(0, 1, 1, "", [], raised, [])
