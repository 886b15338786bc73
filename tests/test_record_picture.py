"""Pictures of large tensors: what the mean of a block is told as where it is not a plain number."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch

from backlight.record import picture
from backlight.record.encode import large_stats, small_stats


def halves(left: float, right: float, shape: tuple[int, int]) -> torch.Tensor:
    """Zeros, with one value left of the middle of the first row and another right of it."""
    tensor = torch.zeros(shape)
    tensor[0, : shape[1] // 2] = left
    tensor[0, shape[1] // 2 :] = right
    return tensor


@pytest.mark.parametrize("chunk", [1, picture.CHUNK])
def test_opposite_infinities_in_a_block_are_no_nan(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "CHUNK", chunk)
    tensor = halves(math.inf, -math.inf, (8, 9))
    cells = picture.pooled(tensor, 1)
    assert cells is not None
    assert list(cells.means) == [-math.inf]
    tensor[0, -1] = 0
    cells = picture.pooled(tensor, 1)
    assert cells is not None
    assert list(cells.means) == [math.inf]


@pytest.mark.parametrize("chunk", [1, picture.CHUNK])
def test_a_nan_and_what_is_beside_it_stay(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "CHUNK", chunk)
    tensor = halves(math.nan, 2.0, (2, 4))
    tensor[1, 0] = math.inf
    cells = picture.pooled(tensor, 4)
    assert cells is not None
    assert [str(mean) for mean in cells.means] == ["nan", "2.0", "inf", "0.0"]


def test_infinities_that_meet_when_cells_become_fewer_are_no_nan() -> None:
    cells = picture.pooled(halves(math.inf, -math.inf, (2, 4)), 4)
    assert cells is not None
    fewer = cells.fewer(1)
    assert fewer is not None
    assert list(fewer.means) == [math.inf]


@pytest.mark.parametrize("numbers", [[2**53 + 1, 2**53 + 3], [2**60, 2**60 + 1000, 2**60 - 777], [-(2**62), 2**62, 5]])
def test_integers_that_no_float_holds_have_their_exact_standard_deviation(numbers: list[int]) -> None:
    mean = Fraction(sum(numbers), len(numbers))
    exact = math.sqrt(sum((each - mean) ** 2 for each in numbers) / len(numbers))
    assert small_stats([*numbers]).std == pytest.approx(exact, rel=1e-15)
    assert large_stats(torch.tensor(numbers)).std == pytest.approx(exact, rel=1e-15)
