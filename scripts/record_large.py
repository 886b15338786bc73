"""Records the large models that the front end's tests read: a GPT-2 of twelve layers and a ResNet-18.

``python scripts/record_large.py`` writes ``frontend/src/fixtures/large/*.json.gz``. They are Documents as ``record()``
makes them, without the elements of tensors: shapes, statistics and structure are what the tests look at.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

import backlight
from backlight.model.document import Document

FOLDER = Path(__file__).resolve().parent.parent / "frontend" / "src" / "fixtures" / "large"
DIGITS = 3


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        shortcut = (nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))
        self.downsample = nn.Sequential(*shortcut) if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        """The sum of what went through and what went around."""
        y = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """He et al. (2015), as wide as needed to be told from narrower ones."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(BasicBlock(width, width, 1), BasicBlock(width, width, 1))
        self.layer2, self.layer3, self.layer4 = (narrowing(width * 2**at) for at in range(3))
        self.fc = nn.Linear(width * 8, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Logits for ten classes."""
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def narrowing(width: int) -> nn.Sequential:
    """Two blocks that halve the picture and double the channels."""
    return nn.Sequential(BasicBlock(width, 2 * width, 2), BasicBlock(2 * width, 2 * width, 1))


def resnet_18() -> Callable[[], Tensor]:
    """The loss of two random images."""
    model, images, labels = ResNet18(), torch.randn(2, 3, 32, 32), torch.tensor([3, 7])
    return lambda: functional.cross_entropy(model(images), labels)


def gpt2_12() -> Callable[[], Tensor]:
    """The loss of one short sequence."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        n_layer=12, n_embd=24, n_head=2, n_positions=8, vocab_size=50, bos_token_id=None, eos_token_id=None
    )
    model = GPT2LMHeadModel(config).eval()
    tokens = torch.randint(50, (1, 8))
    return lambda: model(tokens, labels=tokens).loss


def without_elements(document: Document) -> dict[str, Any]:
    """The Document with values that keep what is small in any case: single numbers, and statistics to a few digits."""
    told: dict[str, Any] = json.loads(document.to_json())
    for value in told["values"]:
        value["picture"] = None
        if value["shape"]:
            value["data"] = None
        stats: dict[str, Any] = value["stats"] or {}
        stats.update({name: rounded(number) for name, number in stats.items()})
    for source in told["sources"]:
        source["name"] = Path(source["name"]).name
    return {**told, "timing": {}}


def rounded(number: Any) -> Any:
    """A float to a few digits; anything else as it is."""
    return float(f"{number:.{DIGITS}g}") if isinstance(number, float) else number


def write(name: str, loss_of: Callable[[], Tensor]) -> None:
    """Forward and backward of a model, recorded, into the file of its name."""
    with backlight.record() as tape:
        loss_of().backward()
    text = json.dumps(without_elements(tape.document), ensure_ascii=False, separators=(",", ":"))
    path = FOLDER / f"{name}.json.gz"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{path.name}: {len(tape.document.nodes)} nodes, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    torch.manual_seed(0)
    write("gpt2-12", gpt2_12())
    write("resnet-18", resnet_18())
