"""Told: texts of torch's and Python's as a user may read them, without what they say of the machine."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from backlight.model.program import FILENAME

FOREIGN_FRAME = re.compile(rf'^  File "(?!{re.escape(FILENAME)}")[^\n]*\n(?:    [^\n]*\n?)*', re.MULTILINE)
PATH = re.compile(rf"(?:{re.escape(sys.prefix)}|{re.escape(str(Path(__file__).parents[2]))})(?:/[\w.+-]+)+")


def without_machine(text: str) -> str:
    """A text in which files have their names alone, and a traceback only the program's own lines."""
    return PATH.sub(lambda found: found[0].rpartition("/")[2], FOREIGN_FRAME.sub("", text))
