"""Models out of numerical mathematics: differential equations, graphs, fields, filters, processes, fixed points."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from models.generative import mlp

Tensor = torch.Tensor


def neural_ode() -> dict[str, Any]:
    slope = mlp(2, 8, 2)
    start = torch.tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
    y, h = start, 0.25
    for _ in range(4):
        k1 = slope(y)
        k2 = slope(y + h / 2 * k1)
        k3 = slope(y + h / 2 * k2)
        k4 = slope(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    loss = (y - torch.tensor([[0.5, -0.8], [0.8, 0.5]])).square().sum()
    loss.backward()
    return {"slope": slope, "start": start, "y": y, "loss": loss}


def pinn() -> dict[str, Any]:
    """Burgers' equation: the residual needs a second derivative in space."""
    model = mlp(2, 8, 8, 1).double()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(2):
        t = torch.rand(6, 1, dtype=torch.float64, requires_grad=True)
        x = torch.rand(6, 1, dtype=torch.float64, requires_grad=True)
        u = model(torch.cat([t, x], 1))
        u_t, u_x = torch.autograd.grad(u.sum(), (t, x), create_graph=True)
        (u_xx,) = torch.autograd.grad(u_x.sum(), x, create_graph=True)
        residual = u_t + u * u_x - 0.01 / math.pi * u_xx
        at_start = model(torch.cat([torch.zeros_like(x), x], 1)) + torch.sin(math.pi * x)
        loss = residual.square().mean() + at_start.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"model": model, "t": t, "x": x, "residual": residual, "loss": loss}


def graph_network() -> dict[str, Any]:
    message, update, read = mlp(8, 8, 4), nn.GRUCell(4, 4), nn.Linear(4, 1)
    source, target = torch.tensor([0, 1, 2, 3, 4, 0, 2]), torch.tensor([1, 2, 3, 4, 0, 2, 0])
    nodes = torch.randn(5, 4, requires_grad=True)
    state = nodes
    for _ in range(2):
        sent = message(torch.cat([state[source], state[target]], -1))
        gathered = torch.zeros_like(state).index_add_(0, target, sent)
        count = torch.zeros(5).index_add_(0, target, torch.ones(7)).clamp(min=1)
        highest = torch.full((5, 4), -9.0).scatter_reduce(0, target[:, None].expand(-1, 4), sent, "amax")
        state = update(gathered / count[:, None] + 0.1 * highest, state)
    loss = F.softplus(read(state)).sum()
    loss.backward()
    return {"model": nn.ModuleList([message, update, read]), "nodes": nodes, "state": state, "loss": loss}


def radiance_field() -> dict[str, Any]:
    field = mlp(3 * 9, 16, 4)
    optimizer = torch.optim.Adam(field.parameters())
    origin, direction = torch.zeros(4, 3), F.normalize(torch.randn(4, 3), dim=-1)
    depth = torch.linspace(0.5, 2, 6)
    points = origin[:, None] + direction[:, None] * depth[:, None]
    octaves = [points, *(wave(2**level * points) for level in range(4) for wave in (torch.sin, torch.cos))]
    out = field(torch.cat(octaves, -1))
    colour, density = out[..., :3].sigmoid(), F.relu(out[..., 3])
    opacity = 1 - torch.exp(-density * 0.3)
    clear = torch.cumprod(torch.cat([torch.ones(4, 1), 1 - opacity + 1e-10], -1), -1)[:, :-1]
    seen = ((opacity * clear)[..., None] * colour).sum(1)
    loss = F.mse_loss(seen, torch.rand(4, 3))
    loss.backward()
    optimizer.step()
    return {"field": field, "opacity": opacity, "seen": seen, "loss": loss}


def kalman_filter() -> dict[str, Any]:
    """The likelihood of a noisy path, by autograd in the noises of motion and of measurement."""
    noises = torch.tensor([-2.0, -1.0], dtype=torch.float64, requires_grad=True)
    motion = torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=torch.float64)
    look = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    measured = torch.arange(6, dtype=torch.float64) + torch.randn(6, dtype=torch.float64) * 0.3
    mean, spread, loss = torch.zeros(2, 1, dtype=torch.float64), torch.eye(2, dtype=torch.float64), 0
    for z in measured:
        mean, spread = motion @ mean, motion @ spread @ motion.T + noises[0].exp() * torch.eye(2)
        error, variance = z - look @ mean, look @ spread @ look.T + noises[1].exp()
        gain = spread @ look.T @ torch.linalg.inv(variance)
        mean, spread = mean + gain @ error, spread - gain @ look @ spread
        loss = loss + 0.5 * (error.square() / variance + variance.log()).sum()
    loss.backward()
    return {"noises": noises, "mean": mean, "spread": spread, "loss": loss}


def gaussian_process() -> dict[str, Any]:
    x = torch.linspace(0, 1, 7, dtype=torch.float64)
    y = torch.sin(6 * x) + 0.1 * torch.randn(7, dtype=torch.float64)
    logs = torch.tensor([0.0, -1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Rprop([logs])
    for _ in range(2):
        height, width, noise = logs.exp().unbind()
        kernel = height * torch.exp(-0.5 * torch.cdist(x[:, None], x[:, None]).square() / width**2)
        factor = torch.linalg.cholesky(kernel + (noise + 1e-6) * torch.eye(7))
        weights = torch.cholesky_solve(y[:, None], factor)
        loss = 0.5 * y @ weights.squeeze() + factor.diagonal().log().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"logs": logs, "kernel": kernel, "factor": factor, "weights": weights, "loss": loss}


def deep_equilibrium() -> dict[str, Any]:
    """The fixed point is found without grad; a hook solves for the gradient at it."""
    inside, across = nn.Linear(4, 4), nn.Linear(3, 4)
    with torch.no_grad():
        inside.weight.mul_(0.3)
    x = torch.randn(2, 3)
    with torch.no_grad():
        z = torch.zeros(2, 4)
        for _ in range(8):
            z = torch.tanh(inside(z) + across(x))
    z = torch.tanh(inside(z) + across(x))
    at = z.detach().requires_grad_()
    once = torch.tanh(inside(at) + across(x))

    def solve(gradient: Tensor) -> Tensor:
        solved = gradient
        for _ in range(4):
            solved = torch.autograd.grad(once, at, solved, retain_graph=True)[0] + gradient
        return solved

    z.register_hook(solve)
    loss = z.square().sum()
    loss.backward()
    return {"inside": inside, "across": across, "z": z, "loss": loss}


MODELS = (
    neural_ode,
    pinn,
    graph_network,
    radiance_field,
    kalman_filter,
    gaussian_process,
    deep_equilibrium,
)
