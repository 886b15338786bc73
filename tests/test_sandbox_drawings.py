"""What stands for ``tqdm`` and ``matplotlib``: programs go on as they would with them, and nothing of it is silent."""

from __future__ import annotations

import pytest

from backlight.model.request import TraceRequest
from backlight.pipeline import trace_document
from backlight.sandbox.drawings import Colours, Drawing, build_drawings
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.streams import Stream, connect
from backlight.settings import Settings
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


def test_what_notebooks_import_to_show_values_shows_them() -> None:
    imports = [
        "import IPython",
        "from IPython.display import HTML, clear_output, display",
        "from IPython import display as d",
    ]
    shows = [
        "display(1, 'a')",
        "clear_output(wait=True)",
        "d.display(HTML('<b>'))",
        "IPython.display.display(2)",
        "HTML('x')",
    ]
    document = trace_document(TraceRequest(source="\n".join(imports + shows)), Settings(), build_namespace())
    assert document.error is None
    html = "<IPython.core.display.HTML object>"
    assert document.cells[0].output == f"1\n'a'\n{html}\n2\n{html}\n"
    assert ["`clear_output` takes nothing away" in note.message for note in document.cells[0].notes] == [True]


def test_what_is_displayed_is_looked_at_whoever_gave_the_name() -> None:
    source = "import torch\n{}x = torch.ones(2)\ndisplay(x * 3)"
    plain, named = (
        trace_document(TraceRequest(source=source.format(line)), Settings(), build_namespace())
        for line in ("", "from IPython.display import display\n")
    )
    assert [node.label for node in plain.nodes] == [node.label for node in named.nodes] == ["x", "mul"]
