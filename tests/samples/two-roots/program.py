# One backward from two roots, each with its own gradient.
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
a = x * 3
b = (x**2).sum()
torch.autograd.backward([a, b], [torch.tensor([1.0, 0.5]), torch.tensor(2.0)])
print(x.grad)
