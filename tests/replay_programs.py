"""Programs for the tests of replay, each a function of the same two leaves; they make what recordings are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

Tensor = torch.Tensor
Case = Callable[[Tensor, Tensor], Any]
CASES: dict[str, Case] = {}


def case(program: Case) -> Case:
    """A program of two leaves, a vector of three and a matrix, that gives the tensors to be compared."""
    CASES[program.__name__] = program
    return program


@case
def chain(x: Tensor, w: Tensor) -> Any:
    h = (w @ x).tanh()
    loss = (h * h).sum()
    loss.backward()
    return h, loss


@case
def several_passes_accumulate(x: Tensor, w: Tensor) -> Any:
    for factor in (1.0, -3.0):
        (factor * (w @ x)).pow(2).sum().backward()
    first = w.grad
    w.grad = None
    (w * w).sum().backward()
    return first, w.grad


@case
def in_place_and_views(x: Tensor, w: Tensor) -> Any:
    h = w * 2
    h[1] *= x
    row = h.view(-1)[1:5]
    row.add_(1).mul_(row.detach().clone())
    h.t()[0].mul_(3)
    x2 = x.clone().unsqueeze_(0)
    x2.squeeze_()
    h.sum().backward()
    return h, row, x2


@case
def leaf_written_between_passes(x: Tensor, w: Tensor) -> Any:
    (w @ x).sum().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w[0].fill_(1)
    loss = (w @ x).square().sum()
    loss.backward()
    return loss, w.detach()


@case
def data_assigned(x: Tensor, w: Tensor) -> Any:
    before = (w @ x).sum()
    w.data = w.data * 0.5
    after = (w @ x).sum()
    (before + after).backward()
    old = w.data
    w.data = torch.ones(3, 3)
    return before, after, (w * x).sum(), old


@case
def saved_results_of_tensors_that_are_gone(x: Tensor, w: Tensor) -> Any:
    loss = (w @ x.exp().sigmoid()).softmax(0)[0]
    loss.backward()
    return loss


@case
def dropout_and_noise(x: Tensor, w: Tensor) -> Any:
    generator = torch.Generator().manual_seed(7)
    h = functional.dropout(w @ x, 0.5) + torch.randn(3) * x + torch.rand(3, generator=generator)
    h = h + torch.bernoulli(torch.full((3,), 0.5), generator=generator) + torch.randperm(3)
    h.sum().backward()
    return h


@case
def training_with_adam(x: Tensor, w: Tensor) -> Any:
    optimizer = torch.optim.Adam([w, x], lr=0.1)
    losses = []
    for _ in range(4):
        optimizer.zero_grad()
        loss = (w @ x - torch.tensor([1.0, 2.0, 3.0])).square().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([w, x], 0.5)
        optimizer.step()
        losses.append(loss)
    return *losses, w.detach(), x.detach()


@case
def training_of_a_module_made_inside(x: Tensor, w: Tensor) -> Any:
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, foreach=True)
    for _ in range(3):
        optimizer.zero_grad(set_to_none=False)
        loss = model(w * x).square().mean()
        loss.backward()
        optimizer.step()
    return loss, *[each.detach() for each in model.parameters()], *[each.grad for each in model.parameters()]


@case
def create_graph(x: Tensor, w: Tensor) -> Any:
    loss = (w @ x).pow(3).sum()
    (slope,) = torch.autograd.grad(loss, x, create_graph=True)
    slope.square().sum().backward()
    return loss, slope


@case
def gradients_asked_for(x: Tensor, w: Tensor) -> Any:
    h = w @ x
    one = torch.autograd.grad(h.sum(), [x, w], retain_graph=True)
    other = torch.autograd.grad(h, w, grad_outputs=torch.tensor([1.0, 0.0, 2.0]))
    return *one, *other


@case
def hessian(x: Tensor, w: Tensor) -> Any:
    return torch.autograd.functional.hessian(lambda v: (w.detach() @ v).pow(3).sum(), x)


@case
def hooks_and_retained(x: Tensor, w: Tensor) -> Any:
    h = w @ x
    h.retain_grad()
    h.register_hook(lambda grad: grad * h.detach())
    w.register_post_accumulate_grad_hook(lambda leaf: setattr(leaf, "grad", leaf.grad.mul_(2)))
    (h * h).sum().backward()
    return h.grad


class Cube(torch.autograd.Function):
    """x³, with a buffer of its own."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        square = x * x
        ctx.save_for_backward(x, square)
        return x * square

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        _, square = ctx.saved_tensors
        return grad.clone().mul_(3) * square


@case
def custom_function(x: Tensor, w: Tensor) -> Any:
    y = Cube.apply(w @ x)
    y.sum().backward()
    return y


@case
def checkpointed(x: Tensor, w: Tensor) -> Any:
    y = checkpoint(lambda v: functional.dropout((w @ v).exp()), x, use_reentrant=False)
    y.sum().backward()
    z = checkpoint(lambda v: functional.dropout((w @ v).exp()), x, use_reentrant=True)
    z.sum().backward()
    return y, z


@case
def lists_of_tensors(x: Tensor, w: Tensor) -> Any:
    rows = torch.stack([x, *w.unbind()])
    low, high = rows.split(2)
    picked = rows[torch.tensor([0, 2]), torch.tensor([1, 1])]
    total = torch.cat([low, high * 2]).sum() + picked.prod() + torch.einsum("ij,j->", w, x)
    total.backward()
    return total, picked


@case
def complex_and_sparse(x: Tensor, w: Tensor) -> Any:
    spectrum = torch.fft.fft(w).conj() * 1j
    embedded = functional.embedding(torch.tensor([0, 2, 2]), w, sparse=True)
    loss = torch.view_as_real(spectrum.resolve_conj()).square().sum() + spectrum.imag.sum() + (embedded @ x).sum()
    loss.backward()
    return loss, w.grad


@case
def transforms(x: Tensor, w: Tensor) -> Any:
    rows = torch.func.vmap(lambda row: (row * x).sin().sum())(w)
    slope = torch.func.grad(lambda v: v.pow(3).sum())(x.detach())
    rows.sum().backward()
    return rows, slope
