"""What instrumentation adds, and that nothing else about a program changes."""

from __future__ import annotations

from typing import Any

import pytest

from programs import Run, parse, run_parsed, run_plain

PROGRAMS = {
    "closures": """
        def counter():
            n = 0
            def step(by=1, *, twice=False, **rest):
                "Steps."
                nonlocal n
                n += by * (2 if twice else 1)
                return n
            return step
        step = counter()
        print(step(), step(by=2, twice=True), step.__name__, step.__name__)
        total = 0
        def add(x):
            global total
            total += x
        add(2); add(3)
        print(total)
    """,
    "unpacking": """
        a, (b, *c) = 1, (2, 3, 4)
        [d, e] = f = "de"
        x = [0, 0]
        x[0], x[1] = a, b
        x[0] += 5
        (g), = 7,
        print(a, b, c, d, e, f, x, g)
        for i, (j, k) in enumerate([(1, 2), (3, 4)]):
            print(i, j, k)
        else:
            print("done", i)
    """,
    "classes": """
        from dataclasses import dataclass, field
        from enum import Enum
        class Colour(Enum):
            RED = 1
            BLUE = 2
        @dataclass
        class Point:
            "A point."
            x: float = 1.0
            y: list = field(default_factory=list)
            def __post_init__(self):
                self.z = self.x * 2
            def __add__(self, other):
                return Point(self.x + other.x)
            @property
            def half(self):
                return self.x / 2
            @classmethod
            def make(cls, *args):
                return cls(*args)
        class Child(Point):
            def __init__(self, x):
                super().__init__(x)
                self.extra = self.more = 3
                self.extra += 1
        p = Child(3.0)
        print(p + Point(), p.half, p.extra, p.more, p.z, Point.make(4.0), Point.__doc__, Colour.RED, list(Colour))
    """,
    "exceptions": """
        def f(x):
            try:
                return 1 / x
            except ZeroDivisionError as error:
                print("caught", error)
                raise ValueError("bad " + str(x)) from error
            finally:
                print("finally")
        try:
            f(0)
        except ValueError as e:
            print(type(e).__name__, e, e.args)
        assert f(2) == 0.5, "no"
        values = {"a": [1, 2]}
        values["a"][
            5
        ] += 1
    """,
    "generators": """
        def numbers(n):
            '''Doc.'''
            for i in range(n):
                got = yield i
                if got: print("got", got)
            return "end"
        def outer():
            r = yield from numbers(2)
            print(r)
        g = outer(); next(g); print(g.send("hello"))
        print([y := 2, y ** 2], {k: v for k, v in zip("ab", (1, 2))}, {z for z in (1, 1)})
        print([last := w for w in range(3)], last, (lambda q, *r: (q, r))(1, 2))
        while (n := len(values := [1] * 2)) < 2: pass
        print(n, values, list(outer()))
    """,
    "matching": """
        def kind(value):
            match value:
                case {"x": x, **rest} if x > 1:
                    return "mapping", x, rest
                case [first, *others] | (first, others):
                    return first, others
                case int() | float() as number:
                    return number
                case str(text):
                    return text
                case _:
                    return None
        print(kind({"x": 2, "y": 3}), kind([1, 2, 3]), kind(4.5), kind("t"), kind({"x": 0}))
    """,
    "contexts": """
        from contextlib import contextmanager, nullcontext as nc
        import itertools, functools as ft
        import math
        @contextmanager
        def scope(name):
            print("in", name)
            yield name.upper()
            print("out")
        with scope("a") as a, scope(a) as (b, *c), nc() as nothing:
            print(a, b, c, nothing)
        x: int = 3
        y: "undefined"
        del a, x
        print(ft.reduce(lambda p, q: p * q, itertools.islice(itertools.count(1), 5)), math.floor(2.5))
        print(a)
    """,
    "order": """
        def say(x):
            print(x)
            return x
        class Box:
            def __getitem__(self, i): print("get", i); return 1
            def __setitem__(self, i, v): print("set", i, v)
        box = Box()
        a = box[say(1)] = box[say(2)] = say(3)
        box[say(4)] += say(5)
        b, box[say(6)] = say(7), say(8)
        say(9) if say(0) else say(10)
        def inner():
            print(later)
            later = 1
        inner()
    """,
}


def dedent(source: str) -> str:
    lines = source.strip("\n").split("\n")
    return "\n".join(line.removeprefix(" " * 8) for line in lines).rstrip() + "\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_instrumented_program_does_what_the_plain_one_does(name: str) -> None:
    source = dedent(PROGRAMS[name])
    plain, parsed = run_plain(source), run_parsed(parse(source))
    assert parsed.output == plain.output
    assert plain.output
    assert parsed.error == plain.error
    assert parsed.names.keys() == plain.names.keys()


