"""What the tests of recordings share: a small model, and what a Document says in a few words."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from backlight.model.document import Document


def mlp() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


def op_names(document: Document) -> list[str | None]:
    return [node.op for node in document.nodes if node.kind == "op"]


def text_at(document: Document, placed: Any) -> str:
    """The one line of text that a place points at."""
    assert placed.line == placed.end_line
    line = document.sources[placed.source].text.split("\n")[placed.line - 1]
    return line[placed.column : placed.end_column]
