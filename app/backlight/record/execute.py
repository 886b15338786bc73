"""Execute: the cells of a Program, one after the other, as a notebook would run them.

In: a Program, the namespace that it may see, an open Recorder. Out: what each cell printed, warned and
raised. It never lets an exception of the program out; a soft limit ends the run, everything before it stays.
"""

from __future__ import annotations

import dis
import random
import re
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any, NoReturn, cast

import torch

from backlight.errors import LimitExceeded, SoftLimit
from backlight.messages import message
from backlight.model.document import Cell, CellError, CellWarning, Place, Stopped
from backlight.model.program import (
    BIND,
    ENTER,
    FILENAME,
    IMPORT,
    ITEM,
    ITERATE,
    KEEP,
    LOOK,
    OVERDUE,
    SHOW,
    SOURCE,
    START,
    Namespace,
    Program,
    ProgramCell,
    known_as,
)
from backlight.model.told import without_machine, without_sources
from backlight.record.advice import advice_on
from backlight.record.entries import LoggedMessage
from backlight.record.loops import LoopPlaces
from backlight.record.names import Names
from backlight.record.places import program_places
from backlight.record.recorder import Recorder
from backlight.record.residue import follow
from backlight.settings import Settings

ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-f]{6,16}\b")
ENFORCED = re.compile(r"^\[enforce fail at [^\]\n]*\] (?:err == 0\. )?")
LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL"})
LONGEST_MESSAGE = 10_000
"""Characters of an error's or a warning's message that are told."""
TRIGGERED = re.compile(r" \(Triggered internally at .*?\)$", re.DOTALL)
DISPLAY = "IPython.display.display"
"""What notebooks import, and have without."""


@dataclass(slots=True)
class Execution:
    """How the run of a program ended."""

    cells: list[Cell] = field(default_factory=list[Cell])
    error: CellError | None = None
    stopped: Stopped | None = None


