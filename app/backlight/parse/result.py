"""Results: what an expression comes to that has no gradient, and calls that torch reads otherwise than people write.

``[x, y]``, ``math.sin(x)``, ``max(x, 0)``, ``log(x, 2)``. In: the tree of an expression, and what its names stand for.
Out: the failure that says so, with the place and what to write instead.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping

from backlight.errors import RequestError
from backlight.messages import message
from backlight.parse.functions import Names
from backlight.parse.syntax import Syntax

_NO_TENSORS: Mapping[type[ast.expr], str] = {
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Tuple: "a tuple",
    ast.Dict: "a dictionary",
    ast.DictComp: "a dictionary",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.GeneratorExp: "a generator",
    ast.Lambda: "a function",
    ast.JoinedStr: "text",
}
"""Expressions that are no tensors, whatever is in them."""
_ABOUT_TENSORS: Mapping[str, str] = {
    **dict.fromkeys(("shape", "size", "stride"), "a list of sizes"),
    **dict.fromkeys(("ndim", "dim", "numel", "nelement", "item", "element_size"), "a plain number"),
    **dict.fromkeys(("requires_grad", "is_leaf", "is_contiguous", "is_floating_point"), "true or false"),
    **dict.fromkeys(("dtype", "device", "layout"), "a property of a tensor"),
    "tolist": "a list",
    "numpy": "an array of NumPy",
    "grad_fn": "a node of the graph",
}
"""Attributes and methods of tensors that give no tensor, by name."""
_PLAIN_TWINS = {"abs": "fabs"}
"""Functions of torch that ``math`` has under another name."""
_OF_NUMBERS = frozenset({"sum", "mean", "prod", "norm", "std", "var", "median", "max", "min", "amax", "amin"})
"""Functions that make one number of a tensor, which people give lists of numbers."""


def check_kind(syntax: Syntax) -> None:
    """Raises RequestError where the expression is no tensor, whatever its names stand for."""
    root = root_of(syntax)
    kind = _NO_TENSORS.get(type(root))
    if kind is not None:
        topic = "no-tensors" if kind in {"a list", "a tuple"} else "no-tensor"
        raise _failure(syntax, root, topic, kind=kind)
    match root:
        case ast.Call(func=ast.Attribute(attr="backward")):
            raise _failure(syntax, root, "backward-call")
        case ast.Attribute(attr=name) | ast.Call(func=ast.Attribute(attr=name)) if name in _ABOUT_TENSORS:
            raise _failure(syntax, root, "about-tensor", what=syntax.written(root), kind=_ABOUT_TENSORS[name])
        case _:
            pass


def check_result(syntax: Syntax, names: Names) -> None:
    """Raises RequestError for what has no gradient, or none yet, and for calls that torch takes otherwise."""
    match root := root_of(syntax):
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr=name)) if "math" in names.prefixes:
            raise _failure(syntax, root, "plain-function", name=name)
        case _:
            pass
    parts = {id(node.value) for node in syntax.nodes if isinstance(node, ast.Attribute | ast.Subscript)}
    for node in syntax.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=leaf), attr="grad") if leaf in names.leaves:
                raise _failure(syntax, node, "no-grad-yet", name=leaf)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in names.torch and args:
                _check_call(syntax, names, name, node, id(node) in parts)
            case _:
                pass


def _is_number(node: ast.expr, names: Names) -> bool:
    """Whether an expression is arithmetic of numbers and named constants alone."""
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.Name(id=name):
            return name in names.constants
        case ast.UnaryOp(operand=operand):
            return _is_number(operand, names)
        case ast.BinOp(left=left, right=right):
            return _is_number(left, names) and _is_number(right, names)
        case _:
            return False


def _check_call(syntax: Syntax, names: Names, name: str, node: ast.Call, is_taken_apart: bool) -> None:
    """A call of a function of torch's by its bare name, with arguments by position alone."""
    plain = _PLAIN_TWINS.get(name, name)
    match node.args:
        case [number] if _is_number(number, names) and hasattr(math, plain):
            fields = {"name": name, "plain": plain, "argument": syntax.written(number)}
            raise _failure(syntax, node, "number-function", **fields)
        case [ast.List() | ast.Tuple() as members] if name in _OF_NUMBERS:
            together = "tensor" if all(_is_number(each, names) for each in members.elts) else "stack"
            fields = {"name": name, "argument": syntax.written(members), "together": together}
            raise _failure(syntax, node, "list-function", **fields)
        case [ast.GeneratorExp() | ast.ListComp() as items] if name in _OF_NUMBERS:
            argument = syntax.written(items)
            raise _failure(syntax, node, "items-function", name=name, argument=argument, items=argument[1:-1])
        case [one, other] if name in {"max", "min"} and not is_taken_apart:
            if _is_number(one, names) != _is_number(other, names):
                tensor, number = (other, one) if _is_number(one, names) else (one, other)
                fields = {"name": name, "tensor": syntax.written(tensor), "number": syntax.written(number)}
                raise _failure(syntax, node, "larger", bound={"max": "min", "min": "max"}[name], **fields)
        case [of, base] if name == "log":
            raise _failure(syntax, node, "log-base", instead=_log_of(syntax, names, of, base))
        case _:
            pass


def _log_of(syntax: Syntax, names: Names, of: ast.expr, base: ast.expr) -> str:
    """The logarithm to a base, as torch has it."""
    argument, written = syntax.written(of), syntax.written(base)
    if written in {"2", "10"}:
        return f"log{written}({argument})"
    return f"log({argument}) / {'math.' if _is_number(base, names) else ''}log({written})"


def _failure(syntax: Syntax, node: ast.expr, topic: str, **fields: str) -> RequestError:
    return RequestError(message("invalid-request", topic, **fields), syntax.place(node))


def root_of(syntax: Syntax) -> ast.expr:
    """The whole expression."""
    assert isinstance(syntax.tree, ast.Expression)
    return syntax.tree.body
