"""Digests: ``hashlib``, ``uuid`` and ``calendar`` for programs: what they compute, and nothing that they ask a machine.

In: the chance of a run. Out: the stand-ins, by dotted name.
"""

from __future__ import annotations

import calendar
import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from backlight.sandbox.steady import Steady

ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
OF_DATES = ("isleap", "leapdays", "monthrange", "timegm", "weekday")
NAMES_OF_DATES = ("day_abbr", "day_name", "month_abbr", "month_name")
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def build_digests(steady: Steady) -> dict[str, Any]:
    """The stand-ins, by dotted name."""
    makers: dict[str, Callable[..., Any]] = {name: getattr(hashlib, name) for name in ALGORITHMS}
    for make in makers.values():
        make(b"").hexdigest()  # what it reads at first, a sealed process could not

    def new(name: str, data: Any = b"", **_: Any) -> Any:
        """A digest by the name of its algorithm."""
        if name.lower() not in makers:
            raise ValueError(f"unsupported hash type {name}")
        return makers[name.lower()](data)

    def uuid4() -> uuid.UUID:
        """An id that nobody had yet in this run."""
        number = sum(steady.entropy() << (32 * part) for part in range(4))
        return uuid.UUID(int=number, version=4)

    named: dict[str, Any] = {f"hashlib.{name}": make for name, make in makers.items()}
    named |= {"hashlib.new": new, "hashlib.algorithms_available": frozenset(ALGORITHMS)}
    return named | {"uuid.uuid4": uuid4} | _of_calendar()


def _of_calendar() -> dict[str, Any]:
    def month(theyear: int, themonth: int, w: int = 0, l: int = 0) -> str:  # noqa: E741 - Python's own name for it
        """A month as text."""
        return calendar.TextCalendar().formatmonth(theyear, themonth, w, l)

    def monthcalendar(year: int, month: int) -> list[list[int]]:
        """The days of a month, week by week."""
        return calendar.Calendar().monthdayscalendar(year, month)

    made: dict[str, Any] = {"month": month, "monthcalendar": monthcalendar}
    made |= {name: getattr(calendar, name) for name in OF_DATES}
    made |= {name: tuple(getattr(calendar, name)) for name in NAMES_OF_DATES}
    made |= {name: int(getattr(calendar, name)) for name in DAYS}
    return {f"calendar.{name}": value for name, value in made.items()}
