"""A file of the user's own code, as it stands: what its text tells about the places and names of what it computes.

In: the text of a file that runs already. Out: a UserFile. It judges nothing: a text that does not
parse (a notebook cell with magic commands, say) gives places without its corrections, and no names.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from warnings import catch_warnings

from backlight.errors import BacklightError
from backlight.model.program import Position, UserFile
from backlight.parse.spans import cut_short, whole_places
from backlight.parse.syntax import read_syntax
from backlight.settings import Settings

GIVE_THEMSELVES = frozenset({"apply", "eval", "requires_grad_", "to", "train"})
"""Methods that may give what they are called on, and make no tensor then."""
MEMBERS = 50
"""How many members of one display have names."""


def parse_file(text: str) -> UserFile:
    """The UserFile of a text. It may be of any size: it is the user's own process."""
    settings = replace(Settings(), nesting=sys.maxsize, syntax_nodes=sys.maxsize)
    lines = tuple(text.split("\n"))
    try:
        with catch_warnings(action="ignore"):
            syntax = read_syntax(text, settings)
    except BacklightError:
        return UserFile(lines, {}, {})
    bound: dict[Position, tuple[str, ...]] = {}
    for node in syntax.nodes:
        named = [*_bindings(node), *_put(node, syntax.written)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict | ast.List):
            named += _members(node, node.value, syntax.written)
        for value, names in named:
            for position in _positions(value):
                bound[position] = (*bound.get(position, ()), *names)
    turns = {name for node in syntax.nodes if isinstance(node, ast.For) for name in _names([node.target])}
    assigned = {name.removeprefix("*") for names in bound.values() for name in names}
    return UserFile(lines, whole_places(syntax), bound, frozenset(turns - assigned))


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, tuple[str, ...]]]:
    """What makes a value in an assignment, and the names that the value gets."""
    match node:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            targets = [target]
        case ast.AugAssign(target=target):
            yield node, tuple(_names([target]))
            return
        case _:
            return
    names = tuple(_names(targets))
    for source in _sources(value):
        yield source, names
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):  # a tensor is taken apart there: ``q, k, v = qkv``
            yield target, tuple(_names([target]))


def _put(node: ast.AST, written: Callable[[ast.expr], str]) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """What makes a value that is put somewhere by ``d["k"] = …`` or ``setattr(m, "w", …)``, and what it is called."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant() as key)], value=value):
            name = f"{owner}[{written(key)}]"
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=owner), ast.Constant(value=str() as key), value]):
            name = f"{owner}.{key}"
        case _:
            return
    for source in _sources(value):
        yield source, (name,)


def _members(
    node: ast.Assign | ast.AnnAssign, display: ast.Dict | ast.List, written: Callable[[ast.expr], str]
) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """What makes the members of a dictionary or list on its way to a name, and what all of them are called then.

    They can be asked for after the last of them that calls torch, and which that is nobody knows.
    """
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    owner = next(_names([each for each in targets if not isinstance(each, ast.Tuple | ast.List)]), None)
    names = () if owner is None else tuple(f"{owner}[{key}]" for key in _keys(display, written))
    for value in display.elts if isinstance(display, ast.List) else display.values:
        yield from ((source, names) for source in _sources(value) if names)


def _keys(display: ast.Dict | ast.List, written: Callable[[ast.expr], str]) -> list[str]:
    """The keys of the members that are made right there, as far as they are known."""
    if isinstance(display, ast.Dict):
        pairs = zip(display.keys, display.values, strict=True)
        named = [(written(key), value) for key, value in pairs if isinstance(key, ast.Constant)]
    else:
        end = next((at for at, each in enumerate(display.elts) if isinstance(each, ast.Starred)), None)
        named = [(str(at), value) for at, value in enumerate(display.elts[:end])]
    return [key for key, value in named if isinstance(value, ast.Call | ast.BinOp)][:MEMBERS]


def _sources(value: ast.expr) -> Iterator[ast.expr]:
    """The expressions that an assigned value may come from, or after which it is made without a call of torch's.

    The latter are what a call is given: ``nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))`` makes no tensor itself.
    """
    stack = [value]
    while stack:
        each = stack.pop()
        match each:
            case ast.IfExp(body=body, orelse=orelse):
                stack += [body, orelse]
            case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values) | ast.Dict(values=values):
                stack += values
            case ast.NamedExpr(value=inner) | ast.Await(value=inner) | ast.Starred(value=inner):
                stack.append(inner)
            case ast.Call(func=func, args=arguments, keywords=keywords):
                stack += [*arguments, *(keyword.value for keyword in keywords)]
                if isinstance(func, ast.Attribute) and func.attr in GIVE_THEMSELVES:
                    stack.append(func.value)
                yield each
            case _:
                yield each


def _names(targets: Sequence[ast.expr]) -> Iterator[str]:
    """The names that are bound, and the attributes of names; a star before those that get a list of the rest."""
    for target in targets:
        match target:
            case ast.Name(id=name):
                yield name
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                yield f"{owner}.{attribute}"
            case ast.Tuple(elts=members) | ast.List(elts=members):
                yield from _names(members)
            case ast.Starred(value=member):
                yield from (f"*{name}" for name in _names([member]))
            case _:
                pass


def _positions(value: ast.expr | ast.stmt) -> Iterator[Position]:
    """Where the bytecode says that the last call of an expression is."""
    yield value.lineno, value.col_offset, value.end_lineno or 0, value.end_col_offset or 0
    attribute = value.func if isinstance(value, ast.Call) else value
    if isinstance(attribute, ast.Attribute) and attribute.lineno != attribute.end_lineno:
        assert isinstance(value, ast.expr)
        yield from cut_short(attribute, value)
