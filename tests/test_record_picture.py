"""Pictures of large tensors: what the mean of a block is told as where it is not a plain number."""

from __future__ import annotations

import math

import pytest
import torch

from backlight.record import picture


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
