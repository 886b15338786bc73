"""The inputs that an expression needs, where the scalar 1.0 will not do: named, with an example to copy.

What a function wants is looked up by its name; beside given inputs, an example takes the shape that fits to theirs.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, cast

from backlight.messages import message
from backlight.parse.functions import words
from backlight.parse.syntax import Syntax

Shape = tuple[int, ...]

_VECTOR, _MATRIX, _BATCH, _IMAGE, _VOLUME = (2,), (2, 2), (2, 2, 2), (1, 1, 2, 2), (1, 1, 2, 2, 2)
_ONE, _THREE = (1,), (3,)
_SHAPES: Mapping[str, tuple[Shape, ...]] = {
    **dict.fromkeys(("dot", "outer", "vdot", "vander"), (_VECTOR, _VECTOR)),
    "mv": (_MATRIX, _VECTOR),
    "addmv": (_VECTOR, _MATRIX, _VECTOR),
    "addr": (_MATRIX, _VECTOR, _VECTOR),
    "cross": (_THREE, _THREE),
    "bilinear": (_MATRIX, _MATRIX, _BATCH),
    "addbmm": (_MATRIX, _BATCH, _BATCH),
    **dict.fromkeys(("bmm", "baddbmm", "instance_norm"), (_BATCH, _BATCH, _BATCH)),
    **dict.fromkeys(("conv1d", "conv_transpose1d"), (_BATCH, _BATCH, _VECTOR)),
    **dict.fromkeys(("conv2d", "conv_transpose2d"), (_IMAGE, _IMAGE, _ONE)),
    **dict.fromkeys(("conv3d", "conv_transpose3d"), (_VOLUME, _VOLUME, _ONE)),
    **dict.fromkeys(("max_pool2d", "avg_pool2d", "unfold"), (_IMAGE,)),
    "linear": (_MATRIX, _MATRIX, _VECTOR),
    "batch_norm": (_MATRIX, *[_VECTOR] * 4),
    "pixel_shuffle": ((1, 4, 1, 1),),
    "grid_sample": (_IMAGE, (1, 1, 1, 2)),
}
"""Inputs that some functions take, one by one. Most of what a scalar is too small for takes a matrix."""

_ALONG = words(
    """
    softmax log_softmax softmin logsumexp cumsum cumprod logcumsumexp cummax cummin sum mean prod std var amax amin max
    min argmax argmin median sort argsort flip unbind squeeze glu permute transpose movedim swapaxes swapdims
    """
)
"""Functions whose numbers, after the tensor, are dimensions."""

_MOST_ITEMS, _MOST_DIMENSIONS = 100, 6
"""What is longer is no example to be copied."""

_PRODUCTS = frozenset({"matmul", "mm", "mv"})
_MODULES = frozenset({"torch", "F", "nn", "linalg", "np", "math"})


def hint(syntax: Syntax, topic: str, missing: Sequence[str], given: Mapping[str, Any]) -> str:
    """Names the inputs that are to be given, with an example in JSON for an expression that no scalar will do for."""
    known = {name: _shape(value) for name, value in given.items()}
    usual = next((shape for shape in known.values() if shape), _MATRIX)
    shapes = dict.fromkeys(missing, usual)
    for node in syntax.nodes:
        for name, shape in _wanted(node, known):
            if name in shapes and prod(shape) <= _MOST_ITEMS:
                shapes[name] = shape
    shapes |= {name: shape for name, shape in _forms(syntax, known) if name in shapes and prod(shape) <= _MOST_ITEMS}
    example = {name: _filled(shapes[name]) for name in missing}
    names = [f"`{name}`" for name in missing]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return message("invalid-request", topic, names=listed, example=json.dumps(example))


def _wanted(node: ast.AST, known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    """The names that this part of the expression has something to say of, and the shape that it wants."""
    match node:
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            yield from _product(left, right, known)
        case ast.Call(
            func=ast.Name(id="einsum") | ast.Attribute(attr="einsum"), args=[ast.Constant(value=str(how)), *rest]
        ):
            terms = re.sub(r"\s", "", how).partition("->")[0].split(",")
            yield from _each(rest, [(2,) * len(term) for term in terms if term.isalpha()])
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[*arguments]):
            if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
                arguments.insert(0, node.func.value)
            yield from _each(arguments, _SHAPES.get(name, ()))
            yield from _sized(name, arguments, node.keywords)
            if name in _PRODUCTS and len(arguments) == 2:
                yield from _product(arguments[0], arguments[1], known)
            if name == "linear" and len(arguments) > 1:
                yield from _layer(arguments, known)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            places = index.elts if isinstance(index, ast.Tuple) else [index]
            sizes = [_size(place) for place in places]
            yield name, (*sizes, *_MATRIX[len(sizes) :])
        case _:
            pass


def _each(arguments: Sequence[ast.expr], shapes: Sequence[Shape]) -> Iterator[tuple[str, Shape]]:
    for argument, shape in zip(arguments, shapes, strict=False):
        yield from ((part.id, shape) for part in ast.walk(argument) if isinstance(part, ast.Name))


def _sized(name: str, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> Iterator[tuple[str, Shape]]:
    """The tensor of a call that names dimensions, or a size, by numbers."""
    sizes = [size for each in arguments[1:] for size in _integers(each)]
    dimensions = [size for each in keywords if each.arg in ("dim", "axis") for size in _integers(each.value)]
    if name in _ALONG:
        dimensions += sizes
    rank = max([2, *(each + 1 for each in dimensions), *(-each for each in dimensions)])
    if dimensions and rank <= _MOST_DIMENSIONS:
        yield from _each(arguments[:1], [(2,) * rank])
    if name in ("view", "reshape") and sizes:
        yield from _each(arguments[:1], [(prod(size for size in sizes if size > 0),)])
    if name in ("layer_norm", "rms_norm") and sizes and min(sizes) > 0:
        yield from _each(arguments[:1], [(2, *sizes)])


def _integers(node: ast.expr) -> list[int]:
    """A number that is written out, or those of a list."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        return []
    items: Sequence[object] = cast("Sequence[object]", value) if isinstance(value, (tuple, list)) else [value]
    return [item for item in items if type(item) is int]


