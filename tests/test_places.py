"""Places while recording: which stack a call is given, and that no frame outlives what asked for it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from types import CodeType

import torch
from torch import Tensor

from backlight.model.document import Place
from backlight.record import Recorder
from backlight.record.entries import LoggedCall

LIBRARY = """
class Mark:
    pass

def twice(x, marks=None):
    mark = Mark()
    if marks is not None:
        marks.append(mark)
    y = x * 2
    return y + 1

def streaming(x):
    while True:
        x = x * 2
        yield x

def calling(act, x):
    y = x * 2
    act()
    return y + 1
"""


def library() -> dict[str, Callable[..., object]]:
    """Functions in a file that is none of the user's."""
    names: dict[str, Callable[..., object]] = {}
    exec(compile(LIBRARY, "library.py", "exec"), names)
    return names


def here(filename: str) -> bool:
    return filename == __file__


def lines_of(recorder: Recorder) -> list[tuple[str, int]]:
    """Operator and line, in this file, of each call."""

    def resolve(code: CodeType, lasti: int) -> Place | None:
        line = list(code.co_positions())[lasti // 2][0] or 0
        return Place(line, 0, line, 0)

    places = recorder.tape.places.resolve(resolve)
    calls = [each for each in recorder.tape.log if isinstance(each, LoggedCall)]
    return [(str(call.func), places[call.place][0].line) for call in calls if places[call.place]]


def test_calls_of_one_library_function_stand_where_it_was_called() -> None:
    twice = library()["twice"]
    x = torch.ones(2, requires_grad=True)
    with Recorder(here) as recorder:
        twice(x)
        twice(x)
        x * 3
    (_, line), *_ = calls = lines_of(recorder)
    assert [(name, at - line) for name, at in calls] == [
        ("aten.mul.Tensor", 0),
        ("aten.add.Tensor", 0),
        ("aten.mul.Tensor", 1),
        ("aten.add.Tensor", 1),
        ("aten.mul.Tensor", 2),
    ]


def test_a_generator_of_a_library_stands_where_it_is_resumed() -> None:
    x = torch.ones(2, requires_grad=True)
    with Recorder(here) as recorder:
        stream = library()["streaming"](x)
        assert isinstance(stream, Generator)
        next(stream)
        next(stream)
    (_, first), (_, second) = lines_of(recorder)
    assert second == first + 1


def test_a_library_function_that_calls_the_users_code_is_found_again() -> None:
    x = torch.ones(2, requires_grad=True)
    made: list[Tensor] = []
    with Recorder(here) as recorder:
        library()["calling"](lambda: made.append(x - 1), x)
    names = [name for name, _ in lines_of(recorder)]
    assert names == ["aten.mul.Tensor", "aten.sub.Tensor", "aten.add.Tensor"]
    assert len({line for _, line in lines_of(recorder)}) == 1


def test_no_frame_is_held_once_the_recording_is_over() -> None:
    marks: list[object] = []
    x = torch.ones(2, requires_grad=True)
    with Recorder(here):
        library()["twice"](x, marks)
    alive = weakref.ref(marks.pop())
    assert alive() is None
