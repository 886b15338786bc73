# `total = total + x` makes a new tensor; `total += x` writes into the old one.
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
total = x * 1
total += x
total *= 3
y = total.sum()
y -= 1
y.backward()
print(y, x.grad)
