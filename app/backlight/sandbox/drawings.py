"""Drawings: stand-ins for what draws in a terminal, a window or a notebook: ``tqdm``, ``matplotlib``, ``IPython``.

In: the stream of a run. Out: by dotted name, what takes all that programs give to the originals, gives what they go on
with, and draws nothing: a bar gives its items, a figure more figures. Notes under the cell say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from backlight.language import MODULES
from backlight.sandbox.streams import Stream

PYPLOT = "matplotlib.pyplot"
NOTEBOOK = "IPython.display"


def build_drawings(stream: Stream) -> dict[str, Any]:
    """The stand-ins, by dotted name."""
    bar, span = _bars(stream)
    made: dict[str, Any] = {}
    for module in ("tqdm", "tqdm.auto", "tqdm.notebook"):
        made |= {f"{module}.tqdm": bar, f"{module}.trange": span}
    made |= {f"{PYPLOT}.{name}": _function(name) for name in MODULES[PYPLOT]}
    for module in ("matplotlib", PYPLOT):
        made |= {f"{module}.rcParams": Drawing(), f"{module}.cm": Colours(), f"{module}.rc": _function("rc")}
    made |= {f"{NOTEBOOK}.{name}": each for name, each in _notebook(stream).items()}
    return made | {f"{PYPLOT}.style": Drawing(), "matplotlib.use": _function("use")}


# ── bars ──────────────────────────────────────────────────────────────────────────────────────────


class Bar:
    """The items of what it is given, without a bar."""

    def __init__(self, iterable: Any = None, desc: Any = None, total: Any = None, **_: Any) -> None:
        self.iterable = iterable
        self.desc = desc
        self.n: float = 0
        self.total = len(iterable) if total is None and hasattr(iterable, "__len__") else total

    def __iter__(self) -> Iterator[Any]:
        for each in self.iterable:
            yield each
            self.n += 1

    def __len__(self) -> Any:
        return self.total

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, n: float = 1) -> None:
        """Count on."""
        self.n += n

    def set_description(self, desc: Any = None, **_: Any) -> None:
        """Call it otherwise."""
        self.desc = desc

    def nothing(self, *_: Any, **__: Any) -> None:
        """There is no bar to change."""

    set_description_str = set_description
    set_postfix = set_postfix_str = refresh = close = clear = reset = nothing


def _bars(stream: Stream) -> tuple[type, Callable[..., Any]]:
    class tqdm(Bar):  # noqa: N801 - its own name
        __doc__ = Bar.__doc__

        @classmethod
        def write(cls, s: str, file: Any = None, end: str = "\n", **_: Any) -> None:
            """Print a line."""
            (file or stream).write(str(s) + end)

    def trange(*args: int, **options: Any) -> Any:
        """A bar of a range."""
        return tqdm(range(*args), **options)

    for each in (tqdm, trange):
        each.__module__, each.__qualname__ = "tqdm", each.__name__
    return tqdm, trange


# ── notebooks ─────────────────────────────────────────────────────────────────────────────────────


class Shown:
    """What a notebook would show as more than text: HTML, an image, a formula."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        self.data = data
        self.metadata = options

    def __repr__(self) -> str:
        return f"<IPython.core.display.{type(self).__name__} object>"


def _notebook(stream: Stream) -> dict[str, Any]:
    def display(*objs: Any, **_: Any) -> None:
        """Show values; a program that imports `display` by its name gets the recorder's."""
        for value in objs:
            stream.write(f"{value!r}\n")

    def clear_output(wait: bool = False) -> None:
        """Take nothing away: what was printed stays."""

    kinds = [type(name, (Shown,), {"__module__": NOTEBOOK}) for name in MODULES[NOTEBOOK] if name[0].isupper()]
    for each in (display, clear_output):
        each.__module__, each.__qualname__ = NOTEBOOK, each.__name__
    return {each.__name__: each for each in (*kinds, display, clear_output)}


# ── plots ─────────────────────────────────────────────────────────────────────────────────────────


class Drawing:
    """A figure, axes, a line …: whatever is asked of it or done to it gives another one. There is nothing in it."""

    __iter__ = None  # so that no loop over it ends where matplotlib's would go on

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _function(name) if name in MANY else Drawing()

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Whatever it stands for gives nothing either."""
        return Drawing()

    def __getitem__(self, key: Any) -> Any:
        return Drawing()

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __repr__(self) -> str:
        return "<nothing is drawn here>"


class Colours(Drawing):
    """A colour map, or all of them: black for each number, with red, green, blue and opacity."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Colours()

    def __call__(self, numbers: Any = 0.0, *_: Any, **__: Any) -> Any:
        """A colour for each number."""
        import numpy as np

        colours = np.zeros((*np.shape(numbers), 4))
        colours[..., 3] = 1.0
        return colours if np.shape(numbers) else tuple(colours.tolist())


def _axes(nrows: int = 1, ncols: int = 1, *_: Any, squeeze: bool = True, **__: Any) -> Any:
    """The axes of a figure, in the shape in which matplotlib gives them."""
    import numpy as np

    axes = np.empty((nrows, ncols), dtype=object)
    for place in np.ndindex(axes.shape):
        axes[place] = Drawing()
    if not squeeze:
        return axes
    return axes.item() if axes.size == 1 else axes.squeeze()


def _lines(*_: Any, **__: Any) -> list[Any]:
    return [Drawing()]


def _bar_of_each(values: Any, *_: Any, **__: Any) -> list[Any]:
    return [Drawing() for _ in values]


def _ends(*_: Any, **__: Any) -> tuple[float, float]:
    return 0.0, 1.0


def _nothing(*_: Any, **__: Any) -> None:
    return None


MANY: dict[str, Callable[..., Any]] = {
    "subplots": lambda *args, **options: (Drawing(), _axes(*args, **options)),
    "hist": lambda *_, **__: (Drawing(), Drawing(), Drawing()),
    "hist2d": lambda *_, **__: (Drawing(), Drawing(), Drawing(), Drawing()),
    "get_legend_handles_labels": lambda *_, **__: ([], []),
    "get_cmap": lambda *_, **__: Colours(),
    **dict.fromkeys(("plot", "semilogx", "semilogy", "loglog", "step"), _lines),
    **dict.fromkeys(("bar", "barh"), _bar_of_each),
    **dict.fromkeys(("xlim", "ylim", "get_xlim", "get_ylim"), _ends),
    **dict.fromkeys(("show", "close", "savefig", "tight_layout", "subplots_adjust", "grid"), _nothing),
    **dict.fromkeys(("draw", "pause", "ion", "ioff", "cla", "clf", "rc", "set_axis_off", "invert_yaxis"), _nothing),
}
"""What gives something else than one drawing: several things, or numbers, those of empty axes, or nothing."""


def _function(name: str) -> Callable[..., Any]:
    def draw(*args: Any, **options: Any) -> Any:
        """Draw nothing."""
        return MANY[name](*args, **options) if name in MANY else Drawing()

    draw.__name__, draw.__qualname__, draw.__module__ = name, name, PYPLOT
    return draw


for _kind in (Drawing, Colours):
    _kind.__module__ = "matplotlib"
