"""What the tests of recordings share: a small model, and what a Document says in a few words."""

from __future__ import annotations

import linecache
from typing import Any

import torch
from torch import nn

import backlight
from backlight.model.document import Document


def mlp() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


def run_recorded(name: str, source: str) -> dict[str, Any]:
    """The Document of a program that runs as it stands."""
    filename = f"{name}.py"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    code = compile(source, filename, "exec")
    torch.manual_seed(0)
    scope = {"__name__": "__main__", "backlight": backlight, "code": code}
    block = compile("with backlight.record() as tape:\n    exec(code, globals())", filename, "exec")
    exec(block, scope)
    return scope["tape"].document.model_dump()


def op_names(document: Document) -> list[str | None]:
    return [node.op for node in document.nodes if node.kind == "op"]


def text_at(document: Document, placed: Any) -> str:
    """The one line of text that a place points at."""
    assert placed.line == placed.end_line
    line = document.sources[placed.source].text.split("\n")[placed.line - 1]
    return line[placed.column : placed.end_column]
