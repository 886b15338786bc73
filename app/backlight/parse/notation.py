"""Mathematics as people type it, where Python reads it otherwise or not at all: what to write instead.

``x^2``, ``2x``, ``x·y``, ``|x|``, ``y = x**2``. In: the text of an expression, or its tree. Out: the failure that
says so, with the place; nothing is mended silently.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from backlight.errors import BacklightError, RequestError, SyntaxFailure
from backlight.messages import message
from backlight.model.document import Place
from backlight.parse import functions
from backlight.parse.literals import BRACKETS_AND_QUOTES
from backlight.parse.syntax import Syntax

_INSTEAD: Mapping[str, str] = {
    **dict.fromkeys("·×⋅∙", "`*`"),
    **dict.fromkeys("−–—", "`-`"),
    **dict.fromkeys("÷∕", "`/`"),
    "√": "`sqrt(x)`",
    "≤": "`<=`",
    "≥": "`>=`",
    "≠": "`!=`",
    "∞": "`inf`",
    "∑": "`sum(x)`",
    "∏": "`prod(x)`",
    **{sign: f"`**{power}`" for power, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "½": "`1/2`",
    "¼": "`1/4`",
    "¾": "`3/4`",
    "¬": "`~`",
    "∧": "`&`",
    "∨": "`|`",
    **dict.fromkeys("‘’“”", '`"`'),
}
FUNCTIONS: Mapping[str, str] = {
    "ln": "log(x)",
    "lg": "log10(x)",
    "ld": "log2(x)",
    "tg": "tan(x)",
    "cot": "1/tan(x)",
    "ctg": "1/tan(x)",
    "sec": "1/cos(x)",
    "csc": "1/sin(x)",
    "arsinh": "asinh(x)",
    "arcosh": "acosh(x)",
    "artanh": "atanh(x)",
    "σ": "sigmoid(x)",
    "logistic": "sigmoid(x)",
    "swish": "silu(x)",
    "mse": "mse_loss(x, y)",
    "avg": "mean(x)",
    "factorial": "exp(lgamma(x + 1))",
    "gamma": "exp(lgamma(x))",
    "sqr": "x**2",
    "cbrt": "x**(1/3)",
    "inv": "inverse(x)",
    "ger": "outer(x, y)",
    "item": "x",
    **{name: f"torch.linalg.{name}(x)" for name in ("cholesky", "qr", "svd", "svdvals", "eigvals", "eigh", "lstsq")},
}
"""What else a function is called, and what to write for it."""

_TOKENS = re.compile(r"[^\W\d]\w*(?:\.\w+)*|0[xXoObB]\w+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+|[jJ]\b)?|\S")
_OPERATOR_WORDS = frozenset(keyword.kwlist) - {"True", "False", "None"}
_ASSIGNS = re.compile(r"(?<![=!<>:])=(?!=)")
_DERIVES = re.compile(r"\s*[d∂]\s*/\s*[d∂]\s*\w+")
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def check_signs(text: str, names: Collection[str]) -> None:
    """Raises SyntaxFailure for a sign that stands in books and not in Python, unless an input has it in its name."""
    for at, sign in enumerate(_without_texts(text)):
        if sign in _INSTEAD and not any(sign in name for name in names):
            raise _failure(text, at, at + 1, "sign", sign=sign, instead=_INSTEAD[sign])


def better_told(text: str, error: BacklightError) -> BacklightError:
    """What to say of a text that Python could not read: for a missing ``*``, ``|x|`` and ``=`` what is meant."""
    if not isinstance(error, SyntaxFailure):
        return error
    plain = _without_texts(text)
    derives = _DERIVES.match(plain)
    if derives is not None and text[derives.end() :].strip():
        return _failure(text, *derives.span(), "derivative", right=text[derives.end() :].strip())
    assigned = _outside_brackets(plain, _ASSIGNS)
    if assigned is not None:
        right = text[assigned.end() :].strip() or "sin(x)"
        return _failure(text, *assigned.span(), "assignment", right=right)
    for left, right in pairwise(_TOKENS.finditer(plain)):
        if _is_product(left[0], right[0]):
            return _of_product(text, left, right)
    for sign, topic in {"|": "absolute", "!": "factorial"}.items():
        if sign in plain.replace("!=", "  "):
            at = plain.replace("!=", "  ").index(sign)
            return _failure(text, at, at + 1, topic)
    return error


def check_tree(syntax: Syntax) -> None:
    """Raises RequestError for what Python reads, but not as it was meant: ``x^2``, and ``2(x + 1)``."""
    for node in syntax.nodes:
        match node:
            case ast.BinOp(op=ast.BitXor(), left=left, right=right) if _is_number(left) or _is_number(right):
                raise RequestError(message("invalid-request", "power"), _sign_after(syntax, left))
            case ast.Call(func=ast.Constant() | ast.BinOp() | ast.UnaryOp() | ast.Compare()):
                raise RequestError(message("invalid-request", "product"), syntax.place(node))
            case _:
                pass


def _sign_after(syntax: Syntax, left: ast.expr) -> Place:
    """The place of the ``^`` behind an operand."""
    line, column = (place := syntax.place(left)).end_line, place.end_column
    while (found := syntax.lines[line - 1].find("^", column)) < 0:
        line, column = line + 1, 0
    return Place(line, found, line, found + 1)


def _is_number(node: ast.expr) -> bool:
    """Whether an operand of ``^`` is one that has no bits here: a leaf, a number, or what is computed of them."""
    match node:
        case ast.Name() | ast.Constant() | ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return True
        case ast.BinOp(op=operator):
            return isinstance(operator, _ARITHMETIC)
        case ast.Call(func=ast.Name(id=name)):
            return name in functions.ELEMENTWISE
        case _:
            return False


def _is_product(left: str, right: str) -> bool:
    """Whether two neighbours are factors, for all that one can see."""
    if {left, right} & _OPERATOR_WORDS or not (left[-1].isalnum() or left in ")]"):
        return False
    return right[0].isalnum() or right[0] == "_" or (right == "(" and left[0].isdigit())


def _of_product(text: str, left: re.Match[str], right: re.Match[str]) -> BacklightError:
    span = left.start(), right.end()
    if left[0] in functions.TORCH | functions.FUNCTIONAL | FUNCTIONS.keys():
        return _failure(text, *span, "brackets", function=left[0], argument=right[0])
    if left[0] in ")]":
        return _failure(text, *right.span(), "times-before", right=right[0])
    between = text[left.end() : right.start()].strip()
    return _failure(text, *span, "times", wrong=text[slice(*span)], right=f"{left[0]}{between}*{right[0]}")


def _failure(text: str, start: int, end: int, topic: str, **fields: str) -> SyntaxFailure:
    line, before = text.count("\n", 0, start) + 1, text.rfind("\n", 0, start) + 1
    end_line, end_before = text.count("\n", 0, end) + 1, text.rfind("\n", 0, end) + 1
    place = Place(line, start - before, end_line, end - end_before)
    return SyntaxFailure(message("syntax-error", topic, **fields), place)


def _without_texts(text: str) -> str:
    """The text with blanks for what stands in quotes and comments; as long as before."""
    return BRACKETS_AND_QUOTES.sub(lambda found: found[0] if len(found[0]) == 1 else " " * len(found[0]), text)


def _outside_brackets(plain: str, wanted: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for found in wanted.finditer(plain) if _depth(plain[: found.start()]) == 0), None)


def _depth(text: str) -> int:
    return sum(text.count(each) for each in "([{") - sum(text.count(each) for each in ")]}")
