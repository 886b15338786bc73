"""Encode: a tensor that the tape held becomes a Value: plain numbers, statistics, a picture.

In: tensors as they were at their moment. Out: what JSON can hold, within the byte budget for values.
Small tensors are summed up in plain Python: eight torch calls on a scalar cost more than all the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, cast

import torch

from backlight.model.document import Number, Picture, Stats, Truncated, Value
from backlight.settings import Settings

BYTES_PER_ELEMENT = 20
"""About what one element takes as JSON: a float32 written out in full, and its comma."""
EXACT_INTEGER = 2**53
"""Integers beyond this are strings, since JSON's readers keep numbers as doubles."""


def encode_values(tensors: Sequence[torch.Tensor], settings: Settings) -> tuple[list[Value], list[Truncated]]:
    """Values with ordinal ids for ``tensors``, and what the budget ``settings.value_bytes`` cut, if anything."""
    sizes = [tensor.numel() for tensor in tensors]
    elements = whole = settings.element_count
    budget = settings.value_bytes // BYTES_PER_ELEMENT
    cells = settings.picture_cells
    while elements and sum(min(size, cells) if size > elements else size for size in sizes) > budget:
        elements //= 4
    if sum(min(size, cells) if size > elements else size for size in sizes) > budget:
        cells = 0
    values = [encode(number, tensor, elements, cells) for number, tensor in enumerate(tensors)]
    cut = sum(elements < size <= whole for size in sizes)
    if elements == whole or not cut:
        return values, []
    return values, [Truncated("values", "value_bytes", settings.value_bytes, cut)]


def encode(number: int, tensor: torch.Tensor, elements: int, cells: int) -> Value:
    """The Value of one tensor: its data up to ``elements`` elements, beyond that a picture of ``cells`` cells."""
    shape, dtype = list(tensor.shape), str(tensor.dtype).removeprefix("torch.")
    dense = plain(tensor)
    if dense is None:
        return Value(number, shape, dtype, None, None, None)
    if dense.numel() <= elements:
        data = cast("Any", dense).tolist()
        return Value(number, shape, dtype, as_json(data), None, small_stats(list(flat(data))))
    return Value(number, shape, dtype, None, picture(dense, cells), large_stats(dense))


def plain(tensor: torch.Tensor) -> torch.Tensor | None:
    """The tensor as an ordinary dense one on the CPU; None where it has no numbers to show (a meta tensor)."""
    if tensor.is_meta:
        return None
    tensor = tensor.detach()
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    return tensor.cpu().resolve_conj().resolve_neg()


def as_json(data: Any) -> Any:
    """Numbers, or nested lists of them, as JSON can hold them."""
    if isinstance(data, list):
        return [as_json(member) for member in cast("list[Any]", data)]
    if isinstance(data, bool):
        return data
    if isinstance(data, int):
        return data if abs(data) <= EXACT_INTEGER else str(data)
    return number_as_json(data)


def number_as_json(value: complex | float) -> Number:
    """A float, or a complex number as ``{"re", "im"}``; non-finite ones as strings."""
    if isinstance(value, complex):
        return {"re": finite_or_name(value.real), "im": finite_or_name(value.imag)}
    return finite_or_name(value)


def finite_or_name(value: float) -> float | str:
    """The number itself, or ``"NaN"``, ``"Infinity"``, ``"-Infinity"``."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def flat(data: Any) -> Iterable[complex | float]:
    """The numbers in nested lists, in order."""
    if not isinstance(data, list):
        yield data
        return
    for member in cast("list[Any]", data):
        yield from flat(member)


def small_stats(numbers: list[complex | float]) -> Stats:
    """Statistics of a few numbers, in plain Python."""
    if len(numbers) == 1 and isinstance(only := numbers[0], float) and math.isfinite(only):
        return Stats(only, only, only, 0.0, abs(only), 0, 0, int(not only))
    finite = [x for x in numbers if math.isfinite(x.real) and math.isfinite(x.imag)]
    nan = sum(math.isnan(x.real) or math.isnan(x.imag) for x in numbers)
    counts = (nan, len(numbers) - len(finite) - nan, sum(x == 0 for x in finite))
    if not finite:
        return Stats(None, None, None, None, None, *counts)
    norm = math.hypot(*(part for x in finite for part in (x.real, x.imag)))
    if any(isinstance(x, complex) for x in finite):
        mean = complex(mean_of([x.real for x in finite]), mean_of([x.imag for x in finite]))
        std = spread([abs(x - mean) for x in finite])
        return Stats(None, None, number_as_json(mean), number_as_json(std), number_as_json(norm), *counts)
    reals = [float(x.real) for x in finite]
    mean = mean_of(reals)
    std = spread([x - mean for x in reals])
    low, high = min(reals), max(reals)
    return Stats(low, high, number_as_json(mean), number_as_json(std), number_as_json(norm), *counts)


def mean_of(numbers: list[float]) -> float:
    """The mean, without overflow on the way."""
    return math.fsum(x / len(numbers) for x in numbers)


def spread(distances: list[float]) -> float:
    """The population standard deviation, from distances to the mean."""
    return math.hypot(*distances) / math.sqrt(len(distances))


def large_stats(tensor: torch.Tensor) -> Stats:
    """Statistics of many numbers, by torch, in double precision."""
    wide = tensor.to(torch.complex128 if tensor.is_complex() else torch.float64)
    finite = wide[torch.isfinite(wide)]
    nan = int(torch.isnan(wide).sum())
    counts = (nan, tensor.numel() - finite.numel() - nan, int((finite == 0).sum()))
    if not finite.numel():
        return Stats(None, None, None, None, None, *counts)
    low = high = None
    if not tensor.is_complex():
        low, high = float(finite.min()), float(finite.max())
    mean = number_as_json(complex(finite.mean()) if tensor.is_complex() else float(finite.mean()))
    std = number_as_json(float(torch.sub(finite, finite.mean()).abs().square().mean().sqrt()))
    return Stats(
        low, high, mean, std, number_as_json(float(cast("torch.Tensor", torch.linalg.vector_norm(finite)))), *counts
    )


def picture(tensor: torch.Tensor, cells: int) -> Picture | None:
    """A tensor as a small matrix of block means: the last dimension across, all others down."""
    if not cells or tensor.is_complex() or not tensor.numel():
        return None
    columns = tensor.shape[-1] if tensor.dim() else 1
    matrix = tensor.reshape(-1, columns).to(torch.float64)
    side = math.isqrt(cells)
    across = min(columns, max(side, cells // matrix.shape[0]))
    down = min(matrix.shape[0], cells // across)
    reduced = torch.nn.functional.adaptive_avg_pool2d(matrix[None, None], (down, across))[0, 0]
    return Picture(down, across, as_json(reduced.tolist()))
