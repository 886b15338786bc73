"""What people paste: programs as in tutorials and papers run in the whole sandbox, and print what plain Python prints.

A program whose first line says ``# differs:`` prints something that plain Python would print otherwise, and why.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from backlight.model.request import TraceRequest
from backlight.sandbox.once import Runner
from plain_torch import run_plain

FOLDER = Path(__file__).parent / "ordinary"
HEAD = re.compile(r"^== (\S+)\n", re.MULTILINE)


def programs() -> dict[str, str]:
    """By name: long ones are files of their own, short ones stand in one file."""
    long = {path.stem: path.read_text("utf-8") for path in sorted((FOLDER / "programs").glob("*.py"))}
    _, *parts = HEAD.split((FOLDER / "short.txt").read_text("utf-8"))
    return long | dict(zip(parts[::2], parts[1::2], strict=True))


PROGRAMS = programs()


@pytest.fixture
def as_in_the_sandbox() -> Iterator[None]:
    """Plain torch, without the kernels that need executable memory."""
    torch._C._set_mkldnn_enabled(False)  # the property of that name may have been frozen by torch's test tools
    yield
    torch._C._set_mkldnn_enabled(True)


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
@pytest.mark.usefixtures("as_in_the_sandbox")
def test_an_ordinary_program_runs_and_prints_what_it_prints_in_plain_python(
    product: Runner, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document: dict[str, Any] = json.loads(product.run(TraceRequest(source=source)))
    assert (document["error"], document["stopped"]) == (None, None)
    printed = "".join(cell["output"] for cell in document["cells"])
    if not source.startswith("# differs:"):
        monkeypatch.setattr(sys, "argv", ["program.py"])
        monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest has put its own there
        plain = run_plain(source)
        assert plain.errors == []
        assert printed == plain.output
    assert printed


def test_there_are_many() -> None:
    assert len(PROGRAMS) >= 260
