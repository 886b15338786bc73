"""Ways of learning: inner loops, line searches, recomputation, sparse and rounded gradients, contrast, spikes."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

from models.generative import mlp

Tensor = torch.Tensor


def maml() -> dict[str, Any]:
    model = mlp(1, 6, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loss = torch.zeros(())
    for _ in range(2):
        phase = torch.rand(()) * 3
        near, far = torch.randn(4, 1), torch.randn(4, 1)
        adapted = dict(model.named_parameters())
        for _ in range(2):
            inner = F.mse_loss(functional_call(model, adapted, (near,)), torch.sin(near + phase))
            slopes = torch.autograd.grad(inner, list(adapted.values()), create_graph=True)
            adapted = {name: value - 0.1 * slope for (name, value), slope in zip(adapted.items(), slopes, strict=True)}
        loss = loss + F.mse_loss(functional_call(model, adapted, (far,)), torch.sin(far + phase))
    loss.backward()
    optimizer.step()
    return {"model": model, "inner": inner, "loss": loss}


def lbfgs_fit() -> dict[str, Any]:
    curve = nn.Parameter(torch.tensor([1.0, 0.5, 0.0]))
    t = torch.linspace(0, 1, 8)
    wanted = 2 * torch.exp(-3 * t) + 0.5
    optimizer = torch.optim.LBFGS([curve], lr=0.5, max_iter=4, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(curve[0] * torch.exp(-curve[1] * t) + curve[2], wanted)
        loss.backward()
        return loss

    losses = [optimizer.step(closure) for _ in range(2)]
    return {"curve": curve, "first": losses[0], "second": losses[1]}


def checkpointed_mlp() -> dict[str, Any]:
    blocks = nn.Sequential(*(nn.Sequential(nn.Linear(5, 5), nn.Dropout(0.3), nn.Tanh()) for _ in range(4)))
    x = torch.randn(3, 5, requires_grad=True)
    y = checkpoint_sequential(blocks[:2], 2, x, use_reentrant=False)
    y = checkpoint(blocks[2], y, use_reentrant=False)
    loss = blocks[3](y).square().sum()
    loss.backward()
    return {"blocks": blocks, "x": x, "y": y, "loss": loss}


def checkpointed_reentrantly() -> dict[str, Any]:
    blocks = nn.ModuleList(nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.3), nn.ELU()) for _ in range(3))
    x = torch.randn(3, 4, requires_grad=True)
    y = x
    for block in blocks:
        y = checkpoint(block, y, use_reentrant=True)
    loss = y.square().sum()
    loss.backward()
    return {"blocks": blocks, "x": x, "y": y, "loss": loss}


def sparse_embeddings() -> dict[str, Any]:
    bag, words = nn.EmbeddingBag(9, 4, mode="sum", sparse=True), nn.Embedding(6, 4, sparse=True)
    optimizers = [torch.optim.SparseAdam(bag.parameters()), torch.optim.SGD(words.parameters(), lr=0.1)]
    for _ in range(2):
        for optimizer in optimizers:
            optimizer.zero_grad()
        pooled = bag(torch.randint(0, 9, (7,)), torch.tensor([0, 3, 5]))
        loss = (pooled * words(torch.tensor([1, 1, 4]))).sum().sigmoid()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    return {"bag": bag, "words": words, "pooled": pooled, "loss": loss}


def autocast_bfloat16() -> dict[str, Any]:
    model = nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x, labels = torch.randn(4, 6), torch.tensor([0, 1, 2, 0])
    for _ in range(2):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(x)
            loss = F.cross_entropy(logits.float(), labels)
        loss.backward()
        optimizer.step()
    return {"model": model, "logits": logits, "loss": loss}


def siamese() -> dict[str, Any]:
    tower = mlp(5, 8, 4)
    anchors, others = torch.randn(4, 5), torch.randn(4, 5)
    one, other = F.normalize(tower(anchors), dim=-1), F.normalize(tower(others), dim=-1)
    temperature = nn.Parameter(torch.tensor(2.0))
    similarity = one @ other.T * temperature.exp()
    contrast = F.cross_entropy(similarity, torch.arange(4)) + F.cross_entropy(similarity.T, torch.arange(4))
    triplet = F.triplet_margin_loss(one, other, other.flip(0), margin=0.5)
    loss = contrast / 2 + triplet + F.cosine_embedding_loss(one, other, torch.tensor([1, -1, 1, -1]))
    loss.backward()
    return {"tower": tower, "temperature": temperature, "similarity": similarity, "loss": loss}


class Spike(torch.autograd.Function):
    """A step forward, a smooth slope backward."""

    @staticmethod
    def forward(ctx: Any, potential: Tensor, sharpness: float) -> Tensor:
        ctx.save_for_backward(potential)
        ctx.sharpness = sharpness
        return (potential > 0).to(potential.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        (potential,) = ctx.saved_tensors
        return gradient / (1 + ctx.sharpness * potential.abs()).square(), None


def spiking_network() -> dict[str, Any]:
    first, second = nn.Linear(3, 6, bias=False), nn.Linear(6, 2, bias=False)
    leak = nn.Parameter(torch.tensor(0.9))
    charge, out, spikes = torch.zeros(4, 6), torch.zeros(4, 2), []
    for current in torch.rand(5, 4, 3):
        charge = leak * charge + first(current)
        fired = Spike.apply(charge - 0.5, 10.0)
        charge = charge - fired.detach() * 0.5
        out = leak * out + second(fired)
        spikes.append(fired)
    rate = torch.stack(spikes).mean()
    loss = F.cross_entropy(out, torch.tensor([0, 1, 0, 1])) + (rate - 0.2).square()
    loss.backward()
    return {"first": first, "second": second, "leak": leak, "rate": rate, "out": out, "loss": loss}


MODELS = (
    maml,
    lbfgs_fit,
    checkpointed_mlp,
    checkpointed_reentrantly,
    sparse_embeddings,
    autocast_bfloat16,
    siamese,
    spiking_network,
)
