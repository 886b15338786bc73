"""What stands for ``tqdm`` and ``matplotlib``: programs go on as they would with them, and nothing of it is silent."""

from __future__ import annotations

import pytest

from backlight.sandbox.drawings import Colours, Drawing, build_drawings
from backlight.sandbox.streams import Stream, connect
from programs import parse

PLOT = build_drawings(Stream())


def test_a_bar_counts_what_it_gives_and_writes_to_the_cell() -> None:
    told: list[str] = []
    stream = Stream()
    connect(stream, told.append)
    bar = build_drawings(stream)["tqdm.tqdm"](iter("abc"), total=3)
    assert (len(bar), list(bar), bar.n) == (3, ["a", "b", "c"], 3)
    bar.write("line")
    bar.set_postfix(loss=1)
    assert told == ["line\n"]


@pytest.mark.parametrize(
    ("rows", "columns", "options", "shape"),
    [(2, 3, {}, (2, 3)), (1, 3, {}, (3,)), (2, 1, {}, (2,)), (1, 1, {"squeeze": False}, (1, 1))],
)
def test_axes_come_in_the_shape_that_matplotlib_gives(
    rows: int, columns: int, options: dict[str, bool], shape: tuple[int, ...]
) -> None:
    _, axes = PLOT["matplotlib.pyplot.subplots"](rows, columns, **options)
    assert axes.shape == shape
    assert all(isinstance(each, Drawing) for each in axes.flat)


def test_what_gives_nothing_leaves_nothing_under_its_cell() -> None:
    figure, ax = PLOT["matplotlib.pyplot.subplots"]()
    given = [PLOT["matplotlib.pyplot.show"](), PLOT["matplotlib.pyplot.close"]("all"), ax.grid(True), figure.show()]
    assert given == [None] * 4
    assert isinstance(ax.set_title("loss"), Drawing)


def test_one_pair_of_axes_is_no_array_and_what_is_unpacked_has_its_number() -> None:
    _, ax = PLOT["matplotlib.pyplot.subplots"]()
    (line,) = ax.plot([1, 2])
    _, _, patches = ax.hist([1, 2])
    assert [type(each) for each in (ax, line, patches)] == [Drawing] * 3
    assert len(ax.bar([1, 2, 3], [4, 5, 6])) == 3


def test_no_loop_over_a_drawing_ends_early() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        list(Drawing())
    assert Colours().viridis([0.0, 0.5, 1.0]).shape == (3, 4)
    assert Colours().viridis(0.5) == (0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("source", "notes"),
    [
        ("import torch\nfrom tqdm.auto import tqdm\nimport tqdm", [(2, "draws no bars")]),
        ("import matplotlib.pyplot as plt, time", [(1, "draws nothing"), (1, "a millisecond each")]),
        ("import torch", []),
    ],
)
def test_a_note_says_what_is_not_drawn(source: str, notes: list[tuple[int, str]]) -> None:
    (cell,) = parse(source).cells
    assert [note.line for note in cell.notes] == [line for line, _ in notes]
    assert all(part in note.message for note, (_, part) in zip(cell.notes, notes, strict=True))
