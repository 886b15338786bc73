"""Moments: ``datetime``, and what ``time`` makes of a time, by the clock of the run, which is that of no time zone.

In: the clock. Out: by dotted name, Python's own classes with what asks the machine replaced. Where Python would ask
for the local time zone, it is UTC. Both classes are two: what is asked of the bases of the outer is still steady.
"""

from __future__ import annotations

import calendar
import datetime
import importlib
import time
from typing import Any

from backlight.sandbox.steady import Steady

UTC = datetime.UTC
READER = importlib.import_module("_strptime")
"""What Python imports when it first reads a time: a sealed process could open no file then."""
ENDS = ("min", "max")
"""Constants of both classes."""


def build_moments(steady: Steady) -> dict[str, Any]:
    """The stand-ins, by dotted name."""
    return _of_datetime(steady) | {f"time.{name}": function for name, function in _of_time(steady).items()}


def _of_time(steady: Steady) -> dict[str, Any]:
    def gmtime(seconds: float | None = None) -> time.struct_time:
        """The parts of a time; of now, where none is given."""
        return time.gmtime(steady.read() if seconds is None else seconds)

    def localtime(seconds: float | None = None) -> time.struct_time:
        """The same: the local time zone is UTC."""
        return gmtime(seconds)

    def asctime(parts: Any = None) -> str:
        """Parts of a time as text."""
        return time.asctime(gmtime() if parts is None else parts)

    def ctime(seconds: float | None = None) -> str:
        """A time as text."""
        return time.asctime(gmtime(seconds))

    def strftime(format: str, parts: Any = None) -> str:  # noqa: A002 - Python's own name for it
        """Parts of a time as a format says."""
        return time.strftime(format, gmtime() if parts is None else parts)

    def mktime(parts: Any) -> float:
        """The time that has these parts."""
        return float(calendar.timegm(tuple(parts)))

    return {each.__name__: each for each in (gmtime, localtime, asctime, ctime, strftime, mktime)}


def _of_datetime(steady: Steady) -> dict[str, Any]:
    date = _steady_date(steady, datetime.date)
    return {"datetime.date": date, "datetime.datetime": _steady_datetime(steady, datetime.datetime, date)}


def _steady_date(steady: Steady, real: Any) -> Any:
    class Inner(real):
        __slots__ = ()

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(steady.read())

        @classmethod
        def fromtimestamp(cls, timestamp: float, /) -> Any:
            return cls(*datetime.datetime.fromtimestamp(timestamp, UTC).timetuple()[:3])

        def __repr__(self) -> str:
            return _written(self, Date, real.__repr__(self))

    class Date(Inner):
        __slots__ = ()
        __doc__ = real.__doc__

    return _finished(Inner, Date, "date")


def _steady_datetime(steady: Steady, real: Any, date: Any) -> Any:
    class Inner(real):
        __slots__ = ()

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(steady.read(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

        utcnow = today

        @classmethod
        def fromtimestamp(cls, timestamp: float, tz: datetime.tzinfo | None = None) -> Any:
            inherited: Any = super()
            made = inherited.fromtimestamp(timestamp, UTC if tz is None else tz)
            return made.replace(tzinfo=None) if tz is None else made

        def timestamp(self) -> float:
            return real.timestamp(_with_zone(self))

        def astimezone(self, tz: datetime.tzinfo | None = None) -> Any:
            return real.astimezone(_with_zone(self), UTC if tz is None else tz)

        def date(self) -> Any:
            return date(self.year, self.month, self.day)

        def __repr__(self) -> str:
            return _written(self, Moment, real.__repr__(self))

    class Moment(Inner, date):
        __slots__ = ()
        __doc__ = real.__doc__

    return _finished(Inner, Moment, "datetime")


def _finished(inner: Any, outer: Any, name: str) -> Any:
    """A class with the constants of Python's own, and methods with the names that errors call them by."""
    for end in ENDS:
        known = getattr(inner, end)
        setattr(outer, end, outer(*known.timetuple()[: 6 if name == "datetime" else 3]))
    if name == "datetime":
        outer.max = outer.max.replace(microsecond=999_999)
    members: dict[str, Any] = {**vars(inner)}
    for each, method in members.items():
        function = getattr(method, "__func__", method)
        if hasattr(function, "__qualname__"):
            function.__qualname__, function.__module__ = f"{name}.{each}", "datetime"
    for kind in (inner, outer):
        kind.__module__, kind.__name__, kind.__qualname__ = "datetime", name, name
    return outer


def _with_zone(moment: Any) -> Any:
    """A moment with a time zone: UTC, where it has none."""
    return moment.replace(tzinfo=UTC) if moment.utcoffset() is None else moment


def _written(value: object, kind: type, text: str) -> str:
    """How Python writes a value of a class of its own: with the name of the module."""
    return f"datetime.{text}" if type(value) is kind else text
