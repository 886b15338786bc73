"""The first oracle: a program run by plain PyTorch, cell by cell, as a notebook would run it.

In: program text. Out: what each cell printed, warned of and raised, and the names that the program left behind.
It shares no code with Backlight, on purpose.
"""

from __future__ import annotations

import ast
import contextlib
import io
import random
import re
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch

CELL_MARK = re.compile(r"^# %%(?! \[markdown\])", re.MULTILINE)
"""The head of a cell of code; a cell of text is comments at the end of the cell before it."""


@dataclass(frozen=True, slots=True)
class PlainCell:
    """What a notebook would show under a cell."""

    output: str
    warnings: tuple[str, ...]
    error: Exception | None


@dataclass(frozen=True, slots=True)
class PlainRun:
    """``names`` is the program's global namespace after the last cell."""

    cells: tuple[PlainCell, ...]
    names: dict[str, Any]

    @property
    def output(self) -> str:
        return "".join(cell.output for cell in self.cells)

    @property
    def errors(self) -> list[Exception]:
        return [cell.error for cell in self.cells if cell.error is not None]


def split_cells(source: str) -> list[str]:
    """The cells' texts, each padded with empty lines so that its line numbers are those of the program."""
    starts = [0, *(mark.start() for mark in CELL_MARK.finditer(source) if mark.start() > 0), len(source)]
    return ["\n" * source.count("\n", 0, start) + source[start:end] for start, end in pairwise(starts)]


def run_plain(source: str, seed: int = 0) -> PlainRun:
    """Runs a program seeded as Backlight seeds it; a cell that raises does not stop the next one."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    names: dict[str, Any] = {"__name__": "__main__"}
    return PlainRun(tuple(_run_cell(text, names) for text in split_cells(source)), names)


def _run_cell(text: str, names: dict[str, Any]) -> PlainCell:
    error = None
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            _execute(text, names)
        except Exception as raised:
            error = raised
    return PlainCell(printed.getvalue(), tuple(str(each.message) for each in warned), error)


def _execute(text: str, names: dict[str, Any]) -> None:
    tree = ast.parse(text, "<plain>")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<plain>", "exec"), names)
    if isinstance(last, ast.Expr):
        shown = eval(compile(ast.Expression(last.value), "<plain>", "eval"), names)
        if shown is not None:
            print(repr(shown))
