# An error worth meeting early
# Without a leaf that requires grad there is no graph, and backward() has
# nothing to walk. The cells after it run all the same.

import torch

# %% nobody asked for gradients
x = torch.tensor(3.0)
y = x**2
print("requires_grad:", y.requires_grad, " grad_fn:", y.grad_fn)
y.backward()

# %% ask first
x = torch.tensor(3.0, requires_grad=True)
y = x**2
print("requires_grad:", y.requires_grad, " grad_fn:", y.grad_fn)
y.backward()
print("x.grad:", x.grad)
