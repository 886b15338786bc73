# %% a model
import torch
from torch import nn

model = nn.Linear(1, 1)


def loss_of(x):
    return (model(x) - 1).square().mean()


# %% the first loss
first = loss_of(torch.ones(1, 1))

# %% gradients of a gradient
(slope,) = torch.autograd.grad(first, model.weight, create_graph=True)
(slope * slope).sum().backward()
