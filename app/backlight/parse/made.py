"""Made: nodes that are put into a program's tree. Each stands where one of the program's own stood."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

Node = TypeVar("Node", bound=ast.AST)


def put(node: Node, at: ast.AST) -> Node:
    """``node``, with the position of ``at``; both are of kinds that have one. Asks less than `ast.copy_location`."""
    new: Any = node
    old: Any = at
    new.lineno, new.col_offset = old.lineno, old.col_offset
    new.end_lineno, new.end_col_offset = old.end_lineno, old.end_col_offset
    return node


def called(name: str, arguments: list[ast.expr], at: ast.AST) -> ast.Call:
    """``name(*arguments)``."""
    return put(ast.Call(read(name, at), arguments, []), at)


def constant(value: bool | int | str | None, at: ast.AST) -> ast.Constant:
    """A value written out."""
    return put(ast.Constant(value), at)


def alone(value: ast.expr) -> ast.Expr:
    """A statement of nothing but an expression."""
    return put(ast.Expr(value), value)


def read(name: str, at: ast.AST) -> ast.Name:
    """The value of a name."""
    return put(ast.Name(name, ast.Load()), at)
