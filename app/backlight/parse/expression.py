"""An expression and its inputs, written out as the program that takes its gradient.

In: ``sin(x**2)`` with ``{"x": 3.0}``. Out: the text of an ordinary program, which then goes the way of all
programs. The expression is checked first, so that what is wrong with it has a place in it as typed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from backlight.errors import RequestError, SyntaxFailure
from backlight.messages import message
from backlight.parse import functions
from backlight.parse.example import hint
from backlight.parse.functions import Names
from backlight.parse.inputs import RESERVED, written_inputs
from backlight.parse.notation import FUNCTIONS, better_told, check_signs, check_tree
from backlight.parse.policy import check_policy
from backlight.parse.result import check_kind, check_result, root_of
from backlight.parse.syntax import Syntax, compile_tree, read_expression_syntax
from backlight.parse.text import clean_text
from backlight.settings import Settings

PREFIXES: Mapping[str, str] = {
    "torch": "torch",
    "F": "torch.nn.functional",
    "nn": "torch.nn",
    "linalg": "torch.linalg",
    "math": "math",
    "np": "numpy",
}
"""Modules that an expression may name, as the part before a dot."""

_COMPILING = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Attribute, ast.Constant)
"""Nodes of which Python's compiler takes whatever its parser does."""
_REDUCTIONS = {"sum", "mean", "prod", "norm"}


def write_program(expression: str, inputs: Mapping[str, Any], settings: Settings) -> tuple[str, str | None]:
    """The text of the program, and the hint for when it raises: which inputs were not given, or are only numbers.

    Free names become leaves with ``requires_grad=True``: the input of that name, else the scalar 1.0.
    Raises RequestError, SyntaxFailure, NotAllowed or LimitExceeded with a place in ``expression``.
    """
    text = clean_text(expression, settings)
    if not text.strip():
        raise RequestError(message("invalid-request", "empty-expression"))
    syntax = _read(text, inputs, settings)
    written = written_inputs(inputs, settings.nesting - 1)
    names = _sort_names(syntax, set(written))
    check_policy(syntax, bound=names.leaves, modules={name: PREFIXES[name] for name in names.prefixes})
    assert isinstance(syntax.tree, ast.Expression)
    if not all(isinstance(node, _COMPILING) for node in syntax.nodes):
        compile_tree(syntax.tree, syntax)
    for name in written:
        if name not in names.leaves:
            known = ", ".join(f"`{leaf}`" for leaf in names.leaves) or "it has none"
            raise RequestError(message("invalid-request", "input-unused", name=name, names=known))
    check_kind(syntax)
    if not names.leaves:
        raise RequestError(message("invalid-request", "no-names"), syntax.place(syntax.tree.body))
    check_result(syntax, names)
    is_elementwise = _is_elementwise(syntax, names)
    return _program(syntax, names, written, is_elementwise), _hint(syntax, names, inputs, written, is_elementwise)


def _hint(
    syntax: Syntax, names: Names, inputs: Mapping[str, Any], written: Mapping[str, str], is_elementwise: bool
) -> str | None:
    """What to give where the scalars that stand in will not do, or those that were given."""
    missing = [leaf for leaf in names.leaves if leaf not in written]
    if missing:
        return hint(syntax, "hint", missing, inputs)
    if is_elementwise or any(text.startswith("[") for text in written.values()):
        return None
    return hint(syntax, "numbers", names.leaves, {})


def _read(text: str, names: Collection[str], settings: Settings) -> Syntax:
    check_signs(text, names)
    try:
        syntax = read_expression_syntax(text, settings)
    except SyntaxFailure as error:
        raise better_told(text, error) from error
    check_tree(syntax)
    return syntax


def _sort_names(syntax: Syntax, given: set[str]) -> Names:
    """Says of each name what it stands for. Raises RequestError for a function that is not known."""
    loaded, own = _loaded_names(syntax)
    called = {id(node.func) for node in syntax.nodes if isinstance(node, ast.Call)}
    dotted = {id(node.value) for node in syntax.nodes if isinstance(node, ast.Attribute)}
    kinds: dict[str, list[str]] = {
        kind: [] for kind in ("leaf", "torch", "functional", "constant", "prefix", "builtin")
    }
    for node in loaded:
        if node.id in own:
            continue
        kind = _kind(syntax, node, given, id(node) in called, id(node) in dotted)
        if node.id not in kinds[kind]:
            kinds[kind].append(node.id)
    return Names(*(tuple(kinds[kind]) for kind in ("leaf", "torch", "functional", "constant", "prefix")))


