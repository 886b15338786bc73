"""The models that recording is measured on: perceptrons, GPT-2s, a long LSTM. Random weights, small batches.

A batch is small on purpose: the less a model computes, the more a recording weighs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

WIDTH = 128
GPT2_WIDTH, HEADS = 256, 8
BATCH = 32
TOKENS = 64
VOCABULARY = 1_000
LSTM_STEPS = 1_000
LSTM_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Workload:
    """``inputs`` are the arguments of ``model``, which gives the loss."""

    name: str
    model: nn.Module
    inputs: tuple[Any, ...]

    def forward(self) -> Tensor:
        """The loss."""
        return self.model(*self.inputs)

    def both_ways(self) -> None:
        """Forward and backward; the gradients start from None."""
        self.model.zero_grad(set_to_none=True)
        self.forward().backward()


class Perceptron(nn.Module):
    """``layers`` times Linear and ReLU, all of one width, summed."""

    def __init__(self, layers: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(layer for _ in range(layers) for layer in (nn.Linear(width, width), nn.ReLU())))

    def forward(self, x: Tensor) -> Tensor:
        """The sum of the last layer's activations."""
        return self.layers(x).sum()


class LongLSTM(nn.Module):
    """An LSTM cell applied step after step, as a program of one's own would; the loss is the sum of the last state."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(width, width)

    def forward(self, steps: Tensor) -> Tensor:
        """``steps`` is (time, batch, width)."""
        state: tuple[Tensor, Tensor] | None = None
        for step in steps:
            state = self.cell(step, state)
        assert state is not None
        return state[0].sum()


class LanguageModel(nn.Module):
    """GPT-2 with ``layers`` blocks, a third as wide as the smallest one published, and a small vocabulary."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        from transformers import GPT2Config, GPT2LMHeadModel

        config = GPT2Config(
            n_layer=layers,
            n_embd=GPT2_WIDTH,
            n_head=HEADS,
            n_positions=TOKENS,
            vocab_size=VOCABULARY,
            bos_token_id=None,
            eos_token_id=None,
        )
        self.gpt2 = GPT2LMHeadModel(config)

    def forward(self, tokens: Tensor) -> Tensor:
        """The mean cross entropy of the next token."""
        return self.gpt2(tokens, labels=tokens).loss


def perceptron(layers: int, width: int = WIDTH) -> Workload:
    """A perceptron of so many layers."""
    torch.manual_seed(0)
    return Workload(f"MLP, {layers} layers", Perceptron(layers, width), (torch.randn(BATCH, width),))


def gpt2(layers: int) -> Workload:
    """A GPT-2 of so many layers, one sequence of ``TOKENS`` tokens, without dropout."""
    torch.manual_seed(0)
    model = LanguageModel(layers).eval()
    return Workload(f"GPT-2, {layers} layers", model, (torch.randint(VOCABULARY, (1, TOKENS)),))


def lstm() -> Workload:
    """An LSTM of a thousand steps."""
    torch.manual_seed(0)
    steps = torch.randn(LSTM_STEPS, 1, LSTM_WIDTH)
    return Workload(f"LSTM, {LSTM_STEPS:,} steps", LongLSTM(LSTM_WIDTH), (steps,))


WORKLOADS: dict[str, Callable[[], Workload]] = {
    "mlp-3": lambda: perceptron(3),
    "mlp-30": lambda: perceptron(30),
    "mlp-300": lambda: perceptron(300),
    "gpt2-2": lambda: gpt2(2),
    "gpt2-12": lambda: gpt2(12),
    "gpt2-48": lambda: gpt2(48),
    "lstm-1000": lstm,
}
