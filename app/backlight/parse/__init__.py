"""From a request to a Program: text or expression in, checked and instrumented code out. It never runs any of it.

The one door is `parse_program`. Stages: the text (`text`), its tree (`syntax`), the language (`policy`),
the cells (`cells`), the rewriting (`instrument`), the positions (`spans`); an expression is first
written out as a program (`expression`).
"""

from __future__ import annotations

from backlight.errors import RequestError
from backlight.messages import message
from backlight.model.program import Program
from backlight.model.request import TraceRequest
from backlight.parse.cells import compile_cells, split_cells
from backlight.parse.expression import write_program
from backlight.parse.instrument import instrument, show
from backlight.parse.policy import check_policy
from backlight.parse.spans import whole_places
from backlight.parse.syntax import read_syntax
from backlight.parse.text import clean_text
from backlight.settings import Settings


def parse_program(request: TraceRequest, settings: Settings) -> Program:
    """The Program that a request asks to run.

    Raises SyntaxFailure where it does not parse, NotAllowed where it leaves the language, LimitExceeded for
    ``source_bytes``, ``nesting`` and ``syntax_nodes``, RequestError for inputs that do not fit the expression.
    For an expression, places are places in the expression.
    """
    if request.notebook is not None:
        raise RequestError(message("invalid-request", "notebook"))
    source, hint = request.source or "", None
    if request.expression is not None:
        source, hint = write_program(request.expression, request.inputs, settings)
    text = clean_text(source, settings)
    syntax = read_syntax(text, settings)
    check_policy(syntax)
    wholes = whole_places(syntax)
    cells = split_cells(syntax)
    for cell in cells:
        if cell.shown is not None:
            show(cell.shown)
    sites = instrument(syntax)
    return Program(text, compile_cells(syntax, cells), sites, wholes, hint)
