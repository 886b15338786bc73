# The program sets no seed: the request's seed makes it the same each time.
import torch

w = torch.rand(2, 2, requires_grad=True)
(w * torch.randn(2, 2)).sum().backward()
print(w.grad)