def _product(left: ast.expr, right: ast.expr, known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    """The factor beside a given one: a vector on its right, a row on its left."""
    before, after = _known(left, known), _known(right, known)
    if before and isinstance(right, ast.Name):
        yield right.id, before[-1:]
    if after and isinstance(left, ast.Name):
        yield left.id, (1, *(after[-2:-1] or after))


def _forms(syntax: Syntax, known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    """The vector on both sides of a given matrix, as in ``x @ A @ x``."""
    for node in syntax.nodes:
        match node:
            case ast.BinOp(
                op=ast.MatMult(),
                left=ast.BinOp(op=ast.MatMult(), left=ast.Name(id=first), right=matrix),
                right=ast.Name(id=last),
            ) if first == last and _known(matrix, known):
                yield first, _known(matrix, known)[-1:]
            case _:
                pass


def _layer(arguments: Sequence[ast.expr], known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    """Weight and bias for given rows."""
    rows, weight = _known(arguments[0], known), _known(arguments[1], known)
    if rows:
        yield from _each(arguments[1:], [(2, rows[-1])] if not weight else [])
    if weight:
        yield from _each(arguments[:1], [weight[-1:]])
    yield from _each(arguments[2:], [(weight or (2,))[:1]])


def _known(node: ast.expr, known: Mapping[str, Shape]) -> Shape:
    return known.get(node.id, ()) if isinstance(node, ast.Name) else ()


def _is_module(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in _MODULES) or isinstance(node, ast.Attribute)


def _size(index: ast.expr) -> int:
    """How long a dimension is at least, of which this item is asked."""
    return max(2, index.value + 1) if isinstance(index, ast.Constant) and type(index.value) is int else 2


def _shape(value: Any) -> Shape:
    if not isinstance(value, list):
        return ()
    items = cast("list[Any]", value)
    return (len(items), *(_shape(items[0]) if items else ()))


def _filled(shape: Shape, first: int = 1) -> Any:
    """Nested lists of 1.0, 2.0 and so on."""
    if not shape:
        return float(first)
    below = 1
    for size in shape[1:]:
        below *= size
    return [_filled(shape[1:], first + number * below) for number in range(shape[0])]
