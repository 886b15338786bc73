# The short cut of a residual block
# The gradient comes back twice: once through the layers, and once straight
# past them. Even with layers that pass almost nothing, the input hears.

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.inner = nn.Linear(size, size)
        self.outer = nn.Linear(size, size)

    def forward(self, x):
        h = torch.tanh(self.inner(x))
        return x + self.outer(h)  # the sum is where the two paths meet


# %% a block whose layers are almost silent
block = Residual(3)
with torch.no_grad():
    for parameter in block.parameters():
        parameter.fill_(0.01)

x = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
y = block(x).sum()
y.backward()

print("gradient of x:", x.grad)
print("gradient of the inner bias:", block.inner.bias.grad)
