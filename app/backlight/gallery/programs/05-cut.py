# Three ways to cut a graph
# detach() cuts one value out, no_grad() records nothing inside its block,
# and requires_grad_(False) freezes a leaf. Compare what reaches x.

import torch

x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(5.0, requires_grad=True)

# %% nothing cut: the derivative of x³ is 3 x²
y = x**2 * x
y.backward()
print("whole graph:", x.grad.item())

# %% detach: the square has become a constant
x.grad = None
y = (x**2).detach() * x
y.backward()
print("detach:", x.grad.item())

# %% no_grad: the square was never recorded
x.grad = None
with torch.no_grad():
    square = x**2
y = square * x
y.backward()
print("no_grad:", x.grad.item())

# %% requires_grad_(False): w is frozen, x still learns
x.grad = None
w.requires_grad_(False)
y = w * x**2
y.backward()
print("frozen w:", x.grad.item(), "and w.grad is", w.grad)
