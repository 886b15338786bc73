"""Puts guards into a program: around what it writes attributes of, and asks private attributes and ``format`` of.

In: a checked program's syntax, rewritten by `instrument`. Out: the same, where ``x.a = 1`` is ``WRITE(x, "a").a = 1``,
``x._a`` is ``OWN(x, "_a")._a``, ``x.format`` is ``FORMAT(x, "format").format``, as ``x.__init__()`` is, and
``x.__dict__`` is ``VIEW(x, "__dict__").__dict__``, ``super().__setattr__`` alike. Positions stay as written.
"""

from __future__ import annotations

import ast

from backlight.model.program import FORMAT, OWN, SETTER, VIEW, WRITE
from backlight.parse import rules
from backlight.parse.made import called, constant
from backlight.parse.syntax import Syntax


def guard_attributes(syntax: Syntax) -> None:
    """Rewrites ``syntax.tree`` in place: the attributes of its ``nodes``, not those that were put in since."""
    plain: set[ast.AST] = set()
    for node in syntax.nodes:
        if type(node) is ast.Attribute and node.attr in rules.NAMES_OF_CLASSES:
            plain.add(node.value)  # of `x.__class__`, whatever `x` is
        if type(node) is ast.Attribute and not (node.attr == "__class__" and node in plain):
            for guard in _guards(node):
                node.value = called(guard, [node.value, constant(node.attr, node.value)], node.value)


def _guards(node: ast.Attribute) -> list[str]:
    if rules.is_guarded(node.attr):
        return [OWN]  # what is the program's own it may write, too
    if node.attr in rules.SETTERS:
        return [SETTER]
    if node.attr in rules.VIEWED:
        return [VIEW]
    if isinstance(node.ctx, ast.Load):
        return [FORMAT] if node.attr in rules.CHECKED else []
    return [WRITE]
