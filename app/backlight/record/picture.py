"""Picture: a large tensor as a small matrix of block means.

In: a dense tensor. Out: `Cells`, eight bytes for each, which can be made fewer still when many are held.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import cast

import torch

CHUNK = 2**20
"""Elements of a large tensor that are looked at together, so that doing so takes little memory."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Means of blocks of a matrix, row by row."""

    rows: int
    columns: int
    means: array[float]

    def lines(self) -> list[list[float]]:
        """The means of each row."""
        numbers = self.means.tolist()
        return [numbers[start : start + self.columns] for start in range(0, len(numbers), self.columns)]

    def fewer(self, count: int) -> Cells | None:
        """The same, as at most ``count`` cells: means of neighbours. None for no cell at all."""
        if len(self.means) <= count:
            return self
        return pooled(torch.tensor(self.means, dtype=torch.float64).reshape(self.rows, self.columns), count)


def pooled(tensor: torch.Tensor, count: int) -> Cells | None:
    """A tensor as at most ``count`` cells: the last dimension across, all others down."""
    if not count or tensor.is_complex() or not tensor.numel():
        return None
    columns = tensor.shape[-1] if tensor.dim() else 1
    matrix = tensor.reshape(-1, columns)
    side = math.isqrt(count)
    across = min(columns, max(side, count // matrix.shape[0]))
    down = min(matrix.shape[0], count // across)
    if tensor.numel() <= CHUNK:
        means = block_means(wide(matrix), down, across).reshape(-1)
        return Cells(down, across, array("d", cast("list[float]", means.tolist())))
    rows, stretches = blocks(matrix.shape[0], down), blocks(columns, across)
    return Cells(
        down,
        across,
        array("d", [block_means(wide(matrix[row, each]), 1, 1).item() for row in rows for each in stretches]),
    )


def block_means(matrix: torch.Tensor, down: int, across: int) -> torch.Tensor:
    """The mean of each block; opposite infinities in one are no NaN, but the infinity that it has more of."""
    means = averages(matrix, down, across)
    undefined = means.isnan()
    if not undefined.any():
        return means
    false = undefined & (averages(matrix.isnan().to(matrix.dtype), down, across) == 0)
    signs = averages(torch.where(matrix.isinf(), matrix.sign(), 0), down, across)
    return torch.where(false, torch.where(signs < 0, -math.inf, math.inf), means)


def averages(matrix: torch.Tensor, down: int, across: int) -> torch.Tensor:
    """The plain mean of each block."""
    if down == across == 1:
        return matrix.mean().reshape(1, 1)
    return torch.nn.functional.adaptive_avg_pool2d(matrix[None, None], (down, across))[0, 0]


def wide(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor in double precision."""
    return tensor.to(torch.complex128 if tensor.is_complex() else torch.float64)


def blocks(length: int, count: int) -> list[slice]:
    """``count`` stretches of about the same size that together cover ``length``, as adaptive pooling takes them."""
    return [slice(length * number // count, -(-length * (number + 1) // count)) for number in range(count)]
