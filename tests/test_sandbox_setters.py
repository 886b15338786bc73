"""``__setattr__`` and ``__delattr__``, called outright: they write to what the program made, and to nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from backlight.model.program import BIND, ENTER, SHOW
from backlight.sandbox.facade import build_namespace
from programs import parse

HEAD = """\
class A:
    def store(self, name, value):
        super().__setattr__(name, value)
    def drop(self, name):
        super().__delattr__(name)
    @classmethod
    def of_class(cls, name, value):
        super().__setattr__(name, value)
class B(A): pass
class T(torch.Tensor):
    def store(self, name, value):
        super().__setattr__(name, value)
def f(): pass
a = A()
"""


def run(source: str) -> dict[str, Any]:
    """The names that a program leaves behind."""
    namespace = build_namespace()
    (cell,) = parse(HEAD + source).cells
    names: dict[str, Any] = {"__builtins__": dict(namespace.builtins), "__name__": "__main__", **namespace.guards}
    names |= {BIND: lambda value, _site: value, ENTER: lambda: True, SHOW: lambda _: None, "torch": torch}
    exec(cell.code, names)
    return names


def test_they_write_to_objects_of_the_programs_own() -> None:
    names = run(
        "a.store('x', 1)\na.store('_y', 2)\nobject.__setattr__(a, 'z', 3)\na.__setattr__('w', 4)\n"
        "A.__setattr__(B(), 'v', 5)"
    )
    assert vars(names["a"]) == {"x": 1, "_y": 2, "z": 3, "w": 4}
    names = run("a.x = 1\na.store('_y', 1)\na.drop('x')\nobject.__delattr__(a, '_y')")
    assert vars(names["a"]) == {}


@pytest.mark.parametrize(
    "source",
    [
        "a.store('__class__', B)",
        "a.store('__dict__', {})",
        "object.__setattr__(a, '__class__', B)",
        "object.__delattr__(a, '__dict__')",
        "a.store(1, 1)",
        "A.of_class('x', 1)",
        "object.__setattr__(A, 'x', 1)",
        "object.__setattr__(f, 'x', 1)",
        "object.__setattr__(f, '__code__', 1)",
        "object.__setattr__(torch, 'sin', f)",
        "object.__setattr__(torch.nn.Linear, 'forward', f)",
        "object.__setattr__(torch.nn.Linear(1, 1), 'forward', f)",
        "torch.nn.Linear(1, 1).__setattr__('forward', f)",
        "object.__setattr__(torch.ones(1), 'grad', 1)",
        "torch.ones(1).__setattr__('data', torch.ones(2))",
        "torch.Tensor.__setattr__(torch.ones(1), 'grad', 1)",
        "torch.ones(1).as_subclass(T).store('backward', f)",
        "object.__setattr__()",
        "object.__setattr__('x', 'y')",
        "(1).__setattr__('x', 1)",
    ],
)
def test_they_write_to_nothing_else_and_no_name_of_pythons_own(source: str) -> None:
    run("t = torch.ones(1).as_subclass(T)")
    with pytest.raises((TypeError, AttributeError, ValueError)):
        run(source)
