"""Transformers: from the library of that name with random weights, from torch.nn, and by hand."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    T5Config,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTForImageClassification,
)

Tensor = torch.Tensor


def gpt2() -> dict[str, Any]:
    model = GPT2LMHeadModel(GPT2Config(n_layer=2, n_embd=32, n_head=4, vocab_size=64, n_positions=16))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    tokens = torch.randint(0, 64, (2, 8))
    answer = model(input_ids=tokens, labels=tokens)
    answer.loss.backward()
    optimizer.step()
    return {"model": model, "logits": answer.logits, "loss": answer.loss}


def bert() -> dict[str, Any]:
    sizes = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "num_hidden_layers": 2}
    model = BertForMaskedLM(BertConfig(vocab_size=32, max_position_embeddings=16, **sizes))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    tokens, seen = torch.randint(0, 32, (2, 6)), torch.ones(2, 6, dtype=torch.long)
    seen[1, 4:] = 0
    answer = model(input_ids=tokens, attention_mask=seen, labels=tokens.masked_fill(torch.rand(2, 6) < 0.5, -100))
    answer.loss.backward()
    optimizer.step()
    return {"model": model, "logits": answer.logits, "loss": answer.loss}


def t5() -> dict[str, Any]:
    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2, "relative_attention_num_buckets": 8}
    model = T5ForConditionalGeneration(T5Config(vocab_size=24, decoder_start_token_id=0, **sizes))
    answer = model(input_ids=torch.randint(0, 24, (2, 5)), labels=torch.randint(0, 24, (2, 4)))
    answer.loss.backward()
    return {"model": model, "logits": answer.logits, "loss": answer.loss}


def vit() -> dict[str, Any]:
    sizes = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "num_hidden_layers": 2}
    model = ViTForImageClassification(ViTConfig(image_size=8, patch_size=4, num_channels=1, num_labels=3, **sizes))
    answer = model(pixel_values=torch.randn(2, 1, 8, 8), labels=torch.tensor([0, 2]))
    answer.loss.backward()
    return {"model": model, "logits": answer.logits, "loss": answer.loss}


def encoder_of_torch() -> dict[str, Any]:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True, activation="gelu")
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    x = torch.randn(2, 5, 16, requires_grad=True)
    padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
    y = model(x, src_key_padding_mask=padding)
    loss = y[~padding].square().mean()
    loss.backward()
    return {"model": model, "x": x, "y": y, "loss": loss}


class Block(nn.Module):
    """Causal self-attention and two linear layers, both with a way around."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.three, self.one = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.dropout = nn.Dropout(0.1)

    def attend(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (
            each.view(batch, length, self.heads, -1).transpose(1, 2) for each in self.three(x).split(width, dim=-1)
        )
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).masked_fill(future, -torch.inf)
        mixed = self.dropout(scores.softmax(-1)) @ v
        return self.one(mixed.transpose(1, 2).contiguous().view(batch, length, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attend(self.norms[0](x))
        return x + self.narrow(F.gelu(self.wide(self.norms[1](x))))


def transformer_by_hand() -> dict[str, Any]:
    words, positions = nn.Embedding(13, 8), nn.Parameter(torch.randn(6, 8) * 0.02)
    blocks, norm = nn.Sequential(Block(8, 2), Block(8, 2)), nn.LayerNorm(8)
    model = nn.ModuleList([words, blocks, norm])
    optimizer = torch.optim.Adam([*model.parameters(), positions])
    tokens = torch.randint(0, 13, (2, 7))
    for _ in range(2):
        logits = norm(blocks(words(tokens[:, :-1]) + positions)) @ words.weight.T
        loss = F.cross_entropy(logits.transpose(1, 2), tokens[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"model": model, "positions": positions, "logits": logits, "loss": loss}


def mixture_of_experts() -> dict[str, Any]:
    router, experts = (
        nn.Linear(6, 3),
        nn.ModuleList(nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 6)) for _ in range(3)),
    )
    x = torch.randn(10, 6, requires_grad=True)
    shares = router(x).softmax(-1)
    weights, chosen = shares.topk(2, -1)
    weights = weights / weights.sum(-1, keepdim=True)
    y = torch.zeros_like(x)
    for number, expert in enumerate(experts):
        rows, slots = torch.where(chosen == number)
        if rows.numel():
            y = y.index_add(0, rows, expert(x[rows]) * weights[rows, slots, None])
    load = F.one_hot(chosen[:, 0], 3).float().mean(0)
    loss = (y - x).square().mean() + 0.01 * 3 * (load * shares.mean(0)).sum()
    loss.backward()
    return {"model": nn.ModuleList([router, experts]), "x": x, "y": y, "loss": loss}


MODELS = (gpt2, bert, t5, vit, encoder_of_torch, transformer_by_hand, mixture_of_experts)
