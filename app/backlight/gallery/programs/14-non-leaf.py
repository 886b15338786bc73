# Why is .grad None in the middle?
# Autograd keeps gradients for leaves alone. Values in between pass theirs
# on and forget it, unless retain_grad() asks them to remember.

import torch

x = torch.tensor(3.0, requires_grad=True)

# %% forgotten: reading it gives a warning, and None
h = x * 3
y = h**2
y.backward()
print("x.grad:", x.grad)
print("h.grad:", h.grad)

# %% remembered
x.grad = None
h = x * 3
h.retain_grad()
y = h**2
y.backward()
print("x.grad:", x.grad)
print("h.grad:", h.grad)
