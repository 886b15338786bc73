"""Encode: a tensor that the tape held becomes a Value: plain numbers, statistics, a picture.

In: tensors as they were at their moment. Out: what JSON can hold, within the byte budget for values.
Small tensors are summed up in plain Python: eight torch calls on a scalar cost more than all the rest.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, cast

import torch

from backlight.model.document import EXACT_INTEGER, Number, Picture, Stats, Truncated, Value, integer_as_json
from backlight.record import asked
from backlight.record.picture import Cells, pooled, wide
from backlight.record.torch_private import is_transformed
from backlight.settings import Settings

BYTES_PER_ELEMENT = 20
"""About what one element takes as JSON: a float32 written out in full, and its comma."""
SMALLER = ((256, 256), (256, 64), (64, 64), (64, 16), (16, 16), (16, 0), (4, 0), (1, 0))
"""Elements and cells to which values are cut down, one pair after the other, until they fit the budget."""
CACHED = 2**17
"""Elements of a part whose statistics are taken at a time: in double precision, a megabyte."""
DEEPEST = 64
"""Dimensions of what is told as lists: readers of JSON go no deeper than a few hundred lists in each other."""
_norm: Callable[[torch.Tensor], torch.Tensor] = cast("Any", torch.linalg).vector_norm


@dataclass(frozen=True, slots=True)
class Summary:
    """What is kept of a large value whose tensor was let go."""

    shape: tuple[int, ...]
    dtype: torch.dtype
    cells: Cells | None
    stats: Stats | None
    layout: str = "strided"

    def numel(self) -> int:
        """The number of elements that the tensor had."""
        return max(0, math.prod(self.shape))

    def held(self) -> int:
        """The number of cells that are kept of it."""
        return 0 if self.cells is None else len(self.cells.means)

    def with_fewer(self, count: int) -> Summary:
        """The same with a picture of at most ``count`` cells."""
        return self if self.cells is None else replace(self, cells=self.cells.fewer(count))


STATISTICS_ALONE = 1
"""So many elements are kept of a value where nobody asked for them: no limit cut the others."""


def summarise(tensor: torch.Tensor, cells: int) -> Summary:
    """A picture of at most ``cells`` cells, and statistics. Called where no mode and no autograd sees the calls."""
    dense = plain(tensor)
    if dense is None or not dense.numel():
        return Summary(shape_of(tensor), tensor.dtype, None, None, layout_of(tensor))
    return Summary(shape_of(tensor), tensor.dtype, pooled(dense, cells), large_stats(dense), layout_of(tensor))


def cells_in(held: Sequence[torch.Tensor | Summary]) -> int:
    """How many cells all pictures together have."""
    return sum(each.held() for each in held if isinstance(each, Summary))


def encode_values(tensors: Sequence[torch.Tensor | Summary], settings: Settings) -> tuple[list[Value], list[Truncated]]:
    """Values with ordinal ids for ``tensors``, and what the limits cut of them, if anything: the budget first."""
    sizes = [count_of(tensor) for tensor in tensors]
    whole = settings.element_count, settings.picture_cells
    elements, cells = affordable(sizes, whole, settings.value_bytes // BYTES_PER_ELEMENT)
    values = [encode(number, tensor, elements, cells) for number, tensor in enumerate(tensors)]
    cut = sum(kept(size, elements, cells) < kept(size, *whole) for size in sizes)
    large = sum(size > settings.element_count for size in sizes) if settings.element_count > STATISTICS_ALONE else 0
    counts = {"value_bytes": cut, "element_count": large}
    return values, [
        Truncated("values", name, getattr(settings, name), count) for name, count in counts.items() if count
    ]


def affordable(sizes: Sequence[int], whole: tuple[int, int], budget: int) -> tuple[int, int]:
    """How many elements a value may have to be kept whole, and how many cells the picture of a larger one.

    The first of ever smaller pairs with which all values together keep at most ``budget`` numbers: pictures before
    small values, and a single number is never cut.
    """
    pairs = [whole, *(pair for pair in SMALLER if pair[0] <= whole[0] and pair[1] <= whole[1])]
    return next((pair for pair in pairs if sum(kept(size, *pair) for size in sizes) <= budget), pairs[-1])


def kept(size: int, elements: int, cells: int) -> int:
    """How many numbers are kept of a value with ``size`` elements."""
    return size if size <= elements else min(size, cells)


def encode(number: int, tensor: torch.Tensor | Summary, elements: int, cells: int) -> Value:
    """The Value of one tensor: its data up to ``elements`` elements, beyond that a picture of ``cells`` cells."""
    shape, dtype, layout = list(shape_of(tensor)), dtype_of(tensor), layout_of(tensor)
    if isinstance(tensor, Summary):
        return Value(number, shape, dtype, None, picture(tensor.with_fewer(cells).cells), tensor.stats, layout)
    try:
        dense = plain(tensor)
        if dense is not None and tensor.is_nested:
            return Value(number, shape, dtype, None, None, large_stats(dense), layout)
        if dense is not None and is_listed(shape, elements):
            data = cast("Any", dense).tolist()
            numbers = numbers_in(dense, data)
            if dense.is_floating_point() and numbers and math.isfinite(sum(numbers)):  # then each of them is
                return Value(number, shape, dtype, data, None, finite_stats(numbers), layout)
            return Value(number, shape, dtype, as_json(data), None, small_stats(numbers), layout)
        if dense is not None:
            return Value(number, shape, dtype, None, picture(pooled(dense, cells)), large_stats(dense), layout)
    except RuntimeError:
        pass  # torch has no memory left to look at it, or it was alive only inside of a transform
    return Value(number, shape, dtype, None, None, None, layout)


def numbers_in(tensor: torch.Tensor, data: Any) -> list[Any]:
    """The elements of a tensor, one after the other; ``data`` is what its ``tolist`` gives."""
    if tensor.dim() == 0:
        return [data]
    return data if tensor.dim() == 1 else cast("Any", tensor).reshape(-1).tolist()


def is_listed(shape: Sequence[int], elements: int) -> bool:
    """Whether a value is told as lists: of at most ``elements`` elements or empty lists, in `DEEPEST` of each other."""
    return len(shape) <= DEEPEST and math.prod(takewhile(bool, shape)) <= elements


def picture(cells: Cells | None) -> Picture | None:
    """A picture as the Document has it."""
    return None if cells is None else Picture(cells.rows, cells.columns, as_json(cells.lines()))


RAGGED = -1
"""Stands for a dimension of a nested tensor whose size differs from member to member."""


def dtype_of(tensor: torch.Tensor | Summary) -> str:
    """``float32``: what the numbers of a tensor are."""
    return str(tensor.dtype).removeprefix("torch.")


def shape_of(tensor: torch.Tensor | Summary) -> tuple[int, ...]:
    """The sizes of a tensor, `RAGGED` where there is no single one."""
    if isinstance(tensor, Summary):
        return tensor.shape
    if not asked.is_nested(tensor):
        return tuple(asked.sizes(tensor))
    if asked.layout(tensor) is torch.strided:  # of these, torch tells the number of members alone
        return (tensor.size(0), *[RAGGED] * (asked.dimensions(tensor) - 1))
    return tuple(size if type(size) is int else RAGGED for size in asked.sizes(tensor))


def count_of(tensor: torch.Tensor | Summary) -> int:
    """How many elements a tensor has; 0 for a nested one."""
    if isinstance(tensor, Summary):
        return tensor.numel()
    return 0 if asked.is_nested(tensor) else asked.element_count(tensor)


def layout_of(tensor: torch.Tensor | Summary) -> str:
    """Torch's name for how a tensor's elements lie in memory; ``nested`` for nested tensors of the older kind."""
    if isinstance(tensor, Summary):
        return tensor.layout
    layout = str(asked.layout(tensor)).removeprefix("torch.")
    return "nested" if asked.is_nested(tensor) and layout == "strided" else layout


def plain(tensor: torch.Tensor) -> torch.Tensor | None:
    """The tensor as an ordinary dense one on the CPU.

    None where it has no numbers to show: a meta tensor, one inside of a transform such as ``vmap``, or a sparse one
    whose indices lead out of it.
    """
    if tensor.is_meta or is_transformed(tensor):
        return None
    tensor = asked.detached(tensor)
    if tensor.is_nested:
        tensor = tensor.values()
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.is_sparse:
        tensor = with_own_values(tensor)
    if tensor.layout is not torch.strided:
        try:
            tensor = tensor.to_dense()
        except IndexError:
            return None
    if tensor._is_zerotensor():  # zeros without memory, as some derivatives give
        tensor = tensor.clone()
    if not tensor.is_cpu:
        tensor = tensor.cpu()
    return tensor.resolve_conj().resolve_neg() if tensor.is_conj() or tensor.is_neg() else tensor


def with_own_values(tensor: torch.Tensor) -> torch.Tensor:
    """A sparse tensor whose values lie one by one: of expanded ones torch makes zeros when it fills a tensor."""
    values = tensor._values().clone(memory_format=torch.contiguous_format)
    return torch.sparse_coo_tensor(tensor._indices(), values, tensor.shape, check_invariants=False)


def as_json(data: Any) -> Any:
    """Numbers, or nested lists of them, as JSON can hold them."""
    if isinstance(data, list):
        return [as_json(member) for member in cast("list[Any]", data)]
    if isinstance(data, bool):
        return data
    if isinstance(data, int):
        return integer_as_json(data)
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


def finite_stats(numbers: list[float]) -> Stats:
    """Statistics of a few finite floats, most of what there is, in plain Python."""
    if len(numbers) == 1:
        (only,) = numbers
        return Stats(only, only, only, 0.0, abs(only), 0, 0, int(not only))
    mean = mean_of(numbers)
    std, norm = spread([x - mean for x in numbers]), math.hypot(*numbers)
    ends = min(numbers), max(numbers)
    return Stats(*ends, number_as_json(mean), number_as_json(std), number_as_json(norm), 0, 0, numbers.count(0.0))


def small_stats(numbers: list[complex | float]) -> Stats:
    """Statistics of a few numbers of any kind, in plain Python."""
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
    are_long = norm > EXACT_INTEGER and all(type(x) is int for x in finite)
    std = spread(distances(finite) if are_long else [x - mean for x in reals])
    low, high = (exactly(end(finite, key=lambda x: x.real).real) for end in (min, max))
    return Stats(low, high, number_as_json(mean), number_as_json(std), number_as_json(norm), *counts)


def exactly(value: float) -> float | str:
    """A real number as JSON; as text, where it is an integer that no float may hold."""
    return str(value) if isinstance(value, int) and abs(value) > EXACT_INTEGER else float(value)


def mean_of(numbers: list[float]) -> float:
    """The mean, without overflow on the way."""
    count = len(numbers)
    return math.fsum([x / count for x in numbers])


def distances(numbers: Sequence[Any]) -> list[float]:
    """From integers, of which a float may hold none, to their mean."""
    total, count = sum(numbers), len(numbers)
    return [(count * each - total) / count for each in numbers]


def spread(distances: list[float]) -> float:
    """The population standard deviation, from distances to the mean."""
    return math.hypot(*distances) / math.sqrt(len(distances))


@dataclass(frozen=True, slots=True)
class _Part:
    """The statistics of a part of a large value: of its finite elements, of which there are ``size``.

    ``deviation`` is the 2-norm of the distances from the part's own mean. ``low`` and ``high`` are real numbers'.
    """

    size: int
    nan: int
    zero: int
    low: float
    high: float
    mean: complex | float
    deviation: float
    norm: float


def large_stats(tensor: torch.Tensor) -> Stats:
    """Statistics of many numbers, by torch, in double precision, a part at a time that the processor's caches hold.

    Each part is gone over once; the deviations are put together as by Chan, Golub and LeVeque (1979).
    """
    flat_tensor = tensor.reshape(-1)
    every = [_part(flat_tensor[start : start + CACHED]) for start in range(0, flat_tensor.numel(), CACHED)]
    parts = [part for part in every if part.size]
    size, nan = sum(part.size for part in parts), sum(part.nan for part in every)
    counts = (nan, tensor.numel() - size - nan, sum(part.zero for part in parts))
    if not size:
        return Stats(None, None, None, None, None, *counts)
    low = high = None
    if not tensor.is_complex():
        low, high = exactly(min(part.low for part in parts)), exactly(max(part.high for part in parts))
    near = parts[0].mean if cmath.isfinite(parts[0].mean) else 0.0
    mean = near + sum((part.mean - near) * (part.size / size) for part in parts)
    apart = [part.deviation**2 + part.size * abs(part.mean - mean) ** 2 for part in parts]
    std = math.sqrt(math.fsum(apart) / size) if cmath.isfinite(mean) else math.inf
    norm = math.hypot(*(part.norm for part in parts))
    return Stats(low, high, number_as_json(mean), number_as_json(std), number_as_json(norm), *counts)


def _part(tensor: torch.Tensor) -> _Part:
    values = wide(tensor)
    mean, nan = values.mean().item(), 0
    if not cmath.isfinite(mean):  # rarely: some number is not, or the sum is too large
        finite = torch.isfinite(tensor)
        nan, tensor = int(torch.isnan(tensor).sum()), tensor[finite]
        if not tensor.numel():
            return _Part(0, nan, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
        values = wide(tensor)
        mean = values.mean().item()
    ends: Any = None if tensor.is_complex() else torch.aminmax(tensor)
    low, high = (0.0, 0.0) if ends is None else (ends.min.item(), ends.max.item())
    deviation, norm = (_norm(each).item() for each in (_apart(tensor, values, mean, low, high), values))
    zero = tensor.numel() - int(torch.count_nonzero(tensor))
    return _Part(tensor.numel(), nan, zero, low, high, mean, deviation, norm)


def _apart(tensor: torch.Tensor, values: torch.Tensor, mean: complex | float, low: float, high: float) -> torch.Tensor:
    """Distances from the mean; of integers that no float holds, those of what they are above the least of them."""
    if not isinstance(low, int) or max(-low, high) <= EXACT_INTEGER or high - low > 2**62:
        return values - mean
    above = wide(tensor - low)
    return above - above.mean()
