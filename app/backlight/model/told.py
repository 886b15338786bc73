"""Told: texts of torch's and Python's as a user may read them, without what they say of the machine."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from backlight.model.program import FILENAME

FOREIGN_FRAME = re.compile(rf'^  File "(?!{re.escape(FILENAME)}")[^\n]*\n(?:    [^\n]*\n?)*', re.MULTILINE)
SOURCES = re.compile(r"(?:\n?\n\w+: (?:fallthrough )?registered at [^\n]*)+")
"""Where in its sources torch has what computes an operation for each kind of tensor: a page and a half."""
PATH = re.compile(rf"(?:{re.escape(sys.prefix)}|{re.escape(str(Path(__file__).parents[2]))})(?:/[\w.+-]+)+")


def without_machine(text: str) -> str:
    """A text in which files have their names alone, a traceback the program's own lines, and torch lists no sources."""
    return PATH.sub(lambda found: found[0].rpartition("/")[2], FOREIGN_FRAME.sub("", without_sources(text)))


def without_sources(text: str) -> str:
    """A text in which torch lists none of its sources."""
    return SOURCES.sub("", text)
