"""Where a program is when it must be ended: a line number, whatever the other side wrote."""

from __future__ import annotations

import os
import signal
from functools import partial

import pytest

from backlight.model.program import FILENAME
from backlight.sandbox.whereabouts import ASKING, open_pipe, take_line, tell_when_asked
from processes import what_is_open

STACK = "Stack (most recent call first):\n"
FRAME = f'  File "{FILENAME}", line '


def written(text: bytes) -> int:
    """The line that is read where that was written."""
    reading, writing = open_pipe()
    os.write(writing, text)
    os.close(writing)
    return take_line(reading)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{STACK}{FRAME}7 in f\n{FRAME}9 in <module>\n", 7),
        (f'{STACK}  File "torch/nn.py", line 3 in forward\n{FRAME}9 in <module>\n', 9),
        (f"{STACK}{FRAME}7 in f\n{STACK}{FRAME}8 in f\n", 8),
        (f'{STACK}  File "torch/nn.py", line 3 in forward\n', 0),
        (f"{STACK}{FRAME}99999999999999999999 in f\n", 0),
        (f"{STACK}{FRAME}-1 in f\n", 0),
        ("\xff\0" * 10_000, 0),
        ("", 0),
    ],
    ids=["innermost", "inside torch", "last stack", "none of the program", "huge", "negative", "noise", "nothing"],
)
def test_the_innermost_line_of_the_last_stack_counts(text: str, line: int) -> None:
    assert written(text.encode("latin-1")) == line


def test_neither_side_waits_for_the_other() -> None:
    reading, writing = open_pipe()
    fill = partial(os.write, writing, b"x" * 4_096)
    with pytest.raises(BlockingIOError):
        list(iter(fill, 0))
    os.close(writing)
    assert take_line(reading) == 0


def test_the_stack_is_told_when_it_is_asked_for() -> None:
    reading, writing = open_pipe()
    pipe = (os.fstat(reading).st_dev, os.fstat(reading).st_ino)
    handled = {number: signal.getsignal(number) for number in (ASKING, signal.SIGXCPU)}
    child = os.fork()
    if child == 0:
        tell_when_asked(writing)
        space = {"os": os, "asking": ASKING}
        exec(compile("def f():\n    os.kill(os.getpid(), asking)\n\nf()", FILENAME, "exec"), space)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert take_line(reading) == 2
    assert pipe not in what_is_open()  # the sandboxes of other tests open and close descriptors meanwhile
    assert {number: signal.getsignal(number) for number in handled} == handled
