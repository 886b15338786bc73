"""What notebooks put between lines of Python: magics, shell commands, questions for help, cells of text.

In: the text of a program. Out: the same text, line by line, with ``pass`` or nothing where it was no Python,
and a note for each. Only lines that cannot be Python are taken; what is left keeps its lines and columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from backlight.messages import message
from backlight.model.document import CellNote

KEPT = frozenset({"capture", "debug", "memit", "prun", "pyinstrument", "scalene", "snakeviz", "time", "timeit"})
"""Cell magics that run the code below them; any other makes its cell something else than Python."""

TEXT_MARKER = re.compile(r"#\s*%%[^\[\n]*\[(markdown|md|raw)\]")
"""The head of a cell of text, in the percent format."""

_LINE_HINT = re.compile(r"\n[ \t]*+(?:[%!?]|(?:pip3?|conda)[ \t]|#[ \t]*+%%.*\[)")
_HINTS = {"%": re.compile(r"=[ \t]*+%"), "!": re.compile(r"=[ \t]*+!"), "?": re.compile(r"\?[ \t]*+(?:#|\n|\Z)")}
"""What is to be seen of anything at all that is no Python, by the character in it; each quick to find or to miss."""
_MARKER = re.compile(r"#[^\S\n]*%%[^\n]*(?:\n|\Z)")
_IDLE = re.compile(r"[^\S\n]*(?:#[^\n]*)?(?:\n|\Z)")
_NEXT_MARKER = re.compile(r'"""(?:(?!""").)*+"""|\'\'\'(?:(?!\'\'\').)*+\'\'\'|^#[^\S\n]*%%', re.M | re.S)
_FIRST_CODE = re.compile(r"^([^\S\n]*)[^\s#]", re.MULTILINE)
_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|\'\'\'(?:[^'\\]|\\.|'(?!''))*+(?:\'\'\')?'''
    r"""|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|\#[^\n]*|\\\n|[()\[\]{}\n]""",
    re.DOTALL,
)
_TARGET = r"""[^\W\d][\w.]*+(?:\[(?:"[^"\n]*"|'[^'\n]*'|[^\]\n'"])*+\])*+"""
_ASSIGNED = rf"(?:(?P<name>{_TARGET}(?:[ \t]*,[ \t]*{_TARGET})*+)[ \t]*=[ \t]*)?"
_ASKED = r"[\w*][\w.*]*+(?:\[-?\d+\][\w.*]*+)*+"
_TO_THE_END = r"(?:[^\n]*\\\n)*+[^\n]*"
_CELL_MAGIC = re.compile(rf"(?P<what>%%(?P<magic>[A-Za-z_]\w*){_TO_THE_END})")
_TIMED = re.compile(
    rf"[ \t]*{_ASSIGNED}(?P<magic>%time)[ \t]+(?=[^\s#\-])(?!(?:async|class|def|for|if|match|try|while|with)\b)"
)
_NOT_PYTHON = re.compile(
    rf"(?P<indent>[ \t]*)(?P<what>"
    rf"{_ASSIGNED}(?:%%?[A-Za-z_]|(?P<shell>!)!?[ \t]*+[^\s=!]){_TO_THE_END}"
    rf"|(?:pip3?|conda)[ \t]+install\b{_TO_THE_END}"
    rf"|(?P<help>\?\??[ \t]*+[\w%*.][^\n]*|{_ASKED}\?\??(?=[ \t]*(?:#[^\n]*)?(?:\n|\Z))[^\n]*))"
)
_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|apt|apt-get)\b.*\binstall\b|\b(?:uv|poetry)\s+add\b")
_LONGEST, _READ = 60, 500
"""Characters of a command that a note quotes, and those that are searched for what it is about."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text with nothing but Python in it, as many lines as before, and what was left out of it."""

    text: str
    notes: tuple[CellNote, ...] = ()


def leave_out_magics(text: str, marked: bool = True) -> Plain:
    """``text`` as Python. Lines of ``# %%`` head cells in it only where it is ``marked``; else it is one cell."""
    if not _LINE_HINT.search("\n" + text) and not any(sign in text and _HINTS[sign].search(text) for sign in _HINTS):
        return Plain(text)
    reading = _Reading(text, marked)
    reading.read()
    plain = "".join(reading.parts)
    if plain.endswith("\n") and not text.endswith("\n"):
        plain += "#"  # so that the last line still counts as one
    return Plain(plain, tuple(reading.notes))


