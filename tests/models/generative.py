"""Generative models: variational, adversarial, by a flow, by diffusion; and autoencoders."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

Tensor = torch.Tensor


def mlp(*sizes: int) -> nn.Sequential:
    """Linear layers with tanh between them."""
    layers: list[nn.Module] = []
    for inside, outside in pairwise(sizes):
        layers += [nn.Linear(inside, outside), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def variational_autoencoder() -> dict[str, Any]:
    encoder, decoder = mlp(12, 8, 6), mlp(3, 8, 12)
    model = nn.ModuleList([encoder, decoder])
    optimizer = torch.optim.Adam(model.parameters())
    x = torch.rand(4, 12)
    for _ in range(2):
        mean, log_variance = encoder(x).chunk(2, -1)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        logits = decoder(z)
        divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(-1)
        loss = (F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1) + divergence).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"model": model, "z": z, "logits": logits, "divergence": divergence, "loss": loss}


def gan() -> dict[str, Any]:
    generator, critic = mlp(2, 8, 2), mlp(2, 8, 1)
    optimizers = [torch.optim.Adam(model.parameters(), betas=(0.5, 0.99)) for model in (generator, critic)]
    real = torch.randn(6, 2) + 3
    for _ in range(2):
        fake = generator(torch.randn(6, 2))
        ones, zeros = torch.ones(6, 1), torch.zeros(6, 1)
        optimizers[1].zero_grad()
        told = F.binary_cross_entropy_with_logits(critic(real), ones)
        told = told + F.binary_cross_entropy_with_logits(critic(fake.detach()), zeros)
        told.backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        fooled = F.binary_cross_entropy_with_logits(critic(fake), ones)
        fooled.backward()
        optimizers[0].step()
    return {"generator": generator, "critic": critic, "fake": fake, "told": told, "fooled": fooled}


def wgan_gradient_penalty() -> dict[str, Any]:
    critic = mlp(3, 8, 8, 1)
    optimizer = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
    real, fake = torch.randn(5, 3) + 1, torch.randn(5, 3)
    between = torch.lerp(real, fake, torch.rand(5, 1)).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    penalty = (slope.norm(2, dim=1) - 1).square().mean()
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
    loss.backward()
    optimizer.step()
    return {"critic": critic, "between": between, "slope": slope, "penalty": penalty, "loss": loss}


def normalizing_flow() -> dict[str, Any]:
    couplings = nn.ModuleList(mlp(2, 8, 4) for _ in range(3))
    scale = nn.Parameter(torch.zeros(4))
    z, logdet = torch.randn(5, 4), torch.zeros(5)
    for coupling in couplings:
        kept, moved = z.chunk(2, -1)
        stretch, shift = coupling(kept).chunk(2, -1)
        stretch = torch.tanh(stretch)
        z = torch.cat([moved * stretch.exp() + shift, kept], -1)
        logdet = logdet + stretch.sum(-1)
    z = z * scale.exp()
    logdet = logdet + scale.sum()
    loss = (0.5 * z.square().sum(-1) + 2 * math.log(2 * math.pi) - logdet).mean()
    loss.backward()
    return {"couplings": couplings, "scale": scale, "z": z, "logdet": logdet, "loss": loss}


def diffusion() -> dict[str, Any]:
    denoiser, times = mlp(2 + 4, 16, 2), nn.Embedding(10, 4)
    model = nn.ModuleList([denoiser, times])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    kept = torch.cumprod(1 - torch.linspace(1e-4, 0.2, 10), 0)
    average = [parameter.detach().clone() for parameter in model.parameters()]
    for _ in range(2):
        x, t, noise = torch.randn(6, 2), torch.randint(0, 10, (6,)), torch.randn(6, 2)
        noisy = kept[t, None].sqrt() * x + (1 - kept[t, None]).sqrt() * noise
        loss = F.mse_loss(denoiser(torch.cat([noisy, times(t)], -1)), noise)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for mean, parameter in zip(average, model.parameters(), strict=True):
                mean.mul_(0.9).add_(parameter, alpha=0.1)
    return {"model": model, "noisy": noisy, "average": average[0], "loss": loss}


def tied_autoencoder() -> dict[str, Any]:
    weight, inner, outer = (
        nn.Parameter(torch.randn(3, 7) * 0.3),
        nn.Parameter(torch.zeros(3)),
        nn.Parameter(torch.zeros(7)),
    )
    x = torch.randn(5, 7)
    optimizer = torch.optim.SGD([{"params": [weight]}, {"params": [inner, outer], "lr": 0.5}], lr=0.1)
    for _ in range(2):
        code = torch.sigmoid(F.linear(x, weight, inner))
        restored = F.linear(code, weight.t(), outer)
        loss = F.smooth_l1_loss(restored, x) + 1e-2 * code.abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"weight": weight, "inner": inner, "outer": outer, "code": code, "restored": restored, "loss": loss}


MODELS = (
    variational_autoencoder,
    gan,
    wgan_gradient_penalty,
    normalizing_flow,
    diffusion,
    tied_autoencoder,
)
