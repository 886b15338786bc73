"""Files: which frames are the user's own, what their files say, and how those files are called.

In: file names of code that runs. Out: places and bound names from the text that `linecache` has (files, notebook
cells, the lines of an interactive session). A name never holds an absolute path.
"""

from __future__ import annotations

import importlib.util
import linecache
import os
import sysconfig
from dataclasses import replace
from pathlib import Path
from types import CodeType

from backlight.errors import RequestError
from backlight.messages import message
from backlight.model.document import Place, Source
from backlight.model.program import CodePosition, UserFile
from backlight.parse import parse_file

TYPED = ("<stdin>", "<console>", "<ipython-input", "<python-input", "<doctest")
"""How the names begin under which Python runs what is typed in."""
CELL = "ipykernel_"
"""In the path of the file that a notebook's kernel runs a cell under."""
INSTALLED = {"site-packages", "dist-packages"}


class UserFiles:
    """The files of a recording that was begun in ``entry``. ``include`` names packages that count as the user's own."""

    def __init__(self, entry: str, include: tuple[str, ...]) -> None:
        self._entry = entry
        self._included = tuple(folder for name in include for folder in folders_of(name))
        names = ("stdlib", "platstdlib")
        self._foreign = (*(sysconfig.get_path(name) for name in names), str(Path(__file__).parent.parent))
        self._files: dict[str, UserFile] = {}
        self._positions: dict[int, tuple[CodeType, list[CodePosition]]] = {}
        self._numbers = {entry: 0}  # the file -> its index in the Document's sources

    def is_mine(self, filename: str) -> bool:
        """Whether code of this file is the user's own: not Python's, not an installed package's, not Backlight's."""
        if filename.startswith("<") and filename != self._entry:
            return filename.startswith(TYPED)
        return filename == self._entry or not self.is_foreign(filename)

    def is_foreign(self, filename: str) -> bool:
        """Whether code of this file is Python's, an installed package's or Backlight's."""
        if filename.startswith("<"):
            return filename.startswith("<frozen")
        path = os.path.abspath(filename)  # noqa: PTH100 - symbolic links stay as they are
        if any(is_inside(path, folder) for folder in self._included):
            return False
        return bool(INSTALLED & set(Path(path).parts)) or any(is_inside(path, each) for each in self._foreign)

    def bound(self, code: CodeType, lasti: int) -> tuple[str, ...]:
        """The names that the value of this instruction is about to get."""
        position = self._position(code, lasti)
        if position is None or None in position:
            return ()
        line, end_line, column, end_column = position
        return self._file(code.co_filename).bound.get((line or 0, column or 0, end_line or 0, end_column or 0), ())

    def passing(self, code: CodeType) -> frozenset[str]:
        """The names in this code's file that are loops' variables."""
        return self._file(code.co_filename).passing

    def resolve(self, code: CodeType, lasti: int) -> Place | None:
        """The place of an instruction; its file becomes one of the sources."""
        position = self._position(code, lasti)
        place = None if position is None else self._place(code.co_filename, position)
        if place is None:
            return None
        number = self._numbers.setdefault(code.co_filename, len(self._numbers))
        return replace(place, source=number)

    def sources(self) -> list[Source]:
        """The files that places point into, the one where the recording began first."""
        return [Source(name, "\n".join(self._file(filename).lines)) for filename, name in self._names().items()]

    # ── inside ────────────────────────────────────────────────────────────────────────────────────

    def _position(self, code: CodeType, lasti: int) -> CodePosition | None:
        known = self._positions.get(id(code))
        if known is None:
            known = self._positions[id(code)] = (code, list(code.co_positions()))
        return known[1][lasti // 2] if lasti >= 0 else None

    def _place(self, filename: str, position: CodePosition) -> Place | None:
        line = position[0] or 0
        file = self._file(filename)
        if not any(file.lines) and line > len(file.lines):  # its text is not to be had: as many empty lines
            self._files[filename] = file = replace(file, lines=("",) * line)
        return file.place(position)

    def _file(self, filename: str) -> UserFile:
        known = self._files.get(filename)
        if known is None:
            known = self._files[filename] = parse_file("".join(linecache.getlines(filename)))
        return known

    def _names(self) -> dict[str, str]:
        """What to call each file: every name once."""
        names: dict[str, str] = {}
        taken: set[str] = set()
        for filename in self._numbers:
            plain = self._name(filename)
            name, count = plain, 1
            while name in taken:
                count += 1
                name = f"{plain} ({count})"
            taken.add(name)
            names[filename] = name
        return names

    def _name(self, filename: str) -> str:
        if filename.startswith("<ipython-input") or CELL in filename:
            return "cell"
        if filename.startswith("<"):
            return filename
        path = Path(os.path.abspath(filename))  # noqa: PTH100 - symbolic links stay as they are
        roots = [*(Path(folder).parent for folder in self._included), Path.cwd()]  # packages may lie below it, too
        root = next((root for root in roots if path.is_relative_to(root)), path.parent)
        return path.relative_to(root).as_posix()


def folders_of(name: str) -> list[str]:
    """Where an installed package, or a module of one file, is. Raises RequestError where there is none."""
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    places = [] if found is None else [*(found.submodule_search_locations or [found.origin or ""])]
    if not any(places):
        raise RequestError(message("invalid-request", "include", name=name))
    return [os.path.abspath(place) for place in places]  # noqa: PTH100 - as above


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is a folder itself or below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
