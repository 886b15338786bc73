"""Where a program's cells begin and end, and the code of each.

A line that starts with ``# %%`` and stands between two top-level statements heads a new cell and is its
first line; inside a string, a bracket or an indented block it is only a comment. A first marker with no
statement before it opens no second cell. A cell of text is part of the cell of code after it, or else before it.
The cells cover the whole text, in order, without overlap.
"""

from __future__ import annotations
import __future__

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from backlight.model.document import CellNote
from backlight.model.program import ProgramCell
from backlight.parse.magics import TEXT_MARKER
from backlight.parse.syntax import Syntax, compile_tree

_MARKER = re.compile(r"#\s*%%")
_SEMICOLON = re.compile(r"(?:\s|\\|#[^\n]*+)*+;")


@dataclass(frozen=True, slots=True)
class CellLines:
    """One cell: its first and last line (1-based, inclusive), and the value it ends with, if that is to be shown."""

    start_line: int
    end_line: int
    shown: ast.Expr | None


def split_cells(syntax: Syntax, starts: Sequence[int] | None = None) -> tuple[CellLines, ...]:
    """The cells of a program's ``syntax``: those that begin at ``starts``, or else at markers. At least one.

    As in a notebook, a last expression is shown unless a semicolon follows it.
    """
    statements, lines = _statements(syntax), syntax.lines
    first_lines = [_first_line(statement) for statement in statements]
    if starts is None:
        starts = [1, *_marked_starts(statements, first_lines, lines)]
    ends = [*(start - 1 for start in starts[1:]), max(len(lines) - (lines[-1] == ""), starts[-1])]
    cells: list[CellLines] = []
    for start, end in zip(starts, ends, strict=True):
        inside = statements[bisect_left(first_lines, start) : bisect_right(first_lines, end)]
        cells.append(CellLines(start, end, _shown(inside, lines[:end])))
    return tuple(cells)


def _marked_starts(statements: Sequence[ast.stmt], first_lines: Sequence[int], lines: Sequence[str]) -> list[int]:
    """The lines at which markers begin another cell than the first."""
    starts: list[int] = []
    text_start: int | None = None
    for number, line in enumerate(lines, 1):
        if not _MARKER.match(line):
            continue
        before = bisect_right(first_lines, number)
        if before and (statements[before - 1].end_lineno or 0) >= number:
            continue
        if TEXT_MARKER.match(line):
            text_start = text_start or number
        else:
            starts.append(text_start or number)
            text_start = None
    if starts and bisect_right(first_lines, starts[0]) == 0:
        starts.pop(0)
    return starts


def compile_cells(
    syntax: Syntax, cells: Sequence[CellLines], notes: Sequence[CellNote] = ()
) -> tuple[ProgramCell, ...]:
    """The code of each cell of a program whose tree may have been rewritten since it was split, line by line the same.

    Each of the ``notes``, which are in order, goes to the cell that its line is in.
    Raises SyntaxFailure for what only the compiler notices.
    """
    statements = _statements(syntax)
    first_lines = [_first_line(statement) for statement in statements]
    noted_lines = [note.line for note in notes]
    flags = __future__.annotations.compiler_flag if _has_future_annotations(syntax) else 0
    compiled: list[ProgramCell] = []
    for index, cell in enumerate(cells):
        first, after = bisect_left(first_lines, cell.start_line), bisect_right(first_lines, cell.end_line)
        module = ast.Module(statements[first:after], [])
        code = compile_tree(module, syntax, flags)
        noted = notes[bisect_left(noted_lines, cell.start_line) : bisect_right(noted_lines, cell.end_line)]
        compiled.append(ProgramCell(index, cell.start_line, cell.end_line, code, tuple(noted)))
    return tuple(compiled)


def _statements(syntax: Syntax) -> list[ast.stmt]:
    assert isinstance(syntax.tree, ast.Module)
    return syntax.tree.body


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _shown(statements: Sequence[ast.stmt], lines: Sequence[str]) -> ast.Expr | None:
    last = statements[-1] if statements else None
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Starred):
        return None  # Python refuses a bare `*x`, and is to say so itself
    end_line, end_column = last.end_lineno or last.lineno, last.end_col_offset or 0
    first = lines[end_line - 1].encode()[end_column:].decode()
    return None if _SEMICOLON.match("\n".join([first, *lines[end_line:]])) else last


def _has_future_annotations(syntax: Syntax) -> bool:
    return "__future__" in syntax.text and any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in syntax.nodes
    )