class Executor:
    """Runs the cells of one program, once."""

    def __init__(self, program: Program, recorder: Recorder, settings: Settings, namespace: Namespace) -> None:
        self._program = program
        self._resolve = program_places(program)
        self._tape = recorder.tape
        self._scopes = recorder.tape.scopes
        self._scopes.expect_marks(LoopPlaces(program.loops, self._resolve))
        self._names = Names(recorder, program.sites)
        self._budget = settings.output_bytes
        self._limit = settings.output_bytes
        self._output: list[str] = []
        self._warnings: list[CellWarning] = []
        self._addresses: dict[str, str] = {}
        self._globals: dict[str, Any] = {
            "__builtins__": {**namespace.builtins, **self._outputs()},
            "__name__": "__main__",
            "__doc__": None,
            BIND: self._names.bind,
            KEEP: self._names.keep,
            ITEM: self._names.item,
            LOOK: self._names.look,
            SHOW: self._show,
            SOURCE: program.text,
            ENTER: self._enter,
            ITERATE: self._iterate,
            START: self._start,
            **namespace.guards,
        }
        self._globals[IMPORT] = importer(namespace, self._globals)
        follow(self)
        self._start_run = namespace.start
        self._fixed = namespace.fixed
        self._stream = namespace.stream
        if namespace.connect is not None:
            namespace.connect(self._write)

    def run(self, seed: int) -> Execution:
        """Run every cell; one that raises does not keep the next from running, a soft limit does."""
        done = Execution()
        seed_all(seed)
        self._start_run(seed)
        with self._catching_warnings(), self._fixed():
            for cell in self._program.cells:
                error = None if done.stopped else self._run_cell(cell, done)
                reached = self._tape.reached or self._globals.get(OVERDUE)
                if reached and not done.stopped:
                    self._refuse_swallowed(reached)
                done.error = done.error or error
                shown = "".join(self._output), list(self._warnings)
                done.cells.append(Cell(cell.index, cell.start_line, cell.end_line, *shown, error, list(cell.notes)))
                self._output.clear()
                self._warnings.clear()
            if not done.stopped:
                self._names.look_within(self._globals)
        return done

    def _run_cell(self, cell: ProgramCell, done: Execution) -> CellError | None:
        self._tape.cell = cell.index
        self._tape.scopes.forget_frames()
        try:
            exec(cell.code, self._globals)  # noqa: S102 - running the program is what this is for
        except SoftLimit as limit:
            self._stop(limit, done)
        except SystemExit as end:
            return None if end.code is None or (type(end.code) is int and not end.code) else self._failure(end, done)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the program's own
            return self._failure(error, done)
        return None

    def _stop(self, limit: SoftLimit, done: Execution) -> None:
        place = self._place_of(limit.__traceback__)
        done.stopped = Stopped(limit.limit, limit.value, place and place.line, limit.message)

    def _refuse_swallowed(self, limit: SoftLimit) -> NoReturn:
        """The program caught a limit and came to an end of its own: what it did since is missing in the picture."""
        place = self._place_of(limit.__traceback__)
        told = message(LimitExceeded.code, "swallowed", what=limit.message)
        raise LimitExceeded(told, place, limit=limit.limit, value=limit.value)

    def _failure(self, error: BaseException, done: Execution) -> CellError:
        place = self._place_of(error.__traceback__, is_recursion=isinstance(error, RecursionError))
        try:
            text = text_of(error)
        except SoftLimit as limit:  # its own ``__str__`` never ends
            text = ""
            self._stop(limit, done)
        message = "\n".join((self._told(text), *advice_on(error, text, self._program.hint)))
        kind = type(error).__name__
        self._tape.log.append(LoggedMessage("error", message, kind, place, self._tape.cell))
        if place is None:
            return CellError(kind, message, None, None, None, None)
        return CellError(kind, message, place.line, place.column, place.end_line, place.end_column)

    def _place_of(self, trace: TracebackType | None, is_recursion: bool = False) -> Place | None:
        """The innermost place in the program on the way to where something was raised.

        Where recursion came to its end in a mark that a function begins with, that is the call of the function.
        """
        found: list[tuple[Place, CodeType, int]] = []
        while trace is not None:
            code = trace.tb_frame.f_code
            place = self._resolve(code, trace.tb_lasti) if code.co_filename == FILENAME else None
            if place is not None:
                found = [*found[-1:], (place, code, trace.tb_lasti)]
            trace = trace.tb_next
        if is_recursion and len(found) > 1 and is_in_mark(*found[-1][1:]):
            return found[0][0]
        return found[-1][0] if found else None

    # ── what the program's builtins and hooks do ──────────────────────────────────────────────────

    def _print(
        self, *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False
    ) -> None:
        for value in values:
            self._names.shown(value)
        between, last = " " if sep is None else sep, "\n" if end is None else end
        target = self._stream if file is None else file
        if target is self._stream and not (target and target.is_redirected):
            self._write(between.join([str(value) for value in values]) + last)
            return
        pieces = [piece for value in values for piece in (between, value)]
        for piece in (*pieces[1:], last):  # one by one, as Python itself does
            target.write(str(piece))

    _print.__module__, _print.__name__, _print.__qualname__ = "builtins", "print", "print"  # as errors call it

    def _display(self, *values: Any) -> None:
        for value in values:
            self._names.shown(value)
            self._write(f"{value!r}\n")

    def _outputs(self) -> dict[str, Any]:
        return {"print": known_as("print", self._print), "display": known_as("display", self._display)}

    def _enter(self) -> bool:
        return self._scopes.enter(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]

    def _iterate(self, loop: int) -> bool:
        return self._scopes.iterate(loop, sys._getframe(1))  # pyright: ignore[reportPrivateUsage]

    def _start(self, iterable: Any, loop: int) -> Any:
        self._scopes.start(loop)
        return iterable

    def _show(self, value: Any) -> None:
        if value is not None:
            self._names.shown(value)
            self._write(f"{value!r}\n")
            self._globals["__builtins__"]["_"] = value  # as in a notebook, where the program has no such name itself

    def _write(self, text: str) -> None:
        self._tape.settle()
        self._tape.step()
        text = self._without_addresses(text).encode("utf-8", "replace").decode()
        kept = self._within_budget(text)
        self._output.append(kept)
        place = self._here(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        self._tape.log.append(LoggedMessage("print", kept, "", place, self._tape.cell))
        self._keep_to_budget()

    def _within_budget(self, text: str) -> str:
        """As much of a text as may still be told."""
        size = len(text.encode())
        kept = text if size <= self._budget else text.encode()[: max(self._budget, 0)].decode("utf-8", "ignore")
        self._budget -= size
        return kept

    def _keep_to_budget(self) -> None:
        if self._budget < 0:
            told = f"The program printed more than {self._limit:,} bytes."
            self._tape.stop(SoftLimit("output_bytes", self._limit, told))

    def _told(self, message: str) -> str:
        """A message as the user may read it: no address, no path, and of a traceback only the program's lines."""
        if len(message) <= 10 * LONGEST_MESSAGE:
            message = without_sources(message)
        cut = (
            ""
            if len(message) <= LONGEST_MESSAGE
            else f"… (cut after {LONGEST_MESSAGE:,} of {len(message):,} characters)"
        )
        message = message[:LONGEST_MESSAGE]
        message = TRIGGERED.sub("", ENFORCED.sub("", self._without_addresses(message)))
        return without_machine(message) + cut

    def _without_addresses(self, text: str) -> str:
        """Memory addresses as ordinals, in order of appearance: the same program prints the same text twice."""
        return ADDRESS.sub(lambda found: self._addresses.setdefault(found[0], f"0x{len(self._addresses) + 1}"), text)

    def _here(self, frame: FrameType | None) -> Place | None:
        while frame is not None and frame.f_code.co_filename != FILENAME:
            frame = frame.f_back
        return self._resolve(frame.f_code, frame.f_lasti) if frame else None

    @contextmanager
    def _catching_warnings(self) -> Generator[None]:
        always = torch.is_warn_always_enabled()
        torch.set_warn_always(True)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("default")
                warnings.showwarning = self._warn
                yield
        finally:
            torch.set_warn_always(always)

    def _warn(self, message: Warning | str, category: type[Warning], filename: str, lineno: int, *rest: Any) -> None:
        text = self._told(text_of(message))
        place = self._here(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        line = place.line if place else lineno if filename == FILENAME else None
        warning = CellWarning(text, line)
        if warning not in self._warnings:
            self._tape.step()
            self._within_budget(text)
            self._keep_to_budget()
            self._warnings.append(warning)
            self._tape.log.append(LoggedMessage("warning", text, category.__name__, place, self._tape.cell))


def text_of(error: object) -> str:
    """``str(error)``, or the name of its type where that raises."""
    try:
        return str.encode(str(error), "utf-8", "replace").decode()
    except Exception:  # noqa: BLE001 - a program's own __str__ may raise anything
        return type(error).__name__


def importer(namespace: Namespace, names: dict[str, Any]) -> Any:
    """What the import statements of a program with these global names call; see `backlight.model.program.IMPORT`."""

    def find(module: str, name: str | None, missing: str | None = None) -> Any:
        found = namespace.modules.get(module)
        if missing is not None:
            raise (ImportError if found or not module else ModuleNotFoundError)(missing, name=module)
        if found is None:
            raise ImportError(f"{module!r} is not available here")
        if name is None:
            return found
        if name == "*":
            offered: dict[str, Any] = cast("ModuleType", found).__dict__
            names.update({each: offered[each] for each in offered["__all__"]})
            return None
        whole = f"{module}.{name}"
        if whole == DISPLAY:
            return names["__builtins__"]["display"]
        if whole in namespace.modules:
            return namespace.modules[whole]
        try:
            return getattr(found, name)
        except AttributeError:
            raise ImportError(f"cannot import name {name!r} from {module!r}") from None

    return find


def seed_all(seed: int) -> None:
    """Seed every source of chance that a program has: Python's, torch's and, where it is installed, numpy's."""
    random.seed(seed)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed asks every other device too, a millisecond
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)


def is_in_mark(code: CodeType, lasti: int) -> bool:
    """Whether what is called at an instruction is, for all that one can see, a mark that parse put into the program."""
    loaded = [each.argval for each in dis.get_instructions(code) if each.offset <= lasti and each.opname in LOADS]
    return loaded[-1:] in ([ENTER], [BIND])
