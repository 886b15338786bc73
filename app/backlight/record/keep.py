"""Keep: what a recording is told to hold on to, read from the words of ``record(keep=…)``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from backlight.errors import RequestError
from backlight.messages import message
from backlight.record.encode import STATISTICS_ALONE
from backlight.settings import Settings

STATISTICS_PASSES = 50
"""How many of the last passes are kept, but for tensors' elements, where it is statistics that are asked for."""
LAST_PASSES = re.compile(r"last (\d{1,9}) pass(?:es)?")


@dataclass(frozen=True, slots=True)
class Keep:
    """``passes``: how many of the last passes are kept, None for all. The other two are as their names say.

    For statistics alone, these are all that there is of the passes before the last, and of tensors no element is held
    but that of a single number.
    """

    passes: int | None = None
    statistics: bool = False
    until_nonfinite: bool = False

    def settings(self, settings: Settings) -> Settings:
        """``settings`` as this way to keep needs them: for statistics alone, no element but of single numbers."""
        return replace(settings, element_count=STATISTICS_ALONE, held_bytes=0) if self.statistics else settings


def parse_keep(text: str | None) -> Keep:
    """The Keep that ``"last N passes"``, ``"statistics"``, ``"until non-finite"`` or None asks for.

    Raises RequestError for any other text.
    """
    if text is None:
        return Keep()
    if text == "statistics":
        return Keep(passes=STATISTICS_PASSES, statistics=True)
    if text == "until non-finite":
        return Keep(passes=1, until_nonfinite=True)
    found = LAST_PASSES.fullmatch(text) if isinstance(text, str) else None  # pyright: ignore[reportUnnecessaryIsInstance] (a user may give anything)
    if found is None or int(found[1]) < 1:
        raise RequestError(message("invalid-request", "keep", given=repr(text)))
    return Keep(passes=int(found[1]))
