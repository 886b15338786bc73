"""``logging`` for programs: loggers, levels, handlers and formats, and nothing that knows files, frames or threads.

In: the stream and the clock of a run. Out: the names of the module. What is logged is written under the cell.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from backlight.messages import message
from backlight.model.program import FILENAME
from backlight.sandbox.guards import checked_template
from backlight.sandbox.streams import Stream

LEVELS = {"CRITICAL": 50, "ERROR": 40, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}
NAMES = {number: name for name, number in LEVELS.items()}
BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"


def level_number(level: int | str) -> int:
    """A level as a number. Raises ValueError for a name that is none."""
    if isinstance(level, str) and level not in LEVELS:
        raise ValueError(f"Unknown level: {level!r}")
    return LEVELS[level] if isinstance(level, str) else level


def level_name(level: int) -> str:
    """What a level is called."""
    return NAMES.get(level, f"Level {level}")


class LogRecord:
    """One thing that was logged."""

    def __init__(self, name: str, level: int, msg: Any, args: tuple[Any, ...], created: float) -> None:
        self.name, self.levelno, self.msg, self.args = name, level, msg, args
        self.levelname = level_name(level)
        self.created, self.msecs, self.relativeCreated = created, created * 1000 % 1000, created * 1000
        self.lineno, self.funcName = _asked_from()
        self.filename = self.pathname = self.module = "program"
        self.process, self.processName, self.thread, self.threadName = 1, "MainProcess", 1, "MainThread"
        self.exc_text: str | None = None

    def getMessage(self) -> str:  # noqa: N802 - Python's own name for it
        """The message with its arguments filled in."""
        if not self.args:
            return str(self.msg)
        return str(self.msg) % (self.args[0] if isinstance(self.args[0], dict) else self.args)


def _asked_from() -> tuple[int, str]:
    """The line of the program that runs, and the function that it is in."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back
    return frame.f_lineno, frame.f_code.co_name


