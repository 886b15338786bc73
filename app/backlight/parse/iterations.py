"""Marks in a program where functions begin and where iterations of its loops do, and changes nothing else to be seen.

In: a Syntax, which `instrument` may have rewritten. Out: its loops, in source order, to which the marks refer.
Statements get a mark as the first of their body, expressions one that is true before what they evaluate.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from backlight.model.document import Place
from backlight.model.program import COMPREHENSIONS, ENTER, ITERATE, START, Loop, loop_name
from backlight.parse.made import alone, called, constant, put
from backlight.parse.syntax import Syntax


def mark_iterations(syntax: Syntax) -> tuple[Loop, ...]:
    """Puts the marks into ``syntax.tree``, a module's. Gives the loops that they refer to."""
    marking = _Marking(syntax)
    for node in syntax.nodes:
        mark = _MARKS.get(type(node))
        if mark is not None:
            mark(marking, node)
    return tuple(marking.loops)


def _then(mark: ast.Call, value: ast.expr) -> ast.expr:
    """``mark and value``: the mark is true."""
    return put(ast.BoolOp(ast.And(), [mark, value]), value)


class _Marking:
    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self.loops: list[Loop] = []

    def body(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        first = node.body[0]
        is_docstring = ast.get_docstring(node, clean=False) is not None
        node.body.insert(1 if is_docstring else 0, alone(called(ENTER, [], first)))

    def function_expression(self, node: ast.Lambda) -> None:
        node.body = _then(called(ENTER, [], node.body), node.body)

    def for_statement(self, node: ast.For) -> None:
        loop = self._loop(node, node.iter, [self._syntax.place(node.target), self._block(node.body, node.iter)])
        node.body.insert(0, alone(self._iterate(loop, node.target)))
        put(node, node.iter)  # what calls the iterator stands there; from Python 3.12 on it does anyway

    def while_statement(self, node: ast.While) -> None:
        loop = self._loop(node, node.test, [self._syntax.place(node.test), self._block(node.body, node.test)])
        node.test = _then(self._iterate(loop, node.test), node.test)

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        spans = [self._syntax.place(element) for element in elements]
        inside: list[tuple[ast.comprehension, list[Place]]] = []
        for clause in reversed(node.generators):
            spans = [*spans, *map(self._syntax.place, clause.ifs)]
            inside.append((clause, spans))
            spans = [*spans, self._from_to(clause.target, clause.iter)]
        for clause, within in reversed(inside):
            first = clause is node.generators[0]
            loop = self._loop(clause.target, clause.iter, within, COMPREHENSIONS[type(node)] if first else None)
            clause.ifs.insert(0, self._iterate(loop, clause.target))
            number = constant(loop, clause.iter)
            clause.iter = called(START, [clause.iter, number], clause.iter)

    def _iterate(self, loop: int, at: ast.AST) -> ast.Call:
        return called(ITERATE, [constant(loop, at)], at)

    def _block(self, body: list[ast.stmt], head: ast.expr) -> Place:
        """Where a body stands; what `instrument` put into it stands within, or before the end of its head."""
        header = self._syntax.place(head)
        places = [self._syntax.place(statement) for statement in body]
        starts = [(place.line, place.column) for place in places]
        end = max((place.end_line, place.end_column) for place in places)
        return Place(*min(each for each in starts if each >= (header.end_line, header.end_column)), *end)

    def _loop(self, start: ast.AST, end: ast.expr, spans: list[Place], frame: str | None = None) -> int:
        place = self._from_to(start, end)
        name = self._text(place)
        if isinstance(start, ast.expr):
            name = f"for {name}"
        self.loops.append(Loop(loop_name(name), place, tuple(spans), frame))
        return len(self.loops) - 1

    def _from_to(self, start: ast.AST, end: ast.AST) -> Place:
        first, last = self._syntax.place(start), self._syntax.place(end)
        return Place(first.line, first.column, last.end_line, last.end_column)

    def _text(self, place: Place) -> str:
        """What stands there, on one line."""
        lines = list(self._syntax.lines[place.line - 1 : place.end_line])
        lines[-1] = lines[-1][: place.end_column]
        lines[0] = lines[0][place.column :]
        return " ".join(" ".join(lines).split())


_MARKS: Mapping[type[ast.AST], Callable[[_Marking, Any], None]] = {
    ast.FunctionDef: _Marking.body,
    ast.ClassDef: _Marking.body,
    ast.Lambda: _Marking.function_expression,
    ast.For: _Marking.for_statement,
    ast.While: _Marking.while_statement,
    ast.ListComp: _Marking.comprehension,
    ast.SetComp: _Marking.comprehension,
    ast.DictComp: _Marking.comprehension,
    ast.GeneratorExp: _Marking.comprehension,
}
"""What is marked in each kind of node."""
