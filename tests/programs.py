"""Runs programs for the parser's tests: as plain Python, and parsed, with hooks that only write down what they get."""

from __future__ import annotations

import contextlib
import importlib
import io
import traceback
from dataclasses import dataclass, field
from typing import Any

from backlight.model.program import (
    BIND,
    ENTER,
    FILENAME,
    FORMAT,
    IMPORT,
    ITEM,
    ITERATE,
    KEEP,
    LOOK,
    OWN,
    SETTER,
    SHOW,
    START,
    VIEW,
    WRITE,
    Program,
)
from backlight.model.request import TraceRequest
from backlight.parse import parse_program
from backlight.settings import Settings


def parse(source: str, **limits: Any) -> Program:
    return parse_program(TraceRequest(source=source), Settings(**limits))


@dataclass
class Run:
    """What a run left: its output, how it ended (type, message, the program's own frames), and what the hooks got."""

    output: str = ""
    error: tuple[str, str, list[tuple[int | None, ...]]] | None = None
    bound: list[tuple[tuple[str, ...], Any]] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)
    imported: list[tuple[str, str | None]] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    entered: int = 0
    iterations: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)


def run_plain(source: str) -> Run:
    return _run([compile(source, FILENAME, "exec", dont_inherit=True)], Run(), {})


def run_parsed(program: Program) -> Run:
    run = Run()

    def bind(value: Any, site: int) -> Any:
        run.bound.append((program.sites[site].names, value))
        return value

    def import_(module: str, name: str | None, missing: str | None = None) -> Any:
        if missing is not None:
            raise ModuleNotFoundError(missing)
        run.imported.append((module, name))
        found = importlib.import_module(module)
        return found if name is None else getattr(found, name)

    def enter() -> bool:
        run.entered += 1
        return True

    def iterate(loop: int) -> bool:
        run.iterations.append(program.loops[loop].name)
        return True

    def start(iterable: Any, loop: int) -> Any:
        run.started.append(program.loops[loop].name)
        return iterable

    hooks: dict[str, Any] = {KEEP: lambda part, site, first: part, ITEM: lambda site: None, LOOK: lambda site: None}
    hooks |= {BIND: bind, IMPORT: import_, SHOW: run.shown.append, ENTER: enter, ITERATE: iterate, START: start}
    guards = dict.fromkeys((OWN, WRITE, FORMAT, VIEW, SETTER), lambda value, _name: value)
    return _run([cell.code for cell in program.cells], run, hooks | guards)


def _run(codes: list[Any], run: Run, hooks: dict[str, Any]) -> Run:
    names: dict[str, Any] = {"__name__": "__main__", **hooks}
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            for code in codes:
                exec(code, names)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [(f.lineno, f.end_lineno, f.colno, f.end_colno) for f in frames if f.filename == FILENAME]
        run.error = (type(error).__name__, str(error), own)
    run.output = output.getvalue()
    run.names = {name: value for name, value in names.items() if not name.startswith(("<", "__"))}
    return run
