"""Surroundings: ``sys``, ``logging``, ``argparse`` and the like as programs have them, beside Python's own."""

from __future__ import annotations

import io
import logging
import sys
from functools import cache
from typing import Any

import pytest
import torch

from backlight import pipeline
from backlight.model.document import Document
from backlight.model.request import TraceRequest
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.guards import Guards
from backlight.sandbox.logs import Logs
from backlight.sandbox.steady import Steady
from backlight.sandbox.streams import Stream, connect
from backlight.sandbox.surroundings import build_surroundings
from backlight.settings import Settings


@cache
def namespace() -> Any:
    return build_namespace()


def document_of(source: str) -> Document:
    return pipeline.trace_document(TraceRequest(source=source), Settings(), namespace())


def written(program: Any) -> str:
    """What a program of two arguments, a module like ``logging`` and its stream, writes."""
    stream, parts = Stream(), list[str]()
    connect(stream, parts.append)
    program(type("logging", (), {n: staticmethod(v) for n, v in Logs(stream, lambda: 0.5).names().items()}))
    return "".join(parts)


def plainly(program: Any) -> str:
    """The same by Python's own ``logging``, with loggers of its own."""
    stream = io.StringIO()
    manager, root = logging.Logger.manager, logging.root
    own = logging.RootLogger(logging.WARNING)
    logging.root = logging.Logger.root = own
    logging.Logger.manager = logging.Manager(own)
    handler = logging.StreamHandler
    last, logging.lastResort = logging.lastResort, handler(stream)
    logging.lastResort.setLevel(logging.WARNING)
    try:
        program(type("logging", (), {**vars(logging), "StreamHandler": lambda given=None: handler(given or stream)}))
    finally:
        logging.root = logging.Logger.root = root
        logging.Logger.manager, logging.lastResort = manager, last
    return stream.getvalue()


def levels(log: Any) -> None:
    logger = log.getLogger("a.b")
    logger.info("unseen")
    logger.warning("seen %s", 1)
    log.getLogger("a").setLevel("INFO")
    logger.info("seen by the level above: %(x)d", {"x": 2})
    logger.log(45, "between")


def handlers(log: Any) -> None:
    handler = log.StreamHandler()
    handler.setFormatter(log.Formatter("%(levelname)s %(name)s %(message)s"))
    handler.setLevel("ERROR")
    handler.addFilter(lambda record: "skip" not in record.getMessage())
    logger = log.getLogger("c")
    logger.addHandler(handler)
    logger.addHandler(handler)
    for message in ("one", "skip"):
        logger.error(message)
    logger.warning("too low")
    logger.removeHandler(handler)
    logger.propagate = False
    assert logger.hasHandlers() is False


def classes(log: Any) -> None:
    seen = []

    class Kept(log.Handler):
        def emit(self, record: Any) -> None:
            seen.append((self.format(record), record.levelno))

    logger = log.getLogger("d")
    logger.addHandler(Kept())
    logger.critical("kept")
    log.disable("CRITICAL")
    logger.critical("unseen")
    assert seen == [("kept", 50)]
    assert log.getLevelName(20) == "INFO"
    assert not logger.isEnabledFor(50)
    log.disable("NOTSET")


def braces(log: Any) -> None:
    handler = log.StreamHandler()
    handler.setFormatter(log.Formatter("{levelname:>8}|{message}", style="{"))
    log.getLogger().addHandler(handler)
    log.getLogger("x.y").error("%d%%", 5)


@pytest.mark.parametrize("program", [levels, handlers, classes, braces], ids=lambda each: each.__name__)
def test_what_is_logged_is_what_python_logs(program: Any) -> None:
    assert written(program) == plainly(program)


def test_a_log_goes_to_no_file() -> None:
    with pytest.raises(OSError, match="no files"):
        written(lambda log: log.basicConfig(filename="canary"))


def test_what_python_tells_of_itself_is_told() -> None:
    made = build_surroundings(Guards(torch.Tensor), stream := Stream(), steady := Steady(), Logs(stream, steady.read))
    assert made["sys.version_info"] == sys.version_info
    assert made["sys.float_info"] == sys.float_info
    assert made["sys.version_info"].major == 3
    assert (made["torch.get_num_threads"](), made["torch.set_num_threads"](1)) == (1, None)
    with pytest.raises(RuntimeError, match="one process with one thread"):
        made["torch.set_num_threads"](4)


def test_an_exit_ends_its_cell_and_says_so_where_something_failed() -> None:
    document = document_of("import sys\nprint(1)\nsys.exit()\nprint(2)\n# %%\nprint(3)\n# %%\nsys.exit('failed')")
    assert [cell.output for cell in document.cells] == ["1\n", "3\n", ""]
    assert document.error is not None
    assert (document.error.type, document.error.message, document.error.line) == ("SystemExit", "failed", 8)


def test_wrong_arguments_say_what_is_wrong() -> None:
    lines = ["import argparse", "parser = argparse.ArgumentParser()", "parser.add_argument('--lr', type=float)"]
    document = document_of("\n".join([*lines, "parser.parse_args(['--lr', 'x'])"]))
    assert document.error is not None
    assert document.error.message == "program: error: argument --lr: invalid float value: 'x'"


def test_defaults_that_are_no_plain_values_are_not_handed_out() -> None:
    lines = ["import inspect", "class A: pass", "def f(a, b=1, c=A()): pass", "given = inspect.signature(f).parameters"]
    document = document_of("\n".join([*lines, "[each.default for each in given.values()], given['a'].kind"]))
    assert document.cells[0].output == "([<class 'Empty'>, 1, Ellipsis], 'positional or keyword')\n"
