"""Nothing that a program can reach is a real module, a file, a frame, code, or a function of the machine's."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backlight.sandbox.facade import build_namespace
from reach import Walk

TESTS = Path(__file__).parent


def test_a_walk_over_all_that_a_program_can_reach_finds_nothing() -> None:
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent / "app")])
    ran = subprocess.run(
        [sys.executable, "-m", "reach"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        check=True,
        text=True,
    )
    while_running, with_calls = json.loads(ran.stdout.splitlines()[-1])
    assert while_running["found"] == with_calls["found"] == []
    assert while_running["size"] > 20_000
    assert with_calls["size"] > 50_000
    opened = {name for name in (*while_running["open"], *with_calls["open"]) if not name.startswith("__main__.")}
    assert opened - MADE_BY_CALLS == WRITTEN_TO_BY_TORCH


MADE_BY_CALLS = {"torch.autograd.function.CubeBackward", "torch.nn.utils.parametrize.ParametrizedLinear"}
"""Classes that torch made for the specimens."""
WRITTEN_TO_BY_TORCH = {"torch.utils.hooks.RemovableHandle", "enum._auto_null", "numpy._globals._NoValueType"}
"""Classes that torch itself changes while programs run, and those of two marks, which hold nothing."""


class Holder:
    """A class as a library may have it."""


PLANTED: dict[str, Any] = {
    "module": os,
    "function": os.system,
    "class": subprocess.Popen,
    "method": os.environ.get,
    "file": io.StringIO(),
    "builtin": open,
    "code": (lambda: 0).__code__,
    "frame": sys._getframe(),
    "cell": types.CellType(1),
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("way", ["attribute of a class", "in a container", "property", "result of a method"])
def test_a_walk_finds_what_is_planted(what: str, way: str) -> None:
    class Planted(Holder):
        members: Any = {"a": [PLANTED[what]]} if way == "in a container" else None
        direct: Any = staticmethod(PLANTED[what]) if way == "attribute of a class" and callable(PLANTED[what]) else None

        @property
        def lazily(self) -> Any:
            return PLANTED[what] if way == "property" else None

        def give(self) -> Any:
            return PLANTED[what] if way == "result of a method" else None

    if way == "attribute of a class" and not callable(PLANTED[what]):
        Planted.direct = PLANTED[what]
    walk = Walk(replace(build_namespace(), modules={}), {"planted": Planted()}, calls=True)
    walk.run()
    assert len(walk.found) == 1
