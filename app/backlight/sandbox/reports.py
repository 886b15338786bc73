"""Reports: ``traceback`` for programs, which tells of an error where in the program it came up, and nothing else.

In: errors. Out: text. No frame, no line and no name of any file but the program gets into it, and no object but text.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from backlight.model.program import FILENAME, SOURCE
from backlight.model.told import without_machine
from backlight.sandbox.streams import Stream

HEAD = "Traceback (most recent call last):\n"
CAUSED = "\nThe above exception was the direct cause of the following exception:\n\n"
MEANWHILE = "\nDuring handling of the above exception, another exception occurred:\n\n"
OURS = "backlight"
PLAIN_HOMES = ("__main__", "builtins")
"""Modules that Python does not name before an error's name."""
LONGEST_CHAIN = 50
"""Errors of one chain that are told."""


def build_reports(stream: Stream) -> dict[str, Any]:
    """The stand-ins, by dotted name."""

    def format_exception(
        exc: Any, /, value: Any = None, tb: Any = None, limit: int | None = None, chain: bool = True
    ) -> list[str]:
        """The lines that tell of an error."""
        error = value if isinstance(value, BaseException) else exc
        if not isinstance(error, BaseException):
            return ["NoneType: None\n"]
        trace = tb if isinstance(tb, TracebackType) else error.__traceback__
        return [without_machine(line) for line in _lines(error, trace, limit, chain)]

    def format_exception_only(exc: Any, /, value: Any = None) -> list[str]:
        """The lines that tell what an error says."""
        error = value if isinstance(value, BaseException) else exc
        return [without_machine(line) for line in _said(error)] if isinstance(error, BaseException) else []

    def format_exc(limit: int | None = None, chain: bool = True) -> str:
        """The text that tells of the error that is being handled."""
        return "".join(format_exception(sys.exception(), limit=limit, chain=chain))

    def print_exc(limit: int | None = None, file: Any = None, chain: bool = True) -> None:
        """Write the same."""
        (file or stream).write(format_exc(limit, chain))

    def print_exception(exc: Any, /, *given: Any, file: Any = None, **options: Any) -> None:
        """Write the lines that tell of an error."""
        (file or stream).write("".join(format_exception(exc, *given, **options)))

    offered = (format_exception, format_exception_only, format_exc, print_exc, print_exception)
    return {f"traceback.{each.__name__}": each for each in offered}


def _lines(error: BaseException, trace: TracebackType | None, limit: int | None, chain: bool) -> Iterator[str]:
    told: list[tuple[BaseException, str]] = [(error, "")]
    while chain and len(told) < LONGEST_CHAIN:
        last = told[-1][0]
        before, how = last.__cause__, CAUSED
        if before is None and not last.__suppress_context__:
            before, how = last.__context__, MEANWHILE
        if before is None or any(before is each for each, _ in told):
            break
        told.append((before, how))
    for position in reversed(range(len(told))):
        each = told[position][0]
        places = _places(each.__traceback__ if position else trace)
        if places:
            yield HEAD
            yield from traceback.StackSummary.from_list(places if limit is None else _cut(places, limit)).format()
        yield from _said(each)
        if position:
            yield told[position][1]


def _cut(places: list[traceback.FrameSummary], limit: int) -> list[traceback.FrameSummary]:
    return places[: max(limit, 0)] if limit >= 0 else places[limit:]


def _places(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """Where in the program an error came through, the outermost call first."""
    found: list[traceback.FrameSummary] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILENAME:
            lines = str(trace.tb_frame.f_globals.get(SOURCE, "")).split("\n")
            line = lines[trace.tb_lineno - 1].strip() if 0 < trace.tb_lineno <= len(lines) else ""
            found.append(traceback.FrameSummary(FILENAME, trace.tb_lineno, code.co_name, lookup_line=False, line=line))
        trace = trace.tb_next
    return found


def _said(error: BaseException) -> list[str]:
    """As Python says it, but that it guesses no name that may have been meant, and ends where a limit ends it."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in PLAIN_HOMES and kind.__module__.partition(".")[0] != OURS:
        name = f"{kind.__module__}.{name}"
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - it is a program's own; a limit is none of these
        text = "<exception str() failed>"
    return [f"{name}: {text}\n" if text else f"{name}\n"]
