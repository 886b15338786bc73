"""The log: one line an event, JSON for machines and readable on a terminal. It never holds a program's text."""

from __future__ import annotations

import logging
from typing import TextIO

import structlog
from structlog.stdlib import BoundLogger, ExtraAdder, ProcessorFormatter
from structlog.typing import Processor

from backlight.api.watch import Outcome

Log = BoundLogger
"""What events are written to: ``log.info("started", address=...)``."""

_ABOUT: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def build_log(name: str) -> Log:
    """A log for events, which reach the handlers of the standard library's logger of that name."""
    processors = [structlog.stdlib.filter_by_level, *_ABOUT, ProcessorFormatter.wrap_for_formatter]
    return structlog.wrap_logger(logging.getLogger(name), processors, wrapper_class=BoundLogger)


def configure_logs(stream: TextIO) -> None:
    """Have this process write its log to ``stream``: ours as it is, other libraries' from warnings up."""
    render: Processor = structlog.processors.JSONRenderer(ensure_ascii=True)
    if stream.isatty():
        render = structlog.dev.ConsoleRenderer(pad_event_to=10)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*_ABOUT, ExtraAdder()],
            processors=[ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("backlight").setLevel(logging.INFO)


class RequestLines:
    """A listener of `Watch`: a line for each request."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(self, outcome: Outcome) -> None:
        """Write the line of a request."""
        self._log.info(
            "request",
            request_id=outcome.request_id,
            method=outcome.method,
            path=outcome.path,
            status=outcome.status,
            code=outcome.code,
            seconds=round(outcome.seconds, 6),
        )
