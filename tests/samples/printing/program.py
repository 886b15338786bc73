# What a notebook prints: parameters, grad_fns, several arguments, a last expression.
import torch
from torch import nn

p = nn.Parameter(torch.tensor([1.0, 2.0]))
y = p * 2
print(p)
print(y.grad_fn)
print(y.grad_fn, p.grad_fn, sep=" | ", end="!\n")
y

# %% silence after an assignment, and after None
z = y.sum()
None

# %% a string shows its quotes
"done"
