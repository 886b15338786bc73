"""From a request to a Program: text or expression in, checked and instrumented code out. It never runs any of it.

The door is `parse_program`; `parse_file` reads what runs as it stands. Stages: the text (`text`), what of it is
Python (`magics`), its tree (`syntax`), the language (`policy`), the cells (`cells`), the rewriting (`instrument`,
`guard`, `iterations`), the positions (`spans`); an expression or a notebook is first written out as a program
(`expression`, `notebook`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from warnings import catch_warnings

from backlight.errors import BacklightError
from backlight.model.document import CellNote
from backlight.model.program import Program
from backlight.model.request import TraceRequest
from backlight.parse.cells import compile_cells, split_cells
from backlight.parse.expression import write_program
from backlight.parse.file import parse_file
from backlight.parse.guard import guard_attributes
from backlight.parse.instrument import instrument, show
from backlight.parse.iterations import mark_iterations
from backlight.parse.magics import leave_out_magics
from backlight.parse.policy import check_policy, notes_on_imports
from backlight.parse.spans import whole_places
from backlight.parse.syntax import Syntax, read_syntax
from backlight.parse.text import clean_text
from backlight.settings import Settings

__all__ = ["parse_file", "parse_program"]


def parse_program(request: TraceRequest, settings: Settings) -> Program:
    """The Program that a request asks to run.

    Raises SyntaxFailure where it does not parse, NotAllowed where it leaves the language, LimitExceeded for
    ``source_bytes``, ``nesting`` and ``syntax_nodes``, RequestError for inputs that do not fit the expression and
    for what is no notebook. For an expression, places are places in the expression; for a notebook, they are in the
    Program's text, and the error's details name the cell.
    """
    with catch_warnings(action="ignore"):  # what Python says of a text as it reads it
        return _parse(request, settings)


def _parse(request: TraceRequest, settings: Settings) -> Program:
    if request.notebook is not None:
        return _parse_notebook(request.notebook, settings)
    source, hint = request.source or "", None
    if request.expression is not None:
        source, hint = write_program(request.expression, request.inputs, settings)
    text = clean_text(source, settings)
    plain = leave_out_magics(text)
    return _build(text, read_syntax(plain.text, settings), plain.notes, hint=hint)


def _parse_notebook(notebook: dict[str, Any], settings: Settings) -> Program:
    from backlight.parse.notebook import write_script

    script = write_script(notebook, settings)
    try:
        text = clean_text(script.text, settings)
        syntax = read_syntax(script.plain.text, settings, script.starts)
        return _build(text, syntax, script.plain.notes, script.starts)
    except BacklightError as error:
        error.details |= script.where(error.place)
        raise


def _build(
    text: str, syntax: Syntax, notes: Sequence[CellNote], starts: Sequence[int] | None = None, hint: str | None = None
) -> Program:
    """The Program of ``text``, whose Python is ``syntax``."""
    missing = check_policy(syntax)
    notes = sorted([*notes, *notes_on_imports(syntax)], key=lambda note: note.line)
    wholes = whole_places(syntax)
    cells = split_cells(syntax, starts)
    for cell in cells:
        if cell.shown is not None:
            show(cell.shown)
    sites = instrument(syntax, missing)
    guard_attributes(syntax)
    loops = mark_iterations(syntax)
    return Program(text, compile_cells(syntax, cells, notes), sites, wholes, hint, loops)
