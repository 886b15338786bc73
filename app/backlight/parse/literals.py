"""Where in a literal an error of syntax is, where CPython says it only of what the literal is made of.

Python 3.11 counts columns of an f-string's expression from a bracket that it puts before that expression, and what is
wrong with the literal as a whole it finds at its end, or the line's. From 3.12 on f-strings have places of their own.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from backlight.model.document import Place
from backlight.model.program import FILENAME, code_point_column

BRACKETS_AND_QUOTES = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|\'\'\'(?:[^'\\]|\\.|'(?!''))*+(?:\'\'\')?'''
    r"""|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|\#[^\n]*|[()\[\]{}]""",
    re.DOTALL,
)
_PREFIX = re.compile(r"(?i:\b(?:[bfru]|[bf]r|r[bf]))\Z")
_LONG_NUMBER = re.compile(r"(?<![\w.])[0-9](?:_?[0-9]){4300,}+")
_OF_LITERALS = ("(unicode error)", "(value error)", *(("f-string",) if sys.version_info < (3, 12) else ()))


def place_in_literal(error: SyntaxError, lines: Sequence[str], before: int) -> Place | None:
    """The place in ``lines`` of an error that is a literal's; None for any other, and where it is not to be found.

    ``before`` is how many lines stood above them when they were compiled.
    """
    line, shown = (error.lineno or 0) - before, (error.text or "").removesuffix("\n")
    if shown.startswith("(") and 1 <= line <= len(lines) and shown.strip() != lines[line - 1].strip():
        return _in_expression(error, shown, lines, before)
    if error.msg.startswith("Exceeds the limit"):
        found = _LONG_NUMBER.search("\n".join(lines))
        return found and _place("\n".join(lines), *found.span())
    return _of_literal(error.msg, lines) if error.msg.startswith(_OF_LITERALS) else None


def _in_expression(error: SyntaxError, shown: str, lines: Sequence[str], before: int) -> Place | None:
    """The place of an error in ``shown``: an f-string's expression, or its first line, after a bracket."""
    line = (error.lineno or 1) - before
    end_line = min(max((error.end_lineno or 0) - before, line), len(lines))
    inner = shown[1:-1] if end_line == line and shown.endswith(")") else shown[1:]
    text = lines[line - 1]
    begin = text.find("{" + inner) + 1 or text.find(inner)
    if begin < 0:
        return None
    begin -= 1  # where the bracket would stand
    column = begin + code_point_column(shown, (error.offset or 1) - 1)
    if end_line > line:
        return Place(line, column, end_line, min(max((error.end_offset or 1) - 1, 1), len(lines[end_line - 1])))
    end_column = begin + code_point_column(shown, (error.end_offset or 1) - 1)
    return Place(line, column, line, max(end_column, column + 1))


def _of_literal(problem: str, lines: Sequence[str]) -> Place | None:
    """The first literal that has this problem by itself."""
    text = "\n".join(lines)
    for start, end in _literals(text):
        if _problem(text[start:end]) == problem:
            return _place(text, start, end)
    return None


def _place(text: str, start: int, end: int) -> Place:
    first, last = text.count("\n", 0, start), text.count("\n", 0, end)
    return Place(first + 1, start - text.rfind("\n", 0, start) - 1, last + 1, end - text.rfind("\n", 0, end) - 1)


def _literals(text: str) -> Iterator[tuple[int, int]]:
    for found in BRACKETS_AND_QUOTES.finditer(text):
        if found[0][0] in "\"'":
            prefix = _PREFIX.search(text, max(found.start() - 3, 0), found.start())
            yield (prefix or found).start(), found.end()


def _problem(literal: str) -> str | None:
    try:
        compile(literal, FILENAME, "eval", ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        return error.msg
    except (MemoryError, RecursionError, ValueError):
        pass
    return None
