"""From text to a syntax tree that is safe to work on: parsed, counted, of bounded depth.

Nothing after this walks recursively: `Syntax` carries the tree's nodes as one flat list. What Python warns of as it
reads is for who calls to switch off.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import CodeType
from typing import Literal, cast

from backlight.errors import BacklightError, LimitExceeded, SyntaxFailure
from backlight.messages import message
from backlight.model.document import Place
from backlight.model.program import FILENAME, code_point_column
from backlight.parse.literals import BRACKETS_AND_QUOTES, place_in_literal
from backlight.settings import Settings

NODES_PER_LEVEL = 4
"""Syntax nodes that one level of nesting may stack up: a call of a method of an item, say."""

_LINE = re.compile(r"\bline (\d+)")
"""What Python's messages say of another line."""

_PLAIN_FIELDS = {"ctx", "op", "ops", "id", "attr", "kind", "conversion", "type_comment", "level", "simple", "is_async"}
_CHILDLESS = (ast.Constant, ast.alias)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(
        field for field in reversed(kind._fields) if field not in _PLAIN_FIELDS and not issubclass(kind, _CHILDLESS)
    )
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed text. ``nodes`` are those of ``tree`` in source order, parents first, without contexts and operators.

    ``lines_before`` is how many lines were put before ``text`` to parse it: the tree's line numbers count them.
    """

    text: str
    lines: tuple[str, ...]
    tree: ast.Module | ast.Expression
    nodes: tuple[ast.AST, ...]
    lines_before: int = 0

    def place(self, node: ast.AST) -> Place:
        """Where ``node`` stands in the text; for a node without position, the whole text."""
        line = getattr(node, "lineno", None)
        if line is None:
            return Place(1, 0, len(self.lines), len(self.lines[-1]))
        end_line, end_column = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
        start = self._point(line, getattr(node, "col_offset", 0))
        end = max(start, self._point(end_line or line, end_column or 0))
        return Place(*start, *end)

    def written(self, node: ast.expr) -> str:
        """An expression as it is written, in one line."""
        place = self.place(node)
        line = self.lines[place.line - 1]
        return line[place.column : place.end_column] if place.line == place.end_line else ast.unparse(node)

    def _point(self, line: int, byte_column: int) -> tuple[int, int]:
        line -= self.lines_before
        if not 1 <= line <= len(self.lines):
            return (1, 0) if line < 1 else (len(self.lines), len(self.lines[-1]))
        return line, code_point_column(self.lines[line - 1], byte_column)


def read_syntax(text: str, settings: Settings, starts: Sequence[int] = (1,)) -> Syntax:
    """The Syntax of a program. Raises SyntaxFailure, and LimitExceeded for ``nesting`` and ``syntax_nodes``.

    Each of the lines ``starts`` (1-based, in order) begins a part that is Python by itself, and so ends the one before.
    """
    lines = tuple(text.split("\n"))
    body: list[ast.stmt] = []
    for start, after in pairwise((*starts, len(lines) + 1)):
        body += _parse_part("\n".join(lines[start - 1 : after - 1]), start - 1, settings)
    return _with_nodes(Syntax(text, lines, ast.Module(body, []), ()), settings)


def read_expression_syntax(text: str, settings: Settings) -> Syntax:
    """The Syntax of one expression, which may span lines. Places are places in ``text``; errors as in `read_syntax`."""
    _check_balance(text)
    tree = _parse(text, "eval", settings)
    assert isinstance(tree, ast.Expression)
    return _with_nodes(Syntax(text, tuple(text.split("\n")), tree, (), 1), settings)


def compile_tree(tree: ast.Module | ast.Expression, syntax: Syntax, flags: int = 0) -> CodeType:
    """The code of ``tree``, a part of ``syntax``. SyntaxFailure for what only the compiler notices, a stray return."""
    mode = "exec" if isinstance(tree, ast.Module) else "eval"
    try:
        return compile(tree, FILENAME, mode, flags, dont_inherit=True)
    except SyntaxError as error:
        raise _syntax_failure(error, syntax.lines, syntax.lines_before) from error
    except (MemoryError, RecursionError, ValueError, OverflowError) as error:
        raise SyntaxFailure(message("syntax-error", "too-complex")) from error


def _parse_part(text: str, lines_above: int, settings: Settings) -> list[ast.stmt]:
    """The statements of a part of a program, which begins below ``lines_above`` others."""
    try:
        tree = _parse(text, "exec", settings)
    except BacklightError as error:
        if error.place is not None:
            line, end_line = error.place.line + lines_above, error.place.end_line + lines_above
            error.place = replace(error.place, line=line, end_line=end_line)
        raise
    assert isinstance(tree, ast.Module)
    if lines_above:
        ast.increment_lineno(tree, lines_above)
    return tree.body


def _parse(text: str, mode: Literal["exec", "eval"], settings: Settings) -> ast.AST:
    """The tree of ``text``; that of an expression counts one line more."""
    source, before = (text, 0) if mode == "exec" else (f"(\n{text}\n)", 1)
    _check_brackets(text, settings.nesting)
    try:
        return compile(source, FILENAME, mode, ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        raise _syntax_failure(error, tuple(text.split("\n")), before) from error
    except (MemoryError, RecursionError) as error:
        raise _too_nested(settings.nesting) from error
    except (ValueError, OverflowError) as error:
        raise SyntaxFailure(message("syntax-error", "too-complex")) from error


def _with_nodes(syntax: Syntax, settings: Settings) -> Syntax:
    """``syntax`` with its tree's nodes. A loop with its own stack: the tree may be as deep as the limit says."""
    nodes: list[ast.AST] = []
    stack: list[tuple[ast.AST, int]] = [(syntax.tree, 0)]
    deepest = settings.nesting * NODES_PER_LEVEL
    while stack:
        node, depth = stack.pop()
        nodes.append(node)
        if depth > deepest:
            raise _too_nested(settings.nesting, syntax.place(node))
        if len(nodes) > settings.syntax_nodes:
            limit = settings.syntax_nodes
            prose = message("limit-exceeded", "syntax_nodes", value=limit)
            raise LimitExceeded(prose, syntax.place(node), limit="syntax_nodes", value=limit)
        fields = _FIELDS[type(node)]
        if fields:
            stack.extend([(child, depth + 1) for child in _children(node, fields)])
    return Syntax(syntax.text, syntax.lines, syntax.tree, tuple(nodes), syntax.lines_before)


