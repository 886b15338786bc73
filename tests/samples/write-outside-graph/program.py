# A write under no_grad changes the data; the gradient passes it by.
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 3
with torch.no_grad():
    h.add_(1)
y = h.sum()
y.backward()
print(h, x.grad)
