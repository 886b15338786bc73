# The same number, twice
# x * x has two edges from one leaf, and each brings back its own share.
# x ** 2 has one edge that brings the whole. The sum is the same.

import torch

x = torch.tensor(3.0, requires_grad=True)

# %% x meets itself
square = x * x  # 3 comes back along each edge
square.backward()
print("x * x  gives", x.grad.item())

# %% one edge
x.grad = None
power = x**2  # 2 * 3 comes back along the only edge
power.backward()
print("x ** 2 gives", x.grad.item())

# %% an intermediate value that is used twice
x.grad = None
s = x * x
y = (s + x) * (s / 2)  # s collects from both factors before x hears of it
y.backward()
print("y =", y.item(), " dy/dx =", x.grad.item())  # 2 x³ + 1.5 x²