class Formatter:
    """How a record is written."""

    def __init__(self, fmt: str | None = None, datefmt: str | None = None, style: str = "%", **_: Any) -> None:
        if style not in "%{":
            raise ValueError("Style must be one of: %,{")
        self.datefmt, self._style = datefmt, style
        self._format = fmt or ("%(message)s" if style == "%" else "{message}")

    def formatTime(self, record: LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - Python's own name
        """When a record was made, by the clock of the run."""
        moment = time.gmtime(record.created)
        short = f"{time.strftime('%Y-%m-%d %H:%M:%S', moment)},{int(record.msecs):03d}"
        return time.strftime(datefmt, moment) if datefmt else short

    def format(self, record: LogRecord) -> str:
        """The text of a record, and below it the error that was being handled."""
        fields = {**vars(record), "message": record.getMessage(), "asctime": self.formatTime(record, self.datefmt)}
        text = self._format % fields if self._style == "%" else checked_template(self._format).format(**fields)
        return text if record.exc_text is None else f"{text}\n{record.exc_text}"


class Filterer:
    """What loggers and handlers have in common: a level, and what else they ask before they let a record through."""

    def __init__(self, level: int | str = 0) -> None:
        self.level = level_number(level)
        self.filters: list[Any] = []

    def setLevel(self, level: int | str) -> None:  # noqa: N802 - Python's own name for it
        """Let through what is of this level or above."""
        self.level = level_number(level)

    def addFilter(self, filter: Any) -> None:  # noqa: A002, N802 - Python's own names
        """Ask this, too, what is let through."""
        self.filters.append(filter)

    def filter(self, record: LogRecord) -> bool:
        """Whether every filter lets a record through."""
        return all(each(record) if callable(each) else each.filter(record) for each in self.filters)


class Handler(Filterer):
    """What becomes of records; a program says it in a class of its own."""

    formatter: Any = None

    def setFormatter(self, formatter: Any) -> None:  # noqa: N802 - Python's own name for it
        """Write records so."""
        self.formatter = formatter

    def format(self, record: LogRecord) -> str:
        """The text of a record."""
        return (self.formatter or Formatter()).format(record)

    def emit(self, record: LogRecord) -> None:
        """Do with a record what this handler does: here, nothing."""

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""


class Logger(Filterer):
    """Where a program logs, by name; names with dots are below one another."""

    def __init__(self, logs: Logs, name: str, level: int | str = 0) -> None:
        super().__init__(level)
        self.name, self.propagate, self.disabled = name, True, False
        self.handlers: list[Any] = []
        self._logs = logs

    def _chain(self) -> Iterator[Logger]:
        yield self
        if self.name != "root":
            yield from self._logs.logger(self.name.rpartition(".")[0])._chain()

    def getEffectiveLevel(self) -> int:  # noqa: N802 - Python's own name for it
        """The first level that is set, from here upwards."""
        return next((each.level for each in self._chain() if each.level), 0)

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - Python's own name for it
        """Whether something of a level is let through."""
        return not self.disabled and level >= max(self.getEffectiveLevel(), self._logs.least)

    def addHandler(self, handler: Any) -> None:  # noqa: N802 - Python's own name for it
        """Hand records to this, too."""
        self.handlers += [] if handler in self.handlers else [handler]

    def removeHandler(self, handler: Any) -> None:  # noqa: N802 - Python's own name for it
        """Hand records to this no more."""
        self.handlers = [each for each in self.handlers if each is not handler]

    def hasHandlers(self) -> bool:  # noqa: N802 - Python's own name for it
        """Whether anybody gets the records."""
        return bool(self._listening())

    def _listening(self) -> list[Any]:
        found: list[Any] = []
        for logger in self._chain():
            found += logger.handlers
            if not logger.propagate:
                break
        return found

    def log(self, level: int, msg: Any, *args: Any, exc_info: Any = None, **_: Any) -> None:
        """Log a message of a level, with its arguments."""
        if not self.isEnabledFor(level):
            return
        record = LogRecord(self.name, level, msg, args, self._logs.now())
        error = exc_info if isinstance(exc_info, BaseException) else sys.exception() if exc_info else None
        record.exc_text = None if error is None else f"{type(error).__name__}: {error}"
        if self.filter(record):
            for handler in self._listening() or [self._logs.last_resort]:
                if level >= handler.level and handler.filter(record):
                    handler.emit(record)

    def exception(self, msg: Any, *args: Any, **more: Any) -> None:
        """Log an error with the exception that is being handled."""
        self.log(LEVELS["ERROR"], msg, *args, **{"exc_info": True, **more})


def _of_level(level: int) -> Callable[..., None]:
    def method(self: Logger, msg: Any, *args: Any, **more: Any) -> None:
        self.log(level, msg, *args, **more)

    return method


for _name, _level in LEVELS.items():
    if _level:
        setattr(Logger, _name.lower(), _of_level(_level))
Logger.warn = Logger.warning  # type: ignore[attr-defined]


class Logs:
    """The loggers of one run, and what writes their records: ``stream``, at the time that ``now`` tells."""

    def __init__(self, stream: Stream, now: Callable[[], float]) -> None:
        self.now = now

        class StreamHandler(Handler):
            """Writes records to a stream; to that of the program, where none is given."""

            terminator = "\n"

            def __init__(self, stream_: Any = None, stream: Any = stream) -> None:
                super().__init__()
                self.stream = stream if stream_ is None else stream_

            def emit(self, record: LogRecord) -> None:
                """Write a record."""
                self.stream.write(self.format(record) + self.terminator)

        self.handler = StreamHandler
        self.start_anew()

    def start_anew(self) -> None:
        """Forget every logger, and what was said of them."""
        self.least = 0
        self._loggers = {"root": Logger(self, "root", "WARNING")}
        self.last_resort: Handler = self.handler()
        self.last_resort.setLevel("WARNING")

    def logger(self, name: str | None = None) -> Logger:
        """The logger of a name; the root, where none is given."""
        known = name or "root"
        if known not in self._loggers:
            self._loggers[known] = Logger(self, known)
        return self._loggers[known]

    def configure(
        self, *, level: int | str | None = None, handlers: Any = None, force: bool = False, **how: Any
    ) -> None:
        """``basicConfig``: write what reaches the root, unless somebody does so already."""
        if how.get("filename"):
            raise OSError(message("not-allowed", "files", what="`filename=`"))
        root = self.logger()
        if root.handlers and not force:
            return
        root.handlers = list(handlers or [self.handler(how.get("stream"))])
        for handler in root.handlers:
            if handler.formatter is None:
                style = how.get("style", "%")
                basic = BASIC_FORMAT if style == "%" else "{levelname}:{name}:{message}"
                handler.setFormatter(Formatter(how.get("format") or basic, how.get("datefmt"), style))
        if level is not None:
            root.setLevel(level)

    def disable(self, level: int | str = "CRITICAL") -> None:
        """Let nothing of this level or below through."""
        self.least = level_number(level) + 1

    def names(self) -> dict[str, Any]:
        """The names of ``logging``."""
        named: dict[str, Any] = {"getLogger": self.logger, "basicConfig": self.configure, "disable": self.disable}
        for kind in (Formatter, Handler, self.handler, Logger, LogRecord):
            kind.__module__, kind.__qualname__ = "logging", kind.__name__
        named |= {"Formatter": Formatter, "Handler": Handler, "NullHandler": Handler, "StreamHandler": self.handler}
        named |= {"Logger": Logger, "LogRecord": LogRecord, "getLevelName": level_name}
        for name in ("debug", "info", "warning", "error", "critical", "exception", "log"):
            named[name] = self._of_the_root(name)
        return named

    def _of_the_root(self, name: str) -> Callable[..., None]:
        def log(*args: Any, **more: Any) -> None:
            self.configure()
            getattr(self.logger(), name)(*args, **more)

        return log
