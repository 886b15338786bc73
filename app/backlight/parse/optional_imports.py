"""Which imports of a program may find nothing: those that it is prepared for, or that may never run.

In: a Syntax. Out: its import statements inside a ``try`` that handles ``ImportError``, a function, a branch of an
``if``, or under ``TYPE_CHECKING``. What cannot be imported there is no reason to refuse the whole program.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backlight.parse.syntax import Syntax

_HANDLED = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})
"""What a handler names that catches a failed import."""


@dataclass(frozen=True, slots=True)
class OptionalImports:
    """``prepared``: import statements that may fail as they run. ``never_run``: those that Python does not run.

    ``inside``: those in functions and classes. ``conditional``: attributes in functions, in branches of an ``if``, and
    after ``and`` or ``or``.
    """

    prepared: frozenset[ast.AST]
    never_run: frozenset[ast.AST]
    inside: frozenset[ast.AST]
    conditional: frozenset[ast.AST]

    def may_lack(self, node: ast.Import | ast.ImportFrom, module: str) -> bool:
        """Whether a statement may ask for a module that is not there; Python's own library is always there."""
        if node in self.never_run:
            return True
        return node in self.prepared and module.partition(".")[0] not in sys.stdlib_module_names


def find_optional_imports(syntax: Syntax) -> OptionalImports:
    """The optional imports of ``syntax``."""
    prepared: set[ast.AST] = set()
    never_run: set[ast.AST] = set()
    inside: set[ast.AST] = set()
    conditional: set[ast.AST] = set()
    for node in syntax.nodes:
        match node:
            case ast.Try(body=body, handlers=handlers) if any(map(_handles_import, handlers)):
                prepared.update(_imports(body), *(_imports(handler.body) for handler in handlers))
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), body=body):
                never_run.update(_imports(body))
            case ast.If(body=body, orelse=orelse) if not _is_main(node.test):
                prepared.update(_imports(body), _imports(orelse))
                conditional.update(_attributes([*body, *orelse]))
            case ast.IfExp(body=body, orelse=orelse):
                conditional.update(_attributes([body, orelse]))
            case ast.BoolOp(values=[_, *later]):
                conditional.update(_attributes(later))
            case ast.FunctionDef(body=body):
                prepared.update(_imports(body))
                inside.update(_imports(body))
                conditional.update(_attributes(body))
            case ast.ClassDef(body=body):
                inside.update(_imports(body))
            case _:
                pass
    return OptionalImports(frozenset(prepared), frozenset(never_run), frozenset(inside), frozenset(conditional))


def _imports(block: Sequence[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in _nodes(block) if isinstance(node, ast.Import | ast.ImportFrom))


def _attributes(block: Sequence[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in _nodes(block) if isinstance(node, ast.Attribute))


def _nodes(block: Sequence[ast.AST]) -> Iterator[ast.AST]:
    for statement in block:
        yield from ast.walk(statement)


def _handles_import(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _HANDLED) for kind in kinds)


def _is_main(test: ast.expr) -> bool:
    """Whether a test asks whether the program is run, which it is."""
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))
