"""A notebook, written out as a program with ``# %%`` cells.

In: an nbformat-4 document, of any minor version, as plain JSON values; nothing about it is known yet. Out: a Script:
code cells as code, cells of text as comments. Outputs are neither read nor checked.
"""

from __future__ import annotations

import importlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from backlight.errors import RequestError
from backlight.messages import message
from backlight.model.document import CellNote, Place
from backlight.parse.magics import Plain, leave_out_magics
from backlight.parse.text import check_size, unify_line_breaks
from backlight.settings import Settings

_FORMAT = 4
_MINOR = 5
"""The minor version that notebooks are checked as. In an older one outputs differ, and cells have no ids."""
_HEADS = {"code": "# %%", "markdown": "# %% [markdown]", "raw": "# %% [raw]"}
_CELL_FIELDS = {"cell_type", "id", "metadata", "source", "attachments"}
"""What a cell may hold; a later minor version may know more."""
_LONGEST = 200
"""Characters that are quoted of a notebook."""


@dataclass(frozen=True, slots=True)
class ScriptCell:
    """A code cell: the first line that belongs to it, text before it included, and the first line of its code."""

    start_line: int
    code_line: int


@dataclass(frozen=True, slots=True)
class Script:
    """A notebook as a program: its text, what of it is Python, and its code cells in order."""

    text: str
    plain: Plain
    cells: tuple[ScriptCell, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        """The first line of each cell."""
        return tuple(cell.start_line for cell in self.cells)

    def where(self, place: Place | None) -> dict[str, int]:
        """What a refusal adds to a ``place`` in the text: ``cell``, an index into `cells`, and the line in its code."""
        if place is None:
            return {}
        cell = max(bisect_right(self.starts, place.line) - 1, 0)
        return {"cell": cell, "cell_line": max(place.line - self.cells[cell].code_line + 1, 1)}


def write_script(notebook: Mapping[str, Any], settings: Settings) -> Script:
    """The Script of a notebook.

    Raises RequestError where it is none of nbformat 4, not in Python or without code, and LimitExceeded for
    ``source_bytes``.
    """
    _check_format(notebook)
    cells, metadata, minor = notebook["cells"], notebook.get("metadata", {}), notebook.get("nbformat_minor", 0)
    if not isinstance(cells, list):
        raise _error("notebook-cells")
    checked = cast("list[Any]", cells)
    check_size(len(checked) * len("# %%\n"), settings)
    if problem := _problem(metadata, []):
        raise _error("notebook-metadata", problem=problem)
    for number, cell in enumerate(checked, 1):
        _check_cell(number, cell, minor)
    if minor >= _MINOR:
        _check_ids(checked)
    _check_language(metadata)
    if not any(cell["cell_type"] == "code" for cell in checked):
        raise _error("notebook-empty")
    writing = _Writing()
    for cell in checked:
        writing.add(cell["cell_type"], unify_line_breaks("".join(cell["source"])))
    return writing.script()


@dataclass(slots=True)
class _Writing:
    """The lines so far, as they are shown and as they are run; ``start_line`` is that of text before the next code."""

    lines: list[str] = field(default_factory=list[str])
    plain: list[str] = field(default_factory=list[str])
    notes: list[CellNote] = field(default_factory=list[CellNote])
    cells: list[ScriptCell] = field(default_factory=list[ScriptCell])
    start_line: int | None = None

    def add(self, kind: str, source: str) -> None:
        head = len(self.lines) + 1
        self.start_line = self.start_line or head
        lines = source.rstrip("\n").split("\n") if source.rstrip("\n") else []
        if kind == "code":
            self.cells.append(ScriptCell(self.start_line, head + 1))
            self.start_line = None
            lines = _dedented(lines)
            plain = leave_out_magics("\n".join(lines), marked=False)
            self.notes += [CellNote(note.message, note.line + head) for note in plain.notes]
            self.plain += [_HEADS[kind], *(plain.text.split("\n") if lines else ()), ""]
        else:
            lines = [f"# {line}".rstrip() for line in lines]
            name = "Markdown" if kind == "markdown" else "raw"
            self.notes.append(CellNote(message("note", "text-cell", kind=name), head))
            self.plain += [_HEADS[kind], *lines, ""]
        self.lines += [_HEADS[kind], *lines, ""]

    def script(self) -> Script:
        plain = Plain("\n".join(self.plain), tuple(self.notes))
        return Script("\n".join(self.lines), plain, tuple(self.cells))


def _dedented(lines: list[str]) -> list[str]:
    """``lines`` without the indentation of the first one, as a notebook runs them."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _check_format(notebook: Mapping[str, Any]) -> None:
    version, minor = notebook.get("nbformat"), notebook.get("nbformat_minor", 0)
    if type(version) is not int or type(minor) is not int or minor < 0:
        raise _error("notebook-none")
    if version != _FORMAT:
        raise _error("notebook-format", version=version)
    if "cells" not in notebook:
        raise _error("notebook-none")


def _check_language(metadata: Mapping[str, Any]) -> None:
    for part, name in (("language_info", "name"), ("kernelspec", "language")):
        language = metadata.get(part, {}).get(name)
        if isinstance(language, str) and "python" not in language.lower():
            raise _error("notebook-language", language=_shortened(language))


def _check_cell(number: int, cell: Any, minor: int) -> None:
    """Raises RequestError where nbformat, or what is to be done with the cell, wants it otherwise."""
    if not isinstance(cell, dict):
        raise _error("notebook-cell", number=number, problem=f"{_shortened(repr(cell))} is not an object")
    given = cast("dict[str, Any]", cell)
    kind, source = given.get("cell_type"), given.get("source")
    if not isinstance(kind, str) or kind not in _HEADS:
        raise _error("notebook-cell-type", number=number, kind=_shortened(repr(kind)))
    lines = cast("list[Any]", source) if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise _error("notebook-source", number=number)
    known = {name: given[name] for name in given if minor <= _MINOR or name in _CELL_FIELDS}
    unread: dict[str, Any] = {"outputs": [], "execution_count": None} if kind == "code" else {}
    identity = {"id": given.get("id", "none") if minor >= _MINOR else "none"}
    problem = _problem({}, [{"metadata": {}} | known | {"source": ""} | unread | identity])
    if problem:
        raise _error("notebook-cell", number=number, problem=problem)


def _check_ids(cells: list[dict[str, Any]]) -> None:
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        if "id" in cell and seen.setdefault(cell["id"], number) != number:
            raise _error("notebook-id", number=number, id=cell["id"], other=seen[cell["id"]])


def _problem(metadata: Any, cells: list[Any]) -> str | None:
    """What nbformat has to say against a notebook of these parts."""
    iter_validate = _load_nbformat().iter_validate
    notebook = {"nbformat": _FORMAT, "nbformat_minor": _MINOR, "metadata": metadata, "cells": cells}
    try:
        for error in iter_validate(notebook, version=_FORMAT, version_minor=_MINOR):
            path = [str(step) for step in error.relative_path if step != "cells" and not isinstance(step, int)]
            return _shortened(f"{'.'.join(path)}: {error.message}" if path else error.message)
    except RecursionError as error:
        raise _error("notebook-nesting") from error
    return None


def _load_nbformat() -> Any:
    try:
        return importlib.import_module("nbformat.validator")
    except ModuleNotFoundError as error:
        raise _error("notebook-package") from error


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _error(topic: str, **fields: Any) -> RequestError:
    return RequestError(message("invalid-request", topic, **fields))
