"""Places of expressions: what CPython's bytecode says, and what the program corrects."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from backlight.model.document import Place
from backlight.model.program import BIND, ENTER, FILENAME, ITERATE, SHOW, START, Program, code_point_column
from programs import parse

Position = tuple[int | None, int | None, int | None, int | None]


class Chain:
    """Has every method, and the property ``T``; each use notes where in the program it was made."""

    def __init__(self, seen: list[tuple[str, Position]]) -> None:
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: self._note(name)

    @property
    def T(self) -> Chain:
        return self._note("T")

    def _note(self, name: str) -> Chain:
        frame = sys._getframe(1)
        while frame.f_code.co_filename != FILENAME:
            assert frame.f_back is not None
            frame = frame.f_back
        self._seen.append((name, list(frame.f_code.co_positions())[frame.f_lasti // 2]))
        return self


def seen_places(source: str) -> dict[str, str | None]:
    """For each call or property of the program, the text at the place that the Program gives for it."""
    program = parse(source)
    seen: list[tuple[str, Position]] = []
    names: dict[str, Any] = {
        "x": Chain(seen),
        BIND: lambda value, site: value,
        SHOW: lambda value: None,
        ENTER: lambda: True,
        ITERATE: lambda loop: True,
        START: lambda iterable, loop: iterable,
    }
    for cell in program.cells:
        exec(cell.code, names)
    return {name: text_at(program, program.place(position)) for name, position in seen}


def text_at(program: Program, place: Place | None) -> str | None:
    if place is None:
        return None
    lines = program.text.split("\n")[place.line - 1 : place.end_line]
    lines[-1] = lines[-1][: place.end_column]
    lines[0] = lines[0][place.column :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "source",
    [
        "x.foo()",
        "(x\n .foo())",
        "(x\n .foo(1,\n      2)\n .bar(k=3)\n .T\n .baz(*[1]))",
        "y = (x.foo()\n .bar(é := 1) )  # comment\n",
        "y = x \\\n  .foo(\n) \\\n  .bar()",
        "'é', (x\n  .é(\n'é').T)",
        "y = [x\n.foo() for _ in '1']",
        "y = (x.foo\n()\n.bar\n())",
        "def f(a):\n    return (a\n        .foo()\n        .T)\nf(x)",
    ],
)
def test_each_call_of_a_chain_is_placed_from_its_start(source: str) -> None:
    places = seen_places(source)
    assert places
    for name, text in places.items():
        assert text is not None
        assert text.startswith(("x", "a\n")), (name, text)
        assert text.endswith("T" if name == "T" else ")"), (name, text)
        assert text.count("(") == text.count(")"), (name, text)


def test_exact_texts() -> None:
    assert seen_places("z = (x\n  .foo(1)\n  .T\n  .bar()) ") == {
        "foo": "x\n  .foo(1)",
        "T": "x\n  .foo(1)\n  .T",
        "bar": "x\n  .foo(1)\n  .T\n  .bar()",
    }


def test_columns_are_code_points() -> None:
    program = parse("é = 'ü' + 'ö'")
    assert program.place((1, 1, 5, 17)) == Place(1, 4, 1, 13)
    assert code_point_column("aé𝐱b", 7) == 3
    assert code_point_column("aé𝐱b", 99) == 4
    assert code_point_column("abc", 99) == 3


def test_positions_that_cpython_does_not_know() -> None:
    program = parse("x = 1\ny = 22")
    assert program.place((None, None, None, None)) is None
    assert program.place((2, 2, None, None)) == Place(2, 0, 2, 6)
    assert program.place((0, 1, 0, 0)) is None
    assert program.place((3, 3, 0, 1)) is None