@dataclass(slots=True)
class _Reading:
    """How far the text is read, always up to the start of a logical line.

    ``at_head``: nothing of the cell but blank lines, comments and cell magics was read yet.
    """

    text: str
    marked: bool
    position: int = 0
    line: int = 1
    at_head: bool = True
    parts: list[str] = field(default_factory=list[str])
    notes: list[CellNote] = field(default_factory=list[CellNote])

    def read(self) -> None:
        while self.position < len(self.text):
            self.read_line()

    def read_line(self) -> None:
        """Reads one logical line, or all of a cell that is no code."""
        text, start = self.text, self.position
        if self.marked and (found := _MARKER.match(text, start)):
            self.at_head = True
            if not self.read_text_cell(found):
                self.keep(found.end())
        elif found := _IDLE.match(text, start):
            self.keep(found.end())
        elif self.at_head and (found := _CELL_MAGIC.match(text, start)):
            self.read_cell_magic(found)
        else:
            self.at_head = False
            self.read_statement()

    def read_statement(self) -> None:
        text, start = self.text, self.position
        if found := _TIMED.match(text, start):
            self.note("timed")
            self.parts += [text[start : found.start("magic")], "     " if found["name"] else "pass;"]
            self.position = found.end("magic")
            self.keep(_end_of_line(text, self.position))
        elif found := _NOT_PYTHON.match(text, start):
            self.note_line(found)
            self.replace(found.end(), found["indent"] + "pass")
        else:
            self.keep(_end_of_line(text, start))

    def read_text_cell(self, head: re.Match[str]) -> bool:
        """Reads a cell of text up to the next marker; False where it is none, or a comment inside a block."""
        named = TEXT_MARKER.match(head[0])
        if named is None:
            return False
        end = self.next_marker(head.end())
        code = _FIRST_CODE.search(self.text, head.end(), end)
        if code and code[1]:
            return False
        self.note("text-cell", kind="raw" if named[1] == "raw" else "Markdown")
        self.keep(head.end())
        self.replace(end, "")
        return True

    def read_cell_magic(self, found: re.Match[str]) -> None:
        kept = found["magic"] in KEPT
        self.note("kept-cell" if kept else "left-out-cell", what=_shown(found["what"]))
        end = found.end() if kept else self.next_marker(found.end())
        self.replace(end, "pass")

    def next_marker(self, position: int) -> int:
        """Where the cell ends that ``position`` is in."""
        for found in _NEXT_MARKER.finditer(self.text, position) if self.marked else ():
            if found[0].startswith("#"):
                return found.start()
        return len(self.text)

    def keep(self, end: int) -> None:
        self.parts.append(self.text[self.position : end])
        self.move(end)

    def replace(self, end: int, replacement: str) -> None:
        """Puts ``replacement`` in, with as many lines as what it stands for."""
        missing = self.text.count("\n", self.position, end) - replacement.count("\n")
        self.parts += [replacement, "\n" * missing]
        self.move(end)

    def move(self, end: int) -> None:
        self.line += self.text.count("\n", self.position, end)
        self.position = end

    def note(self, topic: str, after: str = "", **fields: str) -> None:
        self.notes.append(CellNote(message("note", topic, **fields) + after, self.line))

    def note_line(self, found: re.Match[str]) -> None:
        """Notes a line that was left out, and the names that it would have bound."""
        what, topic = found["what"], "magic"
        if found["help"]:
            topic = "help"
        elif _INSTALL.search(what, 0, _READ):
            topic = "install"
        elif found["shell"]:
            topic = "shell"
        after = " " + message("note", "unbound", name=found["name"]) if found["name"] else ""
        self.note(topic, after, what=_shown(what))


def _shown(what: str) -> str:
    """The first line of ``what``, as much of it as a note quotes."""
    line = what.partition("\n")[0].strip()
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _end_of_line(text: str, start: int) -> int:
    """Where the logical line ends that ``start`` is in: after a line break outside strings and brackets."""
    depth = 0
    for found in _TOKEN.finditer(text, start):
        token = found[0]
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(depth - 1, 0)
        elif token == "\n" and depth == 0:
            return found.end()
    return len(text)
