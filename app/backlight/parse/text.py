"""The text of a program, before anyone reads it as Python: its size, its characters, its line breaks.

In: a string from a request. Out: the same text as Python's own tokenizer would break it into lines,
known to be encodable and within the limit.
"""

from __future__ import annotations

import re

from backlight.errors import LimitExceeded, SyntaxFailure
from backlight.messages import message
from backlight.model.document import Place
from backlight.settings import Settings

_UNREADABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str, settings: Settings) -> str:
    """``text`` without a byte order mark, with single line feeds as line breaks.

    Raises LimitExceeded beyond ``source_bytes``, SyntaxFailure at a NUL or a lone surrogate.
    """
    check_size(len(text.encode("utf-8", "surrogatepass")), settings)
    text = unify_line_breaks(text.removeprefix("\ufeff"))
    found = _UNREADABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - (text.rfind("\n", 0, found.start()) + 1)
        character = f"U+{ord(found[0]):04X}"
        prose = message("syntax-error", "character", character=character)
        raise SyntaxFailure(prose, Place(line, column, line, column + 1))
    return text


def check_size(size: int, settings: Settings) -> None:
    """Raises LimitExceeded where a text of ``size`` bytes is beyond ``source_bytes``."""
    limit = settings.source_bytes
    if size > limit:
        raise LimitExceeded(message("limit-exceeded", "source_bytes", value=limit), limit="source_bytes", value=limit)


def unify_line_breaks(text: str) -> str:
    """``text`` with single line feeds as line breaks."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