def bound(source: str) -> list[tuple[tuple[str, ...], Any]]:
    return run_parsed(parse(source)).bound


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1", [(("x",), 1)]),
        ("a = b = 2", [(("a", "b"), 2)]),
        ("x: int = 3", [(("x",), 3)]),
        ("x: int", []),
        ("x = 1; x += 2", [(("x",), 1), (("x",), 3)]),
        ("a, *b = 1, 2, 3", [(("a",), 1), (("b",), [2, 3])]),
        ("a = b, c = 1, 2", [(("a",), (1, 2)), (("b",), 1), (("c",), 2)]),
        ("for i, j in [(1, 2)]: pass", [(("i",), 1), (("j",), 2)]),
        ("print(y := 4)", [(("y",), 4)]),
        ("(lambda p: p)(1)\n[q for q in (1, 2)]", [(("p",), 1), (("q",), 1), (("q",), 2)]),
        (
            "(lambda a, *b, c=3, **d: a)(1, 2, e=4)",
            [((n,), v) for n, v in zip("abcd", (1, (2,), 3, {"e": 4}), strict=True)],
        ),
        (
            "{k: v for k, (v, *w) in [(1, (2, 3))] for u in w if u}",
            [(("k",), 1), (("v",), 2), (("w",), [3]), (("u",), 3)],
        ),
        ("list(i for i in [0, False] if not i)", [(("i",), 0), (("i",), False)]),
        ("for a, *b in [(1, 2)]: pass", [(("a",), 1), (("b",), [2])]),
        ("x = [0]; x[0] = 5; x[0] += 1", [(("x",), [6])]),
        ("x = {'a': abs(1), 'b': 2, **{}}", [(("x['a']",), 1), (("x",), {"a": 1, "b": 2})]),
        ("y: list = [1 + 1, -2, *[], 3 + 1]", [(("y[0]",), 2), (("y",), [2, -2, 4])]),
        ("match [1, 2]:\n  case [a, *b]: pass", [(("a",), 1), (("b",), [2])]),
        (
            "def f(a, /, b, *c, d=4, **e):\n  'doc'\nf(1, 2, 3, g=5)",
            [((n,), v) for n, v in zip("abcde", (1, 2, (3,), 4, {"g": 5}), strict=True)],
        ),
    ],
)
def test_every_binding_is_noted(source: str, expected: list[tuple[tuple[str, ...], Any]]) -> None:
    assert bound(source) == expected


OWNER = """class Owner:
    pass
o = Owner()
o.p = Owner()
ps = [o]
i = 0
"""


def attributes_named(source: str) -> list[tuple[tuple[str, ...], str]]:
    run: Run = run_parsed(parse(OWNER + source))
    assert run.error is None
    known = {id(run.names["o"]): "o", id(run.names["o"].p): "o.p", id(None): "None"}
    return [(names, known.get(id(value), repr(value))) for names, value in run.bound[4:]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("o.h = 1", [(("o.h",), "1")]),
        ("o.p.h = 1; o.p.h += 1", [(("o.p.h",), "1"), (("o.p.h",), "2")]),
        ("o.h, x = 1, 2", [(("o.h",), "1"), (("x",), "2")]),
        ("o.grad = None", [(("o.grad",), "None")]),
        ("o.p.data = 3; o.p.data -= 1", [(("o.p.data",), "3")]),
        ("ps[0].grad = 1; del ps[0].grad", [(("ps[0].grad",), "1")]),
        ("ps[0].h = 1; ps[0].h += 1", [(("ps[0].h",), "1"), (("ps[0].h",), "2")]),
        ("ps[i].h = 1", []),
        ("setattr(o, 'h', 1); setattr(o.p, 'h', 2)", [(("o.h",), "1"), (("o.p.h",), "2")]),
        ("setattr(o, 'h' + '', 1); setattr(ps[i], 'h', 1)", [((), "1")]),
        ("setattr(ps[i], 'h' + '', 1); setattr(*[o, 'h' + ''], 1)", []),
        ("o.p.grad = o; o.p.grad.data = 1", [(("o.p.grad",), "o"), (("o.p.grad.data",), "1")]),
        ("o.grad: int = 2", [(("o.grad",), "2")]),
        ("o.grad, o.h = 1, 2", [(("o.h",), "2")]),
    ],
)
def test_attributes_are_noted_by_their_dotted_name(source: str, expected: list[tuple[tuple[str, ...], str]]) -> None:
    assert attributes_named(source) == expected


def test_sites_have_the_place_of_their_target() -> None:
    program = parse("é, x = 1, 2\nfor y in ():\n    z = 1\ndef f(p: int): pass\n")
    places = [
        (site.names, (p.line, p.column, p.end_line, p.end_column)) for site in program.sites for p in [site.place]
    ]
    assert places == [
        (("é",), (1, 0, 1, 1)),
        (("x",), (1, 3, 1, 4)),
        (("y",), (2, 4, 2, 5)),
        (("z",), (3, 4, 3, 5)),
        (("p",), (4, 6, 4, 12)),
    ]


@pytest.mark.parametrize(
    ("source", "calls", "names"),
    [
        ("import math", [("math", None)], {"math"}),
        ("import math as m, random", [("math", None), ("random", None)], {"m", "random"}),
        ("import numpy.linalg", [("numpy.linalg", None), ("numpy", None)], {"numpy"}),
        ("import numpy.linalg as la", [("numpy.linalg", None)], {"la"}),
        ("from math import pi, e as euler", [("math", "pi"), ("math", "e")], {"pi", "euler"}),
        ("from numpy import linalg, array", [("numpy.linalg", None), ("numpy", "array")], {"linalg", "array"}),
        ("def f():\n    from __future__ import annotations\n", [], {"f"}),
    ],
)
def test_imports_become_calls(source: str, calls: list[tuple[str, str | None]], names: set[str]) -> None:
    run = run_parsed(parse(source))
    assert (run.imported, run.names.keys()) == (calls, names)


def test_docstrings_stay_docstrings() -> None:
    run = run_parsed(parse("def f(x):\n    'Doc of f.'\nclass A:\n    'Doc of A.'\n    def m(self): 'Doc of m.'\n"))
    documented = [run.names["f"], run.names["A"], run.names["A"].m]
    assert [each.__doc__ for each in documented] == ["Doc of f.", "Doc of A.", "Doc of m."]
