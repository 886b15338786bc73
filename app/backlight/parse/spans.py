r"""What CPython's positions leave out: the start of a chain that spans lines, and what a ``for`` runs over.

For ``a\n.b()\n.c()`` the bytecode of the last call is placed at ``c()`` alone
(``update_start_location_to_match_attr`` in CPython's compiler); the syntax tree knows the whole. What calls the
iterator of a loop is placed at the whole statement by CPython 3.11, and at what the loop runs over by later ones.
"""

from __future__ import annotations

import ast

from backlight.model.document import Place
from backlight.model.program import Position
from backlight.parse.syntax import Syntax


def whole_places(syntax: Syntax) -> dict[Position, Place]:
    """The place that a reader expects for positions that CPython gives otherwise: of chains of calls, and of loops."""
    wholes: dict[Position, Place] = {}
    for node in syntax.nodes:
        if isinstance(node, ast.Call | ast.Attribute):
            attribute = node.func if isinstance(node, ast.Call) else node
            if isinstance(attribute, ast.Attribute) and attribute.lineno != attribute.end_lineno:
                for position in cut_short(attribute, node):
                    wholes.setdefault(position, syntax.place(node))
        elif isinstance(node, ast.For | ast.AsyncFor):
            position = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
            wholes.setdefault(position, syntax.place(node.iter))
    return wholes


def cut_short(attribute: ast.Attribute, whole: ast.expr) -> tuple[Position, Position]:
    """Where the bytecode of ``whole`` may be said to be, for an attribute whose name is on a later line than its start.

    CPython 3.11 keeps the end of the whole; later ones may end at the attribute's name.
    """
    line, end_column = attribute.end_lineno or 0, attribute.end_col_offset or 0
    start = end_column - len(attribute.attr)
    return (
        (line, start, whole.end_lineno or 0, whole.end_col_offset or 0),
        (line, start, whole.end_lineno or 0, end_column),
    )
