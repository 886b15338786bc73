"""Loops of code that ``backlight.record()`` meets: which there are, their names, and how often they go round."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import torch

import backlight
from recorded import run_recorded
from sample_programs import trace


def loops_of(text: str, script: Path | None) -> list[str]:
    """The names of the loops and how often each went round, of a program that is kept in ``script`` or nowhere."""
    if script is not None:
        script.write_text(text)
    names = {"torch": torch, "x": torch.ones(2, requires_grad=True)}
    with backlight.record() as tape:
        exec(compile(text, str(script or "<stdin>"), "exec"), names)
    groups = [group for group in tape.document.groups if group.kind == "loop"]
    rounds = Counter(group.parent for group in groups if group.number is not None)
    return [f"{group.name}: {rounds[group.id]}" for group in groups if group.number is None]


LOOPS = {
    "on one line": (
        "ys = [x * i for i in range(3)]; z = sum(ys)\nfor _ in range(2): z = z * 2\n",
        ["for i in range(3): 3", "for _ in range(2): 2"],
    ),
    "a for at the head of a while": (
        """
        n, z = 2, x
        while n:
            for k in (1, 2, 3):
                z = z * k
            z = z + n
            n -= 1
        """,
        ["while n: 2", "for k in (1, 2, 3): 3", "for k in (1, 2, 3): 3"],
    ),
    "one without end": (
        """
        z = x
        while True:
            for k in (1, 2):
                z = z + k
            if z[0] > 6: break
        z = z.sum()
        """,
        ["while True: 2", "for k in (1, 2): 2", "for k in (1, 2): 2"],
    ),
    "clauses": (
        "ys = [[x * j for i in (1, 2) for j in (x * i).tolist() if j] for _ in [0]]\n",
        ["for _ in [0]: 1", "for i in (1, 2): 2", "for j in (x * i).tolist(): 2", "for j in (x * i).tolist(): 2"],
    ),
    "an assignment in a comprehension": (
        "ys = [y + y for i in (1, 2) for y in [x * i]]; z = sum(ys)\n",
        ["for i in (1, 2): 2"],
    ),
    "in a function in a loop": (
        """
        for k in (1, 2):
            def f(a):
                for _ in "ab":
                    a = a * k
                return (lambda b: b + a)(a)
            z = f(x) + k
        """,
        ["for k in (1, 2): 2", 'for _ in "ab": 2', 'for _ in "ab": 2'],
    ),
    "what is after handlers of errors": (
        """
        z = x
        for k in (1, 2, 3):
            try:
                z = z * k
                if k == 2: raise ValueError
            except ValueError:
                continue
            z = z + k
        z = z * 4
        for _ in range(2):
            with torch.enable_grad():
                z = z - 1
        z = z / 2
        z = z.sum()
        """,
        ["for k in (1, 2, 3): 3", "for _ in range(2): 2"],
    ),
    "what an iterator computes": (
        """
        def doubled(rows):
            for row in rows:
                yield row * 2
        for row in doubled([x, x]):
            z = row + 1
        """,
        ["for row in rows: 2", "for row in doubled([x, x]): 2"],
    ),
}
"""By what is in them: programs, and their loops, each with how often it went round."""


@pytest.mark.parametrize("program", LOOPS)
def test_loops_of_a_file_are_named_by_its_text(program: str, tmp_path: Path) -> None:
    text, loops = LOOPS[program]
    assert loops_of(dedent(text), tmp_path / "loops.py") == loops


@pytest.mark.parametrize("program", ["on one line", "what is after handlers of errors"])
def test_loops_of_no_file_go_round_as_often(program: str) -> None:
    text, loops = LOOPS[program]
    assert loops_of(dedent(text), None) == [f"loop:{loop.rpartition(':')[2]}" for loop in loops]


HEADERS = """import torch
x, q = torch.ones(2, requires_grad=True), "ä"
if q == "ä" and 1:
    for k, ä in enumerate(["ö", "ü"]):
        z = x * k
        while z.sum() < 1:
            z = z + 1
w = [x * u for u in ("ö", 2) if u != "ö" for v in range(2)]
"""


def loops_at(document: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Name, line and text at the place of each loop."""
    lines = document["source"].split("\n")
    loops = [group for group in document["groups"] if group["kind"] == "loop" and group["number"] is None]
    return [
        (each["name"], each["line"], lines[each["line"] - 1][each["column"] : each["end_column"]]) for each in loops
    ]


def test_a_loop_stands_at_its_header_as_in_the_playground() -> None:
    found = loops_at(run_recorded("headers", HEADERS))
    assert found == loops_at(trace(HEADERS))
    assert found[0] == ('for k, ä in enumerate(["ö", "ü"])', 4, 'for k, ä in enumerate(["ö", "ü"])')
    assert [text for _, _, text in found[3:]] == ['u in ("ö", 2)', "v in range(2)"]