def _children(node: ast.AST, fields: Sequence[str]) -> list[ast.AST]:
    """The nodes in these fields of ``node``, which come last first, as the nodes do."""
    children: list[ast.AST] = []
    for field in fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            children.append(value)
        elif isinstance(value, list):
            children += [item for item in reversed(cast("list[object]", value)) if isinstance(item, ast.AST)]
    return children


def _brackets(text: str) -> Iterator[re.Match[str]]:
    return (found for found in BRACKETS_AND_QUOTES.finditer(text) if found[0] in "()[]{}")


def _check_brackets(text: str, limit: int) -> None:
    """A cheap look before the parser, whose stack is what deep nesting attacks."""
    if text.count("(") + text.count("[") + text.count("{") <= limit:
        return
    depth = 0
    for found in _brackets(text):
        depth = depth + 1 if found[0] in "([{" else max(depth - 1, 0)
        if depth > limit:
            raise _too_nested(limit, _place_at(text, found.start()))


def _check_balance(text: str) -> None:
    open_brackets: list[re.Match[str]] = []
    for found in _brackets(text):
        if found[0] in "([{":
            open_brackets.append(found)
        elif not open_brackets:
            raise SyntaxFailure(message("syntax-error", "unmatched", bracket=found[0]), _place_at(text, found.start()))
        else:
            open_brackets.pop()
    for found in open_brackets[-1:]:
        raise SyntaxFailure(message("syntax-error", "unclosed", bracket=found[0]), _place_at(text, found.start()))


def _place_at(text: str, index: int) -> Place:
    line, column = text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1)
    return Place(line, column, line, column + 1)


def _too_nested(limit: int, place: Place | None = None) -> LimitExceeded:
    return LimitExceeded(message("limit-exceeded", "nesting", value=limit), place, limit="nesting", value=limit)


def _syntax_failure(error: SyntaxError, lines: tuple[str, ...], before: int) -> SyntaxFailure:
    problem = _LINE.sub(lambda found: f"line {int(found[1]) - before}", error.msg or "invalid syntax")
    problem = problem if problem.startswith("f-string") else problem[:1].upper() + problem[1:]
    problem += "" if problem.endswith((".", "?", "!")) else "."
    topic = "integer" if problem.startswith("Exceeds the limit") else "python"
    prose = message("syntax-error", topic, problem=problem)
    if error.lineno is None:
        return SyntaxFailure(prose)
    place = place_in_literal(error, lines, before)
    if place is not None:
        return SyntaxFailure(prose, _visible((place.line, place.column), (place.end_line, place.end_column), lines))
    line = min(max(error.lineno - before, 1), len(lines))
    row = lines[line - 1]
    start = (line, _column(error, error.offset, row) if line == error.lineno - before else len(row))
    end_line = min(max((error.end_lineno or error.lineno) - before, line), len(lines))
    end = (end_line, _column(error, error.end_offset, lines[end_line - 1]))
    return SyntaxFailure(prose, _visible(start, end, lines))


def _column(error: SyntaxError, offset: int | None, line: str) -> int:
    """The column of an offset. Where CPython shows several lines, it took the line's bytes for those of the first."""
    column, shown = (offset or 0) - 1, (error.text or "").rstrip("\n")
    return code_point_column(line, len(shown[:column].encode())) if "\n" in shown and column > 0 else column


def _visible(start: tuple[int, int], end: tuple[int, int], lines: tuple[str, ...]) -> Place:
    """The stretch kept within the text, and at least one column wide where the line has one."""
    line, column = start[0], min(max(start[1], 0), len(lines[start[0] - 1]))
    end_line, end_column = end[0], min(max(end[1], 0), len(lines[end[0] - 1]))
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, min(column + 1, len(lines[line - 1]))
        column = max(min(column, end_column - 1), 0)
    return Place(line, column, end_line, end_column)
