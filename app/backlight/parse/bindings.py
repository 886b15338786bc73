"""Bindings: which names a program gives to its values, its objects' members and its classes' own.

In: nodes of its syntax. Out: names, and the nodes that are names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from backlight.language import MODULES
from backlight.parse.rules import is_dunder

BINDING = {
    *(ast.Name, ast.arg, ast.FunctionDef, ast.ClassDef, ast.ExceptHandler, ast.Import, ast.ImportFrom),
    *(ast.MatchAs, ast.MatchStar, ast.MatchMapping),
}
"""The nodes that may give a value to a name."""


def bound_names(node: ast.AST) -> Iterable[str | None]:
    """The names that a node gives a value to."""
    if isinstance(node, ast.Name):
        return (node.id,) if isinstance(node.ctx, ast.Store) else ()
    match node:
        case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.MatchMapping(rest=name):
            return (name,)
        case ast.ExceptHandler(name=name):
            return (name,)
        case ast.ImportFrom(module=str() as module, names=[ast.alias(name="*")]):
            return MODULES.get(module, ())
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name.split(".")[0] for alias in names]
        case _:
            return ()


def own_members(node: ast.AST) -> Iterable[str]:
    """The names that a node gives to members of the program's own objects: ``self._x = …``, or a method ``_x``."""
    match node:
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
            return (name,)
        case ast.ClassDef(body=body):
            return [name for each in body for name in _class_level_names(each)]
        case _:
            return ()


def _class_level_names(statement: ast.stmt) -> Iterable[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case _:
            return ()


def mangled_names(node: ast.ClassDef) -> Iterator[ast.Name]:
    """The names in a class that are its own by their two underscores, as ``__count``: Python puts its name before."""
    for each in (child for statement in node.body for child in ast.walk(statement)):
        if isinstance(each, ast.Name) and each.id.startswith("__") and not is_dunder(each.id):
            yield each