def _loaded_names(syntax: Syntax) -> tuple[list[ast.Name], set[str]]:
    """The names that the expression reads, and those that it binds itself."""
    names = [node for node in syntax.nodes if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    own.update(node.arg for node in syntax.nodes if isinstance(node, ast.arg))
    return [node for node in names if isinstance(node.ctx, ast.Load)], own


def _kind(syntax: Syntax, node: ast.Name, given: set[str], called: bool, dotted: bool) -> str:
    name = node.id
    if name in given:
        return "leaf"
    if called:
        return _function_kind(syntax, node)
    if dotted and name in PREFIXES:
        return "prefix"
    if name in RESERVED or name.startswith("__"):
        topic = "reserved-name" if name in RESERVED else "hidden-name"
        raise RequestError(message("invalid-request", topic, name=name), syntax.place(node))
    return "constant" if name in functions.CONSTANTS or name == "π" else "leaf"


def _function_kind(syntax: Syntax, node: ast.Name) -> str:
    known = {"torch": functions.TORCH, "functional": functions.FUNCTIONAL, "builtin": functions.BUILTINS}
    for kind, names in known.items():
        if node.id in names:
            return kind
    check_policy(Syntax(syntax.text, syntax.lines, syntax.tree, (node,), syntax.lines_before))
    prose = message("invalid-request", "unknown-function", name=node.id, near=_near(node.id))
    raise RequestError(prose, syntax.place(node))


def _near(name: str) -> str:
    """What was probably meant by a function that is none."""
    instead = FUNCTIONS.get(name.lower())
    if instead is not None:
        return f" Write `{instead}`."
    if len(name) == 1:
        return f" If `{name}` is a factor, write `*` behind it."
    close = get_close_matches(name.lower(), sorted(functions.TORCH | functions.FUNCTIONAL | functions.BUILTINS), 3)
    return f" Did you mean {' or '.join(f'`{each}`' for each in close)}?" if close else ""


def _program(syntax: Syntax, names: Names, written: Mapping[str, str], is_elementwise: bool) -> str:
    lines = ["import torch"]
    lines += [_import_of(name) for name in names.prefixes if name != "torch"]
    sources = {"torch": names.torch, "torch.nn.functional": names.functional, "math": names.constants}
    lines += [
        f"from {module} import {', '.join(map(_imported, sorted(used)))}" for module, used in sources.items() if used
    ]
    lines.append("")
    lines += [f"{leaf} = torch.tensor({written.get(leaf, '1.0')}, requires_grad=True)" for leaf in names.leaves]
    result = _result_name(syntax)
    lines.append(f"{result} = {_placed(syntax)}")
    scalar = _is_scalar(syntax, names, written, is_elementwise)
    lines.append(f"{result}.backward()" if scalar else f"{result}.backward(torch.ones_like({result}))")
    return "\n".join(lines) + "\n"


def _imported(name: str) -> str:
    return "pi as π" if name == "π" else name


def _import_of(name: str) -> str:
    module = PREFIXES[name]
    return f"import {module}" if module == name else f"import {module} as {name}"


def _placed(syntax: Syntax) -> str:
    """The expression as it was typed, in brackets where it needs them to stand on the right of ``=``."""
    text = syntax.text.strip()
    needs_brackets = isinstance(root_of(syntax), ast.NamedExpr | ast.GeneratorExp) or "\n" in text
    return f"(\n{text}\n)" if needs_brackets else text


def _result_name(syntax: Syntax) -> str:
    taken = {node.id for node in syntax.nodes if isinstance(node, ast.Name)}
    taken.update(node.arg for node in syntax.nodes if isinstance(node, ast.arg))
    number = 2
    for name in ("y", "z", "out", "result"):
        if name not in taken:
            return name
    while f"y_{number}" in taken:
        number += 1
    return f"y_{number}"


def _is_scalar(syntax: Syntax, names: Names, written: Mapping[str, str], is_elementwise: bool) -> bool:
    """Whether the result surely has one element: a full reduction, or scalars put through elementwise functions."""
    match root_of(syntax):
        case ast.Call(func=ast.Attribute(attr=reduction), args=[], keywords=[]) if reduction in _REDUCTIONS:
            return True
        case ast.Call(func=ast.Name(id=reduction), args=[_], keywords=[]) if reduction in _REDUCTIONS:
            return reduction in names.torch
        case _:
            pass
    return is_elementwise and not any(text.startswith("[") for text in written.values())


def _is_elementwise(syntax: Syntax, names: Names) -> bool:
    """Whether a result surely has the shape of what goes in."""
    known = functions.ELEMENTWISE.issuperset((*names.torch, *names.functional))
    return known and all(_works_by_elements(node) for node in syntax.nodes)


def _works_by_elements(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=operator):
            return not isinstance(operator, ast.MatMult)
        case ast.Call(func=function):
            return isinstance(function, ast.Name)
        case _:
            return isinstance(node, ast.Expression | ast.Name | ast.Constant | ast.UnaryOp)
